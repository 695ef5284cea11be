"""City bicycles that stand with nobody on them.  Renderers floor.

Nothing of them moves: they are one piece, which leans on its stand with the handlebar turned.
"""

import numpy as np

from renderers.assets.fittings import choose_paint, lamps_of
from renderers.assets.two_wheelers import BIKE_MARKET, CityBike, bars, city_bike
from renderers.assets.wheels import wire_wheel
from renderers.loft import box, rotation, scaling, translation
from renderers.mesh import Asset, Mesh, Part
from scenarios.bodies import BODIES
from scenarios.chance import stream

__all__ = ["BIKE_MARKET", "build_parked_bicycle"]

KIND = "bicycle"
LEAN_RAD = 0.10  # to the left, as side stands have it
TURNED_RAD = (-0.20, 0.32)  # the fork falls towards the lean


def build_parked_bicycle(
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    clothing: str | None = None,
) -> Asset:
    """A bicycle on its stand; some have a basket or a crate, and some are stepped through."""
    rng = stream(look_seed, "look", model)
    _, tint = choose_paint(model, look_seed, color, BIKE_MARKET)
    r = BODIES[model].wheel_radius_m
    made = city_bike(model, low_step=bool(rng.random() < 0.5))
    wheel = wire_wheel(r, 0.040, 20, KIND)
    turned = rotation("z", float(rng.uniform(*TURNED_RAD)))
    ahead = [made.fork, wheel.moved(translation(made.front_m - made.pivot_m[0], 0.0, r - made.pivot_m[2]))]
    brought = rng.random()
    if brought < 0.35:
        ahead.append(_basket(0.34, 0.26, 0.22).moved(translation(0.27, 0.0, 0.06)))
    fork = Mesh.join(ahead).moved(translation(*made.pivot_m) @ turned)
    pieces = [made.frame, fork, wheel.moved(translation(made.rear_m, 0.0, r)), _stand(made)]
    if 0.35 <= brought < 0.55:
        crate = box((0.34, 0.28, 0.22), "wood", KIND, centre_m=(made.rear_m - 0.06, 0.0, 2 * r + 0.18))
        pieces.append(crate)
    leaning = np.eye(4)
    leaning[1, 2] = np.tan(LEAN_RAD)
    whole = _fitted(Mesh.join(pieces).moved(leaning), size_m)
    return Asset(model, size_m, (Part("body", whole),), lamps_of(whole), tints=(tint,) * 3)


def _fitted(mesh: Mesh, size_m: tuple[float, float, float]) -> Mesh:
    """The mesh with its wheels on the ground, in the middle of its box and as large."""
    low, high = mesh.vertices_m.min(axis=0).astype(float), mesh.vertices_m.max(axis=0).astype(float)
    middle = translation(-(low[0] + high[0]) / 2, -(low[1] + high[1]) / 2, -low[2])
    shares = [s / span for s, span in zip(size_m, high - low, strict=True)]
    return mesh.moved(scaling(*shares) @ middle)


def _stand(made: CityBike) -> Mesh:
    """A side stand behind the crank, whose foot the lean brings out."""
    foot = (made.rear_m + 0.30, 0.14, 0.008)
    return bars([(((made.rear_m + 0.38, 0.03, 0.27), foot), 0.009)], "metal_galvanised", KIND, 6)


def _basket(wide: float, deep: float, tall: float) -> Mesh:
    """A basket of wire, wider at the top, about the middle of its foot."""
    rings = []
    for z, share in ((0.0, 0.80), (0.5, 0.90), (1.0, 1.0)):
        x, y = share * deep / 2, share * wide / 2
        rings.append([(x, y, z * tall), (-x, y, z * tall), (-x, -y, z * tall), (x, -y, z * tall)])
    paths: list[tuple[list[tuple[float, float, float]], float]] = []
    for ring in rings:
        paths.append(([*ring, ring[0]], 0.006))
    low, high = rings[0], rings[-1]
    for k in range(4):
        for t in np.linspace(0.0, 1.0, 5)[:-1]:
            ends = []
            for ring in (low, high):
                a, b = np.array(ring[k]), np.array(ring[(k + 1) % 4])
                at = a + (b - a) * t
                ends.append((float(at[0]), float(at[1]), float(at[2])))
            paths.append((ends, 0.004))
    for t in (0.25, 0.5, 0.75):
        x = low[1][0] + (low[0][0] - low[1][0]) * t
        paths.append(([(x, low[0][1], 0.0), (x, low[2][1], 0.0)], 0.004))
    return bars(paths, "metal_dark", KIND, 5)
