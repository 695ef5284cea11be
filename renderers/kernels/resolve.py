"""From a hit to a surface: normal, colour, gloss, texture and glow of what a ray met.  Renderers floor, arrays only.

Everything here reaches pixels only; labels are taken from the hits themselves.  A tile's 64 rays are worked on lane by
lane (`lanes.py` says why): what a triangle is goes to all lanes that show it (`painting.py`), the rest is vector code.
"""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from renderers.kernels.lamp_spots import fetch_spots, fill_up, pick
from renderers.kernels.lanes import LANES
from renderers.kernels.marks import mark
from renderers.kernels.painting import AT_U, AT_V, PER_SIZE, UNPAINTED, UX, UY, UZ, VX, VY, VZ, gather
from renderers.kernels.surface import (
    BIAS_M,
    COAT_F0,
    G_FILM_M,
    G_ICE,
    G_LIT,
    G_PIXEL_RAD,
    G_PUDDLE,
    G_RAIN,
    G_SNOW_M,
    G_WET,
    G_X,
    G_Y,
    S_COLUMNS,
    fetch_columns,
    fetch_rays,
)
from renderers.kernels.weathering import (
    BLUE,
    COAT_ROUGH,
    F0,
    GREEN,
    GX,
    GY,
    GZ,
    HEIGHT,
    LUMP,
    NX,
    NY,
    NZ,
    OWN_B,
    OWN_G,
    OWN_R,
    RED,
    RELIEF,
    TILE,
    WORDS,
    WX,
    WY,
    filmed,
    frozen,
    lumps,
    snowed,
    wetted,
)
from sim.kernels.jit import fast_inner_kernel, fast_kernel
from sim.kernels.random import hash_u32

F = np.float32
U = np.uint32
RELIEF_SHARE = 0.45  # of a texture's slopes: neighbouring texels shade each other, which one normal cannot
LARGEST = 512  # texels to the side of a texture's finest level
COARSEST = 9
SLOPED_BELOW = 6  # coarser levels have no relief left
# Rows of a tile beside those of `painting`: ray, its range and start; where secondary rays start; level of the texture,
# texels to the metre and the place between its four texels.
(DX, DY, DZ, AWAY, BX, BY, BZ) = range(UNPAINTED, UNPAINTED + 7 * LANES, LANES)
(OX, OY, OZ, LEVEL, PER_M, FU, FV) = range(UNPAINTED + 448, UNPAINTED + 14 * LANES, LANES)
ROWS = UNPAINTED // LANES + 14
# Whole numbers: the four texels, first by their places, and which texture's level they are of.
(T00, T01, T10, T11, LEVELS) = range(0, 5 * LANES, LANES)


@fast_inner_kernel
def octaves(x):
    """log2 of x >= 1 within 0.01: enough for a level that is drawn by chance, without a call of the library."""
    bits = np.float32(x).view(np.int32)
    part = np.int32((bits & np.int32(0x007FFFFF)) | np.int32(0x3F800000)).view(np.float32)
    return F(np.int32(bits >> np.int32(23)) - np.int32(127)) + (part - F(1)) * (
        F(1.3395) - F(0.3395) * (part - F(1))
    )


@fast_kernel
def resolve(
    start, stop, direction, begin, range_m, placement, triangle, u, v, rotation, tint, glow,
    corners, corner_normals, corner_uv, material, dirt, materials,
    texels, tile_offset, tile_size_m, tile_relief_m,
    ground, field, ruts, glow_cd_per_m2, surface, offset_m, spots,
    least_share, mirror, pane, weight, rough,
):  # fmt: skip
    """Fill `surface` and `offset_m` (where secondary rays start) for rays [start, stop), `start` a multiple of 64.

    Rays start at `begin` (N, 3), or all at the origin if that is empty; `texels` (T,) are four bytes each.
    Those that met nothing get zeros.  Spots and marks (see `lamp_spots` and `marks`) are made where there is room.
    """
    lane = np.zeros(ROWS * LANES, np.float32)
    # Not a view of the lanes: the compiler would see rows overlap, and take one lane after the other.
    word = np.zeros(max(WORDS, 5) * LANES, np.uint32)
    tile_base = tile_offset.reshape(-1)
    pending = np.empty(2 * LANES, np.int32)
    # Flattened, so that the compiler knows how far apart rows lie: it would look them up one by one.
    way, starts, flat, lifted = (
        direction.reshape(-1),
        begin.reshape(-1),
        surface.reshape(-1),
        offset_m.reshape(-1),
    )
    picked = spots.reshape(-1)
    marks = np.empty(LANES, np.int32)
    wet = ground[G_WET]
    snow_m = ground[G_SNOW_M]
    ice = ground[G_ICE]
    for first in range(start, stop, LANES):
        width = min(LANES, stop - first)
        live = False
        for k in range(width):
            live = live or triangle[first + k] >= 0
        if live:
            fetch_columns(flat, first, 0, 4)  # where they are written to, or stores would wait
            gather(
                first, width, placement, triangle, u, v, rotation, tint, glow,
                corners, corner_normals, corner_uv, material, dirt, materials, tile_size_m, tile_relief_m,
                ground[G_LIT], glow_cd_per_m2, pending, lane,
            )  # fmt: skip
            fetch_columns(flat, first, 4, 4)
            follow(first, width, way, starts, range_m, triangle, lane)
            place(first, ground, tile_offset.shape[1], lane, word)
            fetch_columns(flat, first, 8, 4)
            for k in range(LANES):
                if lane[TILE + k] >= F(0):
                    base = tile_base[np.uintp(word[LEVELS + k])]
                    word[T00 + k] = texels[np.uintp(base + np.int64(word[T00 + k]))]
                    word[T01 + k] = texels[np.uintp(base + np.int64(word[T01 + k]))]
                    word[T10 + k] = texels[np.uintp(base + np.int64(word[T10 + k]))]
                    word[T11 + k] = texels[np.uintp(base + np.int64(word[T11 + k]))]
            fetch_columns(flat, first, 12, 4)
            textured(lane, word)
            fetch_next(first, way, range_m, triangle, placement, u, v, lifted)
            if ground[G_PUDDLE] > F(0) or snow_m > F(0) or ice > F(0):
                lumps(field, lane, word)
            else:
                for k in range(LANES):
                    lane[LUMP + k] = F(0.5)
            if wet > F(0):
                wetted(wet, ground[G_FILM_M], ground[G_PUDDLE], ground[G_RAIN], lane)
            if ice > F(0):
                frozen(ice, lane)
            filmed(ground[G_RAIN], lane)
            if snow_m > F(0):
                snowed(width, snow_m, ground, field, ruts, lane)
            store(first, width, triangle, flat, lifted, lane)
        else:
            store_nothing(first, width, flat, lifted)
        if len(mirror) > 0:
            mark(first, way, flat, least_share, mirror, pane, weight, rough, marks)
        if len(picked) > 0:
            fetch_spots(picked, first // LANES)
            pick(first // LANES, first // LANES, way, range_m, triangle, flat, lifted, picked)
    if len(picked) > 0:
        fill_up((stop + LANES - 1) // LANES, way, range_m, triangle, flat, lifted, picked)


@fast_inner_kernel
def fetch_next(first, way, range_m, triangle, placement, u, v, lifted):
    """Have the hits of the next tile fetched, and where starts of further rays of this one are written to."""
    fetch_rays(lifted, first, 3)
    fetch_rays(way, first + LANES, 3)
    fetch_rays(range_m, first + LANES, 1)
    fetch_rays(triangle, first + LANES, 1)
    fetch_rays(placement, first + LANES, 1)
    fetch_rays(u, first + LANES, 1)
    fetch_rays(v, first + LANES, 1)


@fast_inner_kernel
def follow(first, width, way, starts, range_m, triangle, lane):
    """Look up the rays: directions, how far they came and where they start."""
    for k in range(width):
        r = np.uintp(first) + np.uintp(k)
        lane[DX + k] = way[np.uintp(3) * r]
        lane[DY + k] = way[np.uintp(3) * r + np.uintp(1)]
        lane[DZ + k] = way[np.uintp(3) * r + np.uintp(2)]
        away = range_m[r]
        lane[AWAY + k] = away if triangle[r] >= 0 else F(0)
    if starts.shape[0] > 0:
        for k in range(width):
            r = np.uintp(first) + np.uintp(k)
            lane[BX + k] = starts[np.uintp(3) * r]
            lane[BY + k] = starts[np.uintp(3) * r + np.uintp(1)]
            lane[BZ + k] = starts[np.uintp(3) * r + np.uintp(2)]


@fast_inner_kernel
def place(first, ground, levels, lane, word):
    """Turn normals towards the eye; find points, and which texels of which level lie about them."""
    pixel_rad = ground[G_PIXEL_RAD]
    ground_x = ground[G_X]
    ground_y = ground[G_Y]
    for k in range(LANES):
        dx = lane[DX + k]
        dy = lane[DY + k]
        dz = lane[DZ + k]
        gx = lane[GX + k]
        gy = lane[GY + k]
        gz = lane[GZ + k]
        nx = lane[NX + k]
        ny = lane[NY + k]
        nz = lane[NZ + k]
        length = math.sqrt(dx * dx + dy * dy + dz * dz)
        facing = (gx * dx + gy * dy + gz * dz) / max(length, F(1e-20))
        side = F(-1) if facing > F(0) else F(1)  # the back of a leaf or a pane
        gx *= side
        gy *= side
        gz *= side
        scale = F(1) / math.sqrt(max(nx * nx + ny * ny + nz * nz, F(1e-30)))
        scale = -scale if nx * gx + ny * gy + nz * gz < F(0) else scale
        lane[NX + k] = nx * scale
        lane[NY + k] = ny * scale
        lane[NZ + k] = nz * scale
        lane[GX + k] = gx
        lane[GY + k] = gy
        lane[GZ + k] = gz
        away = lane[AWAY + k]
        px = dx * away + lane[BX + k]
        py = dy * away + lane[BY + k]
        pz = dz * away + lane[BZ + k]
        bias = F(BIAS_M) + F(2e-5) * away
        lane[OX + k] = px + gx * bias
        lane[OY + k] = py + gy * bias
        lane[OZ + k] = pz + gz * bias
        lane[WX + k] = px + ground_x
        lane[WY + k] = py + ground_y
        lane[COAT_ROUGH + k] = F(0.03)
        lane[F0 + k] = F(COAT_F0)
        # Between the isotropic footprint (too blurred on roads) and its short axis (it would shimmer); of what stands up
        # by more than a pixel is high, the nearest alone is seen.
        pixel = away * length * pixel_rad
        facing = max(abs(facing), min(lane[RELIEF + k] / max(pixel, F(1e-6)), F(1)))
        footprint = pixel / math.sqrt(max(facing, F(0.01)))
        lane[LEVEL + k] = max(footprint * F(LARGEST) * lane[PER_SIZE + k], F(1))
    for k in range(LANES):
        noise = F(U(hash_u32(first + k, 0, 7) >> U(8))) * F(2.0**-24)
        level = min(np.int32(octaves(lane[LEVEL + k]) + noise), np.int32(COARSEST))
        side = F(np.int32(np.int32(LARGEST) >> level))
        per_m = side * lane[PER_SIZE + k]
        across = lane[AT_U + k] * per_m - F(0.5)
        down = lane[AT_V + k] * per_m - F(0.5)
        j = np.floor(across)
        i = np.floor(down)
        lane[FU + k] = across - j
        lane[FV + k] = down - i
        # Powers of two: exact, where a fast division might miss a whole number from below.
        per_side = F(np.int32(np.int32(1) << level)) * F(1.0 / LARGEST)
        j -= side * np.floor(j * per_side)
        i -= side * np.floor(i * per_side)
        j1 = j + F(1) if j + F(1) < side else F(0)
        i1 = i + F(1) if i + F(1) < side else F(0)
        lane[LEVEL + k] = F(level)
        lane[PER_M + k] = per_m
        word[LEVELS + k] = U(np.int32(lane[TILE + k]) * np.int32(levels) + level)
        word[T00 + k] = U(np.int32(i * side + j))
        word[T01 + k] = U(np.int32(i * side + j1))
        word[T10 + k] = U(np.int32(i1 * side + j))
        word[T11 + k] = U(np.int32(i1 * side + j1))


@fast_inner_kernel
def byte(word, shift):
    """One of the four bytes of a texel, as a number."""
    return F(np.int32(U(U(word >> U(shift)) & U(255))))


@fast_inner_kernel
def textured(lane, word):
    """Tint surfaces by their textures, and turn normals by the textures' relief."""
    for k in range(LANES):
        tiled = lane[TILE + k] >= F(0)
        fu = lane[FU + k]
        fv = lane[FV + k]
        w00 = (F(1) - fu) * (F(1) - fv)
        w01 = fu * (F(1) - fv)
        w10 = (F(1) - fu) * fv
        w11 = fu * fv
        q00 = word[T00 + k]
        q01 = word[T01 + k]
        q10 = word[T10 + k]
        q11 = word[T11 + k]
        red = w00 * byte(q00, 0) + w01 * byte(q01, 0) + w10 * byte(q10, 0) + w11 * byte(q11, 0)
        green = w00 * byte(q00, 8) + w01 * byte(q01, 8) + w10 * byte(q10, 8) + w11 * byte(q11, 8)
        blue = w00 * byte(q00, 16) + w01 * byte(q01, 16) + w10 * byte(q10, 16) + w11 * byte(q11, 16)
        h00 = byte(q00, 24)
        h01 = byte(q01, 24)
        h10 = byte(q10, 24)
        h11 = byte(q11, 24)
        height = w00 * h00 + w01 * h01 + w10 * h10 + w11 * h11
        lane[RED + k] *= red * F(1.0 / 128.0) if tiled else F(1)
        lane[GREEN + k] *= green * F(1.0 / 128.0) if tiled else F(1)
        lane[BLUE + k] *= blue * F(1.0 / 128.0) if tiled else F(1)
        # Of what glows, the texture is what lies behind the pane.
        lane[OWN_R + k] *= red * F(1.0 / 128.0) if tiled else F(1)
        lane[OWN_G + k] *= green * F(1.0 / 128.0) if tiled else F(1)
        lane[OWN_B + k] *= blue * F(1.0 / 128.0) if tiled else F(1)
        lane[HEIGHT + k] = height * F(1.0 / 255.0) if tiled else F(0.5)
        rise = F(RELIEF_SHARE / 255.0) * lane[RELIEF + k] * lane[PER_M + k]
        rise = rise if tiled & (lane[LEVEL + k] < F(SLOPED_BELOW)) else F(0)
        du = (h01 - h00) * (F(1) - fv) + (h11 - h10) * fv
        dv = (h10 - h00) * (F(1) - fu) + (h11 - h01) * fu
        # Steep texels hide behind each other; the visible slope saturates.
        slope = rise / (F(1) + F(3) * rise * (abs(du) + abs(dv)))
        du *= slope
        dv *= slope
        nx = lane[NX + k] - (du * lane[UX + k] + dv * lane[VX + k])
        ny = lane[NY + k] - (du * lane[UY + k] + dv * lane[VY + k])
        nz = lane[NZ + k] - (du * lane[UZ + k] + dv * lane[VZ + k])
        scale = F(1) / math.sqrt(max(nx * nx + ny * ny + nz * nz, F(1e-20)))
        lane[NX + k] = nx * scale
        lane[NY + k] = ny * scale
        lane[NZ + k] = nz * scale


@fast_inner_kernel
def store(first, width, triangle, flat, lifted, lane):
    """Write surfaces and starts, zeros where nothing was met."""
    for k in range(RED, BLUE + LANES):
        lane[k] = min(lane[k], F(0.95))
    for k in range(width):
        if triangle[first + k] < 0:
            for row in (OX, OY, OZ):
                lane[row + k] = F(0)
            for c in range(S_COLUMNS):
                lane[c * LANES + k] = F(0)
    begin = np.uintp(S_COLUMNS) * np.uintp(first)
    for k in range(S_COLUMNS * LANES):
        flat[begin + np.uintp(k)] = lane[k]
    for k in range(width):
        r = np.uintp(3) * (np.uintp(first) + np.uintp(k))
        lifted[r] = lane[OX + k]
        lifted[r + np.uintp(1)] = lane[OY + k]
        lifted[r + np.uintp(2)] = lane[OZ + k]


@fast_inner_kernel
def store_nothing(first, width, flat, lifted):
    """Write zeros, for a tile of which no ray met anything."""
    begin = np.uintp(S_COLUMNS) * np.uintp(first)
    for k in range(S_COLUMNS * LANES):
        flat[begin + np.uintp(k)] = F(0)
    for k in range(3 * width):
        lifted[np.uintp(3) * np.uintp(first) + np.uintp(k)] = F(0)
