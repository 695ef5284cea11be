"""Sweeps of a street have the numbers of recorded ones.

Figures of recordings are those of one or two frames a sensor: envelopes, not targets.
"""

from functools import cache

import numpy as np
import pytest

from labelers.scan_statistics import compared, exponent_of, like, statistics_of
from renderers.assets import build
from renderers.frames import Cause, LidarSweep
from renderers.lidar import scan
from renderers.lidar_models import lidar_model
from renderers.stage import Stage
from scenarios import catalogue, load, resolve
from scenarios.bodies import BODIES
from scenarios.taxonomy import SEMANTIC_ID
from sim.app.lidar_stats import scan_of
from sim.simulate import simulate
from tests.support.references import reference
from tests.support.small_stage import Mover, mounted, plain, small_stage

CLEAR = (
    "world.weather=[{clouds: 2 okta, air: 15 degC}]",
    "world.clock={sun: {elevation: 40 deg, azimuth: 160 deg}}",
    "world.surface={state: dry}",
    "world.road.asphalt=used",
)
HALF_NS = 500_000_000


@cache
def street() -> Stage:
    """A town street on a clear day, parked cars on its sides."""
    return Stage(simulate(resolve(load(catalogue()["child_behind_van"], CLEAR), seed=0, sample=0)))


@cache
def sweep_of(model: str) -> LidarSweep:
    return scan(street(), "top", mounted(model, 1.73), HALF_NS, threads=2)


def on_road(sweep: LidarSweep, near_m: float, far_m: float) -> float:
    """Mean intensity of the dry road between two ranges."""
    road = (sweep.semantic == SEMANTIC_ID["road"]) & (sweep.cause == Cause.SURFACE)
    return float(sweep.intensity[road & (sweep.range_m >= near_m) & (sweep.range_m < far_m)].mean())


def test_l9_a_64_beam_sweep_of_a_street_has_the_numbers_of_kitti() -> None:
    sweep = sweep_of("HDL-64E")
    recorded = reference("yardsticks.json")["lidar_frame_stats"]["kitti_hdl64"]
    assert 105_000 < len(sweep.range_m) < 130_000 and sweep.fired == 64 * 2083
    middle, far, farthest = np.percentile(sweep.range_m[sweep.cause != Cause.EGO], [50, 95, 100])
    assert recorded["range_med"][0] - 1.0 < middle < recorded["range_med"][1] + 1.0
    assert recorded["range_p95"][0] < far < recorded["range_p95"][1] and farthest <= 120.5
    assert len(np.unique(sweep.ring)) == recorded["rings"]
    assert np.degrees(2 * np.pi / lidar_model("HDL-64E").steps) == pytest.approx(
        recorded["az_step_deg"], rel=0.05
    )
    shares = np.histogram(sweep.range_m, [0, 5, 10, 20, 30, 50])[0] / len(sweep.range_m)
    assert 0.05 < shares[0] < 0.25 and 0.40 < shares[1] < 0.62 and 0.15 < shares[2] < 0.32
    assert on_road(sweep, 4, 8) == pytest.approx(0.31, abs=0.05)
    assert on_road(sweep, 12, 20) == pytest.approx(0.34, abs=0.10)


def test_l9_every_number_of_a_kitti_like_scan_lies_inside_the_envelope_of_the_recorded_frames() -> None:
    """As `stormlane lidar stats` judges them; the exponent of vehicles is L10's."""
    statistics = statistics_of([scan_of(sweep_of("HDL-64E"), None, "street")])
    assert like(statistics) == "HDL-64E"
    judged = [line for line in compared(statistics, "HDL-64E") if line.inside is not None]
    assert len(judged) >= 21
    assert [line.name for line in judged if not line.inside] == []


def test_the_road_reads_what_it_reads_in_nuscenes() -> None:
    sweep = sweep_of("HDL-32E")
    assert 255 * on_road(sweep, 4, 8) == pytest.approx(16.5, abs=3.0)
    assert 255 * on_road(sweep, 12, 20) == pytest.approx(11.8, abs=3.0)


def test_l10_points_of_a_vehicle_fall_with_its_range_as_recorded() -> None:
    """Argoverse 2: 238 points at 20-30 m, 22 at 50-75 m, an exponent of -2.6."""
    recorded = reference("yardsticks.json")["av2_points_vs_range"]
    rows = [recorded["bins_m"].index([20, 30]), recorded["bins_m"].index([50, 75])]
    fall = np.log([recorded["vehicle_mean"][row] for row in rows])
    theirs = np.diff(fall) / np.diff(np.log([np.mean(recorded["bins_m"][row]) for row in rows]))
    rng = np.random.default_rng(3)
    models = ["car.sedan", "car.hatchback", "car.suv", "car.estate", "van.delivery", "car.compact"]
    far: list[float] = []
    points: list[int] = []
    for _ in range(3):
        placed = np.geomspace(20.0, 75.0, 24)
        around = rng.permutation(np.linspace(-np.pi, np.pi, 24, endpoint=False))
        movers = []
        for r, turn in zip(placed, around, strict=True):
            model = models[int(rng.integers(len(models)))]
            asset = build(model, int(rng.integers(1 << 30)), BODIES[model].size_m)
            at = (float(r * np.cos(turn)), float(r * np.sin(turn)), 0.0)
            movers.append(Mover(asset, at, yaw_rad=float(rng.uniform(0, 2 * np.pi))))
        sweep = scan(small_stage(plain(), movers), "top", mounted("HDL-64E", 1.73), HALF_NS)
        far += list(placed)
        points += [int((sweep.instance == k + 2).sum()) for k in range(len(movers))]
    edges = np.geomspace(20.0, 75.1, 6)
    band = np.digitize(far, edges)
    ranges = np.array([np.mean(np.array(far)[band == k]) for k in range(1, 6)])
    counts = np.array([np.mean(np.array(points)[band == k]) for k in range(1, 6)])
    slope = float(np.polyfit(np.log(ranges), np.log(counts), 1)[0])
    assert slope == pytest.approx(theirs[0], abs=0.4)
    told = exponent_of(list(zip(far, points, strict=True)))
    assert told == pytest.approx(theirs[0], abs=0.4)
