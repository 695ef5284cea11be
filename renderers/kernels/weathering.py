"""What water, ice and snow make of the surfaces of a tile, lane by lane.  Renderers floor, arrays only.

A tile's 64 surfaces lie in rows of one flat array, as in `lanes.py` and for its reason.
"""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from renderers.kernels.lanes import LANES
from renderers.kernels.surface import (
    FIELD_PITCH_M,
    G_RUT_PITCH,
    G_RUT_X,
    G_RUT_Y,
    S_COLUMNS,
    WATER_F0,
    field_at,
    wet_albedo,
)
from sim.kernels.extremes import greater
from sim.kernels.jit import fast_inner_kernel

F = np.float32
# Where the rows of a tile begin.  The surface's own stand as `surface.S_COLUMNS` has them: normal, colour, gloss, what
# lies on it, what it sends of itself.
(NX, NY, NZ, RED, GREEN, BLUE, ROUGH, METAL) = range(0, 8 * LANES, LANES)
(COAT, COAT_ROUGH, F0, THROUGH, RETRO, OWN_R, OWN_G, OWN_B) = range(512, S_COLUMNS * LANES, LANES)
# Normal of the triangle, place in the ground field's axes; what its material does with water and snow.
(GX, GY, GZ, WX, WY, FLAT, POROUS, SNOW, FILM, FILM_ROUGH) = range(1024, 26 * LANES, LANES)
# Number of its texture or -1, the texture's relief in metres and height 0..1 here; lumps of the ground field, 0..1.
(TILE, RELIEF, HEIGHT, LUMP) = range(1664, 30 * LANES, LANES)
# Of the ground field: place between four of its texels, and what they hold.
(AT_X, AT_Y, CORNER, EAST, BESIDE) = range(1920, 35 * LANES, LANES)
FREE = 2240  # where further rows begin
# Rows of whole numbers, in an array of their own: row and column in the ground field.
WORDS = 4
(AT_ROW, AT_COLUMN) = (0, LANES)
SNOW_R, SNOW_G, SNOW_B = 0.83, 0.85, 0.88


@fast_inner_kernel
def lumps(field, lane, word):
    """Fill LUMP, where ground may bear something; 0.5 elsewhere.  `word` (WORDS * LANES,) has room."""
    side = np.int32(field.shape[0])
    for k in range(LANES):
        x = lane[WX + k] * F(1 / FIELD_PITCH_M)
        y = lane[WY + k] * F(1 / FIELD_PITCH_M)
        j = np.floor(x)
        i = np.floor(y)
        lane[AT_X + k] = x - j
        lane[AT_Y + k] = y - i
        word[AT_ROW + k] = np.uint32(np.int32(i) & (side - np.int32(1)))
        word[AT_COLUMN + k] = np.uint32(np.int32(j) & (side - np.int32(1)))
    last = np.uint32(field.shape[0] - 1)
    for k in range(LANES):
        if lane[GZ + k] > F(0.3):
            i = word[AT_ROW + k]
            j = word[AT_COLUMN + k]
            i1 = np.uint32(i + np.uint32(1)) & last
            j1 = np.uint32(j + np.uint32(1)) & last
            lane[CORNER + k] = F(field[i, j])
            lane[EAST + k] = F(field[i, j1])
            lane[LUMP + k] = F(field[i1, j])
            lane[BESIDE + k] = F(field[i1, j1])
    for k in range(LANES):
        fx = lane[AT_X + k]
        fy = lane[AT_Y + k]
        top = lane[CORNER + k] * (F(1) - fx) + lane[EAST + k] * fx
        low = lane[LUMP + k] * (F(1) - fx) + lane[BESIDE + k] * fx
        lump = (top * (F(1) - fy) + low * fy) * F(1.0 / 255.0)
        lane[LUMP + k] = lump if lane[GZ + k] > F(0.3) else F(0.5)


@fast_inner_kernel
def wetted(wet, film, cover, rain, lane):
    """Water in pores and on level ground: it stands first in the low texels and in the hollows of the ground field."""
    ripple = min(rain * F(0.008), F(0.10))
    puddles = F(14) if cover > F(0) else F(0)
    deep = min(film * F(1000), F(1.5))
    for k in range(LANES):
        gz = lane[GZ + k]
        flat = lane[FLAT + k]
        porous = lane[POROUS + k]
        level = (flat > F(0)) & (gz > F(0.7))
        soaked = wet * porous * (F(0.45) + F(0.55) * max(gz, F(0)))
        pool = min(max((lane[LUMP + k] - (F(1) - cover)) * puddles, F(0)), F(1)) if level else F(0)
        standing = min(max(deep - (lane[HEIGHT + k] - F(0.25)) * F(0.5), F(0)), F(1)) * wet
        standing = max(standing, F(0.30) * wet) * flat if level else F(0)
        mirror = max(standing, pool)
        dim = F(1) - F(0.45) * pool  # the bottom of a puddle is soaked and silted
        red = lane[RED + k]
        green = lane[GREEN + k]
        blue = lane[BLUE + k]
        lane[RED + k] = (red + (wet_albedo(red) - red) * soaked) * dim
        lane[GREEN + k] = (green + (wet_albedo(green) - green) * soaked) * dim
        lane[BLUE + k] = (blue + (wet_albedo(blue) - blue) * soaked) * dim
        rough = lane[ROUGH + k]
        lane[ROUGH + k] = rough + (F(0.35) - rough) * F(0.6) * soaked
        coat = lane[COAT + k]
        damp = (porous > F(0.05)) & (coat < F(0.1))
        pores = max(coat, F(0.25) * wet * porous) if damp else coat
        lane[COAT + k] = max(coat, mirror) if level else pores
        water = F(0.22) - F(0.11) * standing
        water += (F(0.02) + ripple - water) * pool
        drained = F(0.3) if damp else lane[COAT_ROUGH + k]
        lane[COAT_ROUGH + k] = water if level else drained
        lane[F0 + k] = F(WATER_F0) if level else lane[F0 + k]
        lane[RETRO + k] *= F(1) - F(0.9) * mirror
        keep = (F(1) - F(0.75) * standing) * (F(1) - pool)
        levelled(k, keep, lane)


@fast_inner_kernel
def levelled(k, keep, lane):
    """Turn a lane's normal back to its triangle's, but for a share that is kept."""
    gx = lane[GX + k]
    gy = lane[GY + k]
    gz = lane[GZ + k]
    nx = gx + (lane[NX + k] - gx) * keep
    ny = gy + (lane[NY + k] - gy) * keep
    nz = gz + (lane[NZ + k] - gz) * keep
    scale = F(1) / math.sqrt(max(nx * nx + ny * ny + nz * nz, F(1e-20)))
    lane[NX + k] = nx * scale
    lane[NY + k] = ny * scale
    lane[NZ + k] = nz * scale


@fast_inner_kernel
def frozen(ice, lane):
    """A glaze of ice on level ground, in patches."""
    for k in range(LANES):
        level = (lane[FLAT + k] > F(0)) & (lane[GZ + k] > F(0.7))
        glaze = min(max((lane[LUMP + k] - (F(1) - ice)) * F(6), F(0)), F(1)) if level else F(0)
        lane[COAT + k] = max(lane[COAT + k], F(0.85) * glaze)
        lane[COAT_ROUGH + k] += (F(0.12) - lane[COAT_ROUGH + k]) * glaze
        lane[RED + k] += (lane[RED + k] * F(0.8) + F(0.02) - lane[RED + k]) * glaze
        lane[GREEN + k] += (lane[GREEN + k] * F(0.8) + F(0.022) - lane[GREEN + k]) * glaze
        lane[BLUE + k] += (lane[BLUE + k] * F(0.8) + F(0.026) - lane[BLUE + k]) * glaze


@fast_inner_kernel
def filmed(rain, lane):
    """Sheets of their own (a puddle, black ice, oil): they level the texture that they cover."""
    most = F(0)
    for k in range(LANES):
        most = greater(most, lane[FILM + k])
    if most <= F(0):
        return
    ripple = min(rain * F(0.008), F(0.10))
    for k in range(LANES):
        share = lane[FILM + k] if lane[GZ + k] > F(0.5) else F(0)
        lies = share > F(0)
        lane[F0 + k] = F(WATER_F0) if lies else lane[F0 + k]
        lane[COAT + k] = max(lane[COAT + k], share)
        lane[COAT_ROUGH + k] = lane[FILM_ROUGH + k] + ripple if lies else lane[COAT_ROUGH + k]
        levelled(k, F(1) - share, lane)


@fast_inner_kernel
def rutted(x, y, ground, ruts):
    """How much wheels have thrown aside at a place, 0..1, bilinear."""
    y = (y - ground[G_RUT_Y]) * ground[G_RUT_PITCH] - F(0.5)
    x = (x - ground[G_RUT_X]) * ground[G_RUT_PITCH] - F(0.5)
    i = int(y)
    j = int(x)
    rut = F(0)
    if y >= F(0) and x >= F(0) and i + 1 < ruts.shape[0] and j + 1 < ruts.shape[1]:
        fv = y - F(i)
        fu = x - F(j)
        low = F(ruts[i, j]) * (F(1) - fu) + F(ruts[i, j + 1]) * fu
        high = F(ruts[i + 1, j]) * (F(1) - fu) + F(ruts[i + 1, j + 1]) * fu
        rut = (low * (F(1) - fv) + high * fv) * F(1.0 / 255.0)
    return rut


@fast_inner_kernel
def snowed(width, snow_m, ground, field, ruts, lane):
    """Snow by its depth, between the texels that reach through it, with ruts, slush, dirt and drifts."""
    for k in range(width):
        gz = lane[GZ + k]
        lies = min(max((gz - F(0.25)) * F(2.5), F(0)), F(1)) * lane[SNOW + k]
        if lies <= F(0):
            continue
        wx = lane[WX + k]
        wy = lane[WY + k]
        lump = lane[LUMP + k]
        flat = lane[FLAT + k] > F(0)
        rut = rutted(wx, wy, ground, ruts) if flat else F(0)
        patchy = lump
        if rut > F(0):
            # Wheels throw slush about: a rut's edge is ragged, and what is left in it lies in small pieces.
            coarse = field_at(field, wx * F(5.3 / FIELD_PITCH_M), wy * F(5.3 / FIELD_PITCH_M))
            fine = field_at(field, wx * F(26.7 / FIELD_PITCH_M), wy * F(26.7 / FIELD_PITCH_M))
            ragged = F(0.45) * coarse + F(0.55) * fine - F(0.5)
            rut = min(max((rut + F(0.9) * ragged * min(rut * F(4), F(1)) - F(0.12)) * F(1.35), F(0)), F(1))
            patchy += (F(0.5) + ragged - lump) * rut
        bed = snow_m if flat else snow_m * F(1.8)  # grass holds fresh snow loosely on its blades
        deep = bed * (F(0.55) + F(0.9) * patchy) * (F(1) - F(0.95) * rut)
        hidden = deep * F(200)
        if lane[TILE + k] >= F(0):
            hidden = deep / (lane[RELIEF + k] * (lane[HEIGHT + k] + F(0.2)) * F(0.22) + F(0.004))
        white = min(max(hidden - F(0.35) + (patchy - F(0.5)) * F(0.8), F(0)), F(1)) * lies
        if white <= F(0):
            continue
        slush = rut * (F(1) - rut) * F(4)
        dirty = F(1) - F(0.45) * max(rut, F(0.8) * slush) - F(0.14) * (F(1) - lump)
        lane[RED + k] += (F(SNOW_R) * dirty - lane[RED + k]) * white
        lane[GREEN + k] += (F(SNOW_G) * dirty - lane[GREEN + k]) * white
        lane[BLUE + k] += (F(SNOW_B) * dirty - lane[BLUE + k]) * white
        lane[ROUGH + k] += (F(0.95) - lane[ROUGH + k]) * white
        lane[METAL + k] *= F(1) - white
        lane[COAT + k] *= F(1) - white
        lane[RETRO + k] *= F(1) - white
        lane[THROUGH + k] *= F(1) - white if lane[THROUGH + k] < F(0) else F(1)
        soft = F(0.6) * white
        nx = lane[NX + k] + (lane[GX + k] - lane[NX + k]) * soft
        ny = lane[NY + k] + (lane[GY + k] - lane[NY + k]) * soft
        nz = lane[NZ + k] + (gz - lane[NZ + k]) * soft
        if gz > F(0.7):
            # Drifts: slopes of the ground field, a few degrees steep.
            step = F(0.25)
            east = field_at(field, (wx + step) * F(1 / FIELD_PITCH_M), wy * F(1 / FIELD_PITCH_M)) - lump
            north = field_at(field, wx * F(1 / FIELD_PITCH_M), (wy + step) * F(1 / FIELD_PITCH_M)) - lump
            nx -= east * F(0.5) * white
            ny -= north * F(0.5) * white
            scale = F(1) / math.sqrt(nx * nx + ny * ny + nz * nz)
            nx *= scale
            ny *= scale
            nz *= scale
        lane[NX + k] = nx
        lane[NY + k] = ny
        lane[NZ + k] = nz
