"""The operational domain that a clip lies in: weather, light, road, actors and ranges, in classes.  World floor.

Every run is counted in these, whatever its author asks for.  Precipitation, fog and illumination are the classes of
ASAM OSI (`scenarios.osi`); rainfall and daylight those of ISO 34503 (thresholds as in docs/coverage.md); twilights the
astronomical ones.  A clip that sees several classes of one thing counts in each.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from scenarios import osi
from scenarios.taxonomy import ACTOR_CLASSES
from sim.conditions import ground_word, osi_tags
from sim.trace import WorldTrace
from sim.truth import Truth
from sim.weather import WeatherState

PREFIX = "odd."
INSTANTS = 40  # at most, of a clip that are looked at
NEAR_M = 150.0  # an actor farther from the ego than this takes no part

# Lower ends.  ISO 34503: light rain below 2.5 mm/h, moderate to 7.6, heavy to 50, violent to 100, then cloudbursts;
# less than 0.1 mm/h is no rain (OSI).  Daylight from 2000 lx, low ambient light from 1 lx.
RAINFALL = (
    (0.0, "none"),
    (0.1, "light"),
    (2.5, "moderate"),
    (7.6, "heavy"),
    (50.0, "violent"),
    (100.0, "cloudburst"),
)
DAYLIGHT = ((0.0, "night"), (1.0, "low_ambient"), (2000.0, "day"))
# Elevation of the sun's centre in degrees: sunrise with refraction and half a diameter, then the three twilights.
SUN = (
    (-90.0, "night"),
    (-18.0, "astronomical_twilight"),
    (-12.0, "nautical_twilight"),
    (-6.0, "civil_twilight"),
    (-0.833, "up"),
)
SURFACES = ("dry", "damp", "wet", "snowy", "icy")
ROADS = ("urban_street", "highway", "country_road", "built", "map")
RANGE_EDGES_M = (0.0, 10.0, 20.0, 40.0, 80.0, 160.0)
TTC_EDGES_S = (0.0, 0.5, 1.0, 1.5, 2.5, 4.0)
TTCS = ("0..0.5 s", "0.5..1 s", "1..1.5 s", "1.5..2.5 s", "2.5..4 s", "beyond 4 s", "never")
# Visibility levels as nuScenes has them; below a hundredth an actor is never seen.
VISIBLE_EDGES = (0.0, 0.01, 0.4, 0.6, 0.8)
VISIBLE = ("never", "to 40 %", "40..60 %", "60..80 %", "80..100 %")
RANGES = ("0..10 m", "10..20 m", "20..40 m", "40..80 m", "80..160 m", "beyond 160 m")


def _names(table: Sequence[tuple[float, str]]) -> tuple[str, ...]:
    return tuple(name for _, name in table)


BINS: dict[str, tuple[str, ...]] = {
    "odd.precipitation": _names(osi.PRECIPITATION),
    "odd.fog": _names(osi.FOG),
    "odd.illumination": _names(osi.ILLUMINATION),
    "odd.rainfall": _names(RAINFALL),
    "odd.daylight": _names(DAYLIGHT),
    "odd.sun": _names(SUN),
    "odd.surface": SURFACES,
    "odd.road": ROADS,
    "odd.actors": tuple(ACTOR_CLASSES),
    "odd.range": RANGES,
    "odd.ttc": TTCS,
    "odd.visible": VISIBLE,
}


def operational_domain(trace: WorldTrace, truth: Truth) -> dict[str, tuple[str, ...]]:
    """The classes that a clip meets, by item, in the order of `BINS`."""
    times = np.unique(np.linspace(trace.time_ns[0], trace.time_ns[-1], INSTANTS).astype(np.int64))
    states = [trace.weather.at(int(time)) for time in times]

    def met(name: str, word: Callable[[WeatherState], str]) -> tuple[str, ...]:
        return _in_order(name, map(word, states))

    tags = [osi_tags(state) for state in states]
    near, ranges = _actors(trace)
    return {
        "odd.precipitation": _in_order("odd.precipitation", (tag["precipitation"] for tag in tags)),
        "odd.fog": _in_order("odd.fog", (tag["fog"] for tag in tags)),
        "odd.illumination": _in_order("odd.illumination", (tag["ambient_illumination"] for tag in tags)),
        "odd.rainfall": met("odd.rainfall", lambda s: osi.class_of(RAINFALL, s.rain_mm_per_h)),
        "odd.daylight": met("odd.daylight", lambda s: osi.class_of(DAYLIGHT, s.illuminance_lx)),
        "odd.sun": met("odd.sun", lambda s: _sun(math.degrees(s.sun_elevation_rad))),
        "odd.surface": met("odd.surface", ground_word),
        "odd.road": (_road(trace),),
        "odd.actors": _in_order("odd.actors", near),
        "odd.range": _in_order("odd.range", ranges),
        "odd.ttc": (_least_ttc(trace, truth),),
        "odd.visible": _in_order("odd.visible", _most_visible(trace, truth)),
    }


def _in_order(name: str, met: Iterable[str]) -> tuple[str, ...]:
    found = set(met)
    return tuple(word for word in BINS[name] if word in found)


def _sun(elevation_deg: float) -> str:
    return SUN[max(bisect_right([edge for edge, _ in SUN], elevation_deg) - 1, 0)][1]


def _road(trace: WorldTrace) -> str:
    road = trace.concrete.scenario.world.road
    return road.preset or ("built" if road.build is not None else "map")


def _least_ttc(trace: WorldTrace, truth: Truth) -> str:
    """The least time to collision of the ego with any of the scenario's own actors."""
    others = [name for name in trace.concrete.scenario.actors if name != "ego"]
    times = [truth.value(f"min(ttc(ego, {name}))") for name in others]
    known = [t for t in times if isinstance(t, float) and math.isfinite(t)]
    return TTCS[bisect_right(TTC_EDGES_S, max(min(known), 0.0)) - 1] if known else "never"


def _most_visible(trace: WorldTrace, truth: Truth) -> list[str]:
    """The largest share of each of the scenario's own actors that the rig's cameras ever see of it at once."""
    if not trace.concrete.rig.cameras:
        return []
    others = [name for name in trace.concrete.scenario.actors if name != "ego"]
    shares = [float(truth.value(f"max(visible({name}, ego))")) for name in others]
    return [VISIBLE[bisect_right(VISIBLE_EDGES, share) - 1] for share in shares if not math.isnan(share)]


def _actors(trace: WorldTrace) -> tuple[list[str], list[str]]:
    """Classes of all actors that come near the ego, and the ranges in which the scenario's own actors are."""
    ego = trace.index("ego")
    rows = np.unique(np.linspace(0, len(trace.time_ns) - 1, INSTANTS).astype(np.int64))
    place = trace.position_m[rows]
    away_m = np.linalg.norm(place - place[:, ego : ego + 1], axis=2)
    there = trace.present[rows]
    classes, ranges = [], []
    for column, actor in enumerate(trace.actors):
        away = away_m[there[:, column], column]
        if actor.is_ego or not len(away):
            continue
        if away.min() <= NEAR_M:
            classes.append(actor.actor_class)
        if actor.name in trace.concrete.scenario.actors:
            ranges += [RANGES[bisect_right(RANGE_EDGES_M, metres) - 1] for metres in away]
    return classes, ranges
