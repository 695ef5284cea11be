"""What is seen between pixels' centres, told from the triangles that are seen at them.  Renderers floor, arrays only.

Where few triangles meet, a sample beside a pixel's centre sees one of those that it and its neighbours see, and the
sample's ray asks each of them.  What shows at no centre near by would find no pixel to take its light from anyway.
Pairs of a pixel and a triangle are asked lane by lane (`lanes.py` says why).
"""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import numpy as np

from renderers.kernels.paths import NEAR, OFFSET_U, OFFSET_V, SAMPLES
from sim.kernels.jit import fast_inner_kernel, fast_kernel
from sim.kernels.prefetch import prefetch

F = np.float32
U = np.uintp
MOST = 5  # triangles: where more meet, as in foliage, many show at no centre, and the trees must be asked
PAIRS = 64
AHEAD = 12  # pixels, whose own triangle is fetched before it is asked for
# Rows of pairs: corners of the triangle from the prepared origin, turn of its part, the pixel's ray and how it changes
# to the right and down; how far away each sample's ray meets the triangle, if it does.
(PX, PY, PZ, QX, QY, QZ, RX, RY, RZ) = range(0, 9 * PAIRS, PAIRS)
TURN, RAY, RIGHT, DOWN, MET = 9 * PAIRS, 18 * PAIRS, 21 * PAIRS, 24 * PAIRS, 27 * PAIRS
ROWS = 27 + SAMPLES
NOWHERE = np.float32(1e30)


@fast_kernel
def seen_between(
    start, stop, index, width, height, tiles_across, direction, right, down,
    range_m, placement, triangle, corners, turn,
    sample_range, sample_placement, sample_triangle, many,
):  # fmt: skip
    """Fill what the samples of edge pixels [start, stop) see, or set `many` where more than MOST triangles meet.

    `right` and `down` (N, 3), or (1, 3) for all, are how a ray changes over a pixel.
    """
    lane = np.zeros(ROWS * PAIRS, np.float32)
    shown = np.zeros(NEAR, np.int64)
    part = np.zeros(PAIRS + 1, np.int32)  # room for one too many
    hit = np.zeros(PAIRS + 1, np.int32)
    first = np.zeros(PAIRS, np.int32)  # of each pixel's pairs
    free = np.zeros(PAIRS, np.bool_)  # whether it has the sky beside it
    way, to_right, to_below = direction.reshape(-1), right.reshape(-1), down.reshape(-1)
    points, turns = corners.reshape(-1), turn.reshape(-1)
    begun = start
    while begun < stop:
        pairs = 0
        end = begun
        while end < stop and end - begun < PAIRS and pairs <= PAIRS - MOST:
            later = U(max(index[min(end + 2 * AHEAD, stop - 1)], 0))
            prefetch(triangle, later)
            prefetch(placement, later)
            prefetch(way, U(3) * later)
            soon = U(9) * U(max(triangle[U(max(index[min(end + AHEAD, stop - 1)], 0))], 0))
            prefetch(points, soon)
            prefetch(points, soon + U(8))
            r = index[end]
            first[end - begun] = pairs
            many[end] = False
            if r >= 0:
                count, free[end - begun] = met_near(
                    r, width, height, tiles_across, placement, triangle, shown, part, hit, pairs
                )
                if count > MOST:
                    many[end] = True
                else:
                    for c in range(pairs, pairs + count):
                        fill(r, part[c], hit[c], way, to_right, to_below, points, turns, lane, c)
                    pairs += count
            end += 1
        cross(lane)
        for k in range(begun, end):
            r = index[k]
            if r < 0 or many[k]:
                continue
            last = first[k + 1 - begun] if k + 1 < end else pairs
            for q in range(SAMPLES):
                best = NOWHERE
                which = -1
                for c in range(first[k - begun], last):
                    if lane[MET + q * PAIRS + c] < best:
                        best = lane[MET + q * PAIRS + c]
                        which = c
                s = k * SAMPLES + q
                if which >= 0:
                    sample_range[s] = best
                    sample_placement[s] = part[which]
                    sample_triangle[s] = hit[which]
                elif free[k - begun]:
                    sample_range[s] = NOWHERE
                    sample_placement[s] = -1
                    sample_triangle[s] = -1
                else:  # a sliver that shows at no centre: the pixel's own
                    sample_range[s] = range_m[r]
                    sample_placement[s] = placement[r]
                    sample_triangle[s] = triangle[r]
        begun = end


@fast_inner_kernel
def shown_at(n, placement, triangle):
    """The triangle and the placement of a ray as one number, below 0 where it met nothing."""
    met = np.int64(triangle[n])
    return np.int64(-1) if met < 0 else (np.int64(placement[n]) << 32) | met


@fast_inner_kernel
def met_near(r, width, height, tiles_across, placement, triangle, shown, part, hit, begin):
    """Write from `begin` on which triangles show at pixel `r` and about it; how many, and whether the sky does.

    No more than MOST mean anything, and `shown` (NEAR,) is room.  Whether a neighbour shows another triangle follows no
    order that a processor could guess: no branches.  Beyond the picture lies its rim once more, which shows nothing new.
    """
    lane, tile = U(r) & U(63), U(r) >> U(6)
    x = np.int64((tile % U(tiles_across)) * U(8) + (lane & U(7)))
    y = np.int64((tile // U(tiles_across)) * U(8) + (lane >> U(3)))
    left, right = U(max(x - 1, 0)), U(min(x + 1, width - 1))
    above, below = U(max(y - 1, 0)), U(min(y + 1, height - 1))
    across = U(64) * U(tiles_across)
    left = (left >> U(3)) * U(64) + (left & U(7))
    middle = (U(x) >> U(3)) * U(64) + (U(x) & U(7))
    right = (right >> U(3)) * U(64) + (right & U(7))
    above = (above >> U(3)) * across + (above & U(7)) * U(8)
    level = (U(y) >> U(3)) * across + (U(y) & U(7)) * U(8)
    below = (below >> U(3)) * across + (below & U(7)) * U(8)
    shown[0] = shown_at(above + left, placement, triangle)
    shown[1] = shown_at(above + middle, placement, triangle)
    shown[2] = shown_at(above + right, placement, triangle)
    shown[3] = shown_at(level + left, placement, triangle)
    shown[4] = shown_at(level + middle, placement, triangle)
    shown[5] = shown_at(level + right, placement, triangle)
    shown[6] = shown_at(below + left, placement, triangle)
    shown[7] = shown_at(below + middle, placement, triangle)
    shown[8] = shown_at(below + right, placement, triangle)
    count = U(0)
    every = np.int64(0)
    for i in range(NEAR):
        own = shown[U(i)]
        known = np.int64(own < 0)
        for j in range(i):
            known |= np.int64(own == shown[U(j)])
        every |= own
        at = U(begin) + min(count, U(MOST))
        part[at] = np.int32(own >> 32)
        hit[at] = np.int32(own & 0x7FFFFFFF)
        count += U(1 - known)
    return np.int64(count), every < 0


@fast_inner_kernel
def fill(r, p, t, way, right, down, corners, turn, lane, c):
    """Write the rows of pair `c`: of the ray, the part and the triangle with these numbers, in flattened arrays."""
    c = U(c)
    corner, part, ray = U(9) * U(t), U(12) * U(p), U(3) * U(r)
    step = ray if right.shape[0] > 3 else U(0)
    for i in range(9):
        lane[c + U(PX + i * PAIRS)] = corners[corner + U(i)] - turn[part + U(9 + i % 3)]
        lane[c + U(TURN + i * PAIRS)] = turn[part + U(i)]
    for i in range(3):
        lane[c + U(RAY + i * PAIRS)] = way[ray + U(i)]
        lane[c + U(RIGHT + i * PAIRS)] = right[step + U(i)]
        lane[c + U(DOWN + i * PAIRS)] = down[step + U(i)]


@fast_inner_kernel
def cross(lane):
    """Fill MET of all pairs: rays against triangles in Pluecker coordinates, as `packet_rays.edges_of` has them."""
    for q in range(SAMPLES):
        u = F(OFFSET_U[q])
        v = F(OFFSET_V[q])
        for k in range(PAIRS):
            ax = lane[RAY + k] + u * lane[RIGHT + k] + v * lane[DOWN + k]
            ay = lane[RAY + PAIRS + k] + u * lane[RIGHT + PAIRS + k] + v * lane[DOWN + PAIRS + k]
            az = lane[RAY + 2 * PAIRS + k] + u * lane[RIGHT + 2 * PAIRS + k] + v * lane[DOWN + 2 * PAIRS + k]
            dx = lane[TURN + k] * ax + lane[TURN + PAIRS + k] * ay + lane[TURN + 2 * PAIRS + k] * az
            dy = lane[TURN + 3 * PAIRS + k] * ax + lane[TURN + 4 * PAIRS + k] * ay
            dy += lane[TURN + 5 * PAIRS + k] * az
            dz = lane[TURN + 6 * PAIRS + k] * ax + lane[TURN + 7 * PAIRS + k] * ay
            dz += lane[TURN + 8 * PAIRS + k] * az
            px = lane[PX + k]
            py = lane[PY + k]
            pz = lane[PZ + k]
            qx = lane[QX + k]
            qy = lane[QY + k]
            qz = lane[QZ + k]
            rx = lane[RX + k]
            ry = lane[RY + k]
            rz = lane[RZ + k]
            one = (
                ((py + qy) * (qz - pz) - (pz + qz) * (qy - py)) * dx
                + ((pz + qz) * (qx - px) - (px + qx) * (qz - pz)) * dy
                + ((px + qx) * (qy - py) - (py + qy) * (qx - px)) * dz
            )
            two = (
                ((qy + ry) * (rz - qz) - (qz + rz) * (ry - qy)) * dx
                + ((qz + rz) * (rx - qx) - (qx + rx) * (rz - qz)) * dy
                + ((qx + rx) * (ry - qy) - (qy + ry) * (rx - qx)) * dz
            )
            three = (
                ((ry + py) * (pz - rz) - (rz + pz) * (py - ry)) * dx
                + ((rz + pz) * (px - rx) - (rx + px) * (pz - rz)) * dy
                + ((rx + px) * (py - ry) - (ry + py) * (px - rx)) * dz
            )
            nx = (qy - py) * (rz - qz) - (qz - pz) * (ry - qy)
            ny = (qz - pz) * (rx - qx) - (qx - px) * (rz - qz)
            nz = (qx - px) * (ry - qy) - (qy - py) * (rx - qx)
            away = (nx * px + ny * py + nz * pz) / (nx * dx + ny * dy + nz * dz)
            front = (one >= F(0)) & (two >= F(0)) & (three >= F(0))
            back = (one <= F(0)) & (two <= F(0)) & (three <= F(0))
            lane[MET + q * PAIRS + k] = away if (front | back) & (away > F(0)) else NOWHERE
