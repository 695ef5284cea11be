"""Lane paths that many vehicles of the background share.  World floor."""

import numpy as np

from sim.placement import BEHIND_M
from sim.roads.geometry import Array
from sim.roads.network import LanePath, RoadNetwork


class Ways:
    """Lane paths of the background.  Sampling one costs more than driving along it, so they are shared."""

    def __init__(self, network: RoadNetwork, reach_m: float) -> None:
        self.network = network
        self.reach_m = reach_m
        self.whole: dict[tuple[str, int], tuple[LanePath, Array, Array]] = {}

    def along(
        self, road: str, lane: int, station_m: float, turn: int | None = None
    ) -> tuple[LanePath, float]:
        """(path, station on it) of a place; with `turn` the way through junctions is drawn from that number."""
        if turn is not None and self.network.junctions:
            path = self.network.path(
                road, lane, station_m, self.reach_m, behind_m=BEHIND_M, turn="any", seed=turn
            )
            return path, path.start_m
        if (road, lane) not in self.whole:
            self.whole[road, lane] = self._whole(road, lane)
        known, stations_m, s_m = self.whole[road, lane]
        return known, float(np.interp(station_m, stations_m, s_m))

    def _whole(self, road: str, lane: int) -> tuple[LanePath, Array, Array]:
        """The path along a whole road and on, with its stations on that road in ascending order."""
        half = self.network.roads[road].length_m / 2
        path = self.network.path(road, lane, half, half + self.reach_m, behind_m=half + BEHIND_M)
        here = [k for k, (name, _, _) in enumerate(path.pieces) if name == road]
        rows = np.flatnonzero(np.isin(path.piece, here))
        stations, s = path.road_s_m[rows], path.s_m[rows]
        if stations[-1] < stations[0]:
            stations, s = stations[::-1], s[::-1]
        return path, stations, s
