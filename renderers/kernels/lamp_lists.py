"""Which lamps may matter to a few tiles, by the light that they would give face on.  Renderers floor, arrays only.

`lamp_shares` weighs them with what surfaces make of that light.
"""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from renderers.kernels.lamps import (
    BEAM_ENDS,
    BEAM_PLAIN,
    BEAM_STREET,
    L_AX,
    L_AY,
    L_AZ,
    L_CD,
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
from sim.kernels.extremes import greater, lesser
from sim.kernels.jit import fast_kernel

F = np.float32
SHADOWED = 5  # lamps per tile that cast sharp shadows
LISTED = 12  # lamps per tile that light it
GROUPED = 8  # tiles, a divisor of every slice, for which reach is asked together


@fast_kernel
def most_of(bounds, kind, low, high, span, per_cell):
    """The most of a row of `bounds` (K, cells + 1) between two places; see lamps.rising_and_falling."""
    cells = bounds.shape[1] - 1
    first = int(min(max((low + span) * per_cell, F(-2)), F(cells + 1))) - 1
    last = int(min(max((high + span) * per_cell, F(-2)), F(cells + 1))) + 2
    if last < 0 or first >= cells:
        return F(0)
    first = max(first, 0)
    last = min(last, cells - 1)
    peak = int(bounds[kind, cells])
    if first <= peak <= last:
        return bounds[kind, peak]
    return max(bounds[kind, first], bounds[kind, last])


@fast_kernel
def bound_over(lamps, which, heights, x, y, z, half_x, half_y, half_z):
    """No less than what a lamp gives face on anywhere in a box about (x, y, z), lx.

    Of a table `heights` (3, V_CELLS + 1) knows the most of each row, see lamps.rising_and_falling.
    """
    x -= lamps[which, L_X]
    y -= lamps[which, L_Y]
    z -= lamps[which, L_Z]
    ax = lamps[which, L_AX]
    ay = lamps[which, L_AY]
    az = lamps[which, L_AZ]
    gap_x = max(abs(x) - half_x, F(0))
    gap_y = max(abs(y) - half_y, F(0))
    gap_z = max(abs(z) - half_z, F(0))
    near2 = max(gap_x * gap_x + gap_y * gap_y + gap_z * gap_z, F(0.01))
    near = math.sqrt(near2)
    # The margin is for rounding.
    along = x * ax + y * ay + z * az + (half_x * abs(ax) + half_y * abs(ay) + half_z * abs(az))
    along = min(F(1.0001) * along / near + F(1e-4), F(1))
    if along <= F(0):
        return F(0)
    kind = int(lamps[which, L_KIND])
    given = F(1.0001) * lamps[which, L_CD] / near2
    if kind == BEAM_STREET:
        edge = min(max((along - F(0.05)) * F(1.6), F(0)), F(1))
        return given * edge * edge * F(2.6 * 0.45)
    if kind == BEAM_PLAIN:
        return given * along
    if along < F(BEAM_ENDS):
        return F(0)
    ux = lamps[which, L_UX]
    uy = lamps[which, L_UY]
    uz = lamps[which, L_UZ]
    up = x * ux + y * uy + z * uz
    half = half_x * abs(ux) + half_y * abs(uy) + half_z * abs(uz)
    far = math.sqrt(
        (abs(x) + half_x) * (abs(x) + half_x)
        + (abs(y) + half_y) * (abs(y) + half_y)
        + (abs(z) + half_z) * (abs(z) + half_z)
    )
    top = (up + half) / (near if up + half > F(0) else far)
    bottom = (up - half) / (far if up - half > F(0) else near)
    return given * most_of(heights, kind, bottom, top, F(V_SPAN), F((V_CELLS - 1) / (2 * V_SPAN)))


@fast_kernel
def within_reach(start, stop, triangle, points, lamps, heights, out, bound):
    """Write the rows of the lamps that reach the points of tiles [start, stop) to `out` and what they give at most, the
    strongest first.

    `points` (3 N,) are where rays end, one after the other.  Returns how many there are.
    """
    low_x = low_y = low_z = F(1e30)
    high_x = high_y = high_z = F(-1e30)
    for tile in range(start, stop):
        first = np.uintp(64) * np.uintp(tile)
        for k in range(64):
            r = first + np.uintp(k)
            met = triangle[r] >= 0
            px = points[np.uintp(3) * r]
            py = points[np.uintp(3) * r + np.uintp(1)]
            pz = points[np.uintp(3) * r + np.uintp(2)]
            low_x = lesser(low_x, px if met else F(1e30))
            low_y = lesser(low_y, py if met else F(1e30))
            low_z = lesser(low_z, pz if met else F(1e30))
            high_x = greater(high_x, px if met else F(-1e30))
            high_y = greater(high_y, py if met else F(-1e30))
            high_z = greater(high_z, pz if met else F(-1e30))
    if high_x < low_x:
        return 0
    x = F(0.5) * (low_x + high_x)
    y = F(0.5) * (low_y + high_y)
    z = F(0.5) * (low_z + high_z)
    # A tenth of a millimetre for rounding.
    half_x = F(0.5) * (high_x - low_x) + F(1e-4)
    half_y = F(0.5) * (high_y - low_y) + F(1e-4)
    half_z = F(0.5) * (high_z - low_z) + F(1e-4)
    count = 0
    for which in range(lamps.shape[0]):
        gap_x = max(abs(x - lamps[which, L_X]) - half_x, F(0))
        gap_y = max(abs(y - lamps[which, L_Y]) - half_y, F(0))
        gap_z = max(abs(z - lamps[which, L_Z]) - half_z, F(0))
        # Nearer than 10 cm no lamp grows stronger; the margin is for rounding.
        if max(gap_x * gap_x + gap_y * gap_y + gap_z * gap_z, F(0.01)) < lamps[which, L_REACH2] * F(1.01):
            most = bound_over(lamps, which, heights, x, y, z, half_x, half_y, half_z)
            if most > F(0):
                at = count  # the strongest first
                while at > 0 and bound[at - 1] < most:
                    bound[at] = bound[at - 1]
                    out[at] = out[at - 1]
                    at -= 1
                out[at] = which
                bound[at] = most
                count += 1
    return count
