"""From radiance to bytes: untiling, exposure, photon noise, tone.  Renderers floor, arrays only."""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from sim.kernels.jit import fast_kernel
from sim.kernels.random import hash_u32

F = np.float32
TONES = 4096  # steps of the tone table over the square root of exposure
TONE_TOP = 16.0  # exposure (1 = white card) that the table ends at
# Sum of four bytes of a hash: mean 510, variance 4 (256^2 - 1) / 12.
BYTES_MEAN = 510.0
BYTES_SD = math.sqrt(4 * (256**2 - 1) / 12)


@fast_kernel
def untile(start, stop, tiles_across, radiance, image):
    """Put the radiance of tiles [start, stop) where it belongs in the (H, W, 3) image."""
    height = image.shape[0]
    width = image.shape[1]
    for tile in range(start, stop):
        top = (tile // tiles_across) * 8
        left = (tile % tiles_across) * 8
        for lane in range(64):
            y = top + lane // 8
            x = left + lane % 8
            if y < height and x < width:
                r = tile * 64 + lane
                image[y, x, 0] = radiance[r, 0]
                image[y, x, 1] = radiance[r, 1]
                image[y, x, 2] = radiance[r, 2]


@fast_kernel
def nearly_normal(bits: int) -> float:
    """A number of zero mean and unit variance from 32 random bits (Irwin-Hall of four bytes, within 3.46)."""
    total = (bits & 255) + ((bits >> 8) & 255) + ((bits >> 16) & 255) + ((bits >> 24) & 255)
    return (F(total) - F(BYTES_MEAN)) * F(1.0 / BYTES_SD)


@fast_kernel
def expose(start, stop, image, glare, gain, corner, electrons, read_noise, seed, frame, tones, out):
    """Develop rows [start, stop): vignetting, glare, white balance and exposure `gain` (3,), noise, tone, 8 bits.

    An exposure of 1 fills `electrons` of the well; shot noise has the variance of the count, `read_noise` is in
    electrons (EMVA 1288).  `electrons` <= 0 leaves the noise out.
    """
    height = image.shape[0]
    width = image.shape[1]
    top = F(TONES - 1) / math.sqrt(F(TONE_TOP))
    half_y = F(0.5) * F(height - 1)
    half_x = F(0.5) * F(width - 1)
    sharp = F(1) - glare[0, 0, 3]
    across = F(glare.shape[1]) / F(width)
    along = F(glare.shape[0]) / F(height)
    for y in range(start, stop):
        v = (F(y) + F(0.5)) * along - F(0.5)
        i = min(max(math.floor(v), 0), glare.shape[0] - 2)
        fv = min(max(v - F(i), F(0)), F(1))
        for x in range(width):
            u = (F(x) + F(0.5)) * across - F(0.5)
            j = min(max(math.floor(u), 0), glare.shape[1] - 2)
            fu = min(max(u - F(j), F(0)), F(1))
            oy = (F(y) - half_y) * corner
            ox = (F(x) - half_x) * corner
            # Natural falloff cos^4 of the field angle; `corner` is pixels to tangent, scaled for the lens's retrofocus.
            c2 = F(1) / (F(1) + oy * oy + ox * ox)
            shadow = c2 * c2
            common = F(0)
            if electrons > F(0):
                common = nearly_normal(hash_u32(seed, y * width + x, frame * 4))
            for c in range(3):
                near = glare[i, j, c] * (F(1) - fu) + glare[i, j + 1, c] * fu
                far = glare[i + 1, j, c] * (F(1) - fu) + glare[i + 1, j + 1, c] * fu
                value = (image[y, x, c] * sharp + near * (F(1) - fv) + far * fv) * gain[c] * shadow
                if electrons > F(0):
                    count = min(value, F(TONE_TOP)) * electrons
                    own = nearly_normal(hash_u32(seed, y * width + x, frame * 4 + 1 + c))
                    # Demosaicing shares noise between the channels; 0.8^2 + 0.6^2 = 1 keeps the variance.
                    jitter = F(0.8) * common + F(0.6) * own
                    value += jitter * math.sqrt(max(count, F(0)) + read_noise * read_noise) / electrons
                at = math.sqrt(min(max(value, F(0)), F(TONE_TOP))) * top
                k = min(int(at), TONES - 2)
                f = at - F(k)
                out[y, x, c] = np.uint8(tones[k] * (F(1) - f) + tones[k + 1] * f + F(0.5))
