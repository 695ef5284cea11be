"""Where boxes and triangles are seen from a frustum of rays, sixteen at a time.  Renderers floor, arrays only.

Places are `u = x / z`, `v = y / z` in the frustum's own frame, as a pinhole has them.  They are only bounds, taken a
little too wide: what they let pass is asked exactly (`frustum_rays`).
"""

import numpy as np
from numpy.typing import NDArray

from renderers.kernels.broad import BREADTH
from sim.kernels.jit import fast_inner_kernel
from sim.kernels.widths import half_vectors

NEAREST, U0, U1, V0, V1 = range(5)  # rows of what is covered: least depth, then the place
NEAR_INVERSE, FAR_INVERSE = 5, 6  # of triangles: 1 / least and greatest depth
COVER = 7
# Numbers of a frame: part to frustum, row by row; the prepared origin in the part's frame; where the rays start from
# there, in the frustum's axes.
FRAME = 15
FAR = np.float32(3e38)  # least depth of what lies beside
CLOSE_M = np.float32(0.05)  # what is nearer is not projected: it may stand anywhere
HIDDEN = np.float32(
    0.9999
)  # depths of what is seen on edge have few digits: hidden is what lies further by this
SLACK = np.float32(2e-5)  # how far rounding may carry a hit beyond the projected corners: in u and v,
SLACK_M = np.float32(2.4e-4)  # and metres at the triangle
SPREAD_COSINE = np.float32(0.6)  # rays stay within this of the axis, so that |u| and |v| are at most 4 / 3
# A ray (u, v) that starts at g meets what lies at depth z where u + (g.x - u g.z) / z and v + (g.y - v g.z) / z are seen
# from the frustum's start.  Rows of what packets know of their starts: the least and the greatest of both, and of g.z.
RIGHT0, RIGHT1, DOWN0, DOWN1, AHEAD = range(5)
STARTS = 5


@fast_inner_kernel
def boxes_cover(
    boxes: NDArray[np.float32],  # (nodes, broad.BOX)
    node: int,
    f: NDArray[np.float32],  # (FRAME,)
    view: NDArray[np.float32],  # (4,) least and greatest u, least and greatest v of the rays
    starts: NDArray[np.float32],  # (STARTS,) of all rays; least ones not above and greatest ones not below 0
    sway: np.float32,  # how far rays may start from the middle of their starts, along any axis
    out: NDArray[np.float32],  # (>= 5, BREADTH) written
) -> None:
    """Least depths and places of a node's children; those that lie beside all rays have the depth FAR."""
    half_vectors()
    half = np.float32(0.5)
    none = np.float32(0.0)
    one = np.float32(1.0)
    m0, m1, m2, m3, m4, m5, m6, m7, m8 = f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8]
    sx, sy, sz, gx, gy, gz = f[9], f[10], f[11], f[12], f[13], f[14]
    a0, a1, a2, a3, a4, a5 = abs(m0), abs(m1), abs(m2), abs(m3), abs(m4), abs(m5)
    a6, a7, a8 = abs(m6), abs(m7), abs(m8)
    u_low, u_high, v_low, v_high = view[0], view[1], view[2], view[3]
    right0, right1, down0, down1 = starts[RIGHT0], starts[RIGHT1], starts[DOWN0], starts[DOWN1]
    close = CLOSE_M + np.float32(2.0) * sway
    loose = sway * np.float32(4.0) + np.float32(1e-3)
    for k in range(BREADTH):
        x = half * (boxes[node, k] + boxes[node, 3 * BREADTH + k]) - sx
        y = half * (boxes[node, BREADTH + k] + boxes[node, 4 * BREADTH + k]) - sy
        z = half * (boxes[node, 2 * BREADTH + k] + boxes[node, 5 * BREADTH + k]) - sz
        a = half * (boxes[node, 3 * BREADTH + k] - boxes[node, k])
        b = half * (boxes[node, 4 * BREADTH + k] - boxes[node, BREADTH + k])
        c = half * (boxes[node, 5 * BREADTH + k] - boxes[node, 2 * BREADTH + k])
        ahead = m6 * x + m7 * y + m8 * z - gz
        deep = a6 * a + a7 * b + a8 * c
        right = m0 * x + m1 * y + m2 * z - gx
        wide = a0 * a + a1 * b + a2 * c
        down = m3 * x + m4 * y + m5 * z - gy
        high = a3 * a + a4 * b + a5 * c
        nearest = ahead - deep
        projected = nearest > close
        near = one / max(nearest, close)
        far = one / max(ahead + deep, close)
        x0, x1, y0, y1 = right - wide, right + wide, down - high, down + high
        u0 = x0 * (near if x0 < none else far) - right1 * near - SLACK
        u1 = x1 * (near if x1 > none else far) - right0 * near + SLACK
        v0 = y0 * (near if y0 < none else far) - down1 * near - SLACK
        v1 = y1 * (near if y1 > none else far) - down0 * near + SLACK
        beside = (u0 > u_high) | (u1 < u_low) | (v0 > v_high) | (v1 < v_low)
        # What reaches beside or behind the rays' starts must pass between the planes about them.
        outside = (
            (ahead + deep <= -sway)
            | (x1 - u_low * ahead + abs(u_low) * deep < -loose)
            | (x0 - u_high * ahead - abs(u_high) * deep > loose)
            | (y1 - v_low * ahead + abs(v_low) * deep < -loose)
            | (y0 - v_high * ahead - abs(v_high) * deep > loose)
        )
        depth = nearest * HIDDEN if projected else none
        out[NEAREST, k] = FAR if (beside if projected else outside) else depth
        out[U0, k] = u0 if projected else u_low
        out[U1, k] = u1 if projected else u_high
        out[V0, k] = v0 if projected else v_low
        out[V1, k] = v1 if projected else v_high


@fast_inner_kernel
def triangles_cover(
    corners: NDArray[np.float32],  # (9, T) by axis
    first: int,
    f: NDArray[np.float32],
    view: NDArray[np.float32],
    starts: NDArray[np.float32],  # as above
    sway: np.float32,
    out: NDArray[np.float32],  # (COVER, BREADTH) written
) -> None:
    """The same of triangles first .. first + BREADTH - 1, seen from the middle of the rays' starts: see `as_seen_by`."""
    half_vectors()
    none = np.float32(0.0)
    one = np.float32(1.0)
    m0, m1, m2, m3, m4, m5, m6, m7, m8 = f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8]
    sx, sy, sz, gx, gy, gz = f[9], f[10], f[11], f[12], f[13], f[14]
    u_low, u_high, v_low, v_high = view[0], view[1], view[2], view[3]
    right0, right1, down0, down1 = starts[RIGHT0], starts[RIGHT1], starts[DOWN0], starts[DOWN1]
    close = CLOSE_M + np.float32(2.0) * sway
    loose = sway * np.float32(4.0) + np.float32(1e-3)
    base = np.uintp(first)  # numba would ask of a signed one whether it counts from the end, and gather
    for k in range(BREADTH):
        t = base + np.uintp(k)
        ax, ay, az = corners[0, t] - sx, corners[1, t] - sy, corners[2, t] - sz
        bx, by, bz = corners[3, t] - sx, corners[4, t] - sy, corners[5, t] - sz
        cx, cy, cz = corners[6, t] - sx, corners[7, t] - sy, corners[8, t] - sz
        x0, x1 = m0 * ax + m1 * ay + m2 * az - gx, m0 * bx + m1 * by + m2 * bz - gx
        y0, y1 = m3 * ax + m4 * ay + m5 * az - gy, m3 * bx + m4 * by + m5 * bz - gy
        z0, z1 = m6 * ax + m7 * ay + m8 * az - gz, m6 * bx + m7 * by + m8 * bz - gz
        x2, y2 = m0 * cx + m1 * cy + m2 * cz - gx, m3 * cx + m4 * cy + m5 * cz - gy
        z2 = m6 * cx + m7 * cy + m8 * cz - gz
        nearest = min(z0, z1, z2)
        projected = nearest > close
        i0, i1, i2 = one / max(z0, close), one / max(z1, close), one / max(z2, close)
        most = max(i0, i1, i2)
        slack = SLACK + SLACK_M * most
        p0, p1, p2 = x0 * i0, x1 * i1, x2 * i2
        q0, q1, q2 = y0 * i0, y1 * i1, y2 * i2
        u0 = min(p0, p1, p2) - slack
        u1 = max(p0, p1, p2) + slack
        v0 = min(q0, q1, q2) - slack
        v1 = max(q0, q1, q2) + slack
        beside = (
            (u0 - right1 * most > u_high)
            | (u1 - right0 * most < u_low)
            | (v0 - down1 * most > v_high)
            | (v1 - down0 * most < v_low)
        )
        outside = (
            (max(z0, z1, z2) <= -sway)
            | (max(x0 - u_low * z0, x1 - u_low * z1, x2 - u_low * z2) < -loose)
            | (min(x0 - u_high * z0, x1 - u_high * z1, x2 - u_high * z2) > loose)
            | (max(y0 - v_low * z0, y1 - v_low * z1, y2 - v_low * z2) < -loose)
            | (min(y0 - v_high * z0, y1 - v_high * z1, y2 - v_high * z2) > loose)
        )
        depth = nearest * HIDDEN if projected else none
        out[NEAREST, k] = FAR if (beside if projected else outside) else depth
        out[NEAR_INVERSE, k] = most if projected else none
        out[FAR_INVERSE, k] = min(i0, i1, i2) if projected else none
        out[U0, k] = u0 if projected else u_low
        out[U1, k] = u1 if projected else u_high
        out[V0, k] = v0 if projected else v_low
        out[V1, k] = v1 if projected else v_high


@fast_inner_kernel
def as_seen_by(
    cover: NDArray[np.float32],  # (COVER, BREADTH) triangles
    k: int,  # packet
    rect: NDArray[np.float32],  # (4, packets) least and greatest u, least and greatest v of their rays
    deepest: NDArray[np.float32],  # (packets,) the greatest depth that they hold
    begun: NDArray[np.float32],  # (STARTS, packets) of their rays
    moved: NDArray[np.float32],  # (4, BREADTH) written: the triangles' places as the packet sees them
    meets: NDArray[np.int32],  # (BREADTH,) written: whether the packet may meet them
) -> None:
    """Move triangles' places by where a packet's rays start, so that they can be held against its u and v."""
    half_vectors()
    left, right, upper, lower = begun[RIGHT0, k], begun[RIGHT1, k], begun[DOWN0, k], begun[DOWN1, k]
    u_low, u_high, v_low, v_high, deep = rect[0, k], rect[1, k], rect[2, k], rect[3, k], deepest[k]
    for j in range(BREADTH):
        near, far = cover[NEAR_INVERSE, j], cover[FAR_INVERSE, j]
        u0 = cover[U0, j] - max(right * near, right * far)
        u1 = cover[U1, j] - min(left * near, left * far)
        v0 = cover[V0, j] - max(lower * near, lower * far)
        v1 = cover[V1, j] - min(upper * near, upper * far)
        moved[0, j], moved[1, j], moved[2, j], moved[3, j] = u0, u1, v0, v1
        meet = (u0 <= u_high) & (u1 >= u_low) & (v0 <= v_high) & (v1 >= v_low) & (cover[NEAREST, j] <= deep)
        meets[j] = np.int32(1) if meet else np.int32(0)
