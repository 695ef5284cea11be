"""Lane paths as rows of one table that kernels read.  World floor."""

import numpy as np
from numpy.typing import NDArray

from sim.kernels.traffic import PATH_STEP_M, PCURVATURE, PSPEED, PX, PY, PYAW, comfortable_speed
from sim.roads.network import LanePath

EASY_LATERAL_MPS2 = 2.5  # what drivers accept in bends without thinking (Reymond et al. 2001: 2 to 4)
EASY_BRAKE_MPS2 = 1.5


class PathTable:
    """Samples of paths, `PATH_STEP_M` apart, one below the other; paths are added once and never change."""

    def __init__(self, lateral_mps2: float = EASY_LATERAL_MPS2) -> None:
        self._lateral_mps2 = lateral_mps2
        self._blocks: list[NDArray[np.float64]] = []
        self._joined: NDArray[np.float64] | None = None
        self._sides: list[NDArray[np.float64]] = []
        self._joined_sides: NDArray[np.float64] | None = None
        self._length = 0
        self._known: dict[tuple[int, float, bool], tuple[LanePath, tuple[int, int]]] = {}

    def add(self, path: LanePath, limit_mps: float = np.inf, mind_signs: bool = False) -> tuple[int, int]:
        """(first row, rows) of a path; `mind_signs` takes the map's speed limits along."""
        key = (id(path), limit_mps, mind_signs)  # the path is kept, so that its id stays its own
        if key not in self._known:
            self._known[key] = (path, self._sampled(path, limit_mps, mind_signs))
        return self._known[key][1]

    def _sampled(self, path: LanePath, limit_mps: float, mind_signs: bool) -> tuple[int, int]:
        s = np.arange(max(2, int(path.length_m / PATH_STEP_M) + 1)) * PATH_STEP_M
        block = np.empty((len(s), 5))
        for column, values in (
            (PX, path.position_m[:, 0]),
            (PY, path.position_m[:, 1]),
            (PYAW, path.yaw_rad),
        ):
            block[:, column] = np.interp(s, path.s_m, values)
        block[:, PCURVATURE] = np.interp(s, path.s_m, path.curvature_per_m)
        limit = np.full(len(s), limit_mps)
        if mind_signs:
            nearest = np.clip(np.searchsorted(path.s_m, s + 1e-9, side="right") - 1, 0, len(path.s_m) - 1)
            limit = np.minimum(limit, path.speed_limit_mps[nearest])
        block[:, PSPEED] = comfortable_speed(
            np.ascontiguousarray(block[:, PCURVATURE]), limit, self._lateral_mps2, EASY_BRAKE_MPS2
        )
        self._sides.append(
            np.column_stack((np.interp(s, path.s_m, path.width_m), np.interp(s, path.s_m, path.road_s_m)))
        )
        first = self._length
        self._blocks.append(block)
        self._length += len(block)
        self._joined = self._joined_sides = None
        return first, len(block)

    def speed_mps(self, first: int, s_m: float) -> float:
        """How fast one may be at a station of the path that begins with row `first`, for the bends ahead of it."""
        start = 0
        for block in self._blocks:
            if start == first:
                return float(np.interp(s_m, np.arange(len(block)) * PATH_STEP_M, block[:, PSPEED]))
            start += len(block)
        raise KeyError(f"no path begins with row {first}")

    @property
    def rows(self) -> NDArray[np.float64]:
        """(P, 5) all samples."""
        if self._joined is None:
            self._joined = np.concatenate(self._blocks) if self._blocks else np.zeros((2, 5))
        return self._joined

    @property
    def ways(self) -> NDArray[np.float64]:
        """(P, 6) all samples as `sim.trace.Ways` keeps them."""
        if self._joined_sides is None:
            self._joined_sides = np.concatenate(
                (self.rows[:, : PCURVATURE + 1], np.concatenate(self._sides)), axis=1
            )
        return self._joined_sides
