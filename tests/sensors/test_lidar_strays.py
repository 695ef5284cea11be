"""What is no echo looks like one as often, and where, as optics and noise say; and everybody is told that it is none."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import quad as integral
from scipy.spatial import cKDTree

from renderers.frames import Cause, LidarSweep
from renderers.kernels import detect as receiver
from renderers.lidar import receiver_numbers, scan
from renderers.lidar_models import Make, firings, lidar_model
from renderers.lidar_strays import (
    GLARE_RAD,
    SCATTER_PER_SR,
    SHINING,
    cell_sr,
    crosstalk,
    halos,
    scattered,
    sun_points,
    towards,
)
from renderers.materials import MATERIAL_ID
from renderers.mesh import Mesh
from scenarios.taxonomy import SEMANTIC_ID
from tests.support import naive_lidar
from tests.support.naive_trace import CLEAR, quad
from tests.support.proof import WHOLE
from tests.support.small_stage import mounted, plain, small_stage, wall, weather

HALF_NS = 500_000_000
LOW_SUN = weather(
    sun_elevation_rad=np.radians(8.0),
    sun_azimuth_rad=np.pi / 2,
    sun_illuminance_lx=3e4,
    sky_illuminance_lx=8e3,
)


def sign(at_m: float, material: str = "retro_band", half_m: float = 0.3) -> Mesh:
    low, high = 1.3 - half_m, 1.3 + half_m
    corners = [(at_m, -half_m, low), (at_m, -half_m, high), (at_m, half_m, high), (at_m, half_m, low)]
    return quad(corners, MATERIAL_ID[material])


def halo_rad(at_m: float, model: str = "AT128") -> float:
    """How far beyond the edge of a 60 cm sign before the sky its halo reaches."""
    sweep = scan(small_stage([sign(at_m)]), "top", mounted(model), HALF_NS)
    aside = np.abs(np.arctan2(sweep.raw_xyz_m[:, 1], sweep.raw_xyz_m[:, 0]))
    return float(aside[sweep.cause == Cause.BLOOM].max(initial=0.3 / at_m)) - 0.3 / at_m


def test_optics_scatter_a_thirtieth_of_the_light() -> None:
    scatter, _ = integral(
        lambda t: SCATTER_PER_SR * float(scattered(np.array(t))) * np.cos(t) * 2 * np.pi * np.sin(t),
        0,
        np.pi / 2,
    )
    assert scatter == pytest.approx(0.034, abs=0.003)
    assert scattered(np.array(0.1)) / scattered(np.array(1.0)) == pytest.approx(10**1.5, rel=0.02)


def test_a_reflector_has_a_halo_at_its_range_that_belongs_to_nobody() -> None:
    sweep = scan(small_stage([sign(20.0)]), "top", mounted("AT128"), HALF_NS)
    bloom = sweep.cause == Cause.BLOOM
    assert bloom.sum() > 30
    assert sweep.range_m[bloom] == pytest.approx(20.0, abs=0.1)
    assert (sweep.instance[bloom] == 0).all() and (sweep.semantic[bloom] == SEMANTIC_ID["void"]).all()
    assert sweep.intensity[bloom].max() < 0.2 * sweep.intensity[~bloom].max()
    assert sweep.fired == len(sweep.range_m) + sum(sweep.lost.values())


@pytest.mark.parametrize("name", ["HDL-64E", "VLP-16", "Avia", "OS0-128"])
def test_halos_are_those_of_the_slow_twin(name: str) -> None:
    make = Make(name)
    model, shots = lidar_model(name), firings(make)
    rng = np.random.default_rng(5)
    count = len(shots.direction)
    echo, range_m = rng.uniform(0.0, 1.0, count), rng.uniform(5.0, 60.0, count).astype(np.float32)
    for at, far in (
        (0.2, 20.0),
        (0.21, 20.5),
        (0.23, 35.0),
        (0.7, 50.0),
    ):  # two of them at one range, one behind
        middle = shots.direction[int(at * count)]
        close = np.linalg.norm(shots.direction - middle, axis=1) < 0.012
        echo[close] = rng.uniform(25.0, 900.0, close.sum())
        range_m[close] = far + rng.uniform(0.0, 0.02, close.sum())
    found = halos(make, model, shots, echo.astype(np.float32), range_m)
    bright = np.flatnonzero(echo.astype(np.float32) > SHINING)
    solid = np.zeros(count)
    solid[bright] = cell_sr(cKDTree(shots.direction), shots.direction[bright])
    given = shots.direction, echo.astype(np.float32).astype(float), range_m, solid, model.pulse_m
    total, place = naive_lidar.halos(*given)
    assert found.row.tolist() == np.flatnonzero(total).tolist() and len(found.row) > 50
    assert found.echo == pytest.approx(total[found.row], rel=1e-5)
    assert found.range_m == pytest.approx(place[found.row], rel=1e-5)
    assert len(np.unique(np.rint(found.range_m / 10.0))) >= 3


def test_halos_shrink_with_range_and_reach_farther_for_far_seeing_scanners() -> None:
    near, middle, far = (halo_rad(at) for at in (10.0, 20.0, 80.0))
    assert near > middle > 0.003 and far == pytest.approx(0.0, abs=1e-6)
    assert np.degrees(middle) == pytest.approx(0.27, abs=0.1)
    assert halo_rad(20.0, "HDL-64E") < 0.2 * middle
    # A rosette and a fan are as bright in the same direction, however densely they scan it.
    assert halo_rad(20.0, "Avia") == pytest.approx(middle, rel=0.25)


def test_white_paint_has_no_halo() -> None:
    sweep = scan(small_stage([sign(20.0, "plaster_white")]), "top", mounted("AT128"), HALF_NS)
    assert len(sweep.range_m) > 100 and not (sweep.cause == Cause.BLOOM).any()


def test_a_surface_at_the_range_of_the_halo_stays_one_and_reads_brighter() -> None:
    def beside(stage_of: list[Mesh]) -> LidarSweep:
        return scan(small_stage(stage_of), "top", mounted("AT128"), HALF_NS)

    board = wall(20.1, "concrete")
    plainly, lit = beside([board]), beside([board, sign(20.0)])
    close = (
        (np.abs(lit.xyz_m[:, 1]) > 0.4)
        & (np.abs(lit.xyz_m[:, 1]) < 0.6)
        & (np.abs(lit.xyz_m[:, 2] + 0.5) < 0.2)
    )
    same = (np.abs(plainly.xyz_m[:, 1]) > 0.4) & (np.abs(plainly.xyz_m[:, 1]) < 0.6)
    same &= np.abs(plainly.xyz_m[:, 2] + 0.5) < 0.2
    assert (lit.cause[close] == Cause.SURFACE).all() and close.sum() > 10
    assert lit.intensity[close].mean() > 1.005 * plainly.intensity[same].mean()


def sunlit(state_lx: float, aside_rad: float, count: int = 4000) -> tuple[int, np.ndarray]:
    """False points of beams that look past the sun, and their ranges."""
    state = replace(LOW_SUN, sun_illuminance_lx=state_lx)
    model, sun = lidar_model("OS1-128"), towards(state)
    side = np.cross(sun, [0.0, 0.0, 1.0])
    aim = np.cos(aside_rad) * sun + np.sin(aside_rad) * side / np.linalg.norm(side)
    numbers = receiver_numbers(model, state)
    found = sun_points(
        model,
        np.repeat(aim[None], count, axis=0),
        sun,
        state,
        numbers[receiver.D_THRESHOLD],
        3,
        np.arange(count),
    )
    return len(found.row), found.range_m


def test_noise_of_the_sun_crosses_the_threshold_as_often_as_rice_says() -> None:
    model, aside = lidar_model("OS1-128"), 0.012
    lux = 3e4
    daylight = 8e3 + lux * np.sin(np.radians(8.0))
    usual, own = 0.3 * daylight / np.pi, 0.3 * 1e5 / np.pi
    glare = lux * SCATTER_PER_SR * (1 + (2 * np.sin(aside / 2) / 0.01) ** 2) ** -0.75
    sigma = 0.08 * np.sqrt((own + usual + glare) / (own + usual))
    rate = np.exp(-0.5 / sigma**2) / (2 * np.sqrt(3))  # in the time of one pulse
    expected = 1 - np.exp(-rate * (model.far_m - model.overlap_m) / model.pulse_m)
    count, ranges = sunlit(lux, aside, 60_000)
    assert count == pytest.approx(60_000 * expected, abs=4 * np.sqrt(60_000 * expected) + 1)
    assert sunlit(lux, 0.0)[0] == 4000 and sunlit(lux, 0.05)[0] == 0 and sunlit(0.0, 0.0)[0] == 0
    everywhere = sunlit(lux, 0.0)[1]
    assert np.quantile(everywhere, 0.5) == pytest.approx(0.5 * (model.overlap_m + model.far_m), rel=0.05)
    assert len(ranges) == count


def test_the_sun_stands_in_the_sweep_where_it_stands_in_the_sky_unless_something_hides_it() -> None:
    sweep = scan(small_stage([plain()], weather=LOW_SUN), "top", mounted("Avia"), HALF_NS)
    false = sweep.cause == Cause.SUN
    along = sweep.raw_xyz_m[false] / np.linalg.norm(sweep.raw_xyz_m[false], axis=1)[:, None]
    assert false.sum() >= 1 and (np.linalg.norm(along - towards(LOW_SUN), axis=1) < GLARE_RAD).all()
    hidden = scan(small_stage([plain(), wall(9.0)], weather=LOW_SUN), "top", mounted("Avia"), HALF_NS)
    assert not (hidden.cause == Cause.SUN).any()


def pulses_of_others(model: str, others: int, sweeps: int, open_m: float = np.inf) -> list[np.ndarray]:
    made, shots = lidar_model(model), firings(model)
    threshold = float(receiver_numbers(made, CLEAR)[receiver.D_THRESHOLD])
    free = np.full(len(shots.laser), open_m, np.float32)
    return [
        crosstalk(
            made, shots, free, CLEAR, threshold, others, np.random.default_rng(n), n * 100_000_000
        ).range_m
        for n in range(sweeps)
    ]


TURNS = 30 if WHOLE else 10  # sweeps that are listened to


def test_other_lidars_are_heard_seldom_at_any_range_and_the_more_the_more_there_are() -> None:
    few, many = pulses_of_others("AT128", 4, TURNS), pulses_of_others("AT128", 16, TURNS)
    counts = [sum(len(one) for one in some) for some in (few, many)]
    assert 0 < counts[0] < counts[1] and counts[1] < TURNS * 16 * 5
    ranges = np.concatenate(many)
    assert ranges.min() > lidar_model("AT128").near_m and ranges.max() <= lidar_model("AT128").far_m
    assert sum(len(one) for one in pulses_of_others("AT128", 16, 4, open_m=2.0)) == 0  # walls all around


def test_interference_is_the_same_whenever_one_asks_and_changes_nothing_else() -> None:
    words = mounted("AT128").model_copy(update={"interference": 30})
    stage = small_stage([plain(), wall(-30.0)])
    alone, one, again = (
        scan(stage, "top", w, HALF_NS, t) for w, t in ((mounted("AT128"), 1), (words, 1), (words, 4))
    )
    assert np.array_equal(one.xyz_m, again.xyz_m) and np.array_equal(one.cause, again.cause)
    real = one.cause != Cause.CROSSTALK
    kept = np.isin(one.offset_ns[real] * 256 + one.ring[real], alone.offset_ns * 256 + alone.ring)
    assert kept.all()
