"""All returns of one firing: pulses that overlap are one peak, and which peaks a scanner reports.  Renderers floor.

Arrays only.  A *pulse* is what one part of a beam met: a surface under a sub-beam, what stands behind a pane, a mirror
picture, stray light.  Pulses nearer than the receiver's pulse cannot be told apart: they are one *peak*.
"""

import math

import numpy as np
from numpy.typing import NDArray

from renderers.kernels.air import A_EVEN, A_FOG, optical_depth
from renderers.kernels.detect import (
    D_BETA,
    D_DUST,
    D_FAR_M,
    D_GAIN,
    D_LEVELS,
    D_NEAR_M,
    D_NOISE_M,
    D_OVERLAP_M,
    D_PULSE_M,
    D_RAIN,
    D_ROOT,
    D_SNOW,
    D_STEP_M,
    D_THRESHOLD,
    DROP_INTENSITY,
    DUST,
    FOG,
    FOG_BIN_M,
    FOG_BINS,
    FOG_LOOKS,
    MIST_INTENSITY,
    MIST_INTENSITY_SIGMA,
    RAIN,
    RAIN_MU,
    RAIN_RATE,
    RAIN_SIGMA,
    SKY,
    SNOW,
    SNOW_MU,
    SNOW_RATE,
    SNOW_SIGMA,
    SPRAY,
    U_DROP,
    U_DROP_A,
    U_DROP_I,
    U_DUST,
    U_FLAKE,
    U_FLAKE_A,
    U_FLAKE_I,
    U_FOG,
    apparent,
    goes_unseen,
    normal01,
    reading,
    received,
)
from sim.kernels.jit import kernel
from sim.kernels.random import uniform01

# What a scanner reports beside the strongest return, or in its place.
FIRST, LAST, AND_LAST, AND_STRONGEST = range(4)
SURFACE, MIXED = 0, 8  # causes, as in frames.Cause
MOST = 32  # pulses and peaks of a firing that are looked at
U_MIST_LEVEL = 504  # draw of a firing, of how bright its spray is
U_RETURNS = 512  # draws of a firing, so many for each of its peaks:
U_FOUND, U_SPECKLE, U_RANGE, DRAWS = 0, 2, 4, 8  # two each
DROP_STRENGTH = 2.0  # over the threshold: a drop that is seen at all is barely seen


@kernel
def peaks_of(
    count: int,
    range_m: NDArray[np.float64],  # (MOST,) of the pulses
    power: NDArray[np.float64],  # (MOST,)
    pulse_m: float,
    peak: NDArray[np.int64],  # (MOST,) out: peak of each pulse; -1 without power
    peak_m: NDArray[np.float64],  # (MOST,) out: mean range of each peak
    energy: NDArray[np.float64],  # (MOST,) out
    owner: NDArray[np.int64],  # (MOST,) out: its strongest pulse
) -> int:
    """Peaks of `count` pulses, strongest first to be found; each pulse is in one of them.  Twin: naive_lidar.peaks.

    As in beams.mix, a peak stands where most power lies within a pulse's length.
    """
    for q in range(count):
        peak[q] = -1
    found = 0
    while found < MOST:
        leader = -1
        most = 0.0
        for q in range(count):
            if peak[q] >= 0 or power[q] <= 0.0:
                continue
            total = 0.0
            for o in range(count):
                if peak[o] < 0 and abs(range_m[q] - range_m[o]) < pulse_m:
                    total += power[o]
            if total > most:
                most = total
                leader = q
        if leader < 0:
            break
        energy[found] = 0.0
        peak_m[found] = 0.0
        owner[found] = leader
        largest = 0.0
        at = range_m[leader]
        for q in range(count):
            if peak[q] >= 0 or power[q] <= 0.0 or abs(at - range_m[q]) >= pulse_m:
                continue
            peak[q] = found
            energy[found] += power[q]
            peak_m[found] += power[q] * range_m[q]
            if power[q] > largest:
                largest = power[q]
                owner[found] = q
        peak_m[found] /= energy[found]
        found += 1
    return found


@kernel
def fog_level(
    seed: int, i: int, b: int, z: float, rise: float, air: NDArray[np.float64], numbers: NDArray[np.float64]
) -> tuple[float, float]:
    """Range and power of what one metre of fog sends back, as in kernels.detect."""
    at = numbers[D_NEAR_M] + (b + uniform01(seed, i, U_FOG + 5 * b)) * FOG_BIN_M
    product = 1.0
    for look in range(FOG_LOOKS):
        product *= float(max(uniform01(seed, i, U_FOG + 5 * b + 1 + look), np.float32(1e-7)))
    echo = math.pi * numbers[D_BETA] * numbers[D_PULSE_M] * -math.log(product) / FOG_LOOKS
    return at, received(echo, at, optical_depth(z, z + at * rise, at, air), numbers[D_OVERLAP_M])


@kernel
def drop_level(draw: float) -> float:
    """Intensity of a drop: a Poisson variate by inversion, in levels of 255."""
    level = 0.0
    term = math.exp(-DROP_INTENSITY)
    total = term
    while draw > total and level < 12.0:
        level += 1.0
        term *= DROP_INTENSITY / level
        total += term
    return level / 255.0


@kernel
def drop_at(seed: int, i: int, chance: float, mu: float, sigma: float, u_there: int, u_at: int) -> float:
    """Range of the drop or flake that a beam meets; -1 when it meets none."""
    if chance > 0.0 and uniform01(seed, i, u_there) < chance:
        return math.exp(mu + sigma * normal01(seed, i, u_at))
    return -1.0


@kernel
def noted(
    k: int,
    here: float,
    strong: float,  # over the threshold
    kind: int,
    pulse: int,  # whose it is; -1: the air's
    own: float,  # intensity of a drop; below 0: what its power reads
    at: NDArray[np.float64],  # (MOST,) out, as all that follow
    strength: NDArray[np.float64],
    why: NDArray[np.int64],
    whose: NDArray[np.int64],
    level: NDArray[np.float64],
) -> None:
    """Write down a peak that may be reported."""
    at[k] = here
    strength[k] = strong
    why[k] = kind
    whose[k] = pulse
    level[k] = own


@kernel
def report_returns(
    seed: int,
    index: NDArray[np.int64],  # (N,) number of each firing in its sweep
    height_m: NDArray[np.float32],  # (N,) of the beam's start above the ground
    rise: NDArray[np.float32],  # (N,) z of its direction
    bias_m: NDArray[np.float32],  # (N,) of the laser
    first: NDArray[np.int64],  # (N + 1,) pulses of firing n are first[n] .. first[n + 1], by range
    range_m: NDArray[np.float32],  # (P,) of the pulses; inf: nothing met
    echo: NDArray[np.float32],  # (P,) share of the beam included
    depth: NDArray[np.float32],  # (P,) optical depth of balls of spray and plumes before each
    placement: NDArray[np.int32],  # (P,)
    pulse_cause: NDArray[np.uint8],  # (P,)
    middle_placement: NDArray[np.int32],  # (N,) what the middle of the beam meets
    middle_m: NDArray[np.float32],  # (N,) and where
    spray_m: NDArray[np.float32],  # (N,) nearest return from spray, inf without
    puff_m: NDArray[np.float32],  # (N,) strongest return of dust, smoke, exhaust
    puff_echo: NDArray[np.float32],  # (N,)
    puff_cause: NDArray[np.uint8],  # (N,)
    mixed_m: float,  # points that were pulled further than this belong to neither surface
    mode: int,
    extra: int,  # returns beside the first that are reported
    air: NDArray[np.float64],  # columns of kernels.air
    numbers: NDArray[np.float64],  # columns of kernels.detect
    start: int,
    stop: int,
    measured_m: NDArray[np.float32],  # (1 + E, N) row 0 in: the strongest return; out, as all that follow
    intensity: NDArray[np.float32],  # (1 + E, N)
    true_m: NDArray[np.float32],  # (1 + E, N)
    cause: NDArray[np.uint8],  # (1 + E, N) of points, or of losses; SKY in further rows: no such return
    owner: NDArray[np.int64],  # (1 + E, N) pulse of each return; -1: the strongest path's own, or none
) -> None:
    """Further returns of firings [start, stop) that the strongest path found something in."""
    threshold = numbers[D_THRESHOLD]
    overlap = numbers[D_OVERLAP_M]
    pulse_m = numbers[D_PULSE_M]
    near = numbers[D_NEAR_M]
    hazy = air[A_EVEN] > 0.0 or air[A_FOG] > 0.0
    foggy = 8.0 * math.pi * numbers[D_BETA] * pulse_m / (overlap * overlap) > threshold
    q_range = np.empty(MOST)
    q_power = np.empty(MOST)
    peak = np.empty(MOST, np.int64)
    peak_m = np.empty(MOST)
    energy = np.empty(MOST)
    strongest_of = np.empty(MOST, np.int64)
    # Peaks that are found: where, how strong over the threshold, why, whose, and a drop's own intensity.
    at = np.empty(MOST)
    strength = np.empty(MOST)
    why = np.empty(MOST, np.int64)
    whose = np.empty(MOST, np.int64)
    level = np.empty(MOST)
    for r in range(start, stop):
        if cause[0, r] >= SKY:
            continue
        i = index[r]
        z = float(height_m[r])
        count = 0
        far = 0.0
        for p in range(first[r], min(first[r + 1], first[r] + MOST)):
            met = echo[p] > np.float32(0.0)
            here = float(range_m[p]) if met else numbers[D_FAR_M]
            far = max(far, here)
            if met:
                passed = float(depth[p])
                if hazy:
                    passed += optical_depth(z, z + here * rise[r], here, air)
                q_range[count] = here
                q_power[count] = received(float(echo[p]), here, passed, overlap)
            else:
                q_range[count] = 1e9
                q_power[count] = 0.0
            count += 1
        groups = peaks_of(count, q_range, q_power, pulse_m, peak, peak_m, energy, strongest_of)
        found = 0
        for g in range(groups):
            p = first[r] + strongest_of[g]
            what = int(pulse_cause[p])
            pulled = abs(peak_m[g] - q_range[strongest_of[g]]) > mixed_m
            if what == SURFACE:
                beside = peak_m[g] < float(middle_m[r]) - pulse_m  # the middle of the beam goes past it
                pulled = pulled or beside or placement[p] != middle_placement[r]
            why_it = MIXED if pulled else what
            noted(found, peak_m[g], energy[g] / threshold, why_it, p, -1.0, at, strength, why, whose, level)
            found += 1
        far = min(far, numbers[D_FAR_M])
        if foggy:
            before = 0.0
            here, power = fog_level(seed, i, 0, z, rise[r], air, numbers)
            for b in range(FOG_BINS):
                behind, after = (
                    fog_level(seed, i, b + 1, z, rise[r], air, numbers) if b + 1 < FOG_BINS else (far, 0.0)
                )
                if (
                    here < far
                    and power > before
                    and power > after
                    and power > 0.5 * threshold
                    and found < MOST - 4
                ):
                    dusty = numbers[D_DUST] > 0.0 and uniform01(seed, i, U_DUST) < numbers[D_DUST]
                    kind = DUST if dusty else FOG
                    noted(found, here, power / threshold, kind, -1, -1.0, at, strength, why, whose, level)
                    found += 1
                before, here, power = power, behind, after
        if puff_echo[r] > 0.0 and puff_m[r] < far and found < MOST:
            here = float(puff_m[r])
            passed = optical_depth(z, z + here * rise[r], here, air)
            sent = received(float(puff_echo[r]), here, passed, overlap) / threshold
            noted(found, here, sent, int(puff_cause[r]), -1, -1.0, at, strength, why, whose, level)
            found += 1
        here = drop_at(seed, i, RAIN_RATE * numbers[D_RAIN], RAIN_MU, RAIN_SIGMA, U_DROP, U_DROP_A)
        if near <= here < far and found < MOST:
            seen = drop_level(float(uniform01(seed, i, U_DROP_I)))
            noted(found, here, DROP_STRENGTH, RAIN, -1, seen, at, strength, why, whose, level)
            found += 1
        here = drop_at(seed, i, SNOW_RATE * numbers[D_SNOW], SNOW_MU, SNOW_SIGMA, U_FLAKE, U_FLAKE_A)
        if near <= here < far and found < MOST:
            seen = drop_level(float(uniform01(seed, i, U_FLAKE_I)))
            noted(found, here, DROP_STRENGTH, SNOW, -1, seen, at, strength, why, whose, level)
            found += 1
        here = float(spray_m[r])
        if near <= here < far and found < MOST:
            seen = max(MIST_INTENSITY + MIST_INTENSITY_SIGMA * normal01(seed, i, U_MIST_LEVEL), 0.0) / 255.0
            noted(found, here, DROP_STRENGTH, SPRAY, -1, seen, at, strength, why, whose, level)
            found += 1
        # Only what exceeds the threshold within the gate, and stands clear of the strongest return, is another one.
        own = float(true_m[0, r])
        for k in range(found):
            draw = U_RETURNS + DRAWS * k + U_FOUND
            if level[k] < 0.0 and goes_unseen(strength[k], seed, i, draw):
                strength[k] = 0.0
            if at[k] < near or at[k] > numbers[D_FAR_M] or abs(at[k] - own) < pulse_m:
                strength[k] = 0.0
        for k in range(found):
            for o in range(found):
                stronger = strength[o] > strength[k] or (strength[o] == strength[k] and o < k)
                if o != k and strength[k] > 0.0 and stronger and abs(at[k] - at[o]) < pulse_m:
                    strength[k] = 0.0
        for n in range(extra if mode >= AND_LAST else 1):
            chosen = -1
            for k in range(found):
                if strength[k] <= 0.0:
                    continue
                if chosen < 0:
                    better = True
                elif mode == FIRST:
                    better = at[k] < at[chosen]
                elif mode == LAST or (mode == AND_LAST and (at[k] > own or at[chosen] > own)):
                    better = at[k] > at[chosen]
                else:
                    better = strength[k] > strength[chosen]
                if better:
                    chosen = k
            if chosen < 0:
                break
            if (mode == FIRST and at[chosen] > own) or (mode == LAST and at[chosen] < own):
                break
            row = n + 1 if mode >= AND_LAST else 0
            draw = U_RETURNS + DRAWS * chosen
            if level[chosen] >= 0.0:
                seen = level[chosen]
            else:
                reflectance = apparent(strength[chosen] * threshold, at[chosen], overlap)
                reflectance *= 1.0 + 0.05 * normal01(seed, i, draw + U_SPECKLE)
                seen = reading(max(reflectance, 0.0), at[chosen], overlap, numbers[D_ROOT], numbers[D_GAIN])
            sigma = numbers[D_NOISE_M] * math.sqrt(1.0 + 3.0 / strength[chosen])
            noisy = at[chosen] + bias_m[r] + sigma * normal01(seed, i, draw + U_RANGE)
            steps = numbers[D_LEVELS] - 1.0
            measured_m[row, r] = np.float32(math.floor(noisy / numbers[D_STEP_M] + 0.5) * numbers[D_STEP_M])
            intensity[row, r] = np.float32(math.floor(seen * steps + 0.5) / steps)
            true_m[row, r] = np.float32(at[chosen])
            cause[row, r] = why[chosen]
            owner[row, r] = whose[chosen]
            strength[chosen] = 0.0
