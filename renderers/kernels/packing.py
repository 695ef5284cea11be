"""Rays that are picked from many into whole packets, and numbers that go back to them.  Renderers floor, arrays only."""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import numpy as np

from sim.kernels.jit import kernel

PACKET = 64


@kernel
def count_wanted(start, stop, wanted, value, counts):
    """Write how many of each packet of `wanted` (N,), [start, stop) of them, have a `value`."""
    asked = np.uint8(value)
    whole = wanted.shape[0] // PACKET
    for packet in range(start, stop):
        count = np.int32(0)
        if packet < whole:  # of a length that the compiler knows
            first = np.uintp(PACKET) * np.uintp(packet)
            for k in range(PACKET):
                count += np.int32(wanted[first + np.uintp(k)] == asked)
        else:
            for r in range(whole * PACKET, wanted.shape[0]):
                count += np.int32(wanted[r] == asked)
        counts[packet] = count


@kernel
def list_wanted(start, stop, wanted, value, first, index):
    """Write those of packets [start, stop) to `index`, a packet's from `first` (packets + 1,) of it on."""
    for packet in range(start, stop):
        at = first[packet]
        if first[packet + 1] == at:
            continue
        for r in range(packet * PACKET, min((packet + 1) * PACKET, wanted.shape[0])):
            if wanted[r] == value:
                index[at] = r
                at += 1


@kernel
def put_back(start, stop, index, picked, out):
    """Write rows [start, stop) of `picked` (K, 3) to the rows of `out` (N, 3) that `index` names, -1 nowhere."""
    for k in range(start, stop):
        r = index[k]
        if r >= 0:
            out[r, 0] = picked[k, 0]
            out[r, 1] = picked[k, 1]
            out[r, 2] = picked[k, 2]
