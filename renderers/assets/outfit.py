"""What is fixed to a car's skin: mirrors, handles, rails, wipers, aerials, exhausts, what stands on a roof.

Renderers floor.
"""

import numpy as np

from renderers.assets.beacons import light_bar
from renderers.assets.fittings import side_mirror
from renderers.assets.lettering import text
from renderers.assets.shell import curve, sections
from renderers.assets.style import Style, flank_y
from renderers.assets.wheels import tyre
from renderers.loft import (
    Floats,
    both_sides,
    box,
    cylinder,
    loft,
    mirrored,
    placed,
    rotation,
    superellipse,
    translation,
    tube,
)
from renderers.mesh import Mesh
from scenarios.bodies import Body


def outfit(style: Style, body: Body, half: float, opened: frozenset[str] = frozenset()) -> Mesh:
    """Everything that stands on the skin, in the actor's frame; what hangs on an open door goes with it."""
    pieces = [_exhaust(style, half)]
    for side in ("left", "right"):
        for k, name in enumerate(("front", "rear")[: len(style.doors) - 1]):
            if f"{name}_{side}" not in opened:
                made = on_door(style, body, half, k)
                pieces.append(made if side == "left" else mirrored(made))
    if not style.open_top:
        pieces.append(_fin(style, half))
    if style.wipers:
        pieces += [_wiper(style, half, y) for y in (0.10, -0.46)]
    if style.roof_rails:
        pieces.append(both_sides(_roof_rail(style, half)))
    if style.spare_wheel and "boot" not in opened:
        pieces.append(spare(style, body, half))
    if style.roof_bar_m is not None:
        x, z = half - style.roof_bar_m, roof_z(style, style.roof_bar_m) - 0.012
        pieces.append(light_bar(1.16, "car", (x, 0.0, z)))
    if style.roof_sign_m is not None:
        pieces.append(_taxi_sign(half - style.roof_sign_m, roof_z(style, style.roof_sign_m)))
    if style.roof_box:
        pieces.append(_roof_box(style, half))
    return Mesh.join(pieces)


def roof_z(style: Style, station: float) -> float:
    """Height of the ridge at a station."""
    return float(curve(style.shape.top)(np.array([station]))[0])


def mirror(style: Style, body: Body, half: float) -> Mesh:
    """The left door mirror; it is what reaches the sides of the box."""
    station, z = style.mirror
    inner_y = flank_y(style, station, z - 0.1) + 0.015
    return side_mirror(
        np.array((half - station, inner_y, z)),
        body.size_m[1] / 2.0,
        style.mirror_size_m,
        "car",
        np.array((half - station - 0.02, inner_y - 0.07, z - 0.085)),
    )


def on_door(style: Style, body: Body, half: float, k: int) -> Mesh:
    """What hangs on the k-th left door: its handle, and the mirror on the first."""
    at, lean = style.doors[k + 1]
    height = float(curve(style.shape.belt)(np.array([at]))[0]) - 0.115
    station = at + lean * (height - 0.9) - 0.16
    centre = (half - station, flank_y(style, station, height) + 0.008, height)
    handle = box((0.19, 0.022, 0.026), "car_paint", "car", 0.0, centre)
    return Mesh.join([handle, mirror(style, body, half)]) if k == 0 else handle


def _roof_rail(style: Style, half: float) -> Mesh:
    """The left rail along the edge of the roof, on its ends."""
    shape = style.shape
    station = np.linspace(style.header_m + 0.12, shape.length_m - 0.62, 9)
    ring, rise, across = sections(shape, station)
    column = int(np.argmin(np.abs(across[0] - 0.80) + (rise[0] <= 0)))
    lift = np.array((-0.01, 0.030, 0.038, 0.038, 0.038, 0.038, 0.038, 0.030, -0.01))
    path = np.stack([half - station, ring[:, column, 0], ring[:, column, 1] + lift], axis=1)
    return tube(path, 0.016, "metal_galvanised", "car", 6)


def _screen_point(style: Style, y: float, share: float) -> Floats:
    """A point a little in front of the windscreen: `share` of the way up from its foot, at (station, y, z)."""
    shape = style.shape
    foot = style.cowl_m + 0.10
    station = foot + share * (style.header_m - foot)
    ring, _, across = sections(shape, np.array([station]))
    bow = shape.bow_m * (1.0 - min(abs(y) / 0.7, 1.0) ** 2)
    top = ring[0, across[0] < 0.9]
    z = float(np.interp(abs(y), top[::-1, 0], top[::-1, 1]))
    return np.array((station - 0.7 * bow - 0.012, y, z + 0.016))


def _wiper(style: Style, half: float, y: float) -> Mesh:
    """A wiper at rest: an arm from the cowl and a blade along the foot of the windscreen."""
    ends = [_screen_point(style, v, share) for v, share in ((y, 0.0), (y + 0.17, 0.07), (y + 0.44, 0.10))]
    points = np.array([(half - s, v, z) for s, v, z in ends])
    blade = np.array([points[1] + (points[0] - points[1]) * 0.6, points[2]])
    return Mesh.join(
        [
            tube(points[:2] + np.array((0.0, 0.0, 0.008)), 0.008, "car_trim", "car", 4),
            tube(blade, 0.009, "car_trim", "car", 4),
        ]
    )


def _fin(style: Style, half: float) -> Mesh:
    """The aerial's fin at the rear of the roof, low enough to stay under its highest point."""
    rear = style.rear_screen[0] if style.rear_screen else style.shape.length_m - 0.85
    rear = style.roof_end_m or rear
    station = rear - 0.20
    z, room = roof_z(style, station), roof_z(style, style.header_m + 0.5) - roof_z(style, station)
    tall = float(np.clip(room + 0.012, 0.022, 0.06))
    rows = []
    for t, long in ((0.0, 0.15), (0.5, 0.10), (1.0, 0.03)):
        ring = superellipse(long / 2, 0.022 * (1.0 - 0.8 * t), 2.2, 8)
        rows.append(
            np.stack(
                [half - station - 0.035 * t + ring[:, 0], ring[:, 1], np.full(8, z - 0.01 + t * tall)], 1
            )
        )
    return loft(rows, "car_paint", "car", crease_deg=60.0)


def _exhaust(style: Style, half: float) -> Mesh:
    """Tail pipes under the rear bumper."""
    end = style.shape.length_m
    z = float(curve(style.shape.bottom)(np.array([end - style.shape.tail_m]))[0]) - 0.005
    pieces = []
    for y in style.pipes_m:
        for side in (1.0, -1.0) if len(style.pipes_m) == 1 and style.pipes_m[0] > 0.5 else (1.0,):
            pipe = cylinder(0.034, 0.30, "chrome", "car", "x", 10)
            bore = cylinder(0.028, 0.004, "panel_gap", "car", "x", 10)
            at = half - end + 0.075
            pieces += [
                pipe.moved(translation(at, side * y, z)),
                bore.moved(translation(at - 0.003, side * y, z)),
            ]
    return Mesh.join(pieces)


def spare(style: Style, body: Body, half: float) -> Mesh:
    """A spare wheel on the tailgate; it is what reaches the rear of the box."""
    radius, wide = body.wheel_radius_m * 0.96, 0.24
    wheel = Mesh.join(
        [
            tyre(radius, wide, 0.62 * radius, "car"),
            cylinder(0.62 * radius, 0.9 * wide, "car_paint", "car", "y", 20).moved(
                translation(0.0, -0.45 * wide, 0.0)
            ),
        ]
    )
    return wheel.moved(translation(-half + wide / 2, -0.08, 1.02) @ rotation("z", np.pi / 2))


def _taxi_sign(x: float, z: float) -> Mesh:
    """The lit sign of a cab, with its word on both sides."""
    rows = []
    for t, grow in ((0.0, 1.0), (0.75, 0.86), (1.0, 0.70)):
        ring = superellipse(0.085 * grow, 0.24 * (0.4 + 0.6 * grow), 4.0, 14)
        rows.append(np.stack([x + ring[:, 0], ring[:, 1], np.full(14, z - 0.01 + 0.15 * t)], axis=1))
    word = text("TAXI", 0.075, (0.0, 0.0), 0.084, "plate_ink", 0.18, "car")
    tilted = word.moved(rotation("y", -0.10))
    return Mesh.join(
        [
            loft(rows, "taxi_sign", "car", crease_deg=50.0),
            placed(tilted, x + 0.001, 0.0, z + 0.055),
            placed(tilted, x - 0.001, 0.0, z + 0.055, yaw_rad=np.pi),
        ]
    )


def _roof_box(style: Style, half: float) -> Mesh:
    """A luggage box on two bars across the rails."""
    first, last = style.header_m + 0.10, style.header_m + 2.05
    z = max(roof_z(style, s) for s in np.linspace(first, last, 9)) + 0.06
    rows = []
    for t, grow in (
        (0.0, 0.30),
        (0.04, 0.62),
        (0.16, 0.92),
        (0.4, 1.0),
        (0.86, 1.0),
        (0.97, 0.88),
        (1.0, 0.70),
    ):
        ring = superellipse(0.40 * (0.5 + 0.5 * grow), 0.175 * grow, 3.4, 16)
        station = first + t * (last - first)
        rows.append(
            np.stack([np.full(16, half - station), 0.10 + ring[:, 0], z + 0.165 + ring[:, 1]], axis=1)
        )
    pieces = [loft(rows, "car_trim_gloss", "car", crease_deg=55.0)]
    for station in (first + 0.45, last - 0.45):
        pieces.append(
            box((0.05, 1.10, 0.03), "metal_galvanised", "car", 0.0, (half - station, 0.0, z - 0.012))
        )
        for side in (-0.5, 0.5):
            low = roof_z(style, station) - 0.05
            foot = (half - station, side, (low + z) / 2 - 0.01)
            pieces.append(box((0.05, 0.05, z - low), "car_trim", "car", 0.0, foot))
    return Mesh.join(pieces)
