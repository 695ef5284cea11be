"""What lorries and trailers roll on: rails, axles, wheels, guards, tanks.  Renderers floor.

Stations are metres behind the foremost point, which lies at x = 0.  Pieces of one side are drawn on the left and
mirrored by the caller with `fittings.mirrored_body`, so that left indicators become right ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from renderers.assets.fittings import Rgb, fitted, lamps_of
from renderers.assets.wheels import tyre, wheel_parts
from renderers.loft import (
    box,
    cylinder,
    extrude,
    face_normals,
    panel,
    revolve,
    rotation,
    sheet,
    translation,
    tube,
    two_faced,
)
from renderers.mesh import Asset, Mesh, Part
from scenarios.bodies import BODIES
from scenarios.taxonomy import SEMANTIC_ID

SEMANTIC = "truck"
LEAST_AREA_M2 = 1e-9
WIDE_M = 1.275  # half of what 96/53/EC allows


@dataclass(frozen=True, slots=True)
class Axle:
    """An axle: where it is, whether it steers, and what runs on it."""

    station_m: float
    kind: str = "twin"  # "steered", "twin" or "single"
    radius_m: float = 0.50
    track_m: float = 2.03  # between the outer wheels
    wide_m: float = 0.30


def finished(
    model: str,
    size_m: tuple[float, float, float],
    pieces: Sequence[Mesh],
    axles: Sequence[Axle],
    tints: tuple[Rgb, Rgb, Rgb],
    semantic: str = SEMANTIC,
    wheels: Sequence[Mesh] | None = None,
    more: Sequence[Part] = (),
) -> Asset:
    """The asset: pieces with x = 0 at the foremost point, fitted into the box, on its wheels."""
    body = BODIES[model]
    half = body.size_m[0] / 2.0
    whole = Mesh.join(list(pieces)).moved(translation(half, 0.0, 0.0))
    scale = np.array(size_m) / np.array(body.size_m)
    low_z = float(whole.vertices_m[:, 2].min() * scale[2])
    whole = fitted(whole, (-size_m[0] / 2, -size_m[1] / 2, low_z), (size_m[0] / 2, size_m[1] / 2, size_m[2]))
    whole = labelled(whole, semantic)
    parts = [Part("body", whole)]
    made: dict[tuple[str, float], Mesh] = {}
    for row, axle in enumerate(axles):
        radius = axle.radius_m * min(float(scale[0]), float(scale[2]))
        key = (axle.kind, radius)
        if key not in made:
            wheel = wheels[row] if wheels is not None else _wheel(axle, radius)
            made[key] = labelled(wheel, semantic)
        x, track = (half - axle.station_m) * float(scale[0]), axle.track_m * float(scale[1])
        joint = "steered_wheel" if axle.kind == "steered" else "wheel"
        parts += wheel_parts(made[key], x, track, radius, str(row), joint)
    for part in more:
        x, y, z = (float(v) for v in scale * (half + part.pivot_m[0], part.pivot_m[1], part.pivot_m[2]))
        parts.append(Part(part.name, labelled(part.mesh, semantic), part.joint, part.parent, (x, y, z)))
    return Asset(model, size_m, tuple(parts), lamps_of(whole), (), tints)


def _wheel(axle: Axle, radius_m: float) -> Mesh:
    """A left wheel: a dished steel disc with hand holes and nuts; driven ones are sunk and come in twos."""
    rim = radius_m * 0.585
    twin = axle.kind == "twin"
    half = (0.27 if twin else axle.wide_m) / 2.0
    dish = -0.35 * half if twin else 0.55 * half
    profile = [
        (rim - 0.002, 0.80 * half), (rim - 0.022, 0.70 * half), (rim - 0.035, 0.2 * half),
        (0.78 * rim, 0.2 * half + 0.3 * dish),
        (0.52 * rim, dish), (0.40 * rim, dish), (0.36 * rim, dish + 0.06), (0.0, dish + 0.07),
    ]  # fmt: skip
    pieces = [
        tyre(radius_m, 2 * half, rim, SEMANTIC, 22),
        revolve(profile, "metal_galvanised", SEMANTIC, "y", 22),
        revolve([(0.0, -0.7 * half), (rim, -0.7 * half)], "underbody", SEMANTIC, "y", 16),
    ]
    turn = np.linspace(0.0, 2.0 * np.pi, 6, endpoint=False)
    slope = (0.2 * half + 0.3 * dish - dish) / 0.26
    at = 0.65 * rim
    hole = [
        (
            0.075 * rim * np.sin(t),
            dish + slope * (0.13 + 0.075 * np.cos(t)) + 0.006,
            at + 0.075 * rim * np.cos(t),
        )
        for t in turn
    ]
    dark = panel(hole, "underbody", SEMANTIC)
    nut = box((0.034, 0.04, 0.034), "metal_galvanised", SEMANTIC, 0.0, (0.0, dish + 0.012, 0.46 * rim))
    for k in range(8):
        pieces.append(dark.moved(rotation("y", 2 * np.pi * (k + 0.5) / 8)))
        pieces.append(nut.moved(rotation("y", 2 * np.pi * k / 8)))
    if twin:
        pieces.append(tyre(radius_m, 2 * half, rim, SEMANTIC, 16).moved(translation(0.0, -2.24 * half, 0.0)))
        pieces.append(revolve([(0.0, -3.0 * half), (rim, -3.0 * half)], "underbody", SEMANTIC, "y", 12))
    return Mesh.join(pieces)


def labelled(mesh: Mesh, semantic: str) -> Mesh:
    """The mesh as surfaces of one class, without triangles that have no area (where lathes close)."""
    area = np.linalg.norm(face_normals(mesh.vertices_m.astype(np.float64), mesh.triangles), axis=1)
    kept = area > LEAST_AREA_M2
    rows = np.full(int(kept.sum()), SEMANTIC_ID[semantic], np.uint8)
    triangles = np.ascontiguousarray(mesh.triangles[kept])
    return Mesh(mesh.vertices_m, triangles, mesh.normals, mesh.uv_m, mesh.material[kept], rows)


# --- Rolling gear -------------------------------------------------------------------------------------------


def rails(first_m: float, last_m: float, top_m: float = 1.02, deep_m: float = 0.27) -> Mesh:
    """The left rail of the ladder and half of its cross members."""
    long = last_m - first_m
    pieces = [
        box(
            (long, 0.08, deep_m), "metal_dark", SEMANTIC, 0.0, (-first_m - long / 2, 0.40, top_m - deep_m / 2)
        )
    ]
    for k in range(max(2, round(long / 1.4)) + 1):
        x = -first_m - 0.05 - (long - 0.1) * k / max(2, round(long / 1.4))
        pieces.append(
            box((0.08, 0.36, deep_m * 0.7), "metal_dark", SEMANTIC, 0.0, (x, 0.18, top_m - deep_m / 2))
        )
    return Mesh.join(pieces)


def beams(axles: Sequence[Axle]) -> Mesh:
    """Axle beams with the differential of driven ones and bellows or springs above them, across both sides."""
    pieces = []
    for axle in axles:
        x, r = -axle.station_m, axle.radius_m
        wide = axle.track_m - 0.25
        thick = 0.13 if axle.kind == "twin" else 0.085
        pieces.append(
            cylinder(thick, wide, "underbody", SEMANTIC, "y", 8).moved(translation(x, -wide / 2, r))
        )
        if axle.kind == "twin":
            pieces.append(box((0.36, 0.36, 0.40), "underbody", SEMANTIC, 0.1, (x, 0.0, r)))
        for y in (0.42, -0.42):
            pieces.append(box((0.75, 0.09, 0.10), "underbody", SEMANTIC, 0.0, (x, y, r + 0.13)))
            pieces.append(
                cylinder(0.12, 0.20, "rubber", SEMANTIC, "z", 8).moved(translation(x - 0.30, y, r + 0.17))
            )
    return Mesh.join(pieces)


def tank(first_m: float, last_m: float, material: str = "aluminium", low_m: float = 0.42) -> Mesh:
    """The left fuel tank: a rounded trough of aluminium with straps, its cap and a step."""
    long, tall, deep = last_m - first_m, 0.62, 0.62
    y, z = WIDE_M - 0.08 - deep / 2, low_m + tall / 2
    corner = 0.12
    outline = [
        (y + sy * (deep / 2 - dy), z + sz * (tall / 2 - dz))
        for sy, sz, order in ((1, -1, 0), (1, 1, 1), (-1, 1, 0), (-1, -1, 1))
        for dy, dz in (((corner, 0.0), (0.0, corner)) if order == 0 else ((0.0, corner), (corner, 0.0)))
    ]
    pieces = [extrude(outline, long, material, SEMANTIC, "x", 50.0).moved(translation(-last_m, 0.0, 0.0))]
    grown = [(y + (u - y) * 1.02, z + (v - z) * 1.02) for u, v in outline]
    for share in (0.22, 0.78):
        strap = extrude(grown, 0.06, "metal_dark", SEMANTIC, "x", 50.0)
        pieces.append(strap.moved(translation(-last_m + long * share - 0.03, 0.0, 0.0)))
    cap = cylinder(0.05, 0.05, "car_trim", SEMANTIC, "z", 10)
    pieces.append(cap.moved(translation(-first_m - 0.25, y + 0.16, z + tall / 2 - 0.02)))
    return Mesh.join(pieces)


def locker(
    first_m: float, last_m: float, low_m: float = 0.45, high_m: float = 0.98, material: str = "plastic"
) -> Mesh:
    """A left box between the axles: batteries, tools, or pallets."""
    long = last_m - first_m
    y = WIDE_M - 0.06 - 0.27
    lid = box(
        (long - 0.06, 0.02, high_m - low_m - 0.08),
        material,
        SEMANTIC,
        0.0,
        (-first_m - long / 2, y + 0.275, (low_m + high_m) / 2),
    )
    body = box(
        (long, 0.54, high_m - low_m), material, SEMANTIC, 0.02, (-first_m - long / 2, y, (low_m + high_m) / 2)
    )
    latch = box(
        (0.05, 0.03, 0.08), "metal_galvanised", SEMANTIC, 0.0, (-first_m - long / 2, y + 0.29, high_m - 0.14)
    )
    return Mesh.join([body, lid, latch])


def air_tanks(station_m: float) -> Mesh:
    """Two brake reservoirs under the left rail."""
    one = cylinder(0.12, 0.75, "metal_dark", SEMANTIC, "x", 12)
    return Mesh.join([one.moved(translation(-station_m - 0.75, y, 0.66)) for y in (0.66, 0.94)])


def guard(first_m: float, last_m: float, low_m: float = 0.50) -> Mesh:
    """Side guard of UN R73 on the left: two planks on three posts."""
    long = last_m - first_m
    middle, y = -first_m - long / 2, WIDE_M - 0.045
    pieces = [
        box((long, 0.03, 0.12), "aluminium", SEMANTIC, 0.0, (middle, y, low_m + dz)) for dz in (0.06, 0.36)
    ]
    for share in (0.08, 0.5, 0.92):
        pieces.append(
            box(
                (0.05, 0.04, 0.56),
                "metal_dark",
                SEMANTIC,
                0.0,
                (-first_m - long * share, y - 0.035, low_m + 0.26),
            )
        )
    return Mesh.join(pieces)


def mudguard(station_m: float, radius_m: float, reach: tuple[float, float] = (0.15, np.pi - 0.15)) -> Mesh:
    """A left half shell over twin wheels."""
    radius = radius_m + 0.075
    angle = np.linspace(*reach, 9)
    x, z = -station_m + radius * np.cos(angle), radius_m + radius * np.sin(angle)
    rows = np.stack([np.stack([x, np.full(9, y), z], axis=1) for y in (WIDE_M - 0.02, 0.58)])
    rim = (
        rows[0]
        + (0.0, 0.0, -0.07) * np.sin(angle)[:, None]
        + np.stack([-0.07 * np.cos(angle), 0 * angle, 0 * angle], axis=1)
    )
    lip = np.stack([rows[0], rim])
    return Mesh.join(
        [two_faced(sheet(rows, "plastic", SEMANTIC)), two_faced(sheet(lip, "plastic", SEMANTIC))]
    )


def flap(station_m: float, high_m: float = 0.62) -> Mesh:
    """A left mud flap with a light edge."""
    y = WIDE_M - 0.36
    return Mesh.join(
        [
            box((0.015, 0.62, high_m - 0.20), "rubber", SEMANTIC, 0.0, (-station_m, y, (high_m + 0.20) / 2)),
            box((0.019, 0.56, 0.04), "plastic", SEMANTIC, 0.0, (-station_m, y, 0.26)),
        ]
    )


def spare_wheel(station_m: float, y_m: float = 0.0, z_m: float = 0.62, radius_m: float = 0.49) -> Mesh:
    """A wheel that lies in a cradle under the frame."""
    flat = Mesh.join(
        [
            tyre(radius_m, 0.30, radius_m * 0.6, SEMANTIC, 16),
            revolve([(radius_m * 0.6, 0.05), (0.0, 0.02)], "metal_galvanised", SEMANTIC, "y", 16),
            revolve([(0.0, -0.02), (radius_m * 0.6, -0.05)], "metal_galvanised", SEMANTIC, "y", 16),
        ]
    )
    return flat.moved(translation(-station_m, y_m, z_m) @ rotation("x", np.pi / 2))


def exhaust(station_m: float, y_m: float, low_m: float, high_m: float, radius_m: float = 0.075) -> Mesh:
    """An upright pipe behind the cab, with a perforated shield and a bent mouth."""
    top = high_m - 0.02
    pipe = tube(
        [
            (-station_m, y_m, low_m),
            (-station_m, y_m, top - 0.16),
            (-station_m - 0.03, y_m, top - 0.05),
            (-station_m - 0.12, y_m, top),
        ],
        radius_m * 0.72,
        "chrome",
        SEMANTIC,
        10,
    )
    shield = cylinder(radius_m, (top - low_m) * 0.6, "metal_galvanised", SEMANTIC, "z", 12)
    return Mesh.join([pipe, shield.moved(translation(-station_m, y_m, low_m + 0.08))])
