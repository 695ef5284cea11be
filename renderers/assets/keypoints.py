"""The seventeen key points of COCO on people, riders and whoever lies.  Renderers floor.

Joints are where the skeleton turns, which is what annotators click through clothes; points of the face lie on the skin.
"""

import numpy as np
from numpy.typing import NDArray

from renderers.assets.pose import articulate
from renderers.mesh import Asset
from sim.trace import WorldInstant

# In COCO's order (Lin et al. 2014).
COCO_KEYPOINTS = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow",
    "right_elbow",
    "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle",
)  # fmt: skip


def coco_keypoints(asset: Asset, instant: WorldInstant, index: int) -> NDArray[np.float64]:
    """(17, 3) places in the world of the key points of the actor in column `index`; (0, 3) where nobody is seen."""
    if not asset.keypoints:
        return np.zeros((0, 3))
    at = {k.name: (k.part, np.array(k.at_m)) for k in asset.keypoints}
    world_from_part = instant.world_from_actor(index) @ articulate(asset, instant, index)
    places = np.empty((len(COCO_KEYPOINTS), 3))
    for row, name in enumerate(COCO_KEYPOINTS):
        part, point = at[name]
        places[row] = world_from_part[part, :3, :3] @ point + world_from_part[part, :3, 3]
    return places
