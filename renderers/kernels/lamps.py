"""Light from lamps: their beams, which of them matter where, rays towards them.  Renderers floor, arrays only."""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from renderers.kernels.surface import S_NX, S_NY, S_NZ
from sim.kernels.jit import fast_kernel

F = np.float32
# Columns of a packed lamp.
(L_X, L_Y, L_Z, L_AX, L_AY, L_AZ, L_UX, L_UY, L_UZ, L_CD, L_R, L_G, L_B, L_KIND, L_REACH2) = range(15)
L_COLUMNS = 15
# Values of L_KIND: the first three have a table of intensity over angles.
BEAM_LOW, BEAM_HIGH, BEAM_FOG, BEAM_STREET, BEAM_PLAIN = range(5)
H_SPAN_DEG, V_SPAN_DEG = 50.0, 20.0  # a table covers +-H_SPAN x +-V_SPAN
H_CELLS, V_CELLS = 401, 321  # steps of 0.25 and 0.125 degrees: the cut-off is 0.3 degrees soft
SHADOWED = 5  # lamps per tile that cast shadows
LISTED = 8  # lamps per tile
FAINT_SHARE = (
    0.008  # weaker lamps of a tile are left out; more, and mirror images of lamps on wet roads are cut
)


@fast_kernel
def lamp_intensity(lamp, tables, x, y, z):
    """Intensity in cd along the unit direction (x, y, z) from the lamp."""
    kind = int(lamp[L_KIND])
    along = x * lamp[L_AX] + y * lamp[L_AY] + z * lamp[L_AZ]
    if kind < BEAM_STREET:
        if along < F(0.3):
            return F(0)
        rx = lamp[L_AY] * lamp[L_UZ] - lamp[L_AZ] * lamp[L_UY]
        ry = lamp[L_AZ] * lamp[L_UX] - lamp[L_AX] * lamp[L_UZ]
        rz = lamp[L_AX] * lamp[L_UY] - lamp[L_AY] * lamp[L_UX]
        right = x * rx + y * ry + z * rz
        up = x * lamp[L_UX] + y * lamp[L_UY] + z * lamp[L_UZ]
        h = math.atan2(right, along) * F(57.29578)
        v = math.asin(min(max(up, F(-1)), F(1))) * F(57.29578)
        a = (h + F(H_SPAN_DEG)) * F((H_CELLS - 1) / (2 * H_SPAN_DEG))
        b = (v + F(V_SPAN_DEG)) * F((V_CELLS - 1) / (2 * V_SPAN_DEG))
        if a < F(0) or b < F(0) or a >= F(H_CELLS - 1) or b >= F(V_CELLS - 1):
            return F(0)
        j = int(a)
        i = int(b)
        fa = a - F(j)
        fb = b - F(i)
        low = tables[kind, i, j] * (F(1) - fa) + tables[kind, i, j + 1] * fa
        high = tables[kind, i + 1, j] * (F(1) - fa) + tables[kind, i + 1, j + 1] * fa
        return lamp[L_CD] * (low * (F(1) - fb) + high * fb)
    if along <= F(0):
        return F(0)
    if kind == BEAM_STREET:
        # Bat wing: even light between poles asks for intensity growing as 1 / cos^2 up to about 60 degrees.
        wing = min(F(1) / (along * along + F(0.05)), F(2.6))
        edge = min(max((along - F(0.05)) * F(1.6), F(0)), F(1))
        return lamp[L_CD] * wing * edge * edge * F(0.45)
    return lamp[L_CD] * along


@fast_kernel
def intensities(lamp, tables, direction, out):
    """Candelas of one lamp along unit directions (K, 3)."""
    for k in range(direction.shape[0]):
        out[k] = lamp_intensity(lamp, tables, direction[k, 0], direction[k, 1], direction[k, 2])


@fast_kernel
def list_lamps(start, stop, range_m, triangle, offset_m, lamps, tables, least_lx, chosen):
    """Choose for each tile of 64 rays the lamps that light its points most, the strongest first.

    A lamp counts with the light it would give, face on, to the tile's middle or to its nearest or farthest point,
    so that the edge of a beam is not cut along tiles.
    """
    probe = np.empty((5, 3), np.float32)
    strength = np.empty(LISTED, np.float32)
    for tile in range(start, stop):
        for q in range(LISTED):
            chosen[tile, q] = -1
            strength[q] = F(0)
        count = 0
        near = -1
        far = -1
        mx = F(0)
        my = F(0)
        mz = F(0)
        for r in range(tile * 64, tile * 64 + 64):
            if triangle[r] >= 0:
                count += 1
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
        for which in range(lamps.shape[0]):
            lamp = lamps[which]
            best = F(0)
            for q in range(probes):
                x = probe[q, 0] - lamp[L_X]
                y = probe[q, 1] - lamp[L_Y]
                z = probe[q, 2] - lamp[L_Z]
                far2 = max(x * x + y * y + z * z, F(0.01))
                if far2 < lamp[L_REACH2]:
                    scale = F(1) / math.sqrt(far2)
                    e = lamp_intensity(lamp, tables, x * scale, y * scale, z * scale) / far2
                    best = max(best, e)
            if best > least_lx:
                at = LISTED
                while at > 0 and best > strength[at - 1]:
                    at -= 1
                if at < LISTED:
                    for q in range(LISTED - 1, at, -1):
                        strength[q] = strength[q - 1]
                        chosen[tile, q] = chosen[tile, q - 1]
                    strength[at] = best
                    chosen[tile, at] = which
        for q in range(LISTED):
            # Beyond the lamps that cast shadows a headlamp would shine through walls.
            if strength[q] < F(FAINT_SHARE) * strength[0] or (
                q >= SHADOWED and chosen[tile, q] >= 0 and lamps[chosen[tile, q], L_KIND] < BEAM_STREET
            ):
                for c in range(q, LISTED):
                    chosen[tile, c] = -1
                break


@fast_kernel
def aim_at_lamps(index, triangle, surface, offset_m, lamps, chosen, rank, direction, begin, limit):
    """Shadow rays from the points of rays `index` towards the lamp of this rank of their tile.

    Rays that need none (no lamp, nothing met, a surface that looks away) get no length.
    """
    for k in range(index.shape[0]):
        r = index[k]
        which = chosen[r >> 6, rank]
        limit[k] = F(0)
        direction[k, 0] = F(0)
        direction[k, 1] = F(0)
        direction[k, 2] = F(1)
        for c in range(3):
            begin[k, c] = offset_m[r, c]
        if which < 0 or triangle[r] < 0:
            continue
        x = lamps[which, L_X] - offset_m[r, 0]
        y = lamps[which, L_Y] - offset_m[r, 1]
        z = lamps[which, L_Z] - offset_m[r, 2]
        direction[k, 0] = x
        direction[k, 1] = y
        direction[k, 2] = z
        far2 = x * x + y * y + z * z
        if far2 > lamps[which, L_REACH2]:
            continue
        if surface[r, S_NX] * x + surface[r, S_NY] * y + surface[r, S_NZ] * z > F(0):
            # The lamp's own lens must not shade it.
            limit[k] = max(F(1) - F(0.25) / math.sqrt(far2), F(0))
