"""Building material that has been spilled: bricks, sand, planks.  Renderers floor."""

import numpy as np

from renderers.assets.debris import CLASS, Size, whole
from renderers.loft import Floats, Ints, box, grid_triangles, hull, loft, rotation, surface, translation
from renderers.mesh import Asset, Mesh
from scenarios.chance import stream

BRICK_M = (0.24, 0.115, 0.071)  # DIN 105 normal format
LAYERS = ((0, 30, 1.0), (1, 11, 0.45), (2, 3, 0.2))  # (layer, bricks, how far they lie from the middle)
REPOSE = 0.62  # tangent of the angle at which dry sand slips: 32 degrees


def build_bricks(
    model: str, look_seed: int, size_m: Size, color: str | None = None, clothing: str | None = None
) -> Asset:
    """Bricks off a lorry: flat ones strewn about, a few on top of others at a tilt, halves, crumbs."""
    rng = stream(look_seed, "look", model)
    clinker = rng.random() < 0.3
    pieces: list[Mesh] = []
    for layer, count, reach in LAYERS:
        for k in range(count):
            way, far = rng.uniform(0, 2 * np.pi), reach * np.sqrt((k + rng.uniform(0.2, 1.0)) / count)
            long, wide, tall = BRICK_M
            if rng.random() < 0.22:
                long *= float(rng.uniform(0.35, 0.6))
            on_edge = rng.random() < 0.25
            made = _brick(rng, (long, tall, wide) if on_edge else (long, wide, tall), clinker)
            tilt = 0.0 if layer == 0 else float(rng.uniform(0.08, 0.42))
            turn = rotation("z", float(rng.uniform(0, 2 * np.pi))) @ rotation("x", tilt)
            high = (wide if on_edge else tall) / 2 + layer * 0.072 + 0.5 * tilt * wide
            at = (0.95 * far * np.cos(way), 0.74 * far * np.sin(way), high)
            pieces.append(made.moved(translation(*(float(v) for v in at)) @ turn))
    for _ in range(26):  # crumbs
        size = float(rng.uniform(0.012, 0.04))
        x, y = rng.normal(scale=(0.5, 0.4))
        points = rng.normal(size=(9, 3)) * size * 0.5
        points[:, 2] -= points[:, 2].min()
        material = "brick_dust" if rng.random() < 0.5 else "brick_loose"
        pieces.append(surface(points + np.array((x, y, 0.0)), hull(points), material, CLASS, crease_deg=20.0))
    return whole(model, size_m, pieces)


def _brick(rng: np.random.Generator, size: Size, clinker: bool) -> Mesh:
    material = "brick_clinker" if clinker else "brick_pale" if rng.random() < 0.25 else "brick_loose"
    return box(size, material, CLASS, 0.004)


def build_sand(
    model: str, look_seed: int, size_m: Size, color: str | None = None, clothing: str | None = None
) -> Asset:
    """A heap of sand at its angle of repose, its foot run out, slumped to one side."""
    rng = stream(look_seed, "look", model)
    rows, sides = 15, 40
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    share = np.linspace(0.0, 1.0, rows)
    rim = np.ones(sides)
    for n in (2, 3, 4, 6):
        rim += rng.normal(scale=0.10 / n) * np.cos(n * angle + rng.uniform(0, 6.3))
    top = rng.normal(scale=0.10, size=2)
    # Straight flanks, a rounded crest and a thin apron.
    fall = np.interp(share, (0.0, 0.10, 0.24, 0.72, 0.86, 1.0), (1.0, 0.975, 0.84, 0.20, 0.055, 0.0))
    r = share[:, None] * rim[None]
    x = r * np.cos(angle) + top[0] * (1 - share[:, None])
    y = r * np.sin(angle) + top[1] * (1 - share[:, None])
    lumps = np.zeros((rows, sides))
    for kx, ky in rng.uniform(-14, 14, size=(14, 2)):
        lumps += rng.normal(scale=0.010) * np.cos(kx * x + ky * y + rng.uniform(0, 6.3))
    z = REPOSE * 0.72 * (fall[:, None] + lumps * (fall[:, None] > 0.0) * (0.4 + fall[:, None]))
    grid = np.stack([x, y, np.maximum(z, 0.0)], -1)
    grid[0] = grid[0].mean(axis=0)
    points = np.concatenate([grid.reshape(-1, 3), [(0.0, 0.0, 0.0)]])
    skin = grid_triangles(rows, sides, close_columns=True)
    last = (rows - 1) * sides + np.arange(sides)
    floor = np.stack([np.full(sides, len(points) - 1), np.roll(last, -1), last], 1)
    skin = skin[:, (0, 2, 1)]
    return whole(
        model, size_m, [surface(points, _outwards(points, np.concatenate([skin, floor])), "sand", CLASS)]
    )


def _outwards(points: Floats, triangles: Ints) -> Ints:
    """Right side out: the volume of the closed surface is positive."""
    a, b, c = (points[triangles[:, k]] for k in range(3))
    volume = float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum())
    return triangles if volume > 0.0 else triangles[:, (0, 2, 1)]


def build_plank(
    model: str, look_seed: int, size_m: Size, color: str | None = None, clothing: str | None = None
) -> Asset:
    """A scaffold board or plank, warped, with a split end and steel bands round its ends."""
    rng = stream(look_seed, "look", model)
    grey = rng.random() < 0.5
    x = np.linspace(-1.5, 1.5, 13)
    bow = float(rng.uniform(-0.012, 0.02)) * (1 - (x / 1.5) ** 2) + 0.012
    twist = float(rng.uniform(-0.05, 0.05)) * x / 1.5
    rings = []
    for here, lift, turn in zip(x, bow, twist, strict=True):
        c, s = np.cos(turn), np.sin(turn)
        corner = np.array([(-0.10, -0.019), (0.10, -0.019), (0.10, 0.019), (-0.10, 0.019)])
        y, z = corner[:, 0] * c - corner[:, 1] * s, corner[:, 0] * s + corner[:, 1] * c
        rings.append(np.column_stack([np.full(4, here) + rng.normal(scale=0.004, size=4), y, z + lift]))
    board = "pallet_wood_grey" if grey else "pallet_wood"
    pieces = [loft(np.array(rings), board, CLASS, True, 25.0)]
    for end, lift in ((-1.44, bow[0]), (1.44, bow[-1])):
        pieces.append(box((0.045, 0.205, 0.041), "metal_galvanised", CLASS, 0.001, (end, 0.0, float(lift))))
    return whole(model, size_m, pieces)
