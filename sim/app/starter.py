"""A new project's first files.  Roof."""

from collections.abc import Iterator
from pathlib import Path

from scenarios.errors import StormlaneError
from scenarios.json_schema import dumped, rig_schema, scenario_schema

SCENARIO = """\
# yaml-language-server: $schema=./scenario.schema.json
# A pedestrian steps onto the road in front of you, in the rain of an autumn afternoon.
# Change a number, then: stormlane preview my_first.scenario.yaml
scenario: my_first
version: 1
params:
  rain: 2..30 mm/h                # drawn anew for every sample
  speed: {uniform: [30 km/h, 50 km/h]}
world:
  clock: {date: 2025-10-20, time: 16:30, zone: "+02:00", latitude: 48.14 deg, longitude: 11.58 deg}
  weather:
    - {rain: $rain, clouds: 7 okta, air: 9 degC}
  road: {preset: urban_street, length: 220 m, parking: right}
actors:
  ego:
    model: car.sedan
    under_test: true
    rig: my_rig.yaml
    start: {lane: right, s: 30 m, speed: $speed}
    do:
      - drive: {speed: $speed}
  walker:
    model: pedestrian.adult
    start: {lane: right, s: 85 m, offset: sidewalk, facing: across}
    do:
      - wait: {until: "ttc(ego, path(walker)) <= 2.5 s"}
      - mark: steps_out
      - walk: {to: opposite_sidewalk, speed: 5 km/h}
background:
  parked_cars: {side: right, fill: 0.5}
capture: {duration: 5 s, rate: 10 Hz}
"""

RIG = """\
# yaml-language-server: $schema=./rig.schema.json
# One camera behind the windscreen and a spinning lidar on the roof.
rig: my_rig
version: 1
cameras:
  cam_front:
    width: 1280
    height: 720
    fov: 75 deg
    mount: {x: 0.7 m, z: 1.3 m}
lidars:
  lidar_top:
    model: HDL-32E
    mount: {x: 0 m, z: 1.9 m}
"""

TEST = '''\
"""Perception tests; run them with: pytest"""

import pytest


@pytest.mark.scenario("my_first.scenario.yaml", seed=1)
def test_the_walker_is_labelled_when_seen(scenario_samples):
    seen = [
        box
        for sample in scenario_samples
        for box in sample.labels.boxes["cam_front"]
        if box.actor_class == "pedestrian" and box.visible_px > 200
    ]
    assert seen, "put your own detector here and compare it with these boxes"
'''


def start_project(folder: Path) -> Iterator[Path]:
    """Write the starter files into `folder`, yielding each; refuses to overwrite anything."""
    texts = {
        "my_first.scenario.yaml": SCENARIO,
        "my_rig.yaml": RIG,
        "test_my_first.py": TEST,
        "scenario.schema.json": dumped(scenario_schema()),
        "rig.schema.json": dumped(rig_schema()),
    }
    there = [name for name in texts if (folder / name).exists()]
    if there:
        raise StormlaneError(f"{folder / there[0]} exists already; choose an empty folder")
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
        yield folder / name
