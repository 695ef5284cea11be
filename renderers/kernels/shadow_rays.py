"""Questions of points whether they see a lamp or the sun: who asks, in which direction, and what is told from answers.

A question is that of a tile of 8 x 8 pixels for one light; its rays are numbered question * 64 + lane.  Renderers floor,
arrays only.
"""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from renderers.kernels.lamps import L_REACH2, L_X, L_Y, L_Z
from renderers.kernels.surface import S_COLUMNS, S_NX, S_NY, S_NZ, S_THROUGH, fetch
from sim.kernels.jit import fast_inner_kernel, fast_kernel
from sim.kernels.prefetch import prefetch

F = np.float32
U = np.uintp
AHEAD = 12  # rays whose surfaces are fetched before they are asked for
BEYOND_LEAF_M = 0.012
UNASKED, FREE, BLOCKED, IDLE = range(
    4
)  # answers of lanes; IDLE has nothing to ask: nothing met, a surface that looks away
MIXED = 4  # state of a question whose lanes disagree; else it is one of the above
AMID = 4  # of the eight tiles around that disagree; along an edge no more than three do
LIKE = 0.05  # share of their distance by which neighbours on one surface may be apart


@fast_inner_kernel
def fetch_point(r, points, flat):
    """Have fetched what a shadow ray from the point of ray `r` asks of it."""
    prefetch(points, U(3) * r)
    fetch(flat, r, S_NX)
    fetch(flat, r, S_NY)
    fetch(flat, r, S_NZ)
    fetch(flat, r, S_THROUGH)


@fast_kernel
def aim_at_lamps(rays, asked, triangle, surface, offset_m, lamps, chosen, direction, begin, limit):
    """Shadow rays (R,) of questions `asked` (Q, 2), of tile and rank, towards the lamps of that rank.

    Rays that need none (nothing met, a surface that looks away) get no length.  Which do follows no order that a
    processor could guess: no branches, so that it looks up what the next ones ask while memory answers.
    """
    points, flat, table, ranks = (
        offset_m.reshape(-1),
        surface.reshape(-1),
        lamps.reshape(-1),
        chosen.reshape(-1),
    )
    way, start, questions = direction.reshape(-1), begin.reshape(-1), asked.reshape(-1)
    none, up = F(0), F(1)
    last = rays.shape[0] - 1
    for k in range(rays.shape[0]):
        later = rays[min(k + AHEAD, last)]
        fetch_point(U(64) * U(questions[U(2) * U(later >> 6)]) + U(later & 63), points, flat)
        q = U(2) * U(rays[k] >> 6)
        tile = U(questions[q])
        lane = U(rays[k] & 63)
        r = U(64) * tile + lane
        which = U(lamps.shape[1]) * U(ranks[U(chosen.shape[1]) * tile + U(questions[q + U(1)])])
        column = U(64 * S_COLUMNS) * tile + lane
        bx = points[U(3) * r]
        by = points[U(3) * r + U(1)]
        bz = points[U(3) * r + U(2)]
        x = table[which + U(L_X)] - bx
        y = table[which + U(L_Y)] - by
        z = table[which + U(L_Z)] - bz
        far2 = x * x + y * y + z * z
        facing = flat[column + U(64 * S_NX)] * x
        facing += flat[column + U(64 * S_NY)] * y + flat[column + U(64 * S_NZ)] * z
        lit = (facing > none) | (flat[column + U(64 * S_THROUGH)] < none)
        asks = (triangle[r] >= 0) & (far2 <= table[which + U(L_REACH2)]) & lit
        at = U(3) * U(k)
        way[at] = x if asks else none
        way[at + U(1)] = y if asks else none
        way[at + U(2)] = z if asks else up
        start[at] = bx if asks else none
        start[at + U(1)] = by if asks else none
        start[at + U(2)] = bz if asks else none
        # The lamp's own lens must not shade it.
        short = max(F(1) - F(0.25) / math.sqrt(far2), F(1e-6))
        limit[k] = short if asks else none


@fast_kernel
def aim_at_sun(rays, asked, sun, jitter, triangle, surface, offset_m, direction, begin, limit):
    """Shadow rays (R,) of questions `asked` (Q, 2), of tile and rank, towards the lanes' points of the sun's disc.

    `sun` (3, 3) holds the direction and the disc's two axes, `jitter` (64, 2) the points of the lanes.
    """
    points, flat, questions = offset_m.reshape(-1), surface.reshape(-1), asked.reshape(-1)
    way, start = direction.reshape(-1), begin.reshape(-1)
    none, last = F(0), rays.shape[0] - 1
    for k in range(rays.shape[0]):
        later = rays[min(k + AHEAD, last)]
        fetch_point(U(64) * U(questions[U(2) * U(later >> 6)]) + U(later & 63), points, flat)
        tile = U(questions[U(2) * U(rays[k] >> 6)])
        lane = U(rays[k] & 63)
        r = U(64) * tile + lane
        column = U(64 * S_COLUMNS) * tile + lane
        one = jitter[lane, 0]
        two = jitter[lane, 1]
        x = sun[0, 0] + one * sun[1, 0] + two * sun[2, 0]
        y = sun[0, 1] + one * sun[1, 1] + two * sun[2, 1]
        z = sun[0, 2] + one * sun[1, 2] + two * sun[2, 2]
        facing = flat[column + U(64 * S_NX)] * x
        facing += flat[column + U(64 * S_NY)] * y + flat[column + U(64 * S_NZ)] * z
        asks = (triangle[r] >= 0) & ((facing > none) | (flat[column + U(64 * S_THROUGH)] < none))
        # Light on a leaf's back: its own blade must not shade it.
        beyond = F(BEYOND_LEAF_M) if asks & (facing <= none) else none
        at = U(3) * U(k)
        way[at] = x
        way[at + U(1)] = y
        way[at + U(2)] = z
        start[at] = points[U(3) * r] + beyond * x
        start[at + U(1)] = points[U(3) * r + U(1)] + beyond * y
        start[at + U(2)] = points[U(3) * r + U(2)] + beyond * z
        limit[k] = F(1e30) if asks else none


@fast_kernel
def note(rays, placement, limit, answers):
    """Write what rays (R,) met to `answers` (Q * 64,)."""
    for k in range(rays.shape[0]):
        if placement[k] >= 0:
            answers[rays[k]] = BLOCKED
        else:
            answers[rays[k]] = FREE if limit[k] > F(0) else IDLE


@fast_inner_kernel
def has_question(tile, rank, chosen, sharp, strong, tiles_across):
    """Whether a tile asks about its lamp of a rank: each about the `strong` ones, every other about those beyond.

    Every other as on a chess board, since what `dim_faint` takes is the mean over the tiles around.
    """
    if strong > 0:
        return rank < sharp[tile]
    return speaks(tile, tiles_across) and rank >= sharp[tile] and chosen[tile, rank] >= 0


@fast_inner_kernel
def speaks(tile, tiles_across):
    """Whether a tile is asked about its fainter lamps."""
    return (tile // tiles_across + tile % tiles_across) & 1 == 0


@fast_kernel
def count_questions(start, stop, tiles, chosen, sharp, tiles_across, counts):
    """How much tiles [start, stop) ask: a row of `counts` (blocks, 3) for each block of `tiles` of them.

    That is about their `sharp` lamps, about others, and how many lamps they have; `start` is a multiple of `tiles`.
    """
    for begin in range(start, stop, tiles):
        strong = faint = listed = 0
        for tile in range(begin, min(begin + tiles, stop)):
            for rank in range(chosen.shape[1]):
                strong += 1 if has_question(tile, rank, chosen, sharp, 1, tiles_across) else 0
                faint += 1 if has_question(tile, rank, chosen, sharp, 0, tiles_across) else 0
                listed += 1 if chosen[tile, rank] >= 0 else 0
        block = begin // tiles
        counts[block, 0] = strong
        counts[block, 1] = faint
        counts[block, 2] = listed


@fast_kernel
def list_questions(start, stop, tiles, chosen, sharp, strong, lamps, tiles_across, first, asked):
    """Write the questions of blocks [start, stop) of `tiles` tiles to `asked` (Q, 2), those of a lamp together.

    Those of a block begin at `first` (blocks,); `strong` picks the sharp lamps, else it is the others.
    """
    place = np.empty(lamps + 1, np.int64)
    for block in range(start, stop):
        begin = block * tiles
        end = min(begin + tiles, chosen.shape[0])
        for lamp in range(lamps + 1):
            place[lamp] = 0
        for tile in range(begin, end):
            for rank in range(chosen.shape[1]):
                if has_question(tile, rank, chosen, sharp, strong, tiles_across):
                    place[chosen[tile, rank] + 1] += 1
        place[0] = first[block]
        for lamp in range(lamps):
            place[lamp + 1] += place[lamp]
        for tile in range(begin, end):
            for rank in range(chosen.shape[1]):
                if has_question(tile, rank, chosen, sharp, strong, tiles_across):
                    which = chosen[tile, rank]
                    asked[place[which], 0] = tile
                    asked[place[which], 1] = rank
                    place[which] += 1


@fast_kernel
def tell_one(asked, placement, limit, answers):
    """Write what one ray of each of questions (K, 2) met to `answers` (tiles, ranks)."""
    for k in range(asked.shape[0]):
        if placement[k] >= 0:
            answers[asked[k, 0], asked[k, 1]] = BLOCKED
        else:
            answers[asked[k, 0], asked[k, 1]] = FREE if limit[k] > F(0) else IDLE


@fast_kernel
def choose_scouts(questions, asked, tiles_across, halves, other, rays):
    """Write the rays of one half (2, L) of the scouts of questions (K,), or the `other`; tiles take turns with them."""
    count = halves.shape[1]
    for k in range(questions.shape[0]):
        tile = asked[questions[k], 0]
        half = (tile // tiles_across + tile % tiles_across + other) % 2
        for n in range(count):
            rays[k * count + n] = questions[k] * 64 + halves[half, n]


@fast_kernel
def judge(questions, asked, answers, state):
    """Write to `state` (tiles, ranks) what the lanes of questions (K,) say together."""
    for k in range(questions.shape[0]):
        q = questions[k]
        said = np.uint32(0)
        for lane in range(64):
            said |= np.uint32(1) << np.uint32(answers[np.uintp(64) * np.uintp(q) + np.uintp(lane)])
        free = said & np.uint32(1 << FREE) != np.uint32(0)
        blocked = said & np.uint32(1 << BLOCKED) != np.uint32(0)
        if blocked:
            state[asked[q, 0], asked[q, 1]] = MIXED if free else BLOCKED
        else:
            state[asked[q, 0], asked[q, 1]] = FREE if free else IDLE


@fast_inner_kernel
def rank_of(which, chosen, tile, likely):
    """The rank that a light has in a tile, looked for at the `likely` one first; as many as there are if it has none."""
    if chosen[tile, likely] == which:  # neighbours mostly list the same lamps
        return likely
    rank = 0
    while rank < chosen.shape[1] and chosen[tile, rank] != which:
        rank += 1
    return rank


@fast_kernel
def conclude(start, stop, asked, state, chosen, tiles_across, seen, mixed):
    """Mark questions [start, stop) whose lanes disagree, and let `seen` (ranks, N) be 0 or 1 where they do not.

    Eight scouts agree by chance where little is lit or little is dark: amid tiles that disagree nobody is believed.
    """
    flat = seen.reshape(-1)
    tiles, ranks = state.shape
    for q in range(start, stop):
        tile = asked[q, 0]
        found = state[tile, asked[q, 1]]
        mixed[q] = found == MIXED
        if found != MIXED:
            which = chosen[tile, asked[q, 1]]
            x = tile % tiles_across
            amid = 0
            for dy in range(-1, 2):
                for dx in range(-1, 2):
                    other = tile + dy * tiles_across + dx
                    if x + dx < 0 or x + dx >= tiles_across or other < 0 or other >= tiles:
                        continue
                    rank = rank_of(which, chosen, other, asked[q, 1])
                    if rank < ranks and state[other, rank] == MIXED:
                        amid += 1
            mixed[q] = amid >= AMID and found != IDLE
            told = F(0) if found == BLOCKED else F(1)
            first = U(asked[q, 1]) * U(seen.shape[1]) + U(64) * U(tile)
            for lane in range(64):
                flat[first + U(lane)] = told


@fast_kernel
def doubt(start, stop, asked, state, chosen, tiles_across, doubtful):
    """Mark questions [start, stop) whose answer is not that of the tiles around, for the same light (`chosen`)."""
    tiles, ranks = state.shape
    for q in range(start, stop):
        tile = asked[q, 0]
        own = np.int64(state[tile, asked[q, 1]])
        which = chosen[tile, asked[q, 1]]
        doubtful[q] = own == IDLE
        if own in (IDLE, MIXED):
            continue
        x = tile % tiles_across
        for dy in range(-1, 2):
            for dx in range(-1, 2):
                other = tile + dy * tiles_across + dx
                if x + dx < 0 or x + dx >= tiles_across or other < 0 or other >= tiles:
                    continue
                rank = rank_of(which, chosen, other, asked[q, 1])
                if rank < ranks:
                    answer = np.int64(state[other, rank])
                    doubtful[q] = doubtful[q] or answer not in (UNASKED, IDLE, own)


@fast_kernel
def dim_faint(start, stop, chosen, sharp, state, lamps, tiles_across, dim):
    """Write to `dim` (tiles, ranks) what tiles [start, stop) get of their fainter lamps, those beyond `sharp` (tiles,).

    It is the share of those that are not BLOCKED among the answers, one for each tile, of the tiles around; `lamps` is
    how many there are.
    """
    tiles, ranks = chosen.shape
    place = np.full(lamps, -1, np.int64)  # rank of each lamp among the fainter ones of the tile at hand
    free = np.empty(ranks, np.float32)
    told = np.empty(ranks, np.float32)
    for tile in range(start, stop):
        x = tile % tiles_across
        faint = 0
        for rank in range(ranks):
            dim[tile, rank] = F(1)
            free[rank] = F(0)
            told[rank] = F(0)
            if chosen[tile, rank] >= 0 and rank >= sharp[tile]:
                place[chosen[tile, rank]] = rank
                faint += 1
        if faint == 0:
            continue
        for dy in range(-1, 2):
            for dx in range(-1, 2):
                other = tile + dy * tiles_across + dx
                if x + dx < 0 or x + dx >= tiles_across or other < 0 or other >= tiles:
                    continue
                if not speaks(other, tiles_across):
                    continue
                for q in range(ranks):
                    which = chosen[other, q]
                    if which < 0:
                        break
                    rank = place[which]
                    if rank >= 0:
                        free[rank] += F(1) if state[other, q] == FREE else F(0)
                        told[rank] += F(1) if state[other, q] == FREE or state[other, q] == BLOCKED else F(0)
        for rank in range(sharp[tile], ranks):
            if chosen[tile, rank] >= 0:
                place[chosen[tile, rank]] = -1
                if told[rank] > F(0):
                    dim[tile, rank] = free[rank] / told[rank]


@fast_kernel
def unasked(questions, answers, every_other, rays):
    """Write the rays of questions (K,) that nobody asked, or `every_other` as on a chess board, to `rays`; how many."""
    count = 0
    for k in range(questions.shape[0]):
        for lane in range(64):
            ray = questions[k] * 64 + lane
            if answers[ray] == UNASKED and not (every_other and (lane ^ (lane >> 3)) & 1):
                rays[count] = ray
                count += 1
    return count


@fast_kernel
def settle(questions, asked, range_m, placement, answers, rays):
    """Answer the lanes of questions (K,) whose neighbours up, down and to both sides agree and lie on one surface.

    All neighbours of the fields that a chess board leaves out have been asked, so that no guess leads to the next.  The
    other lanes are written to `rays`; returns how many there are.
    """
    count = 0
    for k in range(questions.shape[0]):
        q = questions[k]
        first = asked[q, 0] * 64
        for lane in range(64):
            if answers[q * 64 + lane] != UNASKED:
                continue
            near = F(LIKE) * range_m[first + lane]
            told = np.int64(UNASKED)
            for side in range(4):
                other = lane + (1 if side == 0 else -1 if side == 1 else 8 if side == 2 else -8)
                if (side == 0 and lane & 7 == 7) or (side == 1 and lane & 7 == 0) or other < 0 or other > 63:
                    continue
                found = np.int64(answers[q * 64 + other])
                alike = placement[first + other] == placement[first + lane]
                alike = alike and abs(range_m[first + other] - range_m[first + lane]) <= near
                if not alike or found not in (FREE, BLOCKED) or told not in (UNASKED, found):
                    told = MIXED
                    break
                told = found
            if told in (FREE, BLOCKED):
                answers[q * 64 + lane] = told
            else:
                rays[count] = q * 64 + lane
                count += 1
    return count


@fast_kernel
def tell(questions, asked, answers, seen):
    """Write what all lanes of questions (K,) found to `seen` (ranks, N)."""
    flat = seen.reshape(-1)
    for k in range(questions.shape[0]):
        q = questions[k]
        first = U(asked[q, 1]) * U(seen.shape[1]) + U(64) * U(asked[q, 0])
        for lane in range(64):
            blocked = answers[U(64) * U(q) + U(lane)] == np.uint8(BLOCKED)
            flat[first + U(lane)] = F(0) if blocked else F(1)
