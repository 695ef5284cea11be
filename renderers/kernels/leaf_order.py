"""Triangles written out in the order of the leaves that hold them, corners and all.  Renderers floor, arrays only."""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import numpy as np

from sim.kernels.jit import kernel

F = np.float32


@kernel
def bound(vertex, triangle, pad_m, pad_relative, low, high):
    """The box of each triangle (T, 3), wider by `pad_m` and `pad_relative` of its largest coordinate.

    Returns whether all corners are finite.
    """
    finite = True
    for k in range(len(triangle)):
        far = F(0)
        for c in range(3):
            a = vertex[triangle[k, 0], c]
            b = vertex[triangle[k, 1], c]
            d = vertex[triangle[k, 2], c]
            finite &= bool(np.isfinite(a) & np.isfinite(b) & np.isfinite(d))
            low[k, c] = min(a, b, d)
            high[k, c] = max(a, b, d)
            far = max(far, -low[k, c], high[k, c])
        pad = pad_m + far * pad_relative
        for c in range(3):
            low[k, c] -= pad
            high[k, c] += pad
    return finite


@kernel
def lay_out(
    order, vertex, normal, uv, triangle, material, dirt, semantic, instance,
    corners_out, normal_out, uv_out, material_out, dirt_out, semantic_out, instance_out,
):  # fmt: skip
    """Row k of what goes out is triangle order[k]."""
    for k in range(len(order)):
        t = order[k]
        for corner in range(3):
            v = triangle[t, corner]
            for c in range(3):
                corners_out[k, 3 * corner + c] = vertex[v, c]
                normal_out[k, 3 * corner + c] = normal[v, c]
            uv_out[k, 2 * corner] = uv[v, 0]
            uv_out[k, 2 * corner + 1] = uv[v, 1]
            dirt_out[k, corner] = dirt[t, corner]
        material_out[k] = material[t]
        semantic_out[k] = semantic[t]
        instance_out[k] = instance[t]
