"""All plants by name: trees, bushes, grass and crops at the detail that their distance asks for.  Renderers floor."""

from collections.abc import Callable

import numpy as np

from renderers.assets import conifers, palms, shrubs, trees
from renderers.assets.foliage import VEGETATION
from renderers.assets.forms import mesh_of, unit
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
    """A tree seen from hundreds of metres: its ragged outline as one upright sheet that looks along +x."""
    rng = stream(look_seed, "plant", "outline", kind)
    if kind in ("conifer", "pine"):
        height, half = float(rng.uniform(13, 20)), float(rng.uniform(2.4, 3.4))
        levels = np.linspace(0.0, 1.0, 13)
        right = [
            (half * (1 - s) ** 0.9 * rng.uniform(0.75, 1.15) * (1.0 if k % 2 else 0.58), s * height)
            for k, s in enumerate(levels)
        ]
        left = [
            (-half * (1 - s) ** 0.9 * rng.uniform(0.75, 1.15) * (1.0 if k % 2 else 0.58), s * height)
            for k, s in enumerate(levels)
        ]
        rim = np.array([*right, *left[::-1]])
        material = "leaf_conifer"
    else:
        height, half = float(rng.uniform(10, 15)), float(rng.uniform(3.6, 5.2))
        turn = np.linspace(0.0, 2 * np.pi, 48 if kind.startswith("bare") else 24, endpoint=False)
        reach = rng.uniform(0.86, 1.08, len(turn))
        reach[::2] *= 0.30 if kind.startswith("bare") else 0.84  # twigs stand out like the rays of a star
        rim = np.stack([half * reach * np.cos(turn), height * (0.48 + 0.50 * reach * np.sin(turn))], axis=1)
        material = (
            "bark" if kind.startswith("bare") else "leaf_autumn" if kind.startswith("autumn") else "leaf"
        )
    rim[:, 1] = np.maximum(rim[:, 1], -0.5)
    middle = np.array((0.0, height * 0.42))
    inner = middle + (rim - middle) * 0.55
    after, inner_after = np.roll(rim, -1, axis=0), np.roll(inner, -1, axis=0)
    flat = np.concatenate(
        [
            np.stack([inner, rim, after], axis=1),
            np.stack([inner, after, inner_after], axis=1),
            np.stack([np.broadcast_to(middle, inner.shape), inner, inner_after], axis=1),
        ]
    ).reshape(-1, 2)
    corners = np.column_stack([np.zeros(len(flat)), flat])
    # Every face looks its own way a little, as clumps of leaves do.
    round_off = np.column_stack([np.ones(len(flat)), 0.9 * flat[:, 0] / half, 0.35 + flat[:, 1] / height])
    normals = unit(round_off + np.repeat(0.55 * rng.normal(size=(len(flat) // 3, 3)), 3, axis=0))
    triangles = np.arange(len(flat)).reshape(-1, 3)
    return mesh_of(corners, triangles, normals, flat, material, VEGETATION)


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
