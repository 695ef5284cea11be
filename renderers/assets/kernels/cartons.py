"""What shows from one side, pixel by pixel.  Renderers floor, arrays only."""

import numpy as np
from numpy.typing import NDArray

from sim.kernels.jit import kernel

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]


@kernel
def draw(corner: Floats, code: Longs, found: Longs, depth: Floats) -> None:
    rows, columns = found.shape
    for t in range(len(corner)):
        ax, ay = corner[t, 0, 0], corner[t, 0, 1]
        bx, by = corner[t, 1, 0], corner[t, 1, 1]
        cx, cy = corner[t, 2, 0], corner[t, 2, 1]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if abs(area) < 1e-9:
            continue
        for y in range(max(int(min(ay, by, cy)), 0), min(int(max(ay, by, cy)) + 1, rows)):
            for x in range(max(int(min(ax, bx, cx)), 0), min(int(max(ax, bx, cx)) + 1, columns)):
                u, v = x + 0.5, y + 0.5
                wb = ((u - ax) * (cy - ay) - (v - ay) * (cx - ax)) / area
                wc = ((bx - ax) * (v - ay) - (by - ay) * (u - ax)) / area
                if wb < 0.0 or wc < 0.0 or wb + wc > 1.0:
                    continue
                z = (1.0 - wb - wc) * corner[t, 0, 2] + wb * corner[t, 1, 2] + wc * corner[t, 2, 2]
                if z > depth[y, x]:
                    depth[y, x] = z
                    found[y, x] = code[t]
