"""Air between a camera and what it sees: extinction, airlight, halos of lamps.  Renderers floor, arrays only."""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from renderers.kernels.fading import fading
from renderers.kernels.lamps import (
    BEAM_ENDS,
    BEAM_STREET,
    L_AX,
    L_AY,
    L_AZ,
    L_B,
    L_CD,
    L_G,
    L_KIND,
    L_R,
    L_UX,
    L_UY,
    L_UZ,
    L_X,
    L_Y,
    L_Z,
    V_CELLS,
    V_SPAN,
    beam,
)
from renderers.kernels.sky import turn
from sim.kernels.jit import fast_kernel, kernel

F = np.float32
# Columns of the air's numbers.
(A_EVEN, A_FOG, A_TOP_M, A_THIN_M, A_EYE_M, A_LAYER_M, A_DRAWN, A_DRAWN_M, A_COLUMNS) = range(9)
NEARLY_LEVEL_M = 0.5  # below this rise the profile at mid-height is exact to 1e-5 and safe from cancellation
# Fog is brighter overhead than along the ground: with this slope over the sine of elevation, and the horizon that
# `sky._airlight` gives it, it sends down as much light as the weather says (the reference path tracer agrees).
FOG_RISE = 1.13
PHASE_TYPICAL = 0.1  # per steradian, for deciding what matters
FAINT_BEAM = 6.0  # times the least that shows: beams below get half the steps
HALO_STEPS, BEAM_STEPS = 8, 24  # a beam is a few degrees high and must not slip between two steps


@kernel
def fog_height_m(z: float, top_m: float, thin_m: float) -> float:
    """Integral of the fog's density from the ground to height z: 1 up to the top, then exp(-(z - top) / thin)."""
    if z <= top_m:
        return z
    return top_m + thin_m * (1.0 - math.exp(-(z - top_m) / thin_m))


@kernel
def fog_density(z: float, top_m: float, thin_m: float) -> float:
    """Density of the fog at height z relative to the ground."""
    return 1.0 if z <= top_m else math.exp(-(z - top_m) / thin_m)


@kernel
def optical_depth(z0: float, z1: float, length_m: float, numbers) -> float:
    """Extinction along a straight path between two heights above the ground.  Twin: naive_camera.depth_of_fog."""
    if numbers[A_FOG] <= 0.0:  # no profile to integrate, and none of its exponentials
        return length_m * numbers[A_EVEN]
    top = numbers[A_TOP_M]
    thin = numbers[A_THIN_M]
    rise = z1 - z0
    if abs(rise) < NEARLY_LEVEL_M:
        mean = fog_density(0.5 * (z0 + z1), top, thin)
    else:
        mean = (fog_height_m(z1, top, thin) - fog_height_m(z0, top, thin)) / rise
    return length_m * (numbers[A_EVEN] + numbers[A_FOG] * mean)


@kernel
def truth(
    start, stop, tiles_across, direction, range_m, placement, triangle,
    placement_instance, own_instance, own_semantic, sky_semantic, numbers,
    instance, semantic, depth_m, transmittance,
):  # fmt: skip
    """Truth images from the hits of tiles [start, stop): what stands at the centre of each pixel, and how far."""
    height = depth_m.shape[0]
    width = depth_m.shape[1]
    for tile in range(start, stop):
        top = (tile // tiles_across) * 8
        left = (tile % tiles_across) * 8
        for lane in range(64):
            y = top + lane // 8
            x = left + lane % 8
            if y >= height or x >= width:
                continue
            r = tile * 64 + lane
            k = triangle[r]
            if k < 0:
                instance[y, x] = 0
                semantic[y, x] = sky_semantic
                depth_m[y, x] = np.float32(np.inf)
                transmittance[y, x] = np.float32(1.0 if numbers[A_EVEN] + numbers[A_FOG] <= 0.0 else 0.0)
                continue
            own = own_instance[k]
            instance[y, x] = own if own != 0 else placement_instance[placement[r]]
            semantic[y, x] = own_semantic[k]
            depth_m[y, x] = range_m[r]
            dx = float(direction[r, 0])
            dy = float(direction[r, 1])
            dz = float(direction[r, 2])
            t = float(range_m[r])
            length = t * math.sqrt(dx * dx + dy * dy + dz * dz)
            eye = numbers[A_EYE_M]
            transmittance[y, x] = np.float32(math.exp(-optical_depth(eye, eye + t * dz, length, numbers)))


@fast_kernel
def airlight_of(air, x, y):
    """RGB that an endless path of air would show towards (x, y), interpolated over the azimuth."""
    count = air.shape[0]
    u = turn(y, x) * F(count) - F(0.5)
    j = math.floor(u)
    f = u - F(j)
    j0 = j if j >= 0 else count - 1
    j1 = j0 + 1 if j0 + 1 < count else 0
    return (
        air[j0, 0] * (F(1) - f) + air[j1, 0] * f,
        air[j0, 1] * (F(1) - f) + air[j1, 1] * f,
        air[j0, 2] * (F(1) - f) + air[j1, 2] * f,
    )


@fast_kernel
def veil(start, stop, direction, range_m, triangle, numbers, air, radiance):
    """Koschmieder's law on the radiance of rays [start, stop): L exp(-tau) + L_air (1 - exp(-tau)).

    Sky rays cross the fog up to where it ends; rain and haze are already in the sky's own look.  Drops and flakes that
    are drawn one by one (A_DRAWN of optical depth, within about A_DRAWN_M) are not counted again.
    """
    eye = numbers[A_EYE_M]
    foggy = numbers[A_FOG] > 0.0
    even = F(numbers[A_EVEN])
    drawn = F(numbers[A_DRAWN])
    drawn_per_m = F(1.0 / max(numbers[A_DRAWN_M], 1e-3))
    for r in range(start, stop):
        dx = direction[r, 0]
        dy = direction[r, 1]
        dz = direction[r, 2]
        length = math.sqrt(dx * dx + dy * dy + dz * dz)
        if triangle[r] < 0:
            if not foggy:
                continue
            above = max(numbers[A_LAYER_M] - eye, 0.0)
            depth = F(numbers[A_FOG] * above * length / max(float(dz), 1e-4 * length))
        else:
            far = range_m[r] * length
            if foggy:
                depth = F(optical_depth(eye, eye + range_m[r] * dz, far, numbers))
            else:
                depth = even * far
            if drawn > F(0):
                depth = max(depth - drawn * (F(1) - fading(far * drawn_per_m)), F(0))
        through = fading(depth)
        red, green, blue = airlight_of(air, dx, dy)
        if foggy and triangle[r] < 0:
            rise = F(1) + F(FOG_RISE) * max(dz, F(0)) / length
            red *= rise
            green *= rise
            blue *= rise
        radiance[r, 0] = radiance[r, 0] * through + red * (F(1) - through)
        radiance[r, 1] = radiance[r, 1] * through + green * (F(1) - through)
        radiance[r, 2] = radiance[r, 2] * through + blue * (F(1) - through)


@fast_kernel
def highest(brightest, kind, across, along, low_c, low_s, high_c, high_s):
    """The most that a lamp sends at the heights that `across` cos + `along` sin takes between two angles.

    `brightest` (kinds, V_CELLS) rises up to the beam's brightest height and falls beyond it.
    """
    a = across * low_c + along * low_s
    b = across * high_c + along * high_s
    bottom = min(a, b)
    top = max(a, b)
    rising = along * low_c - across * low_s
    later = along * high_c - across * high_s
    if rising > F(0) and later < F(0):
        top = math.sqrt(across * across + along * along)
    elif rising < F(0) and later > F(0):
        bottom = -math.sqrt(across * across + along * along)
    first = int((bottom + F(V_SPAN)) * F((V_CELLS - 1) / (2 * V_SPAN)))
    last = int((top + F(V_SPAN)) * F((V_CELLS - 1) / (2 * V_SPAN))) + 1
    if last < 0 or first >= V_CELLS:
        return F(0)
    first = max(first, 0)
    last = min(last, V_CELLS - 1)
    most = max(brightest[kind, first], brightest[kind, last])
    peak = int(brightest[kind, V_CELLS])
    return brightest[kind, peak] if first < peak < last else most


@fast_kernel
def halos(
    start, stop, direction, reach_m, lamps, most_cd, tables, brightest, extinction_per_m, g, least, glow
):
    """Light of lamps scattered once towards the eye by the air along rays [start, stop), added up in `glow`.

    Equiangular sampling (Kulla and Fajardo 2012) about each lamp takes the 1 / d^2 out of the integral, so a few
    midpoints are enough.  `direction` is unit, `reach_m` ends each ray; `most_cd` (L,) and, for beams,
    `brightest` of `lens.brightest_heights` bound what lamps send, and what cannot show `least` cd/m2 is left out.
    """
    for r in range(start, stop):
        dx = direction[r, 0]
        dy = direction[r, 1]
        dz = direction[r, 2]
        end = reach_m[r]
        red = F(0)
        green = F(0)
        blue = F(0)
        for which in range(lamps.shape[0]):
            x = lamps[which, L_X]
            y = lamps[which, L_Y]
            z = lamps[which, L_Z]
            along = dx * x + dy * y + dz * z
            away = math.sqrt(max(x * x + y * y + z * z - along * along, F(0.01)))
            bound = most_cd[which] * extinction_per_m * fading(extinction_per_m * away) / away
            if F(math.pi) * bound < least:  # no ray sees more of a lamp than half a turn: no arcs needed yet
                continue
            # Where the ray begins and ends, as angles at the lamp: their cosines and sines, and what lies between.
            left = end - along
            scale = F(1) / math.sqrt(along * along + away * away)
            low_c = away * scale
            low_s = -along * scale
            scale = F(1) / math.sqrt(left * left + away * away)
            high_c = away * scale
            high_s = left * scale
            between = math.atan2(high_s * low_c - high_c * low_s, high_c * low_c + high_s * low_s)
            if between * bound < least:
                continue
            kind = int(lamps[which, L_KIND])
            ax = lamps[which, L_AX]
            ay = lamps[which, L_AY]
            az = lamps[which, L_AZ]
            ux = lamps[which, L_UX]
            uy = lamps[which, L_UY]
            uz = lamps[which, L_UZ]
            # From the lamp a point of the ray lies towards cos(angle) p + sin(angle) d, with p square to the ray: where
            # it lies in the lamp's own frame is as simple, and how far off too.
            px = (dx * along - x) / away
            py = (dy * along - y) / away
            pz = (dz * along - z) / away
            ahead_p = ax * px + ay * py + az * pz
            ahead_d = ax * dx + ay * dy + az * dz
            dimmest = F(BEAM_ENDS) if kind < BEAM_STREET else F(0)
            if ahead_p * ahead_p + ahead_d * ahead_d < dimmest * dimmest:
                continue
            up_p = ux * px + uy * py + uz * pz
            up_d = ux * dx + uy * dy + uz * dz
            steps = HALO_STEPS
            if kind < BEAM_STREET:
                # A headlamp's light is flat: most rays pass above or below nearly all of it.
                shown = highest(brightest, kind, up_p, up_d, low_c, low_s, high_c, high_s)
                shown *= lamps[which, L_CD] * F(PHASE_TYPICAL) * extinction_per_m * between
                shown *= fading(extinction_per_m * away) / away
                if shown < least:
                    continue
                steps = BEAM_STEPS if shown > F(FAINT_BEAM) * least else BEAM_STEPS // 2
            rx = ay * uz - az * uy
            ry = az * ux - ax * uz
            rz = ax * uy - ay * ux
            right_p = rx * px + ry * py + rz * pz
            right_d = rx * dx + ry * dy + rz * dz
            # Half a step is at most a quarter of a right angle: Taylor's series is exact to 1e-6 there.
            half = F(0.5) * between / F(steps)
            square = half * half
            half_s = half * (F(1) - square * (F(1 / 6) - square * F(1 / 120)))
            half_c = F(1) - square * (F(1 / 2) - square * (F(1 / 24) - square * F(1 / 720)))
            cosine = low_c * half_c - low_s * half_s
            sine = low_s * half_c + low_c * half_s
            turn_c = half_c * half_c - half_s * half_s
            turn_s = F(2) * half_s * half_c
            total = F(0)
            for _ in range(steps):
                candela = lamps[which, L_CD] * beam(
                    kind,
                    tables,
                    ahead_p * cosine + ahead_d * sine,
                    right_p * cosine + right_d * sine,
                    up_p * cosine + up_d * sine,
                )
                if candela > F(0):
                    far = max(away / max(cosine, F(1e-6)), F(0.1))
                    base = F(1) + g * g + F(2) * g * sine
                    phase = (F(1) - g * g) / (F(12.566371) * base * math.sqrt(base))
                    total += candela * phase * fading(extinction_per_m * (along + far * sine + far))
                next_c = cosine * turn_c - sine * turn_s
                sine = sine * turn_c + cosine * turn_s
                cosine = next_c
            total *= extinction_per_m * between / (away * F(steps))
            red += total * lamps[which, L_R]
            green += total * lamps[which, L_G]
            blue += total * lamps[which, L_B]
        glow[r, 0] = red
        glow[r, 1] = green
        glow[r, 2] = blue
