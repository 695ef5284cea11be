"""Whoever sits at the wheel, behind the glass of vehicles that are driven.  Renderers floor.

A driver belongs to the vehicle: the same instance, the same class.  There are a few of them, and each is one mesh that
all vehicles share, because a part's pivot is what brings it to its seat.  Legs are left out: nobody sees them.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from renderers.assets.cars import STYLES
from renderers.assets.fittings import repainted
from renderers.assets.heavy_seats import heavy_seats
from renderers.assets.levels import FULL
from renderers.assets.people import figure
from renderers.assets.shell import curve
from renderers.assets.vans import STYLES as VANS
from renderers.materials import MATERIALS
from renderers.mesh import Asset, Mesh, Part
from scenarios.bodies import BODIES, opening_shift, shut_size
from scenarios.taxonomy import SEMANTICS
from sim.trace import WorldTrace

DRIVERS = 6
CROWN_M = 0.86  # from the hips to the crown of somebody of middle height who leans back a little
LAP_M, KNEES_M = 0.16, 0.24  # legs lie lower than this, or further ahead while lower than the chest
MOVES_MPS = 0.3
BEHIND_GLASS = 700  # triangles of a driver seen from further off
SIDE_M = 0.36  # of a car's driving seat from the middle; traffic keeps right


@dataclass(frozen=True, slots=True)
class Seat:
    """Where the hips rest, in the frame of the model's own box."""

    x_m: float
    y_m: float
    z_m: float


def _seats() -> dict[str, Seat]:
    found = {}
    for model, style in {**STYLES, **VANS}.items():
        station, height = style.seats[0]
        crown = float(curve(style.shape.belt)(np.array([station]))[0]) - 0.12 + height + 0.015
        half = BODIES[model].size_m[0] / 2.0
        found[model] = Seat(half - station + 0.13, SIDE_M, crown - CROWN_M)
    for model in ("truck.box", "truck.flatbed"):
        found[model] = Seat(BODIES[model].size_m[0] / 2.0 - 1.32, 0.55, 1.24)
    found["bus.city"] = Seat(BODIES["bus.city"].size_m[0] / 2.0 - 1.30, 0.62, 0.98)
    for model, place in heavy_seats().items():
        found[model] = Seat(*place)
    return found


def driven(trace: WorldTrace, column: int) -> bool:
    """Whether somebody sits in a vehicle: it moves at some time, or has a lamp lit."""
    return bool(trace.speed_mps[:, column].max() > MOVES_MPS or trace.lamps[:, column].any())


def crewed(asset: Asset, look_seed: int, state: str = "", level: int = FULL) -> Asset:
    """The vehicle with a driver; what has no seat behind glass comes back as it is."""
    seat = _seats().get(asset.model)
    if seat is None:
        return asset
    semantic = SEMANTICS[int(asset.parts[0].mesh.semantic[0])].name
    mesh, jacket, skin = driver(look_seed % DRIVERS, semantic, level)
    body = BODIES[asset.model]
    scale = np.array(shut_size(body, asset.size_m, state)) / np.array(body.size_m)
    x, y, z = (float(v) for v in scale * (seat.x_m, seat.y_m, seat.z_m))
    ahead, left = opening_shift(body, asset.size_m, state)
    x, y = x - ahead, y - left
    second = {row for row, material in enumerate(MATERIALS) if material.tint == 1}
    free = not any(second & set(np.unique(part.mesh.material).tolist()) for part in asset.parts)
    return replace(
        asset,
        parts=(*asset.parts, Part("driver", mesh, "fixed", -1, (x, y, z))),
        # Clothes take the vehicle's second colour, which is theirs alone where nothing else is painted with it.
        tints=(asset.tints[0], jacket if free else asset.tints[1], skin),
    )


@lru_cache(maxsize=32)
def driver(
    number: int, semantic: str, level: int = FULL
) -> tuple[Mesh, tuple[float, float, float], tuple[float, float, float]]:
    """One of the drivers from the lap up, the hips at the origin; with the colours of jacket and skin."""
    if level != FULL:
        from renderers.assets.collapse import thinned  # noqa: PLC0415  # as levels do: only where they are made

        mesh, jacket, skin = driver(number, semantic)
        return thinned([mesh], [1], BEHIND_GLASS)[0][0], jacket, skin
    hat = ("", "", "", "", "cap", "")[number]
    posture = {
        "torso": (0.0, -0.16, 0.0),
        "head": (0.0, 0.10, 0.0),
        "hip_left": (0.0, -1.35, 0.0),
        "hip_right": (0.0, -1.35, 0.0),
    }
    hands = ((0.38, 0.17, 0.42), (0.38, -0.17, 0.42))
    made = figure(1.72, 31 + number, posture, None, "mixed", hat, semantic, hands)
    whole, tints = made.mesh, made.tints
    points = whole.vertices_m[whole.triangles]
    low, ahead = points[..., 2].max(axis=1), points[..., 0].max(axis=1)
    kept = (low > LAP_M) & ((ahead < KNEES_M) | (low > KNEES_M + 0.02))
    triangles = whole.triangles[kept]
    used, back = np.unique(triangles, return_inverse=True)
    upper = Mesh(
        np.ascontiguousarray(whole.vertices_m[used]),
        np.ascontiguousarray(back.reshape(-1, 3).astype(np.int32)),
        np.ascontiguousarray(whole.normals[used]),
        np.ascontiguousarray(whole.uv_m[used]),
        whole.material[kept],
        whole.semantic[kept],
    )
    return repainted(upper, {"cloth_a": "cloth_b"}), tints[0], tints[2]
