"""What packets of a frustum hold before they have met anything, and what they hand over.  Renderers floor."""

import numpy as np
from numpy.typing import NDArray

from renderers.kernels.frustum_rays import HELD, IDS, NEAR, ROWS, US, VS
from renderers.kernels.packet_rays import LANES, NEVER, TOGETHER
from sim.kernels.extremes import lesser
from sim.kernels.jit import inner_kernel
from sim.kernels.sixteen import COUNT, EIGHT, alike, below, carry, choose, counted, least, load, mark, store

ALL = (1 << COUNT) - 1  # bits of sixteen rays


@inner_kernel
def start(
    near: NDArray[np.float32],  # (R,) or (1,)
    far: NDArray[np.float32],
    count: int,  # rays
    packet: int,
    i: int,  # its place in the frustum
    lanes: NDArray[np.float32],  # (FRUSTUM * ROWS * LANES,) rows NEAR and HELD written
    hits: NDArray[np.int32],  # (FRUSTUM * IDS * LANES,) written
) -> None:
    """What a packet's rays hold before they have met anything."""
    none, asks_nothing = np.float32(0.0), np.float32(-1.0)
    at = packet * LANES
    first, own, ids = np.uintp(at), np.uintp(i * ROWS * LANES), np.uintp(i * IDS * LANES)
    for row in range(0, IDS * LANES, TOGETHER):
        mark(hits, ids + np.uintp(row), np.int32(-1), np.uintp(ALL))
    if at + LANES <= count:
        for ray in range(0, LANES, TOGETHER):
            k, to = first + np.uintp(ray), own + np.uintp(ray)
            limit = least(load(far, k) if len(far) > 1 else alike(far[0]), alike(NEVER))
            held = choose(below(alike(none), limit), limit, alike(asks_nothing))
            store(lanes, to + np.uintp(HELD * LANES), held)
            store(lanes, to + np.uintp(NEAR * LANES), load(near, k) if len(near) > 1 else alike(near[0]))
        return
    for ray in range(LANES):
        k, to = np.uintp(min(at + ray, count - 1)), own + np.uintp(ray)
        reach = lesser(far[k if len(far) > 1 else np.uintp(0)], NEVER)
        asks = at + ray < count and reach > none
        lanes[to + np.uintp(HELD * LANES)] = reach if asks else asks_nothing
        lanes[to + np.uintp(NEAR * LANES)] = near[k if len(near) > 1 else np.uintp(0)]


@inner_kernel
def end(
    count: int,
    packet: int,
    i: int,
    lanes: NDArray[np.float32],
    hits: NDArray[np.int32],
    range_out: NDArray[np.float32],
    placement_out: NDArray[np.int32],
    triangle_out: NDArray[np.int32],
    u_out: NDArray[np.float32],
    v_out: NDArray[np.float32],
    weigh: bool,
) -> None:
    """Hand over what a packet's rays have met, as packets.trace_packets does."""
    at = packet * LANES
    first, own, ids = np.uintp(at), np.uintp(i * ROWS * LANES), np.uintp(i * IDS * LANES)
    none, nothing = np.float32(0.0), np.float32(np.inf)
    if at + LANES <= count:
        for ray in range(0, LANES, TOGETHER):
            k, met = first + np.uintp(ray), counted(hits, ids + np.uintp(ray))
            here = own + np.uintp(ray)
            store(range_out, k, choose(met, load(lanes, here + np.uintp(HELD * LANES)), alike(nothing)))
            if weigh:
                store(u_out, k, choose(met, load(lanes, here + np.uintp(US * LANES)), alike(none)))
                store(v_out, k, choose(met, load(lanes, here + np.uintp(VS * LANES)), alike(none)))
        for ray in range(0, LANES, EIGHT):
            n = np.uintp(ray)
            carry(placement_out, first + n, hits, ids + n)
            carry(triangle_out, first + n, hits, ids + np.uintp(LANES) + n)
        return
    for ray in range(count - at):
        n = np.uintp(ray)
        met_one = hits[ids + n] >= 0
        placement_out[first + n], triangle_out[first + n] = hits[ids + n], hits[ids + np.uintp(LANES) + n]
        range_out[first + n] = lanes[own + np.uintp(HELD * LANES) + n] if met_one else nothing
        if weigh:
            u_out[first + n] = lanes[own + np.uintp(US * LANES) + n] if met_one else none
            v_out[first + n] = lanes[own + np.uintp(VS * LANES) + n] if met_one else none
