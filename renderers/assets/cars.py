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
from renderers.assets.shell import (
    Shape,
    Skin,
    curve,
    cut,
    groove,
    half_mesh,
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

Outline = tuple[tuple[float, float], ...]


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
    )  # stations (top, foot) where it lies on the ridge; None: in the tailgate
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


SEDAN = Style(
    shape=Shape(
        length_m=4.68,
        half_width_m=0.91,
        top=(
            (0.22, 0.765), (0.45, 0.832), (0.95, 0.900), (1.30, 0.945), (1.42, 0.985), (1.72, 1.160), (2.02, 1.320),
            (2.22, 1.395), (2.50, 1.438), (2.80, 1.45), (3.10, 1.437), (3.35, 1.395), (3.62, 1.285), (3.92, 1.135),
            (4.06, 1.095), (4.25, 1.085), (4.54, 1.070),
        ),
        belt=((0.22, 0.70), (0.45, 0.785), (0.95, 0.86), (1.35, 0.895), (2.40, 0.92), (3.60, 0.965), (4.05, 0.985), (4.54, 0.975)),
        bottom=((0.22, 0.19), (0.70, 0.175), (1.20, 0.165), (3.60, 0.17), (4.20, 0.22), (4.54, 0.27)),
        plan=((0.22, 0.96), (0.55, 0.99), (0.90, 1.0), (2.3, 1.0), (3.6, 1.0), (4.1, 0.98), (4.54, 0.945)),
        nose_m=0.22,
        tail_m=0.14,
        stations=(1.30, 1.42, 2.22, 3.35, 4.06),
    ),
    cowl_m=1.33,
    header_m=2.20,
    window_top=0.86,
    window_front_m=1.72,
    window_rear=(3.86, -1.15),
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

HATCHBACK = replace(
    SEDAN,
    shape=Shape(
        length_m=4.28,
        half_width_m=0.895,
        top=(
            (0.22, 0.785), (0.45, 0.858), (0.90, 0.925), (1.22, 0.968), (1.34, 1.010), (1.62, 1.185), (1.92, 1.345),
            (2.12, 1.420), (2.40, 1.460), (2.70, 1.470), (3.10, 1.462), (3.50, 1.432), (3.85, 1.382), (4.18, 1.320),
        ),
        belt=((0.22, 0.715), (0.45, 0.81), (0.90, 0.885), (1.30, 0.92), (2.40, 0.945), (3.50, 0.99), (4.18, 1.00)),
        bottom=((0.22, 0.19), (0.70, 0.175), (1.20, 0.165), (3.40, 0.17), (3.90, 0.24), (4.18, 0.30)),
        plan=((0.22, 0.96), (0.55, 0.99), (0.90, 1.0), (3.4, 1.0), (3.8, 0.985), (4.18, 0.95)),
        nose_m=0.22,
        tail_m=0.10,
        tail_bow_m=0.10,
        tail_z_m=0.70,
        tail_rake=0.42,
        tail_rake_z_m=0.95,
        stations=(1.22, 1.34, 2.12),
    ),
    cowl_m=1.24,
    header_m=2.10,
    window_front_m=1.60,
    window_rear=(3.66, -0.42),
    pillars=((2.44, -0.06, 0.045),),
    rear_screen=None,
    rear_glass=((0.0, 0.985), (0.66, 0.985), (0.545, 1.265), (0.0, 1.285)),
    head_lamp=((0.48, 0.67), (0.97, 0.72), (0.97, 0.83), (0.62, 0.78), (0.48, 0.735)),
    tail_lamp=((0.52, 0.79), (0.97, 0.80), (0.97, 0.985), (0.60, 0.985)),
    grille=((0.0, 0.545), (0.40, 0.565), (0.44, 0.64), (0.42, 0.685), (0.0, 0.70)),
    doors=((1.38, 0.06), (2.44, -0.06), (3.36, -0.34)),
    plate_front_z_m=0.47,
    plate_rear_z_m=0.72,
    mirror=(1.66, 1.02),
    seats=((2.46, 0.50), (3.30, 0.44)),
    bootline_m=None,
)  # fmt: skip

COMPACT = replace(
    HATCHBACK,
    shape=replace(
        HATCHBACK.shape,
        length_m=3.98,
        half_width_m=0.865,
        top=(
            (0.20, 0.800), (0.42, 0.878), (0.80, 0.945), (1.06, 0.985), (1.18, 1.025), (1.48, 1.205), (1.78, 1.352),
            (1.98, 1.422), (2.28, 1.455), (2.58, 1.460), (3.00, 1.450), (3.40, 1.420), (3.70, 1.375), (3.89, 1.335),
        ),
        belt=((0.20, 0.73), (0.42, 0.83), (0.80, 0.90), (1.15, 0.93), (2.20, 0.955), (3.20, 0.995), (3.89, 1.01)),
        bottom=((0.20, 0.19), (0.60, 0.175), (1.10, 0.165), (3.20, 0.17), (3.65, 0.24), (3.89, 0.30)),
        plan=((0.20, 0.955), (0.50, 0.99), (0.85, 1.0), (3.2, 1.0), (3.6, 0.985), (3.89, 0.95)),
        nose_m=0.20,
        tail_m=0.09,
        nose_bow_m=0.18,
        tail_rake=0.30,
        stations=(1.06, 1.18, 1.98),
    ),
    cowl_m=1.08,
    header_m=1.96,
    window_front_m=1.45,
    window_rear=(3.45, -0.34),
    pillars=((2.30, -0.05, 0.045),),
    rear_glass=((0.0, 1.00), (0.63, 1.00), (0.53, 1.275), (0.0, 1.295)),
    head_lamp=((0.44, 0.66), (0.94, 0.72), (0.94, 0.87), (0.66, 0.83), (0.46, 0.745)),
    tail_lamp=((0.60, 0.76), (0.94, 0.77), (0.94, 1.06), (0.64, 1.06)),
    grille=((0.0, 0.60), (0.36, 0.615), (0.38, 0.67), (0.36, 0.69), (0.0, 0.70)),
    intake=((0.0, 0.28), (0.52, 0.28), (0.66, 0.36), (0.56, 0.53), (0.0, 0.54)),
    doors=((1.24, 0.06), (2.30, -0.05), (3.16, -0.32)),
    plate_front_z_m=0.44,
    mirror=(1.52, 1.03),
    seats=((2.32, 0.48), (3.08, 0.42)),
)  # fmt: skip

SUV = replace(
    HATCHBACK,
    shape=Shape(
        length_m=4.66,
        half_width_m=0.94,
        top=(
            (0.20, 0.930), (0.42, 1.005), (0.95, 1.060), (1.24, 1.092), (1.36, 1.135), (1.66, 1.335), (1.96, 1.520),
            (2.16, 1.605), (2.46, 1.650), (2.85, 1.662), (3.40, 1.652), (3.90, 1.625), (4.30, 1.590), (4.54, 1.560),
        ),
        belt=((0.20, 0.84), (0.42, 0.945), (0.95, 1.01), (1.35, 1.035), (2.40, 1.06), (3.60, 1.10), (4.54, 1.12)),
        bottom=((0.20, 0.26), (0.70, 0.225), (1.20, 0.215), (3.60, 0.22), (4.20, 0.30), (4.54, 0.36)),
        plan=((0.20, 0.965), (0.50, 0.99), (0.90, 1.0), (3.6, 1.0), (4.2, 0.985), (4.54, 0.955)),
        nose_m=0.20,
        tail_m=0.12,
        nose_bow_m=0.12,
        tail_bow_m=0.09,
        nose_z_m=0.62,
        tail_z_m=0.80,
        tail_rake=0.24,
        tail_rake_z_m=1.05,
        lean=0.29,
        stations=(1.24, 1.36, 2.16),
    ),
    cowl_m=1.26,
    header_m=2.14,
    window_front_m=1.62,
    window_rear=(4.20, -0.42),
    pillars=((2.54, -0.06, 0.05), (3.50, -0.14, 0.04)),
    rear_glass=((0.0, 1.115), (0.68, 1.115), (0.585, 1.475), (0.0, 1.495)),
    head_lamp=((0.52, 0.80), (1.0, 0.83), (1.0, 0.93), (0.66, 0.905), (0.52, 0.87)),
    tail_lamp=((0.50, 0.90), (1.0, 0.90), (1.0, 1.07), (0.56, 1.07)),
    grille=((0.0, 0.56), (0.40, 0.58), (0.50, 0.76), (0.48, 0.855), (0.0, 0.87)),
    intake=((0.0, 0.34), (0.62, 0.34), (0.78, 0.42), (0.70, 0.50), (0.0, 0.48)),
    doors=((1.40, 0.05), (2.54, -0.06), (3.58, -0.30)),
    door_sill_m=0.40,
    plate_front_z_m=0.53,
    plate_rear_z_m=0.80,
    mirror=(1.68, 1.16),
    seats=((2.56, 0.54), (3.46, 0.48)),
    cladding=True,
    roof_rails=True,
)  # fmt: skip

ESTATE = replace(
    SEDAN,
    shape=replace(
        SEDAN.shape,
        length_m=4.76,
        half_width_m=0.92,
        top=(
            (0.22, 0.765), (0.45, 0.834), (0.95, 0.905), (1.31, 0.950), (1.43, 0.990), (1.73, 1.165), (2.03, 1.325),
            (2.24, 1.402), (2.55, 1.448), (2.90, 1.462), (3.40, 1.456), (3.90, 1.430), (4.35, 1.390), (4.64, 1.350),
        ),
        belt=((0.22, 0.70), (0.45, 0.785), (0.95, 0.865), (1.35, 0.90), (2.40, 0.925), (3.60, 0.965), (4.64, 0.99)),
        bottom=((0.22, 0.19), (0.70, 0.175), (1.20, 0.165), (3.65, 0.17), (4.30, 0.23), (4.64, 0.29)),
        plan=((0.22, 0.96), (0.55, 0.99), (0.90, 1.0), (3.7, 1.0), (4.2, 0.985), (4.64, 0.945)),
        tail_m=0.12,
        tail_bow_m=0.09,
        tail_z_m=0.70,
        tail_rake=0.52,
        tail_rake_z_m=0.98,
        stations=(1.31, 1.43, 2.24),
    ),
    cowl_m=1.34,
    header_m=2.22,
    window_rear=(4.24, -0.62),
    pillars=((2.62, -0.05, 0.045), (3.62, -0.16, 0.035)),
    rear_screen=None,
    rear_glass=((0.0, 1.01), (0.67, 1.01), (0.555, 1.285), (0.0, 1.305)),
    tail_lamp=((0.50, 0.80), (0.97, 0.81), (0.97, 0.99), (0.60, 0.99)),
    doors=((1.50, 0.06), (2.62, -0.05), (3.66, -0.30)),
    plate_rear_z_m=0.75,
    roof_rails=True,
    bootline_m=None,
)  # fmt: skip

STYLES: dict[str, Style] = {
    "car.sedan": SEDAN,
    "car.hatchback": HATCHBACK,
    "car.compact": COMPACT,
    "car.suv": SUV,
    "car.estate": ESTATE,
}


def build_car(
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    clothing: str | None = None,
) -> Asset:
    """A passenger car that fills its box."""
    body, style = BODIES[model], STYLES.get(model, SEDAN)
    rng = stream(look_seed, "look", model)
    paint_material, tint = choose_paint(model, look_seed, color)
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
    pieces.append(_fittings(style, body, skin, half, look_seed))
    whole = repainted(Mesh.join(pieces), {"car_paint": paint_material})
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
        skin, lambda s: np.maximum(head(s) + 0.010, 0.30 - s.station), "lamp_indicator_left", ("lamp_head",)
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
    arch = body.wheel_radius_m + 0.048
    inner_y = shape.half_width_m - 0.30
    bottom = curve(shape.bottom)
    lip = 0.045 if style.cladding else 0.0
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
        if lip:
            paint(
                skin,
                lambda s, axle=axle: np.hypot(s.station - axle, s.z - body.wheel_radius_m) - arch - lip,
                "plastic",
            )  # type: ignore[misc]
        paint(
            skin,
            lambda s, axle=axle: np.maximum(  # type: ignore[misc]
                np.hypot(s.station - axle, s.z - body.wheel_radius_m) - arch, inner_y - s.y
            ),
            None,
            None,
        )
    paint(
        skin,
        lambda s: np.maximum(s.normal[:, 2] + 0.7, s.z - 0.5),
        "underbody",
        ("car_paint", "car_trim", "plastic"),
    )


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
        groove(
            skin,
            lambda s: s.station - line,
            lambda s: np.maximum.reduce([0.3 - s.rise, s.y - 0.64, line - 0.3 - s.station]),
        )
    # Bumper joints: from the lamps' foot to the arch.
    for axle, reach in arches[:1]:
        groove(
            skin,
            lambda s: s.z - 0.60,
            lambda s, axle=axle, reach=reach: np.maximum.reduce([s.station - axle + reach * 0.8, 0.74 - s.y]),  # type: ignore[misc]
        )
    axle, reach = arches[1]
    groove(
        skin, lambda s: s.z - 0.62, lambda s: np.maximum.reduce([axle + reach * 0.8 - s.station, 0.4 - s.y])
    )


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


def _fittings(style: Style, body: Body, skin: Skin, half: float, look_seed: int) -> Mesh:
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
    for z, ahead in ((style.plate_front_z_m, True), (style.plate_rear_z_m, False)):
        x = end_of(skin, z, 0.26, 0.055, ahead) + half
        pieces.append(plate(look_seed, "car", (x + (0.004 if ahead else -0.004), 0.0, z), ahead))
    return Mesh.join(pieces)
