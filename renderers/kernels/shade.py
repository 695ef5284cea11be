"""Light on surfaces: sun, sky, ground, mirrors and lamps give each ray its radiance.  Renderers floor, arrays only.

Units are cd/m2 in luminance-weighted linear RGB throughout.
"""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from renderers.kernels.gloss import bent, film_share, smith_ggx
from renderers.kernels.lamplight import EB, EG, ER, LANES, OUT_B, OUT_G, OUT_R, ROWS, lamplight
from renderers.kernels.sky import (
    DISC,
    GROUND_B,
    GROUND_G,
    GROUND_R,
    SKY_LX,
    SUN_B,
    SUN_G,
    SUN_R,
    SUN_X,
    SUN_Y,
    SUN_Z,
    TOWN_B,
    TOWN_G,
    TOWN_R,
    irradiance,
    sky_radiance,
)
from renderers.kernels.surface import (
    S_B,
    S_COAT,
    S_COAT_ROUGH,
    S_EB,
    S_EG,
    S_ER,
    S_F0,
    S_G,
    S_METAL,
    S_NX,
    S_NY,
    S_NZ,
    S_R,
    S_ROUGH,
    S_THROUGH,
)
from sim.kernels.jit import fast_kernel

F = np.float32
PI = np.float32(math.pi)
SUN_COS = np.float32(math.cos(0.0047))  # edge of the sun's disc
BASE_GLOSS = 0.04  # share of light that a dielectric's own surface sends back
ROUGH_GLOSS = 0.9  # of a rough lobe's light that is not lost between its facets


@fast_kernel
def soft_sky(soft, rough, x, y, z):
    """Blurred upper sky for a mirror of this roughness, per lux."""
    level = min(max(int(rough * F(5.0)), 0), soft.shape[0] - 1)
    return sky_radiance(soft[level], x, y, z)


@fast_kernel
def mirrored(soft, numbers, rough, x, y, z):
    """What a mirror sees where nothing was traced: sky above, sunlit ground below, a soft line between."""
    up = min(max((z + F(0.02) + F(0.35) * rough) / (F(0.04) + F(0.7) * rough), F(0)), F(1))
    r = numbers[GROUND_R] * (F(1) - up)
    g = numbers[GROUND_G] * (F(1) - up)
    b = numbers[GROUND_B] * (F(1) - up)
    if up > F(0):
        zz = max(z, F(0.0))
        sr, sg, sb = soft_sky(soft, rough, x, y, zz)
        k = numbers[SKY_LX] * up
        r += sr * k
        g += sg * k
        b += sb * k
    return r, g, b


@fast_kernel
def shade(
    start, stop, direction, range_m, triangle, surface, offset_m,
    sun_seen, around, mirror, mirror_weight, behind,
    sky, soft, sh, numbers,
    lamps, lamp_list, lamp_seen, tables, extinction_per_m, radiance,
):  # fmt: skip
    """Radiance of rays [start, stop), without the air between; `start` is the first of a tile.

    `sun_seen` (N,) is 0..1, `around` (N, 2) the shares of sky and of lit things that a point sees;
    `mirror` (N, 3) holds traced reflections where `mirror_weight` (N,) is 1;
    `behind` (N, 3) what shines through panes; `lamp_list` (tiles, LISTED) rows of `lamps`, -1 ends it;
    `lamp_seen` (SHADOWED, N) how much of the first lamps of its tile a ray's point sees.
    """
    sx = numbers[SUN_X]
    sy = numbers[SUN_Y]
    sz = numbers[SUN_Z]
    sunny = numbers[SUN_G] > F(0)
    lamplit = lamp_list.shape[0] > 0
    first = start
    lane = np.empty(ROWS * LANES, np.float32)
    for r in range(start, stop):
        if lamplit and r & (LANES - 1) == 0:
            first = r
            lamplight(
                first, min(first + LANES, stop), first // LANES, direction, triangle, surface, offset_m,
                lamps, lamp_list, lamp_seen, tables, extinction_per_m, lane,
            )  # fmt: skip
        dx = direction[r, 0]
        dy = direction[r, 1]
        dz = direction[r, 2]
        scale = F(1) / math.sqrt(dx * dx + dy * dy + dz * dz)
        dx *= scale
        dy *= scale
        dz *= scale
        if triangle[r] < 0:
            red, green, blue = sky_radiance(sky, dx, dy, dz)
            red *= numbers[SKY_LX]
            green *= numbers[SKY_LX]
            blue *= numbers[SKY_LX]
            # A town's light comes from near the ground: the horizon is some three times as bright as overhead.
            low = F(1) - min(max(dz, F(0)), F(1))
            low = F(1) + F(2) * low * low * low * low
            red += numbers[TOWN_R] * low
            green += numbers[TOWN_G] * low
            blue += numbers[TOWN_B] * low
            if dz < F(0):
                # Below the horizon the world ends in far ground.
                fade = min(-dz * F(60), F(1))
                red += (numbers[GROUND_R] - red) * fade
                green += (numbers[GROUND_G] - green) * fade
                blue += (numbers[GROUND_B] - blue) * fade
            elif sunny and dx * sx + dy * sy + dz * sz > SUN_COS:
                red += numbers[SUN_R] * numbers[DISC]
                green += numbers[SUN_G] * numbers[DISC]
                blue += numbers[SUN_B] * numbers[DISC]
            radiance[r, 0] = red
            radiance[r, 1] = green
            radiance[r, 2] = blue
            continue
        nx = surface[r, S_NX]
        ny = surface[r, S_NY]
        nz = surface[r, S_NZ]
        nx, ny, nz, nv = bent(nx, ny, nz, dx, dy, dz)
        rough = surface[r, S_ROUGH]
        metal = surface[r, S_METAL]
        coat = surface[r, S_COAT]
        coat_rough = surface[r, S_COAT_ROUGH]
        f0 = surface[r, S_F0]
        ar = surface[r, S_R] * (F(1) - metal)
        ag = surface[r, S_G] * (F(1) - metal)
        ab = surface[r, S_B] * (F(1) - metal)
        # Specular colour of the base.
        pr = F(0.04) + (surface[r, S_R] - F(0.04)) * metal
        pg = F(0.04) + (surface[r, S_G] - F(0.04)) * metal
        pb = F(0.04) + (surface[r, S_B] - F(0.04)) * metal
        rx = dx + F(2) * nv * nx
        ry = dy + F(2) * nv * ny
        rz = dz + F(2) * nv * nz
        miss = F(1) - nv
        miss5 = miss * miss
        miss5 = miss5 * miss5 * miss
        coat_f = film_share(coat, f0, coat_rough, nv)
        under = F(1) - coat_f
        seen = around[r, 0]
        # Ambient: the sky that is seen, and what is lit around, as bright as the ground in the open.
        er, eg, eb = irradiance(sh, nx, ny, nz)
        near = around[r, 1] * PI
        er = er * seen + numbers[GROUND_R] * near
        eg = eg * seen + numbers[GROUND_G] * near
        eb = eb * seen + numbers[GROUND_B] * near
        red = F(0)
        green = F(0)
        blue = F(0)
        sun = F(0)
        nl = nx * sx + ny * sy + nz * sz
        if sunny and nl > F(0):
            sun = sun_seen[r]
        sunlit = F(0)
        if sun > F(0):
            sunlit = nl * sun
            er += numbers[SUN_R] * sunlit
            eg += numbers[SUN_G] * sunlit
            eb += numbers[SUN_B] * sunlit
            hx = sx - dx
            hy = sy - dy
            hz = sz - dz
            scale = F(1) / math.sqrt(hx * hx + hy * hy + hz * hz)
            nh = (nx * hx + ny * hy + nz * hz) * scale
            vh = F(1) - min(-(dx * hx + dy * hy + dz * hz) * scale, F(1))
            vh5 = vh * vh
            vh5 = vh5 * vh5 * vh
            lobe = smith_ggx(max(rough * rough, F(0.02)), nl, nv, nh) * nl * sun * under
            red += numbers[SUN_R] * lobe * (pr + (F(1) - pr) * vh5)
            green += numbers[SUN_G] * lobe * (pg + (F(1) - pg) * vh5)
            blue += numbers[SUN_B] * lobe * (pb + (F(1) - pb) * vh5)
            if coat > F(0.02):
                a = max(coat_rough * coat_rough, F(0.004))
                lobe = smith_ggx(a, nl, nv, nh) * nl * sun * coat * (f0 + (F(1) - f0) * vh5)
                red += numbers[SUN_R] * lobe
                green += numbers[SUN_G] * lobe
                blue += numbers[SUN_B] * lobe
        if lamplit:
            k = r - first
            er += lane[ER + k]
            eg += lane[EG + k]
            eb += lane[EB + k]
            red += lane[OUT_R + k]
            green += lane[OUT_G + k]
            blue += lane[OUT_B + k]
        if rough >= F(0.5) and metal <= F(0.1):
            # The gloss of what is rough scatters nearly evenly: a share of all light but the sun's, whose lobe is above.
            k = F(ROUGH_GLOSS) * under / PI
            red += (er - numbers[SUN_R] * sunlit) * pr * k
            green += (eg - numbers[SUN_G] * sunlit) * pg * k
            blue += (eb - numbers[SUN_B] * sunlit) * pb * k
        through = surface[r, S_THROUGH]
        if through < F(0):
            # A leaf against the light glows: what falls on its back leaves scattered, about as much as it reflects.
            nl = -(nx * sx + ny * sy + nz * sz)
            back = min(F(-3) * through, F(1))
            if sunny and nl > F(0):
                back_sun = back * nl * sun_seen[r]
                er += numbers[SUN_R] * back_sun
                eg += numbers[SUN_G] * back_sun
                eb += numbers[SUN_B] * back_sun
            br, bg, bb = irradiance(sh, -nx, -ny, -nz)
            er += (br * seen + numbers[GROUND_R] * near) * back
            eg += (bg * seen + numbers[GROUND_G] * near) * back
            eb += (bb * seen + numbers[GROUND_B] * near) * back
            through = F(0)
        # What the gloss sends back does not reach the body below.
        opaque = (F(1) - through) * under * F(1 - BASE_GLOSS) / PI
        red += er * ar * opaque
        green += eg * ag * opaque
        blue += eb * ab * opaque
        # Mirror images: of the base where it is glossy or metal, of the film or clear coat.
        if coat_f > F(0.004) or metal > F(0.1) or rough < F(0.5):
            shield = min(seen * F(1.3), F(1))
            w = mirror_weight[r]
            if w > F(0):
                mr = mirror[r, 0]
                mg = mirror[r, 1]
                mb = mirror[r, 2]
            else:
                mr, mg, mb = mirrored(soft, numbers, coat_rough, rx, ry, rz)
                mr *= shield
                mg *= shield
                mb *= shield
            red += coat_f * mr
            green += coat_f * mg
            blue += coat_f * mb
            if metal > F(0.1) or rough < F(0.5):
                gloss = (F(1) - rough) * miss5 * under
                if rough > coat_rough + F(0.1) or w <= F(0):
                    mr, mg, mb = mirrored(soft, numbers, rough, rx, ry, rz)
                    mr *= shield
                    mg *= shield
                    mb *= shield
                red += (pr * under + gloss) * mr * F(0.9)
                green += (pg * under + gloss) * mg * F(0.9)
                blue += (pb * under + gloss) * mb * F(0.9)
        if through > F(0):
            through *= under
            red += behind[r, 0] * through
            green += behind[r, 1] * through
            blue += behind[r, 2] * through
        radiance[r, 0] = red + surface[r, S_ER]
        radiance[r, 1] = green + surface[r, S_EG]
        radiance[r, 2] = blue + surface[r, S_EB]
