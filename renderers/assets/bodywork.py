"""Bodies with a bonnet and a cabin, from a style to an asset that fills its box.  Renderers floor."""

from dataclasses import replace
from functools import lru_cache

import numpy as np

from renderers.assets.beacons import beacon_lamps
from renderers.assets.cabin import cabin
from renderers.assets.fittings import (
    MARKET,
    choose_paint,
    fitted,
    lamps_of,
    mirrored_body,
    plate,
    repainted,
    wheel_well,
)
from renderers.assets.outfit import outfit
from renderers.assets.shell import Skin, half_mesh, liner, loft_half
from renderers.assets.skinwork import cut_skin, not_glass
from renderers.assets.style import Style, flank_y
from renderers.assets.wheels import car_wheel, wheel_parts
from renderers.loft import both_sides
from renderers.mesh import Asset, Mesh, Part
from scenarios.bodies import BODIES, Body
from scenarios.chance import stream
from scenarios.taxonomy import ACTOR_CLASSES, SEMANTIC_ID


def build_body(
    style: Style,
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    market: dict[str, float] = MARKET,
) -> Asset:
    """A car or van of the style that fills its box."""
    body = BODIES[model]
    rng = stream(look_seed, "look", model)
    paint_material, tint = choose_paint(model, look_seed, color, market)
    unpainted, plate_front_x, plate_rear_x = _unpainted(style, body)
    plates = [
        plate(look_seed, "car", (plate_front_x + 0.004, 0.0, style.plate_front_z_m), True, series=model),
        plate(look_seed, "car", (plate_rear_x - 0.004, 0.0, style.plate_rear_z_m), False, series=model),
    ]
    semantic = ACTOR_CLASSES[body.actor_class].semantic
    whole = repainted(_classed(Mesh.join([unpainted, *plates]), semantic), {"car_paint": paint_material})
    # Proportions are drawn for the table's box; another size stretches the finished car.
    scale = np.array(size_m) / np.array(body.size_m)
    low_z = float(whole.vertices_m[:, 2].min() * scale[2])
    whole = fitted(whole, (-size_m[0] / 2, -size_m[1] / 2, low_z), (size_m[0] / 2, size_m[1] / 2, size_m[2]))
    radius = body.wheel_radius_m * min(float(scale[0]), float(scale[2]))
    wheel = _classed(
        car_wheel(rng, radius, style.tyre_m * float(scale[1]), style.spokes, style.hubcaps), semantic
    )
    front = (body.size_m[0] / 2.0 - body.front_overhang_m) * float(scale[0])
    rear = front - body.wheelbase_m * float(scale[0])
    track = body.track_m * float(scale[1])
    return Asset(
        model=model,
        size_m=size_m,
        parts=(
            Part("body", whole),
            *wheel_parts(wheel, front, track, radius, "front", "steered_wheel"),
            *wheel_parts(wheel, rear, track, radius, "rear", "wheel"),
        ),
        lamps=(*lamps_of(whole), *beacon_lamps(whole)),
        tints=(tint, (0.35, 0.35, 0.35), (0.4, 0.26, 0.18)),
    )


def _classed(mesh: Mesh, semantic: str) -> Mesh:
    """The mesh as surfaces of another class."""
    return replace(mesh, semantic=np.full_like(mesh.semantic, SEMANTIC_ID[semantic]))


@lru_cache(maxsize=32)
def _unpainted(style: Style, body: Body) -> tuple[Mesh, float, float]:
    """All that cars of one style share, and how far nose and tail reach where their plates are."""
    half = body.size_m[0] / 2.0
    skin = loft_half(style.shape)
    inside = both_sides(liner(skin, "car", lambda s: not_glass(s, style), half))
    cut_skin(skin, style, body)
    pieces = [
        mirrored_body(half_mesh(skin, "car", half)),
        inside,
        cabin(style, body, half),
        _wells(style, body, half),
        outfit(style, body, half),
    ]
    front = end_of(skin, style.plate_front_z_m, 0.26, 0.055, True) + half
    rear = end_of(skin, style.plate_rear_z_m, 0.26, 0.055, False) + half
    return Mesh.join(pieces), front, rear


def end_of(skin: Skin, z_m: float, half_width_m: float, half_height_m: float, ahead: bool) -> float:
    """How far the nose (or tail) reaches over a patch about the middle at height z."""
    near = skin.position[(skin.y < half_width_m) & (np.abs(skin.z - z_m) < half_height_m)]
    end = near[near[:, 0] > -1.0] if ahead else near[near[:, 0] < near[:, 0].min() + 0.3]
    return float(end[:, 0].max() if ahead else end[:, 0].min())


def _wells(style: Style, body: Body, half: float) -> Mesh:
    radius = body.wheel_radius_m + 0.052
    inner = style.shape.half_width_m - 0.30
    angle = np.linspace(-0.35, np.pi + 0.35, 15)
    wells = []
    for axle in (body.front_overhang_m, body.front_overhang_m + body.wheelbase_m):
        outer = [
            flank_y(style, axle - radius * float(np.cos(a)), body.wheel_radius_m + radius * float(np.sin(a)))
            - 0.004
            for a in angle
        ]
        wells.append(wheel_well(half - axle, radius, body.wheel_radius_m, inner, outer, "car"))
    return both_sides(Mesh.join(wells))
