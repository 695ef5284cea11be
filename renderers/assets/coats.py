"""Coats of animals: three colours, and the outlines of patches, saddles, stripes and socks.  Renderers floor.

A mark is the region where a field over the resting body is positive; the skin is cut along the field's zero line, so
that a patch ends where it ends and not where a triangle does.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from renderers.assets.forms import Floats, unit
from renderers.materials import MATERIAL_ID
from renderers.mesh import Mesh

Rgb = tuple[float, float, float]
Where = Callable[[Floats], Floats]  # points of the resting animal -> positive inside the mark
TONES = ((0.055, "dark"), (0.24, "mid"), (9.0, "light"))  # brightest of each, by luminance


def fur(tint: Rgb, row: int) -> str:
    """The fur for a colour in a row of the tints: what is dark to the eye is darker to a laser, too."""
    light = 0.21 * tint[0] + 0.72 * tint[1] + 0.07 * tint[2]
    tone = next(name for most, name in TONES if light < most)
    return f"fur_{tone}_{'abc'[row]}"


@dataclass(frozen=True, slots=True)
class Mark:
    """A region of some parts (all whose names start so; none: the whole animal) in the colour of a row of tints."""

    row: int
    where: Where
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Coat:
    tints: tuple[Rgb, Rgb, Rgb]
    marks: tuple[Mark, ...] = ()
    hair: int = 0  # row of tints of mane and tail
    ears: int = 0
    words: frozenset[str] = field(default_factory=frozenset)  # "horned", "bald face"

    def material(self, row: int) -> str:
        return fur(self.tints[row], row)


def clouds(rng: np.random.Generator, length_m: float, waves: int = 7) -> Where:
    """Smooth noise of about unit variance whose patches are about as long as that."""
    way = unit(rng.normal(size=(waves, 3))) * (2 * np.pi / length_m) * rng.uniform(0.55, 1.3, size=(waves, 1))
    phase = rng.uniform(0, 2 * np.pi, waves)

    def value(points: Floats) -> Floats:
        made: Floats = np.sin(points @ way.T + phase).sum(axis=1) * np.sqrt(2.0 / waves)
        return made

    return value


# ---------------------------------------------------------------------------------------------------- dyeing
def dyed(mesh: Mesh, at_m: Floats, part: str, coat: Coat) -> Mesh:
    """A part in its marks; `at_m` is its origin in the resting animal's frame."""
    furs = {MATERIAL_ID[coat.material(row)] for row in range(3)}
    for mark in coat.marks:
        if not mark.parts or part.startswith(mark.parts):
            only = np.isin(mesh.material, list(furs))
            value = mark.where(mesh.vertices_m.astype(np.float64) + at_m)
            mesh = _cut(mesh, value, only, MATERIAL_ID[coat.material(mark.row)])
    return mesh


def _cut(
    mesh: Mesh, value: Floats, only: "np.ndarray[tuple[int], np.dtype[np.bool_]]", material: int
) -> Mesh:
    """The mesh with another material where `value` is positive, its triangles split where it is zero."""
    side = value[mesh.triangles] > 0.0
    above = side.sum(axis=1)
    whole = only & (above == 3)
    split = np.flatnonzero(only & (above > 0) & (above < 3))
    rows = mesh.material.copy()
    rows[whole] = material
    if not len(split):
        return Mesh(mesh.vertices_m, mesh.triangles, mesh.normals, mesh.uv_m, rows, mesh.semantic)
    # The corner that stands alone comes first.
    alone = np.where((above[split] == 1)[:, None], side[split], ~side[split])
    first = np.argmax(alone, axis=1)
    a, b, c = (mesh.triangles[split, (first + k) % 3] for k in range(3))
    count, base = len(split), len(mesh.vertices_m)

    def between(
        p: "np.ndarray[tuple[int], np.dtype[np.int32]]", q: "np.ndarray[tuple[int], np.dtype[np.int32]]"
    ) -> tuple[Floats, ...]:
        t = np.clip(value[p] / (value[p] - value[q]), 0.06, 0.94)[:, None]
        return tuple(
            (1 - t) * field[p] + t * field[q] for field in (mesh.vertices_m, mesh.normals, mesh.uv_m)
        )

    ab, ac = between(a, b), between(a, c)
    p, q = base + np.arange(count), base + count + np.arange(count)
    triangles = np.concatenate(
        [
            np.delete(mesh.triangles, split, axis=0),
            np.stack([a, p, q], 1),
            np.stack([p, b, c], 1),
            np.stack([p, c, q], 1),
        ]
    )
    up = above[split] == 1
    tip, rest = np.where(up, material, rows[split]), np.where(up, rows[split], material)
    return Mesh(
        np.concatenate([mesh.vertices_m, ab[0], ac[0]]).astype(np.float32),
        triangles.astype(np.int32),
        np.concatenate([mesh.normals, unit(ab[1]), unit(ac[1])]).astype(np.float32),
        np.concatenate([mesh.uv_m, ab[2], ac[2]]).astype(np.float32),
        np.concatenate([np.delete(rows, split), tip, rest, rest]).astype(np.int16),
        np.concatenate([np.delete(mesh.semantic, split), np.tile(mesh.semantic[split], 3)]),
    )
