"""Chance inside kernels: a counter hash without state.  World floor, numbers only.

A kernel asks for the number that belongs to (seed, index, sample) and always gets the same one, whatever was
drawn before it, on however many threads.  The index is what is being sampled (pixel, beam, drop), the sample
counts the draws for it.  numba's own generator has hidden state and is never used.
"""

import numpy as np

from sim.kernels.jit import kernel
from sim.kernels.words import times

# Multiplier and increment of the 32-bit linear congruential step (Numerical Recipes, ranqd1).
LCG_MULTIPLIER = np.uint32(1664525)
LCG_INCREMENT = np.uint32(1013904223)
# Finaliser of MurmurHash3 (Appleby 2011, public domain): each input bit flips each output bit half the time.
MIX_1 = np.uint32(0x85EBCA6B)
MIX_2 = np.uint32(0xC2B2AE35)
TO_UNIT = np.float32(2.0**-24)  # 24 bits fill a float32 mantissa, so that 1.0 is never reached by rounding


@kernel
def hash_u32(a: int, b: int, c: int) -> np.uint32:
    """32 well-mixed bits of three integers, of which the low 32 bits count.  Twin: naive_world.hash_u32.

    The three-dimensional PCG hash of Jarzynski and Olano, Hash Functions for GPU Rendering, JCGT 9(3), 2020,
    whose last word then passes the Murmur finaliser.  All steps are 32-bit: lane loops around it vectorise.
    """
    x = np.uint32(times(np.uint32(a & 0xFFFFFFFF), LCG_MULTIPLIER) + LCG_INCREMENT)
    y = np.uint32(times(np.uint32(b & 0xFFFFFFFF), LCG_MULTIPLIER) + LCG_INCREMENT)
    z = np.uint32(times(np.uint32(c & 0xFFFFFFFF), LCG_MULTIPLIER) + LCG_INCREMENT)
    x = np.uint32(x + times(y, z))
    y = np.uint32(y + times(z, x))
    z = np.uint32(z + times(x, y))
    x = np.uint32(x ^ (x >> np.uint32(16)))
    y = np.uint32(y ^ (y >> np.uint32(16)))
    z = np.uint32(z ^ (z >> np.uint32(16)))
    x = np.uint32(x + times(y, z))
    y = np.uint32(y + times(z, x))
    z = np.uint32(z + times(x, y))
    z = times(np.uint32(z ^ (z >> np.uint32(16))), MIX_1)
    z = times(np.uint32(z ^ (z >> np.uint32(13))), MIX_2)
    return np.uint32(z ^ (z >> np.uint32(16)))


@kernel
def uniform01(seed: int, index: int, sample: int) -> np.float32:
    """The float32 in [0, 1) that belongs to (seed, index, sample); multiples of 2**-24, zero included."""
    return np.float32(np.float32(hash_u32(seed, index, sample) >> np.uint32(8)) * TO_UNIT)
