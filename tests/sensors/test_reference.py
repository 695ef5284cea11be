"""The path tracer against laws that can be written down: nothing is gained, nothing is lost, and chance averages out."""

# mypy: allow-untyped-calls

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from renderers import passes, reference
from renderers.frame_light import light_of, material_table
from renderers.frames import CameraModel
from renderers.kernels.reference_gloss import furnace
from renderers.kernels.reference_rays import follow
from renderers.kernels.sky import GROUND_B, GROUND_R, SKY_LX, SUN_B, SUN_R, SUN_X, SUN_Z, TOWN_B, TOWN_R
from renderers.kernels.surface import S_B, S_COLUMNS, S_METAL, S_R, by_ray, room_for_surfaces
from renderers.materials import MATERIAL_ID, MATERIALS
from renderers.mesh import LampSpec, Mesh
from renderers.puddles import puddle_field
from renderers.reference import PathTracer, ReferencePicture, gloss_table
from renderers.scene import SEEN_BY_SENSORS
from renderers.sky import Daylight, daylight
from renderers.stage import Stage
from renderers.tracer import Hits, prepare
from scenarios.taxonomy import SEMANTIC_ID
from tests.support import naive_camera
from tests.support.naive_trace import quad
from tests.support.small_stage import Mover, block, plain, small_stage, wall, weather

ALBEDO = 0.6
BESIDE_M = (3.0, -2.0)
UP = np.array([0.0, 0.0, 1.0])
DARK = weather(sun_illuminance_lx=0.0, sky_illuminance_lx=1e-9, sun_elevation_rad=-0.8)


@pytest.fixture(autouse=True)
def _matt(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The default material as rough and grey as it can be: what gloss is left sends back 3 %."""
    table = material_table().copy()
    table[MATERIAL_ID["default"], :5] = ALBEDO, ALBEDO, ALBEDO, 1.0, 0.0
    for module in (passes, reference):
        monkeypatch.setattr(module, "material_table", lambda: table)
    yield


def _light(
    sky: float = 0.0, sun_lx: float = 0.0, towards_sun: tuple[float, float, float] = (0.0, 0.0, 1.0)
) -> Daylight:
    """The same radiance from everywhere, and a sun."""
    day = daylight(DARK, 1)
    numbers = np.zeros_like(day.numbers)
    numbers[SUN_X : SUN_Z + 1] = towards_sun
    numbers[SUN_R : SUN_B + 1] = sun_lx
    numbers[SKY_LX] = np.pi * sky
    numbers[GROUND_R : GROUND_B + 1] = sky
    numbers[TOWN_R : TOWN_B + 1] = 0.0
    even = replace(day.sky, radiance=np.full((8, 16, 3), 1.0 / np.pi, np.float32))
    return replace(day, sky=even, numbers=numbers, air=np.zeros_like(day.air))


def _tracer(
    stage: Stage, day: Daylight, origin_z_m: float = 2.0, air: bool = False, steps: int = 10
) -> PathTracer:
    scene = stage.scene(0)
    origin = np.array([0.0, 0.0, origin_z_m])
    light = light_of(
        scene, day, origin, origin_z_m, 1e-3, puddle_field(), np.zeros((1, 1), np.uint8), (0.0, 0.0)
    )
    return PathTracer(prepare(scene, origin), light, len(stage.static.mesh.triangles), 3, air, steps=steps)


def _mean(tracer: PathTracer, direction: tuple[float, float, float], paths: int) -> float:
    """Radiance along one ray from beside the ego, which casts shadows."""
    ray = np.repeat(np.array([direction], np.float32), paths, axis=0)
    begin = np.repeat(np.array([[BESIDE_M[0], BESIDE_M[1], 0.0]], np.float32), paths, axis=0)
    return float(tracer.radiance(ray, np.arange(paths, dtype=np.int32), 0, begin)[:, 1].mean())


def _gloss(toward_light: np.ndarray, view: np.ndarray, normal: np.ndarray) -> tuple[float, float]:
    """BRDF of the rough base's gloss (slow twin) and the share of light that its body gets."""
    half = (toward_light + view) / np.linalg.norm(toward_light + view)
    fresnel = 0.04 + 0.96 * (1 - float(half @ view)) ** 5
    low, high = gloss_table()[-1, -1].astype(float)
    gain = 1 + 0.04 * (1 / (low + high) - 1)
    return naive_camera.ggx(toward_light, view, normal, 1.0) * fresnel * gain, 1 - (0.04 * low + high) * gain


@pytest.mark.parametrize("elevation_deg", [15.0, 45.0, 80.0])
def test_a_matt_plane_under_the_sun_sends_back_e_cosine_over_pi(elevation_deg: float) -> None:
    angle = math.radians(elevation_deg)
    sun = np.array([math.cos(angle), 0.0, math.sin(angle)])
    stage = small_stage(plain(material="default"), weather=DARK)
    seen = _mean(_tracer(stage, _light(sun_lx=1000.0, towards_sun=(sun[0], 0.0, sun[2]))), (0, 0, -1), 64)
    gloss, body = _gloss(sun, UP, UP)
    lambert = 1000.0 * math.sin(angle) / math.pi * ALBEDO * body
    assert seen == pytest.approx(lambert + 1000.0 * math.sin(angle) * gloss, rel=0.01)


def test_a_convex_thing_in_an_even_sky_shows_its_albedo() -> None:
    stage = small_stage(
        Mesh.join([plain(0.01, z_m=-500.0)]), [Mover(block((1.0, 1.0, 1.0)), (*BESIDE_M, -5.0))], weather=DARK
    )
    for direction in ((0.02, 0.01, -1.0), (0.06, 0.0, -1.0)):
        seen = _mean(_tracer(stage, _light(sky=10.0)), direction, 4096)
        low, high = gloss_table()[-1, -1].astype(float)
        mirrored = (0.04 * low + high) * (1 + 0.04 * (1 / (low + high) - 1))
        assert seen == pytest.approx(10.0 * (mirrored + (1 - mirrored) * ALBEDO), rel=0.01)


def test_a_square_light_has_its_form_factor() -> None:
    half, height = 1.0, 2.0
    x, y = BESIDE_M
    lamp = quad(
        [(x + half * a, y + half * b, height) for a, b in ((-1, -1), (-1, 1), (1, 1), (1, -1))],
        MATERIAL_ID["signal_white"],
        SEMANTIC_ID["building"],
    )
    stage = small_stage([plain(20.0, "default"), lamp], weather=DARK)
    tracer = _tracer(stage, _light(), origin_z_m=1.0, steps=2)  # light that comes straight from the lamp
    radiance = float(tracer.emitters[2][0, 1])
    seen = _mean(tracer, (0.0, 0.0, -1.0), 4096)
    # A differential element below the middle of a parallel square: four corners (Siegel and Howell 1992).
    ratio = half / height
    flat = ratio / math.sqrt(1 + ratio * ratio)
    corner = flat * math.atan(flat) / math.pi
    gloss, body = _gloss(UP, UP, UP)
    assert radiance == pytest.approx(6400.0, rel=0.05)
    assert seen / radiance == pytest.approx(4 * corner * (ALBEDO * body + math.pi * gloss), rel=0.015)


def test_a_lamp_s_light_falls_with_the_square_of_its_distance() -> None:
    light = []
    for height in (2.0, 4.0, 8.0):
        lamp = LampSpec(0, (*BESIDE_M, height), (0.0, 0.0, -1.0), "tail", 100.0, (1.0, 1.0, 1.0))
        state = replace(DARK, street_lamps_lit=True)
        stage = small_stage(plain(20.0, "default"), weather=state, lamps=(lamp,))
        light.append(_mean(_tracer(stage, _light(), origin_z_m=1.0), (0, 0, -1), 256))
    gloss, body = _gloss(UP, UP, UP)
    assert light[0] == pytest.approx(100.0 / 4 * (ALBEDO * body / math.pi + gloss), rel=0.01)
    assert light[0] / light[1] == pytest.approx(4.0, rel=5e-3)
    assert light[1] / light[2] == pytest.approx(4.0, rel=5e-3)


def test_light_through_fog_fades_as_beer_and_lambert_say() -> None:
    fog = replace(DARK, fog_mor_m=60.0, fog_extinction_per_m=0.05)
    stage = small_stage([plain(0.01, z_m=-50.0), wall(30.0, "signal_white")], weather=fog)
    tracer = _tracer(stage, _light(), air=True)
    tracer.tuning = (*tracer.tuning[:4], np.float32(0.0))  # air that swallows what it should scatter
    clear = _mean(_tracer(stage, _light()), (1, 0, 0), 1)
    assert _mean(tracer, (1, 0, 0), 40_000) / clear == pytest.approx(
        math.exp(-0.05 * (30.0 - BESIDE_M[0])), rel=0.02
    )


def test_fog_between_even_skies_is_as_bright_as_they_are() -> None:
    fog = replace(DARK, fog_mor_m=60.0, fog_extinction_per_m=0.05)
    stage = small_stage(plain(0.01, z_m=-500.0), weather=fog)
    day = _light(sky=7.0)
    day = replace(day, air=np.full_like(day.air, 7.0))
    tracer = _tracer(stage, day, air=True)
    tracer.tuning = (
        np.float32(0.0),
        np.float32(1.0),
        *tracer.tuning[2:],
    )  # the sky as it stands, however it looks
    assert _mean(tracer, (1, 0, 0.05), 2048) == pytest.approx(7.0, rel=0.01)


def _rows() -> tuple[np.ndarray, np.ndarray]:
    """A surface row for every material that lies flat and dry, seen from three angles."""
    side = 0.2
    patches = [
        quad(
            [(x, 0.0, 0.0), (x + side, 0.0, 0.0), (x + side, side, 0.0), (x, side, 0.0)],
            kind,
            SEMANTIC_ID["road"],
        )
        for kind, x in enumerate(np.arange(len(MATERIALS)) * 0.25)
    ]
    tracer = _tracer(small_stage(patches, weather=DARK), _light())
    rows, directions = [], []
    for slope in (0.0, 1.0, 4.0):
        target = np.stack([np.arange(len(MATERIALS)) * 0.25 + 0.1, np.full(len(MATERIALS), 0.1)], axis=-1)
        begin = np.column_stack([target[:, 0] - slope, target[:, 1], np.full(len(target), -1.0)])
        direction = np.repeat(np.array([[slope, 0.0, -1.0]]) / math.hypot(slope, 1.0), len(target), axis=0)
        direction, begin = direction.astype(np.float32), np.ascontiguousarray(begin, np.float32)
        hits = tracer.prepared.trace(direction, begin)
        assert (hits.triangle >= 0).all()
        surface, offset = room_for_surfaces(len(target)), np.empty((len(target), 3), np.float32)
        passes.resolve_hits(
            0, len(target), direction, begin, hits, tracer.prepared.scene, tracer.light, surface, offset
        )
        rows.append(by_ray(surface)[: len(target)])
        directions.append(direction)
    return np.concatenate(rows), np.concatenate(directions)


def _tiled(rows: np.ndarray) -> np.ndarray:
    """Surfaces (N, S_COLUMNS) in tiles."""
    filled = np.zeros((-(-len(rows) // 64) * 64, S_COLUMNS), np.float32)
    filled[: len(rows)] = rows
    return np.ascontiguousarray(filled.reshape(-1, 64, S_COLUMNS).transpose(0, 2, 1))


def test_no_material_sends_out_more_light_than_it_gets_and_white_ones_send_out_all() -> None:
    surface, direction = _rows()
    # Stratified numbers: the mean of 4096 is good to a few thousandths.
    k = np.arange(4096)
    draws = np.stack([(k + 0.5) / 4096, k * 0.7548776662 % 1.0, k * 0.5698402910 % 1.0], axis=-1)
    draws[:, 0] = (k * 0.6180339887) % 1.0
    sent = np.empty((len(surface), 3), np.float32)
    furnace(_tiled(surface), direction, gloss_table(), draws.astype(np.float32), sent)
    assert sent.max() < 1.01
    for metal in (0.0, 1.0):
        white = surface.copy()
        white[:, S_R : S_B + 1] = 1.0
        white[:, S_METAL] = metal
        furnace(_tiled(white), direction, gloss_table(), draws.astype(np.float32), sent)
        worst = int(np.abs(sent[:, 0] - 1).argmax())
        assert sent[worst, 0] == pytest.approx(1.0, abs=0.012), MATERIALS[worst % len(MATERIALS)].name


def _street() -> Stage:
    car = Mover(block((4.0, 1.8, 1.5), "car_paint"), (14.0, 1.0, 0.0))
    return small_stage([plain(material="default"), wall(40.0, "brick")], [car], weather=weather())


def _picture(samples: tuple[int, ...], threads: int = 1, seed: int = 3) -> np.ndarray:
    stage = _street()
    tracer = _tracer(stage, _light(sky=100.0, sun_lx=2000.0, towards_sun=(-0.4, 0.5, 0.77)), 1.4)
    tracer.seed = seed
    model = CameraModel(48, 32, np.array([[40.0, 0, 23.5], [0, 40.0, 15.5], [0, 0, 1]]), np.zeros(5))
    pose = np.array([[0, 0, 1.0, 0], [-1, 0, 0, 0], [0, -1, 0, 1.4], [0, 0, 0, 1]])
    picture = ReferencePicture(tracer, model, pose)
    for more in samples:
        picture.add(more, threads)
    return picture.image


def test_the_picture_depends_neither_on_threads_nor_on_the_cut_into_passes() -> None:
    whole = _picture((4,))
    assert whole.tobytes() == _picture((4,), threads=2).tobytes() == _picture((1, 3)).tobytes()


def test_noise_falls_with_the_root_of_the_samples() -> None:
    errors = []
    for samples in (2, 8, 32):
        one, two = _picture((samples,), seed=3), _picture((samples,), seed=4)
        # Shades that fireflies and edges do not reach: the middle of the road.
        errors.append(float(np.sqrt(np.square((one - two)[24:, 8:40]).mean())))
    assert errors[0] / errors[1] == pytest.approx(2.0, rel=0.25)
    assert errors[1] / errors[2] == pytest.approx(2.0, rel=0.25)


def test_single_rays_meet_what_packets_meet() -> None:
    stage = _street()
    prepared = prepare(stage.scene(0), np.array([0.0, 0.0, 1.4]))
    chance = np.random.default_rng(5)
    direction = chance.normal(size=(4096, 3)).astype(np.float32)
    begin = chance.uniform(-1, 1, (4096, 3)).astype(np.float32)
    there = prepared.trace(direction, begin)
    hits = Hits.empty(4096)
    geometry, tree = prepared.scene.geometry, prepared.placements.tree()
    follow(
        0, 4096, geometry.nodes, geometry.links, geometry.corners_m, geometry.material, material_table(),
        prepared.root, prepared.turn, prepared.box, prepared.scene.mask, tree.order, tree.always,
        tree.nodes, tree.links, tree.root, SEEN_BY_SENSORS, direction, begin,
        np.full(4096, 1e30, np.float32), hits.range_m, hits.placement, hits.triangle, hits.u, hits.v,
    )  # fmt: skip
    same = (there.triangle == hits.triangle) & (there.placement == hits.placement)
    assert same.mean() > 0.998
    met = same & (hits.triangle >= 0)
    assert np.abs(there.range_m[met] - hits.range_m[met]) == pytest.approx(0, abs=2e-3)
