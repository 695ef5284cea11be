"""How much of a tile's light each of its lamps gives, and whose shadows show in it.

Four tiles beside each other share a list: four pixels of each are lit by every lamp that may reach them, with the code
that lights pictures (`lamplight`).  Renderers floor, arrays only.
"""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from renderers.kernels.gloss import smith_ggx
from renderers.kernels.lamp_lists import GROUPED, LAMP_ROWS, LISTED, SHADOWED, side_by_side, within_reach
from renderers.kernels.lamplight import (
    any_sheeting,
    arrive,
    glossy_rows,
    halfway,
    in_film,
    keep,
    row,
    send_back,
)
from renderers.kernels.lamps import L_B, L_G, L_R, L_X, L_Y
from renderers.kernels.lanes import (
    BASE,
    BASE_A,
    BODY_B,
    BODY_G,
    BODY_R,
    FILM,
    GLOSS_B,
    GLOSS_G,
    GLOSS_R,
    LANES,
    LIVE,
    NEAR_B,
    NEAR_G,
    NEAR_R,
    NV,
    NX,
    NY,
    NZ,
    OPEN,
    OUT_B,
    OUT_G,
    OUT_R,
    PX,
    PY,
    QUARTER,
    ROWS,
    THROUGH,
    UNDER,
    load_some,
    prepare,
)
from renderers.kernels.shade import BASE_GLOSS
from renderers.kernels.sky import irradiance
from renderers.kernels.surface import S_COLUMNS, S_EB, S_EG, S_ER, fetch, of_ray
from sim.kernels.extremes import greater
from sim.kernels.jit import fast_inner_kernel, fast_kernel
from sim.kernels.loose_sixteen import any_above, any_not_below, load, store, where
from sim.kernels.prefetch import prefetch

F = np.float32
U = np.uintp
FIRST = U(0)
PI = np.float32(math.pi)
GROUP = 4  # tiles
PARTS = GROUP * (S_COLUMNS + 1)  # of what is fetched ahead of a group
DARK = F(1e-30)  # where there is no light at all: a share of it is none, not a nan
SPOTS = LANES // 4  # of their pixels: of each tile these lanes, and the nearest of all
ONE, TWO, THREE = 8 * 1 + 5, 8 * 4 + 1, 8 * 6 + 6
# Shares of what a spot shows: a lamp that gives less at all of them is left out, and so are the faintest lamps as long
# as they give less together; one that gives no more than the last casts soft shadows.
FAINT_SHARE, LEFT_OUT, SOFT_SHARE = 0.01, 0.04, 0.12
DARK_SHARE = 0.03  # cd/m2 a lux: what a dark surface sends back of the least light that counts
# A lamp that may itself be in shadow counts for no more than so many times the next strongest.
STRONGEST = 4.0
R_WEIGHT, G_WEIGHT, B_WEIGHT = 0.2126, 0.7152, 0.0722


@fast_kernel
def choose_lamps(
    start, stop, direction, range_m, triangle, surface, offset_m, around, sh,
    lamps, tables, heights, extinction_per_m, least_lx, most, chosen, sharp,
):  # fmt: skip
    """Choose for each of tiles [start, stop) of 64 rays the lamps that light it, rows of `chosen` (tiles, LISTED).

    No more than `most` of them, the strongest first; who gives next to nothing is left out.  The first `sharp` (tiles,)
    are those whose shadows show.  `start` is a multiple of GROUPED.
    """
    rays, later = np.zeros(LANES, np.int64), np.zeros(LANES, np.int64)
    lane = np.empty(ROWS * LANES, np.float32)
    own = np.empty(LANES, np.float32)
    given = np.empty(SPOTS * (lamps.shape[0] + 1), np.float32)
    bodies = np.empty(3 * SPOTS, np.float32)
    near_lamps = np.empty(lamps.shape[0], np.int64)
    bound = np.empty(lamps.shape[0], np.float32)
    share = np.empty(lamps.shape[0], np.float32)
    order = np.empty(lamps.shape[0], np.int64)
    listed = np.empty(lamps.shape[0], np.int64)
    beside = side_by_side(lamps, heights)
    room = np.empty(4 * (beside.shape[0] // LAMP_ROWS), np.float32)
    flat_tables = tables.reshape(-1)
    points = offset_m.reshape(-1)
    coming = (later, surface.reshape(-1), direction.reshape(-1), around.reshape(-1))
    total = 0
    some_later = probe(start, stop, range_m, triangle, coming)
    for first in range(start, stop, GROUP):
        tiles = min(GROUP, stop - first)
        some = some_later
        for k in range(SPOTS):
            rays[k] = later[k]
        if first + GROUP < stop:
            some_later = probe(first + GROUP, stop, range_m, triangle, coming)
        for tile in range(first, first + tiles):
            sharp[tile] = 0
            for q in range(LISTED):
                chosen[tile, q] = -1
        if first % GROUPED == 0:
            last = min(stop, first + GROUPED)
            total = within_reach(first, last, triangle, points, beside, heights, near_lamps, bound, room)
        if total == 0 or not some:
            continue
        load_some(rays, direction, triangle, surface, offset_m, around, lane, QUARTER)
        prepare(lane, QUARTER)
        told(rays, surface, sh, F(DARK_SHARE) * least_lx, lane, own)
        filmed, based, _ = glossy_rows(lane, QUARTER)
        kinds = (filmed, based, any_sheeting(rays, triangle, surface, QUARTER))
        count = weigh_all(
            lamps, flat_tables, extinction_per_m, near_lamps, bound, total, surface, kinds, rays, lane, own, given,
            listed, bodies, coming,
        )  # fmt: skip
        put_in_order(first, tiles, count, listed, own, given, share, order, most, chosen, sharp)


@fast_inner_kernel
def probe(first, stop, range_m, triangle, coming):
    """Choose the pixels that tell of the group of tiles from `first` on; whether any of them met anything.

    `coming` holds room for them (SPOTS,), and what `fetch` looks at.  One of each tile is the nearest of its points, or
    what is small and close would be missed.
    """
    rays = coming[0]
    some = False
    for t in range(GROUP):
        tile = min(first + t, stop - 1)
        nearest = tile * 64
        for r in range(tile * 64, tile * 64 + 64):
            if range_m[r] < range_m[nearest]:
                nearest = r
        rays[4 * t] = nearest
        rays[4 * t + 1] = tile * 64 + ONE
        rays[4 * t + 2] = tile * 64 + TWO
        rays[4 * t + 3] = tile * 64 + THREE
        some = some or triangle[nearest] >= 0
    return some


@fast_inner_kernel
def weigh(lamps, which, tables, extinction_per_m, surface, kinds, rays, lane, dull):
    """The luminance that spots get of a lamp without shadows.

    `kinds` tells whether there are films, glossy bases and sheeting; `dull` (3 * SPOTS,) what bodies make of light.
    """
    filmed, based, sheeting = kinds
    x, y, z, nl, e = arrive(lamps, which, tables, extinction_per_m, row(lane, LIVE, FIRST), lane, FIRST)
    red = F(R_WEIGHT) * lamps[which, L_R]
    green = F(G_WEIGHT) * lamps[which, L_G]
    blue = F(B_WEIGHT) * lamps[which, L_B]
    met = e * nl
    out = (red * load(dull, FIRST) + green * load(dull, U(SPOTS)) + blue * load(dull, U(2 * SPOTS))) * met
    if (filmed or based) and any_above(e, F(0)):
        nh, miss5 = halfway(x, y, z, lane, FIRST)
        out += (red + green + blue) * in_film(nl, nh, miss5, lane, FIRST) * met
        if based:
            base = smith_ggx(row(lane, BASE_A, FIRST), nl, row(lane, NV, FIRST), nh) * row(lane, BASE, FIRST)
            gloss = red * row(lane, GLOSS_R, FIRST) + green * row(lane, GLOSS_G, FIRST)
            gloss += blue * row(lane, GLOSS_B, FIRST)
            out += base * met * (gloss * (F(1) - miss5) + (red + green + blue) * miss5)
    if sheeting:
        keep(x, y, z, nl, e, lane, FIRST)
        for k in range(SPOTS):
            lane[OUT_R + k] = F(0)
            lane[OUT_G + k] = F(0)
            lane[OUT_B + k] = F(0)
        send_back(rays, red, green, blue, surface, lane, QUARTER)
        out += row(lane, OUT_R, FIRST) + row(lane, OUT_G, FIRST) + row(lane, OUT_B, FIRST)
    return out


@fast_inner_kernel
def mirrors_it(lamps, which, lane):
    """Whether a lamp stands beyond a spot, as seen from the eye, and so may mirror itself in a film there."""
    x = row(lane, PX, FIRST)
    y = row(lane, PY, FIRST)
    ax = lamps[which, L_X] - x
    ay = lamps[which, L_Y] - y
    beyond = ax * x + ay * y
    beyond = beyond * abs(beyond) - F(0.8) * (ax * ax + ay * ay) * (x * x + y * y)
    return any_not_below(where(row(lane, FILM, FIRST), F(0), F(-1), beyond), F(0))


@fast_inner_kernel
def fetch_part(coming, n):
    """Have one part of PARTS fetched of what will be asked about a group's pixels.

    `coming` holds those (SPOTS,) and, flat, all surfaces, directions, and what points see around them.
    """
    rays, rows, ways, near = coming
    tile = U(n) & U(GROUP - 1)
    column = U(n) // U(GROUP)
    for k in range(SPOTS // GROUP):
        r = U(rays[U(SPOTS // GROUP) * tile + U(k)])
        if column < U(S_COLUMNS):
            fetch(rows, r, column)
        else:
            prefetch(ways, U(3) * r)
            prefetch(near, U(4) * r)


@fast_kernel
def weigh_all(
    lamps, tables, extinction_per_m, near_lamps, bound, total, surface, kinds, rays, lane, own, given, listed, bodies,
    coming,
):  # fmt: skip
    """Write to `listed` which of `near_lamps` give enough to a group's spots, and to `given` what; returns how many do.

    `bound` tells the most that a lamp gives face on: it need not be looked at where that is little beside what stronger
    ones give, unless it mirrors itself.  `bodies` (3 * SPOTS,) is room.  Meanwhile what the group `coming` asks
    about is fetched, little at a time: it is far from where this one's was, and memory answers only so much at once.
    """
    for k in range(SPOTS):
        opaque = (F(1) - max(lane[THROUGH + k], F(0))) * lane[UNDER + k] * F(1 - BASE_GLOSS) / PI
        bodies[k] = opaque * lane[BODY_R + k]
        bodies[SPOTS + k] = opaque * lane[BODY_G + k]
        bodies[2 * SPOTS + k] = opaque * lane[BODY_B + k]
    body = F(R_WEIGHT) * row(lane, BODY_R, FIRST)
    body += F(G_WEIGHT) * row(lane, BODY_G, FIRST) + F(B_WEIGHT) * row(lane, BODY_B, FIRST)
    diffuse = row(lane, LIVE, FIRST) * body / PI
    other = load(own, FIRST)
    sum_of = first = second = other * F(0)
    all_of = max(other, DARK)
    worth = sum_of + F(1e30)  # share that a lux has of what is there
    plain = not (kinds[1] or kinds[2])
    count = 0
    for n in range(total):
        if n < PARTS:
            fetch_part(coming, n)
        which = near_lamps[n]
        little = plain and not any_not_below(worth * bound[n], F(FAINT_SHARE))
        if little and not mirrors_it(lamps, which, lane):
            continue
        e = weigh(lamps, which, tables, extinction_per_m, surface, kinds, rays, lane, bodies)
        store(given, U(count * SPOTS), e)
        sum_of += e
        second = max(second, min(first, e))
        first = max(first, e)
        all_of = max(other + sum_of - first + min(first, F(STRONGEST) * second), DARK)
        worth = diffuse / all_of
        if any_not_below(e, F(FAINT_SHARE) * all_of):  # what comes later makes it only smaller
            listed[count] = which
            count += 1
    store(own, FIRST, F(1) / all_of)
    for n in range(total, PARTS):
        fetch_part(coming, n)
    return count


@fast_inner_kernel
def told(rays, surface, sh, least, lane, own):
    """Luminance (SPOTS,) that pixels have without lamps and mirror images, and `least`."""
    for k in range(SPOTS):
        er, eg, eb = irradiance(sh, lane[NX + k], lane[NY + k], lane[NZ + k])
        seen = lane[OPEN + k]
        opaque = (F(1) - max(lane[THROUGH + k], F(0))) * lane[UNDER + k] * F(1 - BASE_GLOSS) / PI
        own[k] = (
            least
            + F(R_WEIGHT) * (er * seen + lane[NEAR_R + k]) * lane[BODY_R + k] * opaque
            + F(G_WEIGHT) * (eg * seen + lane[NEAR_G + k]) * lane[BODY_G + k] * opaque
            + F(B_WEIGHT) * (eb * seen + lane[NEAR_B + k]) * lane[BODY_B + k] * opaque
        )
    for k in range(SPOTS):
        r = rays[k]
        own[k] += (
            F(R_WEIGHT) * of_ray(surface, r, S_ER)
            + F(G_WEIGHT) * of_ray(surface, r, S_EG)
            + F(B_WEIGHT) * of_ray(surface, r, S_EB)
        )


@fast_kernel
def put_in_order(first, tiles, count, listed, by, given, share, order, most, chosen, sharp):
    """Write the strongest of `listed` lamps to `chosen`, the same for each tile of a group.

    `given` (count * SPOTS,) is what they would give without shadows, `by` (SPOTS,) one by what there is in all.
    """
    for q in range(count):
        peak = F(0)
        for k in range(SPOTS):
            given[q * SPOTS + k] *= by[k]
            peak = greater(peak, given[q * SPOTS + k])
        share[q] = peak
        at = q  # the strongest first
        while at > 0 and share[order[at - 1]] < peak:
            order[at] = order[at - 1]
            at -= 1
        order[at] = q
    # Sums of shares of the faintest lamps, one after the other.
    for k in range(SPOTS):
        by[k] = F(0)
    kept = count
    while kept > 0:
        high = F(0)
        for k in range(SPOTS):
            by[k] += given[order[kept - 1] * SPOTS + k]
            high = greater(high, by[k])
        if high > F(LEFT_OUT):
            break
        kept -= 1
    for n in range(min(kept, most)):
        for tile in range(first, first + tiles):
            chosen[tile, n] = listed[order[n]]
            if n < SHADOWED and share[order[n]] > F(SOFT_SHARE):
                sharp[tile] = n + 1
