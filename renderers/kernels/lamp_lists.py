"""Which lamps may matter to a few tiles, by the light that they would give face on.  Renderers floor, arrays only.

`lamp_shares` weighs them with what surfaces make of that light.
"""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from renderers.kernels.lamps import (
    BEAM_ENDS,
    BEAM_STREET,
    L_AX,
    L_AY,
    L_AZ,
    L_CD,
    L_COLUMNS,
    L_KIND,
    L_REACH2,
    L_UX,
    L_UY,
    L_UZ,
    L_X,
    L_Y,
    L_Z,
    V_CELLS,
    V_SPAN,
)
from sim.kernels.jit import fast_inner_kernel, fast_kernel
from sim.kernels.loose_sixteen import COUNT, load, picked, store, where, whole

F = np.float32
U = np.uintp
SHADOWED = 5  # lamps per tile that cast sharp shadows
LISTED = 12  # lamps per tile that light it
GROUPED = 8  # tiles, a divisor of every slice, for which reach is asked together


# Rows of lamps side by side: the columns of a packed lamp, and where its beam's table has its peak, and which.
PEAK_AT, PEAK = L_COLUMNS, L_COLUMNS + 1
LAMP_ROWS = L_COLUMNS + 2


@fast_kernel
def side_by_side(lamps, heights):
    """(LAMP_ROWS * K,) columns of lamps (L, L_COLUMNS), up to a multiple of sixteen with some that reach nothing."""
    reach = U((lamps.shape[0] + COUNT - 1) // COUNT * COUNT)
    table = np.zeros(U(LAMP_ROWS) * reach, np.float32)
    columns = lamps.reshape(-1)
    for c in range(L_COLUMNS):
        for k in range(lamps.shape[0]):
            table[U(c) * reach + U(k)] = columns[U(L_COLUMNS) * U(k) + U(c)]
    for k in range(U(lamps.shape[0]), reach):
        table[U(L_REACH2) * reach + U(k)] = F(-1)
    cells = heights.shape[1] - 1
    for k in range(lamps.shape[0]):
        kind = min(int(lamps[k, L_KIND]), heights.shape[0] - 1)
        peak = heights[kind, cells]
        table[U(PEAK_AT) * reach + U(k)] = peak
        table[U(PEAK) * reach + U(k)] = heights[kind, int(peak)]
    return table


@fast_inner_kernel
def bounds_over(table, heights, x, y, z, half_x, half_y, half_z, out):
    """Fill `out` (K,) with no less than what lamps `side_by_side` give face on anywhere in a box about (x, y, z), lx.

    Of a table `heights` (3, V_CELLS + 1) knows the most of each row, see lamps.rising_and_falling.
    """
    reach = U(table.shape[0] // LAMP_ROWS)
    rows, kinds, cells = heights.reshape(-1), F(heights.shape[0] - 1), heights.shape[1] - 1
    for k in range(U(0), reach, U(COUNT)):
        away_x, away_y, away_z = (
            x - load(table, U(L_X) * reach + k),
            y - load(table, U(L_Y) * reach + k),
            z - load(table, U(L_Z) * reach + k),
        )
        gap_x = max(abs(away_x) - half_x, F(0))
        gap_y = max(abs(away_y) - half_y, F(0))
        gap_z = max(abs(away_z) - half_z, F(0))
        # Nearer than 10 cm no lamp grows stronger; the margins are for rounding.
        near2 = max(gap_x * gap_x + gap_y * gap_y + gap_z * gap_z, F(0.01))
        near = math.sqrt(near2)
        ax = load(table, U(L_AX) * reach + k)
        ay = load(table, U(L_AY) * reach + k)
        az = load(table, U(L_AZ) * reach + k)
        along = (
            away_x * ax + away_y * ay + away_z * az + (half_x * abs(ax) + half_y * abs(ay) + half_z * abs(az))
        )
        along = min(F(1.0001) * along / near + F(1e-4), F(1))
        given = F(1.0001) * load(table, U(L_CD) * reach + k) / near2
        edge = min(max((along - F(0.05)) * F(1.6), F(0)), F(1))
        ux = load(table, U(L_UX) * reach + k)
        uy = load(table, U(L_UY) * reach + k)
        uz = load(table, U(L_UZ) * reach + k)
        up = away_x * ux + away_y * uy + away_z * uz
        half = half_x * abs(ux) + half_y * abs(uy) + half_z * abs(uz)
        far_x, far_y, far_z = abs(away_x) + half_x, abs(away_y) + half_y, abs(away_z) + half_z
        far = math.sqrt(far_x * far_x + far_y * far_y + far_z * far_z)
        top = (up + half) / where(up + half, F(0), far, near)
        bottom = (up - half) / where(up - half, F(0), near, far)
        kind = load(table, U(L_KIND) * reach + k)
        per_cell, most = F((V_CELLS - 1) / (2 * V_SPAN)), F(cells + 1)
        first = whole(min(max((bottom + F(V_SPAN)) * per_cell, F(-2)), most)) - F(1)
        last = whole(min(max((top + F(V_SPAN)) * per_cell, F(-2)), most)) + F(2)
        row = min(kind, kinds) * F(cells + 1)
        low, high = min(max(first, F(0)), F(cells - 1)), min(last, F(cells - 1))
        rim = max(picked(rows, row + low), picked(rows, row + high))
        at = load(table, U(PEAK_AT) * reach + k)
        sent = where(low, at, where(at, high, load(table, U(PEAK) * reach + k), rim), rim)
        sent = where(first, F(cells - 1), sent, F(0))
        sent = where(F(BEAM_ENDS), along, sent, F(0))
        sent = where(
            kind, F(BEAM_STREET - 1), sent, where(kind, F(BEAM_STREET), edge * edge * F(2.6 * 0.45), along)
        )
        sent = where(along, F(0), F(0), sent * given)
        store(out, k, where(near2, load(table, U(L_REACH2) * reach + k) * F(1.01), sent, F(0)))


@fast_inner_kernel
def within_reach(low_x, low_y, low_z, high_x, high_y, high_z, lamps, heights, out, bound, room):
    """Write the rows of the lamps that reach points in a box to `out` and what they give at most, the strongest first.

    `lamps` stand `side_by_side`; `room` (4 K + COUNT,) is room.  Returns how many there are.
    """
    if high_x < low_x:
        return 0
    x = F(0.5) * (low_x + high_x)
    y = F(0.5) * (low_y + high_y)
    z = F(0.5) * (low_z + high_z)
    # A tenth of a millimetre for rounding.
    half_x = F(0.5) * (high_x - low_x) + F(1e-4)
    half_y = F(0.5) * (high_y - low_y) + F(1e-4)
    half_z = F(0.5) * (high_z - low_z) + F(1e-4)
    reach = U(lamps.shape[0] // LAMP_ROWS)
    bounds_over(lamps, heights, x, y, z, half_x, half_y, half_z, room)
    count = 0
    found, rank, named = reach, U(2) * reach + U(COUNT), U(3) * reach + U(COUNT)
    for k in range(reach):  # without a branch, which nobody could guess
        room[found + U(count)] = room[U(k)]
        room[named + U(count)] = F(np.int32(k))
        count += 1 if room[U(k)] > F(0) else 0
    end = U((count + COUNT - 1) // COUNT * COUNT)
    room[found + U(count)] = F(-1)  # so that two of them can be asked at a time
    for k in range(U(0), end, U(COUNT)):  # how many are stronger than each
        own = load(room, found + k)
        stronger = more = own * F(0)
        for j in range(U(0), U(count), U(2)):
            stronger += where(room[found + j], own, F(0), F(1))
            more += where(room[found + j + U(1)], own, F(0), F(1))
        store(room, rank + k, stronger + more)
    for j in range(count):
        out[j] = -1
    for k in range(count):
        at = U(np.int32(room[rank + U(k)]))
        while out[at] >= 0:  # of two that are as strong
            at += U(1)
        out[at] = np.int32(room[named + U(k)])
        bound[at] = room[found + U(k)]
    return count
