"""Halos: light of lamps that the air scatters into a camera.  Renderers floor, arrays only."""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from renderers.kernels.fading import fading
from renderers.kernels.lamps import (
    BEAM_ENDS,
    BEAM_PLAIN,
    BEAM_STREET,
    H_CELLS,
    H_SPAN,
    L_AX,
    L_AY,
    L_AZ,
    L_B,
    L_CD,
    L_COLUMNS,
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
)
from sim.kernels.jit import fast_inner_kernel, fast_kernel

F = np.float32
RIGHT_ANGLE = 0.5 * math.pi
FAINT_BEAM = 6.0  # times the least that shows: brighter beams get twice the steps
STEPS = (
    16  # midpoints that are asked together, as vectors; bright beams, a few degrees high, get two such blocks
)
COS, SIN, RIGHT, UP, SHARE = range(0, 5 * STEPS, STEPS)  # rows of a block
# Rows of a ray's table of lamps: the ray's way along and beside each, between which angles its light falls on the ray,
# and what would come of it if it shone its brightest all the way.
ALONG, AWAY, LOW, HIGH, BOUND, ROWS = range(6)


@fast_inner_kernel
def arc(x):
    """atan(x) within 1e-5: Abramowitz and Stegun 4.4.47, without a call or a branch."""
    far = abs(x) > F(1)
    a = F(1) / x if far else x
    s = a * a
    r = a * (F(0.9998660) + s * (F(-0.3302995) + s * (F(0.1801410) + s * (F(-0.0851330) + s * F(0.0208351)))))
    quarter = F(RIGHT_ANGLE) if x > F(0) else F(-RIGHT_ANGLE)
    return quarter - r if far else r


@fast_inner_kernel
def arc_of_cosine(x):
    """acos(x) for 0 <= x <= 1 within 7e-5: Abramowitz and Stegun 4.4.45."""
    return math.sqrt(max(F(1) - x, F(0))) * (
        F(1.5707288) + x * (F(-0.2121144) + x * (F(0.0742610) - x * F(0.0187293)))
    )


@fast_inner_kernel
def sine_of(x):
    """sin(x) for angles up to a right one, within 4e-6."""
    s = x * x
    return x * (F(1) - s * (F(1 / 6) - s * (F(1 / 120) - s * (F(1 / 5040) - s * F(1 / 362880)))))


@fast_inner_kernel
def sent_from(angle, along, away, extinction_per_m, g):
    """Phase times transmission of a lamp's light that is scattered at an angle of the ray, as seen from the lamp."""
    sine = sine_of(angle)
    cosine = math.sqrt(max(F(1) - sine * sine, F(1e-8)))
    base = F(1) + g * g + F(2) * g * sine
    phase = (F(1) - g * g) / (F(12.566371) * base * math.sqrt(base))
    return phase * fading(extinction_per_m * max(along + away * (F(1) + sine) / cosine, F(0)))


@fast_inner_kernel
def weigh_lamps(dx, dy, dz, end, lamps, total, extinction_per_m, g, row):
    """Fill the rows of a ray's table for lamps whose columns lie one after another in `lamps`.

    A lamp lights the part of the ray where its axis is near enough; phase and transmission fall along it, so
    that Simpson's rule over three places is no less than what comes of it.
    """
    for k in range(total):
        x = lamps[L_X * total + k]
        y = lamps[L_Y * total + k]
        z = lamps[L_Z * total + k]
        along = dx * x + dy * y + dz * z
        away = math.sqrt(max(x * x + y * y + z * z - along * along, F(0.01)))
        per_away = F(1) / away
        low = arc(-along * per_away)
        high = arc((end - along) * per_away)
        ax = lamps[L_AX * total + k]
        ay = lamps[L_AY * total + k]
        az = lamps[L_AZ * total + k]
        # From the lamp a point of the ray lies towards cos(angle) p + sin(angle) d, with p square to the ray.
        ahead_d = ax * dx + ay * dy + az * dz
        ahead_p = (ahead_d * along - ax * x - ay * y - az * z) * per_away
        reach = math.sqrt(ahead_p * ahead_p + ahead_d * ahead_d)
        kind = lamps[L_KIND * total + k]
        dimmest = F(BEAM_ENDS) if kind < F(BEAM_STREET) else F(0)
        middle = arc(ahead_d / (ahead_p if abs(ahead_p) > F(1e-6) else F(1e-6)))
        middle += (F(2 * RIGHT_ANGLE) if ahead_d >= F(0) else F(-2 * RIGHT_ANGLE)) if ahead_p < F(0) else F(0)
        half = arc_of_cosine(min(dimmest / max(reach, F(1e-6)), F(1)))
        low = max(low, middle - half)
        high = min(high, middle + half)
        between = max(high - low, F(0)) if reach > dimmest else F(0)
        at = F(0.5) * (low + high)
        sent = (
            sent_from(low, along, away, extinction_per_m, g)
            + F(4) * sent_from(at, along, away, extinction_per_m, g)
            + sent_from(high, along, away, extinction_per_m, g)
        )
        # The axis is nearest at its own angle, or at that end of the part which is nearer to it.
        off = max(low - middle, middle - high, F(0))
        nearest = reach * sine_of(F(RIGHT_ANGLE) - min(off, F(RIGHT_ANGLE)))
        edge = min(max((nearest - F(0.05)) * F(1.6), F(0)), F(1))
        share = nearest if kind >= F(BEAM_PLAIN) else F(1.17) * edge * edge
        share = share if kind >= F(BEAM_STREET) else F(1)
        row[ALONG * total + k] = along
        row[AWAY * total + k] = away
        row[LOW * total + k] = low
        row[HIGH * total + k] = high
        row[BOUND * total + k] = (
            sent * F(1 / 6) * between * share * lamps[L_CD * total + k] * extinction_per_m * per_away
        )


@fast_inner_kernel
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


@fast_inner_kernel
def scattered(
    kind, tables, ahead_p, ahead_d, right_p, right_d, up_p, up_d, middle_c, middle_s, at, step, along, away,
    extinction_per_m, g, lane,
):  # fmt: skip
    """Sum over STEPS midpoints of a ray of what a lamp sends there, times phase and extinction.

    Midpoints lie at angles `at` + 0, 1, 2 .. steps from a middle whose cosine and sine are given.  Short loops over
    rows of `lane`, with what is looked up in one of its own: the others become vectors.
    """
    for n in range(STEPS):
        e = (at + F(np.int32(n))) * step
        s = e * e
        sine = e * (F(1) - s * (F(1 / 6) - s * (F(1 / 120) - s * (F(1 / 5040) - s * F(1 / 362880)))))
        cosine = F(1) - s * (
            F(1 / 2) - s * (F(1 / 24) - s * (F(1 / 720) - s * (F(1 / 40320) - s * F(1 / 3628800))))
        )
        lane[COS + n] = middle_c * cosine - middle_s * sine
        lane[SIN + n] = middle_s * cosine + middle_c * sine
    if kind < BEAM_STREET:
        for n in range(STEPS):
            ahead = ahead_p * lane[COS + n] + ahead_d * lane[SIN + n]
            a = (right_p * lane[COS + n] + right_d * lane[SIN + n]) / max(ahead, F(BEAM_ENDS))
            a = (a + F(H_SPAN)) * F((H_CELLS - 1) / (2 * H_SPAN))
            b = up_p * lane[COS + n] + up_d * lane[SIN + n]
            b = (b + F(V_SPAN)) * F((V_CELLS - 1) / (2 * V_SPAN))
            lane[RIGHT + n] = min(max(a + F(0.5), F(0)), F(H_CELLS - 0.51))
            lane[UP + n] = min(max(b + F(0.5), F(0)), F(V_CELLS - 0.51))
            # Soft beams end in nothing, and so does what is clamped to their ends.
            lane[SHARE + n] = F(1) if ahead >= F(BEAM_ENDS) else F(0)
        for n in range(STEPS):
            if lane[SHARE + n] > F(0):
                # Soft beams hardly change from cell to cell: the nearest will do.
                lane[SHARE + n] = tables[kind, int(lane[UP + n]), int(lane[RIGHT + n])]
    elif kind == BEAM_STREET:
        for n in range(STEPS):
            ahead = ahead_p * lane[COS + n] + ahead_d * lane[SIN + n]
            wing = min(F(1) / (ahead * ahead + F(0.05)), F(2.6))
            edge = min(max((ahead - F(0.05)) * F(1.6), F(0)), F(1))
            lane[SHARE + n] = wing * edge * edge * F(0.45)
    else:
        for n in range(STEPS):
            lane[SHARE + n] = max(ahead_p * lane[COS + n] + ahead_d * lane[SIN + n], F(0))
    total = F(0)
    for n in range(STEPS):  # a loop of the sum alone would be unrolled into one chain of additions
        far = max(away / max(lane[COS + n], F(1e-6)), F(0.1))
        base = F(1) + g * g + F(2) * g * lane[SIN + n]
        phase = (F(1) - g * g) / (F(12.566371) * base * math.sqrt(base))
        way = max(along + far * lane[SIN + n] + far, F(0))
        total += lane[SHARE + n] * phase * fading(extinction_per_m * way)
    return total


@fast_kernel
def halos(start, stop, direction, reach_m, lamps, tables, brightest, extinction_per_m, g, least, glow):
    """Light of lamps scattered once towards the eye by the air along rays [start, stop), added up in `glow`.

    Equiangular sampling (Kulla and Fajardo 2012) about each lamp takes the 1 / d^2 out of the integral, so a few
    midpoints are enough.  `direction` is unit, `reach_m` ends each ray; what cannot show `least` cd/m2 is left out, of
    beams by their `brightest` (see lens.brightest_heights).
    """
    lane = np.empty(5 * STEPS, np.float32)
    count = lamps.shape[0]
    total = -(-count // STEPS) * STEPS  # whole vectors; lamps beyond the last give nothing
    row = np.empty(ROWS * total, np.float32)
    packed = np.zeros(L_COLUMNS * total, np.float32)
    for k in range(count):
        for c in range(L_COLUMNS):
            packed[c * total + k] = lamps[k, c]
        if lamps[k, L_KIND] < BEAM_STREET:  # the tables hold candelas
            kind = int(lamps[k, L_KIND])
            packed[L_CD * total + k] *= brightest[kind, int(brightest[kind, V_CELLS])]
    for r in range(start, stop):
        dx = direction[r, 0]
        dy = direction[r, 1]
        dz = direction[r, 2]
        weigh_lamps(dx, dy, dz, reach_m[r], packed, total, extinction_per_m, g, row)
        red = F(0)
        green = F(0)
        blue = F(0)
        for which in range(count):
            bound = row[BOUND * total + which]
            if bound < least:
                continue
            along = row[ALONG * total + which]
            away = row[AWAY * total + which]
            low = row[LOW * total + which]
            high = row[HIGH * total + which]
            kind = int(lamps[which, L_KIND])
            ax = lamps[which, L_AX]
            ay = lamps[which, L_AY]
            az = lamps[which, L_AZ]
            ux = lamps[which, L_UX]
            uy = lamps[which, L_UY]
            uz = lamps[which, L_UZ]
            # Where a point of the ray lies in the lamp's own frame is as simple as where it lies, and how far off too.
            px = (dx * along - lamps[which, L_X]) / away
            py = (dy * along - lamps[which, L_Y]) / away
            pz = (dz * along - lamps[which, L_Z]) / away
            up_p = ux * px + uy * py + uz * pz
            up_d = ux * dx + uy * dy + uz * dz
            blocks = 1
            if kind < BEAM_STREET:
                # A headlamp's light is flat: most rays pass above or below nearly all of it.
                low_s = sine_of(low)
                low_c = math.sqrt(max(F(1) - low_s * low_s, F(0)))
                high_s = sine_of(high)
                high_c = math.sqrt(max(F(1) - high_s * high_s, F(0)))
                shown = bound / brightest[kind, int(brightest[kind, V_CELLS])]
                shown *= highest(brightest, kind, up_p, up_d, low_c, low_s, high_c, high_s)
                if shown < least:
                    continue
                blocks = 2 if shown > F(FAINT_BEAM) * least else 1
            rx = ay * uz - az * uy
            ry = az * ux - ax * uz
            rz = ax * uy - ay * ux
            # From the middle of the ray's part no step is further than a right angle: Taylor's series will do.
            middle = F(0.5) * (low + high)
            middle_s = sine_of(middle)
            middle_c = math.sqrt(max(F(1) - middle_s * middle_s, F(0)))
            step = (high - low) / F(blocks * STEPS)
            sum_of = F(0)
            for block in range(blocks):
                at = F(block * STEPS) + F(0.5) - F(0.5) * F(blocks * STEPS)
                sum_of += scattered(
                    kind, tables,
                    ax * px + ay * py + az * pz, ax * dx + ay * dy + az * dz,
                    rx * px + ry * py + rz * pz, rx * dx + ry * dy + rz * dz,
                    up_p, up_d, middle_c, middle_s, at, step, along, away, extinction_per_m, g, lane,
                )  # fmt: skip
            sum_of *= lamps[which, L_CD] * extinction_per_m * step / away
            red += sum_of * lamps[which, L_R]
            green += sum_of * lamps[which, L_G]
            blue += sum_of * lamps[which, L_B]
        glow[r, 0] = red
        glow[r, 1] = green
        glow[r, 2] = blue
