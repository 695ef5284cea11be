"""Light from lamps: what their beams send where.  Renderers floor, arrays only."""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from sim.kernels.jit import fast_inner_kernel, fast_kernel, kernel

F = np.float32
# Columns of a packed lamp.
(L_X, L_Y, L_Z, L_AX, L_AY, L_AZ, L_UX, L_UY, L_UZ, L_CD, L_R, L_G, L_B, L_KIND, L_REACH2) = range(15)
L_COLUMNS = 15
# Values of L_KIND: the first three have a table of intensity over angles.
BEAM_LOW, BEAM_HIGH, BEAM_FOG, BEAM_STREET, BEAM_PLAIN = range(5)
# A table runs over the tangent of the angle to the right and the sine of the angle up, which need no arcs: +-50 by
# +-20 degrees, in steps of 0.25 and 0.12 degrees on the axis, as the cut-off is 0.3 degrees soft.
H_SPAN, V_SPAN = math.tan(math.radians(50.0)), math.sin(math.radians(20.0))
H_CELLS, V_CELLS = 545, 325
# Rows of a block of points: where they lie and what reaches them, and of the lamp at hand the way to them and its light.
BLOCK = 64
(PX, PY, PZ, RED, GREEN, BLUE, ALONG, RIGHT, UP, LUX) = range(0, 10 * BLOCK, BLOCK)
ROWS = 10
BEAM_ENDS = 0.3  # cosine to its axis beyond which a lamp with a table sends nothing


@fast_kernel
def beam(kind, tables, along, right, up):
    """Share of its candelas that a lamp sends where a unit direction has these parts along its axis, right and up."""
    if kind < BEAM_STREET:
        if along < F(BEAM_ENDS):
            return F(0)
        a = (right / along + F(H_SPAN)) * F((H_CELLS - 1) / (2 * H_SPAN))
        b = (up + F(V_SPAN)) * F((V_CELLS - 1) / (2 * V_SPAN))
        if a < F(0) or b < F(0) or a >= F(H_CELLS - 1) or b >= F(V_CELLS - 1):
            return F(0)
        j = int(a)
        i = int(b)
        fa = a - F(j)
        fb = b - F(i)
        low = tables[kind, i, j] * (F(1) - fa) + tables[kind, i, j + 1] * fa
        high = tables[kind, i + 1, j] * (F(1) - fa) + tables[kind, i + 1, j + 1] * fa
        return low * (F(1) - fb) + high * fb
    if along <= F(0):
        return F(0)
    if kind == BEAM_STREET:
        # Bat wing: even light between poles asks for intensity growing as 1 / cos^2 up to about 60 degrees.
        wing = min(F(1) / (along * along + F(0.05)), F(2.6))
        edge = min(max((along - F(0.05)) * F(1.6), F(0)), F(1))
        return wing * edge * edge * F(0.45)
    return along


@fast_kernel
def lamp_intensity(lamps, which, tables, x, y, z):
    """Intensity in cd along the unit direction (x, y, z) from a lamp.  Held to the regulation by test_lamps.

    Rows are never taken out as arrays of their own: their reference counts are atomic and cost more than the light.
    """
    kind = int(lamps[which, L_KIND])
    along = x * lamps[which, L_AX] + y * lamps[which, L_AY] + z * lamps[which, L_AZ]
    right = F(0)
    up = F(0)
    if kind < BEAM_STREET:
        if along < F(BEAM_ENDS):
            return F(0)
        rx = lamps[which, L_AY] * lamps[which, L_UZ] - lamps[which, L_AZ] * lamps[which, L_UY]
        ry = lamps[which, L_AZ] * lamps[which, L_UX] - lamps[which, L_AX] * lamps[which, L_UZ]
        rz = lamps[which, L_AX] * lamps[which, L_UY] - lamps[which, L_AY] * lamps[which, L_UX]
        right = x * rx + y * ry + z * rz
        up = x * lamps[which, L_UX] + y * lamps[which, L_UY] + z * lamps[which, L_UZ]
    return lamps[which, L_CD] * beam(kind, tables, along, right, up)


@fast_kernel
def intensities(lamps, which, tables, direction, out):
    """Candelas of one lamp along unit directions (K, 3)."""
    for k in range(direction.shape[0]):
        out[k] = lamp_intensity(lamps, which, tables, direction[k, 0], direction[k, 1], direction[k, 2])


@kernel
def add_images(
    lamps, tables, rows, blocked, pixel, distance, extinction_per_m, focal_px, street_m, vehicle_m, faintest_lx, image
):  # fmt: skip
    """Add a small spot to a picture for each of `rows` (K,) of lamps that nothing blocks (`blocked` (K,) < 0).

    `pixel` (L, 2) and `distance` (L,) are where lamps are seen; a spot is a soft disc that carries the light which the
    lamp sends to the lens, clipped to the picture.  Lenses of lamps have a radius of `street_m` or `vehicle_m`.
    """
    for k in range(rows.shape[0]):
        which = rows[k]
        if blocked[k] >= 0:
            continue
        away = distance[which]
        candela = lamp_intensity(
            lamps,
            which,
            tables,
            F(-np.float64(lamps[which, L_X]) / away),
            F(-np.float64(lamps[which, L_Y]) / away),
            F(-np.float64(lamps[which, L_Z]) / away),
        )
        lux = np.float64(candela) / (away * away) * math.exp(-extinction_per_m * away)
        if lux < faintest_lx:
            continue
        lens_m = street_m if lamps[which, L_KIND] == F(BEAM_STREET) else vehicle_m
        radius = max(lens_m * focal_px / away, 0.7)
        half = math.ceil(4.5 * radius) + 1
        u = int(np.rint(pixel[which, 0]))
        v = int(np.rint(pixel[which, 1]))
        total = lux * focal_px * focal_px / (2.0 * math.pi * radius * radius)
        for y in range(max(v - half, 0), min(v + half + 1, image.shape[0])):
            dy = y - pixel[which, 1]
            for x in range(max(u - half, 0), min(u + half + 1, image.shape[1])):
                dx = x - pixel[which, 0]
                spot = total * math.exp(-0.5 * (dx * dx + dy * dy) / (radius * radius))
                for c in range(3):
                    image[y, x, c] += F(spot * lamps[which, L_R + c])


@fast_kernel
def shine_on(lamps, tables, point, least_m, light):
    """Add what lamps give face on at points (K, 3) to `light` (K, 3), lx as from `least_m` or farther.

    Points are lit in blocks by one lamp after the other: all but the lookups of beams becomes vectors.
    """
    lane = np.zeros(ROWS * BLOCK, np.float32)
    for first in range(0, point.shape[0], BLOCK):
        count = min(BLOCK, point.shape[0] - first)
        for k in range(count):
            lane[PX + k] = point[first + k, 0]
            lane[PY + k] = point[first + k, 1]
            lane[PZ + k] = point[first + k, 2]
        for k in range(RED, BLUE + BLOCK):
            lane[k] = F(0)
        for which in range(lamps.shape[0]):
            shine_on_block(lamps, which, tables, least_m, lane)
        for k in range(count):
            light[first + k, 0] += lane[RED + k]
            light[first + k, 1] += lane[GREEN + k]
            light[first + k, 2] += lane[BLUE + k]


@fast_inner_kernel
def shine_on_block(lamps, which, tables, least_m, lane):
    """Add what one lamp gives face on at the points of a block to its rows RED to BLUE."""
    kind = int(lamps[which, L_KIND])
    px = lamps[which, L_X]
    py = lamps[which, L_Y]
    pz = lamps[which, L_Z]
    ax = lamps[which, L_AX]
    ay = lamps[which, L_AY]
    az = lamps[which, L_AZ]
    ux = lamps[which, L_UX]
    uy = lamps[which, L_UY]
    uz = lamps[which, L_UZ]
    rx = ay * uz - az * uy
    ry = az * ux - ax * uz
    rz = ax * uy - ay * ux
    cd = lamps[which, L_CD]
    for k in range(BLOCK):
        x = lane[PX + k] - px
        y = lane[PY + k] - py
        z = lane[PZ + k] - pz
        per_m = F(1) / max(math.sqrt(x * x + y * y + z * z), least_m)
        lane[ALONG + k] = (x * ax + y * ay + z * az) * per_m
        lane[RIGHT + k] = (x * rx + y * ry + z * rz) * per_m
        lane[UP + k] = (x * ux + y * uy + z * uz) * per_m
        lane[LUX + k] = cd * per_m * per_m
    if kind < BEAM_STREET:
        for k in range(BLOCK):
            if lane[ALONG + k] >= F(BEAM_ENDS):
                lane[LUX + k] *= beam(kind, tables, lane[ALONG + k], lane[RIGHT + k], lane[UP + k])
            else:
                lane[LUX + k] = F(0)
    else:
        street = kind == BEAM_STREET
        for k in range(BLOCK):
            along = max(lane[ALONG + k], F(0))
            wing = min(F(1) / (along * along + F(0.05)), F(2.6))
            edge = min(max((along - F(0.05)) * F(1.6), F(0)), F(1))
            lane[LUX + k] *= wing * edge * edge * F(0.45) if street else along
    red = lamps[which, L_R]
    green = lamps[which, L_G]
    blue = lamps[which, L_B]
    for k in range(BLOCK):
        lane[RED + k] += lane[LUX + k] * red
        lane[GREEN + k] += lane[LUX + k] * green
        lane[BLUE + k] += lane[LUX + k] * blue
