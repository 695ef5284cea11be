"""Bodies with a bonnet and a cabin: windows, lamps, joints and fittings on a skin.  Renderers floor.

A `Style` holds the proportions of a body as a designer would measure them in a side view: stations in metres behind
the bumper and heights above the road.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from renderers.assets.fittings import (
    MARKET,
    choose_paint,
    fitted,
    lamps_of,
    mirrored_body,
    plate,
    repainted,
    seat,
    side_mirror,
    steering_wheel,
    wheel_well,
)
from renderers.assets.shell import (
    Outline,
    Shape,
    Skin,
    arch,
    curve,
    cut,
    groove,
    half_mesh,
    joint,
    liner,
    loft_half,
    paint,
    rounded,
    sections,
)
from renderers.assets.wheels import alloy_wheel, wheel_parts
from renderers.loft import Floats, both_sides, box, sheet, tube
from renderers.materials import MATERIAL_ID
from renderers.mesh import Asset, Mesh, Part
from scenarios.bodies import BODIES, Body
from scenarios.chance import stream


@dataclass(frozen=True, slots=True)
class Style:
    """One body: its skin and where its details lie."""

    shape: Shape
    cowl_m: float  # station of the windscreen's foot
    header_m: float  # station of the windscreen's top
    window_top: float  # share of the cabin's height that side glass reaches
    window_front_m: float  # station where the side glass begins
    window_rear: tuple[float, float]  # station at the belt, its change a metre up
    pillars: tuple[
        tuple[float, float, float], ...
    ]  # station at the belt, lean, half width of pillars in the glass
    rear_screen: (
        tuple[float, float] | None
    )  # stations (top, foot) on the ridge; None: it lies in the tailgate
    rear_glass: Outline  # in (y, z) when it lies in the tailgate
    head_lamp: Outline  # in (y, z), counter-clockwise
    tail_lamp: Outline
    grille: Outline
    intake: Outline
    doors: tuple[tuple[float, float], ...]  # joints of the doors: station at the belt, lean
    door_sill_m: float
    bonnet_y_m: float
    plate_front_z_m: float
    plate_rear_z_m: float
    mirror: tuple[float, float]  # station, height
    seats: tuple[tuple[float, float], ...]  # station, height above the tray
    cladding: bool = False  # unpainted arches and sills
    roof_rails: bool = False
    spokes: tuple[int, ...] = (5, 10)
    side_glass: str = "glass"
    bootline_m: float | None = None  # station of the joint in front of a boot lid
    window_ceiling_m: float = 9.0  # side glass ends at this height at the latest
    bulkhead_m: float | None = None  # station of the wall behind the seats, where there is one
    swages: tuple[
        tuple[float, float, float, float], ...
    ] = ()  # pressed panels: stations and heights of their joints
    mirror_size_m: tuple[float, float] = (0.13, 0.145)


def build_body(
    style: Style,
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    market: dict[str, float] = MARKET,
) -> Asset:
    """A car or van of the style that fills its box."""
    body = BODIES[model]
    rng = stream(look_seed, "look", model)
    paint_material, tint = choose_paint(model, look_seed, color, market)
    unpainted, plate_front_x, plate_rear_x = _unpainted(style, body)
    plates = [
        plate(look_seed, "car", (plate_front_x + 0.004, 0.0, style.plate_front_z_m), True, series=model),
        plate(look_seed, "car", (plate_rear_x - 0.004, 0.0, style.plate_rear_z_m), False, series=model),
    ]
    whole = repainted(Mesh.join([unpainted, *plates]), {"car_paint": paint_material})
    # Proportions are drawn for the table's box; another size stretches the finished car.
    scale = np.array(size_m) / np.array(body.size_m)
    low_z = float(whole.vertices_m[:, 2].min() * scale[2])
    whole = fitted(whole, (-size_m[0] / 2, -size_m[1] / 2, low_z), (size_m[0] / 2, size_m[1] / 2, size_m[2]))
    radius = body.wheel_radius_m * min(float(scale[0]), float(scale[2]))
    wheel = alloy_wheel(
        radius,
        0.225 * float(scale[1]),
        radius * 0.69,
        int(rng.choice(style.spokes)),
        "car",
        "rim_dark" if rng.random() < 0.25 else "rim",
        twin=bool(rng.random() < 0.4),
    )
    front = (body.size_m[0] / 2.0 - body.front_overhang_m) * float(scale[0])
    rear = front - body.wheelbase_m * float(scale[0])
    track = body.track_m * float(scale[1])
    return Asset(
        model=model,
        size_m=size_m,
        parts=(
            Part("body", whole),
            *wheel_parts(wheel, front, track, radius, "front", "steered_wheel"),
            *wheel_parts(wheel, rear, track, radius, "rear", "wheel"),
        ),
        lamps=lamps_of(whole),
        tints=(tint, (0.35, 0.35, 0.35), (0.4, 0.26, 0.18)),
    )


@lru_cache(maxsize=16)
def _unpainted(style: Style, body: Body) -> tuple[Mesh, float, float]:
    """All that cars of one style share, and how far nose and tail reach where their plates are."""
    half = body.size_m[0] / 2.0
    skin = loft_half(style.shape)
    inside = both_sides(liner(skin, "car", lambda s: _not_glass(s, style), half))
    _cut_glass(skin, style)
    _cut_lamps_and_face(skin, style)
    _cut_underside(skin, style, body)
    _cut_joints(skin, style, body)
    pieces = [
        mirrored_body(half_mesh(skin, "car", half)),
        inside,
        _interior(style, half),
        _wells(style, body, half),
    ]
    front = end_of(skin, style.plate_front_z_m, 0.26, 0.055, True) + half
    rear = end_of(skin, style.plate_rear_z_m, 0.26, 0.055, False) + half
    return Mesh.join([*pieces, _fittings(style, body, half)]), front, rear


# --- Cutting the skin ---------------------------------------------------------------------------------------


def _cabin(skin: Skin) -> Floats:
    """Metres above the belt line, on the skin's own height."""
    above: Floats = skin.z - skin.belt(skin.station)
    return above


def _side_window(skin: Skin, style: Style) -> Floats:
    height = np.maximum(_cabin(skin) / np.maximum(skin.rise, 0.02), 0.0)
    at, lean = style.window_rear
    above = _cabin(skin)
    outline: Floats = np.max(
        [
            0.028 - above,
            (skin.rise - style.window_top) * np.clip(height, 0.05, 0.6),
            (style.window_front_m - skin.station) * 0.8,
            skin.z - style.window_ceiling_m,
            (skin.station - at - lean * above) * 0.7,
            0.30 - skin.across,
        ],
        axis=0,
    )
    return outline


def _windscreen(skin: Skin, style: Style, edge: float) -> Floats:
    outline: Floats = np.max(
        [
            style.cowl_m + 0.06 * skin.across**2 + 0.02 + edge - skin.station,
            skin.station - style.header_m + edge,
            (skin.across - 0.90) * 0.75 + edge,
            0.02 - skin.rise,
        ],
        axis=0,
    )
    return outline


def _rear_window(skin: Skin, style: Style, edge: float) -> Floats:
    if style.rear_screen is None:
        start = style.shape.length_m - 0.8
        gate: Floats = np.maximum(
            rounded(skin.y, skin.z, style.rear_glass, 0.05) + edge, start - skin.station
        )
        return gate
    top, foot = style.rear_screen
    on_ridge: Floats = np.max(
        [
            top + edge - skin.station,
            skin.station - foot + edge,
            (skin.across - 0.87) * 0.75 + edge,
            0.02 - skin.rise,
        ],
        axis=0,
    )
    return on_ridge


def _not_glass(skin: Skin, style: Style) -> Floats:
    """Negative on roof and pillars: above the tray and in none of the windows."""
    panes = [_side_window(skin, style), _windscreen(skin, style, 0.0), _rear_window(skin, style, 0.0)]
    outside: Floats = np.max([-0.10 - _cabin(skin), *(-p for p in panes)], axis=0)
    return np.maximum(outside, style.cowl_m - skin.station)


def _cut_glass(skin: Skin, style: Style) -> None:
    paint(skin, lambda s: _side_window(s, style) - 0.016, "car_trim")
    paint(skin, lambda s: _side_window(s, style), style.side_glass, ("car_trim",))
    for at, lean, half_width in style.pillars:
        for side in (-1.0, 1.0):  # both flanks of the pillar, one straight cut each
            edge = skin.station - at - lean * _cabin(skin) - side * half_width
            cut(skin, edge, skin.tag == MATERIAL_ID[style.side_glass])
        between = np.abs(skin.station - at - lean * _cabin(skin)) - half_width
        inside = between[skin.triangles].mean(axis=1) < 0.0
        skin.tag[inside & (skin.tag == MATERIAL_ID[style.side_glass])] = MATERIAL_ID["car_trim"]
    paint(skin, lambda s: _windscreen(s, style, 0.0), "car_trim")
    paint(skin, lambda s: _windscreen(s, style, 0.028), "glass", ("car_trim",))
    paint(skin, lambda s: _rear_window(s, style, 0.0), "car_trim")
    paint(skin, lambda s: _rear_window(s, style, 0.025), "glass", ("car_trim",))


def _cut_lamps_and_face(skin: Skin, style: Style) -> None:
    end = style.shape.length_m

    def ahead(value: Callable[[Skin], Floats], reach: float) -> Callable[[Skin], Floats]:
        return lambda s: np.maximum(value(s), s.station - reach)

    def astern(value: Callable[[Skin], Floats], reach: float) -> Callable[[Skin], Floats]:
        return lambda s: np.maximum(value(s), end - reach - s.station)

    paint(skin, ahead(lambda s: rounded(s.y, s.z, style.grille, 0.02), 0.4), "chrome")
    paint(skin, ahead(lambda s: rounded(s.y, s.z, style.grille, 0.02) + 0.012, 0.4), "car_trim", ("chrome",))
    paint(skin, ahead(lambda s: rounded(s.y, s.z, style.intake, 0.03), 0.4), "car_trim")
    head = ahead(lambda s: rounded(s.y, s.z, style.head_lamp, 0.015), 0.62)
    paint(skin, head, "car_trim", ("car_paint", "chrome"))
    paint(skin, lambda s: head(s) + 0.010, "lamp_head", ("car_trim",))
    # The indicator takes the outer end of the head lamp.
    paint(
        skin, lambda s: np.maximum(head(s) + 0.010, 0.34 - s.station), "lamp_indicator_left", ("lamp_head",)
    )
    tail = astern(lambda s: rounded(s.y, s.z, style.tail_lamp, 0.02), 0.50)
    low = min(z for _, z in style.tail_lamp)
    high = max(z for _, z in style.tail_lamp)
    inner = min(y for y, _ in style.tail_lamp)
    paint(skin, tail, "lamp_tail")
    third = low + 0.36 * (high - low)
    paint(skin, lambda s: np.maximum(tail(s) + 0.006, s.z - third), "lamp_brake", ("lamp_tail",))
    split = inner + 0.55 * (0.86 - inner)
    paint(
        skin,
        lambda s: np.max([tail(s) + 0.006, s.z - third, split - s.y], axis=0),
        "lamp_indicator_left",
        ("lamp_brake",),
    )
    paint(
        skin,
        lambda s: np.max([tail(s) + 0.006, s.z - third, s.y - inner - 0.10], axis=0),
        "lamp_reverse",
        ("lamp_brake",),
    )


def _cut_underside(skin: Skin, style: Style, body: Body) -> None:
    shape = style.shape
    reach = body.wheel_radius_m + 0.048
    inner_y = shape.half_width_m - 0.30
    bottom = curve(shape.bottom)
    axles = (body.front_overhang_m, body.front_overhang_m + body.wheelbase_m)
    if style.cladding:
        paint(
            skin,
            lambda s: np.maximum(s.z - bottom(s.station) - 0.13, shape.half_width_m * 0.5 - s.y),
            "plastic",
        )
    # Bumpers end in an unpainted lip, deeper at the rear.
    paint(skin, lambda s: np.maximum(s.z - 0.245, s.station - 0.5), "car_trim")
    paint(skin, lambda s: np.maximum(s.z - 0.36, shape.length_m - 0.42 - s.station), "car_trim")
    for axle in axles:
        if style.cladding:
            paint(skin, arch(axle, body.wheel_radius_m, reach + 0.045, 0.0), "plastic")
        paint(skin, arch(axle, body.wheel_radius_m, reach, inner_y), None, None)
    paint(
        skin,
        lambda s: np.maximum(s.normal[:, 2] + 0.7, s.z - 0.5),
        "underbody",
        ("car_paint", "car_trim", "plastic"),
    )


def _cut_joints(skin: Skin, style: Style, body: Body) -> None:
    sill = style.door_sill_m

    def flank(s: Skin) -> Floats:
        return np.asarray(np.maximum.reduce([sill - s.z, s.rise, 0.5 - s.y]))

    for at, lean in style.doors:
        groove(skin, joint(at, lean), flank)
    for first, last, low, high in style.swages:

        def edge(s: Skin, f: float = first, t: float = last, a: float = low, b: float = high) -> Floats:
            return rounded(s.station, s.z, ((f, a), (t, a), (t, b), (f, b)), 0.06)

        groove(skin, edge, lambda s: 0.6 - s.y)
    first, last = style.doors[0][0], style.doors[-1][0]
    groove(
        skin,
        lambda s: s.z - sill,
        lambda s: np.maximum.reduce([first - s.station, s.station - last + 0.10, 0.5 - s.y, s.z - 0.6]),
    )
    groove(
        skin,
        lambda s: s.y - style.bonnet_y_m - 0.03 * (s.station - 0.8),
        lambda s: np.maximum.reduce([0.30 - s.station, s.station - style.cowl_m - 0.05, 0.2 - s.rise]),
    )
    if style.bootline_m is not None:
        line = style.bootline_m
        groove(
            skin,
            lambda s: s.station - line,
            lambda s: np.maximum.reduce([0.3 - s.rise, s.y - 0.64, line - 0.3 - s.station]),
        )
    # Bumper joints run from the lamps' foot to the arches.
    front_end = body.front_overhang_m - 0.8 * (body.wheel_radius_m + 0.09)
    rear_end = body.front_overhang_m + body.wheelbase_m + 0.8 * (body.wheel_radius_m + 0.09)
    groove(skin, lambda s: s.z - 0.60, lambda s: np.maximum(s.station - front_end, 0.74 - s.y))
    groove(skin, lambda s: s.z - 0.62, lambda s: np.maximum(rear_end - s.station, 0.4 - s.y))
    if style.swages:  # a load space has two rear doors
        groove(skin, lambda s: s.y, lambda s: np.maximum(style.shape.length_m - 0.3 - s.station, 0.55 - s.z))


# --- Inside and outside the skin ----------------------------------------------------------------------------


def end_of(skin: Skin, z_m: float, half_width_m: float, half_height_m: float, ahead: bool) -> float:
    """How far the nose (or tail) reaches over a patch about the middle at height z."""
    near = skin.position[(skin.y < half_width_m) & (np.abs(skin.z - z_m) < half_height_m)]
    end = near[near[:, 0] > -1.0] if ahead else near[near[:, 0] < near[:, 0].min() + 0.3]
    return float(end[:, 0].max() if ahead else end[:, 0].min())


def _flank_y(style: Style, station: float, z: float) -> float:
    """Half width of the flank below the belt at a station and height."""
    shape = style.shape
    at = np.array([station])
    low, high = float(curve(shape.bottom)(at)[0]), float(curve(shape.belt)(at)[0])
    share, inset = np.array(shape.side).T
    return float(curve(shape.plan)(at)[0]) * shape.half_width_m - float(
        np.interp((z - low) / (high - low), share, inset)
    )


def _interior(style: Style, half: float) -> Mesh:
    """A tray under the windows, the dashboard, seats and the steering wheel."""
    belt = curve(style.shape.belt)
    rear = style.rear_screen[1] if style.rear_screen else style.shape.length_m - 0.16
    rear = style.bulkhead_m or rear
    stations = np.linspace(style.cowl_m + 0.08, rear, 7)
    z = belt(stations) - 0.07
    wide = np.array([_flank_y(style, float(s), float(h)) - 0.03 for s, h in zip(stations, z, strict=True)])
    z[0] += 0.05  # the dashboard rises to the windscreen's foot
    left = np.stack([half - stations, wide, z], axis=1)
    right = left * (1.0, -1.0, 1.0)
    pieces = [sheet(np.stack([left, right]), "interior", "car")]
    dash_z = float(belt(np.array([style.cowl_m + 0.4]))[0])
    pieces.append(
        box((0.34, 1.30, 0.16), "interior", "car", 0.05, (half - style.cowl_m - 0.48, 0.0, dash_z - 0.05))
    )
    pieces.append(steering_wheel(half - style.cowl_m - 0.78, 0.36, dash_z - 0.02, "car"))
    for row, (station, height) in enumerate(style.seats):
        floor = float(belt(np.array([station]))[0]) - 0.12
        for y in (-0.36, 0.36):
            pieces.append(seat(half - station, y, floor, 0.50, height - 0.22, "car"))
        if row:
            pieces.append(seat(half - station, 0.0, floor, 0.26, height - 0.26, "car"))
    if style.bulkhead_m is not None:
        roof = float(curve(style.shape.top)(np.array([style.bulkhead_m]))[0]) - 0.06
        tall, wide_wall = roof - dash_z, 2.0 * float(wide[-1]) * 0.80
        centre = (half - style.bulkhead_m, 0.0, dash_z - 0.1 + tall / 2)
        pieces.append(box((0.03, wide_wall, tall), "interior", "car", 0.0, centre))
    return Mesh.join(pieces)


def _wells(style: Style, body: Body, half: float) -> Mesh:
    radius = body.wheel_radius_m + 0.052
    inner = style.shape.half_width_m - 0.30
    angle = np.linspace(-0.35, np.pi + 0.35, 15)
    wells = []
    for axle in (body.front_overhang_m, body.front_overhang_m + body.wheelbase_m):
        outer = [
            _flank_y(style, axle - radius * float(np.cos(a)), body.wheel_radius_m + radius * float(np.sin(a)))
            - 0.004
            for a in angle
        ]
        wells.append(wheel_well(half - axle, radius, body.wheel_radius_m, inner, outer, "car"))
    return both_sides(Mesh.join(wells))


def _roof_rail(style: Style, half: float) -> Mesh:
    """The left rail along the edge of the roof, on its ends."""
    shape = style.shape
    station = np.linspace(style.header_m + 0.12, shape.length_m - 0.62, 9)
    ring, rise, across = sections(shape, station)
    column = int(np.argmin(np.abs(across[0] - 0.80) + (rise[0] <= 0)))
    lift = np.array((-0.01, 0.030, 0.038, 0.038, 0.038, 0.038, 0.038, 0.030, -0.01))
    path = np.stack([half - station, ring[:, column, 0], ring[:, column, 1] + lift], axis=1)
    return tube(path, 0.016, "metal_galvanised", "car", 6)


def _fittings(style: Style, body: Body, half: float) -> Mesh:
    station, z = style.mirror
    inner_y = _flank_y(style, station, z - 0.1) + 0.015
    mirror = side_mirror(
        np.array((half - station, inner_y, z)),
        body.size_m[1] / 2.0,
        style.mirror_size_m,
        "car",
        np.array((half - station - 0.02, inner_y - 0.07, z - 0.085)),
    )
    pieces = [both_sides(mirror)]
    handles = []
    for at, lean in style.doors[1:]:
        height = float(curve(style.shape.belt)(np.array([at]))[0]) - 0.115
        x = at + lean * (height - 0.9) - 0.16
        handles.append(
            box(
                (0.19, 0.022, 0.026),
                "car_paint",
                "car",
                0.0,
                (half - x, _flank_y(style, x, height) + 0.008, height),
            )
        )
    pieces.append(both_sides(Mesh.join(handles)))
    if style.roof_rails:
        pieces.append(both_sides(_roof_rail(style, half)))
    return Mesh.join(pieces)
