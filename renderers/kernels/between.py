"""What is seen between pixels' centres, told from the triangles that are seen at them.  Renderers floor, arrays only.

Where few triangles meet, a sample beside a pixel's centre sees one of those that it and its neighbours see, and the
sample's ray asks each of them.  What shows at no centre near by would find no pixel to take its light from anyway.
"""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import numpy as np

from renderers.kernels.packets import edges
from renderers.kernels.paths import OFFSET_U, OFFSET_V, SAMPLES, tiled
from sim.kernels.jit import fast_kernel

F = np.float32
MOST = 5  # triangles: where more meet, as in foliage, many show at no centre, and the trees must be asked


@fast_kernel
def seen_between(
    start, stop, index, width, height, tiles_across, direction, right, down,
    range_m, placement, triangle, corners, turn,
    sample_range, sample_placement, sample_triangle, many,
):  # fmt: skip
    """Fill what the samples of edge pixels [start, stop) see, or set `many` where more than MOST triangles meet.

    `right` and `down` (N, 3), or (1, 3) for all, are how a ray changes over a pixel.
    """
    edge = np.empty(22, np.float32)
    ids = np.empty((2, MOST), np.int32)
    best = np.empty(SAMPLES, np.float32)
    which = np.empty(SAMPLES, np.int32)
    for k in range(start, stop):
        r = index[k]
        many[k] = False
        if r < 0:
            continue
        tile = r >> 6
        x = (tile % tiles_across) * 8 + (r & 7)
        y = (tile // tiles_across) * 8 + ((r >> 3) & 7)
        count = 0
        sky = False
        for j in range(max(y - 1, 0), min(y + 2, height)):
            for i in range(max(x - 1, 0), min(x + 2, width)):
                n = tiled(i, j, tiles_across)
                if triangle[n] < 0:
                    sky = True
                    continue
                known = False
                for c in range(min(count, MOST)):
                    known = known or (ids[1, c] == triangle[n] and ids[0, c] == placement[n])
                if not known:
                    if count < MOST:
                        ids[0, count] = placement[n]
                        ids[1, count] = triangle[n]
                    count += 1
        if count > MOST:
            many[k] = True
            continue
        for q in range(SAMPLES):
            best[q] = F(1e30)
            which[q] = -1
        n = min(r, right.shape[0] - 1)
        for c in range(count):
            p = ids[0, c]
            edges(corners, ids[1, c], turn, p, edge)
            for q in range(SAMPLES):
                u = F(OFFSET_U[q])
                v = F(OFFSET_V[q])
                ax = direction[r, 0] + u * right[n, 0] + v * down[n, 0]
                ay = direction[r, 1] + u * right[n, 1] + v * down[n, 1]
                az = direction[r, 2] + u * right[n, 2] + v * down[n, 2]
                dx = turn[p, 0] * ax + turn[p, 1] * ay + turn[p, 2] * az
                dy = turn[p, 3] * ax + turn[p, 4] * ay + turn[p, 5] * az
                dz = turn[p, 6] * ax + turn[p, 7] * ay + turn[p, 8] * az
                one = edge[0] * dx + edge[1] * dy + edge[2] * dz
                two = edge[3] * dx + edge[4] * dy + edge[5] * dz
                three = edge[6] * dx + edge[7] * dy + edge[8] * dz
                front = one >= F(0) and two >= F(0) and three >= F(0)
                if front or (one <= F(0) and two <= F(0) and three <= F(0)):
                    t = edge[21] / (edge[18] * dx + edge[19] * dy + edge[20] * dz)
                    if t > F(0) and t < best[q]:
                        best[q] = t
                        which[q] = c
        for q in range(SAMPLES):
            s = k * SAMPLES + q
            if which[q] >= 0:
                sample_range[s] = best[q]
                sample_placement[s] = ids[0, which[q]]
                sample_triangle[s] = ids[1, which[q]]
            elif sky:
                sample_range[s] = F(1e30)
                sample_placement[s] = -1
                sample_triangle[s] = -1
            else:  # a sliver that shows at no centre: the pixel's own
                sample_range[s] = range_m[r]
                sample_placement[s] = placement[r]
                sample_triangle[s] = triangle[r]
