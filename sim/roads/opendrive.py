"""Reads ASAM OpenDRIVE 1.4 to 1.9 into a road network.  World floor.

Real maps are rarely clean.  What can be repaired is repaired and noted in `RoadNetwork.diagnostics`, what is not
supported is noted once, and what leaves no road to stand on is refused with a `ScenarioError` at its line.
"""

from itertools import pairwise
from typing import Literal, cast

import numpy as np
from lxml import etree

from sim.roads.geometry import (
    Arc,
    Cubics,
    LateralShape,
    Line,
    Piece,
    Polynomial,
    ReferenceLine,
    Shape,
    Spiral,
    Surface,
    poly3,
)
from sim.roads.lanes import DRIVABLE, WALKABLE, Connection, Junction, LaneSection, Link, Road
from sim.roads.network import RoadNetwork
from sim.roads.xodr_lanes import read_sections
from sim.roads.xodr_objects import read_controllers, read_things
from sim.roads.xodr_xml import Diary, cubics, number, parse, speed

NEWEST = (1, 9)
GAP_M = 0.05  # in the plane, between records of a reference line, worth a note
LENGTH_SLACK_M = 0.01  # between a road's stated length and that of its records, worth a note
LONGEST_M = 200e3
SHARPEST_PER_M = 10.0  # curvature; tighter is a mistake in the map
KNOWN_OF_ROAD = frozenset(
    {"link", "type", "planView", "elevationProfile", "lateralProfile", "lanes", "objects", "signals"}
)
SILENT = frozenset({"userData", "include", "dataQuality", "surface"})


def read_opendrive(xml: bytes, file: str = "map.xodr") -> RoadNetwork:
    """The network of an OpenDRIVE document; `file` is the name that errors and diagnostics show."""
    diary = Diary(file)
    root = parse(xml, diary)
    _check_header(root, diary)
    roads: dict[str, Road] = {}
    elements: dict[str, etree._Element] = {}
    for element in root.findall("road"):
        road = _read_road(element, diary)
        if road is None:
            continue
        if road.id in roads:
            diary.note(element, f"road {road.id!r} appears twice; the second is left out")
            continue
        roads[road.id], elements[road.id] = road, element
    if not roads:
        found = root.find("road")
        why = "there is no <road> element" if found is None else diary.notes[-1]
        raise diary.refuse(root, f"the map has no usable road ({why})")
    junctions = _read_junctions(root, roads, diary)
    _check_links(roads, junctions, elements, diary)
    objects, signals, paint = read_things(roads, elements, diary)
    for tag in ("railroad", "station", "junctionGroup"):
        found = root.find(f".//{tag}")
        if found is not None and tag != "junctionGroup":
            diary.once(tag, found, f"<{tag}> is not supported; left out")
    return RoadNetwork(
        roads=roads,
        junctions=junctions,
        objects=objects,
        signals=signals,
        controllers=read_controllers(root, signals, diary),
        paint=paint,
        main=_main_road(roads),
        surroundings=_surroundings(roads),
        source_xml=xml,
        diagnostics=tuple(diary.notes),
    )


def _check_header(root: "etree._Element", diary: Diary) -> None:
    header = root.find("header")
    if header is None:
        diary.note(root, "the map has no <header>; taken as OpenDRIVE 1.4")
        return
    version = (int(number(header, "revMajor", 1.0, diary)), int(number(header, "revMinor", 4.0, diary)))
    if version[0] != 1 or version > NEWEST:
        diary.note(
            header, f"OpenDRIVE {version[0]}.{version[1]} is newer than what is supported (1.4 to 1.9)"
        )
    if header.find("offset") is not None:
        diary.once(
            "offset", header.find("offset"), "<offset> of the header is not applied: coordinates stay local"
        )


# ------------------------------------------------------------------------------------------------------------- road
def _read_road(element: "etree._Element", diary: Diary) -> Road | None:
    id_ = element.get("id")
    if id_ is None:
        diary.note(element, "a road without id; left out")
        return None
    line = _read_plan(element, id_, diary)
    if line is None:
        return None
    for child in element:
        if child.tag not in KNOWN_OF_ROAD and child.tag not in SILENT:
            diary.once(f"road/{child.tag}", child, f"<{child.tag}> of a road is not supported; left out")
        if child.tag == "surface" and len(child):
            diary.once("surface", child, "<surface> (OpenCRG) is not supported; the road is smooth")
    length_m = _length(element, id_, line, diary)
    types = sorted(
        ((number(t, "s", 0.0, diary), t) for t in element.findall("type")), key=lambda pair: pair[0]
    )
    kind = (types[0][1].get("type") or "") if types else ""
    layers = element.findall("lanes")
    permanent = [e for e in layers if e.get("layer", "permanent") == "permanent"]
    if len(layers) > 1:
        diary.once("layer", layers[1], "temporary lane layers are not supported; the permanent one is read")
    sections: tuple[LaneSection, ...] = ()
    lane_offset = Cubics()
    if permanent:
        sections = read_sections(permanent[0], length_m, kind.startswith("motorway"), diary)
        lane_offset = cubics(permanent[0].findall("laneOffset"), "s", diary)
    if not sections:
        diary.note(element, f"road {id_!r} has no lane section; left out")
        return None
    junction = element.get("junction", "-1")
    return Road(
        id=id_,
        length_m=length_m,
        surface=Surface(
            line,
            cubics(element.findall("elevationProfile/elevation"), "s", diary),
            cubics(element.findall("lateralProfile/superelevation"), "s", diary),
            _read_shape(element, diary),
        ),
        sections=sections,
        lane_offset=lane_offset,
        name=element.get("name") or "",
        junction=None if junction in ("-1", "") else junction,
        left_hand=(element.get("rule") or "RHT").strip().upper() == "LHT",
        predecessor=_link(element, "predecessor", diary),
        successor=_link(element, "successor", diary),
        speeds=tuple((s, speed(v, diary)) for s, t in types for v in t.findall("speed")),
        kind=kind,
    )


def _length(element: "etree._Element", id_: str, line: ReferenceLine, diary: Diary) -> float:
    drawn = line.length_m
    stated = number(element, "length", drawn, diary, needed=True)
    if stated <= 0.0:
        diary.note(
            element,
            f"road {id_!r} states the length {stated:g} m; taken as {drawn:g} m, that of its geometry",
        )
        return drawn
    if abs(stated - drawn) > LENGTH_SLACK_M:
        diary.note(
            element, f"road {id_!r} states {stated:g} m, its geometry is {drawn:g} m long; the shorter counts"
        )
    return min(stated, drawn)


def _read_shape(element: "etree._Element", diary: Diary) -> LateralShape:
    profile = element.find("lateralProfile")
    if profile is None:
        return LateralShape()
    for tag in ("crossfall", "crossSectionSurface"):
        other = profile.find(tag)
        if other is not None:
            diary.once(tag, other, f"<{tag}> is not supported; the road's cross-section is flat")
    rows: dict[float, list[etree._Element]] = {}
    for shape in profile.findall("shape"):
        rows.setdefault(number(shape, "s", 0.0, diary), []).append(shape)
    stations = sorted(rows)
    return LateralShape(np.array(stations), tuple(_profile(cubics(rows[s], "t", diary)) for s in stations))


def _profile(records: Cubics) -> Cubics:
    """Lateral shape beyond the first t goes on as the first record does, instead of dropping to zero."""
    if len(records.start_m) == 0:
        return records
    start = records.start_m.copy()
    c = records.coefficients.copy()
    back = -1e4 - start[0]
    a, b, cc, d = c[0]
    c[0] = (a + back * (b + back * (cc + back * d)), b + back * (2 * cc + 3 * back * d), cc + 3 * back * d, d)
    start[0] = -1e4
    return Cubics(start, c)


def _link(element: "etree._Element", tag: str, diary: Diary) -> Link | None:
    found = element.find(f"link/{tag}")
    if found is None:
        return None
    id_, kind = found.get("elementId"), found.get("elementType")
    if id_ is None:
        diary.note(found, f"<{tag}> of a road lacks elementId; left out")
        return None
    if found.get("elementS") is not None:
        diary.once(
            "elementS", found, "links into the middle of a road (elementS) are not supported; left out"
        )
        return None
    contact = found.get("contactPoint")
    if kind not in ("road", "junction"):
        kind = "road" if contact else "junction"
        diary.note(found, f"<{tag}> of a road lacks a valid elementType; taken as {kind}")
    return Link(
        cast(Literal["road", "junction"], kind),
        id_,
        cast(Literal["start", "end"], contact) if contact in ("start", "end") else None,
    )


# -------------------------------------------------------------------------------------------------------- geometry
def _read_plan(element: "etree._Element", id_: str, diary: Diary) -> ReferenceLine | None:
    pieces: list[Piece] = []
    for record in element.findall("planView/geometry"):
        length = number(record, "length", 0.0, diary, needed=True)
        if not 0.0 < length < LONGEST_M:
            diary.note(record, f"a geometry record {length:g} m long; left out")
            continue
        shape = _read_shape_of(record, length, diary)
        pieces.append(
            Piece(
                number(record, "s", 0.0, diary, needed=True),
                number(record, "x", 0.0, diary, needed=True),
                number(record, "y", 0.0, diary, needed=True),
                number(record, "hdg", 0.0, diary, needed=True),
                length,
                shape,
            )
        )
    if not pieces:
        diary.note(element, f"road {id_!r} has no usable reference line; left out")
        return None
    if any(a.s_m > b.s_m for a, b in pairwise(pieces)):
        diary.note(element, f"the geometry records of road {id_!r} are not in ascending order of s; sorted")
        pieces.sort(key=lambda p: p.s_m)
    pieces = _consistent(pieces, element, id_, diary)
    return ReferenceLine(tuple(pieces))


def _consistent(pieces: list[Piece], element: "etree._Element", id_: str, diary: Diary) -> list[Piece]:
    """Stations that follow from the lengths; gaps in s and in the plane are noted when one could see them."""
    placed: list[Piece] = []
    s = 0.0
    for piece in pieces:
        if abs(piece.s_m - s) > GAP_M:
            diary.note(
                element,
                f"geometry of road {id_!r} at s = {piece.s_m:g} m should begin at {s:g} m; moved there",
            )
        if placed:
            last = placed[-1]
            u, v, _, _ = last.shape.local(np.array([last.length_m]))
            cos, sin = np.cos(last.heading_rad), np.sin(last.heading_rad)
            gap = np.hypot(
                last.x_m + cos * u[0] - sin * v[0] - piece.x_m, last.y_m + sin * u[0] + cos * v[0] - piece.y_m
            )
            if gap > GAP_M:
                diary.note(element, f"the reference line of road {id_!r} jumps {gap:.3g} m at s = {s:g} m")
        placed.append(Piece(s, piece.x_m, piece.y_m, piece.heading_rad, piece.length_m, piece.shape))
        s += piece.length_m
    # Keep the file's stations where they agree to within the tolerance: all other records are given in them.
    if all(abs(a.s_m - b.s_m) <= GAP_M for a, b in zip(pieces, placed, strict=True)):
        return pieces if pieces[0].s_m <= GAP_M else placed
    return placed


def _read_shape_of(record: "etree._Element", length: float, diary: Diary) -> Shape:
    for child in record:
        if child.tag == "line":
            return Line()
        if child.tag == "arc":
            return Arc(_curvature(child, "curvature", diary))
        if child.tag == "spiral":
            return Spiral(_curvature(child, "curvStart", diary), _curvature(child, "curvEnd", diary), length)
        if child.tag == "poly3":
            a, b, c, d = (number(child, k, 0.0, diary) for k in "abcd")
            return poly3(a, b, c, d, length)
        if child.tag == "paramPoly3":
            u = tuple(number(child, f"{k}U", 0.0, diary) for k in "abcd")
            v = tuple(number(child, f"{k}V", 0.0, diary) for k in "abcd")
            span = length if child.get("pRange") == "arcLength" else 1.0  # absent means normalized
            curve = Polynomial((u[0], u[1], u[2], u[3]), (v[0], v[1], v[2], v[3]), span, length)
            if curve.arc_length_m < 1e-6:
                diary.note(child, "a paramPoly3 without extent; taken as a straight line")
                return Line()
            if abs(curve.arc_length_m - length) > max(0.01 * length, GAP_M):
                diary.note(
                    child, f"a paramPoly3 is {curve.arc_length_m:.3f} m long but says {length:g} m; stretched"
                )
            return curve
        if child.tag not in SILENT:
            diary.note(child, f"<{child.tag}> is no geometry; taken as a straight line")
            return Line()
    diary.note(record, "a geometry record without a shape; taken as a straight line")
    return Line()


def _curvature(element: "etree._Element", name: str, diary: Diary) -> float:
    value = number(element, name, 0.0, diary, needed=True)
    if abs(value) > SHARPEST_PER_M:
        diary.note(element, f"curvature {value:g} 1/m is impossible; taken as 0")
        return 0.0
    return value


# ------------------------------------------------------------------------------------------------ links, junctions
def _read_junctions(root: "etree._Element", roads: dict[str, Road], diary: Diary) -> dict[str, Junction]:
    found: dict[str, Junction] = {}
    for element in root.findall("junction"):
        id_ = element.get("id")
        if id_ is None:
            diary.note(element, "a junction without id; left out")
            continue
        kind = element.get("type") or "default"
        connections = []
        for c in element.findall("connection"):
            connection = _read_connection(c, kind, roads, diary)
            if connection is not None:
                connections.append(connection)
        found[id_] = Junction(
            id_,
            element.get("name") or "",
            kind,
            tuple(connections),
            tuple(c.get("id") or "" for c in element.findall("controller")),
        )
        if element.find("crossPath") is not None:
            diary.once("crossPath", element.find("crossPath"), "<crossPath> is not supported; left out")
    return found


def _read_connection(
    element: "etree._Element", kind: str, roads: dict[str, Road], diary: Diary
) -> Connection | None:
    incoming = element.get("incomingRoad")
    connecting = element.get("connectingRoad") or element.get("linkedRoad")
    if incoming is None or connecting is None:
        if kind == "default":
            diary.note(element, "a connection lacks incomingRoad or connectingRoad; left out")
        else:
            diary.once(
                f"junction/{kind}",
                element,
                f"this connection of a {kind} junction is not supported; left out",
            )
        return None
    for name, road in (("incomingRoad", incoming), ("connectingRoad", connecting)):
        if road not in roads:
            diary.note(element, f"{name} {road!r} of a connection does not exist; the connection is left out")
            return None
    contact = element.get("contactPoint")
    if contact not in ("start", "end"):
        diary.note(element, "a connection lacks a valid contactPoint; taken as start")
        contact = "start"
    pairs = []
    for link in element.findall("laneLink"):
        a, b = link.get("from"), link.get("to")
        try:
            pairs.append((int(str(a)), int(str(b))))
        except ValueError:
            diary.note(link, f'laneLink from="{a}" to="{b}" is not a pair of lane ids; left out')
    return Connection(incoming, connecting, cast(Literal["start", "end"], contact), tuple(pairs))


def _check_links(
    roads: dict[str, Road],
    junctions: dict[str, Junction],
    elements: "dict[str, etree._Element]",
    diary: Diary,
) -> None:
    for road in roads.values():
        for link in (road.predecessor, road.successor):
            known = roads if link is not None and link.kind == "road" else junctions
            if link is not None and link.id not in known:
                diary.note(
                    elements[road.id],
                    f"road {road.id!r} is linked to {link.kind} {link.id!r}, which does not exist",
                )
        if road.junction is not None and road.junction not in junctions:
            diary.note(
                elements[road.id],
                f"junction {road.junction!r} of road {road.id!r} does not exist",
            )


def _drives(road: Road) -> bool:
    return any(
        lane.kind in DRIVABLE for section in road.sections for lane in section.lanes.values() if lane.id
    )


def _main_road(roads: dict[str, Road]) -> str:
    """The longest road with lanes for vehicles outside junctions; the first of equals."""
    choice = [r for r in roads.values() if r.junction is None and _drives(r)] or list(roads.values())
    return max(choice, key=lambda r: r.length_m).id


def _surroundings(roads: dict[str, Road]) -> str:
    """What stands beside the roads, from their types, sidewalks and speed limits."""
    metres: dict[str, float] = {}
    walks = fast = total = 0.0
    for road in roads.values():
        metres[road.kind] = metres.get(road.kind, 0.0) + road.length_m
        total += road.length_m
        if any(lane.kind in WALKABLE for section in road.sections for lane in section.lanes.values()):
            walks += road.length_m
        if road.speeds and 22.5 < road.speeds[0][1] < np.inf:
            fast += road.length_m
    kind = max(metres, key=lambda k: metres[k])
    if kind.startswith("motorway"):
        return "highway"
    if walks > 0.3 * total or kind == "town":
        return "town"
    return (
        "highway"
        if fast > 0.5 * total or _divided(max(roads.values(), key=lambda r: r.length_m))
        else "country"
    )


def _divided(road: Road) -> bool:
    """Whether a road has two lanes or more each way, and something that nobody drives on between them."""
    section = road.sections[0]
    rows = [section.side(sign) for sign in (1, -1)]
    many = all(sum(lane.kind in DRIVABLE for lane in row) >= 2 for row in rows)
    return many and any(row[0].kind not in DRIVABLE for row in rows)
