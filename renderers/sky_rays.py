"""Which way each cell of a picture looks for the sky: many directions, even about every cell.  Renderers floor.

Cells are every third or fourth pixel of such rows (every fourth or sixth by night), and eight by eight of them hold
all points of a (0, 6, 2)-net in base 2 (Niederreiter 1987), laid on the hemisphere by the map of Shirley and Chiu
1997, which keeps shares of area, and by Malley's projection, which weighs them by the cosine. The bits of a point are
sums of the bits of its cell's row and column, chosen so that eight cells of a row, of a column and of a diagonal, and
four by four cells, are nets too: of a thing as thin as a kerb a few cells stand for all. The next eight by eight cells
have the points moved a little, for surfaces that are wide enough to be averaged over more of them.
"""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Longs = NDArray[np.int64]

SIDE = 8  # cells
POINTS = SIDE * SIDE
NARROW_CELL_PX, WIDE_CELL_PX, WIDE_PX = 3, 4, 1120
# By night, when sun, moon and sky give less than four full moons, lamps leave little of it to see.
NIGHT_CELL_PX, NIGHT_LX = {NARROW_CELL_PX: 4, WIDE_CELL_PX: 6}, 1.0
NETS = 4
# A cell (row, column) mod 8 has the number v = 8 row + column; a coordinate's bits, the highest first, are the parities
# of v & mask.
ACROSS = (42, 31, 62, 35, 46, 3)
ALONG = (19, 30, 49, 50, 28, 37)
SHIFT = 3  # columns by which the next eight rows are moved: a column of sixteen cells has sixteen directions
ANOTHER = 0.381966  # of the circle, between pictures that are averaged


def cell_px(width_px: int, night: bool = False) -> int:
    """How many pixels lie between cells of a picture; wide ones have more for whatever is as large."""
    by_day = NARROW_CELL_PX if width_px < WIDE_PX else WIDE_CELL_PX
    return NIGHT_CELL_PX[by_day] if night else by_day


def pattern_of(row: Longs, column: Longs) -> Longs:
    """The direction, 0 to 255, of cells."""
    net = (2 * (row // SIDE) + column // SIDE) % NETS
    return POINTS * net + SIDE * (row % SIDE) + (column + SHIFT * (row // SIDE)) % SIDE


def net() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The (4, 64) points of the nets in the unit square, in the middles of their own 64 x 64 cells."""
    return _side(ACROSS, (0, 6, 3, 5)), _side(ALONG, (0, 3, 5, 6))


def _side(masks: tuple[int, ...], moves: tuple[int, ...]) -> NDArray[np.float64]:
    """(4, 64) one coordinate; `moves` of less than 8 leave the points of other nets in their own eighths of it."""
    places = [[(v & mask).bit_count() & 1 for v in range(POINTS)] for mask in masks]
    side = sum(np.array(bits) << (5 - k) for k, bits in enumerate(places))
    return np.asarray((np.stack([side ^ move for move in moves]) + 0.5) / POINTS)


@lru_cache(maxsize=8)
def lobe_directions(number: int = 0) -> NDArray[np.float32]:
    """Cosine-weighted directions (256, 3) about +z; another `number` turns them."""
    x, y = (2 * side.reshape(-1) - 1 for side in net())
    flat = np.abs(x) > np.abs(y)
    radius = np.where(flat, x, y)
    angle = math.pi / 4 * np.where(flat, y / np.where(flat, x, 1.0), 2.0 - x / np.where(flat, 1.0, y))
    angle += 2 * math.pi * ANOTHER * number
    return np.stack([radius * np.cos(angle), radius * np.sin(angle), np.sqrt(1 - radius**2)], axis=-1).astype(
        np.float32
    )


def neighbours() -> Longs:
    """(256,) places of the directions in an order in which those that follow each other are alike."""
    x, y = ((8 * side[0]).astype(np.int64) for side in net())
    column = np.where(x % 2 == 0, y, 7 - y)
    order = np.empty(POINTS, np.int64)
    order[np.lexsort((column, x))] = np.arange(POINTS)
    return np.tile(order, NETS)
