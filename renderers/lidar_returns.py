"""All that a firing's beam meets, and which of it a scanner reports as further returns.  Renderers floor.

The strongest return is decided by renderers.lidar alone; whoever asks for more gets it unchanged beside the others.
Definitions are in docs/lidar.md, "Returns".
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renderers.frames import Cause
from renderers.kernels import returns as kernel
from renderers.kernels.detect import SKY
from renderers.lidar_edges import MIXED_M
from renderers.lidar_models import LidarModel
from renderers.lidar_slices import FIRINGS_PER_SLICE
from renderers.lidar_strays import Strays
from renderers.mist import Met, MistInBeams
from sim.slices import in_slices

Floats = NDArray[np.float32]
STRONGEST = "strongest"


@dataclass(frozen=True, slots=True)
class Pulses:
    """What parts of beams met: P pulses, of which each firing has at least one, its middle's."""

    row: NDArray[np.int64]  # (P,) of the sweep's firings
    range_m: Floats  # whole way; inf: nothing met
    echo: Floats  # share of the beam included; 0: nothing met
    placement: NDArray[np.int32]
    triangle: NDArray[np.int32]
    cosine: Floats
    cause: NDArray[np.uint8]
    middle: NDArray[np.bool_]  # of the first thing in the way of a beam's middle
    # What the beam meets in balls of spray and plumes before it: as in mist.Met.
    depth: Floats
    spray_m: Floats
    puff_m: Floats
    puff_echo: Floats
    puff_cause: NDArray[np.uint8]

    @staticmethod
    def of(
        row: NDArray[np.int64],
        range_m: Floats,
        echo: Floats,
        placement: NDArray[np.int32],
        triangle: NDArray[np.int32],
        cosine: Floats,
        cause: NDArray[np.uint8],
    ) -> "Pulses":
        """Pulses in air without balls, of no beam's middle."""
        met = Met.none(len(row))
        return Pulses(
            row, range_m, echo, placement, triangle, cosine, cause, np.zeros(len(row), bool),
            met.depth, met.spray_m, met.puff_m, met.puff_echo, met.puff_cause,
        )  # fmt: skip

    @staticmethod
    def none() -> "Pulses":
        """Of nobody."""
        zero, whole = np.zeros(0, np.float32), np.zeros(0, np.int32)
        return Pulses.of(np.zeros(0, np.int64), zero, zero, whole, whole, zero, np.zeros(0, np.uint8))

    @staticmethod
    def of_strays(strays: Strays) -> "Pulses":
        """False echoes among the others."""
        count = len(strays.row)
        nothing = np.full(count, -1, np.int32)
        cause = np.full(count, strays.cause, np.uint8)
        cosine = np.zeros(count, np.float32)
        return Pulses.of(strays.row, strays.range_m, strays.echo, nothing, nothing, cosine, cause)

    @staticmethod
    def joined(parts: Sequence["Pulses"]) -> "Pulses":
        """All of them, by firing and range."""
        columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in Pulses.__slots__}
        order = np.lexsort((columns["range_m"], columns["row"]))
        return Pulses(**{name: column[order] for name, column in columns.items()})

    def rows(self, kept: NDArray[np.bool_]) -> "Pulses":
        """Those of them."""
        return Pulses(**{name: getattr(self, name)[kept] for name in Pulses.__slots__})

    def through(
        self,
        mist: MistInBeams,
        seed: int,
        index: NDArray[np.int64],
        direction: NDArray[np.float64],
        start: NDArray[np.float64],
        origin_m: NDArray[np.float64],
        after_s: float,
        model: LidarModel,
    ) -> "Pulses":
        """These pulses behind balls of spray and plumes; rays (N, 3) are those of the sweep, in the world."""
        met = Met.none(len(self.row))
        mist.meet(
            seed, index[self.row], np.arange(len(self.row)), direction[self.row].astype(np.float32),
            (start[self.row] - origin_m).astype(np.float32), origin_m, after_s, self.range_m, model.overlap_m,
            model.pulse_m, met,
        )  # fmt: skip
        return replace(
            self, depth=met.depth, spray_m=met.spray_m, puff_m=met.puff_m, puff_echo=met.puff_echo,
            puff_cause=met.puff_cause,
        )  # fmt: skip

    def owned(self, owner: NDArray[np.int64], name: str, otherwise: NDArray[Any]) -> NDArray[Any]:
        """A column of the pulses that returns lie on; `otherwise` where the strongest path knows better."""
        if not len(self.row):
            return otherwise
        return np.where(owner >= 0, getattr(self, name)[np.maximum(owner, 0)], otherwise)


@dataclass(frozen=True, slots=True)
class Reports:
    """What N firings report: row 0 their first return, the others further ones; `cause` SKY where there is none."""

    measured_m: Floats  # (1 + E, N)
    intensity: Floats
    true_m: Floats
    cause: NDArray[np.uint8]
    owner: NDArray[np.int64]  # row of the pulses; -1: none, or what the strongest return lies on

    @staticmethod
    def of(
        measured_m: Floats, intensity: Floats, true_m: Floats, cause: NDArray[np.uint8], further: int = 0
    ) -> "Reports":
        """The strongest returns alone, with room for further ones."""
        none = np.full((further, len(cause)), SKY, np.uint8)
        nothing = np.zeros((further, len(cause)), np.float32)
        return Reports(
            np.vstack([measured_m[None], nothing]),
            np.vstack([intensity[None], nothing]),
            np.vstack([true_m[None], nothing]),
            np.vstack([cause[None], none]),
            np.full((1 + further, len(cause)), -1, np.int64),
        )

    def silence(self, firings: NDArray[np.bool_], reason: int) -> None:
        """Take all returns of firings away."""
        self.cause[:, firings] = SKY
        self.cause[0, firings] = reason


def further_of(returns: str, modes: Sequence[str]) -> tuple[int, int]:
    """How the kernel chooses, and how many returns beside the first.

    Velodyne's and Hesai's second return is the last, or the second strongest where the strongest is the last (VLP-32C
    manual, p. 57; Hesai QT128, table of return modes); Ouster's and Livox's are the strongest ones.
    """
    if returns == "first":
        return kernel.FIRST, 0
    if returns == "last":
        return kernel.LAST, 0
    if returns == "dual" and "last" in modes:
        return kernel.AND_LAST, 1
    return kernel.AND_STRONGEST, 1 if returns == "dual" else 2


def reports(
    returns: str,
    modes: Sequence[str],
    seed: int,
    index: NDArray[np.int64],
    height_m: Floats,
    rise: Floats,
    bias_m: Floats,
    pulses: Pulses,
    air: NDArray[np.float64],
    numbers: NDArray[np.float64],
    strongest: tuple[Floats, Floats, Floats, NDArray[np.uint8]],
    threads: int,
) -> Reports:
    """The returns of all firings, from the strongest ones (measured, intensity, true range, cause) and all pulses."""
    mode, extra = further_of(returns, modes)
    count = len(index)
    first = np.searchsorted(pulses.row, np.arange(count + 1))
    last = first[1:] - 1  # a drop may hang anywhere before the farthest thing
    middle = np.flatnonzero(pulses.middle)
    all_of = Reports.of(*strongest, further=extra)

    def work(begin: int, end: int) -> None:
        kernel.report_returns(
            seed, index, height_m, rise, bias_m, first, pulses.range_m, pulses.echo, pulses.depth, pulses.placement,
            pulses.cause, pulses.placement[middle], pulses.range_m[middle], pulses.spray_m[last],
            pulses.puff_m[last], pulses.puff_echo[last], pulses.puff_cause[last], MIXED_M, mode, extra, air, numbers,
            begin, end,
            all_of.measured_m, all_of.intensity, all_of.true_m, all_of.cause, all_of.owner,
        )  # fmt: skip

    in_slices(work, count, threads, FIRINGS_PER_SLICE)
    return all_of


def ego_named(
    placement: NDArray[np.int32], kind: int, actor: NDArray[np.int32], ego: int
) -> NDArray[np.uint8]:
    """Causes of what rays met, as kernels.beams.cause_of gives them."""
    cause = np.full(len(placement), kind, np.uint8)
    if kind != Cause.GHOST:
        cause[(placement >= 0) & (actor[np.maximum(placement, 0)] == ego)] = Cause.EGO
    return cause
