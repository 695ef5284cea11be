"""What a clip expects of a system under test, in plain data: moments, instances and corridors.  World floor.

Judging needs no simulator afterwards: `once` has become a time, a target its instance ids, and `ego_path` and
`ego_lane` bands of ground.  docs/perception_tests.md describes the record.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.schema import Expect
from sim.trace import WorldTrace
from sim.truth import Truth

CARGO_PART = "cargo."  # items are called `flatbed.cargo.1`
PATH_STEP_M = 1.0
BESIDE_M = 0.25  # added to each side of the ego's body: what it passes so closely is in its way
AHEAD_M = 200.0  # the corridor goes on this far beyond the clip's end
LOOK_S = 0.1

Record = dict[str, Any]
Floats = NDArray[np.float64]


def expected(trace: WorldTrace, index_times_ns: Sequence[int]) -> Record | None:
    """The record of a clip with samples at these times; None where its scenario expects nothing."""
    scenario = trace.concrete.scenario
    if not scenario.expect:
        return None
    truth = Truth(trace)
    marks = {event.name: event.time_ns * 1e-9 for event in reversed(trace.events)}
    regions = {e.no_false.region for e in scenario.expect if e.no_false is not None} - {"anywhere"}
    makers = {"ego_path": _ego_path, "ego_lane": _ego_lanes}
    return {
        "clip": trace.concrete.clip_id,
        "scenario": scenario.scenario,
        "expected": [_entry(trace, truth, marks, expect) for expect in scenario.expect],
        "corridors": {name: makers[name](trace, index_times_ns) for name in sorted(regions)},
    }


def _entry(trace: WorldTrace, truth: Truth, marks: dict[str, float], expect: Expect[float]) -> Record:
    begin, begin_s = "the start", 0.0
    if expect.once is not None:
        begin, begin_s = f'"{expect.once}"', truth.first_s(expect.once)
    elif expect.from_ is not None:
        begin, begin_s = expect.from_, marks.get(expect.from_, math.inf)
    entry: Record = {
        "id": expect.id,
        "begin": begin,
        "begin_s": begin_s if math.isfinite(begin_s) else None,
        "end_s": marks.get(expect.until) if expect.until is not None else None,
    }
    if expect.detect is not None:
        entry |= {"kind": "detect", "by": _list(expect.detect.by), "classes": _list(expect.detect.as_)}
        entry |= {
            "within_s": expect.within_s,
            **_target(trace, expect.detect.target),
            "iou": expect.detect.iou,
        }
        if expect.hold is not None:
            entry |= {"recall": expect.hold.recall, "hold_s": expect.hold.for_s}
    elif expect.track is not None:
        entry |= {"kind": "track", "by": _list(expect.track.by), "id_switches": expect.track.id_switches}
        entry |= {**_target(trace, expect.track.target), "iou": expect.track.iou}
    else:
        assert expect.no_false is not None, "one of the kinds is given"
        asked = expect.no_false
        entry |= {"kind": "no_false", "by": _list(asked.by), "classes": _list(asked.class_), "iou": asked.iou}
        entry |= {"region": asked.region, "range_m": asked.range_m, "rate_per_frame": expect.rate or 0.0}
    return entry


def _list(words: str | list[str]) -> list[str]:
    return [words] if isinstance(words, str) else list(words)


def _target(trace: WorldTrace, name: str) -> Record:
    """The instances behind an actor's name, `cargo` or `flatbed.cargo`."""
    ids = [actor.instance_id for actor in trace.actors if actor.name == name]
    if not ids:
        carrier = "" if name == "cargo" else name.removesuffix("cargo")  # any, or `flatbed.`
        ids = [
            a.instance_id
            for a in trace.actors
            if f".{CARGO_PART}" in f".{a.name}" and a.name.startswith(carrier)
        ]
    return {"target": name, "targets": ids}


# ----------------------------------------------------------------------------------------------------------- corridors
def _ego_path(trace: WorldTrace, index_times_ns: Sequence[int]) -> list[Record]:
    """One band under the ego's way: where it will have driven, and on along its lane when the clip is over."""
    ego = trace.index("ego")
    step = max(round(LOOK_S * 1e9 / max(int(trace.time_ns[1] - trace.time_ns[0]), 1)), 1)
    rows = [*range(0, len(trace.time_ns), step), len(trace.time_ns) - 1]
    driven = trace.position_m[rows, ego]
    kept = [driven[0]]
    for place in driven[1:]:
        if np.hypot(*(place - kept[-1])[:2]) >= PATH_STEP_M / 2:
            kept.append(place)
    last, yaw = driven[-1], float(trace.rotation_rad[-1, ego, 0])
    way = np.concatenate((np.array(kept), _onwards(trace, last, yaw)))
    half = trace.actors[ego].size_m[1] / 2 + BESIDE_M
    return [_band(0, way, np.full(len(way), half))]


def _onwards(trace: WorldTrace, place: Floats, yaw: float) -> Floats:
    """Points ahead of a place: along its lane at the same distance from the middle, or straight where there is none."""
    lane = _lane_under(trace, place, yaw)
    if lane is None:
        ahead = np.arange(PATH_STEP_M, AHEAD_M, PATH_STEP_M)[:, None]
        straight: Floats = place + ahead * np.array((math.cos(yaw), math.sin(yaw), 0.0))
        return straight
    road, lane_id, s_m = lane
    path = trace.road.path(road, lane_id, s_m, AHEAD_M)
    left = np.array((-math.sin(path.yaw_rad[0]), math.cos(path.yaw_rad[0])))
    beside = float((place - path.position_m[0])[:2] @ left)
    stations = np.arange(PATH_STEP_M, path.length_m, PATH_STEP_M)
    if not len(stations):
        return np.zeros((0, 3))
    along: Floats = path.pose(stations, beside)[0]
    return along


def _lane_under(trace: WorldTrace, place: Floats, yaw: float) -> tuple[str, int, float] | None:
    """(road, lane, station) of the driving lane under a place that leads the way the ego looks."""
    here = trace.road.locate(float(place[0]), float(place[1]))
    drivable = {(road, lane) for road, _, lane in trace.road.drivable()}
    for lane, _, low, high in trace.road.lanes_at(here.road, here.s_m):
        if low <= here.t_m <= high and (here.road, lane) in drivable:
            heading = float(trace.road.path(here.road, lane, here.s_m, PATH_STEP_M).yaw_rad[0])
            if math.cos(heading - yaw) > 0.0:
                return here.road, lane, here.s_m
    return None


def _ego_lanes(trace: WorldTrace, index_times_ns: Sequence[int]) -> list[Record]:
    """Bands along the lanes that the ego is in; a new one from the sample at which it is in another lane."""
    ego = trace.index("ego")
    bands: list[Record] = []
    held: set[tuple[str, int]] | None = None
    for index, time_ns in enumerate(index_times_ns):
        instant = trace.at(int(time_ns))
        place, yaw = instant.position_m[ego], float(instant.rotation_rad[ego, 0])
        lane = _lane_under(trace, place, yaw)
        if lane is not None and held is not None and lane[:2] in held:
            continue
        if lane is None:
            if held == set():
                continue
            held = set()
            way = np.concatenate((place[None], _onwards(trace, place, yaw)))
            bands.append(_band(index, way, np.full(len(way), trace.actors[ego].size_m[1] / 2 + BESIDE_M)))
            continue
        left_m = max(float(trace.concrete.scenario.capture.duration_s) - time_ns * 1e-9, 0.0) * 60.0
        path = trace.road.path(*lane, AHEAD_M + left_m)
        held = {(road, lane_id) for road, _, lane_id in path.pieces}
        rows = _spaced(path.s_m)
        bands.append(_band(index, path.position_m[rows], path.width_m[rows] / 2))
    return bands


def _spaced(s_m: Floats) -> NDArray[np.intp]:
    """Rows of a path about `PATH_STEP_M` apart."""
    rows = np.unique(np.searchsorted(s_m, np.arange(0.0, float(s_m[-1]) + PATH_STEP_M, PATH_STEP_M)))
    return rows[rows < len(s_m)]


def _band(index: int, way: Floats, half_width_m: Floats) -> Record:
    return {
        "from": index,
        "points_m": np.round(way, 3).tolist(),
        "half_width_m": np.round(half_width_m, 3).tolist(),
    }
