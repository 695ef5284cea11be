"""The film that a blade leaves on a windscreen, and the blade itself, over coarse cells of a picture.

Renderers floor, arrays only.
"""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from sim.kernels.extremes import greater
from sim.kernels.jit import fast_kernel, kernel

F = np.float32


@kernel
def comb_film(
    start, stop, place, pivot, swing_rad, begin_s, stroke_s, seconds, most, dries_s, comb, ridge_m, soaked, tap,
    share, along,
):  # fmt: skip
    """Fill rows [start, stop) of the `share` (h, w) of light that a film spreads, and of the way `along` (h, w, 2).

    `place` (h, w, 2) is on the glass, m; strokes begin at `begin_s` (C,) and last `stroke_s`.  The film dries since the
    blade last passed (as `wiper.wiped_s` has it), in ridges by their distance from the pivot, and throws light along the
    blade's arm, `tap` (px) a step.
    """
    for y in range(start, stop):
        for x in range(place.shape[1]):
            dx = place[y, x, 0] - pivot[0]
            dy = place[y, x, 1] - pivot[1]
            distance = math.hypot(dx, dy)
            part = math.atan2(dy, dx) / swing_rad
            wiped = -np.inf
            if part > 0.0 and part < 1.0:
                turn = math.acos(1.0 - 2.0 * part) / (2.0 * math.pi)
                for k in range(begin_s.shape[0]):
                    there = begin_s[k] + turn * stroke_s[k]
                    back = begin_s[k] + (1.0 - turn) * stroke_s[k]
                    if there <= seconds:
                        wiped = max(wiped, there)
                    if back <= seconds:
                        wiped = max(wiped, back)
            at = distance / ridge_m % comb.shape[0]
            j = min(int(at), comb.shape[0] - 1)
            after = min(j + 1, comb.shape[0] - 1)
            ridge = comb[j] + (comb[after] - comb[j]) * (at - j)
            fresh = most * math.exp(-(seconds - wiped) / dries_s) * min(max(0.45 + 0.7 * ridge, 0.0), 1.0)
            share[y, x] = min(max(fresh + soaked, 0.0), 0.8)
            per_m = tap / max(distance, 1e-9)
            along[y, x, 0] = dx * per_m
            along[y, x, 1] = -dy * per_m


@kernel
def cover_blade(start, stop, place, pivot, blade_rad, way_rad, pupil_m, half_m, cover):
    """Fill rows [start, stop) of how much a blade hides (h, w): it is `half_m` to each side of its middle.

    It is out of focus by the lens's pupil, moves by `way_rad` during the exposure, and cells are wide.
    """
    height = place.shape[0]
    sine = math.sin(blade_rad)
    cosine = math.cos(blade_rad)
    for y in range(start, stop):
        above = max(y - 1, 0)
        below = min(y + 1, height - 1)
        for x in range(place.shape[1]):
            dx = place[y, x, 0] - pivot[0]
            dy = place[y, x, 1] - pivot[1]
            cell = max(
                abs(place[below, x, 0] - place[above, x, 0]), abs(place[below, x, 1] - place[above, x, 1])
            ) / max(below - above, 1)
            way = way_rad * math.hypot(dx, dy)
            soft = math.sqrt(0.25 * pupil_m * pupil_m + 0.25 * way * way + cell * cell)
            inner = abs(half_m - soft)
            outer = half_m + soft
            rises = min(max((outer - abs(dy * cosine - dx * sine)) / (outer - inner), 0.0), 1.0)
            cover[y, x] = F(min(half_m / soft, 1.0) * rises * rises * (3.0 - 2.0 * rises))


@fast_kernel
def lay_blade(start, stop, cover, own, layer):
    """Lay a blade that sends `own` (4,) over rows [start, stop) of a layer (h, w, 4), by its coarse `cover`."""
    height = layer.shape[0]
    width = layer.shape[1]
    tall = cover.shape[0]
    wide = cover.shape[1]
    down = F(tall) / F(height)
    across = F(wide) / F(width)
    row = np.empty(wide, np.float32)
    for y in range(start, stop):
        v = min(max((F(y) + F(0.5)) * down - F(0.5), F(0)), F(tall - 1))
        i = min(int(v), tall - 2)
        fv = v - F(i)
        most = F(0)
        for x in range(wide):
            row[x] = cover[i, x] + (cover[i + 1, x] - cover[i, x]) * fv
            most = greater(most, row[x])
        if most <= F(0):
            continue
        for x in range(width):
            u = min(max((F(x) + F(0.5)) * across - F(0.5), F(0)), F(wide - 1))
            j = min(int(u), wide - 2)
            share = row[j] + (row[j + 1] - row[j]) * (u - F(j))
            for c in range(4):
                layer[y, x, c] += (own[c] - layer[y, x, c]) * share


@fast_kernel
def limit_layer(start, stop, layer):
    """Hold rows [start, stop) of a layer (h, w, 4) to hiding all of the light at most."""
    for y in range(start, stop):
        for x in range(layer.shape[1]):
            over = layer[y, x, 3]
            if over > F(1):
                for c in range(4):
                    layer[y, x, c] /= over


@kernel
def surround(start, stop, rise, ground, sky, seen, inside, env):
    """Rows [start, stop) of what comes from all around (n, n, 3): `ground` and `sky` (3,), and the picture in them.

    `rise` (n, n) is how high each looks, `inside` (n, n) how much of the picture shows there, `seen` (n, n, 3) of it.
    """
    for y in range(start, stop):
        for x in range(env.shape[1]):
            share = min(max(0.5 + rise[y, x] / 0.3, 0.0), 1.0)
            for c in range(3):
                far = F(ground[c] + (sky[c] - ground[c]) * share)
                env[y, x, c] = far + (seen[y, x, c] - far) * inside[y, x]
