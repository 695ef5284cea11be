"""Light on surfaces: sun, sky, ground, mirrors and lamps give each ray its radiance.  Renderers floor, arrays only.

Units are cd/m2 in luminance-weighted linear RGB throughout.
"""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from renderers.kernels.gloss import smith_ggx
from renderers.kernels.lamplight import add, lamplight, row
from renderers.kernels.lanes import (
    BODY_B,
    BODY_G,
    BODY_R,
    COAT,
    COAT_ROUGH,
    COAT_SHARE,
    DX,
    DY,
    DZ,
    EB,
    EG,
    ER,
    F0,
    GLOSS_B,
    GLOSS_G,
    GLOSS_R,
    GLOSSY,
    LANES,
    LIVE,
    METAL,
    MIRROR_Z,
    NEAR_B,
    NEAR_G,
    NEAR_R,
    NV,
    NX,
    NY,
    NZ,
    OPEN,
    OUT_B,
    OUT_G,
    OUT_R,
    ROUGH,
    ROWS,
    SEEN_B,
    SEEN_G,
    SEEN_R,
    SKY_U,
    SKY_V,
    SUN,
    THROUGH,
    UNDER,
    WHOLE,
    load_points,
    load_tile,
    prepare,
)
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
    sky_at,
    turn,
)
from renderers.kernels.surface import S_COLUMNS, S_ER, fetch_columns, fetch_rays
from sim.kernels.extremes import greater
from sim.kernels.jit import fast_inner_kernel, fast_kernel
from sim.kernels.loose_sixteen import COUNT, any_above, load, picked, where, whole

F = np.float32
U = np.uintp
PI = np.float32(math.pi)
BELOW_HALF = np.nextafter(np.float32(0.5), np.float32(0.0))
SUN_COS = np.float32(math.cos(0.0047))  # edge of the sun's disc
BASE_GLOSS = 0.04  # share of light that a dielectric's own surface sends back
ROUGH_GLOSS = 0.9  # of a rough lobe's light that is not lost between its facets


@fast_inner_kernel
def mirrored(soft, shape, numbers, rough, z, v, u):
    """What sixteen mirrors see where nothing was traced: sky above, sunlit ground below, a soft line between.

    `soft` holds skies one after the other, of which rougher mirrors see softer ones; `shape` is how many, their rows and
    columns.  `z` is the height of the way a mirror looks, (v, u) its place in tables of the sky.  Twin: sky.sky_at.
    """
    levels, rows, columns = shape
    up = min(max((z + F(0.02) + F(0.35) * rough) / (F(0.04) + F(0.7) * rough), F(0)), F(1))
    level = whole(min(max(rough * F(5.0), F(0)), F(levels - 1)))
    i = min(whole(v), F(rows - 2))
    column = whole(u + F(1)) - F(1)  # places begin half a column below 0
    share_v = v - i
    share_u = u - column
    left = where(F(0), column, column, F(columns - 1))
    right = where(column, F(columns - 2), column + F(1), F(0))
    row = (level * F(rows) + i) * F(columns)
    below = F(3 * columns)
    a, b = (row + left) * F(3), (row + right) * F(3)
    weight = numbers[SKY_LX] * up
    ground = F(1) - up
    d = share_v * share_u * weight
    c = share_v * weight - d
    e = share_u * weight - d
    f = weight - share_v * weight - e
    red = (
        f * picked(soft, a) + e * picked(soft, b) + c * picked(soft, a + below) + d * picked(soft, b + below)
    )
    a, b = a + F(1), b + F(1)
    green = (
        f * picked(soft, a) + e * picked(soft, b) + c * picked(soft, a + below) + d * picked(soft, b + below)
    )
    a, b = a + F(1), b + F(1)
    blue = (
        f * picked(soft, a) + e * picked(soft, b) + c * picked(soft, a + below) + d * picked(soft, b + below)
    )
    return (
        red + ground * numbers[GROUND_R],
        green + ground * numbers[GROUND_G],
        blue + ground * numbers[GROUND_B],
    )


@fast_kernel
def shade(
    start, stop, direction, triangle, surface, offset_m,
    sun_seen, around, mirror, mirror_weight, behind,
    sky, soft, sh, numbers,
    lamps, lamp_list, lamp_asked, lamp_seen, lamp_dim, tables, extinction_per_m, radiance,
):  # fmt: skip
    """Radiance of rays [start, stop), whole tiles, without the air between.

    `sun_seen` (N,) is 0..1, or (0,) where there is no sun; `around` (N, 4) the share of the sky that a point sees, and
    what near things send it, lx; `mirror` (N, 3) holds traced reflections where `mirror_weight` (N,) is 1;
    `behind` (N, 3) what shines through panes; `lamp_list` (tiles, LISTED) rows of `lamps`, -1 ends it;
    `lamp_seen` (SHADOWED, N) how much of the first `lamp_asked` (tiles,) lamps of its tile a ray's point sees,
    `lamp_dim` (tiles, LISTED) how much all points of a tile do.
    """
    lane = np.empty(ROWS * LANES, np.float32)
    rays = np.empty(LANES, np.int64)
    flat_tables = tables.reshape(-1)
    way, flat, begin = direction.reshape(-1), surface.reshape(-1), offset_m.reshape(-1)
    flat_seen = lamp_seen.reshape(-1)
    flat_mirror, skies = mirror.reshape(-1), soft.reshape(-1)
    near, sent = around.reshape(-1), radiance.reshape(-1)
    lit = lamp_list.shape[0] > 0
    shines = sun_seen.shape[0] > 0 and numbers[SUN_G] > F(0)
    lane[SUN : SUN + LANES] = F(0)
    for first in range(start, stop, LANES):
        for k in range(LANES):
            rays[k] = first + k
        load_tile(first, way, triangle, flat, near, lane)
        # A tile's surfaces fill a page, and of many arrays at once the processor fetches few ahead: the next tile's.
        fetch_columns(flat, first + LANES, 0, 4)
        some, every, leafiest = prepare(lane, WHOLE)
        fetch_columns(flat, first + LANES, 4, 4)
        fetch_rays(near, first + LANES, 4)
        fetch_rays(sent, first + LANES, 3)
        if some > F(0):
            sunny = F(0)
            if shines:
                for k in range(LANES):
                    lane[SUN + k] = sun_seen[first + k]
                    sunny = greater(sunny, lane[SUN + k])
            for k in range(ER, OUT_B + LANES):
                lane[k] = F(0)
            if lit:
                load_points(first, begin, lane)
                fetch_rays(begin, first + LANES, 3)
                lamplight(
                    rays, first // LANES, triangle, surface, lamps, lamp_list, lamp_asked, flat_seen, lamp_dim,
                    flat_tables, extinction_per_m, lane,
                )  # fmt: skip
            ambient(sh, lane)
            fetch_columns(flat, first + LANES, 8, 4)
            if sunny > F(0):
                sunlight(numbers, lane)
            if leafiest < F(0):
                leaves(sh, numbers, lane)
            bodies(lane)
            fetch_rays(way, first + LANES, 3)
            fetch_columns(flat, first + LANES, 12, 4)
            images(first, flat_mirror, mirror_weight, soft, skies, numbers, lane)
        if every <= F(0):
            far_light(sky, numbers, lane)
        column = np.uintp(S_COLUMNS) * np.uintp(first)
        for k in range(3 * LANES):
            lane[OUT_R + k] += flat[column + np.uintp(S_ER * LANES + k)]
        for k in range(LANES):
            if lane[THROUGH + k] > F(0):
                r = first + k
                through = lane[THROUGH + k] * lane[UNDER + k]
                lane[OUT_R + k] += behind[r, 0] * through
                lane[OUT_G + k] += behind[r, 1] * through
                lane[OUT_B + k] += behind[r, 2] * through
        for k in range(LANES):
            r = np.uintp(3) * (np.uintp(first) + np.uintp(k))
            sent[r] = lane[OUT_R + k]
            sent[r + np.uintp(1)] = lane[OUT_G + k]
            sent[r + np.uintp(2)] = lane[OUT_B + k]


@fast_inner_kernel
def far_light(sky, numbers, lane):
    """Light of lanes that met nothing: the sky, the sun's disc in it, and far ground below the horizon."""
    rows = sky.shape[0]
    columns = sky.shape[1]
    for k in range(LANES):
        lane[SKY_V + k] = math.sqrt(max(lane[DZ + k], F(0))) * F(rows - 1)
        lane[SKY_U + k] = turn(lane[DY + k], lane[DX + k]) * F(columns) - F(0.5)
    for k in range(LANES):
        if lane[LIVE + k] <= F(0):
            red, green, blue = sky_at(sky, lane[SKY_V + k], lane[SKY_U + k])
            lane[OUT_R + k] = red
            lane[OUT_G + k] = green
            lane[OUT_B + k] = blue
    sky_lx = numbers[SKY_LX]
    town_r = numbers[TOWN_R]
    town_g = numbers[TOWN_G]
    town_b = numbers[TOWN_B]
    ground_r = numbers[GROUND_R]
    ground_g = numbers[GROUND_G]
    ground_b = numbers[GROUND_B]
    sx = numbers[SUN_X]
    sy = numbers[SUN_Y]
    sz = numbers[SUN_Z]
    disc = numbers[DISC] if numbers[SUN_G] > F(0) else F(0)
    sun_r = numbers[SUN_R] * disc
    sun_g = numbers[SUN_G] * disc
    sun_b = numbers[SUN_B] * disc
    for k in range(LANES):
        dx = lane[DX + k]
        dy = lane[DY + k]
        dz = lane[DZ + k]
        # A town's light comes from near the ground: the horizon is some three times as bright as overhead.
        low = F(1) - min(max(dz, F(0)), F(1))
        low = F(1) + F(2) * low * low * low * low
        red = lane[OUT_R + k] * sky_lx + town_r * low
        green = lane[OUT_G + k] * sky_lx + town_g * low
        blue = lane[OUT_B + k] * sky_lx + town_b * low
        fade = min(max(-dz * F(60), F(0)), F(1))
        red += (ground_r - red) * fade
        green += (ground_g - green) * fade
        blue += (ground_b - blue) * fade
        shown = F(1) if (dz >= F(0)) & (dx * sx + dy * sy + dz * sz > SUN_COS) else F(0)
        far = lane[LIVE + k] <= F(0)
        lane[OUT_R + k] = red + sun_r * shown if far else lane[OUT_R + k]
        lane[OUT_G + k] = green + sun_g * shown if far else lane[OUT_G + k]
        lane[OUT_B + k] = blue + sun_b * shown if far else lane[OUT_B + k]


@fast_inner_kernel
def ambient(sh, lane):
    """Add what comes from the sky that is seen, and from what is lit around."""
    for k in range(LANES):
        er, eg, eb = irradiance(sh, lane[NX + k], lane[NY + k], lane[NZ + k])
        seen = lane[OPEN + k]
        er = er * seen + lane[NEAR_R + k] + lane[ER + k]
        eg = eg * seen + lane[NEAR_G + k] + lane[EG + k]
        eb = eb * seen + lane[NEAR_B + k] + lane[EB + k]
        lane[ER + k] = er
        lane[EG + k] = eg
        lane[EB + k] = eb
        # The gloss of what is rough scatters nearly evenly: a share of all light but the sun's, which has a lobe.
        rough = (lane[ROUGH + k] >= F(0.5)) & (lane[METAL + k] <= F(0.1))
        share = F(ROUGH_GLOSS) * lane[UNDER + k] / PI if rough else F(0)
        lane[OUT_R + k] += er * lane[GLOSS_R + k] * share
        lane[OUT_G + k] += eg * lane[GLOSS_G + k] * share
        lane[OUT_B + k] += eb * lane[GLOSS_B + k] * share


@fast_inner_kernel
def sunlight(numbers, lane):
    """Add the sun's light and its images in bases, films and coats."""
    sx = numbers[SUN_X]
    sy = numbers[SUN_Y]
    sz = numbers[SUN_Z]
    sun_r = numbers[SUN_R]
    sun_g = numbers[SUN_G]
    sun_b = numbers[SUN_B]
    for k in range(LANES):
        nx = lane[NX + k]
        ny = lane[NY + k]
        nz = lane[NZ + k]
        dx = lane[DX + k]
        dy = lane[DY + k]
        dz = lane[DZ + k]
        nv = lane[NV + k]
        nl = max(nx * sx + ny * sy + nz * sz, F(0))
        sunlit = nl * lane[SUN + k]
        lane[ER + k] += sun_r * sunlit
        lane[EG + k] += sun_g * sunlit
        lane[EB + k] += sun_b * sunlit
        hx = sx - dx
        hy = sy - dy
        hz = sz - dz
        scale = F(1) / math.sqrt(hx * hx + hy * hy + hz * hz + F(1e-12))
        nh = (nx * hx + ny * hy + nz * hz) * scale
        vh = F(1) - min(-(dx * hx + dy * hy + dz * hz) * scale, F(1))
        vh5 = vh * vh
        vh5 = vh5 * vh5 * vh
        rough = lane[ROUGH + k]
        base = smith_ggx(max(rough * rough, F(0.02)), nl, nv, nh) * sunlit * lane[UNDER + k]
        coat_rough = lane[COAT_ROUGH + k]
        f0 = lane[F0 + k]
        coat = lane[COAT + k] if lane[COAT + k] > F(0.02) else F(0)
        film = smith_ggx(max(coat_rough * coat_rough, F(0.004)), nl, nv, nh) * sunlit * coat
        film *= f0 + (F(1) - f0) * vh5
        lane[OUT_R + k] += sun_r * (base * (lane[GLOSS_R + k] + (F(1) - lane[GLOSS_R + k]) * vh5) + film)
        lane[OUT_G + k] += sun_g * (base * (lane[GLOSS_G + k] + (F(1) - lane[GLOSS_G + k]) * vh5) + film)
        lane[OUT_B + k] += sun_b * (base * (lane[GLOSS_B + k] + (F(1) - lane[GLOSS_B + k]) * vh5) + film)


@fast_inner_kernel
def leaves(sh, numbers, lane):
    """A leaf against the light glows: what falls on its back leaves scattered, about as much as it reflects."""
    sun_r = numbers[SUN_R]
    sun_g = numbers[SUN_G]
    sun_b = numbers[SUN_B]
    sunny = F(1) if sun_g > F(0) else F(0)
    sx = numbers[SUN_X]
    sy = numbers[SUN_Y]
    sz = numbers[SUN_Z]
    for k in range(LANES):
        nx = -lane[NX + k]
        ny = -lane[NY + k]
        nz = -lane[NZ + k]
        back = min(max(F(-3) * lane[THROUGH + k], F(0)), F(1))
        sun = back * max(nx * sx + ny * sy + nz * sz, F(0)) * lane[SUN + k] * sunny
        red, green, blue = irradiance(sh, nx, ny, nz)
        seen = lane[OPEN + k] * back
        lane[ER + k] += red * seen + lane[NEAR_R + k] * back + sun_r * sun
        lane[EG + k] += green * seen + lane[NEAR_G + k] * back + sun_g * sun
        lane[EB + k] += blue * seen + lane[NEAR_B + k] * back + sun_b * sun


@fast_inner_kernel
def bodies(lane):
    """What bodies scatter of the light that falls on them; what the gloss sends back does not reach the body below."""
    for k in range(LANES):
        opaque = (F(1) - max(lane[THROUGH + k], F(0))) * lane[UNDER + k] * F(1 - BASE_GLOSS) / PI
        lane[OUT_R + k] += lane[ER + k] * lane[BODY_R + k] * opaque
        lane[OUT_G + k] += lane[EG + k] * lane[BODY_G + k] * opaque
        lane[OUT_B + k] += lane[EB + k] * lane[BODY_B + k] * opaque


@fast_inner_kernel
def images(first, mirror, mirror_weight, soft, skies, numbers, lane):
    """Add mirror images: of the base where it is glossy or metal, of the film or clear coat.

    `mirror` (3 N,) and `skies`, which are those of `soft`, are flat.
    """
    some = F(0)
    for k in range(LANES):
        glossy = (lane[METAL + k] > F(0.1)) | (lane[ROUGH + k] < F(0.5)) | (lane[COAT_SHARE + k] > F(0.004))
        lane[GLOSSY + k] = lane[LIVE + k] if glossy else F(0)
        some = greater(some, lane[GLOSSY + k])
    if some <= F(0):
        return
    levels, rows, columns = soft.shape[0], soft.shape[1], soft.shape[2]
    for k in range(LANES):
        twice = F(2) * lane[NV + k]
        x = lane[DX + k] + twice * lane[NX + k]
        y = lane[DY + k] + twice * lane[NY + k]
        z = lane[DZ + k] + twice * lane[NZ + k]
        lane[MIRROR_Z + k] = z
        lane[SKY_V + k] = math.sqrt(max(z, F(0))) * F(rows - 1)
        lane[SKY_U + k] = turn(y, x) * F(columns) - F(0.5)
    for k in range(LANES):
        r = U(3) * (U(first) + U(k))
        lane[SEEN_R + k] = mirror[r]
        lane[SEEN_G + k] = mirror[r + U(1)]
        lane[SEEN_B + k] = mirror[r + U(2)]
    for begin in range(0, LANES, COUNT):
        part = U(begin)
        if any_above(row(lane, GLOSSY, part), F(0)):
            images_of(first, mirror_weight, skies, (levels, rows, columns), numbers, lane, part)


@fast_inner_kernel
def images_of(first, mirror_weight, skies, shape, numbers, lane, part):
    """The same for sixteen lanes, from lane `part` on."""
    shows = row(lane, GLOSSY, part)
    rough = row(lane, ROUGH, part)
    film_rough = row(lane, COAT_ROUGH, part)
    under = row(lane, UNDER, part)
    share = row(lane, COAT_SHARE, part) * shows
    z, v, u = row(lane, MIRROR_Z, part), row(lane, SKY_V, part), row(lane, SKY_U, part)
    traced = load(mirror_weight, U(first) + part)
    shield = min(row(lane, OPEN, part) * F(1.3), F(1))
    red = where(traced, F(0), F(0), row(lane, SEEN_R, part))
    green = where(traced, F(0), F(0), row(lane, SEEN_G, part))
    blue = where(traced, F(0), F(0), row(lane, SEEN_B, part))
    if any_above(where(traced, F(0), share, F(0)), F(0)):
        r, g, b = mirrored(skies, shape, numbers, film_rough, z, v, u)
        red = where(traced, F(0), r * shield, red)
        green = where(traced, F(0), g * shield, green)
        blue = where(traced, F(0), b * shield, blue)
    out_r = share * red
    out_g = share * green
    out_b = share * blue
    based = where(rough, F(BELOW_HALF), shows, where(row(lane, METAL, part), F(0.1), F(0), shows))
    if any_above(based, F(0)):
        # A base that is rougher than what lies on it shows no image of its own.
        own = where(traced, F(0), based, where(rough, film_rough + F(0.1), F(0), based))
        if any_above(own, F(0)):
            r, g, b = mirrored(skies, shape, numbers, rough, z, v, u)
            red = where(own, F(0), red, r * shield)
            green = where(own, F(0), green, g * shield)
            blue = where(own, F(0), blue, b * shield)
        miss = F(1) - row(lane, NV, part)
        miss2 = miss * miss
        gloss = (F(1) - rough) * miss2 * miss2 * miss
        under *= based * F(0.9)
        out_r += (row(lane, GLOSS_R, part) + gloss) * under * red
        out_g += (row(lane, GLOSS_G, part) + gloss) * under * green
        out_b += (row(lane, GLOSS_B, part) + gloss) * under * blue
    add(lane, OUT_R, part, out_r)
    add(lane, OUT_G, part, out_g)
    add(lane, OUT_B, part, out_b)
