"""From a hit to a surface: normal, colour, gloss, texture and glow of what a ray met.  Renderers floor, arrays only.

Everything here reaches pixels only; labels are taken from the hits themselves.  A tile's 64 rays are worked on lane by
lane (`lanes.py` says why): what differs from triangle to triangle is looked up ray by ray, the rest is vector code.
"""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from renderers.kernels.lanes import LANES
from renderers.kernels.soil import is_dirty, level_at, row_at
from renderers.kernels.soil_lanes import soften
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
    S_COLUMNS,
)
from renderers.kernels.weathering import (
    BLUE,
    COAT,
    COAT_ROUGH,
    F0,
    FILM,
    FILM_ROUGH,
    FLAT,
    FREE,
    GREEN,
    GX,
    GY,
    GZ,
    HEIGHT,
    LUMP,
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
from sim.kernels.loose_sixteen import COUNT, any_not_below, load, where
from sim.kernels.loose_sixteen import store as store_sixteen
from sim.kernels.random import hash_u32

F = np.float32
U = np.uint32
WINDOW = 7  # column of materials.GLOW
RELIEF_SHARE = 0.45  # of a texture's slopes: neighbouring texels shade each other, which one normal cannot
LARGEST = 512  # texels to the side of a texture's finest level
COARSEST = 9
SLOPED_BELOW = 6  # coarser levels have no relief left
# Rows of a tile beside those of `weathering`: ray, its range and start; axes of the texture and the place in it, m.
(DX, DY, DZ, AWAY, BX, BY, BZ) = range(FREE, FREE + 7 * LANES, LANES)
(UX, UY, UZ, VX, VY, VZ, AT_U, AT_V, PER_SIZE) = range(FREE + 448, FREE + 16 * LANES, LANES)
# Where secondary rays start; level of the texture, texels to the metre, its four texels and the place between them.
(OX, OY, OZ, LEVEL, PER_M, Q00, Q01, Q10, Q11, FU, FV) = range(FREE + 1024, FREE + 27 * LANES, LANES)
# Of a triangle's hit, the weights of its second and third corner; 1 in lanes that show others than the one at hand.
(B1, B2, OTHER) = range(FREE + 27 * LANES, FREE + 30 * LANES, LANES)
ROWS = FREE // LANES + 30
# Whole numbers: the four texels.
(T00, T01, T10, T11) = range(0, WORDS * LANES, LANES)


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
    ground, field, ruts, glow_cd_per_m2, surface, offset_m,
):  # fmt: skip
    """Fill `surface` and `offset_m` (where secondary rays start) for rays [start, stop), `start` a multiple of 64.

    Rays start at `begin` (N, 3), or all at the origin if that is empty; `texels` (T,) are four bytes each.
    Those that met nothing get zeros.
    """
    lane = np.zeros(ROWS * LANES, np.float32)
    # Not a view of the lanes: the compiler would see rows overlap, and take one lane after the other.
    word = np.zeros(WORDS * LANES, np.uint32)
    pending = np.empty(2 * LANES, np.int32)
    # Flattened, so that the compiler knows how far apart rows lie: it would look them up one by one.
    way, starts, flat, lifted = (
        direction.reshape(-1),
        begin.reshape(-1),
        surface.reshape(-1),
        offset_m.reshape(-1),
    )
    wet = ground[G_WET]
    snow_m = ground[G_SNOW_M]
    ice = ground[G_ICE]
    for first in range(start, stop, LANES):
        width = min(LANES, stop - first)
        live = False
        for k in range(width):
            live = live or triangle[first + k] >= 0
        if live:
            gather(
                first, width, placement, triangle, u, v, rotation, tint, glow,
                corners, corner_normals, corner_uv, material, dirt, materials, tile_size_m, tile_relief_m,
                ground[G_LIT], glow_cd_per_m2, pending, lane,
            )  # fmt: skip
            follow(first, width, way, starts, range_m, triangle, lane)
            place(first, ground, lane)
            for k in range(width):
                tile = int(lane[TILE + k])
                if tile >= 0:
                    base = tile_offset[tile, int(lane[LEVEL + k])]
                    word[T00 + k] = texels[base + int(lane[Q00 + k])]
                    word[T01 + k] = texels[base + int(lane[Q01 + k])]
                    word[T10 + k] = texels[base + int(lane[Q10 + k])]
                    word[T11 + k] = texels[base + int(lane[Q11 + k])]
            textured(lane, word)
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
    store_sixteen(lane, np.uintp(at), where(other, F(0.5), numbers, load(lane, np.uintp(at))))


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
                lit = lit_windows * (F(0.15) + F((chance >> U(10)) & U(255)) * F(0.0033))
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
def place(first, ground, lane):
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
        # Between the isotropic footprint (too blurred on roads) and its short axis (it would shimmer).
        footprint = away * length * pixel_rad / math.sqrt(max(abs(facing), F(0.01)))
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
        lane[Q00 + k] = i * side + j
        lane[Q01 + k] = i * side + j1
        lane[Q10 + k] = i1 * side + j
        lane[Q11 + k] = i1 * side + j1


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
