"""Boxes as they are met in traffic are as large as those that people have measured."""

import numpy as np
import pytest

from scenarios.bodies import BODIES

# (length, width, height) means over the boxes of a dataset, and why it is that one that a class is held against.
MEASURED: dict[str, tuple[float, float, float]] = {
    # Argoverse 2's box trucks: lorries without a trailer.  nuScenes counts pickups among its trucks (6.93 m), and
    # KITTI's 10.14 m contain articulated ones; tractor units have a class of their own in Argoverse 2, and stay out.
    "truck": (9.62, 2.54, 3.54),
    # nuScenes: rigid and articulated city buses and coaches, mirrors included.
    "bus": (10.50, 2.94, 3.47),
    # nuScenes, whose boxes are drawn generously: no trailer may be wider than 2.60 m (96/53/EC, 23 CFR 658.15), so the
    # width is the law's for the curtain and tank semitrailers that we have.
    "trailer": (12.29, 2.55, 3.87),
    "tram": (16.17, 2.53, 3.53),  # KITTI
    "construction_vehicle": (6.37, 2.85, 3.19),  # nuScenes
}
LEFT_OUT = ("truck.tractor_unit",)


@pytest.mark.parametrize("kind", MEASURED)
def test_a_class_is_as_large_as_it_was_measured(kind: str) -> None:
    bodies = [b for b in BODIES.values() if b.actor_class == kind and b.model not in LEFT_OUT]
    met = [b for b in bodies if b.traffic > 0.0]
    shares = np.array(
        [b.traffic for b in met] if met else [1.0] * len(bodies)
    )  # nobody meets trams at random
    mean = shares @ np.array([b.size_m for b in met or bodies]) / shares.sum()
    assert mean == pytest.approx(np.array(MEASURED[kind]), rel=0.05)
