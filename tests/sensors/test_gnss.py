"""A receiver is as wrong as the ranges to its satellites, worse between houses, and silent in tunnels."""

import math

import numpy as np
import pytest

from renderers.gnss import fixes, solve
from renderers.mesh import Mesh
from scenarios.schema import Clock, Gnss
from scenarios.taxonomy import SEMANTIC_ID
from sim.constellation import SATELLITES, degrees_of, directions, satellites, sidereal_rad
from sim.readings import CODE_FIX, NO_FIX, GnssFixes
from sim.solar import julian_day
from tests.support.naive_trace import quad
from tests.support.small_stage import Mover, block, plain, small_stage

DAY = julian_day("2025-06-21", 43200.0, "+00:00")
MUNICH = (math.radians(48.1), math.radians(11.6))


def gnss(grade: str = "standard", **words: object) -> Gnss[float]:
    return Gnss[float].model_validate({"mount": {"z": 1.5}, "grade": grade, **words})


def driven(
    words: Gnss[float],
    static: list[Mesh] | None = None,
    seconds: float = 3.0,
    speed_mps: float = 0.0,
    seed: int = 1,
) -> GnssFixes:
    ego = Mover(block((0.1, 0.1, 0.1)), velocity_mps=(speed_mps, 0.0, 0.0))
    stage = small_stage([plain(), *(static or [])], ego=ego, seconds=seconds)
    world = stage.trace.concrete.scenario.world
    world.clock = Clock[float].model_validate({"date": "2025-06-21", "time": 43200.0})
    return fixes(stage, "gps", words, seed)


def house(y_m: float, high_m: float = 25.0, begin: float = -80.0, end: float = 80.0) -> Mesh:
    corners = [(begin, y_m, 0.0), (end, y_m, 0.0), (end, y_m, high_m), (begin, y_m, high_m)]
    return quad(corners if y_m > 0 else corners[::-1], 0, SEMANTIC_ID["building"])


def lid(begin: float, end: float) -> list[Mesh]:
    """A tunnel: two walls and a roof."""
    roof = quad([(begin, -6, 6.0), (begin, 6, 6.0), (end, 6, 6.0), (end, -6, 6.0)], 0, SEMANTIC_ID["tunnel"])
    return [roof, house(6.0, 6.0, begin, end), house(-6.0, 6.0, begin, end)]


# ------------------------------------------------------------------------------------------------------------ the sky
def test_satellites_are_as_far_as_their_orbits_and_come_back_after_half_a_sidereal_day() -> None:
    radius = np.linalg.norm(satellites(DAY), axis=1)
    assert sorted(set(radius.round(-2))) == [26559700.0, 29600300.0]
    later = directions(DAY + 0.99727, *MUNICH)[:24]
    assert np.abs(later - directions(DAY, *MUNICH)[:24]).max() < 0.01  # GPS: two turns a sidereal day
    assert math.degrees(sidereal_rad(2451545.0)) == pytest.approx(280.46, abs=0.01)


def test_a_dozen_to_two_dozen_satellites_stand_over_munich() -> None:
    counts = [
        int((directions(DAY + k / 24, *MUNICH)[:, 2] > math.sin(math.radians(5))).sum()) for k in range(24)
    ]
    assert min(counts) >= 12 and max(counts) <= 26
    assert SATELLITES == 48
    # None of them crosses the sky around the pole, as orbits are inclined by 55 degrees.
    north = [directions(DAY + k / 24, *MUNICH) for k in range(24)]
    pole = np.array((0.0, math.cos(MUNICH[0]), math.sin(MUNICH[0])))
    assert max((way @ pole).max() for way in north) < math.cos(math.radians(15))


def test_a_metre_north_is_a_metre_on_the_ellipsoid() -> None:
    latitude, longitude = degrees_of(np.array([0.0, 1000.0]), np.array([1000.0, 0.0]), *MUNICH)
    assert latitude[0] - 48.1 == pytest.approx(1000.0 / 111_200, rel=1e-3)  # metres a degree at 48 degrees
    assert longitude[1] - 11.6 == pytest.approx(1000.0 / 74_500, rel=2e-3)


# ------------------------------------------------------------------------------------------------------------- errors
def test_errors_of_a_fix_are_dop_times_those_of_the_ranges() -> None:
    way = directions(DAY, *MUNICH)
    way = way[way[:, 2] > math.sin(math.radians(10))]
    chance = np.random.default_rng(1)
    system = np.zeros(len(way), np.int64)
    off = []
    for _ in range(3000):
        solved = solve(way, system, chance.normal(0.0, 1.0, len(way)), np.zeros(len(way)))
        assert solved is not None
        off.append(solved[0])
    _, _, hdop, vdop = solved
    level = np.sqrt((np.array(off)[:, :2] ** 2).sum(axis=1).mean())
    assert level == pytest.approx(hdop, rel=0.35)  # weighted by elevation, which DOP is not
    assert np.std(np.array(off)[:, 2]) == pytest.approx(vdop, rel=0.35)
    assert 0.4 < hdop < 1.5


def test_an_open_sky_gives_the_grade_s_accuracy() -> None:
    for grade, low_m, high_m in (("standard", 0.6, 2.4), ("rtk", 0.004, 0.025)):
        off = []
        for seed in range(12):
            seen = driven(gnss(grade, rate=1.0), seed=seed, seconds=1.0)
            off.append(seen.position_m - seen.true_position_m)
        level = np.sqrt((np.concatenate(off)[:, :2] ** 2).sum(axis=1).mean())
        assert low_m < level < high_m, (grade, level)
    still = driven(gnss(rate=10.0), seconds=3.0)
    wander = still.position_m - still.true_position_m
    assert np.linalg.norm(wander[-1, :2] - wander[0, :2]) < 1.0  # minutes, not seconds
    assert (still.fix == CODE_FIX).all()
    assert (still.hidden == 0).all() and (still.used >= 12).all()
    assert np.abs(still.velocity_mps).max() < 0.3


def test_a_perfect_receiver_under_an_open_sky_is_right() -> None:
    seen = driven(gnss("perfect"), speed_mps=10.0)
    assert seen.position_m == pytest.approx(seen.true_position_m, abs=1e-9)
    assert seen.velocity_mps[:, 0] == pytest.approx(10.0, abs=1e-6)


def test_between_houses_satellites_are_hidden_hdop_grows_and_reflections_move_the_fix_by_metres() -> None:
    street = [house(9.0), house(-9.0)]
    canyon = driven(gnss("perfect", rate=2.0), street)
    open_sky = driven(gnss("perfect", rate=2.0))
    assert canyon.hidden.min() >= 5
    there = canyon.fix == CODE_FIX
    assert there.any()
    assert canyon.reflected.max() >= 1
    off = np.linalg.norm((canyon.position_m - canyon.true_position_m)[there], axis=1)
    assert off.max() > 2.0
    honest = driven(gnss("perfect", rate=2.0, multipath=False), street)
    right = honest.fix == CODE_FIX
    assert honest.hdop[right].min() > 1.3 * open_sky.hdop.max()
    assert honest.position_m[right] == pytest.approx(honest.true_position_m[right], abs=1e-9)


def test_a_tunnel_takes_the_fix_and_it_comes_back_a_while_behind_it() -> None:
    seen = driven(gnss("perfect", multipath=False, reacquire=0.5, rate=10.0), lid(10.0, 40.0), 6.0, 10.0)
    inside = (seen.true_position_m[:, 0] > 15.0) & (seen.true_position_m[:, 0] < 35.0)
    assert (seen.fix[inside] == NO_FIX).all()
    assert np.isnan(seen.position_m[inside]).all() and (seen.used[inside] == 0).all()
    assert (seen.fix[seen.true_position_m[:, 0] < 5.0] == CODE_FIX).all()
    assert (seen.fix[seen.true_position_m[:, 0] > 52.0] == CODE_FIX).all()
    lost = np.flatnonzero(seen.fix == NO_FIX)
    assert (np.diff(lost) == 1).all()


def test_readings_of_a_sample_are_those_since_the_last() -> None:
    seen = driven(gnss(rate=10.0), seconds=1.0)
    part = seen.between(300_000_000, 500_000_000)
    assert part.time_ns.tolist() == [400_000_000, 500_000_000]
    assert np.array_equal(part.position_m, seen.position_m[4:6])
