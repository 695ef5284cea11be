"""Trees in the wind: stems that bend and limbs that swing, rigid parts of the world beside the road.  Renderers floor.

A tree bends leeward by the wind's drag and swings about that at the frequency of its stem, its limbs faster than it;
gusts travel with the wind, so that a row of trees bows one after the other.  Everything is a function of time, place and
seed: it depends neither on what was rendered before nor on the twin of a scenario, whose trees stand as in its base.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from renderers import triples
from renderers.kernels.swaying import sway
from renderers.mesh import Mesh
from scenarios.chance import stream

Floats = NDArray[np.float64]
SECTORS = 4  # limbs of a crown that swing together, by the direction that they grow in
# Natural frequency in Hz of stems: 0.0766 + 3.1219 D / H^2, D in cm and H in m (Moore and Maguire 2004, 602 conifers);
# trees in leaf sway more slowly, by about a fifth (Kane and James 2011).
HZ_FLOOR, HZ_SLOPE, IN_LEAF = 0.0766, 3.1219, 0.8
STEM_CM_PER_M = 2.2  # diameter at breast height by height, of open-grown trees


@dataclass(frozen=True, slots=True)
class Tree:
    """One tree that sways: parts in its own frame, axes parallel to the world's, the stem first."""

    parts: tuple[Mesh, ...]
    pivot_m: tuple[float, float, float]  # where its limbs turn about, on the stem
    foot_m: tuple[float, float, float]  # in the world
    height_m: float
    leafy: bool


def split(mesh: Mesh, foot_m: tuple[float, float, float], leafy: bool) -> Tree:
    """A tree's mesh as a stem and up to `SECTORS` groups of limbs; what hangs together stays together."""
    count = len(mesh.vertices_m)
    a, b, c = mesh.triangles.T
    links = coo_array((np.ones(2 * len(a)), (np.concatenate([a, b]), np.concatenate([b, c]))), (count, count))
    number, piece = connected_components(links, directed=False)
    points = mesh.vertices_m.astype(np.float64)
    size = np.bincount(piece, minlength=number)
    middle = np.stack([np.bincount(piece, points[:, k], number) / size for k in range(3)], axis=1)
    low = np.full(number, np.inf)
    np.minimum.at(low, piece, points[:, 2])
    height = float(points[:, 2].max())
    stem = low < 0.06 * height
    sector = (
        np.floor((np.arctan2(middle[:, 1], middle[:, 0]) / (2 * np.pi) + 0.5) * SECTORS).astype(int) % SECTORS
    )
    group = np.where(stem, 0, 1 + sector)[piece[mesh.triangles[:, 0]]]
    parts = tuple(mesh.only(group == k) for k in range(1 + SECTORS) if (group == k).any())
    crown = float(np.quantile(points[:, 2], 0.12)) if leafy else 0.4 * height
    return Tree(parts, (0.0, 0.0, crown), foot_m, height, leafy)


HEDGE_PIECE_M = 1.1  # of a hedge's leaves that move as one


def split_hedge(leaves: Mesh, foot_m: tuple[float, float, float], yaw_rad: float) -> tuple[Tree, ...]:
    """The coat of a hedge, which runs along +x from its foot, in pieces of which the upper part moves over the lower."""
    along = triples.mean(leaves.vertices_m.astype(np.float64).take(leaves.triangles, axis=0), axis=1)
    height = float(leaves.vertices_m[:, 2].max())
    count = max(1, round(float(np.ptp(leaves.vertices_m[:, 0])) / HEDGE_PIECE_M))
    edges = np.linspace(along[:, 0].min(), along[:, 0].max() + 1e-6, count + 1)
    piece = np.searchsorted(edges, along[:, 0], side="right") - 1
    c, s = math.cos(yaw_rad), math.sin(yaw_rad)
    grown = []
    for k in range(count):
        middle = 0.5 * float(edges[k] + edges[k + 1])
        turn = np.eye(4)
        turn[:2, :2] = ((c, -s), (s, c))
        turn[:2, 3] = (-c * middle, -s * middle)
        halves = [(piece == k) & (along[:, 2] < 0.4 * height), (piece == k) & (along[:, 2] >= 0.4 * height)]
        if all(half.any() for half in halves):
            parts = tuple(leaves.only(half).moved(turn) for half in halves)
            foot = (foot_m[0] + c * middle, foot_m[1] + s * middle, foot_m[2])
            grown.append(Tree(parts, (0.0, 0.0, 0.25 * height), foot, height, True))
    return tuple(grown)


@dataclass(frozen=True, slots=True)
class Swaying:
    """All trees that sway, one row for each part."""

    foot_m: Floats  # (P, 3) in the world
    pivot_m: Floats  # (P, 3) of limbs, from the foot
    limb: NDArray[np.bool_]  # (P,)
    hz: Floats  # (P,) of the stem
    phase: (
        Floats  # (P, 6): three waves of the stem, which all parts of a tree share, three of the part itself
    )

    @staticmethod
    def of(trees: tuple[Tree, ...], seed: int) -> "Swaying":
        foot, pivot, limb, hz, phase = [], [], [], [], []
        for tree in trees:
            x, y, _ = tree.foot_m
            rng = stream(seed, "sway", round(x * 100), round(y * 100))
            stem_hz = HZ_FLOOR + HZ_SLOPE * STEM_CM_PER_M / tree.height_m
            stem_hz *= (IN_LEAF if tree.leafy else 1.0) * float(rng.uniform(0.88, 1.12))
            own = rng.uniform(0, 2 * np.pi, 3)
            for row in range(len(tree.parts)):
                foot.append(tree.foot_m)
                pivot.append(tree.pivot_m)
                limb.append(row > 0)
                hz.append(stem_hz)
                phase.append(np.concatenate([own, rng.uniform(0, 2 * np.pi, 3)]))
        return Swaying(
            np.array(foot, np.float64).reshape(-1, 3),
            np.array(pivot, np.float64).reshape(-1, 3),
            np.array(limb, bool),
            np.array(hz, np.float64),
            np.array(phase, np.float64).reshape(-1, 6),
        )

    def poses(self, time_ns: int, wind_mps: float, wind_from_rad: float) -> Floats:
        """(P, 3, 4) world_from_part in a wind at 10 m height."""
        out = np.empty((len(self.foot_m), 3, 4))
        sway(
            time_ns * 1e-9,
            wind_mps,
            wind_from_rad,
            self.foot_m,
            self.pivot_m,
            self.limb,
            self.hz,
            self.phase,
            out,
        )
        return out
