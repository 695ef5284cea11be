"""Drops on a pane of glass: how they merge, slide and refract.  Renderers floor, arrays only."""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from renderers.kernels.drawn_up import BLOCK, COLUMNS, hold_rows, row_between, take_between
from sim.kernels.jit import fast_kernel, kernel
from sim.kernels.random import uniform01

F = np.float32
# Rows of a block of pixels behind glass: their light, that of the film and its share, that of drops and what they hide.
(RED, GREEN, BLUE, FILM, FILM_SHARE, DROPS, COVER, ROOM) = (n * BLOCK for n in (0, 1, 2, 3, 6, 7, 10, 11))
WATER = 1.333  # index of refraction
# Columns of a drop on the glass: place along and up the pane, radius of its foot, sine of its contact angle, when it
# came, when something takes it away, m and s.
(D_A, D_B, D_RADIUS, D_SINE, D_BORN, D_GONE, D_COLUMNS) = range(7)
# Columns of a drop in the picture: centre px; glass from pixels (2 x 2), m/px; radius of its foot and of the pupil on
# the glass, m; of the disc of confusion, px; sine of the contact angle; direction inside the water; share of ice;
# two waves of its outline.
(I_U, I_V, I_AU, I_AV, I_BU, I_BV, I_RADIUS, I_PUPIL, I_DISC, I_SINE, I_X, I_Y, I_Z, I_WHITE) = range(14)
(I_WAVE2, I_TURN2, I_WAVE3, I_TURN3, I_NX, I_NY, I_NZ, I_AX, I_AY, I_AZ, I_BX, I_BY, I_BZ, I_COLUMNS) = range(
    14, 28
)
TOUCH = 0.85  # of the sum of two radii: nearer drops flow together
TRAIL_M = 5e-3  # a sliding drop leaves a bead about so often
WIGGLE_M = 1.2e-3  # by which it leaves its straight way
SLOWEST_MPS, FASTEST_MPS = 0.015, 0.09  # of drops that slide
MOST_BEADS = 40
ENV_REACH = (
    1.5  # half the side of a picture of the surroundings, in stereographic units: 112 degrees off the axis
)


@kernel
def cap_volume(radius, sine):
    """Volume of a spherical cap over the radius of its foot and the sine of its contact angle (below 90 degrees)."""
    c = math.sqrt(1.0 - sine * sine)
    return math.pi * radius**3 * (2.0 - 3.0 * c + c**3) / (3.0 * sine**3)


@kernel
def settle(births, now, pull_a, pull_b, slide_m, low_a, low_b, cell_m, across, down, seed, out):
    """Let drops (N, D_COLUMNS, in the order of their birth) come down one by one until `now`; returns rows of `out`.

    Each flows together with drops that it touches; who grows beyond `slide_m` slides along the pull (unit vector in the
    plane), takes with it whoever is in its way and leaves beads behind.  `out` has room for births and beads.
    """
    count = births.shape[0]
    head = np.full(across * down, -1, np.int64)
    following = np.full(count, -1, np.int64)
    sliders = np.empty(count, np.int64)
    sliding = 0
    at_work = np.empty(count, np.int64)  # those that have not left the pane
    active = 0
    farthest = cell_m * math.hypot(across, down)
    slid_from = np.full(count, np.inf)
    speed = np.zeros(count)
    volume = np.empty(count)
    for i in range(count):
        for c in range(D_COLUMNS):
            out[i, c] = births[i, c]
        volume[i] = cap_volume(out[i, D_RADIUS], out[i, D_SINE])
        when = out[i, D_BORN]
        grown = i
        # Merging makes a drop grow, which may make it touch another: a few times at most.
        for _ in range(4):
            met = -1
            cx = min(max(int((out[grown, D_A] - low_a) / cell_m), 0), across - 1)
            cy = min(max(int((out[grown, D_B] - low_b) / cell_m), 0), down - 1)
            best = np.inf
            for y in range(max(cy - 1, 0), min(cy + 2, down)):
                for x in range(max(cx - 1, 0), min(cx + 2, across)):
                    j = head[y * across + x]
                    while j >= 0:
                        if j != grown and out[j, D_GONE] > when and slid_from[j] == np.inf:
                            away = math.hypot(out[j, D_A] - out[grown, D_A], out[j, D_B] - out[grown, D_B])
                            away /= out[j, D_RADIUS] + out[grown, D_RADIUS]
                            if away < TOUCH and away < best:
                                best = away
                                met = j
                        j = following[j]
            if met < 0:
                break
            keep = met if volume[met] >= volume[grown] else grown
            lose = grown if keep == met else met
            share = volume[lose] / (volume[lose] + volume[keep])
            out[keep, D_A] += share * (out[lose, D_A] - out[keep, D_A])
            out[keep, D_B] += share * (out[lose, D_B] - out[keep, D_B])
            volume[keep] += volume[lose]
            out[keep, D_RADIUS] *= (1.0 / (1.0 - share)) ** (1.0 / 3.0)
            out[lose, D_GONE] = min(out[lose, D_GONE], when)
            if (keep == i and lose != i) or (grown == i and keep != i):
                grown = keep
        if out[i, D_GONE] > when:
            cx = min(max(int((out[i, D_A] - low_a) / cell_m), 0), across - 1)
            cy = min(max(int((out[i, D_B] - low_b) / cell_m), 0), down - 1)
            following[i] = head[cy * across + cx]
            head[cy * across + cx] = i
            k = 0
            while k < active:
                s = at_work[k]
                if (when - slid_from[s]) * speed[s] > farthest:
                    active -= 1
                    at_work[k] = at_work[active]
                    continue
                if s != i:
                    sweep(out, i, s, slid_from[s], speed[s], pull_a, pull_b, seed)
                k += 1
        if out[grown, D_RADIUS] > slide_m and slid_from[grown] == np.inf:
            slid_from[grown] = when
            speed[grown] = SLOWEST_MPS + (FASTEST_MPS - SLOWEST_MPS) * uniform01(seed, grown, 1)
            sliders[sliding] = grown
            sliding += 1
            at_work[active] = grown
            active += 1
            for j in range(i + 1):
                if j != grown and out[j, D_GONE] > when:
                    sweep(out, j, grown, when, speed[grown], pull_a, pull_b, seed)
    rows = count
    for k in range(sliding):
        s = sliders[k]
        way = (min(now, out[s, D_GONE]) - slid_from[s]) * speed[s]
        for bead in range(min(int(way / TRAIL_M), MOST_BEADS)):
            along = (bead + uniform01(seed, s, 2 + bead)) * TRAIL_M
            if rows == out.shape[0] or along > way - 2.0 * out[s, D_RADIUS]:
                break
            lateral = wiggle(seed, s, along)
            for c in range(D_COLUMNS):
                out[rows, c] = out[s, c]
            out[rows, D_A] += along * pull_a - lateral * pull_b
            out[rows, D_B] += along * pull_b + lateral * pull_a
            out[rows, D_RADIUS] = (0.12 + 0.16 * uniform01(seed, s, 60 + bead)) * out[s, D_RADIUS]
            out[rows, D_BORN] = slid_from[s] + along / speed[s]
            rows += 1
        lateral = wiggle(seed, s, way)
        out[s, D_A] += way * pull_a - lateral * pull_b
        out[s, D_B] += way * pull_b + lateral * pull_a
    return rows


@kernel
def wiggle(seed, drop, along):
    """How far aside a sliding drop is after so much of its way, m."""
    first = 2.0 * math.pi * uniform01(seed, drop, 120)
    second = 2.0 * math.pi * uniform01(seed, drop, 121)
    swing = math.sin(along / 3.1e-3 + first) + math.sin(along / 7.7e-3 + second)
    return WIGGLE_M * (swing - math.sin(first) - math.sin(second))


@kernel
def sweep(out, drop, slider, begin, speed, pull_a, pull_b, seed):
    """Let a drop be gone from when a sliding one passes over it."""
    da = out[drop, D_A] - out[slider, D_A]
    db = out[drop, D_B] - out[slider, D_B]
    along = da * pull_a + db * pull_b
    if along <= 0.0:
        return
    aside = db * pull_a - da * pull_b
    reach = out[slider, D_RADIUS] + 0.5 * out[drop, D_RADIUS]
    if abs(aside) > reach + 4.0 * WIGGLE_M:
        return
    if abs(aside - wiggle(seed, slider, along)) < reach:
        passes = begin + along / speed
        if passes > out[drop, D_BORN] and passes < out[slider, D_GONE]:
            out[drop, D_GONE] = min(out[drop, D_GONE], passes)


@fast_kernel
def look_around(env, x, y, z, channel_sum, weight):
    """Add what the surroundings send from a direction of the camera's frame to `channel_sum` (3,), times a weight."""
    side = env.shape[0]
    scale = F(1) / max(F(1) + z, F(0.05))
    u = (x * scale / F(ENV_REACH) + F(1)) * F(0.5) * F(side) - F(0.5)
    v = (y * scale / F(ENV_REACH) + F(1)) * F(0.5) * F(side) - F(0.5)
    u = min(max(u, F(0)), F(side) - F(1.001))
    v = min(max(v, F(0)), F(side) - F(1.001))
    i = int(v)
    j = int(u)
    fv = v - F(i)
    fu = u - F(j)
    for c in range(3):
        top = env[i, j, c] + (env[i, j + 1, c] - env[i, j, c]) * fu
        low = env[i + 1, j, c] + (env[i + 1, j + 1, c] - env[i + 1, j, c]) * fu
        channel_sum[c] += weight * (top + (low - top) * fv)


@fast_kernel
def refracted(drop, env, dim, offset_a, offset_b, channel_sum, weight):
    """Add the light that a drop sends to the lens from a point of its foot (m from its middle), times a weight.

    The ray inside the water meets the cap's surface, whose normal leans outwards by asin(sine * offset / radius); it is
    refracted there or, beyond the critical angle, thrown back into the dark behind the glass.
    """
    lean = drop[I_SINE] / drop[I_RADIUS]
    sa = offset_a * lean
    sb = offset_b * lean
    sn = math.sqrt(max(F(1) - sa * sa - sb * sb, F(0.01)))
    nx = sn * drop[I_NX] + sa * drop[I_AX] + sb * drop[I_BX]
    ny = sn * drop[I_NY] + sa * drop[I_AY] + sb * drop[I_BY]
    nz = sn * drop[I_NZ] + sa * drop[I_AZ] + sb * drop[I_BZ]
    ci = drop[I_X] * nx + drop[I_Y] * ny + drop[I_Z] * nz
    k = F(1) - F(WATER * WATER) * (F(1) - ci * ci)
    if k <= F(0) or ci <= F(0):
        for c in range(3):
            channel_sum[c] += weight * dim[c]
        return
    ct = math.sqrt(k)
    swing = ct - F(WATER) * ci
    rs = (F(WATER) * ci - ct) / (F(WATER) * ci + ct)
    rp = (ci - F(WATER) * ct) / (ci + F(WATER) * ct)
    lost = F(0.5) * (rs * rs + rp * rp)
    look_around(
        env,
        F(WATER) * drop[I_X] + swing * nx,
        F(WATER) * drop[I_Y] + swing * ny,
        F(WATER) * drop[I_Z] + swing * nz,
        channel_sum,
        weight * (F(1) - lost),
    )
    for c in range(3):
        channel_sum[c] += weight * lost * dim[c]


@fast_kernel
def draw_drops(start, stop, drops, scale, env, dim, white, layer):
    """Lay drops (K, I_COLUMNS) over rows [start, stop) of a layer (h, w, 4): their light, and the share that they hide.

    A pixel of the layer stands for `scale` pixels of the picture.  Its light passes a disc of the glass, the pupil's
    image: what part of it a drop holds is hidden, and in its place comes the drop's own light, seen at five points of
    that part.  Drops on one pane do not overlap, so their shares add.
    """
    width = layer.shape[1]
    light = np.zeros(3, np.float32)
    middle = F(0.5) * (F(scale) - F(1))
    for k in range(drops.shape[0]):
        drop = drops[k]
        disc = drop[I_DISC]
        # Half extents of the foot in the picture, from the inverse of glass_from_pixels.
        det = drop[I_AU] * drop[I_BV] - drop[I_AV] * drop[I_BU]
        wide = drop[I_RADIUS] * math.hypot(drop[I_BV], drop[I_AV]) / abs(det) * F(1.25) + disc
        tall = drop[I_RADIUS] * math.hypot(drop[I_BU], drop[I_AU]) / abs(det) * F(1.25) + disc
        top = max(math.floor((drop[I_V] - tall - middle) / F(scale)), start)
        low = min(math.ceil((drop[I_V] + tall - middle) / F(scale)), stop - 1)
        left = max(math.floor((drop[I_U] - wide - middle) / F(scale)), 0)
        right = min(math.ceil((drop[I_U] + wide - middle) / F(scale)), width - 1)
        for y in range(top, low + 1):
            pv = F(y) * F(scale) + middle - drop[I_V]
            for x in range(left, right + 1):
                pu = F(x) * F(scale) + middle - drop[I_U]
                ga = drop[I_AU] * pu + drop[I_AV] * pv
                gb = drop[I_BU] * pu + drop[I_BV] * pv
                length = max(math.sqrt(ga * ga + gb * gb), F(1e-7))
                da = ga / length
                db = gb / length
                # cos 2t and cos 3t of the outline's angle by their polynomials.
                c2 = da * da - db * db
                s2 = F(2) * da * db
                c3 = c2 * da - s2 * db
                s3 = s2 * da + c2 * db
                radius = drop[I_RADIUS] * (
                    F(1)
                    + drop[I_WAVE2] * (c2 * drop[I_TURN2] + s2 * math.sqrt(F(1) - drop[I_TURN2] ** 2))
                    + drop[I_WAVE3] * (c3 * drop[I_TURN3] + s3 * math.sqrt(F(1) - drop[I_TURN3] ** 2))
                )
                away = math.sqrt(pu * pu + pv * pv)
                foot = away * radius / length if away > F(1e-3) else radius / math.sqrt(abs(det))
                outer = foot + disc
                if away >= outer:
                    continue
                inner = abs(foot - disc)
                most = min(F(1), foot * foot / (disc * disc))
                fade = min(max((outer - away) / max(outer - inner, F(1e-3)), F(0)), F(1))
                cover = most * fade * fade * (F(3) - F(2) * fade)
                if cover <= F(0.002):
                    continue
                # The part of the pupil's disc that lies on the drop: its middle and half its width along this radius.
                pupil = drop[I_PUPIL]
                begin = max(-radius, length - pupil)
                end = min(radius, length + pupil)
                mean = F(0.5) * (begin + end)
                half = F(0.55) * max(end - begin, F(0)) * F(0.5)
                side = F(0.55) * min(pupil, math.sqrt(max(radius * radius - mean * mean, F(0))))
                light[0] = F(0)
                light[1] = F(0)
                light[2] = F(0)
                fifth = F(0.2)
                shrink = drop[I_RADIUS] / radius
                mean *= shrink
                half *= shrink
                refracted(drop, env, dim, da * mean, db * mean, light, fifth)
                refracted(drop, env, dim, da * (mean - half), db * (mean - half), light, fifth)
                refracted(drop, env, dim, da * (mean + half), db * (mean + half), light, fifth)
                refracted(drop, env, dim, da * mean - db * side, db * mean + da * side, light, fifth)
                refracted(drop, env, dim, da * mean + db * side, db * mean - da * side, light, fifth)
                for c in range(3):
                    own = light[c] + (white[c] - light[c]) * drop[I_WHITE]
                    layer[y, x, c] += cover * own
                layer[y, x, 3] += cover


@fast_kernel
def smear_film(start, stop, image, along, taps, out):
    """Spread light to rows [start, stop) of `out` along a field of directions (h, w, 2), px a tap, of a small image.

    A film that a blade has combed bends light across its ridges: a lamp grows a tail that thins out with distance.
    """
    height = image.shape[0]
    width = image.shape[1]
    for y in range(start, stop):
        for x in range(width):
            total = F(0)
            red = F(0)
            green = F(0)
            blue = F(0)
            for k in range(-taps, taps + 1):
                u = min(max(int(F(x) + F(k) * along[y, x, 0] + F(0.5)), 0), width - 1)
                v = min(max(int(F(y) + F(k) * along[y, x, 1] + F(0.5)), 0), height - 1)
                weight = F(1) / (F(1) + F(0.35) * F(k * k))
                total += weight
                red += weight * image[v, u, 0]
                green += weight * image[v, u, 1]
                blue += weight * image[v, u, 2]
            out[y, x, 0] = red / total
            out[y, x, 1] = green / total
            out[y, x, 2] = blue / total


@fast_kernel
def look_through(start, stop, layer, scale, film, coarse, image, hidden):
    """Put the glass before rows [start, stop) of a picture, in place: first its film, then the drops on it.

    `film` (h, w, 4) is the light that takes its way and the share that does, for `coarse` pixels a cell, and `layer`
    (h, w, 4) the light of drops and the share that they hide, for `scale`; `hidden` (H, W) becomes that share.
    """
    width = image.shape[1]
    pixels = image.reshape(-1)
    shares = hidden.reshape(-1)
    per_cell = F(1) / F(coarse)
    per_drop = F(1) / F(scale)
    reach = np.uintp((width + BLOCK - 1) // BLOCK * BLOCK)
    row = np.empty(max(film.shape[1], layer.shape[1]), np.float32)
    soft = np.empty(8 * reach, np.float32)
    held = np.full(2, -1)
    drops = np.empty(8 * reach, np.float32)
    held_drops = np.full(2, -1)
    lane = np.zeros(ROOM, np.float32)
    for y in range(start, stop):
        i, between = row_between(y, per_cell, film.shape[0])
        above, below = hold_rows(film, COLUMNS, i, per_cell, reach, row, held, soft)
        i, between_drops = row_between(y, per_drop, layer.shape[0])
        above_drops, below_drops = hold_rows(layer, COLUMNS, i, per_drop, reach, row, held_drops, drops)
        for left in range(0, width, BLOCK):
            count = min(BLOCK, width - left)
            first = np.uintp(width * y + left)
            begin = np.uintp(3) * first
            for k in range(count):
                at = begin + np.uintp(3) * np.uintp(k)
                lane[RED + k] = pixels[at]
                lane[GREEN + k] = pixels[at + np.uintp(1)]
                lane[BLUE + k] = pixels[at + np.uintp(2)]
            take_between(soft, above, below, between, reach, left, lane, FILM)
            take_between(drops, above_drops, below_drops, between_drops, reach, left, lane, DROPS)
            for k in range(BLOCK):
                share = lane[FILM_SHARE + k]
                through = F(1) - lane[COVER + k]
                for c in range(0, 3 * BLOCK, BLOCK):
                    own = lane[RED + c + k]
                    own += (lane[FILM + c + k] - own) * share
                    lane[RED + c + k] = own * through + lane[DROPS + c + k]
            for k in range(count):
                at = begin + np.uintp(3) * np.uintp(k)
                pixels[at] = lane[RED + k]
                pixels[at + np.uintp(1)] = lane[GREEN + k]
                pixels[at + np.uintp(2)] = lane[BLUE + k]
            for k in range(count):
                shares[first + np.uintp(k)] = lane[COVER + k]
