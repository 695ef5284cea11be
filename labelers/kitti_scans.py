"""The points of a sweep in the order of KITTI's scans.  Labels floor.

KITTI's scans, and so those of SemanticKITTI, have no column for rings: they list one after the other, the highest
first, each from straight ahead round to the left.  Readers find the rings again where the azimuth begins anew.
"""

from dataclasses import replace

import numpy as np

from renderers.frames import LidarSweep
from renderers.lidar_models import Make, lidar_model
from scenarios.schema import Lidar


def as_kitti_lists(sweep: LidarSweep, words: Lidar[float]) -> LidarSweep:
    """The same sweep ring by ring; as fired where the lidar does not turn, since there nothing begins anew.

    The azimuth is that of the points as written: by the time of firing, those that the ego's way moved over the
    line straight ahead would begin a ring of their own in the middle of another.
    """
    if lidar_model(Make.of(words)).scan != "turn":
        return sweep
    place = sweep.xyz_m.astype(np.float64)
    azimuth = np.arctan2(place[:, 1], place[:, 0]) % (2.0 * np.pi)
    order = np.lexsort((sweep.return_index, azimuth, -sweep.ring.astype(np.int64)))
    return replace(
        sweep,
        xyz_m=sweep.xyz_m[order],
        raw_xyz_m=sweep.raw_xyz_m[order],
        intensity=sweep.intensity[order],
        ring=sweep.ring[order],
        offset_ns=sweep.offset_ns[order],
        instance=sweep.instance[order],
        semantic=sweep.semantic[order],
        cause=sweep.cause[order],
        range_m=sweep.range_m[order],
        cos_incidence=sweep.cos_incidence[order],
        return_index=sweep.return_index[order],
    )
