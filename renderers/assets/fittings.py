"""What is bolted to a vehicle: mirrors, plates, seats, wheel wells, handles, and its paint.  Renderers floor."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from renderers import triples
from renderers.assets.pose import door_turns, place
from renderers.loft import (
    Floats,
    box,
    loft,
    mirrored,
    placed,
    rotation,
    sheet,
    superellipse,
    translation,
    tube,
)
from renderers.materials import MATERIAL_ID, MATERIALS
from renderers.mesh import Asset, LampSpec, Mesh
from scenarios.chance import stream
from sim.trace import Lamp

Rgb = tuple[float, float, float]

# New cars by colour, world-wide (Axalta's yearly report); the rest is green, yellow, orange and brown.
MARKET: dict[str, float] = {
    "white": 39.0, "grey": 19.0, "black": 17.0, "silver": 9.0, "blue": 8.0, "red": 5.0,
    "green": 1.0, "brown": 1.0, "yellow": 0.5, "orange": 0.5,
}  # fmt: skip

# Shades of each colour, linear RGB, and the material whose pigments a laser meets under the clear coat.
SHADES: dict[str, tuple[str, tuple[Rgb, ...]]] = {
    "white": ("car_paint_white", ((0.74, 0.74, 0.72), (0.68, 0.69, 0.70), (0.70, 0.68, 0.63))),
    "grey": (
        "car_paint_grey",
        ((0.13, 0.135, 0.14), (0.075, 0.08, 0.086), (0.20, 0.20, 0.20), (0.16, 0.175, 0.18)),
    ),
    "black": ("car_paint_black", ((0.012, 0.012, 0.013), (0.018, 0.018, 0.022), (0.010, 0.012, 0.016))),
    "silver": ("car_paint_silver", ((0.45, 0.46, 0.47), (0.38, 0.39, 0.41), (0.47, 0.45, 0.42))),
    "blue": ("car_paint_blue", ((0.012, 0.045, 0.19), (0.010, 0.024, 0.085), (0.05, 0.16, 0.36))),
    "red": ("car_paint_red", ((0.36, 0.010, 0.012), (0.19, 0.008, 0.012), (0.48, 0.022, 0.014))),
    "green": ("car_paint_warm", ((0.018, 0.065, 0.035), (0.09, 0.14, 0.07))),
    "yellow": ("car_paint_warm", ((0.72, 0.44, 0.02),)),
    "orange": ("car_paint_warm", ((0.66, 0.16, 0.015),)),
    "brown": ("car_paint_grey", ((0.085, 0.048, 0.028), (0.16, 0.12, 0.085))),
}


def choose_paint(
    model: str, look_seed: int, color: str | None, market: dict[str, float] = MARKET
) -> tuple[str, Rgb]:
    """Material and tint of a vehicle: of the named colour, else drawn as the market buys."""
    rng = stream(look_seed, "look", model, "paint")
    share = np.array(list(market.values()))
    drawn = list(market)[int(rng.choice(len(market), p=share / share.sum()))]
    material, shades = SHADES[color or drawn]
    shade = np.array(shades[int(rng.integers(len(shades)))]) * rng.uniform(0.92, 1.06)
    return material, (float(shade[0]), float(shade[1]), float(shade[2]))


def exchange(swap: dict[str, str]) -> NDArray[np.int16]:
    """(M,) the row that each material is exchanged for, by name."""
    rows = np.arange(len(MATERIALS), dtype=np.int16)
    for old, new in swap.items():
        rows[MATERIAL_ID[old]] = MATERIAL_ID[new]
    return rows


def repainted(mesh: Mesh, swap: dict[str, str]) -> Mesh:
    """The mesh with materials exchanged by name."""
    return replace(mesh, material=exchange(swap)[mesh.material])


def mirrored_body(left_half: Mesh, other_half: Mesh | None = None) -> Mesh:
    """Both halves of a body from its left half; on the other side left indicators become right ones.

    `other_half`, drawn as a left half too, is mirrored instead where the two sides differ.
    """
    whole = Mesh.join([left_half, mirrored(other_half or left_half)])
    rows = whole.material.copy()
    right = rows[len(left_half.material) :]
    right[right == MATERIAL_ID["lamp_indicator_left"]] = MATERIAL_ID["lamp_indicator_right"]
    return Mesh(whole.vertices_m, whole.triangles, whole.normals, whole.uv_m, rows, whole.semantic)


def side_mirror(
    inner_m: Floats, outer_y_m: float, size_m: tuple[float, float], semantic: str, foot_m: Floats
) -> Mesh:
    """A left door mirror: a housing from `inner_m` out to `outer_y_m`, its glass behind, on a foot."""
    wide, tall = outer_y_m - inner_m[1], size_m[1]
    depth = size_m[0]
    rows = []
    for t, grow in ((0.0, 0.35), (0.08, 0.72), (0.35, 0.98), (0.7, 1.0), (0.93, 0.78), (1.0, 0.42)):
        section = superellipse(depth / 2 * (0.75 + 0.25 * grow), tall / 2 * grow, 2.8, 12)
        y = inner_m[1] + t * wide
        rows.append(
            np.stack(
                [inner_m[0] - 0.03 * t + section[:, 0], np.full(12, y), inner_m[2] + section[:, 1]], axis=1
            )
        )
    housing = loft(rows, "car_paint", semantic, crease_deg=60.0)
    back = inner_m[0] - 0.02 - depth * 0.52
    outline = superellipse(wide * 0.38, tall * 0.40, 3.5, 14)
    middle_y = inner_m[1] + 0.52 * wide
    ring = [
        np.stack([np.full(14, back - k * 0.004), middle_y - outline[:, 0], inner_m[2] + outline[:, 1]], 1)
        for k in (0, 1)
    ]
    glass = loft(ring, "mirror", semantic)
    foot = tube(
        [foot_m, inner_m + np.array((0.0, 0.03, -0.25 * tall))], (0.03, 0.022), "car_trim", semantic, 6
    )
    return Mesh.join([housing, glass, foot])


def plate(
    semantic: str, at_m: tuple[float, float, float], forward: bool, size_m: tuple[float, float] = (0.52, 0.11)
) -> Mesh:
    """A blank number plate facing ahead or astern; `plates.numbered` writes on it."""
    return placed(box((0.012, *size_m), "plate", semantic), *at_m, yaw_rad=0.0 if forward else np.pi)


def seat(x_m: float, y_m: float, floor_m: float, wide_m: float, height_m: float, semantic: str) -> Mesh:
    """A seat's back with its head restraint, from `floor_m` up, leaning back."""
    back = box((0.13, wide_m, height_m), "seat", semantic, 0.045, (0.0, 0.0, height_m / 2))
    head = box((0.10, wide_m * 0.52, 0.17), "seat", semantic, 0.04, (0.0, 0.0, height_m + 0.11))
    leaning = Mesh.join([back, head]).moved(rotation("y", -0.30))
    return leaning.moved(translation(x_m, y_m, floor_m))


def steering_wheel(x_m: float, y_m: float, z_m: float, semantic: str) -> Mesh:
    """The rim of a steering wheel, seen through the windscreen."""
    angle = np.linspace(0.0, 2.0 * np.pi, 15)
    ring = np.stack([np.zeros(15), 0.185 * np.cos(angle), 0.185 * np.sin(angle)], axis=1)
    return tube(ring, 0.014, "interior", semantic, 5, caps=False).moved(
        translation(x_m, y_m, z_m) @ rotation("y", 0.45)
    )


def wheel_well(
    axle_x_m: float,
    radius_m: float,
    centre_z_m: float,
    inner_y_m: float,
    outer_y: Sequence[float],
    semantic: str,
) -> Mesh:
    """The left well over a wheel: an arched roof out to the skin and a wall behind the wheel.

    `outer_y` gives the skin's half width along the arch from front to rear.
    """
    count = len(outer_y)
    angle = np.linspace(-0.35, np.pi + 0.35, count)
    x, z = axle_x_m + radius_m * np.cos(angle), centre_z_m + radius_m * np.sin(angle)
    inner = np.stack([x, np.full(count, inner_y_m), z], axis=1)
    outer = np.stack([x, np.asarray(outer_y), z], axis=1)
    roof = sheet(np.stack([inner, outer]), "underbody", semantic)
    middle = np.array((axle_x_m, inner_y_m, centre_z_m))
    wall = sheet(np.stack([np.broadcast_to(middle, inner.shape), inner]), "underbody", semantic)
    return Mesh.join([roof, wall])


def centre_of(mesh: Mesh, material: str, side: float) -> Floats:
    """Middle of the triangles of a material on one side (+1 left, -1 right, 0 both)."""
    corners = mesh.vertices_m[mesh.triangles[mesh.material == MATERIAL_ID[material]]].astype(np.float64)
    middle = triples.mean(corners, axis=1)
    area = triples.length(triples.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]))
    chosen = middle[:, 1] * side >= 0
    weighted: Floats = (middle[chosen] * area[chosen, None]).sum(axis=0) / area[chosen].sum()
    return weighted


# Intensities on the axis: the middle of what UN R7, R6 and R23 allow; a headlamp's number scales its beam
# table.
TAIL_CD, BRAKE_CD, INDICATOR_CD, FOG_REAR_CD, FOG_FRONT_CD = 8.0, 110.0, 350.0, 220.0, 2500.0
BRAKE_HIGH_CD = 50.0  # UN R7 category S3: 25 to 110 cd
RED, AMBER, LAMP_WHITE = (1.0, 0.02, 0.01), (1.0, 0.36, 0.02), (1.0, 0.95, 0.88)


def lamps_of(mesh: Mesh, part: int = 0) -> tuple[LampSpec, ...]:
    """Every lamp of a vehicle, placed where the skin shows its lenses."""
    lamps: list[LampSpec] = []

    def add(
        bits: int,
        material: str,
        axis: float,
        kind: str,
        candela: float,
        color: Rgb,
        sides: Sequence[float],
        end: float,
    ) -> None:
        rows = mesh.material == MATERIAL_ID[material]
        at_end = mesh.vertices_m[mesh.triangles[:, 0], 0] * end > 0
        if not (rows & at_end).any():
            return
        lens = replace(mesh, triangles=mesh.triangles[rows & at_end], material=mesh.material[rows & at_end])
        if np.abs(lens.vertices_m[lens.triangles, 1]).max() < 0.15:  # one lamp in the middle, on two wheels
            places = [centre_of(lens, material, 0.0)]
        else:
            places = [centre_of(lens, material, side) for side in sides]
        for x, y, z in places:
            at = (float(x) + 0.03 * axis, float(y), float(z))
            lamps.append(LampSpec(int(bits), at, (axis, 0.0, 0.0), kind, candela, color, part, material))

    both = (1.0, -1.0)
    add(Lamp.LOW_BEAM, "lamp_head", 1.0, "low_beam", 1.0, LAMP_WHITE, both, 1.0)
    add(Lamp.HIGH_BEAM, "lamp_head", 1.0, "high_beam", 1.0, LAMP_WHITE, both, 1.0)
    add(Lamp.FOG_FRONT, "lamp_fog", 1.0, "fog_front", FOG_FRONT_CD, LAMP_WHITE, both, 1.0)
    add(Lamp.TAIL, "lamp_tail", -1.0, "tail", TAIL_CD, RED, both, -1.0)
    add(Lamp.BRAKE, "lamp_brake", -1.0, "brake", BRAKE_CD, RED, both, -1.0)
    if (mesh.material == MATERIAL_ID["lamp_brake_high"]).any():
        x, y, z = (float(v) for v in centre_of(mesh, "lamp_brake_high", 0.0))
        at = (x - 0.03, y, z)
        lamps.append(
            LampSpec(Lamp.BRAKE, at, (-1.0, 0.0, 0.0), "brake", BRAKE_HIGH_CD, RED, part, "lamp_brake_high")
        )
    add(Lamp.FOG_REAR, "lamp_tail", -1.0, "fog_rear", FOG_REAR_CD, RED, (1.0,), -1.0)
    for bit, name, side in ((Lamp.INDICATOR_LEFT, "left", 1.0), (Lamp.INDICATOR_RIGHT, "right", -1.0)):
        for end in both:
            add(bit, f"lamp_indicator_{name}", end, "indicator", INDICATOR_CD, AMBER, (side,), end)
    return tuple(lamps)


def sound(mesh: Mesh) -> Mesh:
    """The mesh without triangles thinner than two micrometres, which float32 coordinates cannot tell from lines."""
    corners = mesh.vertices_m.astype(np.float64).take(mesh.triangles, axis=0)
    edges = corners - corners[:, (2, 0, 1)]
    twice = triples.length(triples.cross(edges[:, 1], edges[:, 2]))
    kept = twice > 2e-6 * triples.greatest(triples.length(edges))
    return replace(
        mesh,
        triangles=np.ascontiguousarray(mesh.triangles[kept]),
        material=mesh.material[kept],
        semantic=mesh.semantic[kept],
    )


def fitted(mesh: Mesh, low_m: tuple[float, float, float], high_m: tuple[float, float, float]) -> Mesh:
    """The mesh stretched a little so that its bounding box is exactly the given one."""
    points = mesh.vertices_m.astype(np.float64)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = (np.array(high_m) - np.array(low_m)) / (high - low)
    matrix = np.diag((*scale, 1.0))
    matrix[:3, 3] = np.array(low_m) - low * scale
    return mesh.moved(matrix)


def extents(asset: Asset) -> tuple[Floats, Floats]:
    """Lowest and highest corner of an asset in its rest pose with its doors open, actor's frame."""
    points = [
        part.mesh.vertices_m @ matrix[:3, :3].T + matrix[:3, 3]
        for part, matrix in zip(asset.parts, place(asset.parts, door_turns(asset.parts)), strict=True)
    ]
    return np.min([p.min(axis=0) for p in points], axis=0), np.max([p.max(axis=0) for p in points], axis=0)
