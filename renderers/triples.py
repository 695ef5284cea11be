"""Arithmetic along short axes, of coordinates and of corners, column by column.  Renderers floor; plain arrays.

numpy's own reductions along an axis of three take ten times as long.  Everything runs in their order, so results are
the same to the last bit.
"""

from collections.abc import Iterable
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[Any]


def _columns(values: Array, axis: int) -> Iterable[Array]:
    """The columns along the last axis (-1), or along the first or the second."""
    return (column.T for column in values.T) if axis == -1 else values.swapaxes(0, axis)


def total(values: Array, axis: int = -1) -> Array:
    """The sum over the axis."""
    return reduce(np.add, _columns(values, axis))


def mean(values: Array, axis: int = -1) -> Array:
    """The mean of floats over the axis."""
    middle: Array = total(values, axis) / values.dtype.type(values.shape[axis])
    return middle


def greatest(values: Array, axis: int = -1) -> Array:
    """The greatest value over the axis."""
    return reduce(np.maximum, _columns(values, axis))


def least(values: Array, axis: int = -1) -> Array:
    """The smallest value over the axis."""
    return reduce(np.minimum, _columns(values, axis))


def some(flags: Array, axis: int = -1) -> Array:
    """Whether any flag along the axis is set."""
    return reduce(np.logical_or, _columns(flags, axis))


def every(flags: Array, axis: int = -1) -> Array:
    """Whether all flags along the axis are set."""
    return reduce(np.logical_and, _columns(flags, axis))


def length(vectors: Array) -> Array:
    """(...) the lengths of vectors (..., D)."""
    found: Array = np.sqrt(reduce(np.add, [c * c for c in _columns(vectors, -1)]))
    return found


def cross(one: ArrayLike, two: ArrayLike) -> Array:
    """(..., 3) the cross products of vectors (..., 3)."""
    p, q = np.asarray(one), np.asarray(two)
    (a, b, c), (x, y, z) = _columns(p, -1), _columns(q, -1)
    product = np.empty(np.broadcast_shapes(p.shape, q.shape), np.result_type(p, q))
    product[..., 0] = b * z - c * y
    product[..., 1] = c * x - a * z
    product[..., 2] = a * y - b * x
    return product
