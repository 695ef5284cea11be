"""Perception tests of the weak detector: it passes in clear air and fails in fog.  Run: pytest examples/weak_detector"""

import pytest
from detector import find_cars

FOG = "world.weather=[{clouds: 8 okta, air: 6 degC, fog: {visibility: 40 m}}]"


def overlap(a, b):
    """Intersection over union of two (x0, y0, x1, y1) boxes."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def recall(samples):
    """Share of frames in which some found box overlaps the lead car's visible box by at least 0.4."""
    hits = 0
    for sample in samples:
        lead = next(c.instance_id for c in sample.labels.cuboids if c.name == "lead")
        truth = next(b.visible for b in sample.labels.boxes["cam_front"] if b.instance_id == lead)
        found = find_cars(sample.cameras["cam_front"].image)
        hits += any(overlap(box, truth) >= 0.4 for box in found)
    return hits / len(samples)


@pytest.mark.scenario("lead_car.scenario.yaml")
def test_the_car_ahead_is_found_in_clear_air(scenario_samples):
    assert recall(scenario_samples) >= 0.9


@pytest.mark.scenario("lead_car.scenario.yaml", set=[FOG])
def test_the_car_ahead_is_found_in_fog(scenario_samples):
    assert recall(scenario_samples) >= 0.9
