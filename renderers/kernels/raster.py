"""What a pinhole's pixels see, triangle by triangle instead of ray by ray.  Renderers floor, arrays only.

The picture is cut in regions of 8 x 8 tiles.  Each region goes through the trees of `packets`, nearer children first,
and leaves out boxes that its frustum misses or that lie behind everything its tiles hold so far.  A triangle that is
left is projected only to find the pixels that it may cover, a little too many; these ask it the very question that
`packets` asks, with the same rounded terms, so that hits are those of the tracer bit for bit, ties included.
Twin: kernels.packets.trace_packets.
"""

import math

import numpy as np
from numpy.typing import NDArray

from renderers.kernels.bvh import COUNT_BITS, COUNT_MASK
from renderers.kernels.packets import NEVER, edges
from sim.kernels.jit import fast_inner_kernel, fast_kernel, inner_kernel, kernel

SIDE = 8  # tiles along a region: its buffers stay in the second cache
TILE = 64  # pixels
LANES = 32  # pixels that are asked together: four rows of a tile
GROUPS = TILE // LANES
ROWS = LANES // 8
BOX = 5  # numbers of a projected box: least depth, then its first and last column and row
CLOSE_M = np.float32(0.05)  # what is nearer is not projected: it may stand anywhere
# Triangles that are seen on edge have depths of few digits; hidden is what lies this much further.
HIDDEN = np.float32(0.9999)
# How far rounding may carry a hit beyond the projected corners: a share of the focal length, and metres at the triangle.
SLACK = np.float32(1e-5)
SLACK_M = np.float32(2.4e-4)
# Numbers of a raster and, behind them, of a region.
FX, FY, CX, CY, WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = range(10)
PLANES = 10  # slopes of the four planes about a region, half a pixel out
NUMBERS = 14


@fast_inner_kernel
def _projected(
    flat: NDArray[np.float32],
    at: int,  # a box is flat[at : at + 6]
    turn: NDArray[np.float32],  # (P, 12)
    axes: NDArray[np.float32],  # (P, 9) camera_from_part
    placement: int,
    r: NDArray[np.float32],
    out: NDArray[np.float32],
    o: int,
) -> bool:
    """Whether a box reaches into the region; if so its least depth and pixels go to out[o : o + BOX]."""
    half = np.float32(0.5)
    none = np.float32(0.0)
    one = np.float32(1.0)
    x = half * (flat[at] + flat[at + 3]) - turn[placement, 9]
    y = half * (flat[at + 1] + flat[at + 4]) - turn[placement, 10]
    z = half * (flat[at + 2] + flat[at + 5]) - turn[placement, 11]
    a = half * (flat[at + 3] - flat[at])
    b = half * (flat[at + 4] - flat[at + 1])
    c = half * (flat[at + 5] - flat[at + 2])
    m0, m1, m2 = axes[placement, 0], axes[placement, 1], axes[placement, 2]
    m3, m4, m5 = axes[placement, 3], axes[placement, 4], axes[placement, 5]
    m6, m7, m8 = axes[placement, 6], axes[placement, 7], axes[placement, 8]
    ahead = m6 * x + m7 * y + m8 * z
    deep = abs(m6) * a + abs(m7) * b + abs(m8) * c
    if ahead + deep <= none:
        return False
    right = m0 * x + m1 * y + m2 * z
    wide = abs(m0) * a + abs(m1) * b + abs(m2) * c
    down = m3 * x + m4 * y + m5 * z
    high = abs(m3) * a + abs(m4) * b + abs(m5) * c
    x0, x1, y0, y1 = right - wide, right + wide, down - high, down + high
    if ahead - deep > CLOSE_M:
        near = one / (ahead - deep)
        far = one / (ahead + deep)
        u0 = r[FX] * x0 * (near if x0 < none else far) + r[CX]
        u1 = r[FX] * x1 * (near if x1 > none else far) + r[CX]
        v0 = r[FY] * y0 * (near if y0 < none else far) + r[CY]
        v1 = r[FY] * y1 * (near if y1 > none else far) + r[CY]
        if u0 > r[RIGHT] or u1 < r[LEFT] or v0 > r[BOTTOM] or v1 < r[TOP]:
            return False
        out[o] = ahead - deep
        out[o + 1] = max(u0, r[LEFT])
        out[o + 2] = min(u1, r[RIGHT])
        out[o + 3] = max(v0, r[TOP])
        out[o + 4] = min(v1, r[BOTTOM])
        return True
    if (
        x1 - r[PLANES] * ahead + abs(r[PLANES]) * deep < none
        or x0 - r[PLANES + 1] * ahead - abs(r[PLANES + 1]) * deep > none
        or y1 - r[PLANES + 2] * ahead + abs(r[PLANES + 2]) * deep < none
        or y0 - r[PLANES + 3] * ahead - abs(r[PLANES + 3]) * deep > none
    ):
        return False
    out[o] = none
    for k in range(4):
        out[o + 1 + k] = r[LEFT + k]
    return True


@fast_kernel
def _farthest(held: NDArray[np.float32], tile: int, pixels: int) -> np.float32:
    """The greatest depth that a tile holds; a count that the compiler does not know keeps the loop a vector loop."""
    most = np.float32(0.0)
    for k in range(pixels):
        most = max(most, held[tile, k])
    return most


@fast_kernel
def _shows(
    box: NDArray[np.float32],
    o: int,
    r: NDArray[np.float32],
    deepest: NDArray[np.float32],
    stale: NDArray[np.uint8],
    held: NDArray[np.float32],  # (tiles, TILE)
    corner: int,  # the region's first tile
    across: int,
    pixels: int,
) -> bool:
    """Whether any tile under a projected box holds something that is further away; what tiles hold is looked up late."""
    near = box[o] * HIDDEN
    x0, x1 = int(box[o + 1] - r[LEFT]) >> 3, int(box[o + 2] - r[LEFT]) >> 3
    y0, y1 = int(box[o + 3] - r[TOP]) >> 3, int(box[o + 4] - r[TOP]) >> 3
    for y in range(y0, y1 + 1):
        for x in range(x0, x1 + 1):
            k = y * SIDE + x
            if deepest[k] >= near:
                if stale[k]:
                    stale[k] = 0
                    deepest[k] = _farthest(held, corner + y * across + x, pixels)
                if deepest[k] >= near:
                    return True
    return False


@inner_kernel
def _aim(
    direction: NDArray[np.float32],  # (tiles * GROUPS, LANES, 3)
    first: int,
    turn: NDArray[np.float32],
    placement: int,
    local: NDArray[np.float32],  # (groups, 3, LANES)
    at: int,
) -> None:
    """The rays of a tile as a part's frame sees them, rounded as packets._aim rounds them."""
    r0, r1, r2 = turn[placement, 0], turn[placement, 1], turn[placement, 2]
    r3, r4, r5 = turn[placement, 3], turn[placement, 4], turn[placement, 5]
    r6, r7, r8 = turn[placement, 6], turn[placement, 7], turn[placement, 8]
    for g in range(GROUPS):
        for k in range(LANES):
            x, y, z = direction[first + g, k, 0], direction[first + g, k, 1], direction[first + g, k, 2]
            local[at + g, 0, k] = r0 * x + r1 * y + r2 * z
            local[at + g, 1, k] = r3 * x + r4 * y + r5 * z
            local[at + g, 2, k] = r6 * x + r7 * y + r8 * z


@inner_kernel
def _crossed(edge: NDArray[np.float32], local: NDArray[np.float32], group: int) -> bool:
    """Whether any ray of a group passes through the triangle."""
    e0, e1, e2 = edge[0], edge[1], edge[2]
    e3, e4, e5 = edge[3], edge[4], edge[5]
    e6, e7, e8 = edge[6], edge[7], edge[8]
    none = np.float32(0.0)
    crossed = False
    for k in range(LANES):
        dx, dy, dz = local[group, 0, k], local[group, 1, k], local[group, 2, k]
        u = e0 * dx + e1 * dy + e2 * dz
        v = e3 * dx + e4 * dy + e5 * dz
        w = e6 * dx + e7 * dy + e8 * dz
        front = (u >= none) & (v >= none) & (w >= none)
        back = (u <= none) & (v <= none) & (w <= none)
        crossed = crossed | front | back
    return crossed


@inner_kernel
def _keep(
    edge: NDArray[np.float32],
    local: NDArray[np.float32],
    group: int,
    reached: NDArray[np.float32],  # (LANES,)
    held: NDArray[np.float32],  # (tiles * GROUPS, LANES)
    placements: NDArray[np.int32],
    triangles: NDArray[np.int32],
    row: int,
    placement: np.int32,  # 32 bits, as what it is compared with: else the loop is no vector loop
    triangle: np.int32,
) -> None:
    """Keep the triangle where it is nearer than what pixels hold; at equal depth the lower ids stay."""
    e0, e1, e2 = edge[0], edge[1], edge[2]
    e3, e4, e5 = edge[3], edge[4], edge[5]
    e6, e7, e8 = edge[6], edge[7], edge[8]
    nx, ny, nz, height = edge[18], edge[19], edge[20], edge[21]
    none = np.float32(0.0)
    for k in range(LANES):
        dx, dy, dz = local[group, 0, k], local[group, 1, k], local[group, 2, k]
        u = e0 * dx + e1 * dy + e2 * dz
        v = e3 * dx + e4 * dy + e5 * dz
        w = e6 * dx + e7 * dy + e8 * dz
        front = (u >= none) & (v >= none) & (w >= none)
        back = (u <= none) & (v <= none) & (w <= none)
        t = height / (nx * dx + ny * dy + nz * dz)
        reached[k] = t if (front | back) & (t > none) else NEVER
    for k in range(LANES):
        t = reached[k]
        limit = held[row, k]
        p = placements[row, k]
        q = triangles[row, k]
        lower = (placement < p) | ((placement == p) & (triangle < q))
        better = (t < limit) | ((t == limit) & (t < NEVER) & lower)
        held[row, k] = t if better else limit
        placements[row, k] = placement if better else p
        triangles[row, k] = triangle if better else q


@fast_inner_kernel
def _covers(
    corners: NDArray[np.float32],
    triangle: int,
    turn: NDArray[np.float32],
    axes: NDArray[np.float32],
    placement: int,
    r: NDArray[np.float32],
    out: NDArray[np.float32],
) -> bool:
    """Whether the triangle may cover pixels of the region; if so its least depth and these go to out[:BOX]."""
    none = np.float32(0.0)
    one = np.float32(1.0)
    sx, sy, sz = turn[placement, 9], turn[placement, 10], turn[placement, 11]
    ax, ay, az = corners[triangle, 0] - sx, corners[triangle, 1] - sy, corners[triangle, 2] - sz
    bx, by, bz = corners[triangle, 3] - sx, corners[triangle, 4] - sy, corners[triangle, 5] - sz
    cx, cy, cz = corners[triangle, 6] - sx, corners[triangle, 7] - sy, corners[triangle, 8] - sz
    m0, m1, m2 = axes[placement, 0], axes[placement, 1], axes[placement, 2]
    m3, m4, m5 = axes[placement, 3], axes[placement, 4], axes[placement, 5]
    m6, m7, m8 = axes[placement, 6], axes[placement, 7], axes[placement, 8]
    z0 = m6 * ax + m7 * ay + m8 * az
    z1 = m6 * bx + m7 * by + m8 * bz
    z2 = m6 * cx + m7 * cy + m8 * cz
    if max(z0, z1, z2) <= none:
        return False
    x0, y0 = m0 * ax + m1 * ay + m2 * az, m3 * ax + m4 * ay + m5 * az
    x1, y1 = m0 * bx + m1 * by + m2 * bz, m3 * bx + m4 * by + m5 * bz
    x2, y2 = m0 * cx + m1 * cy + m2 * cz, m3 * cx + m4 * cy + m5 * cz
    near = min(z0, z1, z2)
    if near > CLOSE_M:
        i0, i1, i2 = one / z0, one / z1, one / z2
        x0, x1, x2 = x0 * i0, x1 * i1, x2 * i2
        y0, y1, y2 = y0 * i0, y1 * i1, y2 * i2
        slack = SLACK + SLACK_M * max(i0, i1, i2)
        out[1] = math.ceil(max(r[FX] * (min(x0, x1, x2) - slack) + r[CX], r[LEFT]))
        out[2] = math.floor(min(r[FX] * (max(x0, x1, x2) + slack) + r[CX], r[RIGHT]))
        out[3] = math.ceil(max(r[FY] * (min(y0, y1, y2) - slack) + r[CY], r[TOP]))
        out[4] = math.floor(min(r[FY] * (max(y0, y1, y2) + slack) + r[CY], r[BOTTOM]))
        out[0] = near * HIDDEN
        found: bool = out[1] <= out[2] and out[3] <= out[4]
        return found
    # It reaches beside or behind the camera: no projection, but it must pass between the region's planes.
    loose = np.float32(1e-3)
    if (
        max(x0 - r[PLANES] * z0, x1 - r[PLANES] * z1, x2 - r[PLANES] * z2) < -loose
        or min(x0 - r[PLANES + 1] * z0, x1 - r[PLANES + 1] * z1, x2 - r[PLANES + 1] * z2) > loose
        or max(y0 - r[PLANES + 2] * z0, y1 - r[PLANES + 2] * z1, y2 - r[PLANES + 2] * z2) < -loose
        or min(y0 - r[PLANES + 3] * z0, y1 - r[PLANES + 3] * z1, y2 - r[PLANES + 3] * z2) > loose
    ):
        return False
    out[0] = none
    for k in range(4):
        out[1 + k] = r[LEFT + k]
    return True


@kernel
def _region_of(
    r: NDArray[np.float32],
    numbers: NDArray[np.float32],
    left: int,
    top: int,
    wide: int,
    high: int,
) -> None:
    """Fill the numbers of the region of wide x high tiles whose first pixel is (left, top)."""
    half = np.float32(0.5)
    for k in range(6):
        r[k] = numbers[k]
    r[LEFT] = left
    r[RIGHT] = min(np.float32(left + 8 * wide), r[WIDTH]) - np.float32(1.0)
    r[TOP] = top
    r[BOTTOM] = min(np.float32(top + 8 * high), r[HEIGHT]) - np.float32(1.0)
    r[PLANES] = (r[LEFT] - half - r[CX]) / r[FX]
    r[PLANES + 1] = (r[RIGHT] + half - r[CX]) / r[FX]
    r[PLANES + 2] = (r[TOP] - half - r[CY]) / r[FY]
    r[PLANES + 3] = (r[BOTTOM] + half - r[CY]) / r[FY]


@kernel
def see_regions(
    nodes: NDArray[np.float32],  # geometry: see scene.Geometry
    links: NDArray[np.int32],
    corners: NDArray[np.float32],
    root: NDArray[np.int32],  # (P,) and further: see packets.trace_packets
    turn: NDArray[np.float32],  # (P, 12)
    axes: NDArray[np.float32],  # (P, 9) camera_from_part, row by row
    order: NDArray[np.int32],  # placements that may be seen, nearer ones first
    boxes: NDArray[np.float32],  # (P, BOX) projected boxes of the placements
    numbers: NDArray[np.float32],  # FX .. HEIGHT
    direction: NDArray[np.float32],  # (tiles * TILE, 3), as packets get them; z = 1 along the camera's axis
    across: int,  # tiles
    down: int,
    start: int,  # regions [start, stop), row by row
    stop: int,
    pixels: int,  # TILE: see _farthest
    range_out: NDArray[np.float32],  # (tiles * TILE,) as packets fill them
    placement_out: NDArray[np.int32],
    triangle_out: NDArray[np.int32],
) -> None:
    """Closest hits of the pixels of regions [start, stop).  Twin: packets.trace_packets, bit for bit."""
    flat = nodes.reshape(-1)
    held = range_out.reshape(-1, LANES)
    by_tile = range_out.reshape(-1, TILE)
    placements = placement_out.reshape(-1, LANES)
    triangles = triangle_out.reshape(-1, LANES)
    ways = direction.reshape(-1, LANES, 3)
    r = np.empty(NUMBERS, np.float32)
    deepest = np.empty(SIDE * SIDE, np.float32)
    stale = np.empty(SIDE * SIDE, np.uint8)
    aimed = np.empty(SIDE * SIDE, np.int32)
    local = np.empty((SIDE * SIDE * GROUPS, 3, LANES), np.float32)
    reached = np.empty(LANES, np.float32)
    edge = np.empty(22, np.float32)
    stack = np.empty(128, np.int32)
    waiting = np.empty(128 * BOX, np.float32)
    pair = np.empty(2 * BOX, np.float32)
    cover = np.empty(BOX, np.float32)
    regions_across = -(-across // SIDE)
    for region in range(start, stop):
        first_x = (region % regions_across) * SIDE
        first_y = (region // regions_across) * SIDE
        wide = min(SIDE, across - first_x)
        high = min(SIDE, down - first_y)
        corner = first_y * across + first_x
        _region_of(r, numbers, 8 * first_x, 8 * first_y, wide, high)
        last_x = int(r[RIGHT] - r[LEFT])
        last_y = int(r[BOTTOM] - r[TOP])
        for y in range(high):
            for g in range((corner + y * across) * GROUPS, (corner + y * across + wide) * GROUPS):
                for k in range(LANES):
                    held[g, k] = NEVER
                for k in range(LANES):
                    placements[g, k] = -1
                for k in range(LANES):
                    triangles[g, k] = -1
        for k in range(SIDE * SIDE):
            deepest[k] = NEVER
            stale[k] = 0
            aimed[k] = -1
        for i in range(len(order)):
            p = order[i]
            if (
                boxes[p, 1] > r[RIGHT]
                or boxes[p, 2] < r[LEFT]
                or boxes[p, 3] > r[BOTTOM]
                or boxes[p, 4] < r[TOP]
            ):
                continue
            pair[0] = boxes[p, 0]
            pair[1] = max(boxes[p, 1], r[LEFT])
            pair[2] = min(boxes[p, 2], r[RIGHT])
            pair[3] = max(boxes[p, 3], r[TOP])
            pair[4] = min(boxes[p, 4], r[BOTTOM])
            if not _shows(pair, 0, r, deepest, stale, by_tile, corner, across, pixels):
                continue
            top = 0
            current = root[p]
            while True:
                if current >= 0:
                    one = _projected(flat, 12 * current, turn, axes, p, r, pair, 0) and _shows(
                        pair, 0, r, deepest, stale, by_tile, corner, across, pixels
                    )
                    other = _projected(flat, 12 * current + 6, turn, axes, p, r, pair, BOX) and _shows(
                        pair, BOX, r, deepest, stale, by_tile, corner, across, pixels
                    )
                    if one and other:
                        nearer = 0 if pair[0] <= pair[BOX] else 1
                        for k in range(BOX):
                            waiting[BOX * top + k] = pair[BOX * (1 - nearer) + k]
                        stack[top] = links[current, 1 - nearer]
                        top += 1
                        current = links[current, nearer]
                        continue
                    if one or other:
                        current = links[current, 0 if one else 1]
                        continue
                else:
                    packed = -(current + 1)
                    first = packed >> COUNT_BITS
                    for triangle in range(first, first + (packed & COUNT_MASK)):
                        if not _covers(corners, triangle, turn, axes, p, r, cover):
                            continue
                        x0, x1 = int(cover[1] - r[LEFT]), int(cover[2] - r[LEFT])
                        y0, y1 = int(cover[3] - r[TOP]), int(cover[4] - r[TOP])
                        # Pixels beyond the picture's border repeat its rays, and so must find what it finds.
                        if x1 == last_x:
                            x1 = 8 * wide - 1
                        if y1 == last_y:
                            y1 = 8 * high - 1
                        known = False
                        for y in range(y0 >> 3, (y1 >> 3) + 1):
                            for x in range(x0 >> 3, (x1 >> 3) + 1):
                                k = y * SIDE + x
                                if deepest[k] < cover[0]:
                                    continue
                                tile = corner + y * across + x
                                if stale[k]:
                                    stale[k] = 0
                                    deepest[k] = _farthest(by_tile, tile, pixels)
                                    if deepest[k] < cover[0]:
                                        continue
                                if not known:
                                    edges(corners, triangle, turn, p, edge)
                                    known = True
                                if aimed[k] != p:
                                    aimed[k] = p
                                    _aim(ways, tile * GROUPS, turn, p, local, k * GROUPS)
                                for g in range(max(y0 - 8 * y, 0) // ROWS, min(y1 - 8 * y, 7) // ROWS + 1):
                                    if _crossed(edge, local, k * GROUPS + g):
                                        stale[k] = 1
                                        _keep(
                                            edge, local, k * GROUPS + g, reached, held, placements, triangles,
                                            tile * GROUPS + g, np.int32(p), np.int32(triangle),
                                        )  # fmt: skip
                found = False
                while top > 0 and not found:
                    top -= 1
                    found = _shows(waiting, BOX * top, r, deepest, stale, by_tile, corner, across, pixels)
                if not found:
                    break
                current = stack[top]
        for y in range(high):
            for g in range((corner + y * across) * GROUPS, (corner + y * across + wide) * GROUPS):
                for k in range(LANES):
                    held[g, k] = held[g, k] if held[g, k] < NEVER else np.float32(np.inf)


@kernel
def weigh(
    corners: NDArray[np.float32],
    turn: NDArray[np.float32],
    direction: NDArray[np.float32],
    placement: NDArray[np.int32],
    triangle: NDArray[np.int32],
    start: int,  # rays [start, stop)
    stop: int,
    u_out: NDArray[np.float32],
    v_out: NDArray[np.float32],
) -> None:
    """Where in their triangles hits lie, as packets._keep weighs the corners."""
    edge = np.empty(22, np.float32)
    one = np.float32(1.0)
    last = -1
    holder = -1
    for i in range(start, stop):
        k = triangle[i]
        p = placement[i]
        if k < 0:
            u_out[i] = np.float32(0.0)
            v_out[i] = np.float32(0.0)
            continue
        if k != last or p != holder:
            edges(corners, k, turn, p, edge)
            last = k
            holder = p
        x, y, z = direction[i, 0], direction[i, 1], direction[i, 2]
        dx = turn[p, 0] * x + turn[p, 1] * y + turn[p, 2] * z
        dy = turn[p, 3] * x + turn[p, 4] * y + turn[p, 5] * z
        dz = turn[p, 6] * x + turn[p, 7] * y + turn[p, 8] * z
        u = edge[0] * dx + edge[1] * dy + edge[2] * dz
        v = edge[3] * dx + edge[4] * dy + edge[5] * dz
        w = edge[6] * dx + edge[7] * dy + edge[8] * dz
        whole = one / (u + v + w)
        u_out[i] = w * whole
        v_out[i] = u * whole


@kernel
def name_things(
    start: int,  # tiles [start, stop)
    stop: int,
    across: int,
    range_m: NDArray[np.float32],
    placement: NDArray[np.int32],
    triangle: NDArray[np.int32],
    placement_instance: NDArray[np.int32],
    own_instance: NDArray[np.int32],
    instance: NDArray[np.int32],  # (H, W)
    depth_m: NDArray[np.float32],
) -> None:
    """The instance and the depth of each pixel, and nothing else."""
    height, width = depth_m.shape
    for tile in range(start, stop):
        top = tile // across * 8
        left = tile % across * 8
        for y in range(top, min(top + 8, height)):
            r = tile * TILE + 8 * (y - top)
            for x in range(left, min(left + 8, width)):
                k = triangle[r]
                own = own_instance[k] if k >= 0 else np.int32(0)
                other = placement_instance[placement[r]] if k >= 0 else np.int32(0)
                instance[y, x] = own if own != 0 else other
                depth_m[y, x] = range_m[r]
                r += 1
