"""Bushes, hedges, reeds, grass and crops.  Renderers floor."""

import numpy as np

from renderers.assets.foliage import VEGETATION, ball, leaf_cards, leaf_sprays, twigs
from renderers.assets.forms import Floats, mesh_of, tube, unit
from renderers.loft import box
from renderers.mesh import Mesh
from scenarios.chance import stream


def bush(rng: np.random.Generator, detail: float, leaf: str = "leaf") -> Mesh:
    size = np.array((rng.uniform(0.5, 0.95), rng.uniform(0.5, 0.95), rng.uniform(0.45, 0.8)))
    middle = np.array((0.0, 0.0, size[2] * 0.95))
    # Close by leaves are as small as leaves are; further off fewer and larger ones cover the same.
    finer = max(detail, 1.0)
    count = max(60, int(330 * detail * finer**1.2))
    inside = ball(rng, count)
    spots = (
        (0, 0, 0.14)
        + middle
        + inside * size * (1.0 + 0.15 * np.sin(5 * inside[:, :1]) * np.cos(4 * inside[:, 1:2]))
    )
    outward, length = (
        inside + np.array((0, 0, 0.3)),
        0.20 / np.sqrt(detail * finer**1.2) * rng.uniform(0.55, 1.3, count),
    )
    cards = (
        leaf_sprays(rng, spots, outward, 1.15 * length, leaf, 0.5)
        if detail > 0.7
        else leaf_cards(rng, spots, outward, length, 0.75, leaf, 0.5)
    )
    stems = [
        tube(
            [(0, 0, 0), middle + tip * size * 0.7], (0.022, 0.008), 3, "bark", VEGETATION, caps=(False, False)
        )
        for tip in ball(rng, 5)
    ]
    return Mesh.join([*stems, cards])


def reeds(rng: np.random.Generator, detail: float) -> Mesh:
    """A tuft of tall dry grass."""
    count = max(12, int(46 * detail))
    foot = rng.normal(scale=0.14, size=(count, 2))
    tip = foot * 2.2 + rng.normal(scale=0.10, size=(count, 2))
    feet = np.column_stack([foot, np.zeros(count)])
    return twigs(feet, np.column_stack([tip, rng.uniform(0.35, 0.85, count)]), 0.012, "reed", 1)


def hedge(
    length_m: float, height_m: float, look_seed: int, detail: float = 1.0, depth_m: float = 0.7
) -> Mesh:
    """A clipped hedge along +x from the origin: a dark core under a coat of leaf cards."""
    return Mesh.join(
        [
            hedge_core(length_m, height_m, depth_m),
            hedge_leaves(length_m, height_m, look_seed, detail, depth_m),
        ]
    )


def hedge_core(length_m: float, height_m: float, depth_m: float = 0.7) -> Mesh:
    """What is dark inside a hedge and stands still."""
    return box(
        (length_m - 0.12, depth_m - 0.22, height_m - 0.10),
        "hedge",
        VEGETATION,
        centre_m=(length_m / 2, 0.0, (height_m - 0.10) / 2),
    )


def hedge_leaves(
    length_m: float, height_m: float, look_seed: int, detail: float = 1.0, depth_m: float = 0.7
) -> Mesh:
    """The coat of a hedge."""
    rng = stream(look_seed, "plant", "hedge")
    sides = np.array(
        (length_m * height_m, length_m * height_m, length_m * depth_m, depth_m * height_m, depth_m * height_m)
    )
    count = int(sides.sum() * 42 * detail)
    side = rng.choice(5, count, p=sides / sides.sum())
    u, v = rng.uniform(0, 1, count), rng.uniform(0.02, 1, count)
    spots, outward = np.empty((count, 3)), np.zeros((count, 3))
    for k, (way, place) in enumerate(
        (
            ((0, -1, 0), (u * length_m, np.full(count, -depth_m / 2 + 0.06), v * height_m)),
            ((0, 1, 0), (u * length_m, np.full(count, depth_m / 2 - 0.06), v * height_m)),
            ((0, 0, 1), (u * length_m, (v - 0.5) * depth_m, np.full(count, height_m - 0.04))),
            ((-1, 0, 0), (np.full(count, 0.04), (u - 0.5) * depth_m, v * height_m)),
            ((1, 0, 0), (np.full(count, length_m - 0.04), (u - 0.5) * depth_m, v * height_m)),
        )
    ):
        mine = side == k
        spots[mine] = np.stack(place, axis=1)[mine]
        outward[mine] = way
    return leaf_cards(
        rng, spots, outward, 0.21 / np.sqrt(detail) * rng.uniform(0.7, 1.2, count), 0.8, "hedge", 0.45
    )


def grass(rng: np.random.Generator, detail: float) -> Mesh:
    """A tuft of uncut grass, with seed heads above it."""
    count = max(14, int(170 * detail))
    foot = rng.normal(scale=0.16, size=(count, 2))
    lean = foot * 0.7 + rng.normal(scale=0.10, size=(count, 2))
    tall = rng.uniform(0.16, 0.42, count)
    feet = np.column_stack([foot, np.zeros(count)])
    blades = twigs(feet, np.column_stack([foot + lean, tall]), 0.010, "grass_blade", 1)
    few = feet[: max(4, count // 6)]
    heads = few + np.column_stack(
        [rng.normal(scale=0.08, size=(len(few), 2)), rng.uniform(0.4, 0.62, len(few))]
    )
    return Mesh.join([blades, twigs(few, heads, 0.005, "reed", 1)])


def _blades(
    rng: np.random.Generator, foot: Floats, way: Floats, long: Floats, width: float, material: str
) -> Mesh:
    """Long leaves that rise, bend and hang: four triangles each."""
    count = len(foot)
    t = np.array((0.0, 0.30, 0.65, 1.0))
    rise = np.array((0.0, 0.30, 0.34, 0.02))
    path = foot[:, None] + way[:, None] * (long[:, None] * t * 0.85)[..., None]
    path[..., 2] += long[:, None] * rise * rng.uniform(0.75, 1.2, size=(count, 1))
    side = np.column_stack([-way[:, 1], way[:, 0], np.zeros(count)])
    half = width * np.array((0.7, 1.0, 0.8))
    left, right = (path[:, :3] + sign * side[:, None] * half[None, :, None] for sign in (1.0, -1.0))
    points = np.concatenate([left, right, path[:, 3:]], axis=1)  # 3 left, 3 right, tip
    faces = np.array(((0, 3, 4), (0, 4, 1), (1, 4, 5), (1, 5, 2), (2, 5, 6)))
    triangles = (np.arange(count)[:, None, None] * 7 + faces).reshape(-1, 3)
    normal = np.repeat(unit(way * (0.2, 0.2, 0.0) + (0.0, 0.0, 1.0)), 7, axis=0)
    uv = points[..., [0, 2]].reshape(-1, 2)
    return mesh_of(points.reshape(-1, 3), triangles, normal, uv, material, VEGETATION)


def maize(rng: np.random.Generator, detail: float) -> Mesh:
    """Two metres of a double row of maize, 2 m high: arching leaves, tassels on top."""
    step = 0.17 / min(1.0, max(detail, 0.3))
    x = np.concatenate([np.arange(-1.0, 1.0, step), np.arange(-1.0, 1.0, step)])
    y = np.repeat((-0.375, 0.375), len(x) // 2)
    feet = np.column_stack([x, y, np.zeros(len(x))]) + rng.normal(scale=(0.02, 0.02, 0.0), size=(len(x), 3))
    tall = rng.uniform(1.75, 2.25, len(x))
    tops = feet + np.column_stack([rng.normal(scale=0.04, size=(len(x), 2)), tall])
    leaves = 9 if detail > 0.6 else 6
    share = np.tile(np.linspace(0.10, 0.88, leaves), len(x))
    stalk = np.repeat(np.arange(len(x)), leaves)
    turn = np.pi * np.tile(np.arange(leaves) % 2, len(x)) + np.repeat(rng.uniform(0, np.pi, len(x)), leaves)
    turn = turn + rng.normal(scale=0.3, size=len(turn))
    way = np.column_stack([np.cos(turn), np.sin(turn), np.zeros(len(turn))])
    foot = feet[stalk] + (tops - feet)[stalk] * share[:, None]
    long = np.interp(share, (0.1, 0.5, 0.9), (0.55, 0.85, 0.5)) * rng.uniform(0.8, 1.15, len(share))
    tassels = np.repeat(tops, 4, axis=0)
    ends = tassels + rng.normal(scale=(0.07, 0.07, 0.03), size=(len(tassels), 3)) + (0.0, 0.0, 0.22)
    return Mesh.join([
        twigs(feet, tops, 0.016, "leaf_maize", 2),
        _blades(rng, foot, way, long, 0.038, "leaf_maize"),
        twigs(tassels, ends, 0.012, "reed", 1),
    ])  # fmt: skip


def wheat(rng: np.random.Generator, detail: float) -> Mesh:
    """A square metre of ripe wheat, 0.85 m high, ears nodding."""
    count = max(30, int(230 * detail))
    feet = np.column_stack([rng.uniform(-0.5, 0.5, size=(count, 2)), np.zeros(count)])
    lean = rng.normal(scale=0.05, size=(count, 2)) + np.array((0.04, 0.0))
    tops = feet + np.column_stack([lean, rng.uniform(0.66, 0.82, count)])
    ears = tops + np.column_stack(
        [lean + rng.normal(scale=0.03, size=(count, 2)), rng.uniform(0.03, 0.09, count)]
    )
    wide = 1.0 / np.sqrt(min(1.0, detail))
    return Mesh.join([
        twigs(feet, feet + 1.12 * (tops - feet), 0.007 * wide, "wheat", 2),
        twigs(tops - 0.6 * (ears - tops), ears, 0.0065 * wide, "wheat", 2),
    ])  # fmt: skip
