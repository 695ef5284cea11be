"""A deliberately weak vehicle detector: whatever is much darker than the road ahead is a car.

It is the kind of thing that looks fine on the clear recordings it was tuned on.  The scenario tests beside it show
where it stops working.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

DARKER_BY = 0.6  # a car's underside and glass against sunlit asphalt; fog lifts exactly these shadows


def find_cars(image: NDArray[np.uint8]) -> list[tuple[float, float, float, float]]:
    """Boxes (x0, y0, x1, y1) of dark blobs in the corridor ahead."""
    grey = cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), (3, 3), 0).astype(np.float32)
    height, width = grey.shape
    road = np.median(grey[int(height * 0.72) : int(height * 0.9), int(width * 0.4) : int(width * 0.6)])
    dark = (grey < (1.0 - DARKER_BY) * road).astype(np.uint8)
    corridor = np.zeros_like(dark)
    corridor[int(height * 0.38) : int(height * 0.70), int(width * 0.40) : int(width * 0.60)] = 1
    blobs = cv2.morphologyEx(dark & corridor, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(blobs)
    found = []
    for x, y, w, h, area in stats[1:count]:
        if area > 80 and 0.6 < w / h < 3.0:
            found.append((float(x), float(y), float(x + w), float(y + h)))
    return found
