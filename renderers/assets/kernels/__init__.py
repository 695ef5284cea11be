"""Kernels that shapes are made with: arrays in, arrays out."""
