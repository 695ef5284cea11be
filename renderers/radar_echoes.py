"""Echoes that reach a radar before it divides them into cells: places, powers, how they fluctuate.  Renderers floor."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renderers.radar_scan import RadarCause

Floats = NDArray[np.float64]

# How power varies from scan to scan about its mean (Swerling 1954).
STEADY = 0
SWERLING_1 = 1  # many scatterers alike: exponential
SWERLING_3 = 3  # one that dominates: chi-square of four degrees
WEIBULL = 4  # ground and leaves at grazing angles: spiky
WEIBULL_SHAPE = 0.7  # of power; 1 is exponential.  0.6 to 0.8 at grazing angles (Currie and Brown 1987)
WEIBULL_MEAN = 1.265823  # Gamma(1 + 1 / WEIBULL_SHAPE)


@dataclass(frozen=True, slots=True)
class Echoes:
    """E echoes with their drawn amplitudes, in roots of the noise's power."""

    range_m: Floats  # (E,)
    azimuth_rad: Floats  # (E,)
    rate_mps: Floats  # (E,) of the range
    amplitude: NDArray[np.complex128]  # (E,)
    cause: NDArray[np.uint8]  # (E,)
    instance: NDArray[np.int32]  # (E,)
    semantic: NDArray[np.uint8]  # (E,)

    @staticmethod
    def none() -> "Echoes":
        empty = np.zeros(0)
        return Echoes(
            empty, empty, empty, np.zeros(0, complex),
            np.zeros(0, np.uint8), np.zeros(0, np.int32), np.zeros(0, np.uint8),
        )  # fmt: skip

    @staticmethod
    def joined(some: Sequence["Echoes"]) -> "Echoes":
        """All of them, in order."""
        names = ("range_m", "azimuth_rad", "rate_mps", "amplitude", "cause", "instance", "semantic")
        return Echoes(*(np.concatenate([getattr(echoes, name) for echoes in some]) for name in names))

    def those(self, kept: NDArray[np.bool_]) -> "Echoes":
        """The echoes of a mask."""
        return Echoes(
            self.range_m[kept], self.azimuth_rad[kept], self.rate_mps[kept], self.amplitude[kept],
            self.cause[kept], self.instance[kept], self.semantic[kept],
        )  # fmt: skip


def fluctuating(
    snr: Floats, kind: NDArray[np.uint8] | int, chance: np.random.Generator
) -> NDArray[np.complex128]:
    """Amplitudes of these mean powers with random phases; every kind draws as much, so no echo changes another's."""
    count = len(snr)
    phase = chance.uniform(0.0, 2.0 * np.pi, count)
    one, three = chance.exponential(1.0, count), chance.gamma(2.0, 0.5, count)
    spiky = chance.weibull(WEIBULL_SHAPE, count) / WEIBULL_MEAN
    kinds = np.broadcast_to(np.asarray(kind), (count,))
    factor = np.select([kinds == SWERLING_1, kinds == SWERLING_3, kinds == WEIBULL], [one, three, spiky], 1.0)
    drawn: NDArray[np.complex128] = np.sqrt(snr * factor) * np.exp(1j * phase)
    return drawn


def filled(count: int, cause: RadarCause) -> NDArray[np.uint8]:
    """The cause of so many echoes."""
    return np.full(count, int(cause), np.uint8)
