"""Passenger cars: five bodies cut from one kind of skin.  Renderers floor.

A `Style` holds the proportions of a body as a designer would measure them in a side view: stations in metres behind
the bumper and heights above the road.  They follow current European cars of each class: the screen's foot lies a
little behind the front axle, the belt line rises to the rear, a third of the height is glass.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from renderers.assets.fittings import (
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
from renderers.assets.shell import Curve, Shape, Skin, curve, groove, half_mesh, liner, loft_half, paint, polygon, rounded
from renderers.assets.wheels import alloy_wheel, wheel_parts
from renderers.loft import Floats, both_sides, box, sheet
from renderers.mesh import Asset, Mesh, Part
from scenarios.bodies import BODIES, Body
from scenarios.chance import stream

Outline = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Style:
    """One body: its skin and where its details lie."""

    shape: Shape
    cowl_m: float  # station of the windscreen's foot
    header_m: float  # station of the windscreen's top
    window_top: float  # share of the cabin's height that side glass reaches
    window_front_m: float  # station where the side glass begins
    window_rear: tuple[float, float, float]  # station at the belt, its change a metre up, corner
    pillars: tuple[tuple[float, float, float], ...]  # station at the belt, lean, half width of pillars in the glass
    rear_screen: tuple[float, float] | None  # stations (top, foot) where it lies on the ridge; None: in the tailgate
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
    bootline_m: float | None = None  # station of the joint in front of a boot lid


SEDAN = Style(
    shape=Shape(
        length_m=4.68,
        half_width_m=0.91,
        top=(
            (0.34, 0.745), (0.55, 0.80), (0.95, 0.865), (1.30, 0.915), (1.42, 0.955), (1.72, 1.145), (2.02, 1.315),
            (2.22, 1.395), (2.50, 1.438), (2.80, 1.45), (3.10, 1.437), (3.35, 1.395), (3.62, 1.285), (3.92, 1.135),
            (4.06, 1.085), (4.25, 1.072), (4.44, 1.055),
        ),
        belt=((0.34, 0.69), (0.55, 0.755), (0.95, 0.83), (1.35, 0.875), (2.40, 0.905), (3.60, 0.955), (4.05, 0.975), (4.44, 0.955)),
        bottom=((0.34, 0.20), (0.70, 0.175), (1.20, 0.165), (3.60, 0.17), (4.20, 0.22), (4.44, 0.27)),
        plan=((0.34, 0.945), (0.60, 0.985), (0.90, 1.0), (2.3, 1.0), (3.6, 1.0), (4.1, 0.975), (4.44, 0.925)),
        nose_m=0.34,
        tail_m=0.24,
        stations=(1.30, 1.42, 2.22, 3.35, 4.06),
    ),
    cowl_m=1.33,
    header_m=2.20,
    window_top=0.86,
    window_front_m=1.72,
    window_rear=(3.98, -1.15, 0.0),
    pillars=((2.60, -0.05, 0.045), (3.52, -0.28, 0.022)),
    rear_screen=(3.40, 4.00),
    rear_glass=(),
    head_lamp=((0.50, 0.645), (0.97, 0.705), (0.97, 0.79), (0.62, 0.735), (0.50, 0.70)),
    tail_lamp=((0.46, 0.83), (0.97, 0.84), (0.97, 0.985), (0.62, 0.985), (0.46, 0.94)),
    grille=((0.0, 0.47), (0.34, 0.49), (0.42, 0.62), (0.40, 0.67), (0.0, 0.685)),
    intake=((0.0, 0.27), (0.58, 0.27), (0.72, 0.36), (0.66, 0.42), (0.0, 0.40)),
    doors=((1.50, 0.06), (2.60, -0.05), (3.60, -0.30)),
    door_sill_m=0.275,
    bonnet_y_m=0.70,
    plate_front_z_m=0.45,
    plate_rear_z_m=0.76,
    mirror=(1.78, 0.985),
    seats=((2.62, 0.50), (3.55, 0.44)),
    bootline_m=4.03,
)  # fmt: skip

STYLES: dict[str, Style] = {"car.sedan": SEDAN}


def build_car(model: str, look_seed: int, size_m: tuple[float, float, float], color: str | None = None, clothing: str | None = None) -> Asset:
    """A passenger car that fills its box."""
    body = BODIES[model]
    style = STYLES.get(model, SEDAN)
    rng = stream(look_seed, "look", model)
    paint_material, tint = choose_paint(model, look_seed, color)
    half = body.size_m[0] / 2.0
    skin = loft_half(style.shape)
    _cut_glass(skin, style)
    _cut_lamps_and_face(skin, style)
    _cut_underside(skin, style, body)
    _cut_joints(skin, style, body)
    left = half_mesh(skin, "car", half)
    shell = mirrored_body(left)
    inside = both_sides(liner(skin, "car", lambda s: s.belt(s.station) - 0.10 - s.z, half))
    pieces = [shell, inside, _interior(style, half), _wells(style, body, half)]
    pieces.append(_fittings(style, body, half, look_seed))
    whole = Mesh.join(pieces)
    # Proportions are drawn for the table's box; another size stretches the finished car.
    scale = np.array(size_m) / np.array(body.size_m)
    x0, z0 = size_m[0] / 2.0, 0.0
    low, high = whole.vertices_m.min(axis=0), whole.vertices_m.max(axis=0)
    whole = fitted(whole, (-x0, -size_m[1] / 2, float(low[2] * scale[2])), (x0, size_m[1] / 2, size_m[2]))
    whole = repainted(whole, {"car_paint": paint_material})
    radius = body.wheel_radius_m * min(float(scale[0]), float(scale[2]))
    spokes = int(rng.choice(style.spokes))
    wheel = alloy_wheel(radius, 0.225 * float(scale[1]), radius * 0.69, spokes, "car", _rim(rng), twin=bool(rng.random() < 0.4))
    del high, z0
    front = (half - body.front_overhang_m) * float(scale[0])
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


def _rim(rng: np.random.Generator) -> str:
    return "rim_dark" if rng.random() < 0.25 else "rim"


# --- Cutting the skin ---------------------------------------------------------------------------------------


def _cabin(skin: Skin) -> Floats:
    """Metres above the belt line, on the skin's own height."""
    above: Floats = skin.z - skin.belt(skin.station)
    return above


def _side_window(skin: Skin, style: Style) -> Floats:
    height = np.maximum(_cabin(skin) / np.maximum(skin.rise, 0.02), 0.0)
    at, lean, _ = style.window_rear
    above = _cabin(skin)
    outline: Floats = np.max(
        [
            0.028 - above,
            (skin.rise - style.window_top) * np.clip(height, 0.05, 0.6),
            (style.window_front_m - skin.station) * 0.8,
            (skin.station - at - lean * above) * 0.7,
            0.30 - skin.across,
        ],
        axis=0,
    )
    return outline


def _cut_glass(skin: Skin, style: Style) -> None:
    def window(grow: float) -> Callable[[Skin], Floats]:
        return lambda s: _side_window(s, style) - grow

    paint(skin, window(0.016), "car_trim")
    pane = window(0.0)
    paint(skin, pane, "glass", ("car_trim",))
    for at, lean, half_width in style.pillars:

        def pillar(s: Skin, at: float = at, lean: float = lean, half_width: float = half_width) -> Floats:
            line: Floats = np.abs(s.station - at - lean * _cabin(s)) - half_width
            return line

        for side in (-1.0, 1.0):  # both flanks of the pillar, one straight cut each
            _slit(skin, at, lean, side * half_width)
        paint(skin, pillar, "car_trim", ("glass",))

    def screen(s: Skin, edge: float) -> Floats:
        outline: Floats = np.max(
            [
                style.cowl_m + 0.06 * s.across**2 + 0.02 + edge - s.station,
                s.station - style.header_m + edge,
                (s.across - 0.90) * 0.75 + edge,
                0.02 - s.rise,
            ],
            axis=0,
        )
        return outline

    paint(skin, lambda s: screen(s, 0.0), "car_trim")
    paint(skin, lambda s: screen(s, 0.028), "glass", ("car_trim",))
    if style.rear_screen is not None:
        top, foot = style.rear_screen

        def rear(s: Skin, edge: float) -> Floats:
            outline: Floats = np.max(
                [top + edge - s.station, s.station - foot + edge, (s.across - 0.87) * 0.75 + edge, 0.02 - s.rise], axis=0
            )
            return outline

        paint(skin, lambda s: rear(s, 0.0), "car_trim")
        paint(skin, lambda s: rear(s, 0.025), "glass", ("car_trim",))
    else:
        end = style.shape.length_m

        def gate(s: Skin, edge: float) -> Floats:
            outline: Floats = np.maximum(rounded(s.y, s.z, style.rear_glass, 0.05) + edge, (end - 0.75) - s.station)
            return outline

        paint(skin, lambda s: gate(s, -0.004), "car_trim")
        paint(skin, lambda s: gate(s, 0.022), "glass", ("car_trim",))


def _slit(skin: Skin, at: float, lean: float, offset: float) -> None:
    """Cut along one flank of a pillar without changing any material."""
    from renderers.assets.shell import cut  # noqa: PLC0415

    from renderers.materials import MATERIAL_ID  # noqa: PLC0415

    cut(skin, skin.station - at - lean * _cabin(skin) - offset, skin.tag == MATERIAL_ID["glass"])


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
    paint(skin, lambda s: np.maximum(head(s) + 0.010, 0.30 - s.station), "lamp_indicator_left", ("lamp_head",))
    tail = astern(lambda s: rounded(s.y, s.z, style.tail_lamp, 0.02), 0.50)
    low = min(z for _, z in style.tail_lamp)
    high = max(z for _, z in style.tail_lamp)
    inner = min(y for y, _ in style.tail_lamp)
    paint(skin, tail, "lamp_tail")
    third = low + 0.36 * (high - low)
    paint(skin, lambda s: np.maximum(tail(s) + 0.006, s.z - third), "lamp_brake", ("lamp_tail",))
    split = inner + 0.55 * (0.86 - inner)
    paint(skin, lambda s: np.max([tail(s) + 0.006, s.z - third, split - s.y], axis=0), "lamp_indicator_left", ("lamp_brake",))
    paint(skin, lambda s: np.max([tail(s) + 0.006, s.z - third, s.y - inner - 0.10], axis=0), "lamp_reverse", ("lamp_brake",))


def _cut_underside(skin: Skin, style: Style, body: Body) -> None:
    shape = style.shape
    arch = body.wheel_radius_m + 0.048
    inner_y = shape.half_width_m - 0.30
    bottom = curve(shape.bottom)
    lip = 0.045 if style.cladding else 0.0
    axles = (body.front_overhang_m, body.front_overhang_m + body.wheelbase_m)
    if style.cladding:
        paint(skin, lambda s: np.maximum(s.z - bottom(s.station) - 0.13, shape.half_width_m * 0.5 - s.y), "plastic")
    else:
        paint(skin, lambda s: np.maximum(s.z - bottom(s.station) - 0.045, 0.30 - s.y), "car_trim")
    # Bumpers end in an unpainted lip, deeper at the rear.
    paint(skin, lambda s: np.maximum(s.z - 0.245, s.station - 0.5), "car_trim")
    paint(skin, lambda s: np.maximum(s.z - 0.36, shape.length_m - 0.42 - s.station), "car_trim")
    for axle in axles:
        if lip:
            paint(skin, lambda s, axle=axle: np.hypot(s.station - axle, s.z - body.wheel_radius_m) - arch - lip, "plastic")  # type: ignore[misc]
        paint(
            skin,
            lambda s, axle=axle: np.maximum(  # type: ignore[misc]
                np.hypot(s.station - axle, s.z - body.wheel_radius_m) - arch, inner_y - s.y
            ),
            None,
            None,
        )
    paint(skin, lambda s: np.maximum(s.normal[:, 2] + 0.7, s.z - 0.5), "underbody", ("car_paint", "car_trim", "plastic"))


def _cut_joints(skin: Skin, style: Style, body: Body) -> None:
    shape = style.shape
    sill = style.door_sill_m
    arches = [
        (body.front_overhang_m, body.wheel_radius_m + 0.09),
        (body.front_overhang_m + body.wheelbase_m, body.wheel_radius_m + 0.09),
    ]

    def flank(s: Skin) -> Floats:
        return np.maximum.reduce([sill - s.z, s.rise - 0.0, 0.5 - s.y])

    for at, lean in style.doors:
        groove(skin, lambda s, at=at, lean=lean: s.station - at - lean * (s.z - 0.9), flank)  # type: ignore[misc]
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
        groove(skin, lambda s: s.station - line, lambda s: np.maximum.reduce([0.3 - s.rise, s.y - 0.64, line - 0.3 - s.station]))
        groove(skin, lambda s: s.y - 0.63, lambda s: np.maximum.reduce([line - s.station, 0.25 - s.rise]))
    # Bumper joints: from the lamps' foot to the arch.
    for axle, reach in arches[:1]:
        groove(
            skin,
            lambda s: s.z - 0.60,
            lambda s, axle=axle, reach=reach: np.maximum.reduce([s.station - axle + reach * 0.8, 0.74 - s.y]),  # type: ignore[misc]
        )
    axle, reach = arches[1]
    groove(skin, lambda s: s.z - 0.62, lambda s: np.maximum.reduce([axle + reach * 0.8 - s.station, 0.4 - s.y]))


# --- Inside and outside the skin ----------------------------------------------------------------------------


def _flank_y(style: Style, station: float, z: float) -> float:
    """Half width of the flank below the belt at a station and height."""
    shape = style.shape
    at = np.array([station])
    low, high = float(curve(shape.bottom)(at)[0]), float(curve(shape.belt)(at)[0])
    share, inset = np.array(shape.side).T
    return float(curve(shape.plan)(at)[0]) * shape.half_width_m - float(np.interp((z - low) / (high - low), share, inset))


def _interior(style: Style, half: float) -> Mesh:
    """A tray under the windows, the dashboard, seats and the steering wheel."""
    belt = curve(style.shape.belt)
    rear = style.rear_screen[1] if style.rear_screen else style.shape.length_m - 0.16
    stations = np.linspace(style.cowl_m + 0.08, rear, 7)
    z = belt(stations) - 0.07
    wide = np.array([_flank_y(style, float(s), float(h)) - 0.03 for s, h in zip(stations, z, strict=True)])
    z[0] += 0.05  # the dashboard rises to the windscreen's foot
    left = np.stack([half - stations, wide, z], axis=1)
    right = left * (1.0, -1.0, 1.0)
    pieces = [sheet(np.stack([left, right]), "interior", "car")]
    dash_z = float(belt(np.array([style.cowl_m + 0.4]))[0])
    pieces.append(box((0.34, 1.30, 0.16), "interior", "car", 0.05, (half - style.cowl_m - 0.48, 0.0, dash_z - 0.05)))
    pieces.append(steering_wheel(half - style.cowl_m - 0.78, 0.36, dash_z - 0.02, "car"))
    for row, (station, height) in enumerate(style.seats):
        floor = float(belt(np.array([station]))[0]) - 0.12
        for y in (-0.36, 0.36):
            pieces.append(seat(half - station, y, floor, 0.50, height - 0.22, "car"))
        if row:
            pieces.append(seat(half - station, 0.0, floor, 0.26, height - 0.26, "car"))
    return Mesh.join(pieces)


def _wells(style: Style, body: Body, half: float) -> Mesh:
    radius = body.wheel_radius_m + 0.052
    inner = style.shape.half_width_m - 0.30
    angle = np.linspace(-0.35, np.pi + 0.35, 15)
    wells = []
    for axle in (body.front_overhang_m, body.front_overhang_m + body.wheelbase_m):
        outer = [
            _flank_y(style, axle - radius * float(np.cos(a)), body.wheel_radius_m + radius * float(np.sin(a))) - 0.004 for a in angle
        ]
        wells.append(wheel_well(half - axle, radius, body.wheel_radius_m, inner, outer, "car"))
    return both_sides(Mesh.join(wells))


def _fittings(style: Style, body: Body, half: float, look_seed: int) -> Mesh:
    station, z = style.mirror
    inner_y = _flank_y(style, station, z - 0.1) + 0.015
    mirror = side_mirror(
        np.array((half - station, inner_y, z)),
        body.size_m[1] / 2.0,
        (0.13, 0.145),
        "car",
        np.array((half - station - 0.02, inner_y - 0.07, z - 0.085)),
    )
    pieces = [both_sides(mirror)]
    handles = []
    for at, lean in style.doors[1:]:
        height = float(curve(style.shape.belt)(np.array([at]))[0]) - 0.115
        x = at + lean * (height - 0.9) - 0.16
        handles.append(box((0.19, 0.022, 0.026), "car_paint", "car", 0.008, (half - x, _flank_y(style, x, height) + 0.008, height)))
    pieces.append(both_sides(Mesh.join(handles)))
    pieces.append(plate(look_seed, "car", (half - 0.012, 0.0, style.plate_front_z_m), True))
    pieces.append(plate(look_seed, "car", (-half + 0.012, 0.0, style.plate_rear_z_m), False))
    return Mesh.join(pieces)
