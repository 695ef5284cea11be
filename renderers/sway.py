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

from renderers.mesh import Mesh
from scenarios.chance import stream

Floats = NDArray[np.float64]
SECTORS = 4  # limbs of a crown that swing together, by the direction that they grow in
# Natural frequency in Hz of stems: 0.0766 + 3.1219 D / H^2, D in cm and H in m (Moore and Maguire 2004, 602 conifers);
# trees in leaf sway more slowly, by about a fifth (Kane and James 2011).
HZ_FLOOR, HZ_SLOPE, IN_LEAF = 0.0766, 3.1219, 0.8
STEM_CM_PER_M = 2.2  # diameter at breast height by height, of open-grown trees
# How far things turn in 10 m/s: a stem of 12 m bows by a hand's breadth at its top, limbs by a degree.
# Crowns fold up in wind, so that drag grows with a power of 1.3 of its speed instead of 2 (Vogel 1989).
STEM_RAD_AT_10, LIMB_RAD_AT_10, DRAG_POWER = 0.008, 0.020, 1.3
MOST_RAD = 0.14  # nothing that is seen bends further before it breaks
SWING = (
    0.8  # root mean square of the swing, of the mean bend: turbulence of 0.3 times the answer near resonance
)
ACROSS = 0.45  # of the swing across the wind
LIMB_TIMES = (1.6, 2.0, 2.5)  # frequencies of limbs, of their stem's
GUST_HZ = (0.031, 0.057, 0.094)  # of the spectrum's large eddies; they travel with the wind (Taylor 1938)
GUST = 0.35


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
    parts = tuple(_only(mesh, group == k) for k in range(1 + SECTORS) if (group == k).any())
    crown = float(np.quantile(points[:, 2], 0.12)) if leafy else 0.4 * height
    return Tree(parts, (0.0, 0.0, crown), foot_m, height, leafy)


HEDGE_PIECE_M = 1.1  # of a hedge's leaves that move as one


def split_hedge(leaves: Mesh, foot_m: tuple[float, float, float], yaw_rad: float) -> tuple[Tree, ...]:
    """The coat of a hedge, which runs along +x from its foot, in pieces of which the upper part moves over the lower."""
    along = leaves.vertices_m[leaves.triangles].astype(np.float64).mean(axis=1)
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
            parts = tuple(_only(leaves, half).moved(turn) for half in halves)
            foot = (foot_m[0] + c * middle, foot_m[1] + s * middle, foot_m[2])
            grown.append(Tree(parts, (0.0, 0.0, 0.25 * height), foot, height, True))
    return tuple(grown)


def _only(mesh: Mesh, kept: NDArray[np.bool_]) -> Mesh:
    used, back = np.unique(mesh.triangles[kept], return_inverse=True)
    return Mesh(
        mesh.vertices_m[used], back.reshape(-1, 3).astype(np.int32), mesh.normals[used], mesh.uv_m[used],
        mesh.material[kept], mesh.semantic[kept],
    )  # fmt: skip


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
        t = time_ns * 1e-9
        leeward = np.array((-math.sin(wind_from_rad), -math.cos(wind_from_rad)))
        strength = (max(wind_mps, 0.0) / 10.0) ** DRAG_POWER
        eddy_m = self.foot_m[:, :2] @ leeward / max(wind_mps, 1.0)
        gust = 1.0 + GUST * np.mean(
            [np.sin(2 * np.pi * f * (t - eddy_m) + k) for k, f in enumerate(GUST_HZ)], axis=0
        ) * np.sqrt(2.0 * len(GUST_HZ))
        bend = strength * np.maximum(gust, 0.2)
        stem = 2 * np.pi * self.hz * t
        waves = [np.sin(factor * stem + self.phase[:, k]) for k, factor in enumerate((0.93, 1.0, 1.09))]
        along, across = SWING * (waves[0] + waves[1]), ACROSS * SWING * np.sqrt(2) * waves[2]
        stem_turn = _about(leeward, STEM_RAD_AT_10 * bend * (1.0 + along), STEM_RAD_AT_10 * bend * across)
        waves = [np.sin(factor * stem + self.phase[:, 3 + k]) for k, factor in enumerate(LIMB_TIMES)]
        along, across = SWING * (waves[0] + waves[1]), ACROSS * SWING * np.sqrt(2) * waves[2]
        size = LIMB_RAD_AT_10 * bend * self.limb
        limb_turn = _about(leeward, size * (1.0 + along), size * across)
        out = np.empty((len(self.foot_m), 3, 4))
        out[:, :, :3] = stem_turn @ limb_turn
        # A limb turns about its pivot, the stem about its foot.
        hinge = self.pivot_m - np.einsum("pij,pj->pi", limb_turn, self.pivot_m)
        out[:, :, 3] = self.foot_m + np.einsum("pij,pj->pi", stem_turn, hinge)
        return out


def _about(leeward: Floats, along_rad: Floats, across_rad: Floats) -> Floats:
    """(P, 3, 3) turns that lean what stands upright to leeward and across."""
    turn = np.zeros((len(along_rad), 3))
    turn[:, 0] = -leeward[1] * along_rad + leeward[0] * across_rad
    turn[:, 1] = leeward[0] * along_rad + leeward[1] * across_rad
    angle = np.linalg.norm(turn, axis=1)
    axis = turn / np.maximum(angle, 1e-12)[:, None]
    angle = np.minimum(angle, MOST_RAD)
    c, s = np.cos(angle), np.sin(angle)
    x, y, z = axis.T
    k = 1.0 - c
    made: Floats = np.stack(
        [
            np.stack([c + k * x * x, k * x * y - s * z, k * x * z + s * y], axis=1),
            np.stack([k * x * y + s * z, c + k * y * y, k * y * z - s * x], axis=1),
            np.stack([k * x * z - s * y, k * y * z + s * x, c + k * z * z], axis=1),
        ],
        axis=1,
    )
    return made
