"""Kernels of the renderers floor: arrays in, arrays out."""
