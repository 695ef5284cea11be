"""Beams that fall on several surfaces: which do, and what a receiver makes of them.  Renderers floor.

One ray stands for a beam where its neighbours see the same surface.  At an edge six more rays about its middle say how
it is shared; echoes less than a pulse apart overlap and are read as one echo between them (kernels.beams.mix).
"""

import numpy as np
from numpy.typing import NDArray

from renderers.kernels.beams import RIM, find_edges, rim_of
from renderers.lidar_models import LidarModel
from renderers.tracer import Hits

Floats = NDArray[np.float32]

# An edge is where the inverse range bends by more than this from one step to the next: along a plane it is linear.
BEND = 0.03
# Seven rays for a Gaussian beam: its middle and six at 0.87 of the 1/e^2 radius have its second moments.
MIDDLE, AROUND = 1.0 / 3.0, 1.0 / 9.0
MIXED_M = 0.03  # points that were pulled further than this towards another surface belong to neither


def at_edges(
    hits: Hits, ring: NDArray[np.int64], step: NDArray[np.int64], model: LidarModel
) -> NDArray[np.bool_]:
    """Which beams of a slice stand at an edge between two surfaces, seen from their neighbours.

    `step` (B,) counts from the slice's first.
    """
    rings, steps = len(model.ring), int(step.max()) + 1
    # Neighbouring rings look to the same side only where the lasers stand in line.
    aside = np.empty(rings)
    aside[model.ring] = model.azimuth_rad
    in_line = np.abs(np.diff(aside)) < 2.0 * np.pi / model.steps
    apart = np.empty(rings, np.int64)
    apart[model.ring] = model.every
    edge = np.empty(len(ring), np.bool_)
    find_edges(
        ring, step, hits.range_m, hits.placement, hits.triangle, in_line, apart, BEND,
        np.empty((rings, steps)), np.empty((rings, steps), np.int64), edge,
    )  # fmt: skip
    return edge


def around(direction: Floats, divergence_rad: tuple[float, float]) -> Floats:
    """(E, 6, 3) unit rays about the middle of beams, two of them along the scan."""
    aim = np.empty((len(direction), RIM, 3), np.float32)
    along, across = (0.5 * angle for angle in divergence_rad)
    rim_of(np.arange(len(direction)), direction, along, across, aim.reshape(-1, 3))
    return aim
