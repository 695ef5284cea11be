"""A scenario of a few small frames, for tests of the application."""

from pathlib import Path

SCENARIO = """\
scenario: small_rain
params:
  rain: 5..20 mm/h
world:
  clock: {sun: {elevation: 20 deg, azimuth: 200 deg}}
  weather: [{rain: $rain, clouds: 6 okta, air: 8 degC}]
  road: {preset: urban_street, length: 120 m, surroundings: bare}
actors:
  ego:
    model: car.sedan
    under_test: true
    rig: rig.yaml
    start: {lane: right, s: 20 m, speed: 30 km/h}
    do: [{drive: {speed: 30 km/h}}]
  lead:
    model: car.suv
    start: {lane: right, ahead_of: ego, gap: 15 m, speed: 30 km/h}
    do: [{drive: {speed: 30 km/h}}]
  walker:
    model: pedestrian.adult
    start: {ahead_of: ego, gap: 9 m, offset: sidewalk, facing: across}
    do: [{walk: {to: along, speed: 5 km/h}}]
capture: {duration: 0.3 s, rate: 10 Hz}
"""

RIG = """\
rig: small_rig
cameras: {cam_front: {width: 160, height: 96, fov: 80 deg, mount: {x: 0.6 m, z: 1.4 m}}}
lidars: {lidar_top: {model: VLP-16, mount: {z: 1.9 m}}}
"""


def write_small(folder: Path) -> Path:
    """Write the scenario and its rig; returns the scenario's path."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rig.yaml").write_text(RIG, encoding="utf-8")
    path = folder / "small.scenario.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path
