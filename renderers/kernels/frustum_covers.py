"""Where boxes and triangles are seen from a frustum of rays, sixteen at a time.  Renderers floor, arrays only.

Places are `u = x / z`, `v = y / z` in the frustum's own frame, as a pinhole has them.  They are only bounds, taken a
little too wide: what they let pass is asked exactly (`frustum_rays`).
"""

import numpy as np
from numpy.typing import NDArray

from renderers.kernels.broad import BOX, BREADTH, leaf_at
from sim.kernels.jit import inner_kernel
from sim.kernels.sixteen import Sixteen, alike, below, choose, least, load, most, not_above, store, times_plus

# Rows of what is covered, sixteen numbers each: least depth, then the place,
NEAREST, U0, U1, V0, V1 = range(5)
NEAR_INVERSE, FAR_INVERSE = 5, 6  # and of triangles 1 / least and greatest depth.
MOVED = 7  # A packet sees triangles at places of its own, U0 to V1 from here on.
COVER = 11
# What rays see: least and greatest u, least and greatest v, the greatest depth they hold.
U_LOW, U_HIGH, V_LOW, V_HIGH, DEEPEST = range(5)
SIGHT = 5
# Numbers of a frame: part to frustum, row by row; the prepared origin in the part's frame; where the rays start from
# there, in the frustum's axes.
FRAME = 15
FAR = np.float32(3e38)
CLOSE_M = np.float32(0.05)  # what is nearer is not projected: it may stand anywhere
HIDDEN = np.float32(
    0.9999
)  # depths of what is seen on edge have few digits: hidden is what lies further by this
SLACK = np.float32(2e-5)  # how far rounding may carry a hit beyond the projected corners: in u and v,
SLACK_M = np.float32(2.4e-4)  # and metres at the triangle
SPREAD_COSINE = np.float32(0.6)  # rays stay within this of the axis, so that |u| and |v| are at most 4 / 3
# A ray (u, v) that starts at g meets what lies at depth z where u + (g.x - u g.z) / z and v + (g.y - v g.z) / z are seen
# from the frustum's start.  What packets know of their starts: the least and the greatest of both, and of g.z.
RIGHT0, RIGHT1, DOWN0, DOWN1, AHEAD = range(5)
STARTS = 5
_ALL = np.uintp((1 << BREADTH) - 1)


@inner_kernel
def _row(cover: NDArray[np.float32], row: int) -> Sixteen:
    return load(cover, np.uintp(row * BREADTH))


@inner_kernel
def _along(f: NDArray[np.float32], axis: int, x: Sixteen, y: Sixteen, z: Sixteen) -> Sixteen:
    """How far points lie along an axis of the frustum."""
    a, b, c = alike(f[3 * axis]), alike(f[3 * axis + 1]), alike(f[3 * axis + 2])
    return times_plus(a, x, times_plus(b, y, times_plus(c, z, alike(-f[12 + axis]))))


@inner_kernel
def _across(f: NDArray[np.float32], axis: int, a: Sixteen, b: Sixteen, c: Sixteen) -> Sixteen:
    """How far boxes of half extents (a, b, c) reach along an axis of the frustum."""
    x, y, z = alike(abs(f[3 * axis])), alike(abs(f[3 * axis + 1])), alike(abs(f[3 * axis + 2]))
    return times_plus(x, a, times_plus(y, b, z * c))


@inner_kernel
def _cover(
    seen: np.uint64,
    nearest: Sixteen,
    u0: Sixteen,
    u1: Sixteen,
    v0: Sixteen,
    v1: Sixteen,
    view: NDArray[np.float32],
    out: NDArray[np.float32],
) -> None:
    """Write depths and places; what is not seen ahead may stand anywhere."""
    nearest = nearest * alike(HIDDEN)
    if seen != _ALL:
        nearest = choose(seen, nearest, alike(np.float32(0.0)))
        u0, u1 = choose(seen, u0, alike(view[0])), choose(seen, u1, alike(view[1]))
        v0, v1 = choose(seen, v0, alike(view[2])), choose(seen, v1, alike(view[3]))
    store(out, np.uintp(NEAREST * BREADTH), nearest)
    store(out, np.uintp(U0 * BREADTH), u0)
    store(out, np.uintp(U1 * BREADTH), u1)
    store(out, np.uintp(V0 * BREADTH), v0)
    store(out, np.uintp(V1 * BREADTH), v1)


@inner_kernel
def boxes_cover(
    boxes: NDArray[np.float32],  # flat: BOX numbers of each node
    node: np.uint64,
    f: NDArray[np.float32],  # (FRAME,)
    view: NDArray[np.float32],  # (4,) least and greatest u, least and greatest v of the rays
    starts: NDArray[np.float32],  # (STARTS,) of all rays; least ones not above and greatest ones not below 0
    sway: np.float32,  # how far rays may start from the middle of their starts, along any axis
    out: NDArray[np.float32],  # (>= 5 * BREADTH,) written
) -> np.uint64:
    """Least depths and places of a node's children; returns bits of those that do not lie beside all rays."""
    half, none, one = alike(np.float32(0.5)), alike(np.float32(0.0)), alike(np.float32(1.0))
    at, next_axis = node * np.uintp(BOX), np.uintp(BREADTH)
    low_x, low_y, low_z = (
        load(boxes, at),
        load(boxes, at + next_axis),
        load(boxes, at + next_axis + next_axis),
    )
    at += np.uintp(3 * BREADTH)
    high_x, high_y, high_z = (
        load(boxes, at),
        load(boxes, at + next_axis),
        load(boxes, at + next_axis + next_axis),
    )
    x = times_plus(half, low_x + high_x, alike(-f[9]))
    y = times_plus(half, low_y + high_y, alike(-f[10]))
    z = times_plus(half, low_z + high_z, alike(-f[11]))
    a, b, c = half * (high_x - low_x), half * (high_y - low_y), half * (high_z - low_z)
    ahead, deep = _along(f, 2, x, y, z), _across(f, 2, a, b, c)
    right, wide = _along(f, 0, x, y, z), _across(f, 0, a, b, c)
    down, high = _along(f, 1, x, y, z), _across(f, 1, a, b, c)
    close = alike(CLOSE_M + np.float32(2.0) * sway)
    nearest, furthest = ahead - deep, ahead + deep
    seen = below(close, nearest)
    near, far = one / most(nearest, close), one / most(furthest, close)
    x0, x1, y0, y1 = right - wide, right + wide, down - high, down + high
    slack = alike(SLACK)
    u0 = x0 * choose(below(x0, none), near, far) - times_plus(alike(starts[RIGHT1]), near, slack)
    u1 = x1 * choose(below(none, x1), near, far) - times_plus(alike(starts[RIGHT0]), near, none - slack)
    v0 = y0 * choose(below(y0, none), near, far) - times_plus(alike(starts[DOWN1]), near, slack)
    v1 = y1 * choose(below(none, y1), near, far) - times_plus(alike(starts[DOWN0]), near, none - slack)
    met = (
        not_above(u0, alike(view[1]))
        & not_above(alike(view[0]), u1)
        & not_above(v0, alike(view[3]))
        & not_above(alike(view[2]), v1)
    )
    if seen != _ALL:
        # What reaches beside or behind the rays' starts must pass between the planes about them.
        loose = sway * np.float32(4.0) + np.float32(1e-3)
        above, under = alike(-loose), alike(loose)
        left, right_most, top, bottom = view[0], view[1], view[2], view[3]
        between = (
            below(alike(-sway), furthest)
            & not_above(above, x1 - alike(left) * ahead + alike(abs(left)) * deep)
            & not_above(x0 - alike(right_most) * ahead - alike(abs(right_most)) * deep, under)
            & not_above(above, y1 - alike(top) * ahead + alike(abs(top)) * deep)
            & not_above(y0 - alike(bottom) * ahead - alike(abs(bottom)) * deep, under)
        )
        met = (met & seen) | (between & ~seen)
    _cover(seen, nearest, u0, u1, v0, v1, view, out)
    return met


@inner_kernel
def triangles_cover(
    corners: NDArray[np.float32],  # flat: by axis, BREADTH numbers each
    first: np.uint64,
    f: NDArray[np.float32],
    view: NDArray[np.float32],
    starts: NDArray[np.float32],  # as above
    sway: np.float32,
    out: NDArray[np.float32],  # (COVER * BREADTH,) written
) -> np.uint64:
    """The same of a leaf, whose corners begin at `first`, seen from the middle of the rays' starts: see `as_seen_by`."""
    none, one = alike(np.float32(0.0)), alike(np.float32(1.0))
    ax, ay, az, bx, by, bz, cx, cy, cz = leaf_at(corners, first, alike(f[9]), alike(f[10]), alike(f[11]))
    x0, y0, z0 = _along(f, 0, ax, ay, az), _along(f, 1, ax, ay, az), _along(f, 2, ax, ay, az)
    x1, y1, z1 = _along(f, 0, bx, by, bz), _along(f, 1, bx, by, bz), _along(f, 2, bx, by, bz)
    x2, y2, z2 = _along(f, 0, cx, cy, cz), _along(f, 1, cx, cy, cz), _along(f, 2, cx, cy, cz)
    close = alike(CLOSE_M + np.float32(2.0) * sway)
    nearest = least(least(z0, z1), z2)
    seen = below(close, nearest)
    i0, i1, i2 = one / most(z0, close), one / most(z1, close), one / most(z2, close)
    nearer, further = most(most(i0, i1), i2), least(least(i0, i1), i2)
    slack = times_plus(alike(SLACK_M), nearer, alike(SLACK))
    p0, p1, p2 = x0 * i0, x1 * i1, x2 * i2
    q0, q1, q2 = y0 * i0, y1 * i1, y2 * i2
    u0, u1 = least(least(p0, p1), p2) - slack, most(most(p0, p1), p2) + slack
    v0, v1 = least(least(q0, q1), q2) - slack, most(most(q0, q1), q2) + slack
    met = (
        not_above(u0 - alike(starts[RIGHT1]) * nearer, alike(view[1]))
        & not_above(alike(view[0]), u1 - alike(starts[RIGHT0]) * nearer)
        & not_above(v0 - alike(starts[DOWN1]) * nearer, alike(view[3]))
        & not_above(alike(view[2]), v1 - alike(starts[DOWN0]) * nearer)
    )
    if seen != _ALL:
        loose = sway * np.float32(4.0) + np.float32(1e-3)
        above, under = alike(-loose), alike(loose)
        left, right, top, bottom = alike(view[0]), alike(view[1]), alike(view[2]), alike(view[3])
        between = (
            below(alike(-sway), most(most(z0, z1), z2))
            & not_above(above, most(most(x0 - left * z0, x1 - left * z1), x2 - left * z2))
            & not_above(least(least(x0 - right * z0, x1 - right * z1), x2 - right * z2), under)
            & not_above(above, most(most(y0 - top * z0, y1 - top * z1), y2 - top * z2))
            & not_above(least(least(y0 - bottom * z0, y1 - bottom * z1), y2 - bottom * z2), under)
        )
        met = (met & seen) | (between & ~seen)
        nearer, further = choose(seen, nearer, none), choose(seen, further, none)
    store(out, np.uintp(NEAR_INVERSE * BREADTH), nearer)
    store(out, np.uintp(FAR_INVERSE * BREADTH), further)
    _cover(seen, nearest, u0, u1, v0, v1, view, out)
    return met


@inner_kernel
def as_seen_by(
    cover: NDArray[np.float32],  # (COVER * BREADTH,) triangles
    begun: NDArray[np.float32],  # (packets, STARTS)
    i: int,  # packet
    moved: np.uint64,  # where rows U0 to V1 of the packet are written
) -> None:
    """Move triangles' places by where a packet's rays start, so that they can be held against its u and v."""
    left, right = alike(begun[i, RIGHT0]), alike(begun[i, RIGHT1])
    upper, lower = alike(begun[i, DOWN0]), alike(begun[i, DOWN1])
    near, far = _row(cover, NEAR_INVERSE), _row(cover, FAR_INVERSE)
    breadth = np.uintp(BREADTH)
    store(cover, moved, _row(cover, U0) - most(right * near, right * far))
    store(cover, moved + breadth, _row(cover, U1) - least(left * near, left * far))
    store(cover, moved + breadth + breadth, _row(cover, V0) - most(lower * near, lower * far))
    store(cover, moved + breadth + breadth + breadth, _row(cover, V1) - least(upper * near, upper * far))


@inner_kernel
def met_by(
    cover: NDArray[np.float32],  # (COVER * BREADTH,) triangles
    places: np.uint64,  # where rows U0 to V1 are in it
    sight: NDArray[np.float32],  # flat: SIGHT numbers of each group of rays
    group: np.uint64,
) -> np.uint64:
    """Bits of triangles that a group of rays may meet, whose rays stay within a rectangle."""
    at, breadth = group * np.uintp(SIGHT), np.uintp(BREADTH)
    return (
        not_above(load(cover, places), alike(sight[at + np.uintp(U_HIGH)]))
        & not_above(alike(sight[at + np.uintp(U_LOW)]), load(cover, places + breadth))
        & not_above(load(cover, places + breadth + breadth), alike(sight[at + np.uintp(V_HIGH)]))
        & not_above(alike(sight[at + np.uintp(V_LOW)]), load(cover, places + breadth + breadth + breadth))
        & not_above(_row(cover, NEAREST), alike(sight[at + np.uintp(DEEPEST)]))
    )
