"""Leaves, twigs and branches that plants are made of.  Renderers floor.

A leaf card stands for a spray of leaves.  Crowns keep open gaps on purpose: a lidar return from inside a crown, and
sky seen through it, are what tell a tree from a green ball.
"""

import numpy as np

from renderers import triples
from renderers.assets.forms import Floats, mesh_of, tube, unit
from renderers.mesh import Mesh

VEGETATION = "vegetation"
GOLDEN_RAD = np.pi * (3.0 - np.sqrt(5.0))  # successive leaves of a stem turn by this (phyllotaxis)


def leaf_cards(
    rng: np.random.Generator,
    centres: Floats,
    outward: Floats,
    length_m: Floats,
    width: float,
    material: str,
    tilt: float,
) -> Mesh:
    """Kite-shaped sprays about their centres, facing roughly outwards and hanging a little.

    Normals lean towards the crown's own outward direction, so that the crown shades as one round body.
    """
    count = len(centres)
    facing = unit(outward + tilt * rng.normal(size=(count, 3)))
    along = unit(triples.cross(facing, rng.normal(size=(count, 3))) - np.array((0.0, 0.0, 0.35)))
    along = unit(along - facing * triples.total(along * facing)[:, None])
    across = triples.cross(facing, along)
    half = length_m[:, None] / 2
    bulge = half * width
    corners = np.stack(
        [
            centres - along * half,
            centres - along * half * 0.1 + across * bulge,
            centres + along * half,
            centres - along * half * 0.1 - across * bulge,
        ],
        axis=1,
    )
    # The side corners dip behind the card's plane: a spray is not a sheet of paper.
    corners[:, 1::2] -= (facing * half * 0.22)[:, None]
    normals = np.repeat(unit(facing * 0.45 + unit(outward)), 4, axis=0)
    base = np.arange(count)[:, None] * 4
    triangles = np.concatenate([base + np.array((0, 2, 1)), base + np.array((0, 3, 2))], axis=1).reshape(
        -1, 3
    )
    # Texture runs along the spray in metres, from anywhere in the tile.
    shape = np.array(((0.0, 0.0), (0.45, 0.5 * width), (1.0, 0.0), (0.45, -0.5 * width)))
    uv = (shape[None] * length_m[:, None, None] + rng.uniform(0, 1, size=(count, 1, 2))).reshape(-1, 2)
    return mesh_of(corners.reshape(-1, 3), triangles, normals, uv, material, VEGETATION)


def ball(rng: np.random.Generator, count: int) -> Floats:
    """Points evenly through the unit ball, more towards its surface as leaves are."""
    way = unit(rng.normal(size=(count, 3)))
    shell: Floats = way * rng.uniform(0.25, 1.0, size=(count, 1)) ** 0.5
    return shell


def branch(
    start: Floats,
    end: Floats,
    thick_m: float,
    thin_m: float,
    sides: int,
    material: str,
    sag: float,
    steps: int,
) -> Mesh:
    """A limb that leaves its parent outwards and then bends up (sag < 0) or hangs (sag > 0)."""
    t = np.linspace(0, 1, steps)[:, None]
    length = float(np.linalg.norm(end - start))
    path = start + (end - start) * t
    path[:, 2] -= sag * length * (4 * t * (1 - t))[:, 0]
    radius = thick_m + (thin_m - thick_m) * t[:, 0]
    return tube(path, radius, sides, material, VEGETATION, caps=(False, False))


def twigs(starts: Floats, ends: Floats, width_m: float, material: str, sides: int) -> Mesh:
    """Twigs that taper to a point: three faces each, or one where they are thinner than a pixel anyway."""
    along = unit(ends - starts)
    side = unit(triples.cross(along, (0.37, 0.61, 0.70)))
    other = triples.cross(along, side)
    corners, normals = [], []
    for k in range(sides):
        low, high = (2 * np.pi * (k + turn) / max(sides, 2) for turn in (0, 1))
        a = starts + width_m * (np.cos(low) * side + np.sin(low) * other)
        b = starts + width_m * (np.cos(high) * side + np.sin(high) * other)
        corners.append(np.stack([a, b, ends], axis=1))
        facing = unit(triples.cross(b - a, ends - a))
        normals.append(np.repeat(facing[:, None], 3, axis=1))
    points, normal = np.concatenate(corners).reshape(-1, 3), np.concatenate(normals).reshape(-1, 3)
    triangles = np.arange(len(points)).reshape(-1, 3)
    return mesh_of(points, triangles, normal, np.zeros((len(points), 2)), material, VEGETATION)


def leaf_sprays(
    rng: np.random.Generator, centres: Floats, outward: Floats, length_m: Floats, material: str, tilt: float
) -> Mesh:
    """Three pointed leaves each, spread from a common foot and bent out of its plane: finer against the sky than a card.

    Normals lean towards the crown's own outward direction, as those of cards do.
    """
    count = len(centres)
    facing = unit(outward + tilt * rng.normal(size=(count, 3)))
    along = unit(triples.cross(facing, rng.normal(size=(count, 3))) - np.array((0.0, 0.0, 0.35)))
    along = unit(along - facing * triples.total(along * facing)[:, None])
    across = triples.cross(facing, along)
    foot = centres - along * (0.45 * length_m[:, None])
    corners, shapes = [], []
    for turn in (-0.85, 0.05, 0.80):
        spread = turn + 0.18 * rng.normal(size=count)
        way = np.cos(spread)[:, None] * along + np.sin(spread)[:, None] * across
        way = unit(way - facing * rng.uniform(0.05, 0.45, size=(count, 1)))
        side = triples.cross(facing, way)
        long = length_m * rng.uniform(0.75, 1.05, count)
        wide = 0.24 * length_m
        # Its base stands across the way a little before the foot, so that three leaves make one tuft without a hole.
        low = foot + way * (0.12 * long)[:, None]
        corners.append(
            np.stack(
                [low - side * wide[:, None], low + side * wide[:, None], foot + way * long[:, None]], axis=1
            )
        )
        shapes.append(
            np.stack([-wide, 0 * long, wide, 0 * long, 0 * long, long], axis=1).reshape(count, 3, 2)
        )
    flat = np.stack(corners, axis=1).reshape(-1, 3)
    normals = np.repeat(unit(facing * 0.45 + unit(outward)), 9, axis=0)
    uv = np.stack(shapes, axis=1) + rng.uniform(0, 1, size=(count, 1, 1, 2))
    return mesh_of(
        flat, np.arange(len(flat)).reshape(-1, 3), normals, uv.reshape(-1, 2), material, VEGETATION
    )
