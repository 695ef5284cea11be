"""Dirt on vehicles: where wheels, the road and the air behind leave it, and on whose paint.  Renderers floor.

Dirt lies thickest along the sills, in fans behind the wheels, and all over the tail, where the wake carries it: the
taller and steeper a back, the higher up (Gaylard and Duncan 2011 show both).  The field is sampled at the corners of
the skin's triangles, which are halved where it bends; kernels.soil mixes it in between and breaks it up in spots.
"""

from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from renderers import triples
from renderers.materials import MATERIALS, SOILED
from renderers.materials.soiled import LEVELS
from renderers.mesh import THICKNESSES, Asset, Mesh
from renderers.mesh_split import halved, side_lengths
from scenarios.chance import stream

Floats = NDArray[np.float64]
AMOUNTS = ("clean", "dusty", "dirty", "filthy")  # words of the language
SHAPED_AS = "film"  # the soil that shapes are kept with; actors get that of their weather
# Of the field, and what level of dirt that is: in between it is as much in between.
THICK, LEVEL = (0.12, 0.28, 0.48, 0.72, 1.03, 1.40), (0.0, 0.5, 1.5, 2.5, 3.5, 4.0)
STRENGTH = (0.0, 0.62, 1.05, 1.75)  # of the field by amount
EDGE_M = (0.22, 0.22, 0.50, 1.40)  # longest edges where it varies, by level of detail
LONG_M, COARSER = 6.5, 2.6  # on what is longer, so many times as long: it is seen whole from further off
VARIES = 0.3  # levels over a triangle, above which it is halved
ON_WHEELS = (0, 1, 2, 3)  # thickness by amount
VEIL = 2  # thickest on panes that are wiped or wound down
SLENDER = 0.16  # area of a triangle by its edge squared, below which it stays whole: folds of a curtain
STICKS = np.array([m.dirt > 0.0 for m in MATERIALS])
GRAINED = np.array([m.texture == "soil" for m in MATERIALS])
WIPED = np.array([m.transmission > 0.0 for m in MATERIALS])


def soiled(asset: Asset, amount: int, number: int, detail: int = 0) -> Asset:
    """The vehicle with that much dirt on it, an index of `AMOUNTS`; `number` draws its outlines."""
    if amount == 0:
        return asset
    field = _Field(asset, number)
    coarser = COARSER if detail <= 1 and max(asset.size_m) > LONG_M else 1.0
    known: dict[int, Mesh] = {}
    parts = []
    for part, at in zip(asset.parts, _places(asset), strict=True):
        wheel = part.joint in ("wheel", "steered_wheel")
        if id(part.mesh) not in known:
            known[id(part.mesh)] = (
                _covered(part.mesh, ON_WHEELS[amount])
                if wheel
                else _stained(part.mesh, at, field, STRENGTH[amount], detail, coarser)
            )
        parts.append(replace(part, mesh=known[id(part.mesh)]))
    return replace(asset, parts=tuple(parts))


@lru_cache(maxsize=8)
def instead(soil: str) -> NDArray[np.int16]:
    """(M,) the rows under the soil of a weather instead of that which shapes are kept with."""
    table = np.arange(len(MATERIALS), dtype=np.int16)
    for level in range(1, LEVELS + 1):
        clean = np.flatnonzero(SOILED[soil][level] != np.arange(len(MATERIALS)))
        table[SOILED[SHAPED_AS][level][clean]] = SOILED[soil][level][clean]
    return table


def _places(asset: Asset) -> list[Floats]:
    """Where each part's frame stands in the asset at rest."""
    at: list[Floats] = []
    for part in asset.parts:
        pivot = np.array(part.pivot_m, np.float64)
        at.append(pivot if part.parent < 0 else at[part.parent] + pivot)
    return at


class _Field:
    """How thick dirt lies at a point of a vehicle with a normal there; 1 is thick."""

    def __init__(self, asset: Asset, number: int) -> None:
        length, width, height = asset.size_m
        self.tail_m, self.half_m, self.tall_m = -length / 2, width / 2, height
        self.sill_m = 0.30 if height < 2.2 else 0.55
        self.axles = sorted(
            {(round(float(at[0]), 2), part.radius_m) for part, at in zip(asset.parts, _places(asset), strict=True)
             if part.joint in ("wheel", "steered_wheel")}
        )  # fmt: skip
        rng = stream(number, "look", "dirt", asset.model)
        # Four waves in oblique directions for each octave: cheap noise without a lattice.
        way = rng.normal(size=(8, 3))
        way /= np.linalg.norm(way, axis=1, keepdims=True)
        octave = np.repeat([1.1, 0.46], 4)
        self.waves = 2 * np.pi * way / octave[:, None]
        self.phase = rng.uniform(0, 2 * np.pi, 8)
        self.size = np.repeat([0.11, 0.085], 4)

    def at(self, points: Floats, normals: Floats) -> Floats:
        """(V,) thickness."""
        x, z = points[:, 0], points[:, 2]
        reach = 0.34 if self.tall_m < 2.2 else 0.95
        low = (0.95 if self.tall_m < 2.2 else 1.2) * np.exp(-np.maximum(z - self.sill_m, 0.0) / reach)
        fan = np.zeros(len(points))
        for axle, radius in self.axles:
            behind = axle - x - 0.55 * radius
            near = np.where(
                behind > 0.0, np.exp(-np.maximum(behind, 0.0) / 0.75), np.exp(3.5 * np.minimum(behind, 0.0))
            )
            fan = np.maximum(fan, 1.15 * near * np.exp(-np.maximum(z - 1.05 * radius, 0.0) / (0.75 * radius)))
        back = np.clip(-normals[:, 0], 0.0, 1.0) * (x < self.tail_m + 0.35 * (self.half_m * 2))
        steep = 0.5 if self.tall_m < 1.55 else 0.85 if self.tall_m < 2.2 else 1.7  # m that the wake climbs
        tail = (1.02 if self.tall_m < 2.2 else 1.2) * back * np.exp(-np.maximum(z - 0.75, 0.0) / steep)
        # Noses meet the spray of whoever drives ahead; roofs and bonnets are rained on.
        nose = 0.55 * np.clip(normals[:, 0], 0.0, 1.0) * np.exp(-np.maximum(z - 0.45, 0.0) / 0.45)
        lid = 0.30 * np.clip(normals[:, 2], 0.0, 1.0)
        thick = np.maximum.reduce(
            [np.maximum(low, fan) * (1.0 - 0.4 * np.abs(normals[:, 0])), tail, nose, lid]
        )
        found: Floats = thick * (1.0 + 0.8 * (np.sin(points @ self.waves.T + self.phase) @ self.size))
        return found


def _covered(mesh: Mesh, level: int) -> Mesh:
    """All of it at one thickness: wheels turn, so that dirt lies all round them."""
    return replace(mesh, material=SOILED[SHAPED_AS][level][mesh.material])


def _stained(mesh: Mesh, at: Floats, field: _Field, strength: float, detail: int, coarser: float) -> Mesh:
    """The mesh with dirt at the corners of its triangles, finer where that varies."""
    if not STICKS[mesh.material].any():
        return mesh
    longest_m = coarser * EDGE_M[detail]

    def levels(of: Mesh) -> Floats:
        """(T, 3) at corners."""
        thick = strength * field.at(of.vertices_m.astype(np.float64) + at, of.normals.astype(np.float64))
        return np.asarray(np.interp(thick, THICK, LEVEL), np.float64).take(of.triangles)

    def varies(of: Mesh) -> NDArray[np.bool_]:
        """Triangles that dirt sticks to, that are worth a cut, and that one can see from beside."""
        corner = of.vertices_m.take(of.triangles, axis=0)
        longest = triples.greatest(side_lengths(corner))
        across = triples.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 1])
        area = 0.5 * triples.length(across)
        down = triples.mean(of.normals[:, 2].take(of.triangles)) < -0.6
        # Within large triangles the field bends unseen by their corners.
        level = levels(of)
        bends = (triples.greatest(level) - triples.least(level) > VARIES) | (longest > 2.0 * longest_m)
        return np.asarray(
            STICKS[of.material] & bends & (longest > longest_m) & (area > SLENDER * longest_m**2) & ~down
        )

    mesh = halved(mesh, longest_m, varies)
    level = levels(mesh)
    # Panes are wiped: ahead altogether, at the sides and behind they keep a veil.
    ahead = triples.mean(mesh.normals[:, 0].take(mesh.triangles)) > 0.3
    veiled = np.where(ahead[:, None], 0.0, np.minimum(level, VEIL))
    level = np.where(WIPED[mesh.material][:, None], veiled, level) * STICKS[mesh.material][:, None]
    dirt = np.round(level * THICKNESSES).astype(np.uint8)
    material = np.where(triples.some(dirt), SOILED[SHAPED_AS][1][mesh.material], mesh.material).astype(
        np.int16
    )
    return replace(mesh, material=material, dirt=dirt, uv_m=_grained(mesh, level, at))


def _grained(mesh: Mesh, level: Floats, at: Floats) -> NDArray[np.float32]:
    """Texture coordinates with those of plain paint under dirt laid anew: lofts stretch theirs over noses and tails."""
    thickest = SOILED[SHAPED_AS][LEVELS][mesh.material]
    grained = GRAINED[thickest] & ~GRAINED[mesh.material] & (triples.greatest(level) > 1.0)
    rows = np.unique(mesh.triangles[grained])
    uv = mesh.uv_m.copy()
    point, facing = mesh.vertices_m[rows] + at.astype(np.float32), np.abs(mesh.normals[rows])
    axis = np.argmax(facing, axis=1)
    uv[rows] = np.where((axis == 0)[:, None], point[:, [1, 2]], np.where((axis == 1)[:, None], point[:, [0, 2]],
        point[:, [0, 1]]))  # fmt: skip
    return uv
