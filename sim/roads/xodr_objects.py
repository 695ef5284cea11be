"""Objects and signals of an OpenDRIVE map, placed in the world.  World floor."""

import math
from dataclasses import replace

import numpy as np
from lxml import etree

from sim.roads.crossings import STOP_LINE_M, lanes_across, stop_line, zebra
from sim.roads.geometry import Array
from sim.roads.lanes import Road
from sim.roads.places import on_surface
from sim.roads.records import Controller, MarkStrip, RoadObject, Signal, Told
from sim.roads.surfaces import thinned
from sim.roads.xodr_xml import Diary, number

MOST_COPIES = 5000  # of one repeated object
RUN_STEP_M = 1.0  # between points of a continuous object
VERGES = frozenset({"none", "border", "median"})
SPAN_STEP_M, SHORTEST_SPAN_M = 2.0, 1.0  # of bridges and tunnels
# Words of maps, old and new, and ours for the same thing.
KINDS = {
    "streetlamp": "lamp", "street_lamp": "lamp", "lamp": "lamp", "railing": "railing", "guardrail": "guardrail",
    "guide-post": "delineator", "delineator": "delineator", "rail-pole": "pole", "trafficisland": "traffic_island",
    "parkingspace": "parking_space", "roadmark": "road_mark", "roadsurface": "road_surface", "soundbarrier": "barrier",
    "jerseybarrier": "barrier", "-1": "none", "": "none", "car": "vehicle", "van": "vehicle", "bus": "vehicle",
    "truck": "vehicle", "trailer": "vehicle", "bike": "vehicle", "motorbike": "vehicle", "patch": "road_surface",
}  # fmt: skip
RUNS = frozenset(
    {"barrier", "guardrail", "railing", "fence", "wall", "hedge"}
)  # things that stretch along a line
# Traffic lights of OpenDRIVE's own catalogue ("country" OpenDRIVE) and of the German one.
LIGHT_TYPES = frozenset(
    {"1000001", "1000002", "1000003", "1000007", "1000008", "1000009", "1000010", "1000011"}
)
SIGN_FOOT_M, LIGHT_FOOT_M = 2.0, 2.3  # lower edge where the map is silent (German VwV-StVO: signs at 2.0 m)
MOST_TURNED_RAD = 1.65  # a signal is read from ahead or from aside, 90 degrees and a little
SIGN_SIZE_M, LIGHT_SIZE_M = (0.6, 0.6), (0.35, 1.0)
STOP_LINE_TYPES = frozenset({"294", "Haltelinie"})


def read_things(
    roads: dict[str, Road], elements: "dict[str, etree._Element]", diary: Diary
) -> tuple[tuple[RoadObject, ...], tuple[Signal, ...], tuple[MarkStrip, ...]]:
    """(objects, signals, painted pieces) of all roads."""
    objects: list[RoadObject] = []
    signals: list[Signal] = []
    referred: dict[str, list[Told]] = {}
    paint: list[MarkStrip] = []
    for id_, road in roads.items():
        element = elements[id_]
        group = element.find("objects")
        for child in () if group is None else group:
            if child.tag == "object":
                _read_object(child, road, objects, paint, diary)
            elif child.tag in ("bridge", "tunnel"):
                _read_span(child, road, objects, diary)
        group = element.find("signals")
        for child in () if group is None else group:
            if child.tag == "signal":
                _read_signal(child, road, signals, paint, diary)
            elif child.tag == "signalReference":
                s = min(max(number(child, "s", 0.0, diary, needed=True), 0.0), road.length_m)
                referred.setdefault(child.get("id") or "", []).append(_told(child, road, s, diary))
    told = tuple(replace(s, tells=(*s.tells, *referred.get(s.id, ()))) if s.id else s for s in signals)
    return tuple(objects), told, tuple(paint)


def read_controllers(
    root: "etree._Element", signals: tuple[Signal, ...], diary: Diary
) -> tuple[Controller, ...]:
    """What switches which signals together."""
    known = {signal.id for signal in signals}
    found = []
    for element in root.findall("controller"):
        ids = [c.get("signalId") or "" for c in element.findall("control")]
        strange = [id_ for id_ in ids if id_ not in known]
        if strange:
            diary.note(
                element, f"controller {element.get('id')!r} names signal {strange[0]!r}, which is not there"
            )
        found.append(
            Controller(
                element.get("id") or "", element.get("name") or "", tuple(i for i in ids if i in known)
            )
        )
    return tuple(found)


# ---------------------------------------------------------------------------------------------------------- objects
def kind_of(type_: str, subtype: str, name: str) -> str:
    """Our word for an object."""
    for text in (subtype, name):
        plain = text.lower().replace(" ", "").replace("_", "")
        if "guardrail" in plain:
            return "guardrail"
        if plain.startswith(("streetlamp", "streetlight", "lamppost")):
            return "lamp"
    plain = type_.strip().lower()
    kind = KINDS.get(plain, plain)
    if kind == "barrier" and subtype in ("hedge", "fence", "wall", "railing"):
        return subtype
    return kind


def _place(road: Road, s: float, t: float) -> tuple[Array, float]:
    foot = on_surface(road, np.array([s]), np.array([t]))[0]
    return foot, float(road.surface.frame(np.array([s])).heading_rad[0])


def _read_object(
    element: "etree._Element", road: Road, objects: list[RoadObject], paint: list[MarkStrip], diary: Diary
) -> None:
    s = number(element, "s", 0.0, diary, needed=True)
    t = number(element, "t", 0.0, diary, needed=True)
    name, type_, subtype = (element.get(k) or "" for k in ("name", "type", "subtype"))
    kind = kind_of(type_, subtype, name)
    if not -1.0 <= s <= road.length_m + 1.0:
        diary.note(
            element, f"object {name or kind!r} at s = {s:g} m lies beyond road {road.id!r}; kept at its end"
        )
        s = min(max(s, 0.0), road.length_m)
    radius = number(element, "radius", 0.0, diary)
    size = (
        number(element, "length", 2.0 * radius, diary) or 2.0 * radius,
        number(element, "width", 2.0 * radius, diary) or 2.0 * radius,
        number(element, "height", 0.0, diary),
    )
    lift = number(element, "zOffset", 0.0, diary)
    turn = number(element, "hdg", 0.0, diary) + (np.pi if element.get("orientation") == "-" else 0.0)
    repeats = element.findall("repeat")
    if repeats:
        for repeat in repeats:
            _read_repeat(repeat, road, kind, name, (s, t, lift, turn), size, objects, diary)
        return
    foot, heading = _place(road, s, t)
    foot = foot + np.array([0.0, 0.0, lift])
    yaw = heading + turn
    outlines = element.findall("outlines/outline") + element.findall("outline")
    shape = _outline(outlines[0], road, foot, yaw, diary) if outlines else None
    closed = not outlines or outlines[0].get("closed", "true") != "false"
    tall = max((number(c, "height", 0.0, diary) for o in outlines[:1] for c in o), default=0.0)
    size = (size[0], size[1], max(size[2], tall))
    if kind == "crosswalk":
        area = shape if shape is not None and len(shape) > 2 else _rectangle(foot, yaw, size)
        if area is None:
            diary.note(element, f"crosswalk {name!r} has neither an outline nor a length and width; left out")
            return
        paint.extend(zebra(road, area, s, road.junction))
        objects.append(RoadObject(kind, name, foot, yaw, size, area))
        return
    if kind == "road_mark" and "stop" in (subtype + name).lower():
        lanes = lanes_across(road, s, 1 if t < 0.0 or (road.left_hand and t > 0.0) else -1)
        if lanes is not None:
            paint.append(stop_line(road, s, *lanes))
        return
    if shape is None and kind in RUNS and size[0] > 1.0:
        half = 0.5 * size[0] * np.array([np.cos(yaw), np.sin(yaw), 0.0])
        shape, closed = np.stack([foot - half, foot + half]), False
    objects.append(RoadObject(kind, name, foot, yaw, size, shape, closed))


def _read_span(element: "etree._Element", road: Road, objects: list[RoadObject], diary: Diary) -> None:
    """A bridge or a tunnel: the stretch of road that it carries or covers, as the edges of all its lanes.

    The outline runs along the right edge and back along the left one.  What a bridge crosses is not hollowed out.
    """
    begin = min(max(number(element, "s", 0.0, diary, needed=True), 0.0), road.length_m)
    end = min(begin + number(element, "length", 0.0, diary, needed=True), road.length_m)
    name = element.get("name") or ""
    if end - begin < SHORTEST_SPAN_M:
        diary.note(element, f"{element.tag} {name!r} covers nothing of road {road.id!r}; left out")
        return
    s = np.linspace(begin, end, max(2, int(np.ceil((end - begin) / SPAN_STEP_M)) + 1))
    edges = np.array([_outer_edges(road, float(station)) for station in s])
    right, left = on_surface(road, s, edges[:, 0]), on_surface(road, s, edges[:, 1])
    size = (end - begin, float((edges[:, 1] - edges[:, 0]).max()), 0.0)
    foot, yaw = _place(road, 0.5 * (begin + end), 0.0)
    shape = np.concatenate([right, left[::-1]])
    objects.append(RoadObject(element.tag, element.get("type") or name, foot, yaw, size, shape))


def _outer_edges(road: Road, s_m: float) -> tuple[float, float]:
    """t of the outermost borders at a station of what is driven or walked on; verges lie outside."""
    section, at = road.section_at(s_m), np.array([s_m])
    spans = [0.0]
    for lane, part in road.sections[section].lanes.items():
        if lane != 0 and part.kind not in VERGES:
            inner, outer, _, _ = road.edges(section, lane, at)
            spans += [float(inner[0]), float(outer[0])]
    return min(spans), max(spans)


def _rectangle(foot: Array, yaw: float, size: tuple[float, float, float]) -> Array | None:
    if size[0] < 0.1 or size[1] < 0.1:
        return None
    x = 0.5 * size[0] * np.array([-1.0, 1.0, 1.0, -1.0])
    y = 0.5 * size[1] * np.array([-1.0, -1.0, 1.0, 1.0])
    cos, sin = np.cos(yaw), np.sin(yaw)
    return np.stack([foot[0] + cos * x - sin * y, foot[1] + sin * x + cos * y, np.full(4, foot[2])], 1)


def _outline(element: "etree._Element", road: Road, foot: Array, yaw: float, diary: Diary) -> Array | None:
    """(M, 3) corners of an outline in the world, None when fewer than two are usable."""
    corners = []
    cos, sin = np.cos(yaw), np.sin(yaw)
    for corner in element:
        if corner.tag == "cornerRoad":
            place, _ = _place(road, number(corner, "s", 0.0, diary), number(corner, "t", 0.0, diary))
            corners.append(place + np.array([0.0, 0.0, number(corner, "dz", 0.0, diary)]))
        elif corner.tag == "cornerLocal":
            u, v = number(corner, "u", 0.0, diary), number(corner, "v", 0.0, diary)
            z = number(corner, "z", 0.0, diary)
            corners.append(foot + np.array([cos * u - sin * v, sin * u + cos * v, z]))
        else:
            diary.once(
                f"outline/{corner.tag}", corner, f"<{corner.tag}> of an outline is not supported; left out"
            )
    ring = np.array(corners).reshape(-1, 3)
    if len(ring) > 3 and np.allclose(ring[0], ring[-1], atol=1e-6):
        ring = ring[:-1]
    return ring if len(ring) >= 2 else None


def _read_repeat(
    repeat: "etree._Element",
    road: Road,
    kind: str,
    name: str,
    place: tuple[float, float, float, float],
    size: tuple[float, float, float],
    objects: list[RoadObject],
    diary: Diary,
) -> None:
    s0, t0, lift0, turn = place
    begin = number(repeat, "s", s0, diary)
    length = min(number(repeat, "length", 0.0, diary), road.length_m - begin)
    distance = number(repeat, "distance", 0.0, diary)
    ends = {
        key: (
            number(repeat, f"{key}Start", default, diary),
            number(repeat, f"{key}End", number(repeat, f"{key}Start", default, diary), diary),
        )
        for key, default in (
            ("t", t0),
            ("zOffset", lift0),
            ("height", size[2]),
            ("width", size[1]),
            ("length", size[0]),
        )
    }
    if length <= 0.0:
        diary.note(repeat, f"a <repeat> of {name or kind!r} without length; left out")
        return

    def mix(key: str, share: Array | float) -> Array:
        low, high = ends[key]
        value: Array = np.asarray(low + np.asarray(share) * (high - low), np.float64)
        return value

    if distance <= 1e-3:
        steps = np.linspace(0.0, 1.0, max(2, int(np.ceil(length / RUN_STEP_M)) + 1))
        line = on_surface(road, begin + steps * length, mix("t", steps))
        line[:, 2] += mix("zOffset", steps)
        line = line[thinned(line)]
        heading = float(road.surface.frame(np.array([begin])).heading_rad[0])
        mean = (length, float(mix("width", 0.5)), float(mix("height", 0.5)))
        objects.append(RoadObject(kind, name, line[0], heading, mean, line, closed=False))
        return
    count = int(length / distance + 1e-6) + 1
    if count > MOST_COPIES:
        diary.note(repeat, f"{count} copies of {name or kind!r}; only {MOST_COPIES} are placed")
        count = MOST_COPIES
    share: Array = np.arange(count, dtype=np.float64) * distance / length
    s = begin + share * length
    feet = on_surface(road, s, mix("t", share))
    feet[:, 2] += mix("zOffset", share)
    yaw = road.surface.frame(s).heading_rad + turn
    sizes = np.stack([mix("length", share), mix("width", share), mix("height", share)], 1)
    for foot, heading, (long, wide, high) in zip(feet, yaw, sizes.tolist(), strict=True):
        objects.append(RoadObject(kind, name, foot, float(heading), (long, wide, high)))


# ---------------------------------------------------------------------------------------------------------- signals
WAYS = {"+": 1, "-": -1}  # of `orientation`; none: both


def _told(element: "etree._Element", road: Road, s_m: float, diary: Diary) -> Told:
    """Whom a signal, or what refers to it, concerns."""
    lanes = []
    for entry in element.findall("validity"):
        ends = [round(number(entry, word, 0.0, diary, needed=True)) for word in ("fromLane", "toLane")]
        lanes.append((min(ends), max(ends)))
    return Told(road.id, s_m, WAYS.get(element.get("orientation") or "", 0), tuple(lanes))


def _read_signal(
    element: "etree._Element", road: Road, signals: list[Signal], paint: list[MarkStrip], diary: Diary
) -> None:
    s = number(element, "s", 0.0, diary, needed=True)
    t = number(element, "t", 0.0, diary, needed=True)
    if not -1.0 <= s <= road.length_m + 1.0:
        diary.note(element, f"signal at s = {s:g} m lies beyond road {road.id!r}; kept at its end")
        s = min(max(s, 0.0), road.length_m)
    type_ = (element.get("type") or "").strip()
    against = element.get("orientation") == "-"
    if type_ in STOP_LINE_TYPES:
        lanes = lanes_across(road, s, -1 if against else 1)
        if lanes is not None:
            paint.append(stop_line(road, s, *lanes, STOP_LINE_M))
        return
    light = type_ in LIGHT_TYPES or (element.get("dynamic") == "yes" and type_ in ("", "-1"))
    light = light or (element.get("dynamic") == "yes" and not type_.isdigit())
    foot, heading = _place(road, s, t)
    # A signal for traffic along s looks back at it, and `hOffset` turns it from there; some tools turn it from the
    # road's heading whoever reads it.  None looks away from its readers, so either is understood.
    turn = math.remainder(number(element, "hOffset", 0.0, diary), 2.0 * np.pi)
    if abs(turn) > MOST_TURNED_RAD:
        turn -= math.copysign(np.pi, turn)
    yaw = heading + (0.0 if against else np.pi) + turn
    inertial = element.find("positionInertial")
    if inertial is not None:
        foot = np.array([number(inertial, k, float(foot[n]), diary) for n, k in enumerate("xyz")])
        yaw = number(inertial, "hdg", yaw, diary)
    width, height = LIGHT_SIZE_M if light else SIGN_SIZE_M
    lift = number(element, "zOffset", 0.0, diary)
    signals.append(
        Signal(
            kind="light" if light else "sign",
            type=type_,
            subtype=(element.get("subtype") or "").strip(),
            country=(element.get("country") or "").strip(),
            value=(element.get("value") or "").strip(),
            text=(element.get("text") or "").strip(),
            position_m=foot,
            height_m=lift if lift > 0.1 else (LIGHT_FOOT_M if light else SIGN_FOOT_M),
            size_m=(
                number(element, "width", 0.0, diary) or width,
                number(element, "height", 0.0, diary) or height,
            ),
            yaw_rad=float(yaw),
            id=element.get("id") or "",
            tells=(_told(element, road, s, diary),),
        )
    )
