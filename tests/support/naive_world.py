"""Slow twins of the world's kernels, in plain Python."""

MASK = 0xFFFFFFFF


def hash_u32(a: int, b: int, c: int) -> int:
    """Twin of sim.kernels.random.hash_u32, in unbounded integers."""
    x, y, z = (((v & MASK) * 1664525 + 1013904223) & MASK for v in (a, b, c))
    x = (x + y * z) & MASK
    y = (y + z * x) & MASK
    z = (z + x * y) & MASK
    x, y, z = (v ^ (v >> 16) for v in (x, y, z))
    x = (x + y * z) & MASK
    y = (y + z * x) & MASK
    z = (z + x * y) & MASK
    z = ((z ^ (z >> 16)) * 0x85EBCA6B) & MASK
    z = ((z ^ (z >> 13)) * 0xC2B2AE35) & MASK
    return z ^ (z >> 16)
