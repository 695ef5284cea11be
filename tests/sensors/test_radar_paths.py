"""Radar waves also go by the road and by walls: targets are lifted and drowned, seen below others, and doubled."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from renderers.mesh import Mesh
from renderers.radar import observe
from renderers.radar_mirrors import mirrors_of
from renderers.radar_model import RadarModel
from renderers.radar_paths import ASPHALT, fresnel, lobing, road_reflection
from renderers.radar_scan import RadarCause, RadarScan
from renderers.radar_world import fan_of
from scenarios.chance import stream
from scenarios.taxonomy import SEMANTIC_ID
from tests.sensors.test_radar import HALF_NS, car, radar, scans, seen
from tests.support.naive_trace import CLEAR, quad
from tests.support.small_stage import Mover, block, plain, small_stage, weather

WAVE = 2.0 * np.pi * 76.5e9 / 299_792_458.0
YES = np.array([True])
NO = np.array([False])


def factor(
    along_m: float, radar_m: float, target_m: float, spread_m: float = 0.0, straight=YES, bounced=YES
) -> float:
    one = np.array([1.0])
    return float(
        lobing(straight, bounced, radar_m * one, target_m * one, along_m * one, spread_m * one, WAVE, CLEAR)[0]
    )  # fmt: skip


def test_a_smooth_road_is_a_mirror_at_grazing_incidence_and_passes_brewster_s_angle() -> None:
    assert fresnel(np.array([1e-4]), ASPHALT)[0] == pytest.approx(-1.0, abs=1e-3)
    angles = np.radians(np.linspace(1.0, 89.0, 400))
    dip = np.degrees(angles[np.argmin(np.abs(fresnel(angles, ASPHALT)))])
    assert dip == pytest.approx(np.degrees(np.arctan(1 / np.sqrt(3.6))), abs=1.0)
    upright = abs(fresnel(np.array([np.pi / 2]), 3.6)[0])
    assert upright == pytest.approx((np.sqrt(3.6) - 1) / (np.sqrt(3.6) + 1))
    graze = np.array([0.02])
    dry, wet, snowy = (
        abs(road_reflection(graze, WAVE, state)[0])
        for state in (CLEAR, weather(wetness=1.0), weather(snow_depth_m=0.1))
    )
    assert wet > 0.8 and dry > 0.8
    assert abs(road_reflection(np.array([0.2]), WAVE, weather(snow_depth_m=0.1))[0]) < 0.05 < snowy


def test_lobes_follow_from_the_difference_of_the_two_ways() -> None:
    """The field of two point sources, summed by hand, to the fourth power."""
    for along in (20.0, 57.3, 140.0):
        straight, bounced = np.hypot(along, 0.2), np.hypot(along, 1.2)
        mirror = road_reflection(np.arctan2(np.array([1.2]), along), WAVE, CLEAR)[0]
        field = 1.0 + mirror * np.exp(-1j * WAVE * (bounced - straight))
        assert factor(along, 0.5, 0.7) == pytest.approx(abs(field) ** 4, rel=1e-9)
    some = [factor(r, 0.5, 0.6) for r in np.linspace(60.0, 200.0, 4000)]
    assert max(some) == pytest.approx(16.0, rel=0.15)  # 12 dB
    assert min(some) < 0.01


def test_high_targets_have_no_lobes_left_near_by_and_some_far_off() -> None:
    near = [factor(r, 0.5, 0.6, 0.2) for r in np.linspace(20.0, 30.0, 200)]
    far = [factor(r, 0.5, 0.6, 0.2) for r in np.linspace(300.0, 800.0, 200)]
    assert np.std(near) / np.mean(near) < 0.05
    assert np.std(far) / np.mean(far) > 0.3


def test_a_car_behind_a_lorry_is_seen_below_it_and_only_by_the_road() -> None:
    """The lorry is a box on stilts: 0.35 m of air below it."""
    stilts = Mover(block((9.0, 2.5, 3.0)), position_m=(20.0, 0.0, 0.35))
    behind = car(38.0)
    by_road = scans([stilts, behind], radar(bounces=True, least_rcs=-60.0), 20)
    straight = scans([stilts, behind], radar(bounces=False, least_rcs=-60.0), 20)
    own = [scan.instance[scan.cause == RadarCause.TARGET] for scan in by_road]
    assert sum((ids == 3).any() for ids in own) > 10
    assert not any((scan.instance == 3).any() for scan in straight)


def test_nothing_is_seen_below_a_lorry_that_stands_on_the_road() -> None:
    closed = Mover(block((9.0, 2.5, 3.0)), position_m=(20.0, 0.0, 0.0))
    some = scans([closed, car(38.0)], radar(bounces=True, least_rcs=-60.0), 10)
    assert not any((scan.instance == 3).any() for scan in some)


# ------------------------------------------------------------------------------------------------------------- ghosts
def side_wall(y_m: float, semantic: str = "guard_rail", begin: float = -5.0, end: float = 80.0) -> Mesh:
    """A wall along the road that faces it."""
    corners = [(begin, y_m, 0.0), (end, y_m, 0.0), (end, y_m, 1.2), (begin, y_m, 1.2)]
    if y_m < 0.0:
        corners = corners[::-1]
    return quad(corners, 0, SEMANTIC_ID[semantic])


def ghosts_of(some: Sequence[RadarScan], column: str) -> NDArray[np.float64]:
    return seen(some, column, RadarCause.GHOST)


def test_a_mirror_is_found_where_the_wall_stands() -> None:
    stage = small_stage([plain(), side_wall(4.0)])
    pose = np.eye(4)
    pose[2, 3] = 0.5
    model = RadarModel.of(radar())
    fan = fan_of(stage.scene(HALF_NS), pose, model, stream(1, "fan"), 1)
    mirrors = mirrors_of(fan, pose, 0.0)
    assert len(mirrors) == 1
    assert np.abs(mirrors[0].begin_m[1] - 4.0) < 0.02 and np.abs(mirrors[0].end_m[1] - 4.0) < 0.02
    assert mirrors[0].image(np.array([[10.0, 1.0, 0.3]])) == pytest.approx(
        np.array([[10.0, 7.0, 0.3]]), abs=0.05
    )
    assert mirrors[0].turned(np.array([1.0, 2.0, 3.0])) == pytest.approx([1.0, -2.0, 3.0], abs=0.02)


def test_ghosts_stand_at_mirror_images_and_move_as_they_do() -> None:
    coming = car(30.0, -2.0, velocity_mps=(-8.0, 1.0, 0.0))
    some = scans([coming], radar(ghosts=True), 40, [plain(), side_wall(4.0)])
    assert len(ghosts_of(some, "range_m")) > 40
    place = ghosts_of(some, "true_range_m")[:, None] * np.stack(
        [np.cos(ghosts_of(some, "true_azimuth_rad")), np.sin(ghosts_of(some, "true_azimuth_rad"))], axis=1
    )
    middle = np.array([30.0 - 8.0 * 0.52, 10.0 - 0.52])  # the car's, mirrored in y = 4
    inside = (np.abs(place - middle) <= (2.4, 1.1)).all(axis=1)
    assert inside.sum() > 10
    way = middle / np.linalg.norm(middle)
    image_rate = way @ np.array([-8.0, -1.0])
    assert np.median(ghosts_of(some, "true_rate_mps")[inside]) == pytest.approx(image_rate, abs=0.25)
    # Once reflected: half way between the car and its image in range.
    real = np.linalg.norm([middle[0], middle[1] - 2 * (middle[1] - 4.0)])
    half = 0.5 * (real + np.linalg.norm(middle))
    once = np.abs(ghosts_of(some, "true_range_m") - half) < 2.6
    assert (once & ~inside).sum() > 10
    assert set(np.unique(ghosts_of(some, "instance"))) == {2}


def test_without_a_wall_or_with_one_that_is_too_short_there_are_no_ghosts() -> None:
    words = radar(ghosts=True)
    assert not len(ghosts_of(scans([car(30.0, -2.0)], words, 5), "range_m"))
    aside = side_wall(4.0, begin=40.0, end=60.0)
    assert not len(ghosts_of(scans([car(30.0, -2.0)], words, 5, [plain(), aside]), "range_m"))


def test_ghosts_are_weaker_than_their_targets() -> None:
    some = scans([car(25.0, -2.0)], radar(ghosts=True), 40, [plain(), side_wall(4.0, "wall")])
    loudest = {
        cause: np.mean([scan.snr_db[scan.cause == cause].max(initial=10.0) for scan in some])
        for cause in (RadarCause.GHOST, RadarCause.TARGET)
    }
    assert loudest[RadarCause.GHOST] < loudest[RadarCause.TARGET] - 4.0


# ------------------------------------------------------------------------------------------------------------ clutter
def test_rails_poles_and_walls_are_found_at_rest_where_they_stand() -> None:
    post = quad(
        [(25.0, -3.1, 0.0), (25.0, -2.9, 0.0), (25.0, -2.9, 4.0), (25.0, -3.1, 4.0)], 0, SEMANTIC_ID["pole"]
    )
    ego = Mover(block((0.1, 0.1, 0.1)), velocity_mps=(10.0, 0.0, 0.0))
    stage = small_stage([plain(), post], ego=ego)
    scan = observe(stage, "front", radar(clutter=True), HALF_NS)
    pole = scan.semantic == SEMANTIC_ID["pole"]
    assert pole.sum() >= 1
    assert scan.range_m[pole][0] == pytest.approx(np.hypot(20.0, 3.0), abs=0.2)
    assert np.abs(scan.ground_rate_mps[pole]).max() < 0.15
    assert -6.0 < scan.rcs_dbsm[pole][0] < 18.0
    assert set(scan.cause[pole]) == {RadarCause.CLUTTER}


def test_an_even_road_alone_is_seldom_found() -> None:
    some = scans([], radar(clutter=True), 5)
    assert np.mean([len(scan.range_m) for scan in some]) < 25
