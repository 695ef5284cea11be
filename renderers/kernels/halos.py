"""Halos: light of lamps that the air scatters into a camera.  Renderers floor, arrays only.

Sixteen rays beside each other are asked together about one lamp after the other: they mostly see the same ones.
"""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from renderers.kernels.fading import dimming
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
from sim.kernels.lines import on_lines
from sim.kernels.loose_sixteen import (
    COUNT,
    any_above,
    any_not_below,
    load,
    picked,
    store,
    where,
    whole,
)

F = np.float32
U = np.uintp
RIGHT_ANGLE = 0.5 * math.pi
FAINT_BEAM = 6.0  # times the least that shows: brighter beams get twice the steps
STEPS = 16  # midpoints that are asked about; of bright beams, a few degrees high, twice as many
STREET_MOST = 1.17  # the most that a street lamp's beam sends of its candelas
# Rows of sixteen rays: where they look and end, what they see.
(DX, DY, DZ, END, RED, GREEN, BLUE) = range(0, 7 * COUNT, COUNT)
ROWS = 7


@fast_inner_kernel
def arc(x):
    """atan(x) within 1e-5: Abramowitz and Stegun 4.4.47, without a call or a branch."""
    size = abs(x)
    a = where(size, F(1), x, F(1) / x)
    s = a * a
    r = a * (F(0.9998660) + s * (F(-0.3302995) + s * (F(0.1801410) + s * (F(-0.0851330) + s * F(0.0208351)))))
    return where(size, F(1), r, where(x, F(0), F(-RIGHT_ANGLE) - r, F(RIGHT_ANGLE) - r))


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
def cosine_of(sine):
    """The cosine of an angle up to a right one."""
    return math.sqrt(max(F(1) - sine * sine, F(1e-8)))


@fast_inner_kernel
def sent_from(sine, cosine, along, away, extinction_per_m, g):
    """Phase times transmission of a lamp's light that is scattered at an angle of the ray, as seen from the lamp.

    Phase is Henyey and Greenstein's, of asymmetry `g`, but for its factor (1 - g^2) / 4 pi.
    """
    base = F(1) + g * g + F(2) * g * sine
    way = max(along + away * (F(1) + sine) / cosine, F(0))
    return dimming(extinction_per_m * way) / (base * math.sqrt(base))


@fast_inner_kernel
def can_show(along, away2, end, brightness, g):
    """Whether any ray may show a lamp that shone its `brightness` over the whole way, through clear air.

    `brightness` is in units of the least that shows.  All angles of a ray are seen under less than pi times half the
    chord between its ends, and phase falls along it.
    """
    begin2 = along * along + away2
    rest = end - along
    scale = F(1) / math.sqrt(begin2 * (rest * rest + away2))
    angle2 = F(2.01 * RIGHT_ANGLE**2) * max(F(1) - (away2 - along * rest) * scale, F(0))
    base = F(1) + g * g - F(2) * g * along / math.sqrt(begin2)
    return any_above(angle2 * (brightness * brightness), base * base * base * away2)


@fast_inner_kernel
def highest(brightest, kind, across, along, low_c, low_s, high_c, high_s):
    """The most that a lamp sends at the heights that `across` cos + `along` sin takes between two angles.

    `brightest` (kinds * (V_CELLS + 1),) rises up to the beam's brightest height and falls beyond it.
    """
    a = across * low_c + along * low_s
    b = across * high_c + along * high_s
    most = math.sqrt(across * across + along * along)
    rising = along * low_c - across * low_s
    later = along * high_c - across * high_s
    top = where(rising, F(0), max(a, b), where(F(0), later, max(a, b), most))
    bottom = where(F(0), rising, min(a, b), where(later, F(0), min(a, b), F(0) - most))
    first = whole((bottom + F(V_SPAN)) * F((V_CELLS - 1) / (2 * V_SPAN)))
    last = whole((top + F(V_SPAN)) * F((V_CELLS - 1) / (2 * V_SPAN))) + F(1)
    row = kind * (V_CELLS + 1)
    peak = int(brightest[row + V_CELLS])
    lower, upper = min(max(first, F(0)), F(V_CELLS - 1)), max(min(last, F(V_CELLS - 1)), F(0))
    ends = max(picked(brightest, lower + F(row)), picked(brightest, upper + F(row)))
    found = where(lower + F(1), F(peak), where(F(peak + 1), upper, brightest[row + peak], ends), ends)
    return where(F(0), last, where(first, F(V_CELLS - 1), found, F(0)), F(0))


@fast_inner_kernel
def share_sent(lamps, which, kind, tables, ahead, right, up):
    """Share of its candelas that a lamp sends where unit directions have these parts along its axis, right and up."""
    if kind < BEAM_STREET:
        a = right / max(ahead, F(BEAM_ENDS))
        a = (a + F(H_SPAN)) * F((H_CELLS - 1) / (2 * H_SPAN)) + F(0.5)
        b = (up + F(V_SPAN)) * F((V_CELLS - 1) / (2 * V_SPAN)) + F(0.5)
        # Soft beams hardly change from cell to cell: the nearest will do.  They end in nothing, and so does what is
        # clamped to their ends.
        row = whole(min(max(b, F(0)), F(V_CELLS - 0.51)))
        place = row * F(H_CELLS) + whole(min(max(a, F(0)), F(H_CELLS - 0.51)))
        found = picked(tables, place + F(kind * V_CELLS * H_CELLS))
        return where(F(BEAM_ENDS), ahead, found, F(0))
    if kind == BEAM_STREET:
        wing = min(F(1) / (ahead * ahead + F(0.05)), F(2.6))
        edge = min(max((ahead - F(0.05)) * F(1.6), F(0)), F(1))
        return wing * edge * edge * F(0.45)
    return max(ahead, F(0))


@fast_inner_kernel
def add_lamp(lamps, which, tables, brightest, extinction_per_m, g, least, lane):
    """Add what a lamp sends along sixteen rays to their rows RED to BLUE.

    Equiangular sampling (Kulla and Fajardo 2012) about the lamp takes the 1 / d^2 out of the integral, so a few
    midpoints are enough.
    """
    dx, dy, dz, end = load(lane, U(DX)), load(lane, U(DY)), load(lane, U(DZ)), load(lane, U(END))
    x = lamps[which, L_X]
    y = lamps[which, L_Y]
    z = lamps[which, L_Z]
    kind = int(lamps[which, L_KIND])
    peak = F(1)  # of what the tables hold, which are candelas
    if kind < BEAM_STREET:
        peak = brightest[kind * (V_CELLS + 1) + int(brightest[kind * (V_CELLS + 1) + V_CELLS])]
    strength = lamps[which, L_CD] * extinction_per_m * (F(1) - g * g) / F(12.566371)
    along = dx * x + dy * y + dz * z
    away2 = max(x * x + y * y + z * z - along * along, F(0.01))
    if not can_show(along, away2, end, strength * peak * F(STREET_MOST) / max(least, F(1e-9)), g):
        return
    per_away = F(1) / math.sqrt(away2)
    away = away2 * per_away
    # A lamp lights the part of the ray where its axis is near enough.  From the lamp a point of the ray lies towards
    # cos(angle) p + sin(angle) d, with p square to the ray.
    ax = lamps[which, L_AX]
    ay = lamps[which, L_AY]
    az = lamps[which, L_AZ]
    ahead_d = dx * ax + dy * ay + dz * az
    ahead_p = (ahead_d * along - (ax * x + ay * y + az * z)) * per_away
    reach = math.sqrt(ahead_p * ahead_p + ahead_d * ahead_d)
    dimmest = F(BEAM_ENDS) if kind < BEAM_STREET else F(0)
    middle = arc(ahead_d / where(abs(ahead_p), F(1e-6), F(1e-6), ahead_p))
    behind = where(F(0), ahead_d, middle + F(2 * RIGHT_ANGLE), middle - F(2 * RIGHT_ANGLE))
    middle = where(F(0), ahead_p, middle, behind)
    half = arc_of_cosine(min(dimmest / max(reach, F(1e-6)), F(1)))
    low = max(arc((F(0) - along) * per_away), middle - half)
    high = min(arc((end - along) * per_away), middle + half)
    between = where(reach, dimmest, F(0), max(high - low, F(0)))
    if not any_above(between, F(0)):
        return
    # Phase and transmission fall along the ray, so that Simpson's rule over three places is no less than what comes of
    # it if the lamp shines its brightest all the way.
    low_s, high_s, at_s = sine_of(low), sine_of(high), sine_of(F(0.5) * (low + high))
    low_c, high_c, at_c = cosine_of(low_s), cosine_of(high_s), cosine_of(at_s)
    sent = sent_from(low_s, low_c, along, away, extinction_per_m, g)
    sent += F(4) * sent_from(at_s, at_c, along, away, extinction_per_m, g)
    sent += sent_from(high_s, high_c, along, away, extinction_per_m, g)
    shown = sent * F(1 / 6) * between * strength * per_away
    if kind >= BEAM_STREET:
        # The axis is nearest at its own angle, or at that end of the part which is nearer to it.
        off = max(low - middle, middle - high)
        nearest = reach * sine_of(F(RIGHT_ANGLE) - min(max(off, F(0)), F(RIGHT_ANGLE)))
        edge = min(max((nearest - F(0.05)) * F(1.6), F(0)), F(1))
        shown *= nearest if kind >= BEAM_PLAIN else edge * edge * F(STREET_MOST)
    if not any_not_below(shown * peak, least):
        return
    # Where a point of the ray lies in the lamp's own frame is as simple as where it lies, and how far off too.
    ux = lamps[which, L_UX]
    uy = lamps[which, L_UY]
    uz = lamps[which, L_UZ]
    up_d = dx * ux + dy * uy + dz * uz
    up_p = (up_d * along - (ux * x + uy * y + uz * z)) * per_away
    steps = STEPS
    if kind < BEAM_STREET:
        # A headlamp's light is flat: most rays pass above or below nearly all of it.
        shown *= highest(brightest, kind, up_p, up_d, low_c, low_s, high_c, high_s)
        if not any_not_below(shown, least):
            return
        steps = 2 * STEPS if any_above(shown, F(FAINT_BEAM) * least) else STEPS
    rx = ay * uz - az * uy
    ry = az * ux - ax * uz
    rz = ax * uy - ay * ux
    right_d = dx * rx + dy * ry + dz * rz
    right_p = (right_d * along - (rx * x + ry * y + rz * z)) * per_away
    # From midpoint to midpoint is a turn by one angle.
    step = between * (F(1) / F(steps))
    half_s = sine_of(F(0.5) * step)
    turn_s = F(2) * half_s * cosine_of(half_s)
    turn_c = F(1) - F(2) * half_s * half_s
    half_c = cosine_of(half_s)
    c = low_c * half_c - low_s * half_s
    s = low_s * half_c + low_c * half_s
    total = step * F(0)
    for _ in range(steps):
        ahead = ahead_p * c + ahead_d * s
        share = share_sent(lamps, which, kind, tables, ahead, right_p * c + right_d * s, up_p * c + up_d * s)
        total += share * sent_from(s, max(c, F(1e-6)), along, away, extinction_per_m, g)
        c, s = c * turn_c - s * turn_s, s * turn_c + c * turn_s
    total *= where(least, shown, step * per_away * strength, F(0))
    store(lane, U(RED), load(lane, U(RED)) + total * lamps[which, L_R])
    store(lane, U(GREEN), load(lane, U(GREEN)) + total * lamps[which, L_G])
    store(lane, U(BLUE), load(lane, U(BLUE)) + total * lamps[which, L_B])


@fast_kernel
def halos(start, stop, direction, reach_m, lamps, tables, brightest, extinction_per_m, g, least, glow):
    """Light of lamps scattered once towards the eye by the air along rays [start, stop), added up in `glow`.

    `start` is a multiple of sixteen.  `direction` is unit, `reach_m` ends each ray; what cannot show `least` cd/m2 is
    left out, of beams by their `brightest` (see lens.brightest_heights).
    """
    lane = on_lines(ROWS * COUNT)
    beams, heights = tables.reshape(-1), brightest.reshape(-1)
    for first in range(start, stop, COUNT):
        for k in range(COUNT):
            r = min(first + k, stop - 1)
            lane[DX + k] = direction[r, 0]
            lane[DY + k] = direction[r, 1]
            lane[DZ + k] = direction[r, 2]
            lane[END + k] = reach_m[r]
            lane[RED + k] = lane[GREEN + k] = lane[BLUE + k] = F(0)
        for which in range(lamps.shape[0]):
            add_lamp(lamps, which, beams, heights, extinction_per_m, g, least, lane)
        for k in range(min(COUNT, stop - first)):
            glow[first + k, 0] = lane[RED + k]
            glow[first + k, 1] = lane[GREEN + k]
            glow[first + k, 2] = lane[BLUE + k]
