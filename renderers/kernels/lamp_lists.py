"""Which lamps matter to the points of a tile.  Renderers floor, arrays only."""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from renderers.kernels.lamps import (
    BEAM_ENDS,
    BEAM_PLAIN,
    BEAM_STREET,
    H_CELLS,
    H_SPAN,
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
    beam,
)
from renderers.kernels.surface import S_COAT
from sim.kernels.jit import fast_kernel

F = np.float32
SHADOWED = 5  # lamps per tile that cast shadows
LISTED = 10  # lamps per tile
RENEWED = 128  # tiles, a divisor of every slice: see list_lamps
GROUPED = 8  # tiles, a divisor of those, for which lamps are weighed together
# Weaker lamps of a tile are left out; on wet ground fewer, or mirror images of lamps would be cut.
FAINT_SHARE, FAINT_SHARE_WET = 0.03, 0.002
UNSHADOWED_SHARE = (
    0.05  # street lamps that give less than this of a tile's strongest light it without shadows
)


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
    """No less than what a lamp gives face on anywhere in a box about (x, y, z), lx, as `given_at` has it.

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
def given_at(lamps, which, tables, probe, probes):
    """The most that a lamp gives face on at one of some points (probes, 3), lx.

    The bounds of beams are blurred by degrees: the nearest of their cells will do.
    """
    kind = int(lamps[which, L_KIND])
    ax = lamps[which, L_AX]
    ay = lamps[which, L_AY]
    az = lamps[which, L_AZ]
    ux = lamps[which, L_UX]
    uy = lamps[which, L_UY]
    uz = lamps[which, L_UZ]
    most = F(0)
    for q in range(probes):
        x = probe[q, 0] - lamps[which, L_X]
        y = probe[q, 1] - lamps[which, L_Y]
        z = probe[q, 2] - lamps[which, L_Z]
        scale = F(1) / math.sqrt(max(x * x + y * y + z * z, F(0.01)))
        x *= scale
        y *= scale
        z *= scale
        along = x * ax + y * ay + z * az
        if kind >= BEAM_STREET:
            most = max(most, beam(kind, tables, along, F(0), F(0)) * scale * scale)
            continue
        if along < F(BEAM_ENDS):
            continue
        right = x * (ay * uz - az * uy) + y * (az * ux - ax * uz) + z * (ax * uy - ay * ux)
        a = (right / along + F(H_SPAN)) * F((H_CELLS - 1) / (2 * H_SPAN))
        b = (x * ux + y * uy + z * uz + F(V_SPAN)) * F((V_CELLS - 1) / (2 * V_SPAN))
        if a >= F(0) and b >= F(0) and a < F(H_CELLS - 1) and b < F(V_CELLS - 1):
            most = max(most, tables[kind, int(b + F(0.5)), int(a + F(0.5))] * scale * scale)
    return most * lamps[which, L_CD]


@fast_kernel
def mirrored_here(lamps, which, x, y):
    """Whether a lamp stands beyond a point at (x, y), as seen from the eye, and so may mirror itself in wet ground."""
    ax = lamps[which, L_X] - x
    ay = lamps[which, L_Y] - y
    beyond = ax * x + ay * y
    return beyond * abs(beyond) >= F(0.8) * (ax * ax + ay * ay) * (x * x + y * y)


@fast_kernel
def enlist(which, e, at, chosen, strength):
    """Put a lamp that gives `e` in its place among the strongest of a tile."""
    place = LISTED
    while place > 0 and e > strength[place - 1]:
        place -= 1
    for q in range(LISTED - 1, place, -1):
        strength[q] = strength[q - 1]
        chosen[at, q] = chosen[at, q - 1]
    if place < LISTED:
        strength[place] = e
        chosen[at, place] = which


@fast_kernel
def seen_mirrored_first(at, lamps, x, y, chosen, strength):
    """Put the vehicles' lamps that mirror themselves at (x, y) first in a tile's list, or their images would be cut.

    What street lamps give there is faint beside such an image, and does without shadows where there are many.
    """
    front = 0
    for q in range(LISTED):
        which = chosen[at, q]
        if which < 0:
            break
        if lamps[which, L_KIND] != BEAM_STREET and mirrored_here(lamps, which, x, y):
            e = strength[q]
            for c in range(q, front, -1):
                chosen[at, c] = chosen[at, c - 1]
                strength[c] = strength[c - 1]
            chosen[at, front] = which
            strength[front] = e
            front += 1


@fast_kernel
def within_reach(start, stop, triangle, offset_m, lamps, heights, out, bound):
    """Write the rows of the lamps that reach the points of tiles [start, stop) to `out` and what they give at most.

    Returns how many there are.
    """
    low_x = low_y = low_z = F(1e30)
    high_x = high_y = high_z = F(-1e30)
    for r in range(start * 64, stop * 64):
        if triangle[r] >= 0:
            low_x = min(low_x, offset_m[r, 0])
            low_y = min(low_y, offset_m[r, 1])
            low_z = min(low_z, offset_m[r, 2])
            high_x = max(high_x, offset_m[r, 0])
            high_y = max(high_y, offset_m[r, 1])
            high_z = max(high_z, offset_m[r, 2])
    count = 0
    if high_x < low_x:
        return count
    x = F(0.5) * (low_x + high_x)
    y = F(0.5) * (low_y + high_y)
    z = F(0.5) * (low_z + high_z)
    # A tenth of a millimetre for rounding.
    half_x = F(0.5) * (high_x - low_x) + F(1e-4)
    half_y = F(0.5) * (high_y - low_y) + F(1e-4)
    half_z = F(0.5) * (high_z - low_z) + F(1e-4)
    for which in range(lamps.shape[0]):
        gap_x = max(abs(x - lamps[which, L_X]) - half_x, F(0))
        gap_y = max(abs(y - lamps[which, L_Y]) - half_y, F(0))
        gap_z = max(abs(z - lamps[which, L_Z]) - half_z, F(0))
        # Nearer than 10 cm no lamp grows stronger; the margin is for rounding.
        if max(gap_x * gap_x + gap_y * gap_y + gap_z * gap_z, F(0.01)) < lamps[which, L_REACH2] * F(1.01):
            most = bound_over(lamps, which, heights, x, y, z, half_x, half_y, half_z)
            if most > F(0):
                out[count] = which
                bound[count] = most
                count += 1
    return count


@fast_kernel
def list_lamps(
    start, stop, range_m, triangle, surface, offset_m, lamps, tables, heights, least_lx, chosen, shadowed
):
    """Choose for each tile of 64 rays the lamps that light its points most, the strongest first.

    The first `shadowed` (tiles,) of them are to be asked for shadows.

    A lamp counts with the light it would give, face on, to the tile's middle or to its nearest or farthest point,
    so that the edge of a beam is not cut along tiles.  Those of the tile before are tried first: most others then give
    less than the list holds already, as their bounds over a few tiles tell.
    """
    probe = np.empty((5, 3), np.float32)
    strength = np.empty(LISTED, np.float32)
    near_lamps = np.empty(lamps.shape[0], np.int64)
    bound = np.empty(lamps.shape[0], np.float32)
    tried = np.full(lamps.shape[0], -1, np.int64)
    total = 0
    for tile in range(start, stop):
        if tile == start or tile % GROUPED == 0:
            last = min(stop, tile - tile % GROUPED + GROUPED)
            total = within_reach(tile, last, triangle, offset_m, lamps, heights, near_lamps, bound)
        for q in range(LISTED):
            chosen[tile, q] = -1
            strength[q] = F(0)
        shadowed[tile] = 0
        count = 0
        near = -1
        far = -1
        if total == 0:
            continue
        faint = F(FAINT_SHARE)
        wet = False
        mx = F(0)
        my = F(0)
        mz = F(0)
        for r in range(tile * 64, tile * 64 + 64):
            if triangle[r] >= 0:
                count += 1
                if surface[r, S_COAT] > F(0.2):
                    faint = F(FAINT_SHARE_WET)
                    wet = True
                mx += offset_m[r, 0]
                my += offset_m[r, 1]
                mz += offset_m[r, 2]
                if near < 0 or range_m[r] < range_m[near]:
                    near = r
                if far < 0 or range_m[r] > range_m[far]:
                    far = r
        if count == 0:
            continue
        by = F(1) / F(count)
        probe[0, 0] = mx * by
        probe[0, 1] = my * by
        probe[0, 2] = mz * by
        probes = 3
        for c in range(3):
            probe[1, c] = offset_m[near, c]
            probe[2, c] = offset_m[far, c]
        first = tile * 64
        if triangle[first] >= 0:
            for c in range(3):
                probe[probes, c] = offset_m[first, c]
            probes += 1
        if triangle[first + 63] >= 0:
            for c in range(3):
                probe[probes, c] = offset_m[first + 63, c]
            probes += 1
        # Lists start anew where slices may: a tile's must not depend on how tiles are dealt to threads.
        seeds = LISTED if tile % RENEWED != 0 else 0
        for turn in range(seeds + total):
            enough = max(least_lx, faint * min(strength[0], F(4) * strength[1]), strength[LISTED - 1])
            if turn < seeds:
                which = chosen[tile - 1, turn]
                if which < 0:
                    continue
            else:
                which = near_lamps[turn - seeds]
                most = bound[turn - seeds]
                if most <= enough or tried[which] == tile:
                    continue
                # Dim ones count for their mirror images alone.
                dim = wet and most < F(FAINT_SHARE) * min(strength[0], F(4) * strength[1])
                if dim and not mirrored_here(lamps, which, probe[0, 0], probe[0, 1]):
                    continue
            e = given_at(lamps, which, tables, probe, probes)
            if e <= enough:
                continue
            tried[which] = tile
            dim = wet and e < F(FAINT_SHARE) * min(strength[0], F(4) * strength[1])
            if dim and not mirrored_here(lamps, which, probe[0, 0], probe[0, 1]):
                continue
            enlist(which, e, tile, chosen, strength)
        if wet:  # once more, by the strongest of all
            kept = 0
            for q in range(LISTED):
                which = chosen[tile, q]
                e = strength[q]
                if which < 0:
                    break
                dim = e < F(FAINT_SHARE) * min(strength[0], F(4) * strength[1])
                if dim and not mirrored_here(lamps, which, probe[0, 0], probe[0, 1]):
                    continue
                chosen[tile, kept] = which
                strength[kept] = e
                kept += 1
            for q in range(kept, LISTED):
                chosen[tile, q] = -1
                strength[q] = F(0)
        # The strongest may itself be in shadow here: a lamp close by must not silence all others.
        least = faint * min(strength[0], F(4) * strength[1])
        unshadowed = F(UNSHADOWED_SHARE) * strength[0]
        if wet:
            seen_mirrored_first(tile, lamps, probe[0, 0], probe[0, 1], chosen, strength)
        for q in range(LISTED):
            vehicle = chosen[tile, q] >= 0 and lamps[chosen[tile, q], L_KIND] != BEAM_STREET
            # Beyond the lamps that cast shadows a vehicle's would shine through its body and through walls.
            if strength[q] < least or (q >= SHADOWED and vehicle):
                for c in range(q, LISTED):
                    chosen[tile, c] = -1
                break
            if chosen[tile, q] < 0:
                break
            if q < SHADOWED and (vehicle or strength[q] > unshadowed):
                shadowed[tile] = q + 1
