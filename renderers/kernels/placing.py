"""Where the parts of a scene lie as rays see them: turns, boxes and poses in between.  Renderers floor, arrays only."""

import math

import numpy as np
from numpy.typing import NDArray

from sim.kernels.jit import kernel


@kernel
def place_parts(
    world_from_part: NDArray[np.float64],  # (P, 3, 4)
    tree: NDArray[np.int32],  # (P,)
    bounds: NDArray[np.float32],  # (G, 6) of trees in their own frames
    origin: NDArray[np.float64],  # (3,) world
    pad_m: float,
    turn: NDArray[
        np.float32
    ],  # (P, 12) out: part_from_sensor, row by row, then the origin in the part's frame
    box: NDArray[np.float32],  # (P, 6) out: about each part from the origin, axes of the world, `pad_m` wider
) -> None:
    """Turns and boxes of all parts as rays from an origin need them.  Twin: numpy in test_placing."""
    shift = np.empty(3)
    for p in range(len(tree)):
        pose = world_from_part[p]
        own = bounds[tree[p]]
        for axis in range(3):
            shift[axis] = pose[axis, 3] - origin[axis]
        for axis in range(3):
            start = 0.0
            middle = shift[axis]
            half = pad_m
            for k in range(3):
                turn[p, 3 * axis + k] = pose[k, axis]
                start -= pose[k, axis] * shift[k]
                middle += pose[axis, k] * (0.5 * (float(own[k]) + float(own[3 + k])))
                half += abs(pose[axis, k]) * (0.5 * (float(own[3 + k]) - float(own[k])))
            turn[p, 9 + axis] = start
            box[p, axis] = middle - half
            box[p, 3 + axis] = middle + half


@kernel
def mix_poses(
    exact: NDArray[np.float64],  # (K, P, 3, 4)
    first: NDArray[np.int64],  # (S,) key before each time
    share: NDArray[np.float64],  # (S,) of the way to the next key
    out: NDArray[np.float64],  # (S, P, 3, 4)
) -> None:
    """Poses between keys: linear, then turns made orthonormal again, the x axis kept, y in its plane.

    Twin: numpy in test_placing.
    """
    m = np.empty((3, 4))
    for s in range(len(first)):
        before, after, f = exact[first[s]], exact[first[s] + 1], share[s]
        for p in range(exact.shape[1]):
            for i in range(3):
                for j in range(4):
                    m[i, j] = (1.0 - f) * before[p, i, j] + f * after[p, i, j]
            length = math.sqrt(m[0, 0] * m[0, 0] + m[1, 0] * m[1, 0] + m[2, 0] * m[2, 0])
            x0, x1, x2 = m[0, 0] / length, m[1, 0] / length, m[2, 0] / length
            z0 = x1 * m[2, 1] - x2 * m[1, 1]
            z1 = x2 * m[0, 1] - x0 * m[2, 1]
            z2 = x0 * m[1, 1] - x1 * m[0, 1]
            length = math.sqrt(z0 * z0 + z1 * z1 + z2 * z2)
            z0, z1, z2 = z0 / length, z1 / length, z2 / length
            out[s, p, 0, 0], out[s, p, 1, 0], out[s, p, 2, 0] = x0, x1, x2
            out[s, p, 0, 1] = z1 * x2 - z2 * x1
            out[s, p, 1, 1] = z2 * x0 - z0 * x2
            out[s, p, 2, 1] = z0 * x1 - z1 * x0
            out[s, p, 0, 2], out[s, p, 1, 2], out[s, p, 2, 2] = z0, z1, z2
            for i in range(3):
                out[s, p, i, 3] = m[i, 3]
