"""Which thing each pixel or ray shows, and nothing else.  Renderers floor, arrays only."""

import numpy as np
from numpy.typing import NDArray

from renderers.kernels.packet_rays import LANES
from sim.kernels.jit import inner_kernel, kernel
from sim.kernels.sixteen import COUNT, EIGHT, alike, carry, choose, counted, load, store

# Numbers of a picture: tiles side by side (0: rays one after the other), and its pixels.
TILES, HEIGHT, WIDTH = range(3)


@inner_kernel
def name_packet(
    packet: int,
    range_m: NDArray[np.float32],
    ranges: np.uint64,  # where those of the packet's rays begin, and so forth; they become what is handed over
    placement: NDArray[np.int32],
    placements: np.uint64,
    triangle: NDArray[np.int32],
    triangles: np.uint64,
    placement_instance: NDArray[np.int32],  # (P,)
    own_instance: NDArray[np.int32],  # (T,)
    own_class: NDArray[np.uint8],  # (T,)
    picture: NDArray[np.int64],  # TILES, HEIGHT, WIDTH
    named: NDArray[np.int32],  # (LANES,) room
    range_out: NDArray[np.float32],  # flat, of all rays or pixels; inf where nothing is met
    instance_out: NDArray[np.int32],  # 0 where nothing is met
    class_out: NDArray[np.uint8],  # the same; empty: not wanted, as of pictures
) -> None:
    """The instance, the class and the range of what a packet's rays meet, at their own places or a tile's pixels."""
    across, none, nothing = picture[TILES], np.int32(0), np.float32(np.inf)
    base, next_row, rows, columns = packet * LANES, EIGHT, EIGHT, EIGHT
    whole = base + LANES <= len(instance_out)
    if across > 0:
        top, left, next_row = packet // across * EIGHT, packet % across * EIGHT, picture[WIDTH]
        base = top * next_row + left
        rows, columns = min(EIGHT, picture[HEIGHT] - top), min(EIGHT, next_row - left)
        whole = rows == EIGHT and columns == EIGHT
    # Tables are read whatever was met: no ray waits for a guess.
    bare = none
    for k in range(LANES):
        n = np.uintp(k)
        met = triangle[triangles + n]
        own = own_instance[np.uintp(max(met, none))]
        named[n] = own if met >= none else none
        bare |= np.int32(own == none)
    if bare != none:
        for k in range(LANES):
            n = np.uintp(k)
            if named[n] == none and triangle[triangles + n] >= none:
                named[n] = placement_instance[np.uintp(placement[placements + n])]
    for k in range(0, LANES, COUNT):
        n = np.uintp(k)
        kept = choose(counted(triangle, triangles + n), load(range_m, ranges + n), alike(nothing))
        store(range_m, ranges + n, kept)
    if whole:
        for y in range(EIGHT):
            n, row = np.uintp(y * EIGHT), np.uintp(base + y * next_row)
            carry(instance_out, row, named, n)
            carry(range_out, row, range_m, ranges + n)
    else:
        for y in range(rows):
            for x in range(columns):
                to, n = base + y * next_row + x, np.uintp(y * EIGHT + x)
                if to < len(instance_out):
                    instance_out[to], range_out[to] = named[n], range_m[ranges + n]
    for k in range(min(LANES, len(class_out) - base)):
        n = np.uintp(k)
        met = triangle[triangles + n]
        own_kind = own_class[np.uintp(max(met, none))]
        class_out[np.uintp(base) + n] = own_kind if met >= none else np.uint8(0)


@kernel
def name_packets(
    packets: NDArray[np.int32],
    range_m: NDArray[np.float32],  # (R,) and further: see name_packet
    placement: NDArray[np.int32],
    triangle: NDArray[np.int32],
    placement_instance: NDArray[np.int32],
    own_instance: NDArray[np.int32],
    own_class: NDArray[np.uint8],
    picture: NDArray[np.int64],
    range_out: NDArray[np.float32],
    instance_out: NDArray[np.int32],
    class_out: NDArray[np.uint8],
) -> None:
    """The same of packets whose hits are at hand."""
    named = np.empty(LANES, np.int32)
    held, at, met = np.empty(LANES, np.float32), np.empty(LANES, np.int32), np.empty(LANES, np.int32)
    zero = np.uintp(0)
    for packet in packets:
        first = packet * LANES
        at[:] = met[:] = np.int32(-1)
        for k in range(min(LANES, len(range_m) - first)):
            held[k], at[k], met[k] = range_m[first + k], placement[first + k], triangle[first + k]
        name_packet(
            packet, held, zero, at, zero, met, zero, placement_instance, own_instance, own_class, picture, named,
            range_out, instance_out, class_out,
        )  # fmt: skip
