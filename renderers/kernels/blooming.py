"""Halos of reflectors: which beams lie about a bright one, and what they get of it.  Renderers floor, arrays only.

Directions are unit vectors; angles are the chords between them, which differ by a thousandth at the reach of a halo.
"""

import math

import numpy as np
from numpy.typing import NDArray

from sim.kernels.jit import inner_kernel, kernel

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]


@inner_kernel
def _cell(x: float, across: int) -> int:
    return min(max(int((x + 1.0) * 0.5 * across), 0), across - 1)


@kernel
def bin_directions(direction: Floats, across: int, first: Integers, order: Integers) -> None:
    """Sort directions (N, 3) into across^3 cubes about the sphere: cube k holds order[first[k] : first[k + 1]].

    `first` has one entry more than there are cubes.  Within a cube they keep their order.
    """
    first[:] = 0
    cube = np.empty(len(direction), np.int32)
    for n in range(len(direction)):
        x, y, z = direction[n]
        cube[n] = (_cell(x, across) * across + _cell(y, across)) * across + _cell(z, across)
        first[cube[n] + 1] += 1
    for k in range(len(first) - 1):
        first[k + 1] += first[k]
    at = first.copy()
    for n in range(len(direction)):
        order[at[cube[n]]] = n
        at[cube[n]] += 1


@kernel
def bloom(
    direction: Floats,  # (N, 3)
    across: int,  # cubes, each at least `reach` wide
    first: Integers,
    order: Integers,
    bright: NDArray[np.int64],  # (B,) beams that see reflectors, nearer ones first
    share: Floats,  # (B,) of their echoes that a beam in the same direction would get
    range_m: NDArray[np.float32],  # (N,)
    apart_m: float,  # reflectors that lie so far behind one another are seen apart
    reach: float,
    shoulder: float,
    total: Floats,  # (N,) 0 before: the strongest halo that a beam sees
    place_m: Floats,  # (N,) and its range
) -> None:
    """Add up what reflectors at one range send into each beam, and keep of several ranges the strongest.

    Both ways light falls off as (1 + (angle / shoulder)^2)^(-3/4).  Twin: naive_lidar.halos.
    """
    here, mean = np.zeros(len(direction)), np.zeros(len(direction))
    touched = np.empty(len(direction), np.int32)
    begin = 0
    while begin < len(bright):
        end = begin + 1
        while end < len(bright) and not range_m[bright[end]] - range_m[bright[end - 1]] > apart_m:
            end += 1
        count = 0
        for b in range(begin, end):
            source = bright[b]
            x, y, z = direction[source]
            i, j, k = _cell(x, across), _cell(y, across), _cell(z, across)
            for a in range(max(i - 1, 0), min(i + 2, across)):
                for c in range(max(j - 1, 0), min(j + 2, across)):
                    row = (a * across + c) * across
                    low, high = first[row + max(k - 1, 0)], first[row + min(k + 2, across)]
                    for m in range(low, high):
                        n = order[m]
                        dx, dy, dz = direction[n, 0] - x, direction[n, 1] - y, direction[n, 2] - z
                        square = dx * dx + dy * dy + dz * dz
                        if square > reach * reach:
                            continue
                        wide = 1.0 + square / (shoulder * shoulder)
                        part = share[b] / (wide * math.sqrt(wide))
                        if here[n] == 0.0:
                            touched[count] = n
                            count += 1
                        here[n] += part
                        mean[n] += part * range_m[source]
        for b in range(begin, end):
            mean[bright[b]] = -1.0  # who sees the reflector itself has no halo of it
        for m in range(count):
            n = touched[m]
            if mean[n] >= 0.0 and here[n] > total[n]:
                total[n] = here[n]
                place_m[n] = mean[n] / here[n]
            here[n] = 0.0
            mean[n] = 0.0
        begin = end
