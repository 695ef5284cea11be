"""What clients of point clouds share: which points lie in a cuboid."""

import numpy as np


def within(points_m, cuboid, slack_m=2e-4):
    """(N,) whether world points (N, 3) lie in a cuboid that turns about the vertical alone."""
    yaw = cuboid["rotation_rad"][0]
    away = points_m - np.array(cuboid["centre_m"])
    turned = np.stack(
        [
            away[:, 0] * np.cos(yaw) + away[:, 1] * np.sin(yaw),
            away[:, 1] * np.cos(yaw) - away[:, 0] * np.sin(yaw),
            away[:, 2],
        ],
        axis=1,
    )
    return np.all(np.abs(turned) <= 0.5 * np.array(cuboid["size_m"]) + slack_m, axis=1)
