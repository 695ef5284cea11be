"""What the triangles are that a tile's rays met, written to the rays' lanes.  Renderers floor, arrays only."""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from renderers.kernels.lanes import LANES
from renderers.kernels.soil import is_dirty, level_at, row_at
from renderers.kernels.soil_lanes import soften
from renderers.kernels.surface import (
    M_B,
    M_BELOW,
    M_COAT,
    M_FILM,
    M_FILM_ROUGH,
    M_FLAT,
    M_G,
    M_GLOW,
    M_METAL,
    M_POROUS,
    M_R,
    M_RETRO,
    M_ROUGH,
    M_SNOW,
    M_THROUGH,
    M_TILE,
    M_TINT,
)
from renderers.kernels.weathering import (
    BLUE,
    COAT,
    FILM,
    FILM_ROUGH,
    FLAT,
    FREE,
    GREEN,
    GX,
    GY,
    GZ,
    METAL,
    NX,
    NY,
    NZ,
    OWN_B,
    OWN_G,
    OWN_R,
    POROUS,
    RED,
    RELIEF,
    RETRO,
    ROUGH,
    SNOW,
    THROUGH,
    TILE,
)
from sim.kernels.jit import fast_inner_kernel
from sim.kernels.loose_sixteen import COUNT, any_not_below, load, store, where
from sim.kernels.random import hash_u32

F = np.float32
U = np.uint32
WINDOW = 7  # column of materials.GLOW
# Rows of a tile beside those of `weathering`: axes of the texture and the place in it, m; weights of the triangle's
# second and third corner; 1 in lanes that show others than the one at hand.
(UX, UY, UZ, VX, VY, VZ, AT_U, AT_V, PER_SIZE, B1, B2, OTHER) = range(FREE, FREE + 12 * LANES, LANES)
UNPAINTED = FREE + 12 * LANES  # where further rows begin


@fast_inner_kernel
def gather(
    first, width, placement, triangle, u, v, rotation, tint, glow,
    corners, corner_normals, corner_uv, material, dirt, materials, tile_size_m, tile_relief_m,
    lit_windows, glow_cd_per_m2, pending, lane,
):  # fmt: skip
    """Fill the rows that follow from triangles, placements and materials, what surfaces send of themselves included.

    A tile shows three triangles in the mean: each is looked up once, and written to all of its lanes, sixteen at a time.
    """
    for k in range(width):
        r = np.uintp(first) + np.uintp(k)
        pending[np.uintp(k)] = triangle[r]
        pending[np.uintp(LANES + k)] = placement[r]
        lane[B1 + k] = u[r]
        lane[B2 + k] = v[r]
    for k in range(LANES):
        lane[TILE + k] = F(-1)
    for one in range(width):
        t = pending[np.uintp(one)]
        if t < 0:
            continue
        p = pending[np.uintp(LANES + one)]
        base = int(material[t])
        below = int(materials[base, M_BELOW])
        dirty = is_dirty(dirt, t, below)
        kind = base
        level = F(0)
        if dirty:  # thick in one place, thin in the next: each lane for itself
            level = level_at(dirt, corners, t, lane[B1 + one], lane[B2 + one])
            kind = row_at(base, below, int(level + F(0.5)))
            for k in range(LANES):
                lane[OTHER + k] = F(1)
            lane[OTHER + one] = F(0)
            pending[np.uintp(one)] = -1
        else:
            for k in range(LANES):
                same = (pending[np.uintp(k)] == t) & (pending[np.uintp(LANES + k)] == p)
                lane[OTHER + k] = F(0) if same else F(1)
                pending[np.uintp(k)] = np.int32(-1) if same else pending[np.uintp(k)]
        paint(
            t, p, kind, rotation, tint, glow, corners, corner_normals, corner_uv, materials, tile_size_m,
            tile_relief_m, lit_windows, glow_cd_per_m2, lane,
        )  # fmt: skip
        if dirty:
            soften(base, below, kind, level, materials, tint, p, one, lane)


@fast_inner_kernel
def turned(rotation, p, x, y, z):
    """A way of something's own, in the world."""
    return (
        rotation[p, 0] * x + rotation[p, 1] * y + rotation[p, 2] * z,
        rotation[p, 3] * x + rotation[p, 4] * y + rotation[p, 5] * z,
        rotation[p, 6] * x + rotation[p, 7] * y + rotation[p, 8] * z,
    )


@fast_inner_kernel
def paint(
    t, p, kind, rotation, tint, glow, corners, corner_normals, corner_uv, materials, tile_size_m,
    tile_relief_m, lit_windows, glow_cd_per_m2, lane,
):  # fmt: skip
    """Write what triangle `t` of placement `p` is to the lanes where OTHER is 0; `kind` is its row of materials."""
    # Plane of the triangle, turned to the world.
    e1x = corners[t, 3] - corners[t, 0]
    e1y = corners[t, 4] - corners[t, 1]
    e1z = corners[t, 5] - corners[t, 2]
    e2x = corners[t, 6] - corners[t, 0]
    e2y = corners[t, 7] - corners[t, 1]
    e2z = corners[t, 8] - corners[t, 2]
    lx = e1y * e2z - e1z * e2y
    ly = e1z * e2x - e1x * e2z
    lz = e1x * e2y - e1y * e2x
    scale = F(1) / max(math.sqrt(lx * lx + ly * ly + lz * lz), F(1e-20))
    gx, gy, gz = turned(rotation, p, lx * scale, ly * scale, lz * scale)
    ax, ay, az = turned(rotation, p, corner_normals[t, 0], corner_normals[t, 1], corner_normals[t, 2])
    bx, by, bz = turned(rotation, p, corner_normals[t, 3], corner_normals[t, 4], corner_normals[t, 5])
    cx, cy, cz = turned(rotation, p, corner_normals[t, 6], corner_normals[t, 7], corner_normals[t, 8])
    red = materials[kind, M_R]
    green = materials[kind, M_G]
    blue = materials[kind, M_B]
    row = int(materials[kind, M_TINT])
    if row >= 0:
        red *= tint[p, row, 0]
        green *= tint[p, row, 1]
        blue *= tint[p, row, 2]
    # A pane lets light pass straight, a leaf scatters it: the latter's share is written below zero.
    through = materials[kind, M_THROUGH]
    through = through if materials[kind, M_COAT] > F(0.5) else -through
    er, eg, eb = own_light(t, p, kind, glow, corners, materials, lit_windows, glow_cd_per_m2)
    tile = int(materials[kind, M_TILE])
    ux = uy = uz = vx = vy = vz = F(0)
    per_size = F(1)
    relief = F(0)
    if tile >= 0:
        per_size = F(1) / tile_size_m[tile]
        relief = tile_relief_m[tile]
        # How a texture's height, growing along u and v, turns the normal: from the edges (uv is in metres).
        du1 = corner_uv[t, 2] - corner_uv[t, 0]
        dv1 = corner_uv[t, 3] - corner_uv[t, 1]
        du2 = corner_uv[t, 4] - corner_uv[t, 0]
        dv2 = corner_uv[t, 5] - corner_uv[t, 1]
        det = du1 * dv2 - du2 * dv1
        if abs(det) > F(1e-9):
            det = F(1) / det
            lx = (dv2 * e1x - dv1 * e2x) * det
            ly = (dv2 * e1y - dv1 * e2y) * det
            lz = (dv2 * e1z - dv1 * e2z) * det
            ux, uy, uz = turned(rotation, p, lx, ly, lz)
            lx = (du1 * e2x - du2 * e1x) * det
            ly = (du1 * e2y - du2 * e1y) * det
            lz = (du1 * e2z - du2 * e1z) * det
            vx, vy, vz = turned(rotation, p, lx, ly, lz)
    for begin in range(0, LANES, COUNT):
        other = load(lane, np.uintp(OTHER + begin))
        if not any_not_below(F(0.5), other):
            continue
        b1 = load(lane, np.uintp(B1 + begin))
        b2 = load(lane, np.uintp(B2 + begin))
        b0 = F(1) - b1 - b2
        write(lane, GX + begin, other, gx)
        write(lane, GY + begin, other, gy)
        write(lane, GZ + begin, other, gz)
        write(lane, NX + begin, other, b0 * ax + b1 * bx + b2 * cx)
        write(lane, NY + begin, other, b0 * ay + b1 * by + b2 * cy)
        write(lane, NZ + begin, other, b0 * az + b1 * bz + b2 * cz)
        write(lane, TILE + begin, other, F(tile))
        if tile >= 0:
            write(lane, UX + begin, other, ux)
            write(lane, UY + begin, other, uy)
            write(lane, UZ + begin, other, uz)
            write(lane, VX + begin, other, vx)
            write(lane, VY + begin, other, vy)
            write(lane, VZ + begin, other, vz)
            write(lane, PER_SIZE + begin, other, per_size)
            write(lane, RELIEF + begin, other, relief)
            at_u = b0 * corner_uv[t, 0] + b1 * corner_uv[t, 2] + b2 * corner_uv[t, 4]
            at_v = b0 * corner_uv[t, 1] + b1 * corner_uv[t, 3] + b2 * corner_uv[t, 5]
            write(lane, AT_U + begin, other, at_u)
            write(lane, AT_V + begin, other, at_v)
        write(lane, RED + begin, other, red)
        write(lane, GREEN + begin, other, green)
        write(lane, BLUE + begin, other, blue)
        write(lane, ROUGH + begin, other, materials[kind, M_ROUGH])
        write(lane, METAL + begin, other, materials[kind, M_METAL])
        write(lane, COAT + begin, other, materials[kind, M_COAT])
        write(lane, RETRO + begin, other, materials[kind, M_RETRO])
        write(lane, FLAT + begin, other, materials[kind, M_FLAT])
        write(lane, POROUS + begin, other, materials[kind, M_POROUS])
        write(lane, SNOW + begin, other, materials[kind, M_SNOW])
        write(lane, FILM + begin, other, materials[kind, M_FILM])
        write(lane, FILM_ROUGH + begin, other, materials[kind, M_FILM_ROUGH])
        write(lane, THROUGH + begin, other, through)
        write(lane, OWN_R + begin, other, er)
        write(lane, OWN_G + begin, other, eg)
        write(lane, OWN_B + begin, other, eb)


@fast_inner_kernel
def write(lane, at, other, numbers):
    """Write sixteen numbers, or one to sixteen lanes, but to those of `other` things."""
    store(lane, np.uintp(at), where(other, F(0.5), numbers, load(lane, np.uintp(at))))


@fast_inner_kernel
def own_light(t, p, kind, glow, corners, materials, lit_windows, glow_cd_per_m2):
    """What a triangle sends of itself, cd/m2."""
    lamp = int(materials[kind, M_GLOW])
    er = eg = eb = F(0)
    if lamp >= 0:
        lit = glow[p, lamp]
        if lamp == WINDOW and lit_windows > F(0):
            # One draw per pane: both of its triangles share the lowest corner.
            cx = int(min(corners[t, 0], corners[t, 3], corners[t, 6]) * F(8))
            cy = int(min(corners[t, 1], corners[t, 4], corners[t, 7]) * F(8))
            cz = int(min(corners[t, 2], corners[t, 5], corners[t, 8]) * F(8))
            chance = hash_u32(cx, cy, cz)
            if (chance & U(1023)) < U(340):
                # From a lamp behind a curtain to a bright office, evenly by the logarithm (assumed).
                lit = lit_windows * math.exp(F(-3.0 / 255.0) * F((chance >> U(10)) & U(255)))
                warm = F((chance >> U(18)) & U(255)) * F(1 / 255.0)
                er = lit * glow_cd_per_m2[lamp] * (F(1.05) + F(0.35) * warm)
                eg = lit * glow_cd_per_m2[lamp] * (F(1.0) - F(0.06) * warm)
                eb = lit * glow_cd_per_m2[lamp] * (F(0.85) - F(0.50) * warm)
        elif lit > F(0):
            most = max(materials[kind, M_R], materials[kind, M_G], materials[kind, M_B])
            e = lit * glow_cd_per_m2[lamp] / max(most, F(1e-3))
            er = e * materials[kind, M_R]
            eg = e * materials[kind, M_G]
            eb = e * materials[kind, M_B]
    return er, eg, eb
