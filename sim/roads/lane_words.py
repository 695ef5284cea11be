"""Lanes and strips that a scenario names by words: `right`, `oncoming`, `next_left`, `opposite_parking`.

World floor.
"""

import numpy as np

from scenarios.errors import StormlaneError
from sim.roads.lanes import DRIVABLE, Road

SLACK_M = 1.0  # that a station may lie beyond its road
BESIDE_M = 0.75  # from the road's edge, for a strip that the road does not have


class PlaceError(StormlaneError, KeyError):
    """A lane, road, station or strip that the map does not have; says what it has.

    `about` is the word of a scenario that is to blame; whoever asked for the place adds the way to it.
    """

    def __init__(self, message: str, about: str = "", path: tuple[str | int, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.about = about
        self.path = path

    def __str__(self) -> str:
        return self.message  # KeyError would show its repr

    def at(self, *path: str | int) -> "PlaceError":
        """The same mistake, made at a place of a scenario."""
        return PlaceError(self.message, self.about, path)


def lanes_of(road: Road, section: int, along: int) -> list[int]:
    """Drivable lanes of one direction (+1 along s), from the driver's right to the driver's left."""
    part = road.sections[section]
    ids = [
        k
        for k in part.lanes
        if k != 0 and part.lanes[k].kind in DRIVABLE and road.direction(k, section) == along
    ]
    return sorted(ids, reverse=along < 0)


def named_lane(roads: dict[str, Road], road_id: str, word: str, s_m: float) -> tuple[str, int]:
    """(road, lane) that a lane word means at a station."""
    if road_id not in roads:
        raise PlaceError(f"there is no road {road_id!r}; the map has {_some(list(roads))}", "road")
    road = roads[road_id]
    on_road(road, s_m)
    section = road.section_at(s_m)
    known = sorted(k for k in road.sections[section].lanes if k != 0)
    if word.lstrip("+-").isdigit():
        if int(word) not in known:
            raise PlaceError(
                f"road {road_id!r} has no lane {word} at s = {s_m:g} m; it has {_some(known)}", "lane"
            )
        return road_id, int(word)
    ahead, back = lanes_of(road, section, 1), lanes_of(road, section, -1)
    own, other = (ahead, back) if ahead else (back, ahead)
    if word == "oncoming" and other:
        # the lane nearest to the own direction; both lists run from the driver's right
        return road_id, other[0] if road.left_hand else other[-1]
    if word in ("right", "middle", "left") and own:
        return road_id, own[{"right": 0, "middle": (len(own) - 1) // 2, "left": len(own) - 1}[word]]
    raise PlaceError(
        f"road {road_id!r} has no {word!r} lane at s = {s_m:g} m; its lanes are {_some(known)}", "lane"
    )


def on_road(road: Road, s_m: float) -> None:
    """Refuse a station that a road does not have."""
    if not -SLACK_M <= s_m <= road.length_m + SLACK_M:
        raise PlaceError(
            f"s = {s_m:g} m is not on road {road.id!r}, which is {road.length_m:.1f} m long", "s"
        )


def own_lane(road: Road, lane: int, s_m: float, word: str) -> int:
    """The lane that a driver on a lane means by a word: `left`, `middle`, `right`, `next_left`, `next_right`."""
    section = road.section_at(s_m)
    row = lanes_of(road, section, road.direction(lane, section))
    if lane not in row:
        raise PlaceError(f"lane {lane} of road {road.id!r} is not for driving at s = {s_m:g} m", "to")
    here = row.index(lane)
    wanted = {
        "next_left": here + 1,
        "next_right": here - 1,
        "right": 0,
        "middle": (len(row) - 1) // 2,
        "left": len(row) - 1,
    }[word]
    if len(row) == 1 or not 0 <= wanted < len(row):
        count = "one lane" if len(row) == 1 else f"{len(row)} lanes"
        raise PlaceError(
            f"there is no {word!r} lane to change to: from lane {lane} of road {road.id!r} at s = {s_m:.1f} m, "
            f"which has {count} in this direction",
            "to",
        )
    return row[wanted]


def _some(names: list[str] | list[int]) -> str:
    text = ", ".join(str(n) for n in names[:12])
    return text + (", ..." if len(names) > 12 else "")


def lane_beside(road: Road, section: int, lane: int, side: str) -> int | None:
    """The drivable lane of the same direction next to a lane on the driver's left or right."""
    along = road.direction(lane, section)
    row = lanes_of(road, section, along)
    if lane not in row:
        return None
    k = row.index(lane) + (1 if side == "left" else -1)
    return row[k] if 0 <= k < len(row) else None


def strip_offset(road: Road, lane: int, s_m: float, word: str) -> float:
    """Metres to the left of a lane's centre to the middle of a strip beside the road."""
    section = road.section_at(s_m)
    centre = float(road.centre(section, lane, np.array([s_m]))[0])
    low, high = _strip(road, lane, s_m, word)
    return road.direction(lane, section) * (0.5 * (low + high) - centre)


def strip_width(road: Road, lane: int, s_m: float, word: str) -> float:
    low, high = _strip(road, lane, s_m, word)
    return abs(high - low)


def _strip(road: Road, lane: int, s_m: float, word: str) -> tuple[float, float]:
    """(t, t) of the two sides of the strip that a word means for traffic on a lane."""
    at = np.array([s_m])
    section = road.section_at(s_m)
    part = road.sections[section]
    opposite = word.startswith("opposite_")
    wanted = word.removeprefix("opposite_")
    side = (1 if lane > 0 else -1) * (-1 if opposite else 1)
    if wanted == "lane":
        inner, outer, _, _ = road.edges(section, lane, at)
        return float(inner[0]), float(outer[0])
    row = part.side(side)
    spans: dict[int, tuple[float, float]] = {}
    for k in row:
        inner, outer, _, _ = road.edges(section, k.id, at)
        spans[k.id] = (float(inner[0]), float(outer[0]))
    edge = float(road.borders(section, at)[row[-1].id if row else 0][0])

    def outermost(kinds: tuple[str, ...], grass: bool | None = None) -> tuple[float, float] | None:
        for k in reversed(row):
            soft = k.material in ("grass", "soil", "gravel")
            a, b = spans[k.id]
            if (
                k.kind in kinds
                and abs(b - a) > (0.05 if k.kind == "curb" else 0.3)
                and (grass is None or soft == grass)
            ):
                return a, b
        return None

    choices: dict[str, list[tuple[tuple[str, ...], bool | None]]] = {
        "sidewalk": [(("sidewalk", "walking"), None)],
        "verge": [(("border", "none", "median"), True), (("none",), None)],
        "shoulder": [(("shoulder", "stop"), None)],
        "parking": [(("parking",), None), (("shoulder", "stop"), None)],
        "bike": [(("biking",), None)],
        "kerb": [(("curb",), None)],
    }
    if wanted not in choices:
        raise PlaceError(
            f"{word!r} is not a strip of a road; known: lane, {', '.join(choices)} and opposite_ forms",
            "offset",
        )
    for kinds, grass in choices[wanted]:
        found = outermost(kinds, grass)
        if found is not None:
            return found
    if wanted in ("sidewalk", "shoulder", "bike"):
        there = ", ".join(dict.fromkeys(k.kind for k in row)) or "nothing"
        raise PlaceError(
            f"road {road.id!r} has no {wanted} on its {'left' if side > 0 else 'right'} at s = {s_m:.1f} m; "
            f"there it has {there}",
            "offset",
        )
    beyond = edge + side * BESIDE_M
    return beyond, beyond
