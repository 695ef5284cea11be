"""How well a skin fits what it is wrapped around, and what shows through its cells.  Renderers floor, arrays only."""

import numpy as np
from numpy.typing import NDArray

from sim.kernels.jit import kernel

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
PROBES = 24  # places along an edge that say where a look ends


@kernel
def misses(product: Floats, place: Floats, weight: Floats, miss: Floats) -> None:
    """How far the rows between any two lie from the straight line: |f_k - s f_a - t f_b|^2 by products of rows alone."""
    for a in range(len(place)):
        for k in range(a + 1, len(place)):
            for b in range(k + 1, len(place)):
                t = (place[k] - place[a]) / (place[b] - place[a])
                s = 1.0 - t
                off = product[k, k] + s * s * product[a, a] + t * t * product[b, b]
                off += 2.0 * (s * t * product[a, b] - s * product[a, k] - t * product[k, b])
                miss[a, b] += weight[k] * max(off, 0.0)


@kernel
def inside(code: Longs, spots: Floats, r: Longs, c: Longs, corners: int) -> int:
    """What a triangle shows whose corners look alike: another thing only where that fills most of it."""
    count = np.zeros(code.max() + 1, np.int64)
    for n in range(len(spots)):
        row = np.rint(spots[n, 0] * r[0] + spots[n, 1] * r[1] + spots[n, 2] * r[2])
        column = np.rint(spots[n, 0] * c[0] + spots[n, 1] * c[1] + spots[n, 2] * c[2])
        count[code[int(row), int(column) % code.shape[1]]] += 1
    most = int(count.argmax())
    return most if count[most] > 0.7 * len(spots) else corners


@kernel
def share_of(code: Longs, other: int, r0: int, r1: int, c0: int, c1: int) -> float:
    """How much of the way between two places of the picture does not show `other`."""
    differs = 0
    for n in range(PROBES):
        t = (n + 0.5) / PROBES
        row, column = int(np.rint(r0 + t * (r1 - r0))), int(np.rint(c0 + t * (c1 - c0)))
        differs += code[row, column % code.shape[1]] != other
    return differs / PROBES
