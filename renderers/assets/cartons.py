"""Cars from afar, folded like cartons: their outline from the side, as wide as they are at each of its corners.

A car of sixty triangles is not a thinned one: what is left of a thousand is shreds, black where they tear.  A carton is
folded anew: a polygon along its outline, strips across it, flanks in two storeys that meet at the belt line, and side
windows laid on; each piece is painted like most of what shows there.  Renderers floor.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from renderers.assets.collapse import Longs
from renderers.assets.kernels.cartons import draw
from renderers.loft import Floats, surface
from renderers.mesh import Mesh

PX_PER_M = 60.0
CORNERS = 11  # of an outline, at most
BELT_M = 0.16  # a corner so near to the belt line in height is on it
INSIDE_M = 0.1  # so far within the outline its width is measured
LEAST_M = 0.5  # of side windows
CELLS = 9  # of a livery, along a flank
LIFT_M = 0.004  # of what is laid on flanks
SPOTS = np.array([(a, b, 9 - a - b) for a in range(1, 8) for b in range(1, 9 - a)]) / 9.0  # within a triangle


@dataclass(frozen=True, slots=True)
class Sight:
    """What shows from one side, pixel by pixel: row and column run along two axes."""

    code: Longs  # (rows, columns); -1: nothing
    depth_m: Floats  # (rows, columns) along the third axis, towards the eye
    low_m: tuple[float, float]  # where the first column and row begin

    def pixel(self, u_m: Floats, v_m: Floats) -> tuple[Longs, Longs]:
        """Row and column of places, the nearest ones of the picture."""
        column = ((u_m - self.low_m[0]) * PX_PER_M).astype(np.int64)
        row = ((v_m - self.low_m[1]) * PX_PER_M).astype(np.int64)
        return np.clip(row, 0, self.code.shape[0] - 1), np.clip(column, 0, self.code.shape[1] - 1)


def sight(corner_m: Floats, code: Longs, axis: int, sign: float) -> Sight:
    """Triangles (T, 3, 3) as they show from the end of an axis."""
    across = [k for k in range(3) if k != axis]
    low = corner_m.reshape(-1, 3).min(axis=0)
    size = np.ceil(np.ptp(corner_m.reshape(-1, 3), axis=0) * PX_PER_M).astype(np.int64) + 1
    found = np.full((size[across[1]], size[across[0]]), -1)
    depth = np.full(found.shape, -np.inf)
    turned = np.stack(
        [
            (corner_m[..., across[0]] - low[across[0]]) * PX_PER_M,
            (corner_m[..., across[1]] - low[across[1]]) * PX_PER_M,
            sign * corner_m[..., axis],
        ],
        axis=-1,
    )
    draw(turned, code, found, depth)
    return Sight(found, depth, (float(low[across[0]]), float(low[across[1]])))


def folded(corner_m: Floats, code: Longs, glass: NDArray[np.bool_], axles_m: list[float]) -> Mesh | None:
    """The carton of a car; None where it has nothing above its belt line.

    `code` (T,) is material and class, `glass` tells which codes are panes, and `axles_m` is where its wheels stand.
    """
    sides = {
        (axis, sign): sight(corner_m, code, axis, sign)
        for axis, sign in ((1, 1.0), (0, 1.0), (0, -1.0), (2, 1.0), (2, -1.0))
    }
    flank = sides[1, 1.0]
    panes = glass[np.maximum(flank.code, 0)] & (flank.code >= 0)
    columns = np.flatnonzero(panes.sum(axis=0) > 0.12 * PX_PER_M)
    windows = len(columns) > LEAST_M * PX_PER_M
    outline = _outline(flank)
    if outline is None:
        return None
    tops = (flank.code >= 0)[::-1].argmax(axis=0)
    row = np.median(panes[:, columns].argmax(axis=0)) if windows else len(panes) - np.median(tops)
    outline, rear, front = _with_belt(outline, flank.low_m[1] + float(row) / PX_PER_M)
    if front - rear < 2:
        return None
    wide = _widths(flank, outline)
    full = float(flank.depth_m[np.isfinite(flank.depth_m)].max())
    shell = _sewn(outline, wide, (rear, front), axles_m, full)
    laid = (
        [] if not windows else [shell.laid(_pane(flank, panes), int(np.bincount(flank.code[panes]).argmax()))]
    )
    return Mesh.join([shell.mesh(sides), *laid, *shell.livery(flank)])


def _outline(flank: Sight) -> Floats | None:
    """(K, 2) corners x, z of the side view, from the rear bottom over the roof to the front bottom."""
    mask = flank.code >= 0
    lowest = np.where(mask.any(axis=0), mask.argmax(axis=0), 0)
    sill = int(np.quantile(lowest[mask.any(axis=0)], 0.35))
    filled = np.zeros(mask.shape, np.uint8)
    for x in range(mask.shape[1]):
        if mask[:, x].any():
            top = mask.shape[0] - int(mask[::-1, x].argmax())
            filled[min(sill, top - 1) : top, x] = 1
    rings, _ = cv2.findContours(filled, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    ring = max(rings, key=len)
    if len(ring) < 8:
        return None
    epsilon = 1.0
    found = cv2.approxPolyDP(ring, epsilon, True)
    while len(found) > CORNERS:
        epsilon *= 1.1
        found = cv2.approxPolyDP(ring, epsilon, True)
    points = found[:, 0].astype(np.float64)
    # Pixels of the right and upper border end one further.
    points += (points > points.mean(axis=0)).astype(np.float64)
    points = points / PX_PER_M + np.array(flank.low_m)
    after = np.roll(points, -1, axis=0)
    area = float((points[:, 0] * after[:, 1] - points[:, 1] * after[:, 0]).sum())
    if area > 0.0:  # counter-clockwise, x to the right: the front comes first
        points = points[::-1]
    bottom = points[:, 1] < points[:, 1].min() + 0.06
    start = min(np.flatnonzero(bottom), key=lambda k: points[k, 0])
    points = np.roll(points, -start, axis=0)
    inner = (points[:, 1] < points[:, 1].min() + 0.06) & (np.arange(len(points)) > 0)
    last = max(np.flatnonzero(inner), key=lambda k: points[k, 0])
    kept: Floats = points[: last + 1]
    return kept if len(kept) >= 5 else None


def _with_belt(outline: Floats, belt: float) -> tuple[Floats, int, int]:
    """The outline with corners where it crosses the belt line on its way up and down, and which ones these are."""
    points = [tuple(p) for p in outline]
    above = [k for k, p in enumerate(points) if p[1] > belt + BELT_M]
    if not above:
        return outline, 0, 0
    first, last = above[0], above[-1]
    for k, other, at_front in ((last, last + 1, True), (first, first - 1, False)):
        (x0, z0), (x1, z1) = points[k], points[other]
        if abs(z1 - belt) < BELT_M:
            continue  # a corner of the outline is on the belt line already
        share = (z0 - belt) / (z0 - z1)
        points.insert(k + 1 if at_front else k, (x0 + share * (x1 - x0), belt))
        if not at_front:
            last += 1
            first += 1
    return np.array(points), first - 1, last + 1


def _widths(flank: Sight, outline: Floats) -> Floats:
    """(K,) half the width at each corner, measured a little inside of it."""
    middle = np.array([outline[:, 0].mean(), 0.5 * (outline[:, 1].min() + outline[:, 1].max())])
    way = middle - outline
    inner = outline + INSIDE_M * way / np.linalg.norm(way, axis=1, keepdims=True)
    row, column = flank.pixel(inner[:, 0], inner[:, 1])
    found = np.empty(len(outline))
    for k in range(len(outline)):
        near = flank.depth_m[max(row[k] - 3, 0) : row[k] + 4, max(column[k] - 3, 0) : column[k] + 4]
        near = near[np.isfinite(near)]
        found[k] = float(np.quantile(near, 0.8)) if len(near) else np.nan
    found[np.isnan(found)] = np.nanmedian(found)
    return found


def _pane(flank: Sight, panes: NDArray[np.bool_]) -> Floats:
    """(3 or 4, 2) corners x, z of the outline of the side windows."""
    shut = cv2.morphologyEx(panes.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((1, 15), np.uint8))
    rings, _ = cv2.findContours(shut, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    hull = cv2.convexHull(max(rings, key=cv2.contourArea))
    epsilon = 1.0
    found = cv2.approxPolyDP(hull, epsilon, True)
    while len(found) > 4:
        epsilon *= 1.1
        found = cv2.approxPolyDP(hull, epsilon, True)
    corners: Floats = (found[:, 0] + 0.5) / PX_PER_M + np.array(flank.low_m)
    return corners


def _ears(points: Floats, ring: list[int]) -> list[tuple[int, int, int]]:
    """A polygon cut into triangles, those of the best shape first."""
    ring = list(ring)
    found = []
    turn = np.sign(sum(_cross(points[a], points[b]) for a, b in zip(ring, ring[1:] + ring[:1], strict=True)))
    while len(ring) > 3:
        best, at = -np.inf, 0
        for k in range(len(ring)):
            a, b, c = ring[k - 1], ring[k], ring[(k + 1) % len(ring)]
            area = turn * _cross(points[b] - points[a], points[c] - points[a])
            if area <= 1e-5 or any(
                _within(points[p], points[a], points[b], points[c], turn) for p in ring if p not in (a, b, c)
            ):
                continue
            shape = area / max(float(np.sum((points[c] - points[a]) ** 2)), 1e-9)
            if shape > best:
                best, at = shape, k
        found.append((ring[at - 1], ring[at], ring[(at + 1) % len(ring)]))
        del ring[at]
    found.append((ring[0], ring[1], ring[2]))
    return found


def _cross(one: Floats, two: Floats) -> float:
    return float(one[0] * two[1] - one[1] * two[0])


def _within(p: Floats, a: Floats, b: Floats, c: Floats, turn: float) -> bool:
    return all(turn * _cross(f - e, p - e) >= 0.0 for e, f in ((a, b), (b, c), (c, a)))


@dataclass(frozen=True, slots=True)
class _Shell:
    """A carton without its paint."""

    points_m: Floats  # (P, 3) corners of the left flank, then those of the right one
    faces: NDArray[np.int32]
    flat_m: Floats  # (P / 2, 2) x, z
    half_m: Floats  # (P / 2,)
    lower: list[tuple[int, int, int]]  # triangles of the left flank below the belt line
    upper: list[tuple[int, int, int]]
    middle_m: Floats

    def mesh(self, sides: dict[tuple[int, float], Sight]) -> Mesh:
        flanks = len(self.lower) + len(self.upper)
        across = flanks + np.arange(len(self.faces) - 2 * flanks) // 2  # the strips are of two triangles each
        alike = np.concatenate([np.arange(flanks), np.arange(flanks), across])
        codes = _painted(sides, self.points_m, self.faces, alike)
        return surface(
            self.points_m, self.faces, (codes // 256).astype(np.int16), (codes % 256).astype(np.uint8)
        )

    def laid(self, corner_m: Floats, code: int, storey: list[tuple[int, int, int]] | None = None) -> Mesh:
        """A polygon x, z laid on both flanks."""
        on, k = storey or self.upper, len(corner_m)
        at = np.column_stack(
            [corner_m[:, 0], _across(self.flat_m, self.half_m, on, corner_m), corner_m[:, 1]]
        )
        spot = np.concatenate([SPOTS @ at[[0, j, j + 1]] for j in range(1, k - 1)])
        sunk = float((_across(self.flat_m, self.half_m, on, spot[:, [0, 2]]) - spot[:, 1]).max())
        at[:, 1] = np.minimum(at[:, 1] + max(sunk, 0.0) + LIFT_M, self.half_m.max())  # over the ridges
        points = np.concatenate([at, at * (1.0, -1.0, 1.0)])
        faces = np.array([(n, n + j, n + j + 1) for n in (0, k) for j in range(1, k - 1)], np.int32)
        faces = _outwards(points, faces, self.middle_m)
        rows, of = np.full(len(faces), code // 256, np.int16), np.full(len(faces), code % 256, np.uint8)
        return surface(points, faces, rows, of)

    def livery(self, flank: Sight) -> list[Mesh]:
        """Cells of a pattern laid on the lower flanks, where there is one."""
        low, high = (
            float(self.flat_m[:, 1].min()),
            float(self.flat_m[[t for f in self.lower for t in f], 1].max()),
        )
        low, high = low + 0.5 * (high - low), low + 0.85 * (high - low)
        edge = np.linspace(self.flat_m[:, 0].min() + 0.1, self.flat_m[:, 0].max() - 0.1, CELLS + 1)
        row, _ = flank.pixel(np.zeros(2), np.array([low, high]))
        _, column = flank.pixel(edge, np.zeros(CELLS + 1))
        band = flank.code[row[0] : row[1]]
        share = np.bincount(band[band >= 0]) / max(int((band >= 0).sum()), 1)
        if (share > 0.15).sum() < 3:
            return []
        found = []
        for a, b, x0, x1 in zip(column[:-1], column[1:], edge[:-1], edge[1:], strict=True):
            cell = band[:, (3 * a + b) // 4 : (a + 3 * b) // 4 + 1]
            if (cell >= 0).any():
                corners = np.array([(x0, low), (x1, low), (x1, high), (x0, high)])
                found.append(self.laid(corners, int(np.bincount(cell[cell >= 0]).argmax()), self.lower))
        return found


def _sewn(
    outline: Floats,
    wide: Floats,
    belt: tuple[int, int],
    axles_m: list[float],
    full: float,
) -> _Shell:
    """The carton of an outline."""
    count = len(outline)
    rear, front = belt
    sill = float(outline[[0, count - 1], 1].mean())
    inner = [x for x in sorted(axles_m) if outline[0, 0] + 0.2 < x < outline[-1, 0] - 0.2]
    flat = np.concatenate([outline, [(x, sill) for x in inner]]) if inner else outline
    half = np.concatenate([wide, [full] * len(inner)])
    bottom = list(reversed(range(count, count + len(inner))))
    left = np.column_stack([flat[:, 0], half, flat[:, 1]])
    points, n = np.concatenate([left, left * (1.0, -1.0, 1.0)]), len(left)
    lower = _ears(flat, [*range(rear + 1), *range(front, count), *bottom])
    upper = _ears(flat, list(range(rear, front + 1)))
    triangles = lower + upper + [(c + n, b + n, a + n) for a, b, c in lower + upper]
    around = [*range(count), *bottom]
    for a, b in zip(around, around[1:] + around[:1], strict=True):
        triangles += [(a, b, b + n), (a, b + n, a + n)]
    middle = np.array([outline[:, 0].mean(), 0.0, 0.5 * (sill + outline[:, 1].max())])
    faces = _outwards(points, np.array(triangles, np.int32), middle)
    return _Shell(points, faces, flat, half, lower, upper, middle)


def _across(flat: Floats, half: Floats, flanks: list[tuple[int, int, int]], places: Floats) -> Floats:
    """Half the width of flanks at places x, z: on the triangle that holds each, or on the one that comes nearest."""
    found = np.empty(len(places))
    for k, p in enumerate(places):
        best = -np.inf
        for a, b, c in flanks:
            area = _cross(flat[b] - flat[a], flat[c] - flat[a])
            if abs(area) < 1e-6:
                continue
            wb = _cross(p - flat[a], flat[c] - flat[a]) / area
            wc = _cross(flat[b] - flat[a], p - flat[a]) / area
            inside = min(1.0 - wb - wc, wb, wc)
            if inside > best:
                best = inside
                found[k] = (1.0 - wb - wc) * half[a] + wb * half[b] + wc * half[c]
    return found


def _outwards(points: Floats, faces: NDArray[np.int32], middle: Floats) -> NDArray[np.int32]:
    a, b, c = (points[faces[:, k]] for k in range(3))
    wrong = np.einsum("ij,ij->i", (a + b + c) / 3.0 - middle, np.cross(b - a, c - a)) < 0.0
    faces = faces.copy()
    faces[wrong] = faces[wrong][:, (0, 2, 1)]
    return faces


def _painted(
    sides: dict[tuple[int, float], Sight], points: Floats, faces: NDArray[np.int32], alike: Longs
) -> Longs:
    """(T,) what most of each triangle shows, from the side that it looks to; those with one number are `alike`."""
    votes: list[list[Longs]] = [[] for _ in range(int(alike.max()) + 1)]
    for face, group in zip(faces, alike, strict=True):
        corner = points[face]
        normal = np.cross(corner[1] - corner[0], corner[2] - corner[0])
        axis = int(np.abs(normal).argmax())
        sign = 1.0 if normal[axis] > 0.0 or axis == 1 else -1.0  # both flanks are alike
        view = sides[axis, sign]
        across = [k for k in range(3) if k != axis]
        spot = SPOTS @ corner
        row, column = view.pixel(spot[:, across[0]], spot[:, across[1]])
        seen = view.code[row, column]
        votes[group].append(seen[seen >= 0])
    found = np.array([np.bincount(seen).argmax() if len(seen) else -1 for seen in map(np.concatenate, votes)])
    known = found[found >= 0]
    found[found < 0] = np.bincount(known).argmax() if len(known) else 0
    painted: Longs = found[alike]
    return painted
