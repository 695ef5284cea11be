"""Air between a camera and what it sees: extinction and airlight.  Renderers floor, arrays only."""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from renderers.kernels.fading import fading
from renderers.kernels.sky import turn
from sim.kernels.jit import fast_kernel, inner_kernel, kernel
from sim.kernels.loose_sixteen import COUNT, between, load, store, whole

F = np.float32
LANES = 64
# Rows of a tile: its rays and their length, how far things are, optical depth, place in the horizon's light; shares.
(X, Y, Z, LENGTH, FAR, DEPTH, COLUMN, THROUGH, REST) = range(0, 9 * LANES, LANES)
HUE = 9 * LANES  # red, green and blue of the air's own light
ROWS = 12
# Columns of the air's numbers.
(A_EVEN, A_FOG, A_TOP_M, A_THIN_M, A_EYE_M, A_LAYER_M, A_DRAWN, A_DRAWN_M, A_COLUMNS) = range(9)
NEARLY_LEVEL_M = 0.5  # below this rise the profile at mid-height is exact to 1e-5 and safe from cancellation
# Fog is brighter overhead than along the ground, and darker downwards: with this slope over the sine of elevation, and
# the horizon that `sky._airlight` gives it, it sends down as much light as the weather says (the reference path tracer
# agrees; Eddington's approximation over ground of albedo A has 1.5 (1 - A) / (1 + A)).  It ends at the ground's light.
FOG_RISE = 1.13
FOG_BELOW = 0.26  # 2 A / (1 + A), A = 0.15
FOG_STEPS = 4  # along a ray, at which the light of fog between houses is known,
FOG_REACH = 0.92  # even in what the fog shows of itself, up to this share


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
    eye = numbers[A_EYE_M]
    even = numbers[A_EVEN]
    foggy = numbers[A_FOG] > 0.0
    behind = np.float32(1.0 if even + numbers[A_FOG] <= 0.0 else 0.0)  # of the sky
    lane = np.empty(LANES)  # optical depths
    away = np.empty(2 * LANES, np.float32)  # distances, shares of light that are left
    known = np.empty(2 * LANES, np.int32)  # instances, classes
    # Flattened, so that the compiler knows how far apart rows lie.
    way, instances, semantics, depths, shares = (
        direction.reshape(-1),
        instance.reshape(-1),
        semantic.reshape(-1),
        depth_m.reshape(-1),
        transmittance.reshape(-1),
    )
    for tile in range(start, stop):
        first = np.uintp(tile * LANES)
        top = (tile // tiles_across) * 8
        left = (tile % tiles_across) * 8
        for k in range(LANES):
            r = first + np.uintp(k)
            dx = way[np.uintp(3) * r]
            dy = way[np.uintp(3) * r + np.uintp(1)]
            dz = way[np.uintp(3) * r + np.uintp(2)]
            lane[k] = float(range_m[r] * math.sqrt(dx * dx + dy * dy + dz * dz)) * even
        if foggy:
            for k in range(LANES):
                r = first + np.uintp(k)
                dx = way[np.uintp(3) * r]
                dy = way[np.uintp(3) * r + np.uintp(1)]
                dz = way[np.uintp(3) * r + np.uintp(2)]
                t = range_m[r]
                length = t * math.sqrt(dx * dx + dy * dy + dz * dz)
                if triangle[r] >= 0:
                    lane[k] = optical_depth(eye, eye + t * dz, length, numbers)
        for k in range(LANES):
            r = first + np.uintp(k)
            met = triangle[r] >= 0
            away[k] = range_m[r] if met else np.float32(np.inf)
            left_over = np.float32(dimmed(lane[k]))
            away[LANES + k] = left_over if met else behind
        last = holder = np.int32(-1)
        who = np.int32(0)
        what = np.int32(sky_semantic)
        for k in range(LANES):
            r = first + np.uintp(k)
            hit = triangle[r]
            part = placement[r]
            if hit != last or part != holder:  # neighbours mostly meet the same triangle
                last = hit
                holder = part
                if hit >= 0:
                    own = own_instance[hit]
                    who = np.int32(own if own != 0 else placement_instance[part])
                    what = np.int32(own_semantic[hit])
                else:
                    who = np.int32(0)
                    what = np.int32(sky_semantic)
            known[k] = who
            known[LANES + k] = what
        for row in range(min(8, height - top)):
            at = np.uintp((top + row) * width + left)
            k = np.uintp(8 * row)
            if left + 8 <= width:
                put_row(at, k, 8, known, away, instances, semantics, depths, shares)
            else:
                put_row(at, k, width - left, known, away, instances, semantics, depths, shares)


@inner_kernel
def put_row(at, first, count, known, away, instances, semantics, depths, shares):
    """Write `count` pixels from `at` on, which a tile's row holds from `first` on."""
    for q in range(count):
        instances[at + np.uintp(q)] = known[first + np.uintp(q)]
    for q in range(count):
        semantics[at + np.uintp(q)] = known[first + np.uintp(LANES + q)]
    for q in range(count):
        depths[at + np.uintp(q)] = away[first + np.uintp(q)]
    for q in range(count):
        shares[at + np.uintp(q)] = away[first + np.uintp(LANES + q)]


@inner_kernel
def dimmed(depth: float) -> float:
    """exp(-depth) of depths from 0 to 700, farther ones as 700, within 2^-52 of it: the library's is no vector.

    2^-n is put together from its bits; what is left is below ln(2) / 2, for which Taylor's polynomial of thirteen terms
    is exact (Cody and Waite 1980).  Twin: math.exp.
    """
    x = min(depth, 700.0)
    n = np.rint(x * 1.4426950408889634)
    # ln(2) in two parts, of which the first has no digits that times n would be lost.
    f = n * 1.90821492927058770002e-10 - (x - n * 6.93147180369123816490e-01)
    part = 1.0 / 479001600.0 + f * (1.0 / 6227020800.0)
    part = 1.0 / 39916800.0 + f * part
    part = 1.0 / 3628800.0 + f * part
    part = 1.0 / 362880.0 + f * part
    part = 1.0 / 40320.0 + f * part
    part = 1.0 / 5040.0 + f * part
    part = 1.0 / 720.0 + f * part
    part = 1.0 / 120.0 + f * part
    part = 1.0 / 24.0 + f * part
    part = 1.0 / 6.0 + f * part
    part = 0.5 + f * part
    part = 1.0 + f * (1.0 + f * part)
    return part * np.int64(np.int64(1023 - np.int32(n)) << 52).view(np.float64)


@kernel
def rounded(start, stop, share, steps):
    """Round rows [start, stop) of shares (H, W) to whole `steps` of 1, in place."""
    for y in range(start, stop):
        row = share[y]
        for x in range(row.shape[0]):
            row[x] = np.rint(row[x] * steps) / steps


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
def light_between(street, x, y, shown):
    """Light of the air before a pixel as a share of that in the open: bilinear in `street`, of `fog_light`."""
    rows = street.shape[0]
    columns = street.shape[1]
    x = min(max(x - F(0.5), F(0)), F(columns - 1))
    y = min(max(y - F(0.5), F(0)), F(rows - 1))
    z = min(max(shown * F(FOG_STEPS / FOG_REACH) - F(1), F(0)), F(FOG_STEPS - 1))
    j = min(int(x), max(columns - 2, 0))
    i = min(int(y), max(rows - 2, 0))
    k = min(int(z), FOG_STEPS - 2)
    fx = x - F(j)
    fy = y - F(i)
    fz = z - F(k)
    share = F(0)
    for b in range(2):
        for a in range(2):
            w = (fx if a else F(1) - fx) * (fy if b else F(1) - fy)
            if w > F(0):
                share += w * (street[i + b, j + a, k] * (F(1) - fz) + street[i + b, j + a, k + 1] * fz)
    return share


@fast_kernel
def veil(start, stop, direction, range_m, triangle, numbers, air, street, per_cell, tiles_across, radiance):
    """Koschmieder's law on the radiance of rays [start, stop): L exp(-tau) + L_air (1 - exp(-tau)).

    Sky rays cross the fog up to where it ends; rain and haze are already in the sky's own look.  Drops and flakes that
    are drawn one by one (A_DRAWN of optical depth, within about A_DRAWN_M) are not counted again.  In tiles of a picture
    `street` (rows, columns, FOG_STEPS) tells how dark the air is between houses, in cells of `per_cell` to a pixel.
    """
    walled = street.shape[0] > 0
    eye = numbers[A_EYE_M]
    foggy = numbers[A_FOG] > 0.0
    even = F(numbers[A_EVEN])
    drawn = F(numbers[A_DRAWN])
    drawn_per_m = F(1.0 / max(numbers[A_DRAWN_M], 1e-3))
    ways = direction.reshape(-1)
    light = radiance.reshape(-1)
    lane = np.zeros(ROWS * LANES, np.float32)
    columns = air.shape[0] + 1
    # Reds, greens and blues, each time the first once more behind the last; of the number behind all nothing is taken.
    colour = np.zeros(3 * columns + 1, np.float32)
    for k in range(columns):
        for c in range(3):
            colour[c * columns + k] = air[k if k < air.shape[0] else 0, c]
    for first in range(start, stop, LANES):
        count = min(LANES, stop - first)
        for k in range(count):
            r = np.uintp(first + k)
            lane[X + k] = ways[np.uintp(3) * r]
            lane[Y + k] = ways[np.uintp(3) * r + np.uintp(1)]
            lane[Z + k] = ways[np.uintp(3) * r + np.uintp(2)]
            lane[FAR + k] = range_m[r] if triangle[r] >= 0 else F(0)
        for k in range(LANES):
            x = lane[X + k]
            y = lane[Y + k]
            z = lane[Z + k]
            length = math.sqrt(x * x + y * y + z * z)
            lane[LENGTH + k] = length
            lane[FAR + k] *= length
            lane[DEPTH + k] = even * lane[FAR + k]
            # Columns of the horizon's light lie half a column off.
            u = turn(y, x) * F(air.shape[0]) - F(0.5)
            lane[COLUMN + k] = u if u >= F(0) else u + F(air.shape[0])
        if foggy:
            for k in range(count):
                r = first + k
                z = lane[Z + k]
                if triangle[r] >= 0:
                    rise = eye + range_m[r] * z
                    lane[DEPTH + k] = F(optical_depth(eye, rise, lane[FAR + k], numbers))
                else:
                    length = lane[LENGTH + k]
                    above = max(numbers[A_LAYER_M] - eye, 0.0)
                    lane[DEPTH + k] = F(numbers[A_FOG] * above * length / max(float(z), 1e-4 * length))
        if drawn > F(0):
            for k in range(LANES):  # nothing for the sky, whose distance is 0
                less = drawn * (F(1) - fading(lane[FAR + k] * drawn_per_m))
                lane[DEPTH + k] = max(lane[DEPTH + k] - less, F(0))
        for k in range(LANES):
            through = fading(lane[DEPTH + k])
            lane[THROUGH + k] = through
            above = max(F(1) + F(FOG_RISE) * lane[Z + k] / lane[LENGTH + k], F(FOG_BELOW))
            lane[REST + k] = (F(1) - through) * (above if foggy else F(1))
        if walled:
            for k in range(count):
                r = first + k
                tile = r // 64
                x = (F(tile % tiles_across * 8 + r % 8) + F(0.5)) * per_cell[0]
                y = (F(tile // tiles_across * 8 + r % 64 // 8) + F(0.5)) * per_cell[1]
                lane[REST + k] *= light_between(street, x, y, F(1) - lane[THROUGH + k])
        for k in range(0, LANES, COUNT):
            u = load(lane, np.uintp(COLUMN + k))
            j = whole(u)
            for c in range(3):
                store(lane, np.uintp(HUE + c * LANES + k), between(colour, j + F(c * columns), u - j))
        for k in range(count):
            through = lane[THROUGH + k]
            rest = lane[REST + k]
            at = np.uintp(3) * (np.uintp(first) + np.uintp(k))
            light[at] = light[at] * through + lane[HUE + k] * rest
            light[at + np.uintp(1)] = light[at + np.uintp(1)] * through + lane[HUE + LANES + k] * rest
            light[at + np.uintp(2)] = light[at + np.uintp(2)] * through + lane[HUE + 2 * LANES + k] * rest
