"""Numba kernels of the world floor: arrays in, arrays out."""
