"""Where the path tracer's light comes from: the sky's map, lamps, glowing panes, and the air between.  Renderers floor.

Units are cd/m2 and lx in luminance-weighted linear RGB, as in `shade`.
"""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from renderers.kernels.air import (
    A_DRAWN,
    A_DRAWN_M,
    A_EVEN,
    A_EYE_M,
    A_FOG,
    A_LAYER_M,
    A_THIN_M,
    A_TOP_M,
    FOG_RISE,
    airlight_of,
    fog_density,
)
from renderers.kernels.fading import fading
from renderers.kernels.lamps import L_REACH2, L_X, L_Y, L_Z, lamp_intensity
from renderers.kernels.sky import (
    GROUND_B,
    GROUND_G,
    GROUND_R,
    SKY_LX,
    TOWN_B,
    TOWN_G,
    TOWN_R,
    sky_radiance,
    turn,
)
from sim.kernels.jit import fast_kernel
from sim.kernels.random import uniform01

F = np.float32
PI = np.float32(math.pi)
UPPER, LOWER, AROUND = 64, 8, 128  # cells of the sky's map: rows above and below the horizon, columns
MOST_FLIGHTS = 400  # steps of a free flight through air that is mostly thinner than its thickest
NEAREST_LAMP2 = 0.01  # m2


@fast_kernel
def chance(seed, pixel, sample, number):
    """The uniform number that belongs to the `number`-th draw of a path."""
    return uniform01(pixel, sample, seed + 0x10000 * number)


@fast_kernel
def beyond(sky, numbers, air, fog_depth, fog_gain, x, y, z):
    """Radiance of the world's end along a unit direction: sky, town glow, far ground, without the sun's disc.

    `fog_depth` is the optical depth of the fog overhead: what shines through it is veiled as on the fast path, and
    `fog_gain` makes all of it together as bright as the weather says.
    """
    red, green, blue = sky_radiance(sky, x, y, z)
    red *= numbers[SKY_LX]
    green *= numbers[SKY_LX]
    blue *= numbers[SKY_LX]
    low = F(1) - min(max(z, F(0)), F(1))
    low = F(1) + F(2) * low * low * low * low
    red += numbers[TOWN_R] * low
    green += numbers[TOWN_G] * low
    blue += numbers[TOWN_B] * low
    if fog_depth > F(0):
        through = fading(fog_depth / max(z, F(1e-3)))
        ar, ag, ab = airlight_of(air, x, y)
        veil = (F(1) - through) * (F(1) + F(FOG_RISE) * max(z, F(0)))
        red = red * through + ar * veil
        green = green * through + ag * veil
        blue = blue * through + ab * veil
        red *= fog_gain
        green *= fog_gain
        blue *= fog_gain
    if z < F(0):
        fade = min(-z * F(60), F(1))
        red += (numbers[GROUND_R] - red) * fade
        green += (numbers[GROUND_G] - green) * fade
        blue += (numbers[GROUND_B] - blue) * fade
    return red, green, blue


@fast_kernel
def row_edge(i):
    """Sine of elevation of the lower edge of the map's row `i`: rows run with its root, away from the horizon."""
    v = F(i - LOWER) / F(UPPER if i >= LOWER else LOWER)
    return v * abs(v)


@fast_kernel
def map_cells(sky, numbers, air, fog_depth, fog_gain, weight):
    """Fill `weight` (LOWER + UPPER, AROUND) with luminance times solid angle, a mean of nine places a cell."""
    for i in range(LOWER + UPPER):
        low = row_edge(i)
        high = row_edge(i + 1)
        for j in range(AROUND):
            total = F(0)
            for p in range(3):
                z = low + (high - low) * (F(p) + F(0.5)) / F(3)
                flat = math.sqrt(max(F(1) - z * z, F(0)))
                for s in range(3):
                    angle = F(2) * PI * (F(j) + (F(s) + F(0.5)) / F(3)) / F(AROUND)
                    r, g, b = beyond(
                        sky,
                        numbers,
                        air,
                        fog_depth,
                        fog_gain,
                        flat * math.cos(angle),
                        flat * math.sin(angle),
                        z,
                    )
                    total += F(0.2126) * r + F(0.7152) * g + F(0.0722) * b
            weight[i, j] = total / F(9) * (high - low)


@fast_kernel
def found(steps, u):
    """First index whose cumulative share exceeds u."""
    low = 0
    high = steps.shape[0] - 1
    while low < high:
        middle = (low + high) // 2
        if steps[middle] > u:
            high = middle
        else:
            low = middle + 1
    return low


@fast_kernel
def sky_pdf(cell_pdf, x, y, z):
    """Probability per steradian with which `aim_at_map` draws this direction."""
    if z >= F(0):
        i = LOWER + min(int(math.sqrt(z) * F(UPPER)), UPPER - 1)
    else:
        i = LOWER - 1 - min(int(math.sqrt(-z) * F(LOWER)), LOWER - 1)
    j = min(int(turn(y, x) * F(AROUND)), AROUND - 1)
    return cell_pdf[i, j]


@fast_kernel
def aim_at_map(cell_steps, u, u0, u1):
    """A direction of the sky's map, drawn by its light."""
    cell = found(cell_steps, u)
    i = cell // AROUND
    low = row_edge(i)
    z = low + (row_edge(i + 1) - low) * u0
    angle = F(2) * PI * (F(cell % AROUND) + u1) / F(AROUND)
    flat = math.sqrt(max(F(1) - z * z, F(0)))
    return flat * math.cos(angle), flat * math.sin(angle), z


@fast_kernel
def pick_lamp(lamps, tables, x, y, z, u):
    """One of the lamps, drawn by the light that each would give to a point face on, and one over its probability."""
    whole = F(0)
    chosen = -1
    light = F(0)
    for which in range(lamps.shape[0]):
        dx = x - lamps[which, L_X]
        dy = y - lamps[which, L_Y]
        dz = z - lamps[which, L_Z]
        far2 = max(dx * dx + dy * dy + dz * dz, F(NEAREST_LAMP2))
        scale = F(1) / math.sqrt(far2)
        e = lamp_intensity(lamps, which, tables, dx * scale, dy * scale, dz * scale) / far2
        if e <= F(0):
            continue
        whole += e
        # Reservoir of one: u is used up and stretched again at each step.
        share = e / whole
        if u < share:
            chosen = which
            light = e
            u = u / share
        else:
            u = (u - share) / max(F(1) - share, F(1e-7))
    return chosen, whole / max(light, F(1e-20))


@fast_kernel
def pick_halo(lamps, x, y, z, dx, dy, dz, end, extinction, u):
    """One of the lamps, drawn by the light that its halo could send along a segment, and one over its probability."""
    whole = F(0)
    chosen = -1
    light = F(0)
    for which in range(lamps.shape[0]):
        lx = lamps[which, L_X] - x
        ly = lamps[which, L_Y] - y
        lz = lamps[which, L_Z] - z
        along = dx * lx + dy * ly + dz * lz
        away = math.sqrt(max(lx * lx + ly * ly + lz * lz - along * along, F(0.01)))
        angle = math.atan2(end - along, away) - math.atan2(-along, away)
        e = lamps[which, L_REACH2] * angle / away * fading(extinction * (away + max(along, F(0))))
        whole += e
        share = e / max(whole, F(1e-20))
        if u < share:
            chosen = which
            light = e
            u = u / share
        else:
            u = (u - share) / max(F(1) - share, F(1e-7))
    return chosen, whole / max(light, F(1e-20))


@fast_kernel
def extinction_at(air, z, far_m, first, fog_only):
    """Extinction per metre at height z above the origin, `far_m` from the eye, without drops that are drawn."""
    value = (
        air[A_FOG] * fog_density(air[A_EYE_M] + z, air[A_TOP_M], air[A_THIN_M]) if air[A_FOG] > 0.0 else 0.0
    )
    if not fog_only:
        even = air[A_EVEN]
        if first and air[A_DRAWN] > 0.0:
            even = max(even - air[A_DRAWN] / air[A_DRAWN_M] * math.exp(-far_m / air[A_DRAWN_M]), 0.0)
        value += even
    return value


@fast_kernel
def flight(air, z, dz, end, first, sky, seed, pixel, sample, number):
    """How far light flies before air scatters it, by delta tracking (Woodcock 1965); infinite: as far as `end`.

    Sky rays cross fog only, up to where it ends: rain and haze are in the sky's own look.
    """
    thickest = air[A_FOG] + (0.0 if sky else air[A_EVEN])
    if thickest <= 0.0:
        return F(np.inf)
    if sky:
        end = F(max(air[A_LAYER_M] - air[A_EYE_M] - z, 0.0) / max(float(dz), 1e-4))
    t = F(0)
    for step in range(MOST_FLIGHTS):
        a = uniform01(pixel, sample, seed + 0x10000 * number + 2 * step + 0x4000)
        t += F(-math.log(max(1.0 - a, 1e-9)) / thickest)
        if t >= end:
            return F(np.inf)
        b = uniform01(pixel, sample, seed + 0x10000 * number + 2 * step + 0x4001)
        if b * thickest < extinction_at(air, z + dz * t, t, first, sky):
            return t
    return F(np.inf)


@fast_kernel
def phase(cosine, g):
    """Henyey and Greenstein's phase function per steradian."""
    base = F(1) + g * g - F(2) * g * cosine
    return (F(1) - g * g) / (F(4) * PI * base * math.sqrt(base))


@fast_kernel
def deflected(dx, dy, dz, ux, uy, uz, wx, wy, wz, g, u0, u1):
    """A direction drawn by the phase function about unit d with its frame u, w, and its cosine."""
    if abs(g) < F(1e-3):
        cosine = F(1) - F(2) * u0
    else:
        s = (F(1) - g * g) / (F(1) - g + F(2) * g * u0)
        cosine = (F(1) + g * g - s * s) / (F(2) * g)
    sine = math.sqrt(max(F(1) - cosine * cosine, F(0)))
    x = sine * math.cos(F(2) * PI * u1)
    y = sine * math.sin(F(2) * PI * u1)
    return (
        x * ux + y * wx + cosine * dx,
        x * uy + y * wy + cosine * dy,
        x * uz + y * wz + cosine * dz,
        cosine,
    )
