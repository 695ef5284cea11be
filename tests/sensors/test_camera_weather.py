"""Drops and flakes: as many, as long and as opaque as physics says, and never in the truth."""

# mypy: allow-untyped-calls

import numpy as np
import pytest

from renderers import particles
from renderers.camera import render
from renderers.fog_light import OPEN
from renderers.frame_light import air_numbers, light_of
from renderers.kernels.air import A_COLUMNS, veil
from renderers.kernels.particles import P_ALPHA, P_DEPTH, P_HALF
from renderers.optics import camera_model
from renderers.particles import NEAREST_M, drawn_depth, rain_spectrum, snow_spectrum, streaks
from renderers.puddles import puddle_field
from renderers.sky import daylight
from renderers.stage import Stage
from scenarios.schema import Camera
from scenarios.taxonomy import SEMANTIC_ID
from sim.air import rain_extinction_per_m, snow_extinction_per_m
from sim.app.tiny import tiny_concrete
from sim.simulate import simulate
from sim.weather import WeatherState
from tests.support.small_stage import plain, small_stage, weather

CAMERA = Camera[float].model_validate(
    {"mount": {"z": 1.4}, "width": 640, "height": 360, "fov": np.radians(60)}
)
MODEL = camera_model(CAMERA)
FOCAL_PX = float(MODEL.matrix[0, 0])
RAIN = weather(
    rain_mm_per_h=25.0,
    rain_extinction_per_m=rain_extinction_per_m(25.0),
    wind_mps=0.0,
    sun_illuminance_lx=0.0,
)
POSE = np.array([[0.0, 0.0, 1.0, 0.0], [-1.0, 0.0, 0.0, 0.0], [0.0, -1.0, 0.0, 1.4], [0.0, 0.0, 0.0, 1.0]])


def _streaks(state: WeatherState, shutter_s: float) -> np.ndarray:
    scene = small_stage(plain(), weather=state).scene(0)
    light = light_of(
        scene, daylight(state, 1), POSE[:3, 3], 1.4, 1 / FOCAL_PX, puddle_field(), np.zeros((1, 1), np.uint8), (0.0, 0.0)
    )  # fmt: skip
    return streaks(state, light, MODEL, POSE, np.zeros(3), shutter_s, 1, "front", 3)


def test_streaks_grow_with_the_exposure_and_pale_as_they_grow() -> None:
    short, long = (_streaks(RAIN, ms * 1e-3) for ms in (4.0, 8.0))
    lengths = [np.hypot(s[:, 2] - s[:, 0], s[:, 3] - s[:, 1]) for s in (short, long)]
    # The same drops fall in both: the stream belongs to the frame.  Faint ones are left out, so quantiles are compared.
    assert np.median(lengths[1]) == pytest.approx(2 * np.median(lengths[0]), rel=0.15)
    thin = [s[:, P_HALF] < 0.8 for s in (short, long)]
    alphas = [np.median(s[t, P_ALPHA]) for s, t in zip((short, long), thin, strict=True)]
    assert alphas[1] == pytest.approx(alphas[0] / 2, rel=0.3)


@pytest.mark.parametrize("kind", ["rain", "snow"])
def test_what_is_drawn_is_taken_out_of_the_air_once(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    state = RAIN if kind == "rain" else weather(snow_mm_per_h=1.5, snow_extinction_per_m=7e-3, wind_mps=0.0)
    monkeypatch.setattr(particles, "FAINTEST", 0.0)
    drawn = _streaks(state, 2e-3).astype(np.float64)
    length = np.hypot(drawn[:, 2] - drawn[:, 0], drawn[:, 3] - drawn[:, 1])
    wide = 2 * drawn[:, P_HALF]
    inside = (np.abs(drawn[:, 0] - 319.5) < 320) & (np.abs(drawn[:, 1] - 179.5) < 180)
    covered = (drawn[:, P_ALPHA] * (length * wide + 0.25 * np.pi * wide**2))[inside].sum() / (640 * 360)
    # A ray of the middle of the picture; towards its corners paths are longer.  Blocking is half of extinction.
    assert covered == pytest.approx(0.5 * drawn_depth(state, FOCAL_PX)[0], rel=0.35)
    assert drawn[:, P_DEPTH].min() > 0.5 * NEAREST_M


def test_drops_and_flakes_carry_the_extinction_of_their_weather() -> None:
    for spectrum, whole in (
        (rain_spectrum(25.0), rain_extinction_per_m(25.0)),
        (snow_spectrum(1.5), snow_extinction_per_m(1.5)),
    ):
        ours = 2 * 0.25 * np.pi * float(spectrum.per_m3 @ spectrum.diameter_m**2)
        assert ours == pytest.approx(whole, rel=0.3)


def test_the_air_of_a_long_path_loses_only_what_is_drawn() -> None:
    direction = np.array([[1.0, 0.0, 0.0]], np.float32)
    light = []
    for drawn in ((0.0, 1.0), (0.02, 2.0)):
        radiance = np.ones((1, 3), np.float32)
        numbers = air_numbers(RAIN, 1.5, drawn)
        assert numbers.shape == (A_COLUMNS,)
        veil(
            0, 1, direction, np.array([80.0], np.float32), np.zeros(1, np.int32), numbers, np.zeros((64, 3), np.float32),
            OPEN.share, OPEN.per_cell, OPEN.tiles_across, radiance,
        )  # fmt: skip
        light.append(float(radiance[0, 1]))
    assert light[1] / light[0] == pytest.approx(np.exp(0.02), rel=1e-3)


def test_snow_on_a_road_hides_paint_in_the_picture_and_nothing_in_the_truth() -> None:
    frames = []
    for state in ("clear", "snow"):
        concrete = tiny_concrete(state, lidar=False)
        frames.append(
            render(Stage(simulate(concrete)), "cam_front", concrete.rig.cameras["cam_front"], 100_000_000)
        )
    bare, white = frames
    road = np.s_[40:]  # above it stand trees, which are bare in winter
    assert (bare.semantic[road] == white.semantic[road]).all()
    assert (bare.instance[road] == white.instance[road]).all()
    assert (bare.depth_m[road] == white.depth_m[road]).all()
    assert SEMANTIC_ID["road_marking"] in white.semantic[road]
    assert (bare.image != white.image)[road].mean() > 0.5
