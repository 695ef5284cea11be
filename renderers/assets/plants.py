"""All plants by name: trees, bushes, grass and crops at the detail that their distance asks for.  Renderers floor."""

from collections.abc import Callable

import numpy as np

from renderers.assets import conifers, palms, shrubs, trees
from renderers.assets.foliage import VEGETATION
from renderers.assets.forms import Floats, mesh_of, unit
from renderers.mesh import Mesh
from scenarios.chance import stream


def plant(kind: str, look_seed: int, detail: float = 1.0) -> Mesh:
    """A plant of a kind in `KINDS`, grown from its seed, its foot at the origin; `detail` scales the number of cards."""
    if kind not in KINDS:
        raise KeyError(f"no plant {kind!r}; there are {', '.join(KINDS)}")
    return KINDS[kind](stream(look_seed, "plant", kind), detail)


def _tree(kind: str) -> Callable[[np.random.Generator, float], Mesh]:
    return lambda rng, detail: trees.tree(rng, detail, trees.SPECIES[kind])


def outline(kind: str, look_seed: int) -> Mesh:
    """A tree seen from a hundred metres: boughs, clumps of leaves or twigs in one upright sheet that looks along +x."""
    rng = stream(look_seed, "plant", "outline", kind)
    if kind in ("conifer", "pine"):
        flat, height, half = _hanging_boughs(rng)
        material = "leaf_conifer"
    elif kind.startswith("bare"):
        flat, height, half = _star(rng, 48, 0.30)  # twigs stand out like the rays of a star
        material = "bark"
    else:
        flat, height, half = _clumps(rng)
        material = "leaf_autumn" if kind.startswith("autumn") else "leaf"
    flat[:, 1] = np.maximum(flat[:, 1], -0.5)
    corners = np.column_stack([np.zeros(len(flat)), flat])
    # Every face looks its own way a little, as clumps of leaves do.
    round_off = np.column_stack([np.ones(len(flat)), 0.9 * flat[:, 0] / half, 0.35 + flat[:, 1] / height])
    normals = unit(round_off + np.repeat(0.35 * rng.normal(size=(len(flat) // 3, 3)), 3, axis=0))
    triangles = np.arange(len(flat)).reshape(-1, 3)
    return mesh_of(corners, triangles, normals, flat, material, VEGETATION)


def _hanging_boughs(rng: np.random.Generator) -> tuple[Floats, float, float]:
    """Corners (3 T, 2) of a spruce's sheet, its height and half its width: boughs to both sides, one below the other."""
    height, half = float(rng.uniform(13, 20)), float(rng.uniform(2.2, 3.1))
    whorls = 30
    share = (np.repeat(np.arange(whorls), 2) + rng.uniform(0.0, 0.8, 2 * whorls)) / whorls
    side = np.tile((1.0, -1.0), whorls)
    reach = side * (half * (1.0 - share) ** 0.85 * rng.uniform(0.7, 1.15, 2 * whorls) + 0.12)
    z = height * (0.03 + 0.95 * share)
    sink = (
        (0.42 - 0.6 * share) * np.abs(reach) * rng.uniform(0.6, 1.3, 2 * whorls)
    )  # those of the top point up
    deep = height / whorls * (1.9 - 0.7 * share)
    root, below = np.stack([-0.06 * reach, z + 0.4 * deep], 1), np.stack([0.0 * z, z - deep], 1)
    tip = np.stack([reach, z - sink], 1)
    elbow = np.stack([0.55 * reach, z - 0.45 * sink - 0.75 * deep], 1)
    faces = np.stack([root, below, tip, below, elbow, tip], axis=1).reshape(-1, 2)
    return faces, height, half


def _star(rng: np.random.Generator, points: int, depth: float) -> tuple[Floats, float, float]:
    """The same of a round crown whose rim goes in and out."""
    height, half = float(rng.uniform(10, 15)), float(rng.uniform(3.6, 5.2))
    turn = np.linspace(0.0, 2 * np.pi, points, endpoint=False)
    reach = rng.uniform(0.86, 1.08, points)
    reach[::2] *= depth
    rim = np.stack([half * reach * np.cos(turn), height * (0.48 + 0.50 * reach * np.sin(turn))], axis=1)
    middle = np.array((0.0, height * 0.42))
    inner = middle + (rim - middle) * 0.55
    after, inner_after = np.roll(rim, -1, axis=0), np.roll(inner, -1, axis=0)
    ring = [
        (inner, rim, after),
        (inner, after, inner_after),
        (np.broadcast_to(middle, inner.shape), inner, inner_after),
    ]
    return np.concatenate([np.stack(face, axis=1) for face in ring]).reshape(-1, 2), height, half


def _clumps(rng: np.random.Generator) -> tuple[Floats, float, float]:
    """The same of a crown in leaf: a core, and clumps of leaves over it and beyond its rim."""
    core, height, half = _star(rng, 18, 0.86)
    middle = np.array((0.0, height * 0.42))
    count = 220
    turn = rng.uniform(0.0, 2 * np.pi, count)
    away = np.sqrt(rng.uniform(0.10, 1.0, count)) * rng.uniform(0.92, 1.04, count)
    place = np.stack([half * away * np.cos(turn), height * (0.48 + 0.50 * away * np.sin(turn))], axis=1)
    size = 0.10 * half * rng.uniform(0.6, 1.3, count)
    spin = rng.uniform(0.0, 2 * np.pi, count)
    around = spin[:, None] + np.array((0.0, 2.1, 4.2)) + rng.normal(scale=0.25, size=(count, 3))
    leaves = place[:, None] + size[:, None, None] * np.stack(
        [1.15 * np.cos(around), 0.9 * np.sin(around)], axis=2
    )
    return np.concatenate([middle + (core - middle) * 0.88, leaves.reshape(-1, 2)]), height, half


KINDS: dict[str, Callable[[np.random.Generator, float], Mesh]] = {
    **{kind: _tree(kind) for kind in trees.SPECIES},
    "conifer": conifers.spruce,
    "pine": conifers.pine,
    "palm": palms.palm,
    "bush": shrubs.bush,
    "bush_autumn": lambda rng, detail: shrubs.bush(rng, detail * 0.6, "leaf_autumn"),
    "reeds": shrubs.reeds,
    "grass": shrubs.grass,
    "maize": shrubs.maize,
    "wheat": shrubs.wheat,
}
