"""From echoes to points: air, fog, drops, threshold and noise of a lidar's receiver.  Renderers floor, arrays only."""

import math

import numpy as np
from numpy.typing import NDArray

from renderers.kernels.air import A_EVEN, A_FOG, optical_depth
from sim.kernels.jit import kernel
from sim.kernels.random import uniform01

# Outcome of a firing: values of frames.Cause, or one of these reasons for its loss.
SKY, NEAR, FAR, DARK, SPECULAR, ATTENUATED = 64, 65, 66, 67, 68, 69
# Causes, as in frames.Cause.
RAIN, SNOW, FOG, SPRAY, GHOST, DUST = 1, 2, 3, 4, 5, 9
# Columns of the receiver's numbers.
(D_THRESHOLD, D_NEAR_M, D_FAR_M, D_OVERLAP_M, D_PULSE_M, D_STEP_M, D_NOISE_M, D_LEVELS, D_ROOT) = range(9)
(D_RAIN, D_SNOW, D_BETA, D_GAIN, D_DUST, D_COLUMNS) = range(9, 15)
# Draws of a firing.
(U_DETECT_A, U_DETECT_B, U_NOISE_A, U_NOISE_B, U_GAIN_A, U_GAIN_B) = range(6)
(U_DROP, U_DROP_A, U_DROP_B, U_DROP_I, U_FLAKE, U_FLAKE_A, U_FLAKE_B, U_FLAKE_I) = range(6, 14)
U_MIST_A, U_MIST_B = 14, 15
U_DUST = 16
U_FOG = 32
U_SPRAY = 1024  # and the number of the cluster, two draws each

# Measured behind a VLP-16 (Linnhoff et al. 2022, Sensors 22:5266): false returns per beam and mm/h, and their
# log-normal distances; the intensity of one is Poisson-distributed about 0.693 of 255.
RAIN_RATE, RAIN_MU, RAIN_SIGMA = 1.69e-4, 1.362, 0.784
SNOW_RATE, SNOW_MU, SNOW_SIGMA = 1.57e-2, 1.4329, 0.7868
DROP_INTENSITY = 0.693
MIST_BACKSCATTER_PER_M_SR = 0.02 / 18.0  # its extinction over the lidar ratio of droplets
MIST_INTENSITY, MIST_INTENSITY_SIGMA = 0.5, 0.05  # of 255, behind cars on wet roads (Linnhoff et al. 2022)
FOG_BIN_M = 1.0
FOG_BINS = 30
FOG_LOOKS = 4  # gamma shape of a range bin's speckle and patchiness
SOFT_EDGE = (
    0.08  # one sigma of the comparator, as a share of the threshold: 9 of 10 echoes at the threshold count
)
MOST_SIGMA = 5.7  # normal01 gives nothing beyond 5.68, the root of -2 ln 1e-7
WHITE_LEVEL = 100.0 / 255.0  # Velodyne's calibration: up to 100 diffuse, above it retro-reflectors


@kernel
def normal01(seed: int, index: int, sample: int) -> float:
    """Standard normal variate of two draws (Box and Muller 1958)."""
    a = max(uniform01(seed, index, sample), np.float32(1e-7))
    b = uniform01(seed, index, sample + 1)
    return math.sqrt(-2.0 * math.log(a)) * math.cos(2.0 * math.pi * b)


@kernel
def goes_unseen(strength: float, seed: int, index: int, sample: int) -> bool:
    """Whether the comparator misses an echo of `strength` thresholds; two draws are asked only where they decide."""
    middle = 1.0 - 1.2816 * SOFT_EDGE
    if strength > middle + SOFT_EDGE * MOST_SIGMA:
        return False
    if strength <= middle - SOFT_EDGE * MOST_SIGMA:
        return True
    return strength <= middle + SOFT_EDGE * normal01(seed, index, sample)


@kernel
def received(echo: float, range_m: float, depth: float, overlap_m: float) -> float:
    """Power of an echo after `depth` optical depths each way.  Twin: naive_lidar.

    Nearer than the overlap the gain is turned down with the square of the range, as receivers do lest their own
    scatter blind them.
    """
    r = max(range_m, overlap_m)
    return echo * math.exp(-2.0 * depth) / (r * r)


@kernel
def apparent(power: float, range_m: float, overlap_m: float) -> float:
    """The reflectance a sensor reads from a power: it corrects range and gain, but knows neither angle nor air."""
    r = max(range_m, overlap_m)
    return power * r * r


@kernel
def reading(reflectance: float, range_m: float, overlap_m: float, root: float, gain: float) -> float:
    """Intensity in [0, 1] of an apparent reflectance."""
    if root > 1.5:  # power itself: full scale is a white diffuser within the overlap
        r = max(range_m, overlap_m) / overlap_m
        return min(gain * reflectance / (r * r), 1.0)
    if root > 0.0:
        return min(math.sqrt(gain * reflectance), 1.0)
    if reflectance <= 1.0:
        return WHITE_LEVEL * min(gain * reflectance, 1.0)
    # 155 levels for gains from 1 to 1000.
    return min(WHITE_LEVEL + (1.0 - WHITE_LEVEL) * math.log10(reflectance) / 3.0, 1.0)


@kernel
def detect(
    seed: int,
    index: NDArray[np.int64],  # (R,) number of each firing in its sweep
    height_m: NDArray[np.float32],  # (R,) of the beam's start above the ground
    rise: NDArray[np.float32],  # (R,) z of its direction
    echo: NDArray[np.float32],  # (R,) of the strongest return, its share of the beam included; 0: nothing met
    range_m: NDArray[np.float32],  # (R,)
    cause: NDArray[np.uint8],  # (R,) in: of that return; out: of the point, or why there is none
    shiny: NDArray[np.uint8],  # (R,) 1 where water or glass took most of the beam elsewhere
    bias_m: NDArray[np.float32],  # (R,) of the laser
    spray_m: NDArray[np.float32],  # (R,) range of the return from wheels' spray; inf: none
    spray_depth: NDArray[np.float32],  # (R,) optical depth of the spray before what was met
    puff_m: NDArray[np.float32],  # (R,) range of the return from dust, smoke or exhaust
    puff_echo: NDArray[np.float32],  # (R,) its echo, dimmed by the balls before it; 0: none
    puff_cause: NDArray[np.uint8],  # (R,)
    air: NDArray[np.float64],  # columns of kernels.air
    numbers: NDArray[np.float64],  # (D_COLUMNS,)
    start: int,
    stop: int,
    measured_m: NDArray[np.float32],  # (R,) out
    intensity: NDArray[np.float32],  # (R,) out
    true_m: NDArray[np.float32],  # (R,) out: range before noise, of the drop where there is one
) -> None:
    """Decide what each firing [start, stop) reports.  Twin: naive_lidar.detect."""
    threshold = numbers[D_THRESHOLD]
    overlap = numbers[D_OVERLAP_M]
    hazy = air[A_EVEN] > 0.0 or air[A_FOG] > 0.0
    fog_echo = math.pi * numbers[D_BETA] * numbers[D_PULSE_M]
    mist_echo = math.pi * MIST_BACKSCATTER_PER_M_SR * numbers[D_PULSE_M]
    for r in range(start, stop):
        i = index[r]
        strongest = float(echo[r])
        met = strongest > 0.0
        far = float(range_m[r]) if met else numbers[D_FAR_M]
        z = float(height_m[r])
        depth = optical_depth(z, z + far * rise[r], far, air) if hazy and met else 0.0
        depth += float(spray_depth[r])
        power = received(strongest, far, depth, overlap) if met else 0.0
        best_power = power
        best_range = far
        what = int(cause[r])
        drop_level = -1.0
        if fog_echo > 0.0 and 8.0 * fog_echo / (overlap * overlap) > threshold:
            for b in range(FOG_BINS):
                at = numbers[D_NEAR_M] + (b + uniform01(seed, i, U_FOG + 5 * b)) * FOG_BIN_M
                if at >= far:
                    break
                product = 1.0
                for look in range(FOG_LOOKS):
                    product *= float(max(uniform01(seed, i, U_FOG + 5 * b + 1 + look), np.float32(1e-7)))
                speckle = -math.log(product) / FOG_LOOKS
                level = received(fog_echo * speckle, at, optical_depth(z, z + at * rise[r], at, air), overlap)
                if level > best_power:
                    best_power = level
                    best_range = at
                    what = FOG
        if what == FOG and numbers[D_DUST] > 0.0 and uniform01(seed, i, U_DUST) < numbers[D_DUST]:
            what = DUST
        if puff_echo[r] > 0.0 and puff_m[r] < far:
            at = float(puff_m[r])
            level = received(float(puff_echo[r]), at, optical_depth(z, z + at * rise[r], at, air), overlap)
            if level > best_power:
                best_power = level
                best_range = at
                what = int(puff_cause[r])
        if numbers[D_RAIN] > 0.0 and uniform01(seed, i, U_DROP) < RAIN_RATE * numbers[D_RAIN]:
            at = math.exp(RAIN_MU + RAIN_SIGMA * normal01(seed, i, U_DROP_A))
            if numbers[D_NEAR_M] <= at < min(far, numbers[D_FAR_M]):
                best_range = at
                what = RAIN
                drop_level = float(uniform01(seed, i, U_DROP_I))
        if numbers[D_SNOW] > 0.0 and uniform01(seed, i, U_FLAKE) < SNOW_RATE * numbers[D_SNOW]:
            at = math.exp(SNOW_MU + SNOW_SIGMA * normal01(seed, i, U_FLAKE_A))
            if numbers[D_NEAR_M] <= at < min(far, numbers[D_FAR_M]) and (drop_level < 0.0 or at < best_range):
                best_range = at
                what = SNOW
                drop_level = float(uniform01(seed, i, U_FLAKE_I))
        misty = numbers[D_NEAR_M] <= spray_m[r] < min(far, numbers[D_FAR_M])
        if misty:
            # The strongest return wins: mist hides a grazing or dark road, not a bright car.
            glow = max(received(mist_echo, float(spray_m[r]), 0.0, overlap), threshold)
            misty = best_power < glow
        if misty and (drop_level < 0.0 or spray_m[r] < best_range):
            best_range = float(spray_m[r])
            what = SPRAY
        if what == SPRAY:
            strength = 2.0
            seen = max(MIST_INTENSITY + MIST_INTENSITY_SIGMA * normal01(seed, i, U_MIST_A), 0.0) / 255.0
        elif drop_level < 0.0:
            strength = best_power / threshold
            if goes_unseen(strength, seed, i, U_DETECT_A):
                if not met:
                    cause[r] = SKY
                elif received(strongest, far, 0.0, overlap) > threshold:
                    cause[r] = ATTENUATED
                else:
                    cause[r] = SPECULAR if shiny[r] else DARK
                continue
            if best_range > numbers[D_FAR_M] or best_range < numbers[D_NEAR_M]:
                cause[r] = FAR if best_range > numbers[D_FAR_M] else NEAR
                continue
            reflectance = apparent(best_power, best_range, overlap)
            reflectance *= 1.0 + 0.05 * normal01(seed, i, U_GAIN_A)
            seen = reading(max(reflectance, 0.0), best_range, overlap, numbers[D_ROOT], numbers[D_GAIN])
        else:
            strength = 2.0  # a drop that is seen at all is barely seen
            # Poisson variate by inversion: how many levels above nothing.
            level = 0.0
            term = math.exp(-DROP_INTENSITY)
            total = term
            while drop_level > total and level < 12.0:
                level += 1.0
                term *= DROP_INTENSITY / level
                total += term
            seen = level / 255.0
        sigma = numbers[D_NOISE_M] * math.sqrt(1.0 + 3.0 / strength)
        noisy = best_range + bias_m[r] + sigma * normal01(seed, i, U_NOISE_A)
        steps = numbers[D_LEVELS] - 1.0
        measured_m[r] = np.float32(math.floor(noisy / numbers[D_STEP_M] + 0.5) * numbers[D_STEP_M])
        intensity[r] = np.float32(math.floor(seen * steps + 0.5) / steps)
        true_m[r] = np.float32(best_range)
        cause[r] = what
