"""Drops on the glass before a camera: as much water as falls, wiped by the blade, the same whoever asks first."""

# mypy: allow-untyped-calls

import numpy as np
import pytest

from renderers import droplets
from renderers.camera import render
from renderers.kernels.droplets import (
    D_A,
    D_B,
    D_BORN,
    D_COLUMNS,
    D_GONE,
    D_RADIUS,
    D_SINE,
    cap_volume,
    settle,
)
from renderers.optics import camera_model, mount_matrix
from renderers.pane import Pane
from renderers.stage import Stage
from renderers.wiper import PIVOT_M, SWING_RAD, Wiper, angle_rad
from scenarios.schema import Camera
from sim.air import rain_extinction_per_m
from tests.support.small_stage import plain, small_stage, weather

RAIN = weather(rain_mm_per_h=25.0, rain_extinction_per_m=rain_extinction_per_m(25.0), wind_mps=0.0)
DRY = weather()


def _camera(**window: object) -> Camera[float]:
    words = {
        "mount": {"z": 1.4, "x": 0.5},
        "width": 320,
        "height": 180,
        "fov": np.radians(75),
        "window": window,
    }
    return Camera[float].model_validate(words)


def _pane(camera: Camera[float]) -> Pane:
    return Pane.of(camera, camera_model(camera), mount_matrix(camera.mount, optical=True))


def _lying(stage: Stage, camera: Camera[float], seconds: float) -> np.ndarray:
    pane = _pane(camera)
    wiper = droplets.wiper_of(stage, camera, pane)
    return droplets.lying(stage, "front", pane, wiper, mount_matrix(camera.mount, optical=True), seconds)


def test_a_cap_holds_the_water_of_the_drop_that_fell() -> None:
    diameter = np.array([0.6e-3, 1.5e-3, 3e-3])
    for contact in np.radians([30.0, 45.0, 60.0]):
        radius = droplets.foot_radius_m(diameter, np.full(3, contact))
        volume = [cap_volume(r, np.sin(contact)) for r in radius]
        assert volume == pytest.approx(np.pi / 6 * diameter**3, rel=1e-9)


def test_glass_meets_the_rain_that_falls_and_more_when_it_drives() -> None:
    pane = _pane(_camera(mount="cover"))
    facing_up = np.eye(4)
    (standing,) = droplets.falling_on(RAIN, pane, facing_up, np.zeros(3))
    water = droplets.SHELTER["cover"] * 25.0 / 3.6e6  # m of water a second
    # Marshall and Palmer's drops carry the rain that they are named after within a fifth.
    assert float((standing.per_m2_s * np.pi / 6 * standing.diameter_m**3).sum()) == pytest.approx(
        water, rel=0.2
    )
    upright = np.eye(4)
    upright[:3, :3] = np.array([[0, 0, 1], [-1, 0, 0], [0, -1, 0]])  # looks along x
    ahead, behind = (
        sum(f.per_m2_s.sum() for f in droplets.falling_on(RAIN, pane, upright, np.array([v, 0.0, 0.0])))
        for v in (20.0, -20.0)
    )
    assert ahead > 0.0
    assert behind == 0.0


def test_touching_drops_become_one_that_keeps_their_water() -> None:
    births = np.zeros((3, D_COLUMNS))
    births[:, D_A] = [0.0, 1.2e-3, 9e-3]
    births[:, D_RADIUS], births[:, D_SINE] = 1e-3, np.sin(np.radians(45))
    births[:, D_BORN], births[:, D_GONE] = [0.0, 1.0, 2.0], np.inf
    out = np.empty((20, D_COLUMNS))
    rows = settle(births, 3.0, 0.0, -1.0, 2.5e-3, -0.02, -0.02, 6e-3, 8, 8, 1, out)
    left = out[:rows][out[:rows, D_GONE] > 3.0]
    assert len(left) == 2
    assert sorted(left[:, D_RADIUS]) == pytest.approx([1e-3, 2.0 ** (1 / 3) * 1e-3])
    assert left[np.argmax(left[:, D_RADIUS]), D_A] == pytest.approx(0.6e-3)


def test_a_heavy_drop_slides_down_and_takes_those_below_with_it() -> None:
    births = np.zeros((3, D_COLUMNS))
    births[:, D_B] = [-10e-3, 0.0, 10e-3]
    births[:, D_RADIUS], births[:, D_SINE] = [0.8e-3, 3e-3, 0.8e-3], np.sin(np.radians(45))
    births[:, D_BORN], births[:, D_GONE] = [0.0, 0.1, 0.2], np.inf
    out = np.empty((60, D_COLUMNS))
    rows = settle(births, 2.0, 0.0, -1.0, 2.5e-3, -0.05, -0.05, 6e-3, 18, 18, 7, out)
    heavy, below, above = out[1], out[0], out[2]
    assert heavy[D_B] < -20e-3
    assert below[D_GONE] < 2.0
    assert above[D_GONE] == np.inf
    assert rows > 3  # and beads on its way


def test_the_blade_clears_what_lies_behind_it() -> None:
    wiper = Wiper.over(lambda _: 1.35, 10.0, 0.0)
    place = np.array([[0.0, 0.0], [0.1, -0.2], [-0.05, 0.02]])
    passed = wiper.wiped_s(place, 4.0)
    assert np.all((passed <= 4.0) & (passed > 4.0 - 1.35))
    for where, when in zip(place, passed, strict=True):
        assert wiper.blade_rad(float(when)) == pytest.approx(float(angle_rad(where)), abs=1e-6)
    assert max(wiper.blade_rad(s) or 0.0 for s in np.linspace(0.0, 4.0, 400)) == pytest.approx(
        SWING_RAD, rel=1e-3
    )


def test_wiped_glass_holds_only_drops_that_came_later_and_unwiped_glass_more() -> None:
    stage = small_stage(plain(), weather=RAIN)
    wiped, left = _camera(), _camera(wiper="off")
    blade = droplets.wiper_of(stage, wiped, _pane(wiped))
    assert blade is not None
    drops = _lying(stage, wiped, 1.0)
    # Drops that flowed together lie a little aside from where the oldest of them fell.
    since = blade.wiped_s(drops[:, D_A : D_B + 1], 1.0)
    assert np.mean(drops[:, D_BORN] > since) > 0.97
    assert len(_lying(stage, left, 1.0)) > 3 * max(len(drops), 1)


def test_any_frame_can_be_asked_about_alone() -> None:
    stage = small_stage(plain(), weather=RAIN)
    camera = _camera()
    later = _lying(stage, camera, 0.9)
    _lying(stage, camera, 0.2)
    assert np.array_equal(later, _lying(small_stage(plain(), weather=RAIN), camera, 0.9))


def test_drops_touch_the_picture_and_its_share_but_no_truth() -> None:
    stage = small_stage(plain(), weather=RAIN)
    wet, bare = (
        render(stage, "front", _camera(wiper="off", drops=d), 10**9, also=("lens",)) for d in (True, False)
    )
    assert wet.extras.lens is not None and bare.extras.lens is not None
    assert 0.1 < float(wet.extras.lens.mean()) < 0.9
    assert float(wet.extras.lens.max()) <= 1.0
    assert not bare.extras.lens.any()
    assert not np.array_equal(wet.image, bare.image)
    for name in ("instance", "semantic", "depth_m", "transmittance"):
        assert np.array_equal(getattr(wet, name), getattr(bare, name))


def test_dry_weather_leaves_the_glass_alone() -> None:
    stage = small_stage(plain(), weather=DRY)
    frames = [render(stage, "front", _camera(drops=d), 10**9, also=("lens",)) for d in (True, False)]
    assert np.array_equal(frames[0].image, frames[1].image)
    assert frames[0].extras.lens is not None and not frames[0].extras.lens.any()


def test_a_drop_shows_the_world_upside_down() -> None:
    """Square glass, a sky over dark ground: the lower half of a drop is the bright one."""
    camera = _camera(mount="cover")
    pane, model = _pane(camera), camera_model(camera)
    drops = np.array([[0.0, 0.0, 2.5e-3, np.sin(np.radians(50)), 0.0, np.inf]])
    table = droplets.seen_drops(pane, model, drops, 1.0, 1, False)
    env = np.zeros((144, 144, 3), np.float32)
    env[:72] = 100.0  # rows above the middle look up
    layer = np.zeros((180, 320, 4), np.float32)
    none = np.zeros(3, np.float32)
    droplets.draw_drops(0, 180, table, 1, env, none, none, layer)
    seen = layer[..., 3] > 0.5
    rows = np.nonzero(seen)[0]
    middle = 0.5 * (rows.min() + rows.max())
    upper = seen & (np.arange(180)[:, None] < middle - 5)
    lower = seen & (np.arange(180)[:, None] > middle + 5)
    assert layer[lower, 1].mean() > 3.0 * layer[upper, 1].mean()


def test_the_film_dries_since_the_blade_passed_and_the_blade_hides_what_it_covers() -> None:
    wiper = Wiper.over(lambda _: 1.4, 20.0, 0.3)
    y, x = np.mgrid[0:30, 0:48]
    place = np.stack([-0.2 + 0.01 * x, 0.15 - 0.01 * y], axis=-1)
    small = np.ones((30, 48, 3), np.float32)
    for seconds in (7.0, 7.31, 8.05):
        film = droplets._film(3, wiper, place, small, seconds, 0.05, 2)
        since = seconds - wiper.wiped_s(place, seconds)
        most = droplets.FILM_SHARE * np.exp(-since / droplets.FILM_DRIES_S)
        assert (film[..., 3] <= most + 0.0501).all() and film[..., 3].max() > 0.7 * most.max()
        assert (film[..., 3] >= 0.0499).all() and film[..., :3] == pytest.approx(1.0)
        layer, mean = np.zeros((60, 96, 4), np.float32), np.ones(3)
        droplets._add_blade(_pane(_camera()), wiper, place, seconds, 0.002, mean, layer, 2)
        blade = wiper.blade_rad(seconds)
        assert blade is not None
        from_pivot = place - PIVOT_M
        beside = np.abs(from_pivot[..., 1] * np.cos(blade) - from_pivot[..., 0] * np.sin(blade))
        cover = layer[::2, ::2, 3]
        assert (cover[beside > 0.05] == 0.0).all()
        assert (cover[beside < 2e-3] > 0.6).all() or (beside >= 2e-3).all()
