"""A scenario small enough to render in a blink once compiled: for warming up and for the doctor.  Roof."""

import tempfile
from pathlib import Path

from scenarios import load, resolve
from scenarios.resolved import Concrete

WEATHERS = {
    "clear": ("{sun: {elevation: 40 deg, azimuth: 150 deg}}", "[{clouds: 2 okta}]"),
    "low_sun": ("{sun: {elevation: 7 deg, azimuth: 80 deg}}", "[{clouds: 1 okta}]"),
    "overcast": ("{sun: {elevation: 40 deg, azimuth: 150 deg}}", "[{clouds: 8 okta}]"),
    "fog": (
        "{sun: {elevation: 30 deg, azimuth: 150 deg}}",
        "[{clouds: 6 okta, fog: {visibility: 80 m}, rain: 5 mm/h}]",
    ),
    "night_rain": ("{sun: {elevation: -30 deg, azimuth: 150 deg}}", "[{clouds: 8 okta, rain: 20 mm/h}]"),
    "snow": (
        "{sun: {elevation: 15 deg, azimuth: 150 deg}}",
        "[{clouds: 8 okta, snow: 2 mm/h, air: -3 degC}]",
    ),
    "smoke": (  # between the sensors and the parked car
        "{sun: {elevation: 30 deg, azimuth: 150 deg}}",
        "[{clouds: 2 okta}]\n  plumes: [{kind: smoke, s: 25 m, lane: right, lateral: -1 m}]",
    ),
}

SCENARIO = """\
scenario: tiny
world:
  clock: {clock}
  weather: {weather}
  road: {{preset: urban_street, length: 80 m}}
actors:
  ego:
    model: car.sedan
    look: {{dirt: clean}}  # under any weather
    under_test: true
    rig: rig.yaml
    start: {{lane: right, s: 20 m, speed: 20 km/h}}
    do: [{{drive: {{speed: 20 km/h}}}}]
  walker:
    model: pedestrian.adult
    start: {{ahead_of: ego, gap: 12 m, offset: sidewalk, facing: across}}
    do:
      - wait: {{until: "gap(ego, parked) <= 40 m"}}
      - walk: {{to: opposite_sidewalk, speed: 5 km/h}}
  parked:  # with a door open it is built in full, panes and all, however small it is in the picture
    model: car.suv
    look: {{dirt: clean}}
    start: {{parked: right, s: 29 m}}
    doors: [boot]
capture: {{duration: 0.3 s, rate: 10 Hz, also: {also}}}
"""

CAMERA = "cameras: {{cam_front: {{width: {width}, height: {height}, fov: 80 deg, mount: {{x: 0.6 m, z: 1.4 m}}}}}}\n"
LIDAR = "lidars: {lidar_top: {model: VLP-16, mount: {z: 1.9 m}}}\n"


def tiny_concrete(
    weather: str = "clear",
    camera: bool = True,
    lidar: bool = True,
    width: int = 96,
    height: int = 64,
    also: str = "[]",
) -> Concrete:
    """The resolved tiny scenario under one of WEATHERS; `also` as in `capture: {also: ...}`."""
    clock, keys = WEATHERS[weather]
    with tempfile.TemporaryDirectory() as folder:
        rig = "rig: tiny_rig\n"
        if camera:
            rig += CAMERA.format(width=width, height=height)
        if lidar:
            rig += LIDAR
        (Path(folder) / "rig.yaml").write_text(rig, encoding="utf-8")
        path = Path(folder) / "tiny.scenario.yaml"
        path.write_text(SCENARIO.format(clock=clock, weather=keys, also=also), encoding="utf-8")
        return resolve(load(path), seed=0, sample=0)
