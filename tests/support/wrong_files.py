"""A small right scenario and rig, to be made wrong one edit at a time."""

RIGHT = """\
scenario: small
version: 1
params:
  ego_speed: 30..50 km/h
  rain: {log_uniform: [8 mm/h, 60 mm/h]}
  lamps: {choice: {lit: 0.7, dark: 0.3}}
world:
  clock: {date: 2025-11-12, time: 16:35, zone: "+01:00", latitude: 48.14 deg, longitude: 11.58 deg}
  weather:
    - {at: 0 s, rain: $rain, clouds: 8 okta}
    - {at: 4 s, rain: "= 1.5 * $rain", over: 3 s}
  lighting: {street_lamps: $lamps}
  road:
    preset: urban_street
    lanes: 2
    length: 220 m
actors:
  ego:
    model: car.compact
    under_test: true
    rig: rigs/small.yaml
    start: {lane: right, s: 20 m, speed: $ego_speed}
    do:
      - drive: {speed: $ego_speed, driver: idm}
  child:
    model: pedestrian.child
    look: {height: 1.05..1.30 m, clothing: {choice: [dark, mixed, reflective]}}
    start: {s: 80 m, offset: sidewalk, facing: across}
    do:
      - wait: {until: "ttc(ego, path(child)) <= 1.5 s"}
      - mark: reveal
      - walk: {to: opposite_sidewalk, speed: 9 km/h}
background:
  traffic: {vehicles: 0..6 /km}
capture: {duration: 5 s, rate: 10 Hz}
"""

RIG = """\
rig: small
version: 1
cameras:
  cam_front:
    mount: {x: 0.6 m, z: 1.35 m}
    width: 640
    height: 360
    fov: 75 deg
lidars:
  lidar_top:
    mount: {z: 1.85 m}
    model: VLP-16
"""


def edited(text: str, old: str, new: str) -> str:
    """The text with one passage replaced; the passage must be there exactly once."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the text"
    return text.replace(old, new)
