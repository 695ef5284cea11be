"""What a camera sees of a world known by heart: truth that no weather moves, and light that adds up."""

# mypy: allow-untyped-calls

from dataclasses import replace

import cv2
import numpy as np
import pytest

from renderers import frame_light, passes, shading, shadows
from renderers.camera import render
from renderers.frames import CameraFrame
from renderers.kernels.sky import irradiance
from renderers.kernels.surface import wet_albedo
from renderers.loft import panel
from renderers.materials import MATERIAL_ID, MATERIALS
from renderers.mesh import Mesh
from renderers.optics import camera_model
from renderers.puddles import puddle_field
from renderers.scene import Scene
from renderers.sky import Daylight, daylight
from renderers.stage import Stage
from renderers.tracer import prepare
from renderers.view import view_of
from scenarios.schema import Camera
from scenarios.taxonomy import SEMANTIC_ID
from sim.trace import Lamp
from sim.weather import WeatherState
from tests.support import naive_camera
from tests.support.small_stage import Mover, block, cart, plain, small_stage, wall, weather

CAMERA = Camera[float].model_validate(
    {"mount": {"z": 1.4}, "width": 200, "height": 120, "fov": np.radians(70)}
)
DOWN = Camera[float].model_validate(
    {"mount": {"z": 2.0, "pitch": np.radians(60)}, "width": 64, "height": 64, "fov": np.radians(30)}
)
WET = {"wetness": 1.0, "water_film_m": 8e-4, "puddle_cover": 0.2, "puddle_depth_m": 3e-3}
RAIN = weather(
    rain_mm_per_h=25.0, rain_extinction_per_m=2.8e-3, sun_illuminance_lx=0.0, sky_illuminance_lx=4e3, **WET
)
FOG = weather(fog_mor_m=60.0, fog_extinction_per_m=0.05, sun_illuminance_lx=0.0, sky_illuminance_lx=9e3)
NIGHT = weather(sun_elevation_rad=-0.6, sun_illuminance_lx=0.0, sky_illuminance_lx=1e-3)


def _street(state: WeatherState, lamps: int = 0) -> Stage:
    car = Mover(block((4.0, 1.8, 1.5), "car_paint"), (14.0, 1.0, 0.0), (2.0, 0.0, 0.0), lamps=lamps)
    ego = Mover(cart(), lamps=lamps)
    return small_stage([plain(), wall(40.0, "brick")], [car], ego, weather=state)


def _frame(
    stage: Stage, threads: int = 1, clean: bool = False, camera: Camera[float] = CAMERA
) -> CameraFrame:
    return render(stage, "front", camera, 300_000_000, threads, clean)


def _truth(frame: CameraFrame) -> list[bytes]:
    return [a.tobytes() for a in (frame.instance, frame.semantic, frame.depth_m)]


def test_truth_is_the_same_in_any_weather_for_any_threads_and_in_the_clean_twin() -> None:
    clear = _frame(_street(weather()))
    for state in (RAIN, FOG, NIGHT):
        stage = _street(state)
        shown, twin = _frame(stage), _frame(stage, threads=2, clean=True)
        assert _truth(shown) == _truth(twin) == _truth(clear)
        assert shown.transmittance.tobytes() == twin.transmittance.tobytes()


def test_the_picture_does_not_depend_on_the_number_of_threads() -> None:
    stage = _street(RAIN, int(Lamp.LOW_BEAM))
    assert (_frame(stage, 1).image == _frame(stage, 2).image).all()


def test_depth_is_along_the_optical_axis_and_the_sky_is_endless() -> None:
    frame = _frame(_street(weather()))
    assert frame.depth_m[60, 180] == pytest.approx(40.0, abs=1e-3)
    assert frame.depth_m[60, 30] == pytest.approx(40.0, abs=1e-3)
    open_field = _frame(small_stage(plain()))
    assert open_field.semantic[0, 0] == SEMANTIC_ID["sky"] and np.isinf(open_field.depth_m[0, 0])
    assert frame.instance.max() == 2 and (frame.instance == 1).sum() == 0  # the ego never sees itself


def test_transmittance_is_beer_and_lambert_s() -> None:
    frame = _frame(_street(FOG))
    assert frame.transmittance[60, 190] == pytest.approx(np.exp(-0.05 * _range(frame, 60, 190)), rel=1e-4)
    assert _frame(_street(weather())).transmittance.min() == 1.0


def _range(frame: CameraFrame, v: int, u: int) -> float:
    K = frame.model.matrix
    ray = np.array([(u - K[0, 2]) / K[0, 0], (v - K[1, 2]) / K[1, 1], 1.0])
    return float(frame.depth_m[v, u] * np.linalg.norm(ray))


def test_fog_hides_the_wall_and_not_the_ground_before_the_car() -> None:
    clear, fog = _frame(_street(weather()), clean=True), _frame(_street(FOG))
    wall, plain_fog = fog.image[40:58, 150:199].mean(axis=(0, 1)), fog.image[4:16, 20:60].mean(axis=(0, 1))
    assert np.ptp(clear.image[40:58, 150:199].mean(axis=(0, 1))) > 50  # red and blue of the brick
    assert np.ptp(wall - plain_fog) < 8  # are gone, whatever cast automatic balance leaves
    assert fog.image[110].mean() < fog.image[50].mean()


def _radiance(stage: Stage, camera: Camera[float]) -> tuple[np.ndarray, passes.Bundle, Scene, Daylight]:
    """Radiance of a camera's rays, everything open to the sky, shadows included."""
    scene = stage.scene(0)
    origin = np.array([0.0, 0.0, float(camera.mount.z_m)])
    day = daylight(scene.weather, 1)
    model = camera_model(camera)
    frame = render(stage, "x", camera, 0)
    light = frame_light.light_of(
        scene,
        day,
        origin,
        origin[2],
        1 / model.matrix[0, 0],
        puddle_field(),
        np.zeros((1, 1), np.uint8),
        (0.0, 0.0),
    )
    prepared = prepare(scene, origin)
    rays = view_of(model).rays @ frame.world_from_camera[:3, :3].T.astype(np.float32)
    bundle = passes.look(prepared, light, np.ascontiguousarray(rays), None, 1)
    count = len(rays)
    sun = shadows.sun_on(prepared, light, bundle, np.zeros((64, 2), np.float32), None, 1)
    dark, none = np.zeros((count, 3), np.float32), np.zeros(count, np.float32)
    open_all_round = np.tile(np.array([[1.0, 0.0, 0.0, 0.0]], np.float32), (count, 1))
    lamps = shadows.lamps_on(prepared, light, bundle, open_all_round, None, 1)
    radiance = shading.glow(light, bundle, sun, open_all_round, dark, none, dark, lamps, False, 1)
    return radiance, bundle, scene, day


def test_a_matt_floor_sends_back_what_its_albedo_says() -> None:
    stage = small_stage(plain(material="default"), weather=weather(sky_illuminance_lx=12_000.0))
    radiance, bundle, _, day = _radiance(stage, DOWN)
    up = np.array([0.0, 0.0, 1.0])
    sky_lx = np.array(irradiance(day.sh, np.float32(0), np.float32(0), np.float32(1)), np.float64)
    numbers = day.numbers.astype(np.float64)
    albedo = np.array(MATERIALS[MATERIAL_ID["default"]].rgb)
    slow = naive_camera.diffuse(albedo, up, numbers[:3], numbers[3:6], sky_lx, numbers[7:10])
    assert (bundle.hits.triangle >= 0).all()
    # The gloss of a rough dielectric adds a few per cent.
    assert radiance.mean(axis=0) == pytest.approx(slow, rel=0.06)


def test_a_block_throws_a_shadow_on_the_side_away_from_the_sun() -> None:
    state = weather(sun_elevation_rad=0.6, sun_azimuth_rad=np.radians(180.0))
    stage = small_stage(
        plain(material="default"), [Mover(block((2.0, 2.0, 2.0)), (12.0, 0.0, 0.0))], weather=state
    )
    frame = _frame(stage, clean=True)
    # The sun stands in the south, to the right of a camera that looks east: the shadow falls to the left, where
    # the ground at (12, 2.5) is seen at column 70 of row 76, and its mirror image in the sun at column 129.
    assert frame.image[75:78, 66:74].mean() < 0.75 * frame.image[75:78, 126:134].mean()


@pytest.mark.parametrize("albedo", [0.08, 0.12, 0.2])
def test_wet_asphalt_is_about_half_as_bright(albedo: float) -> None:
    ratio = float(wet_albedo(albedo)) / albedo
    assert ratio == pytest.approx(naive_camera.wet_albedo(albedo) / albedo, rel=1e-4)
    assert 0.45 < ratio < 0.6
    wet, _, _, _ = _radiance(small_stage(plain(), weather=weather(wetness=1.0)), DOWN)
    dry, _, _, _ = _radiance(small_stage(plain()), DOWN)
    assert 0.4 < wet[:, 1].mean() / dry[:, 1].mean() < 0.95  # soaked, and mirroring a little of the sky


def _unevenness(material: str, distance_m: float) -> float:
    """Spread of the ground's radiance over its mean in a row of pixels, seen from 1.4 m above it."""
    camera = Camera[float].model_validate(
        {"mount": {"z": 1.4, "pitch": 1.4 / distance_m}, "width": 240, "height": 16, "fov": 0.24}
    )
    radiance, _, _, _ = _radiance(small_stage(plain(material=material)), camera)
    rows = radiance[:, 1].reshape(16, 240)
    return float((rows.std(axis=1) / rows.mean(axis=1)).mean())


def test_what_stands_up_from_the_ground_is_not_blurred_along_the_line_of_sight() -> None:
    # Tufts of 5 cm hide what is behind them: 20 m away a row of pixels shows one of them, not 30 cm of lawn.
    assert _unevenness("grass", 20.0) > 0.13
    assert _unevenness("grass", 20.0) > 3.0 * _unevenness("plaster", 20.0)


def test_lit_rooms_are_no_plain_panes() -> None:
    ahead = Camera[float].model_validate({"mount": {"z": 1.4}, "width": 120, "height": 60, "fov": 0.5})
    lit = replace(NIGHT, street_lamps_lit=True)
    spreads = []
    for x_m in np.linspace(12.0, 18.0, 13):  # a pane is lit or not by its place
        radiance, _, _, _ = _radiance(small_stage(wall(float(x_m), "window", 9.0), weather=lit), ahead)
        light = radiance[radiance[:, 0] > 0.3, 0]
        if len(light) > 3000:
            spreads.append(float(light.std() / light.mean()))
    assert len(spreads) >= 2 and min(spreads) > 0.15


def test_headlamps_light_the_road_ahead_at_night() -> None:
    dark, _, _, _ = _radiance(_street(NIGHT), CAMERA)
    lit, bundle, _, _ = _radiance(_street(NIGHT, int(Lamp.LOW_BEAM)), CAMERA)
    road = (bundle.hits.triangle >= 0) & (np.abs(bundle.offset_m[:, 0] - 10.0) < 2.0)
    assert lit[road].mean() > 50 * dark[road].mean()


def test_rain_draws_streaks_and_the_clean_twin_has_none() -> None:
    stage = _street(RAIN)
    rain, clean = _frame(stage).image.astype(int), _frame(stage, clean=True).image.astype(int)
    assert np.abs(rain - clean).mean() > 1.0
    assert (_frame(stage, clean=True).image == clean).all()


def test_ambient_light_on_a_rough_wall_does_not_come_in_blotches() -> None:
    def side(x_m: float, top_m: float) -> Mesh:
        corners = [(x_m, -40.0, 0.0), (x_m, 40.0, 0.0), (x_m, 40.0, top_m), (x_m, -40.0, top_m)]
        return panel(corners[::-1] if x_m > 0.0 else corners, "plaster", "building")

    dull = weather(sun_illuminance_lx=0.0)
    stage = small_stage([plain(60.0), side(9.0, 14.0), side(-3.0, 9.0)], weather=dull)
    camera = Camera[float].model_validate(
        {"mount": {"z": 3.0, "pitch": -0.2}, "width": 480, "height": 270, "fov": 0.9}
    )
    grey = render(stage, "front", camera, 0, clean=True).image.astype(float).mean(axis=2)
    coarse = cv2.blur(grey, (12, 12))[30:120, 60:420]
    across = coarse - coarse.mean(axis=1, keepdims=True)
    # With hemispheres on the plaster's relief it was 0.037.
    assert across.std() < 0.022 * coarse.mean()


def test_nothing_of_a_picture_is_memory_as_it_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    lit = Mover(cart(), (8.0, 1.0, 0.0), yaw_rad=np.pi, lamps=int(Lamp.LOW_BEAM))
    stage = small_stage(plain(), [lit, Mover(block((2.0, 2.0, 2.0)), (12.0, 0.0, 0.0))], weather=weather())
    clean = _frame(stage).image
    empty = np.empty

    def poisoned(*words: object, **more: object) -> np.ndarray:
        made = empty(*words, **more)  # type: ignore[call-overload]
        if made.dtype.kind == "f":
            made.fill(np.nan)
        return made

    monkeypatch.setattr(np, "empty", poisoned)
    assert (_frame(stage).image == clean).all()
