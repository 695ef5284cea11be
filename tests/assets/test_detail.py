"""Coarse levels of detail look like the full one from as far as they are used, in the same box, and stay cheap."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from renderers import loft
from renderers.assets import build
from renderers.assets.cartons import sight
from renderers.assets.detail import at_level, kind_of
from renderers.assets.fittings import extents
from renderers.assets.levels import FAR, FULL, MIDDLE, NEAR, TRIANGLES
from renderers.assets.outlines import SIDES, alike, outlines
from renderers.assets.plates import PART
from renderers.assets.pose import articulate, posed_mesh
from renderers.materials import GLOW, MATERIALS
from renderers.mesh import Asset, Mesh
from renderers.resolving import level_at, levels_of_detail, nearest_m
from renderers.studio import VIEWS, Studio
from scenarios import Family, resolve
from scenarios.bodies import BODIES
from sim.simulate import simulate
from sim.trace import Gait
from tests.app.small import SCENARIO, write_small
from tests.assets.meshes import check_surfaces
from tests.assets.test_pose import instant
from tests.support.proof import WHOLE

CARS = ["car.sedan", "car.suv", "car.city", "car.convertible", "pickup.double_cab"]
HEAVY = ["van.delivery", "truck.box", "truck.tanker", "bus.city", "tractor.farm"]
RIDERS = ["bicycle.city", "motorcycle.road"]
WALKERS = ["pedestrian.adult", "pedestrian.child", "animal.deer", "animal.dog", "animal.cow"]
MODELS = [*CARS, *HEAVY, *RIDERS, *WALKERS]
LEVELS = [NEAR, MIDDLE, FAR]


@cache
def asset(model: str, level: int = FULL) -> Asset:
    """What is shared by all of a look: without the writing on its plates, which only the finer levels have."""
    made = build(model, 1, BODIES[model].size_m, detail=level)
    return replace(made, parts=tuple(p for p in made.parts if not p.name.endswith(PART)))


def triangles(made: Asset) -> int:
    return sum(len(part.mesh.triangles) for part in made.parts)


def placed(made: Asset, phase: float | None = None) -> Mesh:
    """All parts together: standing, or in one pose of their walk."""
    if phase is None:
        return posed_mesh(made.parts, {})
    now = instant(
        gait=np.array([Gait.WALK], np.uint8), gait_phase=np.array([phase]), speed_mps=np.array([1.4])
    )
    matrices = articulate(made, now, 0)
    return Mesh.join([part.mesh.moved(m) for part, m in zip(made.parts, matrices, strict=True)])


def corners(mesh: Mesh) -> np.ndarray:
    return mesh.vertices_m.astype(np.float64)[mesh.triangles]


@cache
def likeness(model: str, level: int, phase: float | None = None) -> np.ndarray:
    full = corners(placed(asset(model), phase))
    low, high = full.reshape(-1, 3).min(axis=0), full.reshape(-1, 3).max(axis=0)
    coarse = corners(placed(asset(model, level), phase))
    size_px = {NEAR: 128, MIDDLE: 96, FAR: 48}[level]  # about as large as they are met
    return alike(outlines(full, low, high, size_px), outlines(coarse, low, high, size_px))


@pytest.mark.parametrize("model", MODELS)
def test_a_level_costs_what_the_table_says(model: str) -> None:
    wanted = TRIANGLES[kind_of(asset(model))]
    near, middle, far = (triangles(asset(model, level)) for level in LEVELS)
    assert near <= 1.03 * wanted[0] and near < 0.99 * triangles(asset(model))
    assert middle <= 1.15 * wanted[1] and middle < 0.45 * near
    assert far <= (1.1 if model in CARS else 1.45) * wanted[2] and far < 0.45 * middle


@pytest.mark.parametrize("model", MODELS)
def test_outlines_hardly_change_from_any_side(model: str) -> None:
    slack = 0.26 if model in RIDERS else 0.0  # they are more edge than surface
    near, middle, far = (likeness(model, level) for level in LEVELS)
    assert len(near) == len(SIDES) == 6
    assert near.mean() > 0.98 and near.min() > 0.97
    assert middle.mean() > 0.945 - slack and middle.min() > 0.92 - slack
    assert far.mean() > 0.83 - slack and far.min() > 0.75 - slack


@pytest.mark.parametrize("model", [*CARS, "car.hatchback", "car.taxi", "van.delivery"])
def test_cars_are_whole_from_afar(model: str) -> None:
    assert likeness(model, FAR).mean() > 0.9
    painted = np.array([m.name.startswith("car_paint") for m in MATERIALS])
    for axis, sign in ((1, 1.0), (0, -1.0)):  # from its side and from behind
        shares = []
        for level in (FULL, FAR):
            mesh = placed(asset(model, level))
            shown = sight(corners(mesh), mesh.material.astype(np.int64), axis, sign).code
            shares.append(float(painted[shown[shown >= 0]].mean()))
        assert shares[1] > shares[0] - 0.1  # neither shreds nor holes


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("model", WALKERS)
def test_outlines_hardly_change_in_any_stride(model: str, level: int) -> None:
    for phase in (0.1, 0.35, 0.6, 0.85) if WHOLE else (0.1, 0.6):
        assert likeness(model, level, phase).mean() > (0.96, 0.93, 0.80)[level - 1]  # near: thin arms


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("model", MODELS)
def test_a_coarse_level_keeps_to_the_same_box(model: str, level: int) -> None:
    full, coarse = extents(asset(model)), extents(asset(model, level))
    assert np.abs(np.array(coarse) - np.array(full)).max() < (0.005, 0.04, 0.21)[level - 1]  # mirrors go last
    assert (coarse[0] > full[0] - 2e-3).all() and (coarse[1] < full[1] + 2e-3).all()


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("model", WALKERS)
def test_nobody_steps_out_of_the_box_of_the_stride(model: str, level: int) -> None:
    full, coarse = asset(model), asset(model, level)
    for phase in np.linspace(0.0, 1.0, 8 if WHOLE else 4, endpoint=False):
        wide, wider = (corners(placed(a, float(phase))).reshape(-1, 3) for a in (full, coarse))
        assert (wider.min(axis=0) > wide.min(axis=0) - 0.025).all()
        assert (wider.max(axis=0) < wide.max(axis=0) + 0.025).all()


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("model", MODELS)
def test_faces_have_area_and_look_outwards(model: str, level: int) -> None:
    for part in asset(model, level).parts:
        check_surfaces(part.mesh, inwards=0.01)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("model", [*CARS, *HEAVY])
def test_every_lamp_goes_on_shining(model: str, level: int) -> None:
    full, coarse = asset(model), asset(model, level)
    assert full.lamps == coarse.lamps

    def glowing(made: Asset) -> dict[str, float]:
        mesh = placed(made)
        area = 0.5 * np.linalg.norm(
            loft.face_normals(mesh.vertices_m.astype(np.float64), mesh.triangles), axis=1
        )
        glow = np.array([m.glow for m in MATERIALS])[mesh.material]
        return {name: float(area[glow == k].sum()) for k, name in enumerate(GLOW) if (glow == k).any()}

    bright, dim = glowing(full), glowing(coarse)
    assert set(bright) == set(dim)
    for name in ("tail", "brake"):
        assert 0.2 * bright[name] < dim[name] < 1.3 * bright[name]  # lenses have backs that nobody sees


@pytest.mark.parametrize("model", ["car.suv", "pedestrian.adult", "bicycle.city"])
def test_the_same_look_gives_the_same_bytes(model: str) -> None:
    first, second = (at_level(asset(model, MIDDLE), FAR) for _ in range(2))
    for one, two in zip(first.parts, second.parts, strict=True):
        assert one.mesh.vertices_m.tobytes() == two.mesh.vertices_m.tobytes()
        assert one.mesh.triangles.tobytes() == two.mesh.triangles.tobytes()
        assert one.mesh.material.tobytes() == two.mesh.material.tobytes()


@pytest.mark.parametrize("model", ["car.suv", "car.police"])
def test_wheels_roll_as_far_and_stand_where_they_stood(model: str) -> None:
    for level in LEVELS:
        for full, coarse in zip(asset(model).parts, asset(model, level).parts, strict=True):
            assert (full.joint, full.pivot_m, full.radius_m) == (
                coarse.joint,
                coarse.pivot_m,
                coarse.radius_m,
            )
            if full.radius_m:
                far = np.hypot(coarse.mesh.vertices_m[:, 0], coarse.mesh.vertices_m[:, 2]).max()
                assert far == pytest.approx(full.radius_m, abs=1e-4)
                assert coarse.mesh.vertices_m[:, 2].min() == pytest.approx(-full.radius_m, abs=0.01)


@pytest.mark.parametrize(("level", "size_px"), [(NEAR, (330, 248)), (MIDDLE, (120, 90)), (FAR, (44, 33))])
@pytest.mark.parametrize(
    "model", ["car.sedan", "van.delivery", "bus.city", "pedestrian.adult", "animal.deer"]
)
def test_eyes_and_lasers_see_the_same_brightness(model: str, level: int, size_px: tuple[int, int]) -> None:
    one, two = (Studio.of(asset(model, k), VIEWS[:3], size_px=size_px) for k in (FULL, level))
    for view in range(3):
        blocks = []
        for studio in (one, two):
            picture = studio.photograph(view).astype(float)
            picture /= picture[
                :, :2
            ].mean()  # the camera's exposure follows its subject; the background does not
            blocks.append(cv2.resize(picture, (8, 6), interpolation=cv2.INTER_AREA))
        assert np.abs(blocks[0] - blocks[1]).mean() < (0.02, 0.05, 0.07)[level - 1]
        back = [float(np.clip(studio.infrared(view), 0.0, 1.0).mean()) for studio in (one, two)]
        assert back[1] == pytest.approx(back[0], rel=(0.1, 0.25, 0.35)[level - 1])


VARIANTS = """\
variants:
  night: {twin: true, set: {world.weather: heavy_rain, world.clock.sun.elevation: -20 deg}}
"""
FAR_OFF = """\
  far:
    model: car.sedan
    start: {lane: right, ahead_of: ego, gap: 70 m, speed: 30 km/h}
    do: [{drive: {speed: 30 km/h}}]
capture:"""


def test_the_sharpest_look_at_an_actor_decides_and_twins_agree(tmp_path: Path) -> None:
    path = write_small(tmp_path)
    path.write_text(SCENARIO.replace("capture:", FAR_OFF) + VARIANTS)
    (tmp_path / "rig.yaml").write_text(
        "rig: eye\ncameras: {cam: {width: 640, height: 384, focal: 500 px, mount: {x: 0.6 m, z: 1.4 m}}}\n"
    )
    traces = [simulate(resolve(file, 3, 1)) for file in Family.load(path).members(["all"])]
    assert len(traces) == 2
    first, second = (levels_of_detail(trace) for trace in traces)
    assert first == second
    near = nearest_m(traces[0])
    for actor, distance, level in zip(traces[0].actors, near, first, strict=True):
        px_per_m = 500.0 / max(float(distance), 1e-3)
        assert level == (FULL if actor.is_ego else level_at(px_per_m, max(actor.size_m)))
    names = [actor.name for actor in traces[0].actors]
    assert first[names.index("lead")] == NEAR
    assert first[names.index("far")] == FAR
