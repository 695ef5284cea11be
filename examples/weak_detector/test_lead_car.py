"""Perception tests of the weak detector: it passes in clear air and fails in fog.  Run: pytest examples/weak_detector"""

import pytest
from detector import find_cars

from labelers.detections import found_2d

FOG = "world.weather=[{clouds: 8 okta, air: 6 degC, fog: {visibility: 40 m}}]"


def detect(sample):
    """What the system under test reports of a sample: boxes in the front camera, every one of them a car."""
    boxes = find_cars(sample.cameras["cam_front"].image)
    return {"cam_front": found_2d(boxes, ["car"] * len(boxes))}


@pytest.mark.scenario("lead_car.scenario.yaml")
def test_the_car_ahead_is_found_in_clear_air(scenario_expectations):
    scenario_expectations.check(detect)


@pytest.mark.scenario("lead_car.scenario.yaml", set=[FOG])
def test_the_car_ahead_is_found_in_fog(scenario_expectations):
    scenario_expectations.check(detect)
