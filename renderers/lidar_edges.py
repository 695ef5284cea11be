"""Beams that fall on several surfaces: which do, and what a receiver makes of them.  Renderers floor.

One ray stands for a beam where its neighbours see the same surface.  At an edge four more rays, on the beam's rim, say
how it is shared; echoes less than a pulse apart overlap and are read as one echo between them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from renderers.frames import Cause
from renderers.lidar_models import Firings, LidarModel
from renderers.tracer import Hits

Floats = NDArray[np.float32]

# An edge is where the inverse range bends by more than this from one step to the next: along a plane it is linear.
BEND = 0.03
# Five rays for a Gaussian beam: its middle and four at the 1/e^2 radius have its second moments.
MIDDLE, AROUND = 0.5, 0.125
MIXED_M = 0.03  # points that were pulled further than this towards another surface belong to neither


class Met(Protocol):
    """What rays met, as `renderers.lidar` keeps it."""

    @property
    def echo(self) -> Floats: ...

    @property
    def cosine(self) -> Floats: ...

    @property
    def hits(self) -> Hits: ...


@dataclass(frozen=True, slots=True)
class Mixed:
    """What the receiver makes of a beam that falls on several surfaces, E of them."""

    power: Floats
    range_m: Floats
    placement: NDArray[np.int32]
    triangle: NDArray[np.int32]
    cosine: Floats
    cause: NDArray[np.uint8]


def at_edges(hits: Hits, shots: Firings, model: LidarModel, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which firings of a slice stand at an edge between two surfaces, seen from their neighbours."""
    step = shots.step[rows] - shots.step[rows].min()
    laser = shots.laser[rows]
    ring = model.ring[laser].astype(np.int64)
    nearness = np.zeros((len(model.ring), int(step.max()) + 1))
    nearness[ring, step] = np.where(hits.triangle >= 0, 1.0 / np.maximum(hits.range_m, 1e-3), 0.0)
    padded = np.pad(nearness, ((0, 0), (1, 1)), "edge")
    bend = np.abs(padded[:, :-2] - 2.0 * nearness + padded[:, 2:])
    largest = np.maximum(np.maximum(padded[:, :-2], padded[:, 2:]), nearness)
    edge = bend > BEND * np.maximum(largest, 1e-6)
    # Neighbouring rings look to the same side only where the lasers stand in line.
    part = np.full(nearness.shape, -1, np.int64)
    part[ring, step] = hits.placement
    aside = np.empty(len(model.ring))
    aside[model.ring] = model.azimuth_rad
    in_line = np.abs(np.diff(aside)) < 2.0 * np.pi / model.steps
    other = (part[1:] != part[:-1]) & in_line[:, None]
    edge[1:] |= other
    edge[:-1] |= other
    met: NDArray[np.bool_] = edge[ring, step]
    return met


def around(direction: Floats, divergence_rad: tuple[float, float]) -> Floats:
    """(E, 4, 3) unit rays on the rim of beams, two along the scan and two across."""
    left = np.stack([-direction[:, 1], direction[:, 0], np.zeros(len(direction), np.float32)], axis=1)
    left /= np.maximum(np.linalg.norm(left, axis=1, keepdims=True), 1e-6)
    up = np.cross(direction, left)
    along, across = (0.5 * angle for angle in divergence_rad)
    rim = np.stack([along * left, -along * left, across * up, -across * up], axis=1)
    aim = direction[:, None] + rim
    return np.asarray(aim / np.linalg.norm(aim, axis=2, keepdims=True), np.float32)


def mixed(
    first: Met,
    sub: Met,
    edge: NDArray[np.int64],
    pulse_m: float,
    power_of: Callable[[Floats, Floats], Floats],
    cause_of: Callable[[NDArray[np.int32], int], NDArray[np.uint8]],
) -> Mixed:
    """The strongest return of beams at edges; echoes that overlap in time are one echo at their mean range."""

    def beside(middle: NDArray[Any], around: NDArray[Any]) -> NDArray[Any]:
        return np.concatenate([middle[edge][:, None], around.reshape(len(edge), -1)], axis=1)

    echo = beside(first.echo, sub.echo)
    echo[:, 0] *= MIDDLE
    echo[:, 1:] *= AROUND
    total = np.where(echo > 0.0, beside(first.hits.range_m, sub.hits.range_m), np.float32(1e6))
    power = power_of(echo, total)
    together = np.abs(total[:, :, None] - total[:, None, :]) < pulse_m  # (E, 5, 5)
    summed = np.einsum("ejk,ek->ej", together, power)
    row = np.arange(len(edge))
    leader = summed.argmax(axis=1)
    group = np.where(together[row, leader], power, 0.0)
    energy = group.sum(axis=1)
    mean = (group * total).sum(axis=1) / np.maximum(energy, 1e-30)
    most = group.argmax(axis=1)
    placement = beside(first.hits.placement, sub.hits.placement)
    own = placement[row, most]
    pulled = (np.abs(mean - total[row, most]) > MIXED_M) | (own != placement[:, 0])
    return Mixed(
        energy.astype(np.float32),
        np.where(energy > 0.0, mean, np.inf).astype(np.float32),
        own,
        beside(first.hits.triangle, sub.hits.triangle)[row, most],
        beside(first.cosine, sub.cosine)[row, most],
        np.where(pulled, Cause.MIXED, cause_of(own, Cause.SURFACE)).astype(np.uint8),
    )
