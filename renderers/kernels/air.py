"""Air between a camera and what it sees: extinction, airlight, halos of lamps.  Renderers floor, arrays only."""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from renderers.kernels.fading import fading
from renderers.kernels.lamps import BEAM_STREET, L_B, L_G, L_KIND, L_R, L_X, L_Y, L_Z, lamp_intensity
from renderers.kernels.sky import turn
from sim.kernels.jit import fast_kernel, kernel

F = np.float32
# Columns of the air's numbers.
(A_EVEN, A_FOG, A_TOP_M, A_THIN_M, A_EYE_M, A_LAYER_M, A_DRAWN, A_DRAWN_M, A_COLUMNS) = range(9)
NEARLY_LEVEL_M = 0.5  # below this rise the profile at mid-height is exact to 1e-5 and safe from cancellation
# Fog is brighter overhead than along the ground: with this slope over the sine of elevation, and the horizon that
# `sky._airlight` gives it, it sends down as much light as the weather says (the reference path tracer agrees).
FOG_RISE = 1.13
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
def halos(start, stop, direction, reach_m, lamps, most_cd, tables, extinction_per_m, g, least, glow):
    """Light of lamps scattered once towards the eye by the air along rays [start, stop), added up in `glow`.

    Equiangular sampling (Kulla and Fajardo 2012) about each lamp takes the 1 / d^2 out of the integral, so a few
    midpoints are enough.  `direction` is unit, `reach_m` ends each ray; `most_cd` (L,) bounds what lamps send, and what
    cannot show `least` cd/m2 is left out.
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
            along = dx * lamps[which, L_X] + dy * lamps[which, L_Y] + dz * lamps[which, L_Z]
            away2 = (
                lamps[which, L_X] * lamps[which, L_X]
                + lamps[which, L_Y] * lamps[which, L_Y]
                + lamps[which, L_Z] * lamps[which, L_Z]
                - along * along
            )
            away = math.sqrt(max(away2, F(0.01)))
            low = math.atan2(-along, away)
            high = math.atan2(end - along, away)
            if (high - low) / away * most_cd[which] * extinction_per_m * fading(
                extinction_per_m * away
            ) < least:
                continue
            steps = BEAM_STEPS if lamps[which, L_KIND] < BEAM_STREET else HALO_STEPS
            total = F(0)
            for step in range(steps):
                angle = low + (high - low) * (F(step) + F(0.5)) / F(steps)
                off = away * math.tan(angle)
                t = along + off
                x = dx * t - lamps[which, L_X]
                y = dy * t - lamps[which, L_Y]
                z = dz * t - lamps[which, L_Z]
                far = max(math.sqrt(x * x + y * y + z * z), F(0.1))
                x /= far
                y /= far
                z /= far
                cosine = -(x * dx + y * dy + z * dz)
                base = F(1) + g * g - F(2) * g * cosine
                phase = (F(1) - g * g) / (F(12.566371) * base * math.sqrt(base))
                total += (
                    lamp_intensity(lamps, which, tables, x, y, z)
                    * phase
                    * fading(extinction_per_m * (t + far))
                )
            total *= extinction_per_m * (high - low) / (away * F(steps))
            red += total * lamps[which, L_R]
            green += total * lamps[which, L_G]
            blue += total * lamps[which, L_B]
        glow[r, 0] = red
        glow[r, 1] = green
        glow[r, 2] = blue
