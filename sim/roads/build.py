"""Roads from the scenario's own words: presets and chains of pieces.  World floor.

A built road is one OpenDRIVE road along +s on whose right side (left side for nobody: built roads keep right) the ego
drives, with straight run-ups before and after so that a camera at either end still looks along a road.
"""

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from scenarios.schema import Barriers, Markings, Part
from scenarios.schema import Road as RoadWords
from sim.roads.crossings import crossing_outline, zebra
from sim.roads.geometry import Arc, Cubics, Line, ReferenceLine, Shape, Spiral, Surface, chain
from sim.roads.lane_words import PlaceError
from sim.roads.lanes import Lane, LaneSection, Link, MarkLine, Road, RoadMark
from sim.roads.network import MarkStrip, RoadNetwork, RoadObject
from sim.roads.places import on_surface
from sim.roads.surfaces import DASH_M, GAP_M, MOTORWAY_DASH_M, MOTORWAY_GAP_M, thinned

KERB_M = 0.12  # height of a kerb over the carriageway (German RASt 06: 10-12 cm)
KERB_WIDTH_M = 0.15
PARKING_M = 2.2  # width of a lane of parked cars (RASt 06: 2.00 m plus a safety strip)
VERGE_M = 1.5
LINE_M, WIDE_LINE_M = 0.12, 0.25  # narrow and wide lines; 0.15 and 0.30 on motorways (RMS 1993)
RUN_UP_M = 160.0  # road before s = 0 and after the end
CROSSING_M = 3.0  # length of zebra bars along the road
LAMP_EVERY_M = 28.0
POST_EVERY_M = 50.0  # delineators on straight roads (German HLB)
MAIN, BEFORE, AFTER = "road", "road.before", "road.after"


@dataclass(frozen=True)
class Layout:
    """The words of a built road with every gap filled in."""

    surroundings: str
    lanes: int
    lane_width_m: float
    length_m: float
    one_way: bool
    opposite: bool  # a second carriageway beyond a median
    parking: str
    sidewalks: str
    sidewalk_m: float
    shoulder_left_m: float
    shoulder_right_m: float
    verge_m: float
    median_m: float
    markings: Markings[float]
    barriers: Barriers
    crossings_m: tuple[float, ...]
    superelevation_rad: float
    grade_rad: float
    speed_mps: float
    lamps: bool
    posts: bool
    signs: str = "vienna"
    paving: str = "asphalt"  # of the carriageway: a word of OpenDRIVE's materials


PAVINGS = {"asphalt": "asphalt", "gravel": "gravel", "earth": "soil"}
PRESETS: dict[str, Layout] = {
    "urban_street": Layout(
        surroundings="town", lanes=2, lane_width_m=3.25, length_m=220.0, one_way=False, opposite=False,
        parking="right", sidewalks="both", sidewalk_m=2.5, shoulder_left_m=0.0, shoulder_right_m=0.0, verge_m=0.0,
        median_m=0.0, markings=Markings(edge="none"), barriers=Barriers(), crossings_m=(), superelevation_rad=0.0,
        grade_rad=0.0, speed_mps=50 / 3.6, lamps=True, posts=False,
    ),
    "highway": Layout(
        surroundings="highway", lanes=3, lane_width_m=3.75, length_m=1500.0, one_way=True, opposite=True,
        parking="none", sidewalks="none", sidewalk_m=2.5, shoulder_left_m=0.75, shoulder_right_m=2.5, verge_m=VERGE_M,
        median_m=3.0, markings=Markings(), barriers=Barriers(median="concrete", right="guardrail"), crossings_m=(),
        superelevation_rad=0.0, grade_rad=0.0, speed_mps=130 / 3.6, lamps=False, posts=True,
    ),
    "country_road": Layout(
        surroundings="country", lanes=2, lane_width_m=3.25, length_m=600.0, one_way=False, opposite=False,
        parking="none", sidewalks="none", sidewalk_m=2.5, shoulder_left_m=0.5, shoulder_right_m=0.5, verge_m=VERGE_M,
        median_m=0.0, markings=Markings(), barriers=Barriers(), crossings_m=(), superelevation_rad=0.0,
        grade_rad=0.0, speed_mps=100 / 3.6, lamps=False, posts=True,
    ),
}  # fmt: skip


def layout(words: RoadWords[float]) -> Layout:
    """Defaults of the preset (a `build:` road begins as a country road) under what the scenario says."""
    base = PRESETS[words.preset or "country_road"]
    given: dict[str, object] = {
        "lanes": words.lanes,
        "lane_width_m": words.lane_width_m,
        "length_m": words.length_m,
        "one_way": words.one_way,
        "parking": words.parking,
        "sidewalks": words.sidewalks,
        "sidewalk_m": words.sidewalk_width_m,
        "superelevation_rad": words.superelevation_rad,
        "grade_rad": words.grade_rad,
        "markings": _over(base.markings, words.markings),
        "barriers": _over(base.barriers, words.barriers),
        "crossings_m": None if words.crossings_m is None else tuple(words.crossings_m),
        "signs": words.signs,
        "paving": PAVINGS[words.paving],
    }
    if words.paving != "asphalt":
        given["markings"] = Markings[float](centre="none", edge="none", lanes="none")
    if words.shoulder is not None:
        given |= {"shoulder_left_m": words.shoulder.left_m, "shoulder_right_m": words.shoulder.right_m}
    if words.surroundings != "auto":
        given["surroundings"] = words.surroundings
    if words.build is not None:
        given["length_m"] = sum(_piece_length(p) for p in words.build)
        median = words.barriers is not None and words.barriers.median != "none"
        if median and words.one_way is None:
            # `barriers: {median: ...}` on a built road means a divided road: lanes are then of the ego's carriageway
            given |= {
                "one_way": True,
                "opposite": True,
                "median_m": 3.0,
                "surroundings": "highway",
                "speed_mps": 130 / 3.6,
            }
            given.setdefault("shoulder_left_m", 0.75)
            if words.surroundings != "auto":
                given["surroundings"] = words.surroundings
        if (words.sidewalks or "none") != "none" or (words.parking or "none") != "none":
            given |= {"verge_m": 0.0, "lamps": True, "posts": False, "speed_mps": 50 / 3.6}
            if words.surroundings == "auto":
                given["surroundings"] = "town"
            if words.shoulder is None:
                given |= {"shoulder_left_m": 0.0, "shoulder_right_m": 0.0}
    if words.one_way is not None and not words.one_way:
        given["opposite"] = False
    if words.speed_limit_mps is not None:
        given["speed_mps"] = words.speed_limit_mps
    chosen = {name: value for name, value in given.items() if value is not None}
    return replace(base, **chosen)  # type: ignore[arg-type]


P = TypeVar("P", bound=Part)


def _over(base: P, given: P | None) -> P:
    """What the scenario names replaces the preset's word; what it leaves out stays the preset's."""
    if given is None:
        return base
    return base.model_copy(update={name: getattr(given, name) for name in given.model_fields_set})


def _piece_length(piece: object) -> float:
    for name in ("line", "arc", "clothoid"):
        shape = getattr(piece, name)
        if shape is not None:
            return float(shape.length_m)
    raise AssertionError("the language lets no empty road piece through")


def build_network(words: RoadWords[float]) -> RoadNetwork:
    """The road network of a preset or of a `build:` list."""
    plan = layout(words)
    main = _reference(words, plan.length_m)
    sections = _lanes(plan)
    lead = chain([(Line(), RUN_UP_M)], *_back_from(main, RUN_UP_M))
    end = [float(a[0]) for a in main.at(np.array([main.length_m]))]
    tail = chain([(Line(), RUN_UP_M)], end[0], end[1], end[2])
    slope = float(np.tan(plan.grade_rad))
    _crossings_on_road(plan, main.length_m)
    roads = {}
    for name, line, base, before, after in (
        (BEFORE, lead, -slope * RUN_UP_M, None, MAIN),
        (MAIN, main, 0.0, BEFORE, AFTER),
        (AFTER, tail, slope * main.length_m, MAIN, None),
    ):
        surface = Surface(line, Cubics.constant(base, slope), Cubics.constant(plan.superelevation_rad))
        roads[name] = Road(
            id=name,
            length_m=line.length_m,
            surface=surface,
            sections=(LaneSection(0.0, line.length_m, sections),),
            predecessor=None if before is None else Link("road", before, "end"),
            successor=None if after is None else Link("road", after, "start"),
            speeds=((0.0, plan.speed_mps),),
            kind="motorway" if plan.opposite else "town" if plan.lamps else "rural",
        )
    return RoadNetwork(
        roads=roads,
        objects=(
            *_furniture(plan, roads),
            *(o for s in plan.crossings_m for o in _crosswalk(roads[MAIN], s)),
        ),
        paint=tuple(mark for s in plan.crossings_m for mark in crossing_bars(roads[MAIN], s)),
        main=MAIN,
        surroundings=plan.surroundings,
        wear=float(plan.markings.wear),
        signs=plan.signs,
    )


def _reference(words: RoadWords[float], length_m: float) -> ReferenceLine:
    if words.build is None:
        return chain([(Line(), length_m)])
    shapes: list[tuple[Shape, float]] = []
    curvature = 0.0
    for piece in words.build:
        if piece.line is not None:
            shapes.append((Line(), piece.line.length_m))
            curvature = 0.0
        elif piece.arc is not None:
            curvature = (1.0 if piece.arc.turn == "left" else -1.0) / piece.arc.radius_m
            shapes.append((Arc(curvature), piece.arc.length_m))
        elif piece.clothoid is not None:
            end = 0.0
            if piece.clothoid.end_radius_m is not None:
                end = (1.0 if piece.clothoid.turn == "left" else -1.0) / piece.clothoid.end_radius_m
            shapes.append((Spiral(curvature, end, piece.clothoid.length_m), piece.clothoid.length_m))
            curvature = end
    return chain(shapes)


def _back_from(line: ReferenceLine, distance_m: float) -> tuple[float, float, float]:
    first = line.pieces[0]
    x = first.x_m - distance_m * float(np.cos(first.heading_rad))
    y = first.y_m - distance_m * float(np.sin(first.heading_rad))
    return x, y, first.heading_rad


# ------------------------------------------------------------------------------------------------------------ lanes
def _mark(kind: str, plan: Layout, color: str = "white") -> tuple[RoadMark, ...]:
    motorway = plan.opposite
    width = 0.15 if motorway else LINE_M
    dash, gap = (MOTORWAY_DASH_M, MOTORWAY_GAP_M) if motorway else (DASH_M, GAP_M)
    if kind == "none":
        return ()
    if kind == "broken":
        return (RoadMark(0.0, "broken", color, (MarkLine(width, 0.0, dash, gap),)),)
    if kind == "double":
        return (RoadMark(0.0, "solid solid", color, (MarkLine(width, width), MarkLine(width, -width))),)
    return (RoadMark(0.0, "solid", color, (MarkLine(width),)),)


def _edge(plan: Layout, sign: int) -> tuple[RoadMark, ...]:
    """Edge line: on the inner side of the border, so that it lies wholly on the lane."""
    if plan.markings.edge == "none":
        return ()
    width = 0.30 if plan.opposite else LINE_M
    line = MarkLine(width, -sign * width / 2.0)
    if plan.markings.edge == "broken":
        line = replace(line, length_m=DASH_M, space_m=GAP_M)
    return (RoadMark(0.0, plan.markings.edge, "white", (line,)),)


def _lanes(plan: Layout) -> dict[int, Lane]:
    """The cross-section, from the reference line outwards on both sides."""
    own = plan.lanes if plan.one_way else (plan.lanes + 1) // 2
    other = 0 if plan.one_way else plan.lanes - own
    right = _carriageway(plan, own, -1) + _roadside(plan, -1)
    if plan.opposite:
        # reference line = left edge of the ego's left shoulder; beyond it the median and the other carriageway
        half = Cubics.constant(plan.shoulder_left_m)
        right = [Lane(0, "shoulder", half, marks=_edge(plan, 1), material="asphalt"), *right]
        left = [
            Lane(0, "median", Cubics.constant(plan.median_m), material="concrete"),
            Lane(0, "shoulder", half, marks=_edge(plan, -1), material="asphalt"),
            *_carriageway(plan, own, 1),
            *_roadside(plan, 1),
        ]
    else:
        left = _carriageway(plan, other, 1) + _roadside(plan, 1)
    centre_marks: tuple[RoadMark, ...] = ()
    if not plan.opposite:
        between = "yellow" if plan.signs == "us" else "white"  # MUTCD 3B.01
        centre_marks = _mark(plan.markings.centre, plan, between) if other else _edge(plan, 1)
    lanes = {0: Lane(0, "none", marks=centre_marks)}
    for sign, row in ((-1, right), (1, left)):
        for k, lane in enumerate(row, start=1):
            lanes[sign * k] = replace(lane, id=sign * k)
    return lanes


def _carriageway(plan: Layout, count: int, sign: int) -> list[Lane]:
    width = Cubics.constant(plan.lane_width_m)
    row = []
    for k in range(count):
        outermost = k == count - 1
        marks = _edge(plan, sign) if outermost else _mark(plan.markings.lanes, plan)
        row.append(Lane(0, "driving", width, marks=marks, material=plan.paving))
    return row


def _roadside(plan: Layout, sign: int) -> list[Lane]:
    """Parking, shoulder, kerb, sidewalk, verge of one side, from the inside out."""
    word = "right" if sign < 0 else "left"
    row: list[Lane] = []
    if plan.parking in (word, "both"):
        row.append(Lane(0, "parking", Cubics.constant(PARKING_M), material=plan.paving))
    divided_far_side = plan.opposite and sign > 0
    shoulder = plan.shoulder_right_m if sign < 0 or divided_far_side else plan.shoulder_left_m
    if shoulder > 0.0:
        row.append(Lane(0, "shoulder", Cubics.constant(shoulder), material=plan.paving))
    if plan.sidewalks in (word, "both"):
        up = ((0.0, KERB_M, KERB_M),)
        row.append(Lane(0, "curb", Cubics.constant(KERB_WIDTH_M), heights=up, material="concrete"))
        row.append(Lane(0, "sidewalk", Cubics.constant(plan.sidewalk_m), heights=up, material="paving"))
    elif plan.surroundings in ("town",):
        up = ((0.0, KERB_M, KERB_M),)
        row.append(Lane(0, "curb", Cubics.constant(KERB_WIDTH_M), heights=up, material="concrete"))
        row.append(Lane(0, "border", Cubics.constant(VERGE_M), heights=up, material="grass"))
    if plan.verge_m > 0.0:
        row.append(Lane(0, "border", Cubics.constant(plan.verge_m), material="grass"))
    return row


# -------------------------------------------------------------------------------------------------------- furniture
def crossing_bars(road: Road, s_m: float) -> list[MarkStrip]:
    """Zebra bars across the carriageway, centred at a station."""
    outline = crossing_outline(road, s_m, CROSSING_M)
    return [] if outline is None else zebra(road, outline, s_m, road.junction)


def _crosswalk(road: Road, s_m: float) -> list[RoadObject]:
    """The area of a crossing, as maps have it, for those who walk on it."""
    outline = crossing_outline(road, s_m, CROSSING_M)
    if outline is None:
        return []
    heading = float(road.surface.frame(np.array([s_m])).heading_rad[0])
    across = float(np.linalg.norm(outline[2] - outline[1]))
    foot = on_surface(road, np.array([s_m]), np.zeros(1))[0]
    return [RoadObject("crosswalk", "crossing", foot, heading, (CROSSING_M, across, 0.0), outline)]


def _crossings_on_road(plan: Layout, length_m: float) -> None:
    for number, s_m in enumerate(plan.crossings_m):
        if not 0.0 <= s_m <= length_m:
            raise PlaceError(
                f"a crossing at {s_m:g} m is not on the road, which is {length_m:.1f} m long",
                path=("world", "road", "crossings", number),
            )


def _edge_t(road: Road, kinds: tuple[str, ...], sign: int) -> float | None:
    """t of the outer border of the outermost lane of given kinds on a side."""
    part = road.sections[0]
    rows = [lane.id for lane in part.side(sign) if lane.kind in kinds]
    return float(road.borders(0, np.zeros(1))[rows[-1]][0]) if rows else None


def _furniture(plan: Layout, roads: dict[str, Road]) -> list[RoadObject]:
    """Lamps, delineator posts and barriers of a built road."""
    things: list[RoadObject] = []
    paved = ("driving", "shoulder", "parking", "median")
    for road in roads.values():
        for sign in (-1, 1):
            walk = _edge_t(road, ("curb",), sign)
            if plan.lamps and walk is not None:
                # lamps stand just behind the kerb, alternating between the sides
                first = LAMP_EVERY_M * (0.25 if sign < 0 else 0.75)
                for s in np.arange(first, road.length_m, LAMP_EVERY_M):
                    things.append(
                        _standing(road, "lamp", float(s), walk + sign * 0.35, (0.2, 0.2, 7.5), sign)
                    )
            edge = _edge_t(road, paved, sign)
            if plan.posts and edge is not None:
                for s in np.arange(POST_EVERY_M / 2.0, road.length_m, POST_EVERY_M):
                    things.append(
                        _standing(road, "delineator", float(s), edge + sign * 0.5, (0.12, 0.12, 1.0), sign)
                    )
            word = plan.barriers.right if sign < 0 else plan.barriers.left
            if plan.opposite and sign > 0:
                word = plan.barriers.right  # the other carriageway mirrors the ego's
            if word != "none" and edge is not None:
                things.append(_run(road, word, edge + sign * 1.0))
        if plan.barriers.median != "none":
            things.append(_run(road, plan.barriers.median, plan.median_m / 2.0))
    return things


def _standing(
    road: Road, kind: str, s: float, t: float, size: tuple[float, float, float], sign: int
) -> RoadObject:
    """A thing at (s, t) that faces the road."""

    foot = on_surface(road, np.array([s]), np.array([t]))[0]
    heading = float(road.surface.frame(np.array([s])).heading_rad[0])
    return RoadObject(kind, kind, foot, heading - sign * np.pi / 2.0, size)


def _run(road: Road, word: str, t: float) -> RoadObject:
    """A barrier along the whole road."""

    s = road.stations(0, 2.0)
    line = on_surface(road, s, np.full_like(s, t))
    line = line[thinned(line)]
    kind = "guardrail" if word == "guardrail" else "barrier"
    height = 0.75 if word == "guardrail" else 0.9
    heading = float(road.surface.frame(s[:1]).heading_rad[0])
    return RoadObject(kind, word, line[0], heading, (road.length_m, 0.6, height), line, closed=False)
