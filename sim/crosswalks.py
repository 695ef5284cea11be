"""Which crosswalks a way leads over, and where their two ends lie beside it.  World floor."""

from dataclasses import dataclass

import numpy as np

from sim.roads.network import LanePath, RoadNetwork

END_SHARE = 0.25  # of the length across the road: corners this near to an end belong to it


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """A crosswalk in the coordinates of a lane path that leads over it."""

    right_s_m: float  # middle of its right end, along the path
    right_m: float  # and beside it: to the left of the path, so below 0
    left_s_m: float
    left_m: float

    @property
    def s_m(self) -> float:
        return 0.5 * (self.right_s_m + self.left_s_m)


def crosswalks_ahead(network: RoadNetwork, path: LanePath, from_m: float) -> list[Crosswalk]:
    """The crosswalks that a path leads over after `from_m`, in their order along it."""
    found: list[Crosswalk] = []
    for thing in network.objects:
        if thing.kind != "crosswalk" or thing.outline_m is None:
            continue
        places = np.array([path.locate(float(x), float(y)) for x, y, _ in thing.outline_m])
        s, t = places[:, 0], places[:, 1]
        wide = float(t.max() - t.min())
        if not (t.min() < 0.0 < t.max() and wide < 100.0 and s.min() > 0.0 and s.max() < path.length_m):
            continue
        right, left = t < t.min() + END_SHARE * wide, t > t.max() - END_SHARE * wide
        crosswalk = Crosswalk(float(s[right].mean()), float(t.min()), float(s[left].mean()), float(t.max()))
        if crosswalk.s_m > from_m:
            found.append(crosswalk)
    return sorted(found, key=lambda c: c.s_m)
