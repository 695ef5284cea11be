"""What parking, hail and gateposts leave on panels: dents pressed into the skin, scratches down to the primer.

Renderers floor.  Most vehicles have none.  A dent is a smooth field that moves whatever lies in its reach inwards, the
skin and its joints alike, so that nothing gapes; normals follow from the field, and a low sun shows it.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from renderers import triples
from renderers.assets.fittings import SHADES
from renderers.loft import face_normals
from renderers.materials import MATERIAL_ID, MATERIALS
from renderers.mesh import Asset, Mesh
from renderers.mesh_split import halved, split_along
from scenarios.chance import stream

Floats = NDArray[np.float64]
AMOUNTS = ("none", "light", "heavy")  # words of the language
COUNT = ((0, 0), (1, 3), (4, 7))  # of dents by amount: least and most
SCRATCHES = ((0, 0), (1, 2), (2, 5))
# Radii and depths in metres: a door's edge in a car park, a bollard; what a gatepost or a small crash does.
LIGHT = ((0.06, 0.14), (0.005, 0.011))
HEAVY = ((0.12, 0.26), (0.014, 0.034))
BIG = (0.0, 0.35, 0.65)  # share of dents that are heavy ones, by amount
EDGE_M = (0.030, 0.060)  # triangles of a dent, by level of detail
LOW_M, HIGH_M = 0.30, 1.35  # where bumpers, doors and posts reach
PAINTED = np.zeros(len(MATERIALS), np.bool_)
PAINTED[[MATERIAL_ID[name] for name, _ in SHADES.values()]] = True
# What may lie within a dent; panes and lamps break and are left alone.
PLIANT = PAINTED | np.array(
    [m.name in ("panel_gap", "plastic", "car_trim", "car_paint_b") for m in MATERIALS]
)
INSIDE = np.array([m.name in ("interior", "seat", "underbody") for m in MATERIALS])
TRIES = 60


@dataclass(frozen=True, slots=True)
class Dent:
    """An elliptic bowl: `axes` are its long and short way and outwards, as rows."""

    at_m: Floats
    axes: Floats
    radii_m: Floats  # along the axes; the third says how far in and out the field reaches
    depth_m: float

    def pressed(self, points: Floats, normals: Floats) -> tuple[Floats, Floats]:
        """Points moved inwards and normals turned as the field bends the surface."""
        local = (points - self.at_m) @ self.axes.T / self.radii_m
        rest = np.maximum(1.0 - triples.total(local**2), 0.0)
        out = self.axes[2]
        moved = points - self.depth_m * (rest**2)[:, None] * out
        # J = I - depth out grad(f)^T; normals go with its inverse transposed (Sherman and Morrison 1950).
        slope = (-4.0 * rest[:, None] * local / self.radii_m) @ self.axes
        bent = normals + slope * (
            self.depth_m * (normals @ out) / np.maximum(1.0 - self.depth_m * (slope @ out), 0.2)
        ).reshape(-1, 1)
        return moved, bent / np.maximum(triples.length(bent)[:, None], 1e-12)


def battered(asset: Asset, amount: int, number: int, detail: int = 0) -> Asset:
    """The vehicle with dents and scratches, as an index of `AMOUNTS` says; `number` draws where."""
    if amount == 0 or detail >= len(EDGE_M):
        return asset
    rng = stream(number, "look", asset.model, "dents")
    mesh = asset.parts[0].mesh
    few, many = COUNT[amount]
    for _ in range(int(rng.integers(few, many + 1))):
        dent = _somewhere(mesh, rng, amount)
        if dent is not None:
            mesh = _dented(mesh, dent, EDGE_M[detail])
    few, many = SCRATCHES[amount]
    for _ in range(int(rng.integers(few, many + 1))):
        mesh = _scratched(mesh, rng)
    return replace(asset, parts=(replace(asset.parts[0], mesh=mesh), *asset.parts[1:]))


class _Paint:
    """The paint of a mesh: where something may have met it."""

    def __init__(self, mesh: Mesh) -> None:
        points = mesh.vertices_m.astype(np.float64)
        self.corner = points.take(mesh.triangles, axis=0)
        self.cross = face_normals(points, mesh.triangles)
        self.area = 0.5 * triples.length(self.cross)
        middle = triples.mean(self.corner, axis=1)
        chosen = PAINTED[mesh.material] & (middle[:, 2] > LOW_M) & (middle[:, 2] < HIGH_M)
        # Walls rather than lids: twice the area times 0.55.
        chosen &= np.abs(self.cross[:, 2]) < 1.1 * self.area
        # Ends are met more often than their area says.
        reach = np.abs(middle[:, 0]) / np.abs(middle[:, 0]).max()
        weight = np.where(chosen, self.area * (0.5 + 1.5 * reach**4), 0.0)
        self.chance = weight / weight.sum() if chosen.any() else None

    def spot(self, rng: np.random.Generator) -> tuple[Floats, Floats] | None:
        """A point and its normal: corners and flanks, not roofs."""
        if self.chance is None:
            return None
        row = int(rng.choice(len(self.area), p=self.chance))
        share = rng.dirichlet((1.0, 1.0, 1.0))
        return share @ self.corner[row], self.cross[row] / (2.0 * self.area[row])


def _somewhere(mesh: Mesh, rng: np.random.Generator, amount: int) -> Dent | None:
    """A dent on a panel, clear of panes, lamps and plates; None where there is no room for one."""
    points = mesh.vertices_m.astype(np.float64)
    breaks = np.zeros(len(points), np.bool_)
    breaks[mesh.triangles[~(PLIANT | INSIDE)[mesh.material]].reshape(-1)] = True
    hard = points[breaks]
    sizes, depths = HEAVY if rng.random() < BIG[amount] else LIGHT
    paint = _Paint(mesh)
    for _ in range(TRIES):
        spot = paint.spot(rng)
        if spot is None:
            return None
        at, out = spot
        long = rng.uniform(*sizes)
        radii = np.array((long, long * rng.uniform(0.45, 1.0), 0.075))
        turn = rng.uniform(-0.6, 0.6) + (np.pi / 2 if rng.random() < 0.35 else 0.0)
        depth = float(rng.uniform(*depths))
        along = np.cross((0.0, 0.0, 1.0), out)
        along /= np.linalg.norm(along)
        up = np.cross(out, along)
        one = np.cos(turn) * along + np.sin(turn) * up
        axes = np.stack([one, np.cross(out, one), out])
        local = (hard - at) @ axes.T / radii
        if not len(hard) or triples.total(local**2).min() > 1.0:
            return Dent(at, axes, radii, depth)
    return None


def _dented(mesh: Mesh, dent: Dent, edge_m: float) -> Mesh:
    fine = halved(mesh, edge_m, lambda of: _within(of, dent.at_m, float(dent.radii_m.max())))
    points, normals = fine.vertices_m.astype(np.float64), fine.normals.astype(np.float64)
    soft = np.zeros(len(points), np.bool_)
    soft[fine.triangles[~INSIDE[fine.material]].reshape(-1)] = True
    moved, bent = dent.pressed(points[soft], normals[soft])
    points[soft], normals[soft] = moved, bent
    return replace(fine, vertices_m=points.astype(np.float32), normals=normals.astype(np.float32))


def _within(mesh: Mesh, at_m: Floats, radius_m: float) -> NDArray[np.bool_]:
    """Triangles of the skin that reach into a ball."""
    rows = np.flatnonzero(PLIANT[mesh.material])
    corner = mesh.vertices_m.astype(np.float64).take(mesh.triangles.take(rows, axis=0), axis=0)
    middle = triples.mean(corner, axis=1)
    size = triples.greatest(triples.length(corner - middle[:, None]))
    near = np.zeros(len(mesh.triangles), np.bool_)
    near[rows] = triples.length(middle - at_m) < radius_m + size
    return near


def _scratched(mesh: Mesh, rng: np.random.Generator) -> Mesh:
    """A scratch along a flank: a wavy line of bare primer, cut into the paint, sometimes with a shorter one beside."""
    spot = _Paint(mesh).spot(rng)
    if spot is None:
        return mesh
    at, out = spot
    along = np.cross((0.0, 0.0, 1.0), out)
    along /= np.linalg.norm(along)
    tilt, bow = rng.uniform(-0.12, 0.12), rng.uniform(-0.03, 0.03)
    long = rng.uniform(0.12, 0.45)
    for share, offset in ((1.0, 0.0), (rng.uniform(0.3, 0.8), rng.uniform(0.008, 0.025)))[
        : 1 + int(rng.random() < 0.6)
    ]:
        half = rng.uniform(0.0008, 0.0018)
        mesh = _line(mesh, at, out, along, (tilt, bow, offset), (long * share, half))
    return mesh


def _line(
    mesh: Mesh,
    at: Floats,
    out: Floats,
    along: Floats,
    bends: tuple[float, float, float],
    size_m: tuple[float, float],
) -> Mesh:
    """The paint between two lines, each cut through the triangles that it crosses, made primer."""
    (tilt, bow, offset), (half_long_m, half_wide_m) = bends, size_m

    def run(of: Mesh) -> tuple[Floats, Floats, Floats]:
        """Along the scratch, across it, and how far from its plane, at every vertex."""
        local = of.vertices_m.astype(np.float64) - at
        u = local @ along
        return u, local[:, 2] - tilt * u - bow * np.cos(9.0 * u) - offset, local @ out

    def near(of: Mesh, u: Floats, away: Floats) -> NDArray[np.int64]:
        """Rows of the painted triangles that face outwards there and reach the scratch's length and its plane."""
        within = (u > -half_long_m, u < half_long_m, np.abs(away) < 0.12)
        bits = triples.total(np.stack(within).astype(np.uint8) << np.array([[0], [1], [2]], np.uint8), axis=0)
        a, b, c = bits.take(of.triangles).T
        rows = np.flatnonzero(PAINTED[of.material] & (a | b | c == 7))
        normals = of.normals.take(of.triangles.take(rows, axis=0), axis=0)
        faces = (triples.mean(normals, axis=1) @ out.astype(np.float32)) > 0.5
        return rows[faces]

    for end in (-half_long_m, half_long_m):
        u, v, away = run(mesh)
        rows = near(mesh, u, away)
        rows = rows[triples.least(np.abs(v.take(mesh.triangles.take(rows, axis=0)))) < 0.1]
        mesh = split_along(mesh, u - end, rows)
    for edge in (-half_wide_m, half_wide_m):
        u, v, away = run(mesh)
        mesh = split_along(mesh, v - edge, near(mesh, u, away))
    u, v, away = run(mesh)
    rows = near(mesh, u, away)
    corner = mesh.triangles.take(rows, axis=0)
    along_m, across_m = (np.abs(triples.mean(value.take(corner))) for value in (u, v))
    material = mesh.material.copy()
    material[rows[(along_m < half_long_m) & (across_m < half_wide_m)]] = MATERIAL_ID["primer"]
    return replace(mesh, material=material)
