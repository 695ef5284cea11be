"""From a hit to a surface: normal, colour, gloss, water, snow and glow of what a ray met.  Renderers floor, arrays only.

Everything here reaches pixels only; labels are taken from the hits themselves.
"""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from sim.kernels.jit import fast_kernel
from sim.kernels.random import hash_u32

F = np.float32

# Columns of a material row.
(M_R, M_G, M_B, M_ROUGH, M_METAL, M_COAT, M_THROUGH, M_RETRO) = range(8)
(M_POROUS, M_FLAT, M_SNOW, M_TINT, M_GLOW, M_TILE, M_FILM, M_FILM_ROUGH, M_COLUMNS) = range(8, 17)
# Columns of a surface row.
(S_NX, S_NY, S_NZ, S_R, S_G, S_B, S_ROUGH, S_METAL) = range(8)
(S_COAT, S_COAT_ROUGH, S_F0, S_THROUGH, S_RETRO, S_ER, S_EG, S_EB) = range(8, 16)
S_COLUMNS = 16
# Columns of the ground's state.
(G_WET, G_FILM_M, G_PUDDLE, G_SNOW_M, G_ICE, G_PIXEL_RAD, G_X, G_Y, G_LIT, G_RAIN) = range(10)
(G_RUT_X, G_RUT_Y, G_RUT_PITCH, G_COLUMNS) = range(10, 14)

FIELD_PITCH_M = 0.06  # metres per texel of the periodic ground field: puddles and patches of snow
WATER_F0 = 0.02  # Fresnel at normal incidence, n = 1.33
COAT_F0 = 0.04  # n = 1.5
# Lekner and Dorf 1988, n = 1.33: reflectance of the film from outside, and what it sends back from inside.
FILM_OUTSIDE = 0.066
FILM_INSIDE = 0.472
SNOW_R, SNOW_G, SNOW_B = 0.83, 0.85, 0.88
WINDOW = 7  # column of materials.GLOW
BIAS_M = 2e-3
RELIEF_SHARE = 0.45  # of a texture's slopes: neighbouring texels shade each other, which one normal cannot


@fast_kernel
def wet_albedo(albedo: float) -> float:
    """Diffuse albedo of a rough surface under a film of water (Lekner and Dorf 1988).  Twin: naive_camera.wet_albedo.

    What the film itself mirrors is not part of it: the water's own gloss stands for that.
    """
    absorbed = (F(1) - F(FILM_OUTSIDE)) * (F(1) - albedo) / (F(1) - F(FILM_INSIDE) * albedo)
    return F(1) - F(FILM_OUTSIDE) - absorbed


@fast_kernel
def field_at(field, x, y):
    """Periodic square field of bytes at (x, y) texels, bilinear, in [0, 1]."""
    n = field.shape[0]
    i = math.floor(y)
    j = math.floor(x)
    fy = y - F(i)
    fx = x - F(j)
    i0 = int(i) & (n - 1)
    j0 = int(j) & (n - 1)
    i1 = (i0 + 1) & (n - 1)
    j1 = (j0 + 1) & (n - 1)
    top = F(field[i0, j0]) * (F(1) - fx) + F(field[i0, j1]) * fx
    low = F(field[i1, j0]) * (F(1) - fx) + F(field[i1, j1]) * fx
    return (top * (F(1) - fy) + low * fy) * F(1.0 / 255.0)


@fast_kernel
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
    corners, corner_normals, corner_uv, material, materials,
    texels, tile_offset, tile_size_m, tile_relief_m,
    ground, field, ruts, glow_cd_per_m2, surface, offset_m,
):  # fmt: skip
    """Fill `surface` and `offset_m` (where secondary rays start) for rays [start, stop).

    Rays start at `begin` (N, 3), or all at the origin if that is empty.  Those that met nothing get a zero normal.
    """
    spread = begin.shape[0] > 0
    wet = ground[G_WET]
    film = ground[G_FILM_M]
    cover = ground[G_PUDDLE]
    snow_m = ground[G_SNOW_M]
    ice = ground[G_ICE]
    last = -1
    holder = -1
    plane_x = plane_y = plane_z = F(0)
    even_x = even_y = even_z = F(0)
    ux = uy = uz = vx = vy = vz = F(0)
    by_size = F(1)
    even = False
    sloped = False
    kind = 0
    tile = -1
    for r in range(start, stop):
        k = triangle[r]
        if k < 0:
            for c in range(S_COLUMNS):
                surface[r, c] = F(0)
            for c in range(3):
                offset_m[r, c] = F(0)
            continue
        p = placement[r]
        t = range_m[r]
        dx = direction[r, 0]
        dy = direction[r, 1]
        dz = direction[r, 2]
        length = math.sqrt(dx * dx + dy * dy + dz * dz)
        if k != last or p != holder:  # neighbours mostly meet the same triangle
            last = k
            holder = p
            # Plane of the triangle, turned to the world.
            e1x = corners[k, 3] - corners[k, 0]
            e1y = corners[k, 4] - corners[k, 1]
            e1z = corners[k, 5] - corners[k, 2]
            e2x = corners[k, 6] - corners[k, 0]
            e2y = corners[k, 7] - corners[k, 1]
            e2z = corners[k, 8] - corners[k, 2]
            lx = e1y * e2z - e1z * e2y
            ly = e1z * e2x - e1x * e2z
            lz = e1x * e2y - e1y * e2x
            scale = F(1) / max(math.sqrt(lx * lx + ly * ly + lz * lz), F(1e-20))
            plane_x = (rotation[p, 0] * lx + rotation[p, 1] * ly + rotation[p, 2] * lz) * scale
            plane_y = (rotation[p, 3] * lx + rotation[p, 4] * ly + rotation[p, 5] * lz) * scale
            plane_z = (rotation[p, 6] * lx + rotation[p, 7] * ly + rotation[p, 8] * lz) * scale
            flat_x = (
                corner_normals[k, 0] == corner_normals[k, 3] and corner_normals[k, 0] == corner_normals[k, 6]
            )
            flat_y = (
                corner_normals[k, 1] == corner_normals[k, 4] and corner_normals[k, 1] == corner_normals[k, 7]
            )
            flat_z = (
                corner_normals[k, 2] == corner_normals[k, 5] and corner_normals[k, 2] == corner_normals[k, 8]
            )
            even = flat_x and flat_y and flat_z
            if even:
                lx = corner_normals[k, 0]
                ly = corner_normals[k, 1]
                lz = corner_normals[k, 2]
                scale = F(1) / max(math.sqrt(lx * lx + ly * ly + lz * lz), F(1e-20))
                even_x = (rotation[p, 0] * lx + rotation[p, 1] * ly + rotation[p, 2] * lz) * scale
                even_y = (rotation[p, 3] * lx + rotation[p, 4] * ly + rotation[p, 5] * lz) * scale
                even_z = (rotation[p, 6] * lx + rotation[p, 7] * ly + rotation[p, 8] * lz) * scale
            kind = int(material[k])
            tile = int(materials[kind, M_TILE])
            sloped = False
            if tile >= 0:
                by_size = F(1) / tile_size_m[tile]
                # How a texture's height, growing along u and v, turns the normal: from the edges (uv is in metres).
                du1 = corner_uv[k, 2] - corner_uv[k, 0]
                dv1 = corner_uv[k, 3] - corner_uv[k, 1]
                du2 = corner_uv[k, 4] - corner_uv[k, 0]
                dv2 = corner_uv[k, 5] - corner_uv[k, 1]
                det = du1 * dv2 - du2 * dv1
                sloped = abs(det) > F(1e-9)
                if sloped:
                    det = F(1) / det
                    lx = (dv2 * e1x - dv1 * e2x) * det
                    ly = (dv2 * e1y - dv1 * e2y) * det
                    lz = (dv2 * e1z - dv1 * e2z) * det
                    ux = rotation[p, 0] * lx + rotation[p, 1] * ly + rotation[p, 2] * lz
                    uy = rotation[p, 3] * lx + rotation[p, 4] * ly + rotation[p, 5] * lz
                    uz = rotation[p, 6] * lx + rotation[p, 7] * ly + rotation[p, 8] * lz
                    lx = (du1 * e2x - du2 * e1x) * det
                    ly = (du1 * e2y - du2 * e1y) * det
                    lz = (du1 * e2z - du2 * e1z) * det
                    vx = rotation[p, 0] * lx + rotation[p, 1] * ly + rotation[p, 2] * lz
                    vy = rotation[p, 3] * lx + rotation[p, 4] * ly + rotation[p, 5] * lz
                    vz = rotation[p, 6] * lx + rotation[p, 7] * ly + rotation[p, 8] * lz
        gx = plane_x
        gy = plane_y
        gz = plane_z
        b1 = u[r]
        b2 = v[r]
        b0 = F(1) - b1 - b2
        if even:
            nx = even_x
            ny = even_y
            nz = even_z
        else:
            lx = b0 * corner_normals[k, 0] + b1 * corner_normals[k, 3] + b2 * corner_normals[k, 6]
            ly = b0 * corner_normals[k, 1] + b1 * corner_normals[k, 4] + b2 * corner_normals[k, 7]
            lz = b0 * corner_normals[k, 2] + b1 * corner_normals[k, 5] + b2 * corner_normals[k, 8]
            scale = F(1) / max(math.sqrt(lx * lx + ly * ly + lz * lz), F(1e-20))
            nx = (rotation[p, 0] * lx + rotation[p, 1] * ly + rotation[p, 2] * lz) * scale
            ny = (rotation[p, 3] * lx + rotation[p, 4] * ly + rotation[p, 5] * lz) * scale
            nz = (rotation[p, 6] * lx + rotation[p, 7] * ly + rotation[p, 8] * lz) * scale
        facing = (gx * dx + gy * dy + gz * dz) / length
        if facing > F(0):  # the back of a leaf or a pane
            gx = -gx
            gy = -gy
            gz = -gz
            facing = -facing
        if nx * gx + ny * gy + nz * gz < F(0):
            nx = -nx
            ny = -ny
            nz = -nz
        bias = F(BIAS_M) + F(2e-5) * t
        px = dx * t
        py = dy * t
        pz = dz * t
        if spread:
            px += begin[r, 0]
            py += begin[r, 1]
            pz += begin[r, 2]
        offset_m[r, 0] = px + gx * bias
        offset_m[r, 1] = py + gy * bias
        offset_m[r, 2] = pz + gz * bias

        red = materials[kind, M_R]
        green = materials[kind, M_G]
        blue = materials[kind, M_B]
        row = int(materials[kind, M_TINT])
        if row >= 0:
            red *= tint[p, row, 0]
            green *= tint[p, row, 1]
            blue *= tint[p, row, 2]
        rough = materials[kind, M_ROUGH]
        metal = materials[kind, M_METAL]
        coat = materials[kind, M_COAT]
        coat_rough = F(0.03)
        f0 = F(COAT_F0)
        retro = materials[kind, M_RETRO]
        flat = materials[kind, M_FLAT]
        height = F(0.5)
        wx = px + ground[G_X]
        wy = py + ground[G_Y]
        if tile >= 0:
            # Between the isotropic footprint (too blurred on roads) and its short axis (it would shimmer).
            footprint = t * length * ground[G_PIXEL_RAD] / math.sqrt(max(-facing, F(0.01)))
            noise = F(hash_u32(r, 0, 7) >> np.uint32(8)) * F(2.0**-24)
            level = min(int(octaves(max(footprint * F(512) * by_size, F(1))) + noise), 9)
            n = 512 >> level
            per_m = F(n) * by_size
            tu = (b0 * corner_uv[k, 0] + b1 * corner_uv[k, 2] + b2 * corner_uv[k, 4]) * per_m - F(0.5)
            tv = (b0 * corner_uv[k, 1] + b1 * corner_uv[k, 3] + b2 * corner_uv[k, 5]) * per_m - F(0.5)
            j = math.floor(tu)
            i = math.floor(tv)
            fu = tu - F(j)
            fv = tv - F(i)
            j0 = int(j) & (n - 1)
            i0 = int(i) & (n - 1)
            j1 = (j0 + 1) & (n - 1)
            i1 = (i0 + 1) & (n - 1)
            base = tile_offset[tile, level]
            q00 = base + i0 * n + j0
            q01 = base + i0 * n + j1
            q10 = base + i1 * n + j0
            q11 = base + i1 * n + j1
            w00 = (F(1) - fu) * (F(1) - fv)
            w01 = fu * (F(1) - fv)
            w10 = (F(1) - fu) * fv
            w11 = fu * fv
            by = F(1.0 / 128.0)
            red *= (
                w00 * F(texels[q00, 0])
                + w01 * F(texels[q01, 0])
                + w10 * F(texels[q10, 0])
                + w11 * F(texels[q11, 0])
            ) * by
            green *= (
                w00 * F(texels[q00, 1])
                + w01 * F(texels[q01, 1])
                + w10 * F(texels[q10, 1])
                + w11 * F(texels[q11, 1])
            ) * by
            blue *= (
                w00 * F(texels[q00, 2])
                + w01 * F(texels[q01, 2])
                + w10 * F(texels[q10, 2])
                + w11 * F(texels[q11, 2])
            ) * by
            by = F(1.0 / 255.0)
            height = (
                w00 * F(texels[q00, 3])
                + w01 * F(texels[q01, 3])
                + w10 * F(texels[q10, 3])
                + w11 * F(texels[q11, 3])
            ) * by
            if level < 6 and sloped:
                rise = F(RELIEF_SHARE) * tile_relief_m[tile] * by * per_m
                du = (F(texels[q01, 3]) - F(texels[q00, 3])) * (F(1) - fv) + (
                    F(texels[q11, 3]) - F(texels[q10, 3])
                ) * fv
                dv = (F(texels[q10, 3]) - F(texels[q00, 3])) * (F(1) - fu) + (
                    F(texels[q11, 3]) - F(texels[q01, 3])
                ) * fu
                # Steep texels hide behind each other; the visible slope saturates.
                slope = rise / (F(1) + F(3) * rise * (abs(du) + abs(dv)))
                du *= slope
                dv *= slope
                nx -= du * ux + dv * vx
                ny -= du * uy + dv * vy
                nz -= du * uz + dv * vz
                scale = F(1) / math.sqrt(nx * nx + ny * ny + nz * nz)
                nx *= scale
                ny *= scale
                nz *= scale

        leafy = F(1)
        lump = F(0.5)
        if gz > F(0.3) and (cover > F(0) or snow_m > F(0) or ice > F(0)):
            lump = field_at(field, wx * F(1 / FIELD_PITCH_M), wy * F(1 / FIELD_PITCH_M))

        if wet > F(0):
            # Water stands first in the low texels and in the hollows of the ground field.
            up = max(gz, F(0))
            soaked = wet * materials[kind, M_POROUS] * (F(0.45) + F(0.55) * up)
            red += (wet_albedo(red) - red) * soaked
            green += (wet_albedo(green) - green) * soaked
            blue += (wet_albedo(blue) - blue) * soaked
            rough += (F(0.35) - rough) * F(0.6) * soaked
            if flat > F(0) and gz > F(0.7):
                pool = min(max((lump - (F(1) - cover)) * F(14), F(0)), F(1)) if cover > F(0) else F(0)
                depth = min(film * F(1000), F(1.5)) - (height - F(0.25)) * F(0.5)
                standing = min(max(depth, F(0)), F(1)) * wet
                standing = max(standing, F(0.30) * wet) * flat
                mirror = max(standing, pool)
                coat = max(coat, mirror)
                f0 = F(WATER_F0)
                ripple = min(ground[G_RAIN] * F(0.008), F(0.10))
                coat_rough = F(0.22) - F(0.11) * standing
                coat_rough += (F(0.02) + ripple - coat_rough) * pool
                keep = (F(1) - F(0.75) * standing) * (F(1) - pool)
                nx = gx + (nx - gx) * keep
                ny = gy + (ny - gy) * keep
                nz = gz + (nz - gz) * keep
                scale = F(1) / math.sqrt(nx * nx + ny * ny + nz * nz)
                nx *= scale
                ny *= scale
                nz *= scale
                dim = F(1) - F(0.45) * pool  # the bottom of a puddle is soaked and silted
                red *= dim
                green *= dim
                blue *= dim
                retro *= F(1) - F(0.9) * mirror
            elif materials[kind, M_POROUS] > F(0.05) and coat < F(0.1):
                coat = max(coat, F(0.25) * wet * materials[kind, M_POROUS])
                coat_rough = F(0.3)
        if ice > F(0) and flat > F(0) and gz > F(0.7):
            glaze = min(max((lump - (F(1) - ice)) * F(6), F(0)), F(1))
            coat = max(coat, F(0.85) * glaze)
            coat_rough += (F(0.12) - coat_rough) * glaze
            red += (red * F(0.8) + F(0.02) - red) * glaze
            green += (green * F(0.8) + F(0.022) - green) * glaze
            blue += (blue * F(0.8) + F(0.026) - blue) * glaze
        film_share = materials[kind, M_FILM]
        if film_share > F(0) and gz > F(0.5):
            # A sheet of its own lies here (a puddle, black ice, oil): it levels the texture that it covers.
            f0 = F(WATER_F0)
            coat = max(coat, film_share)
            coat_rough = materials[kind, M_FILM_ROUGH] + min(ground[G_RAIN] * F(0.008), F(0.10))
            keep = F(1) - film_share
            nx = gx + (nx - gx) * keep
            ny = gy + (ny - gy) * keep
            nz = gz + (nz - gz) * keep
            scale = F(1) / math.sqrt(nx * nx + ny * ny + nz * nz)
            nx *= scale
            ny *= scale
            nz *= scale
        if snow_m > F(0) and materials[kind, M_SNOW] > F(0):
            lies = min(max((gz - F(0.25)) * F(2.5), F(0)), F(1)) * materials[kind, M_SNOW]
            if lies > F(0):
                rut = F(0)
                if flat > F(0):
                    y = (wy - ground[G_RUT_Y]) * ground[G_RUT_PITCH] - F(0.5)
                    x = (wx - ground[G_RUT_X]) * ground[G_RUT_PITCH] - F(0.5)
                    i = int(y)
                    j = int(x)
                    if y >= F(0) and x >= F(0) and i + 1 < ruts.shape[0] and j + 1 < ruts.shape[1]:
                        fv = y - F(i)
                        fu = x - F(j)
                        rut = F(ruts[i, j]) * (F(1) - fu) + F(ruts[i, j + 1]) * fu
                        deep = F(ruts[i + 1, j]) * (F(1) - fu) + F(ruts[i + 1, j + 1]) * fu
                        rut = (rut * (F(1) - fv) + deep * fv) * F(1.0 / 255.0)
                patchy = lump
                if flat > F(0) and rut > F(0):
                    # Wheels throw slush about: a rut's edge is ragged, and what is left in it lies in small pieces.
                    coarse = field_at(field, wx * F(5.3 / FIELD_PITCH_M), wy * F(5.3 / FIELD_PITCH_M))
                    fine = field_at(field, wx * F(26.7 / FIELD_PITCH_M), wy * F(26.7 / FIELD_PITCH_M))
                    ragged = F(0.45) * coarse + F(0.55) * fine - F(0.5)
                    rut = min(
                        max((rut + F(0.9) * ragged * min(rut * F(4), F(1)) - F(0.12)) * F(1.35), F(0)), F(1)
                    )
                    patchy += (F(0.5) + ragged - lump) * rut
                bed = (
                    snow_m if flat > F(0) else snow_m * F(1.8)
                )  # grass holds fresh snow loosely on its blades
                deep = bed * (F(0.55) + F(0.9) * patchy) * (F(1) - F(0.95) * rut)
                hidden = (
                    deep / (tile_relief_m[tile] * (height + F(0.2)) * F(0.22) + F(0.004))
                    if tile >= 0
                    else deep * F(200)
                )
                white = min(max(hidden - F(0.35) + (patchy - F(0.5)) * F(0.8), F(0)), F(1)) * lies
                if white > F(0):
                    slush = rut * (F(1) - rut) * F(4)
                    dirty = F(1) - F(0.45) * max(rut, F(0.8) * slush) - F(0.14) * (F(1) - lump)
                    red += (F(SNOW_R) * dirty - red) * white
                    green += (F(SNOW_G) * dirty - green) * white
                    blue += (F(SNOW_B) * dirty - blue) * white
                    rough += (F(0.95) - rough) * white
                    metal *= F(1) - white
                    coat *= F(1) - white
                    retro *= F(1) - white
                    leafy = F(1) - white
                    soft = F(0.6) * white
                    nx += (gx - nx) * soft
                    ny += (gy - ny) * soft
                    nz += (gz - nz) * soft
                    if gz > F(0.7):
                        # Drifts: slopes of the ground field, a few degrees steep.
                        step = F(0.25)
                        lx = (
                            field_at(field, (wx + step) * F(1 / FIELD_PITCH_M), wy * F(1 / FIELD_PITCH_M))
                            - lump
                        )
                        ly = (
                            field_at(field, wx * F(1 / FIELD_PITCH_M), (wy + step) * F(1 / FIELD_PITCH_M))
                            - lump
                        )
                        nx -= lx * F(0.5) * white
                        ny -= ly * F(0.5) * white
                        scale = F(1) / math.sqrt(nx * nx + ny * ny + nz * nz)
                        nx *= scale
                        ny *= scale
                        nz *= scale

        er = F(0)
        eg = F(0)
        eb = F(0)
        lamp = int(materials[kind, M_GLOW])
        if lamp >= 0:
            lit = glow[p, lamp]
            if lamp == WINDOW and ground[G_LIT] > F(0):
                # One draw per pane: both of its triangles share the lowest corner.
                cx = int(min(corners[k, 0], corners[k, 3], corners[k, 6]) * F(8))
                cy = int(min(corners[k, 1], corners[k, 4], corners[k, 7]) * F(8))
                cz = int(min(corners[k, 2], corners[k, 5], corners[k, 8]) * F(8))
                chance = hash_u32(cx, cy, cz)
                if (chance & np.uint32(1023)) < np.uint32(340):
                    lit = ground[G_LIT] * (
                        F(0.15) + F((chance >> np.uint32(10)) & np.uint32(255)) * F(0.0033)
                    )
                    warm = F((chance >> np.uint32(18)) & np.uint32(255)) * F(1 / 255.0)
                    er = lit * glow_cd_per_m2[lamp] * (F(1.05) + F(0.35) * warm)
                    eg = lit * glow_cd_per_m2[lamp] * (F(1.0) - F(0.06) * warm)
                    eb = lit * glow_cd_per_m2[lamp] * (F(0.85) - F(0.50) * warm)
            elif lit > F(0):
                most = max(materials[kind, M_R], materials[kind, M_G], materials[kind, M_B])
                e = lit * glow_cd_per_m2[lamp] / max(most, F(1e-3))
                er = e * materials[kind, M_R]
                eg = e * materials[kind, M_G]
                eb = e * materials[kind, M_B]
        surface[r, S_NX] = nx
        surface[r, S_NY] = ny
        surface[r, S_NZ] = nz
        surface[r, S_R] = min(red, F(0.95))
        surface[r, S_G] = min(green, F(0.95))
        surface[r, S_B] = min(blue, F(0.95))
        surface[r, S_ROUGH] = rough
        surface[r, S_METAL] = metal
        surface[r, S_COAT] = coat
        surface[r, S_COAT_ROUGH] = coat_rough
        surface[r, S_F0] = f0
        # A pane lets light pass straight, a leaf scatters it: the latter's share is written below zero.
        surface[r, S_THROUGH] = (
            materials[kind, M_THROUGH]
            if materials[kind, M_COAT] > F(0.5)
            else -materials[kind, M_THROUGH] * leafy
        )
        surface[r, S_RETRO] = retro
        surface[r, S_ER] = er
        surface[r, S_EG] = eg
        surface[r, S_EB] = eb
