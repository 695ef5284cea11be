"""The pixels that tell which lamps light a few tiles, picked while their surfaces are at hand.  Renderers floor.

Four pixels of each of four tiles beside each other lie row by row in one run of memory.  Elsewhere they are strewn over
as many lines of the cache as they have numbers, which took as long to fetch as their lamps to weigh.
"""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import numpy as np
from numpy.typing import NDArray

from renderers.kernels.lanes import (
    BODY_B,
    BODY_G,
    BODY_R,
    COAT,
    COAT_ROUGH,
    DX,
    DY,
    DZ,
    F0,
    LIVE,
    METAL,
    NX,
    NY,
    NZ,
    PX,
    PY,
    PZ,
    ROUGH,
    THROUGH,
)
from renderers.kernels.surface import (
    S_B,
    S_COAT,
    S_COAT_ROUGH,
    S_COLUMNS,
    S_F0,
    S_G,
    S_METAL,
    S_NX,
    S_NY,
    S_NZ,
    S_R,
    S_ROUGH,
    S_THROUGH,
)
from sim.kernels.extremes import greater, lesser
from sim.kernels.jit import fast_inner_kernel, fast_kernel
from sim.kernels.loose_sixteen import greatest, load, store, where
from sim.kernels.prefetch import prefetch

F = np.float32
U = np.uintp
GROUP = 4  # tiles that share their lamps
# Pixels of each: the nearest of all, or what is small and close would be missed, and those of three lanes.
OF_TILE = 4
SPOTS = GROUP * OF_TILE
ONE, TWO, THREE = 8 * 1 + 5, 8 * 4 + 1, 8 * 6 + 6
# Rows of a group's spots: numbers of the surface, by its columns, then the ray's, and which lane of its tile it is.  The
# last row has the least and the greatest coordinates of all points of the group: the least is greater if there are none.
(K_DX, K_DY, K_DZ, K_LIVE, K_PX, K_PY, K_PZ, K_LANE, K_BOX) = range(S_COLUMNS, S_COLUMNS + 9)
SPOT_ROWS = S_COLUMNS + 9
GROUP_SIZE = SPOT_ROWS * SPOTS
# Where `load_spots` puts which row.
FROM_ROWS = np.array(
    (
        *(K_DX, K_DY, K_DZ, K_LIVE, K_PX, K_PY, K_PZ, S_NX, S_NY, S_NZ, S_R, S_G, S_B, S_ROUGH, S_METAL),
        *(S_COAT, S_COAT_ROUGH, S_F0, S_THROUGH),
    )
)
TO_ROWS = np.array(
    (
        *(DX, DY, DZ, LIVE, PX, PY, PZ, NX, NY, NZ, BODY_R, BODY_G, BODY_B, ROUGH, METAL),
        *(COAT, COAT_ROUGH, F0, THROUGH),
    )
)
COUNTED = np.arange(64, dtype=np.float32)
BEYOND = F(1e30)
NO_SPOTS = np.empty((0, SPOT_ROWS, SPOTS), np.float32)


def room_for_spots(tiles: int) -> NDArray[np.float32]:
    """(G, SPOT_ROWS, SPOTS) room for the spots of so many tiles, the last group filled up."""
    return np.empty(((tiles + GROUP - 1) // GROUP, SPOT_ROWS, SPOTS), np.float32)


@fast_kernel
def pick_spots(start, stop, direction, range_m, triangle, surface, offset_m, spots):
    """Fill `spots` (G, SPOT_ROWS, SPOTS) of tiles [start, stop) of 64 rays; `start` is a multiple of GROUP."""
    way, flat = direction.reshape(-1), surface.reshape(-1)
    lifted, out = offset_m.reshape(-1), spots.reshape(-1)
    for tile in range(start, stop):
        pick(tile, tile, way, range_m, triangle, flat, lifted, out)
    fill_up(stop, way, range_m, triangle, flat, lifted, out)


@fast_inner_kernel
def fetch_spots(spots, tile):
    """Have fetched where `pick` writes to, a quarter for each tile of the group before."""
    group = U(GROUP_SIZE) * (U(tile) // U(GROUP) + U(1))
    for row in range(SPOT_ROWS):
        if row % GROUP == tile % GROUP:
            prefetch(spots, group + U(row * SPOTS))


@fast_inner_kernel
def fill_up(stop, way, range_m, triangle, flat, lifted, spots):
    """Let the last tile stand for those that its group lacks."""
    for tile in range(stop, (stop + GROUP - 1) // GROUP * GROUP):
        pick(stop - 1, tile, way, range_m, triangle, flat, lifted, spots)


@fast_inner_kernel
def pick(tile, place, direction, range_m, triangle, surface, offset_m, spots):
    """Pick the spots of a tile for the `place` of that or another one; all arrays are flat."""
    within = U(place) % U(GROUP)
    group = U(GROUP_SIZE) * (U(place) // U(GROUP))
    out = group + U(OF_TILE) * within
    first = U(64) * U(tile)
    column = U(64 * S_COLUMNS) * U(tile)
    near = nearest_lane(range_m, first)
    for k in range(OF_TILE):
        own = near if k == 0 else (U(ONE) if k == 1 else (U(TWO) if k == 2 else U(THREE)))
        at = out + U(k)
        r = first + own
        spots[at + U(K_DX * SPOTS)] = direction[U(3) * r]
        spots[at + U(K_DY * SPOTS)] = direction[U(3) * r + U(1)]
        spots[at + U(K_DZ * SPOTS)] = direction[U(3) * r + U(2)]
        spots[at + U(K_LIVE * SPOTS)] = F(1) if triangle[r] >= 0 else F(0)
        spots[at + U(K_PX * SPOTS)] = offset_m[U(3) * r]
        spots[at + U(K_PY * SPOTS)] = offset_m[U(3) * r + U(1)]
        spots[at + U(K_PZ * SPOTS)] = offset_m[U(3) * r + U(2)]
        spots[at + U(K_LANE * SPOTS)] = F(np.int32(own))
        for c in range(S_COLUMNS):
            spots[at + U(c * SPOTS)] = surface[column + own + U(64 * c)]
    surround(first, triangle, offset_m, within == U(0), spots, group + U(K_BOX * SPOTS))


@fast_inner_kernel
def nearest_lane(range_m, first):
    """The first of the nearest of the 64 rays from `first` on."""
    near = load(range_m, first)
    for part in range(16, 64, 16):
        near = min(near, load(range_m, first + U(part)))
    least = F(0) - greatest(F(0) - near)
    lane = F(0) * near + F(64)
    for part in range(4):
        at = U(16 * (3 - part))
        lane = where(load(range_m, first + at), least, load(COUNTED, at), lane)
    return U(np.int32(F(0) - greatest(F(0) - lane))) & U(63)


@fast_inner_kernel
def surround(first, triangle, points, anew, box, at):
    """Widen six numbers of `box` to the coordinates of what 64 rays met."""
    low_x = low_y = low_z = BEYOND
    high_x = high_y = high_z = -BEYOND
    for k in range(64):
        r = first + U(k)
        met = triangle[r] >= 0
        px = points[U(3) * r]
        py = points[U(3) * r + U(1)]
        pz = points[U(3) * r + U(2)]
        low_x = lesser(low_x, px if met else BEYOND)
        low_y = lesser(low_y, py if met else BEYOND)
        low_z = lesser(low_z, pz if met else BEYOND)
        high_x = greater(high_x, px if met else -BEYOND)
        high_y = greater(high_y, py if met else -BEYOND)
        high_z = greater(high_z, pz if met else -BEYOND)
    box[at] = low_x if anew else lesser(low_x, box[at])
    box[at + U(1)] = low_y if anew else lesser(low_y, box[at + U(1)])
    box[at + U(2)] = low_z if anew else lesser(low_z, box[at + U(2)])
    box[at + U(3)] = high_x if anew else greater(high_x, box[at + U(3)])
    box[at + U(4)] = high_y if anew else greater(high_y, box[at + U(4)])
    box[at + U(5)] = high_z if anew else greater(high_z, box[at + U(5)])


@fast_inner_kernel
def load_spots(spots, at, lane):
    """Copy a group's spots, which begin `at` a place, to the first lanes of rows DX to THROUGH of `lane`."""
    for k in range(len(FROM_ROWS)):
        store(lane, U(TO_ROWS[k]), load(spots, at + U(SPOTS) * U(FROM_ROWS[k])))
