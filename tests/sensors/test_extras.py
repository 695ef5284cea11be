"""Truth that is made on request: where points go, how surfaces stand, what colour they are."""

# mypy: allow-untyped-calls

from dataclasses import replace

import cv2
import numpy as np
import pytest

from renderers.camera import render
from renderers.extras import smeared
from renderers.frames import CameraFrame
from renderers.materials import MATERIAL_ID, MATERIALS
from renderers.stage import Stage
from scenarios.schema import Camera
from scenarios.taxonomy import SEMANTIC_ID
from sim.weather import WeatherState
from tests.support import naive_motion
from tests.support.naive_trace import CLEAR
from tests.support.small_stage import Mover, block, plain, small_stage, wall, weather

WORDS = {"mount": {"z": 1.4, "x": 0.3, "yaw": 0.2}, "width": 200, "height": 120}
PINHOLE = Camera[float].model_validate(
    {**WORDS, "fov": np.radians(70), "distortion": (-0.1, 0.01, 1e-3, 0, 0)}
)
FISHEYE = Camera[float].model_validate(
    {**WORDS, "fov": np.radians(190), "fisheye": (-0.012, 0.004, 0.0, 0.0)}
)
NOW_NS = 300_000_000
ALL = ("normals", "albedo", "flow", "flow_3d", "linear")


def _stage(state: WeatherState = CLEAR) -> Stage:
    car = Mover(block((4.0, 1.8, 1.5), "car_paint"), (12.0, 1.0, 0.0), (-6.0, 3.0, 0.0), 0.4, 0.8)
    ego = Mover(block((0.1, 0.1, 0.1)), velocity_mps=(14.0, 0.0, 0.0), yaw_rate_radps=0.3)
    return small_stage([plain(), wall(40.0, "brick", half_m=10.0, top_m=6.0)], [car], ego, weather=state)


def _frame(camera: Camera[float], state: WeatherState = CLEAR, threads: int = 1) -> CameraFrame:
    return render(_stage(state), "front", camera, NOW_NS, threads, also=ALL)


@pytest.mark.parametrize("camera", [PINHOLE, FISHEYE])
def test_points_go_where_rigid_motions_take_them(camera: Camera[float]) -> None:
    stage, frame = _stage(), _frame(camera)
    for given, then_ns in (
        (frame.extras.flow_forward, NOW_NS + 100_000_000),
        (frame.extras.flow_backward, NOW_NS - 100_000_000),
    ):
        assert given is not None
        slow = naive_motion.flow(stage, camera, frame, then_ns)
        both = np.isfinite(slow[..., 0]) & np.isfinite(given[..., 0])
        assert np.mean(np.isfinite(slow[..., 0]) == np.isfinite(given[..., 0])) > 0.999
        assert np.abs(given - slow)[both].max() < 0.02
        assert np.abs(given[both]).max() > 8.0
        car = frame.instance == 2
        assert car.any() and np.isfinite(given[car]).any()
    world, moved = naive_motion.places(stage, frame, NOW_NS + 100_000_000)
    given = frame.extras.flow_3d
    assert given is not None
    sky = ~np.isfinite(frame.depth_m)
    assert np.array_equal(np.isnan(given).any(axis=2), sky)
    assert np.abs(given - (moved - world))[~sky].max() < 1e-3
    assert not given[~sky & (frame.instance == 0)].any()
    assert np.linalg.norm(given[frame.instance == 2], axis=1).min() > 0.4


def _hidden(frame: CameraFrame, later: CameraFrame, to: np.ndarray) -> np.ndarray:
    """(H, W) whether a pixel's point goes to where the car then stands before it."""
    v, u = np.mgrid[:120, :200].astype(np.float32)
    car = cv2.dilate((later.instance == 2).astype(np.uint8), np.ones((3, 3), np.uint8))
    there = cv2.remap(car, u + to[..., 0], v + to[..., 1], cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT)
    return (there == 1) & (frame.instance != 2)


def test_the_next_frame_warped_back_shows_the_same_things() -> None:
    frame = _frame(PINHOLE)
    later = render(_stage(), "front", PINHOLE, NOW_NS + 100_000_000)
    assert frame.extras.flow_forward is not None
    v, u = np.mgrid[:120, :200].astype(np.float32)
    to = np.nan_to_num(frame.extras.flow_forward, nan=-1e4)
    warped = cv2.remap(
        later.semantic, u + to[..., 0], v + to[..., 1], cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT,
        borderValue=255,
    )  # fmt: skip
    shown = (warped != 255) & ~_hidden(frame, later, to)
    assert shown.mean() > 0.4
    assert np.mean((warped == frame.semantic)[shown]) > 0.985


def test_forward_and_backward_flow_return_to_the_pixel() -> None:
    frame = _frame(PINHOLE)
    later = render(_stage(), "front", PINHOLE, NOW_NS + 100_000_000, also=("flow",))
    there, back = frame.extras.flow_forward, later.extras.flow_backward
    assert there is not None and back is not None
    v, u = np.mgrid[:120, :200].astype(np.float32)
    to = np.nan_to_num(there, nan=-1e4) + np.stack([u, v], -1)
    found = cv2.remap(
        back, to[..., 0], to[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=1e6
    )
    sum_px = np.linalg.norm(found + np.nan_to_num(there), axis=-1)
    shown = (sum_px < 1e3) & ~_hidden(frame, later, np.nan_to_num(there, nan=-1e4))
    assert shown.mean() > 0.4
    assert np.percentile(sum_px[shown], 90) < 0.1  # edges mix two surfaces


def test_normals_look_back_at_the_camera_and_stand_as_the_walls_do() -> None:
    frame = _frame(PINHOLE)
    normals = frame.extras.normals
    assert normals is not None
    world = normals @ frame.world_from_camera[:3, :3].T
    road = frame.semantic == SEMANTIC_ID["road"]
    assert np.allclose(world[road], [0.0, 0.0, 1.0], atol=1e-6)
    house = frame.semantic == SEMANTIC_ID["building"]
    assert house.any() and np.allclose(world[house], [-1.0, 0.0, 0.0], atol=1e-6)
    assert np.all(normals[frame.semantic == SEMANTIC_ID["sky"]] == 0.0)
    car = frame.instance == 2
    assert np.allclose(np.linalg.norm(normals[car], axis=-1), 1.0, atol=1e-5)


def test_what_is_asked_for_is_the_same_in_any_weather_and_for_any_threads() -> None:
    rain = weather(
        rain_mm_per_h=25.0, rain_extinction_per_m=2.8e-3, wetness=1.0, water_film_m=8e-4, puddle_cover=0.5
    )
    clear, wet = _frame(PINHOLE).extras, _frame(PINHOLE, rain, threads=2).extras
    for name in ("normals", "albedo", "flow_forward", "flow_backward", "flow_3d"):
        assert getattr(clear, name).tobytes() == getattr(wet, name).tobytes(), name


def test_albedo_is_the_material_s_own_and_light_is_not() -> None:
    ground = small_stage([plain(material="default")])
    camera = Camera[float].model_validate(
        {"mount": {"z": 2.0, "pitch": np.radians(60)}, "width": 64, "height": 64, "fov": np.radians(30)}
    )
    frame = render(ground, "down", camera, 0, also=("albedo", "linear"))
    assert frame.extras.albedo is not None and frame.extras.linear is not None
    assert np.allclose(frame.extras.albedo, MATERIALS[MATERIAL_ID["default"]].rgb, atol=0.02)
    assert frame.extras.linear.mean() > 100.0  # cd/m2 by day
    assert frame.extras.normals is None and frame.extras.flow_forward is None


@pytest.mark.parametrize("pixels", [6.0, 23.0])
def test_a_moving_bar_is_smeared_over_its_way_and_keeps_its_light(pixels: float) -> None:
    image = np.full((60, 160, 3), 10.0, np.float32)
    flow, depth = np.zeros((60, 160, 2), np.float32), np.full((60, 160), 50.0, np.float32)
    bar = np.s_[20:40, 70:90]
    image[bar], flow[bar], depth[bar] = 100.0, (pixels, 0.0), 10.0
    seen = smeared(image, flow, depth, 1)
    truth = np.mean(
        [np.roll(image, k, axis=1) for k in np.arange(-int(pixels) // 2, int(pixels) // 2 + 1)], axis=0
    )
    assert seen[:, :, 0].sum() == pytest.approx(image[:, :, 0].sum(), rel=0.03)
    assert np.abs(seen - truth)[22:38, :, 0].max() < 22.0
    assert np.abs(seen - truth)[22:38, :, 0].mean() < 2.0
    assert np.array_equal(seen[:18], image[:18])
    assert smeared(image, np.zeros_like(flow), depth, 1) is image


def test_an_exposure_of_a_turning_camera_smears_by_its_time_and_leaves_truth_alone() -> None:
    def seen(exposure_s: float, blur: bool) -> CameraFrame:
        words = PINHOLE.model_copy(update={"exposure_s": exposure_s, "motion_blur": blur})
        return render(_stage(), "front", words, NOW_NS, also=("linear",))

    sharp, short, long = seen(0.02, False), seen(0.005, True), seen(0.02, True)
    assert long.depth_m.tobytes() == sharp.depth_m.tobytes()

    def detail(frame: CameraFrame) -> float:
        assert frame.extras.linear is not None
        return float(np.abs(np.diff(np.log1p(frame.extras.linear[..., 1]), axis=1)).mean())

    assert detail(sharp) > detail(short) > detail(long)
    threads = render(
        _stage(),
        "front",
        PINHOLE.model_copy(update={"exposure_s": 0.02, "motion_blur": True}),
        NOW_NS,
        threads=2,
    )
    assert np.array_equal(threads.image, replace(long).image)
