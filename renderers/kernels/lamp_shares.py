"""How much of a tile's light each of its lamps gives, and whose shadows show in it.

Four tiles beside each other share a list: four pixels of each are lit by every lamp that may reach them, with the code
that lights pictures (`lamplight`).  Renderers floor, arrays only.
"""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from renderers.kernels.gloss import smith_ggx
from renderers.kernels.lamp_lists import GROUPED, LISTED, SHADOWED, side_by_side, within_reach
from renderers.kernels.lamp_spots import GROUP, GROUP_SIZE, K_BOX, K_LANE, OF_TILE, SPOTS, load_spots
from renderers.kernels.lamplight import (
    arrive,
    glossy_rows,
    halfway,
    in_film,
    keep,
    of_lamp,
    row,
    send_back,
)
from renderers.kernels.lamps import L_B, L_G, L_R
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
    prepare,
)
from renderers.kernels.shade import BASE_GLOSS
from renderers.kernels.sky import irradiance
from renderers.kernels.surface import S_EB, S_EG, S_ER, S_RETRO
from sim.kernels.extremes import greater, lesser
from sim.kernels.jit import fast_inner_kernel, fast_kernel
from sim.kernels.lines import on_lines
from sim.kernels.loose_sixteen import COUNT, any_above, any_not_below, greatest, load, store, where
from sim.kernels.prefetch import prefetch

F = np.float32
U = np.uintp
FIRST = U(0)
PI = np.float32(math.pi)
DARK = F(1e-30)  # where there is no light at all: a share of it is none, not a nan
# Shares of what a spot shows: a lamp that gives less at all of them is left out, and so are the faintest lamps as long
# as they give less together; one that gives no more than the last casts soft shadows, and in a tile none of whose own
# spots gets half of that from it.
FAINT_SHARE, LEFT_OUT, SOFT_SHARE, SOFT_HERE = 0.01, 0.04, 0.12, 0.06
DARK_SHARE = 0.03  # cd/m2 a lux: what a dark surface sends back of the least light that counts
# A lamp that may itself be in shadow counts for no more than so many times the next strongest.
STRONGEST = 4.0
R_WEIGHT, G_WEIGHT, B_WEIGHT = 0.2126, 0.7152, 0.0722
# Rows of what all lamps ask about a group's spots: luminance that bodies make of red, green and blue light, and white
# bodies of a lux; squared distance along the ground.
(DULL_R, DULL_G, DULL_B, DIFFUSE, GROUND2) = range(0, 5 * SPOTS, SPOTS)
KNOWN_ROWS = 5
# Columns of a lamp that is ready to be weighed: what `of_lamp` tells, its colours' and its own luminance.
(W_R, W_G, W_B, W_ALL) = range(15, 19)
WEIGHED = 24


@fast_kernel
def choose_lamps(
    start, stop, spots, surface, around, sh, lamps, tables, heights, extinction_per_m, least_lx, most, chosen, sharp,
):  # fmt: skip
    """Choose for each of tiles [start, stop) of 64 rays the lamps that light it, rows of `chosen` (tiles, LISTED).

    No more than `most` of them, the strongest first; who gives next to nothing is left out.  The first `sharp` (tiles,)
    are those whose shadows show.  `start` is a multiple of GROUPED; `spots` are those of `lamp_spots.pick_spots`.
    """
    rays = np.zeros(LANES, np.int64)
    lane = on_lines(ROWS * LANES)
    own = on_lines(LANES)
    given = on_lines(SPOTS * (lamps.shape[0] + 1))
    known = on_lines(KNOWN_ROWS * SPOTS)
    near_lamps = np.empty(lamps.shape[0], np.int64)
    bound = np.empty(lamps.shape[0], np.float32)
    share = np.empty(lamps.shape[0], np.float32)
    order = np.empty(lamps.shape[0], np.int64)
    listed = np.empty(lamps.shape[0] + 1, np.int64)
    room = np.empty(4 * (lamps.shape[0] + COUNT), np.float32)
    reach = (side_by_side(lamps, heights), heights, near_lamps, bound, room)
    choose(
        start, stop, spots.reshape(-1), surface, around.reshape(-1), sh, made_ready(lamps), tables.reshape(-1),
        extinction_per_m, least_lx, most, chosen, sharp, rays, lane, own, given, known, listed, share, order, reach,
    )  # fmt: skip


@fast_inner_kernel
def choose(
    start, stop, spots, surface, around, sh, ready, tables, extinction_per_m, least_lx, most, chosen, sharp, rays, lane,
    own, given, known, listed, share, order, reach,
):  # fmt: skip
    """The same with room to work in: who makes none counts no references to it, which waits for memory."""
    beside, heights, near_lamps, bound, room = reach
    total = 0
    for first in range(start, stop, GROUP):
        tiles = min(GROUP, stop - first)
        at = U(GROUP_SIZE) * U(first // GROUP)
        for tile in range(first, first + tiles):
            sharp[tile] = 0
            for q in range(LISTED):
                chosen[tile, q] = -1
        box = at + U(K_BOX * SPOTS)
        if first % GROUPED == 0:
            other = box + U(GROUP_SIZE) if first + GROUP < stop else box
            total = within_reach(
                lesser(spots[box], spots[other]), lesser(spots[box + U(1)], spots[other + U(1)]),
                lesser(spots[box + U(2)], spots[other + U(2)]), greater(spots[box + U(3)], spots[other + U(3)]),
                greater(spots[box + U(4)], spots[other + U(4)]), greater(spots[box + U(5)], spots[other + U(5)]),
                beside, heights, near_lamps, bound, room,
            )  # fmt: skip
        if total == 0 or spots[box] > spots[box + U(3)]:
            continue
        load_spots(spots, at, lane)
        for k in range(SPOTS):
            r = ray_of(spots, at, k, first, stop)
            rays[k] = np.int64(r)
            lane[OPEN + k] = around[U(4) * r]
            lane[NEAR_R + k] = around[U(4) * r + U(1)]
            lane[NEAR_G + k] = around[U(4) * r + U(2)]
            lane[NEAR_B + k] = around[U(4) * r + U(3)]
        prepare(lane, QUARTER)
        told(spots, at, sh, F(DARK_SHARE) * least_lx, lane, own)
        filmed, based, _ = glossy_rows(lane, QUARTER)
        sheeting = any_above(load(spots, at + U(S_RETRO * SPOTS)) * row(lane, LIVE, FIRST), F(0))
        if first + GROUP < stop:
            fetch_around(around, spots, at + U(GROUP_SIZE), first + GROUP, stop)
        count = weigh_all(
            ready, tables, extinction_per_m, near_lamps, bound, total, surface, (filmed, based, sheeting), rays, lane,
            own, given, listed, known,
        )  # fmt: skip
        put_in_order(first, tiles, count, listed, own, given, share, order, most, chosen, sharp)


@fast_inner_kernel
def ray_of(spots, at, k, first, stop):
    """The ray that is a spot of the group from tile `first` on, whose spots begin `at` a place."""
    tile = U(min(first + k // OF_TILE, stop - 1))
    return U(64) * tile + U(np.int32(spots[at + U(K_LANE * SPOTS + k)]))


@fast_inner_kernel
def fetch_around(around, spots, at, first, stop):
    """Have what a group's spots see around them fetched."""
    for k in range(SPOTS):
        prefetch(around, U(4) * ray_of(spots, at, k, first, stop))


@fast_kernel
def made_ready(lamps):
    """(WEIGHED * K,) lamps (K, L_COLUMNS) as they are weighed, one after the other."""
    ready = np.empty(WEIGHED * lamps.shape[0], np.float32)
    for k in range(lamps.shape[0]):
        at = U(WEIGHED) * U(k)
        for number in of_lamp(lamps, k):
            ready[at] = number
            at += U(1)
        ready[at] = F(R_WEIGHT) * lamps[k, L_R]
        ready[at + U(1)] = F(G_WEIGHT) * lamps[k, L_G]
        ready[at + U(2)] = F(B_WEIGHT) * lamps[k, L_B]
        ready[at + U(3)] = ready[at] + ready[at + U(1)] + ready[at + U(2)]
    return ready


@fast_inner_kernel
def weigh(ready, at, tables, extinction_per_m, surface, kinds, rays, lane, known):
    """The luminance that spots get of a lamp without shadows, whose columns begin `at` a place of `ready`.

    `kinds` tells whether there are films, glossy bases and sheeting; `known` is what `look_at_spots` found.
    """
    filmed, based, sheeting = kinds
    lamp = (
        ready[at], ready[at + U(1)], ready[at + U(2)], ready[at + U(3)], ready[at + U(4)], ready[at + U(5)],
        ready[at + U(6)], ready[at + U(7)], ready[at + U(8)], ready[at + U(9)], ready[at + U(10)], ready[at + U(11)],
        ready[at + U(12)], ready[at + U(13)], ready[at + U(14)],
    )  # fmt: skip
    x, y, z, nl, e = arrive(lamp, tables, extinction_per_m, row(lane, LIVE, FIRST), lane, FIRST)
    red, green, blue, every = ready[at + U(W_R)], ready[at + U(W_G)], ready[at + U(W_B)], ready[at + U(W_ALL)]
    met = e * nl
    out = (
        red * row(known, DULL_R, FIRST) + green * row(known, DULL_G, FIRST) + blue * row(known, DULL_B, FIRST)
    )
    if (filmed or based) and any_above(e, F(0)):
        nh, miss5 = halfway(x, y, z, nl, lane, FIRST)
        out += every * in_film(nl, nh, miss5, lane, FIRST)
        if based:
            base = smith_ggx(row(lane, BASE_A, FIRST), nl, row(lane, NV, FIRST), nh) * row(lane, BASE, FIRST)
            gloss = red * row(lane, GLOSS_R, FIRST) + green * row(lane, GLOSS_G, FIRST)
            gloss += blue * row(lane, GLOSS_B, FIRST)
            out += base * (gloss * (F(1) - miss5) + every * miss5)
    out *= met
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
def mirrors_it(ready, at, lane, known):
    """Whether a lamp stands beyond a spot, as seen from the eye, and so may mirror itself in a film there."""
    x = row(lane, PX, FIRST)
    y = row(lane, PY, FIRST)
    ax = ready[at] - x
    ay = ready[at + U(1)] - y
    beyond = ax * x + ay * y
    beyond = beyond * abs(beyond) - (ax * ax + ay * ay) * row(known, GROUND2, FIRST)
    return any_not_below(where(row(lane, FILM, FIRST), F(0), F(-1), beyond), F(0))


@fast_inner_kernel
def look_at_spots(lane, known):
    """Fill `known` (KNOWN_ROWS * SPOTS,)."""
    for k in range(SPOTS):
        opaque = (F(1) - max(lane[THROUGH + k], F(0))) * lane[UNDER + k] * F(1 - BASE_GLOSS) / PI
        known[DULL_R + k] = opaque * lane[BODY_R + k]
        known[DULL_G + k] = opaque * lane[BODY_G + k]
        known[DULL_B + k] = opaque * lane[BODY_B + k]
        body = (
            F(R_WEIGHT) * lane[BODY_R + k] + F(G_WEIGHT) * lane[BODY_G + k] + F(B_WEIGHT) * lane[BODY_B + k]
        )
        known[DIFFUSE + k] = lane[LIVE + k] * body / PI
        known[GROUND2 + k] = F(0.8) * (lane[PX + k] * lane[PX + k] + lane[PY + k] * lane[PY + k])


@fast_inner_kernel
def weigh_all(
    ready, tables, extinction_per_m, near_lamps, bound, total, surface, kinds, rays, lane, own, given, listed, known,
):  # fmt: skip
    """Write to `listed` which of `near_lamps` give enough to a group's spots, and to `given` what; returns how many do.

    `bound` tells the most that a lamp gives face on: it need not be looked at where that is little beside what stronger
    ones give, unless it mirrors itself.  `known` (KNOWN_ROWS * SPOTS,) is room.
    """
    look_at_spots(lane, known)
    other = load(own, FIRST)
    sum_of = first = second = other * F(0)
    all_of = max(other, DARK)
    enough = sum_of  # of luminance, to count
    plain = not (kinds[1] or kinds[2])
    count = 0
    for n in range(total):
        at = U(WEIGHED) * U(near_lamps[n])
        little = plain and not any_not_below(row(known, DIFFUSE, FIRST) * bound[n], enough)
        if little and not mirrors_it(ready, at, lane, known):
            continue
        e = weigh(ready, at, tables, extinction_per_m, surface, kinds, rays, lane, known)
        store(given, U(count * SPOTS), e)
        sum_of += e
        second = max(second, min(first, e))
        first = max(first, e)
        all_of = max(other + sum_of - first + min(first, F(STRONGEST) * second), DARK)
        enough = F(FAINT_SHARE) * all_of
        listed[count] = near_lamps[n]
        count += 1 if any_not_below(e, enough) else 0  # what comes later makes its share only smaller
    store(own, FIRST, F(1) / all_of)
    return count


@fast_inner_kernel
def told(spots, at, sh, least, lane, own):
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
        own[k] += (
            F(R_WEIGHT) * spots[at + U(S_ER * SPOTS + k)]
            + F(G_WEIGHT) * spots[at + U(S_EG * SPOTS + k)]
            + F(B_WEIGHT) * spots[at + U(S_EB * SPOTS + k)]
        )


@fast_inner_kernel
def put_in_order(first, tiles, count, listed, by, given, share, order, most, chosen, sharp):
    """Write the strongest of `listed` lamps to `chosen`, the same for each tile of a group.

    `given` (count * SPOTS,) is what they would give without shadows, `by` (SPOTS,) one by what there is in all.
    """
    whole = load(by, FIRST)
    for q in range(count):
        part = load(given, U(q * SPOTS)) * whole
        store(given, U(q * SPOTS), part)
        peak = greatest(part)
        share[q] = peak
        at = q  # the strongest first
        while at > 0 and share[order[at - 1]] < peak:
            order[at] = order[at - 1]
            at -= 1
        order[at] = q
    # Sums of shares of the faintest lamps, one after the other.
    faint = whole * F(0)
    kept = count
    while kept > 0:
        faint += load(given, U(order[kept - 1] * SPOTS))
        if any_above(faint, F(LEFT_OUT)):
            break
        kept -= 1
    for n in range(min(kept, most)):
        for tile in range(tiles):
            chosen[first + tile, n] = listed[order[n]]
            if n < SHADOWED and share[order[n]] > F(SOFT_SHARE):
                at = order[n] * SPOTS + tile * OF_TILE
                here = greater(greater(given[at], given[at + 1]), greater(given[at + 2], given[at + 3]))
                sharp[first + tile] = n + 1 if here > F(SOFT_HERE) else sharp[first + tile]
