"""Dirt on vehicles: where it lies, what it makes of them, and whence it comes."""

import numpy as np
import pytest
from numpy.typing import NDArray

from renderers.assets import build
from renderers.assets.soil import AMOUNTS, VEIL
from renderers.kernels.soil import level_at
from renderers.materials import BELOW_DIRT, MATERIAL_ID, MATERIALS, SOILED
from renderers.materials.soiled import HIDDEN, SOILS, soiled_name, tint_rows
from renderers.mesh import THICKNESSES, Asset
from renderers.soiling import dirt_of, soil_of
from renderers.studio import Studio, View
from scenarios.bodies import BODIES
from sim.kernels.jit import kernel
from sim.simulate import simulate
from sim.trace import WorldTrace
from tests.support import naive_soil
from tests.world.scenes import car, concrete

MODELS = ("car.estate", "car.sedan", "truck.curtain", "bus.city", "motorcycle.road")
LEVEL = np.zeros(len(MATERIALS))
for _soil in SOILS:
    for _level in range(1, len(HIDDEN) + 1):
        changed = SOILED[_soil][_level] != SOILED[_soil][0]
        LEVEL[SOILED[_soil][_level][changed]] = _level


def made(model: str, dirt: int, detail: int = 0, color: str = "white", soil: str = "film") -> Asset:
    return build(model, 3, BODIES[model].size_m, color, detail=detail, dirt=dirt, soil=soil)


def skin(asset: Asset) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Area, middle, normal and level of dirt of every triangle of the body."""
    mesh = asset.parts[0].mesh
    corner = mesh.vertices_m[mesh.triangles].astype(np.float64)
    cross = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    area = 0.5 * np.linalg.norm(cross, axis=1)
    level = np.where(
        mesh.dirt_at_corners.any(axis=1),
        mesh.dirt_at_corners.mean(axis=1) / THICKNESSES,
        LEVEL[mesh.material],
    )
    return area, corner.mean(axis=1), cross / np.maximum(2 * area, 1e-12)[:, None], level


@pytest.mark.parametrize("model", MODELS)
def test_the_dirtier_the_more_of_it_and_the_surface_stays_whole(model: str) -> None:
    clean, *more = (skin(made(model, amount)) for amount in range(len(AMOUNTS)))
    assert clean[3].max() == 0
    shares = [float((area * level).sum() / area.sum()) for area, _, _, level in more]
    assert 0.01 < shares[0] < shares[1] < shares[2]
    for area, *_ in more:
        assert area.sum() == pytest.approx(clean[0].sum(), rel=1e-4)


@pytest.mark.parametrize("model", ("car.estate", "truck.curtain"))
def test_dirt_lies_low_and_on_tails(model: str) -> None:
    area, middle, normal, level = skin(made(model, 2))
    tall = BODIES[model].size_m[2]

    def mean(where: np.ndarray) -> float:
        return float((area * level)[where].sum() / area[where].sum())

    side = np.abs(normal[:, 1]) > 0.7
    assert mean(side & (middle[:, 2] < 0.3 * tall)) > 2 * mean(side & (middle[:, 2] > 0.55 * tall))
    upper = middle[:, 2] > 0.3 * tall
    assert mean((normal[:, 0] < -0.8) & upper) > mean((normal[:, 0] > 0.8) & upper)


@pytest.mark.parametrize("detail", (1, 2))
def test_distant_vehicles_are_as_dirty(detail: int) -> None:
    near, far = (skin(made("truck.curtain", 3, level)) for level in (0, detail))
    outside = []
    for area, _, normal, stained in (near, far):
        side = np.abs(normal[:, 1]) > 0.9
        outside.append((area * (stained > 0.5))[side].sum() / area[side].sum())
    assert outside[1] == pytest.approx(outside[0], abs=0.25) and outside[1] > 0.1


def test_dirt_makes_black_paint_brighter_and_white_paint_darker_for_eyes_and_lasers() -> None:
    white_car, black_car = ((0.7, 0.7, 0.7), (0.2, 0.2, 0.2), (0.4, 0.3, 0.2)), ((0.01, 0.01, 0.01),) * 3
    tints = tint_rows(np.array((white_car, black_car), np.float32))
    for soil in SOILS:
        white, black = (
            [MATERIALS[MATERIAL_ID[name]]]
            + [MATERIALS[MATERIAL_ID[soiled_name(name, soil, k)]] for k in (1, 2, 3)]
            for name in ("car_paint_white", "car_paint_black")
        )
        assert np.all(np.diff([m.rho_905 for m in white]) < 0) and np.all(
            np.diff([m.rho_905 for m in black]) > 0
        )
        for actor, row in ((0, white), (1, black)):
            seen = [tints[actor, m.tint].mean() for m in row]
            assert np.all(np.diff(seen) * (-1 if actor == 0 else 1) > 0)
    plate = [MATERIALS[MATERIAL_ID[n]].retro for n in ("plate", "plate+film_2", "plate+salt_3")]
    assert plate[0] > plate[1] > plate[2] > 0.1 * plate[0]


def test_windscreens_are_wiped() -> None:
    mesh = made("car.estate", 3).parts[0].mesh
    ahead = mesh.normals[mesh.triangles, 0].mean(axis=1) > 0.4
    panes = np.isin(mesh.material, [row for row, m in enumerate(MATERIALS) if m.name.startswith("glass")])
    assert (ahead & panes).any() and not LEVEL[mesh.material][ahead & panes].any()
    assert not mesh.dirt[ahead & panes].any() and 0 < mesh.dirt[panes].max() <= VEIL * THICKNESSES


@pytest.mark.parametrize("model", MODELS)
def test_dirt_goes_on_over_the_borders_of_triangles(model: str) -> None:
    """Triangles in a row of their own each had saw teeth along the borders of stains."""
    mesh = made(model, 3).parts[0].mesh
    assert (mesh.dirt.any(axis=1) == (BELOW_DIRT[mesh.material] >= 0)).all()
    body = np.char.startswith(np.array([m.name for m in MATERIALS]), "car_paint")[mesh.material]
    dirt, corner = mesh.dirt[body].astype(int), mesh.triangles[body]
    low, high = np.full(len(mesh.vertices_m), 255), np.zeros(len(mesh.vertices_m), int)
    np.minimum.at(low, corner, dirt)
    np.maximum.at(high, corner, dirt)
    assert (high - low)[np.unique(corner)].max() == 0


@kernel
def asked_level(
    dirt: NDArray[np.uint8],
    corners: NDArray[np.float32],
    u: NDArray[np.float32],
    v: NDArray[np.float32],
    out: NDArray[np.float32],
) -> None:
    for r in range(len(u)):
        out[r] = level_at(dirt, corners, 0, u[r], v[r])


def test_between_corners_dirt_is_even_but_for_its_spots() -> None:
    chance = np.random.default_rng(1)
    corners = chance.uniform(-0.4, 0.4, (1, 9)).astype(np.float32)
    u, v = chance.uniform(0.0, 1.0, (2, 4000)).astype(np.float32)
    u, v = np.where(u + v > 1, 1 - u, u), np.where(u + v > 1, 1 - v, v)
    for dirt in ((204, 51, 0), (120, 120, 120), (0, 0, 0)):
        rows, found = np.array([dirt], np.uint8), np.empty(4000, np.float32)
        asked_level(rows, corners, u, v, found)
        twin = [
            naive_soil.level(rows[0], corners[0], float(a), float(b))
            for a, b in zip(u[:200], v[:200], strict=True)
        ]
        assert found[:200] == pytest.approx(np.array(twin), abs=3e-3)
        even = ((1 - u - v) * dirt[0] + u * dirt[1] + v * dirt[2]) / THICKNESSES
        assert found.mean() == pytest.approx(even.mean(), abs=0.05)
        assert (np.abs(found - even) <= 0.75 * 1.4 * np.minimum(even, 1.0) + 1e-3).all()


def parked(weather: dict[str, float], surface: dict[str, str] | None = None) -> WorldTrace:
    van = {"model": "van.delivery", "start": {"lane": "right", "s": 120.0}, "look": {"dirt": "filthy"}}
    around = {"parked_cars": {"side": "right", "fill": 0.9}}
    return simulate(
        concrete(car(100.0), weather=[weather], surface=surface, van=van, background=around, duration=0.2)
    )


def test_winter_leaves_salt_on_more_cars_than_summer_leaves_dust_on() -> None:
    days = {
        "dust": parked({"air": 24.0}),
        "film": parked({"air": 9.0, "rain": 4.0}, {"state": "wet"}),
        "salt": parked({"air": -3.0}, {"state": "snowy"}),
    }
    mean = {}
    for soil, trace in days.items():
        assert soil_of(trace.weather.states[0]) == soil
        found = [
            dirt_of(trace, k) for k, actor in enumerate(trace.actors) if actor.name.startswith("background")
        ]
        assert len(found) > 15 and {what for _, what in found} <= {soil, "film"}
        mean[soil] = np.mean([amount for amount, _ in found])
        van = next(k for k, actor in enumerate(trace.actors) if actor.name == "van")
        assert dirt_of(trace, van)[0] == AMOUNTS.index("filthy")
    assert mean["dust"] < mean["film"] < mean["salt"]


def test_the_picture_of_a_dirty_van_is_darker() -> None:
    """The row of a tint under dirt reaches the kernel that shades."""
    pictures = []
    for amount in (0, 3):
        taken = Studio.of(made("van.delivery", amount), (View(180.0, 3.0),), size_px=(120, 90))
        pictures.append(taken.photograph(0).astype(float))
    middle = (slice(38, 60), slice(45, 75))
    assert pictures[1][middle].mean() < 0.9 * pictures[0][middle].mean()
    (red, _, blue), (bare_red, _, bare_blue) = (p[middle].mean(axis=(0, 1)) for p in reversed(pictures))
    assert red / blue > 1.03 * bare_red / bare_blue  # loam


def test_a_laser_sees_how_thick_dirt_lies() -> None:
    """Dirty vehicles were as bright as under the thinnest dirt in sheets and pages."""
    middle = (slice(38, 60), slice(45, 75))
    dusty, filthy = (
        Studio.of(
            made("van.delivery", amount, color="black"), (View(180.0, 3.0),), size_px=(120, 90)
        ).infrared(0)
        for amount in (1, 3)
    )
    assert filthy[middle].mean() > 1.5 * dusty[middle].mean()
