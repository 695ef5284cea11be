"""Beams through turning wedges of glass (Risley prisms): patterns that do not repeat.  Renderers floor."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Prisms:
    """Wedges one behind the other on the x axis, each with one face across the axis and one that is tilted."""

    wedge_rad: Array  # (P,) between the faces
    turn_radps: Array  # (P,) about the axis
    refraction: float
    tilted_first: tuple[bool, ...]  # (P,) whether the beam meets the tilted face first

    def bend(self, elevation_rad: Array, time_s: Array) -> Array:
        """(N, 3) unit directions in which beams leave that enter at these elevations at these times."""
        way = np.stack([np.cos(elevation_rad), np.zeros(len(time_s)), np.sin(elevation_rad)], axis=1)
        across = np.tile((-1.0, 0.0, 0.0), (len(time_s), 1))
        for wedge, turn, first in zip(self.wedge_rad, self.turn_radps, self.tilted_first, strict=True):
            # Whole turns are taken off first: a cosine of a large angle is not the same on every machine.
            angle = 2.0 * np.pi * np.remainder(turn / (2.0 * np.pi) * time_s, 1.0)
            tilted = np.stack(
                [
                    np.full(len(time_s), -np.cos(wedge)),
                    np.sin(wedge) * np.cos(angle),
                    np.sin(wedge) * np.sin(angle),
                ],
                axis=1,
            )
            faces = (tilted, across) if first else (across, tilted)
            way = refracted(way, faces[0], 1.0 / self.refraction)
            way = refracted(way, faces[1], self.refraction)
        out: Array = way / np.linalg.norm(way, axis=1, keepdims=True)
        return out


def refracted(way: Array, normal: Array, ratio: float) -> Array:
    """(N, 3) unit directions behind a face whose normal looks against them; `ratio` of the indices, before over behind.

    Snell's law in its vector form.
    """
    cosine = -np.einsum("ni,ni->n", way, normal)
    passing = 1.0 - ratio * ratio * (1.0 - cosine * cosine)
    assert float(passing.min(initial=1.0)) > 0.0, (
        "a wedge that reflects all light inside is no prism of a lidar"
    )
    out: Array = ratio * way + (ratio * cosine - np.sqrt(passing))[:, None] * normal
    return out
