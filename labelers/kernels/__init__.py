"""Kernels of the labels floor: arrays and numbers only."""
