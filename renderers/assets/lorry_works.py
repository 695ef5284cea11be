"""Bodies of lorries that work: mixing drums, presses for refuse, tipping troughs.  Renderers floor.

Stations are metres behind the foremost point, which lies at x = 0; a body reaches from one station to another.
"""

import numpy as np
from numpy.typing import NDArray

from renderers.assets.fittings import mirrored_body
from renderers.assets.lorry_frame import WIDE_M
from renderers.assets.lorry_marks import markers, side_tape, words
from renderers.loft import (
    box,
    cylinder,
    extrude,
    loft,
    panel,
    revolve,
    rotation,
    sheet,
    superellipse,
    translation,
    tube,
)
from renderers.materials import MATERIAL_ID
from renderers.mesh import Mesh
from scenarios.chance import stream

SEMANTIC = "truck"
DRUM_M = 5.3  # from the bottom of a mixer's drum to its mouth
NAMES = ("RECYCLING", "STADTREINIGUNG", "SAUBER", "CITY WASTE", "URBANA")


def mixer_drum(look_seed: int) -> Mesh:
    """A drum about the x axis, its bottom at the origin and its mouth at -x; two spirals painted round it."""
    rng = stream(look_seed, "look", "drum")
    profile = [
        (0.0, 0.0), (0.55, 0.0), (0.72, 0.06), (0.95, 0.35), (1.14, 0.78), (1.20, 1.15), (1.20, 1.95), (1.12, 2.40),
        (0.92, 3.05), (0.70, 3.70), (0.56, 4.05), (0.52, 4.12), (0.44, 4.10), (0.0, 3.6),
    ]  # fmt: skip
    curve = np.array(profile) * (1.0, DRUM_M / 4.12)
    fine = np.sort(
        np.concatenate([np.arange(11.0), np.arange(2.5, 9.0), (4.25, 4.75, 5.25, 5.75), (11.0, 12.0, 13.0)])
    )
    rings = np.stack([np.interp(fine, np.arange(len(curve)), curve[:, k]) for k in (0, 1)], axis=1)
    drum = revolve(rings, "drum_paint", SEMANTIC, "z", 36, 50.0)
    points = drum.vertices_m[drum.triangles].mean(axis=1)
    turn = (np.arctan2(points[:, 1], points[:, 0]) / np.pi) % 1.0  # two bands go round
    style = int(rng.integers(3))
    rows = drum.material.copy()
    if style == 0:
        rows[turn < 0.22] = MATERIAL_ID["car_paint"]
    elif style == 1:
        rows[points[:, 2] > 0.6 * DRUM_M] = MATERIAL_ID["car_paint"]
    else:
        rows[(turn < 0.5) & (points[:, 2] < 0.8 * DRUM_M)] = MATERIAL_ID["cargo_box"]
    rows[points[:, 2] > 0.99 * DRUM_M] = MATERIAL_ID["metal_dark"]
    # The grid itself is twisted, so that the edges of a band are edges of triangles.
    angle = 1.1 * drum.vertices_m[:, 2]
    c, s = np.cos(angle), np.sin(angle)

    def twisted(v: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.stack([c * v[:, 0] - s * v[:, 1], s * v[:, 0] + c * v[:, 1], v[:, 2]], axis=1).astype(
            np.float32
        )

    painted = Mesh(
        twisted(drum.vertices_m), drum.triangles, twisted(drum.normals), drum.uv_m, rows, drum.semantic
    )
    return painted.moved(rotation("y", -np.pi / 2))


def mixer_gear(first_m: float, last_m: float, top_m: float) -> Mesh:
    """What holds and feeds a drum: its drive, rollers, hopper, chutes, a water tank and a ladder."""
    x = -last_m
    pieces = [
        box((0.42, 1.00, 1.00), "metal_dark", SEMANTIC, 0.06, (-first_m - 0.22, 0.0, 1.55)),
        cylinder(0.24, 1.7, "aluminium", SEMANTIC, "y", 14).moved(translation(-first_m - 0.20, -0.85, 2.42)),
        box((0.10, 1.00, 1.05), "car_paint", SEMANTIC, 0.0, (x + 1.45, 0.0, 1.52)),
    ]
    for y in (0.48, -0.48):
        pieces.append(_gusset(x, y))
        stay = [(x + 1.36, y, 2.55), (x + 1.10, y, top_m - 0.12)]
        pieces.append(tube(stay, 0.035, "car_paint", SEMANTIC, 6))
        pieces.append(cylinder(0.14, 0.16, "rubber", SEMANTIC, "x", 10).moved(translation(x + 1.42, y, 2.42)))
    # Hopper above the mouth: a funnel open at the top.
    ring = [(0.62, top_m), (0.30, top_m - 0.55), (0.22, top_m - 0.85)]
    outer = [
        np.array([(x + 1.05 + r * u * 0.8, r * v, z) for u, v in ((1, 1), (-1, 1), (-1, -1), (1, -1))])
        for r, z in ring
    ]
    inner = [
        np.array(
            [
                (x + 1.05 + (r - 0.02) * u * 0.8, (r - 0.02) * v, z)
                for u, v in ((1, 1), (-1, 1), (-1, -1), (1, -1))
            ]
        )
        for r, z in ring[:2]
    ]
    pieces.append(loft([*reversed(outer), *inner], "car_paint", SEMANTIC, caps=False))
    # Chutes: a half pipe that leans out behind, and one stowed on the side.
    chute = [(x + 0.98, 0.0, 2.72), (x + 0.16, 0.0, 1.25)]
    pieces.append(_half_pipe(chute, 0.30, "car_paint"))
    pieces.append(
        _half_pipe([(-first_m - 1.4, -1.10, 1.28), (-last_m + 1.6, -1.10, 1.28)], 0.17, "metal_galvanised")
    )
    for y in (0.62, 0.92):
        pieces.append(
            tube([(x + 0.15, y, 0.75), (x + 0.35, y, top_m - 0.25)], 0.020, "metal_galvanised", SEMANTIC, 6)
        )
    for share in np.linspace(0.05, 0.95, 9):
        at = (x + 0.15 + 0.20 * share, 0.75 + (top_m - 1.0) * share)
        pieces.append(
            tube([(at[0], 0.62, at[1]), (at[0], 0.92, at[1])], 0.015, "metal_galvanised", SEMANTIC, 5)
        )
    pieces.append(box((0.5, 0.45, 0.04), "metal_galvanised", SEMANTIC, 0.0, (x + 0.55, 0.85, top_m - 0.9)))
    fence = [
        (x + 0.32, 1.05, top_m - 0.88),
        (x + 0.32, 1.05, top_m - 0.02),
        (x + 0.80, 1.05, top_m - 0.02),
        (x + 0.80, 1.05, top_m - 0.88),
    ]
    pieces.append(tube(fence, 0.018, "metal_galvanised", SEMANTIC, 6))
    return Mesh.join(pieces)


def _gusset(x: float, y: float) -> Mesh:
    """One cheek of the stand that carries the drum's rollers."""
    outline = [(1.0, x + 0.75), (1.0, x + 2.1), (2.62, x + 1.62), (2.62, x + 1.30)]
    return extrude(outline, 0.06, "car_paint", SEMANTIC, "y").moved(translation(0.0, y - 0.03, 0.0))


def _half_pipe(path: list[tuple[float, float, float]], radius_m: float, material: str) -> Mesh:
    """A trough open upwards along a straight path, as thick as sheet metal."""
    a, b = np.array(path[0]), np.array(path[1])
    along = (b - a) / np.linalg.norm(b - a)
    side = np.cross((0.0, 0.0, 1.0), along)
    side /= np.linalg.norm(side)
    up = np.cross(along, side)
    angle = np.linspace(np.pi, 2 * np.pi, 9)
    outer = np.stack([np.cos(angle), np.sin(angle)], axis=1) * radius_m
    inner = np.stack([np.cos(angle), np.sin(angle)], axis=1)[::-1] * (radius_m - 0.02)
    section = np.concatenate([outer, inner])
    rings = [end + section[:, :1] * side + section[:, 1:] * up for end in (a, b)]
    skin = loft(rings, material, SEMANTIC, caps=False, crease_deg=50.0)
    # Closed by its two end faces, quads between outer and inner edge.
    ends = []
    for end, turned in ((a, False), (b, True)):
        for k in range(8):
            quad = [outer[k], outer[k + 1], inner[::-1][k + 1], inner[::-1][k]]
            corners = [end + u * side + v * up for u, v in quad]
            normal = np.cross(corners[1] - corners[0], corners[2] - corners[0])
            if (normal @ along > 0) != turned:
                corners = corners[::-1]
            ends.append(panel(corners, material, SEMANTIC))
    return Mesh.join([skin, *ends])


def refuse_body(first_m: float, last_m: float, low_m: float, high_m: float, look_seed: int) -> Mesh:
    """A press body with ribs, and a tailgate with its mouth, lifter, grips and steps behind."""
    gate = last_m - 2.0  # station where the tailgate begins
    wide = WIDE_M - 0.04
    z = (low_m + high_m) / 2
    tall = high_m - 0.18 - low_m
    section = superellipse(wide, tall / 2, 9.0, 28)
    rings = [
        np.stack([np.full(28, -s), section[:, 0] * k, z - 0.09 + section[:, 1] * k], axis=1)
        for s, k in ((first_m, 0.96), (first_m + 0.04, 1.0), (gate, 1.0))
    ]
    pieces = [loft(rings, "car_paint_b", SEMANTIC)]
    for station in np.arange(first_m + 0.35, gate - 0.1, 0.75):
        ring = [
            np.stack(
                [np.full(28, -float(station) + dx), section[:, 0] * 1.022, z - 0.09 + section[:, 1] * 1.03],
                axis=1,
            )
            for dx in (0.05, -0.05)
        ]
        pieces.append(loft(ring, "car_paint_b", SEMANTIC))
    # Tailgate: a side view extruded across, its mouth cut into the back as a dark trough.
    top, low = high_m - 0.02, low_m - 0.35
    side = [
        (low, -gate),
        (low - 0.02, -last_m + 0.42),
        (low + 0.28, -last_m + 0.06),
        (low + 0.75, -last_m + 0.02),
        (top - 0.95, -last_m + 0.30),
        (top - 0.22, -last_m + 0.95),
        (top, -gate - 0.45),
        (top - 0.06, -gate),
    ]
    for y in (wide - 0.10, -wide):
        pieces.append(extrude(side, 0.10, "car_paint", SEMANTIC, "y").moved(translation(0.0, y, 0.0)))
    inner = [
        (low + 0.02, -gate),
        (low + 0.02, -last_m + 0.42),
        (low + 0.26, -last_m + 0.16),
        (low + 0.72, -last_m + 0.10),
        (low + 0.50, -last_m + 0.70),
        (low + 0.35, -last_m + 1.25),
        (top - 1.15, -last_m + 1.25),
        (top - 0.95, -last_m + 0.42),
        (top - 0.26, -last_m + 0.98),
        (top - 0.05, -gate - 0.45),
        (top - 0.10, -gate),
    ]
    trough = extrude(inner, 2 * wide - 0.20, "car_paint", SEMANTIC, "y").moved(
        translation(0.0, -wide + 0.10, 0.0)
    )
    dark = (
        (trough.vertices_m[trough.triangles].mean(axis=1)[:, 2] < top - 0.95)
        & (trough.vertices_m[trough.triangles].mean(axis=1)[:, 0] < -last_m + 1.27)
        & (trough.vertices_m[trough.triangles].mean(axis=1)[:, 2] > low + 0.30)
    )
    rows = trough.material.copy()
    rows[dark] = MATERIAL_ID["underbody"]
    pieces.append(
        Mesh(trough.vertices_m, trough.triangles, trough.normals, trough.uv_m, rows, trough.semantic)
    )
    # The lifter: a comb with two arms, and bin rests.
    x = -last_m + 0.03
    pieces.append(box((0.06, 1.9, 0.10), "metal_galvanised", SEMANTIC, 0.01, (x, 0.0, low + 0.86)))
    for y in np.linspace(-0.88, 0.88, 11):
        pieces.append(box((0.05, 0.05, 0.09), "metal_galvanised", SEMANTIC, 0.0, (x, float(y), low + 0.94)))
    for y in (0.72, -0.72):
        pieces.append(
            tube([(x + 0.04, y, low + 0.86), (x + 0.30, y, low + 0.35)], 0.045, "metal_dark", SEMANTIC, 8)
        )
    left = [
        tube(
            [(-gate - 0.1, wide + 0.015, low + 0.4), (-gate - 0.75, wide + 0.015, top - 0.25)],
            0.038,
            "metal_galvanised",
            SEMANTIC,
            8,
        ),
        box((0.34, 0.40, 0.03), "metal_galvanised", SEMANTIC, 0.0, (-last_m + 0.20, wide - 0.24, low - 0.28)),
        box((0.04, 0.36, 0.34), "metal_dark", SEMANTIC, 0.0, (-last_m + 0.36, wide - 0.24, low - 0.12)),
        tube(
            [(-last_m + 0.03, wide - 0.02, low + 0.95), (-last_m + 0.02, wide - 0.02, low + 1.35)],
            0.018,
            "paint_yellow",
            SEMANTIC,
            6,
        ),
        side_tape(first_m + 0.2, gate - 0.1, low_m + 0.10, wide * 1.023 + 0.002, "contour_yellow"),
        markers(np.linspace(first_m + 0.4, gate - 0.2, 3), low_m - 0.08, wide + 0.01),
    ]
    pieces.append(mirrored_body(Mesh.join(left)))
    name = NAMES[int(stream(look_seed, "look", "refuse").integers(5))]
    size = min(0.46, 0.72 * (gate - first_m) / (0.86 * len(name)))
    for flank in ("left", "right"):
        pieces.append(
            words(name, size, ((first_m + gate) / 2, z + 0.15), wide * 1.023 + 0.004, flank, "car_paint", 0.2)
        )
    return Mesh.join(pieces)


def tipper_body(first_m: float, last_m: float, low_m: float, high_m: float, look_seed: int) -> Mesh:
    """A trough of steel that leans out, ribs on its flanks, a roof over the cab, and what it carries."""
    rng = stream(look_seed, "look", "tipper")
    rim, floor = WIDE_M - 0.075, WIDE_M - 0.20
    top = high_m - 0.42
    bottom = low_m + 0.10
    a, b = -first_m, -last_m
    walls = []
    for side in (1.0, -1.0):
        section = [(bottom, floor), (top, rim), (top, rim - 0.10), (bottom + 0.08, floor - 0.08)]
        corners = [np.array([(x, side * y, z) for z, y in section]) for x in (a, b)]
        walls.append(loft(corners, "car_paint_b", SEMANTIC))
        for x in np.linspace(a - 0.35, b + 0.35, 8):
            rib = [
                np.array(
                    [
                        (x + dx, side * (y + out), z)
                        for z, y, out in (
                            (bottom, floor, 0.06),
                            (top - 0.12, rim, 0.06),
                            (top - 0.05, rim, 0.0),
                            (top - 0.12, rim - 0.04, 0.0),
                            (bottom, floor - 0.04, 0.0),
                        )
                    ]
                )
                for dx in (0.07, -0.07)
            ]
            walls.append(loft(rib, "car_paint_b", SEMANTIC))
        walls.append(
            box(
                (a - b, 0.12, 0.12),
                "car_paint_b",
                SEMANTIC,
                0.02,
                ((a + b) / 2, side * (rim + 0.01), top - 0.03),
            )
        )
    pieces = [
        *walls,
        box((a - b, 2 * floor, 0.10), "car_paint_b", SEMANTIC, 0.0, ((a + b) / 2, 0.0, bottom + 0.03)),
        extrude(
            [(bottom, -0.0), (top + 0.42, 0.0), (top + 0.42, 0.06), (bottom, 0.06)],
            2 * rim - 0.06,
            "car_paint_b",
            SEMANTIC,
            "y",
        ).moved(translation(a - 0.06, -rim + 0.03, 0.0)),
        box((0.95, 2 * rim - 0.16, 0.05), "car_paint_b", SEMANTIC, 0.01, (a + 0.42, 0.0, high_m - 0.03)),
        box(
            (0.08, 2 * floor + 0.12, top - bottom - 0.06),
            "car_paint_b",
            SEMANTIC,
            0.0,
            (b + 0.06, 0.0, (top + bottom) / 2),
        ),
        cylinder(0.045, 2 * rim - 0.1, "metal_dark", SEMANTIC, "y", 8).moved(
            translation(b + 0.05, -rim + 0.05, top - 0.03)
        ),
    ]
    load = int(rng.integers(4))
    if load:
        material = ("gravel", "soil", "asphalt_broken")[load - 1]
        x, y = np.meshgrid(
            np.linspace(a - 0.12, b + 0.12, 12), np.linspace(rim - 0.10, -rim + 0.10, 7), indexing="ij"
        )
        crown = np.cos(np.pi * (x - (a + b) / 2) / (a - b) * 0.96) ** 0.7 * np.cos(
            np.pi * y / (2 * rim) * 0.98
        )
        height = (
            top
            - 0.30
            + (0.30 + 0.34 * rng.uniform(0.4, 1.0)) * crown
            + rng.normal(0.0, 0.025, x.shape) * (crown > 0.15)
        )
        pieces.append(sheet(np.stack([x, y, height], axis=-1)[:, ::-1], material, SEMANTIC, 70.0))
    left = [
        markers(np.linspace(first_m + 0.4, last_m - 0.4, 3), low_m + 0.0, WIDE_M),
        side_tape(first_m + 0.1, last_m - 0.1, low_m - 0.03, WIDE_M - 0.03, "contour_white"),
        box(
            (a - b - 0.1, 0.05, 0.10),
            "metal_dark",
            SEMANTIC,
            0.0,
            ((a + b) / 2, WIDE_M - 0.056, low_m - 0.005),
        ),
    ]
    pieces.append(mirrored_body(Mesh.join(left)))
    return Mesh.join(pieces)
