"""The city bus: a low floor, glass all round, two doors on the kerb's side.  Renderers floor."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from renderers.assets.fittings import (
    choose_paint,
    fitted,
    lamps_of,
    mirrored_body,
    plate,
    repainted,
    steering_wheel,
)
from renderers.assets.lorry_frame import labelled
from renderers.assets.shell import (
    FLAT_SIDE,
    Outline,
    Shape,
    Skin,
    arch,
    cut,
    groove,
    half_mesh,
    joint,
    liner,
    loft_half,
    paint,
    rounded,
)
from renderers.assets.wheels import steel_wheel, wheel_parts
from renderers.loft import Floats, both_sides, box, cylinder, panel, sheet, translation, tube
from renderers.materials import MATERIAL_ID
from renderers.mesh import Asset, Mesh, Part
from scenarios.bodies import BODIES, Body

CLASS = "bus"
MARKET = {
    "white": 26.0,
    "red": 22.0,
    "blue": 16.0,
    "yellow": 14.0,
    "green": 10.0,
    "silver": 6.0,
    "orange": 6.0,
}
SILL_M, CEILING_M = 1.02, 2.52  # lower and upper edge of the side windows
PILLARS_M = (1.72, 3.12, 4.44, 5.72, 7.02, 8.32, 9.62, 10.82)  # stations of the posts between panes
DOORS_M = ((0.42, 1.62), (5.78, 7.00))  # stations of the doorways on the right

SHAPE = Shape(
    length_m=12.0,
    half_width_m=1.275,
    top=((0.16, 2.93), (0.40, 3.00), (0.90, 3.04), (11.0, 3.04), (11.70, 3.01), (11.90, 2.96)),
    belt=((0.16, 2.30), (11.90, 2.30)),
    bottom=((0.16, 0.30), (2.0, 0.27), (8.6, 0.27), (10.6, 0.33), (11.90, 0.40)),
    plan=((0.16, 0.985), (0.60, 1.0), (11.4, 1.0), (11.90, 0.985)),
    nose_m=0.16,
    tail_m=0.10,
    nose_bow_m=0.20,
    tail_bow_m=0.05,
    nose_square=4.5,
    tail_square=6.0,
    nose_z_m=1.15,
    tail_z_m=1.45,
    nose_rake=0.07,
    nose_rake_z_m=1.2,
    tail_rake=0.03,
    lean=0.05,
    cabin_square=5.0,
    side=FLAT_SIDE,
    stations=(0.42, 1.62, 2.70, 8.60),
    spacing_m=0.42,
)


def build_bus(
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    clothing: str | None = None,
) -> Asset:
    """A city bus that fills its box, mirrors included."""
    body = BODIES[model]
    half = body.size_m[0] / 2.0
    paint_material, tint = choose_paint(model, look_seed, color, MARKET)
    pieces = [_unpainted(body), *_plates(half)]
    # Where the cut of a window meets the seam of the two sides, it leaves triangles without area.
    whole = labelled(repainted(Mesh.join(pieces), {"car_paint": paint_material}), CLASS)
    scale = np.array(size_m) / np.array(body.size_m)
    low_z = float(whole.vertices_m[:, 2].min() * scale[2])
    whole = fitted(whole, (-size_m[0] / 2, -size_m[1] / 2, low_z), (size_m[0] / 2, size_m[1] / 2, size_m[2]))
    radius = body.wheel_radius_m * min(float(scale[0]), float(scale[2]))
    front = (half - body.front_overhang_m) * float(scale[0])
    rear = front - body.wheelbase_m * float(scale[0])
    track = body.track_m * float(scale[1])
    steered = steel_wheel(radius, 0.28, radius * 0.60, CLASS, sunk=False)
    driven = steel_wheel(radius, 0.27, radius * 0.60, CLASS, sunk=True, twins=True)
    return Asset(
        model=model,
        size_m=size_m,
        parts=(
            Part("body", whole),
            *wheel_parts(steered, front, track, radius, "front", "steered_wheel"),
            *wheel_parts(driven, rear, track + 0.05, radius, "rear", "wheel"),
        ),
        lamps=lamps_of(whole),
        tints=(tint, (0.60, 0.60, 0.58), (0.4, 0.26, 0.18)),
    )


@lru_cache(maxsize=1)
def _unpainted(body: Body) -> Mesh:
    """All that buses share."""
    half = body.size_m[0] / 2.0
    plain = loft_half(SHAPE)
    left, right = _cut(False, body), _cut(True, body)
    return Mesh.join(
        [
            mirrored_body(half_mesh(left, CLASS, half), half_mesh(right, CLASS, half)),
            both_sides(
                liner(plain, CLASS, lambda s: np.maximum(CEILING_M + 0.04 - s.z, 0.5 - s.station), half)
            ),
            _inside(half),
            _outside(half, body),
        ]
    )


def _plates(half: float) -> list[Mesh]:
    ahead = plate(CLASS, (half + 0.003, 0.0, 0.46), True)
    return [ahead, plate(CLASS, (-half - 0.003, 0.0, 0.60), False)]


def _cut(kerb_side: bool, body: Body) -> Skin:
    """One half of the skin, drawn as a left half; the kerb's side has the doors."""
    skin = loft_half(SHAPE)
    end = SHAPE.length_m

    def side(low: float, high: float, first: float, last: float, edge: float) -> Callable[[Skin], Floats]:
        outline = ((first, low), (last, low), (last, high), (first, high))
        return lambda s: np.maximum(rounded(s.station, s.z, outline, 0.08) + edge, 0.9 - s.y)

    def facing(outline: Outline, edge: float, nose: bool) -> Callable[[Skin], Floats]:
        if nose:
            return lambda s: np.maximum(rounded(s.y, s.z, outline, 0.07) + edge, s.station - 0.55)
        return lambda s: np.maximum(rounded(s.y, s.z, outline, 0.07) + edge, end - 0.45 - s.station)

    # A dark band with panes in it runs along the flank; posts stand behind the glass.
    paint(skin, side(SILL_M - 0.03, CEILING_M + 0.04, 0.36, end - 0.45, 0.0), "car_trim")
    paint(skin, side(SILL_M, CEILING_M, 0.46, end - 0.60, 0.0), "glass", ("car_trim",))
    for station in PILLARS_M:
        for edge in (-0.035, 0.035):
            cut(skin, skin.station - station - edge, skin.tag == MATERIAL_ID["glass"])
        near = np.abs(skin.middle()[:, 0] + station) < 0.035
        skin.tag[near & (skin.tag == MATERIAL_ID["glass"])] = MATERIAL_ID["car_trim"]
    if kerb_side:
        for first, last in DOORS_M:
            middle = (first + last) / 2
            paint(
                skin,
                side(0.34, CEILING_M + 0.02, first, last, 0.0),
                "car_trim",
                ("car_paint", "glass", "car_trim"),
            )
            for a, b in ((first + 0.05, middle - 0.03), (middle + 0.03, last - 0.05)):
                paint(skin, side(0.46, CEILING_M - 0.05, a, b, 0.0), "glass", ("car_trim",))
    # Front: a deep windscreen, the destination above it, lamps low at the corners.
    paint(skin, facing(((-0.4, 0.98), (1.22, 0.98), (1.19, 2.90), (-0.4, 2.90)), 0.0, True), "car_trim")
    paint(
        skin,
        facing(((-0.4, 1.04), (1.20, 1.04), (1.18, 2.46), (-0.4, 2.46)), 0.0, True),
        "glass",
        ("car_trim",),
    )
    head = ((0.70, 0.56), (1.24, 0.58), (1.24, 0.78), (0.78, 0.80))
    paint(skin, facing(head, 0.0, True), "car_trim")
    paint(skin, facing(head, 0.02, True), "lamp_head", ("car_trim",))
    indicator = facing(head, 0.02, True)
    paint(skin, lambda s: np.maximum(indicator(s), 1.02 - s.y), "lamp_indicator_left", ("lamp_head",))
    # Back: a window high up, lamps in a column at each edge, the engine's grille below.
    paint(skin, facing(((-0.4, 1.60), (1.00, 1.60), (0.98, 2.42), (-0.4, 2.42)), -0.03, False), "car_trim")
    paint(
        skin,
        facing(((-0.4, 1.60), (1.00, 1.60), (0.98, 2.42), (-0.4, 2.42)), 0.0, False),
        "glass_dark",
        ("car_trim",),
    )
    paint(skin, facing(((-0.4, 0.78), (0.86, 0.78), (0.86, 1.36), (-0.4, 1.36)), 0.0, False), "plastic")
    # Second colour along the roof and the skirt.
    paint(skin, lambda s: np.maximum(2.70 - s.z, 0.30 - s.station), "car_paint_b")
    reach = body.wheel_radius_m + 0.10
    for axle in (body.front_overhang_m, body.front_overhang_m + body.wheelbase_m):
        paint(skin, arch(axle, body.wheel_radius_m, reach + 0.04, 0.72), "plastic")
        paint(skin, arch(axle, body.wheel_radius_m, reach, 0.72), None, None)
    paint(skin, lambda s: np.maximum(s.normal[:, 2] + 0.7, s.z - 0.5), "underbody", ("car_paint", "plastic"))
    for station in (1.72, 3.45, 4.80, 7.30, 9.62, 10.82):
        groove(skin, joint(station), lambda s: np.maximum(s.z - SILL_M, 1.0 - s.y))
    groove(skin, lambda s: s.z - 0.62, lambda s: np.maximum(1.0 - s.y, 0.45 - s.station))
    return skin


def _inside(half: float) -> Mesh:
    """A low floor, rows of seats, yellow poles, the driver's dashboard."""
    floor = 0.62
    corners = [(half - 0.4, 1.20), (-half + 0.3, 1.20), (-half + 0.3, -1.20), (half - 0.4, -1.20)]
    pieces = [panel([(x, y, floor) for x, y in corners], "interior", CLASS)]
    for station in np.arange(2.6, 11.2, 0.78):
        for y in (0.95, 0.50, -0.50, -0.95):
            if y < 0 and any(a - 0.3 < station < b + 0.3 for a, b in DOORS_M):
                continue
            x = half - float(station)
            pieces.append(box((0.08, 0.42, 0.78), "seat", CLASS, 0.0, (x, y, floor + 0.74)))
            pieces.append(box((0.42, 0.42, 0.10), "seat", CLASS, 0.0, (x + 0.20, y, floor + 0.42)))
    for station in (1.9, 4.2, 5.6, 7.2, 9.0):
        for y in (0.30, -0.30):
            pole = [(half - station, y, floor), (half - station, y, 2.72)]
            pieces.append(tube(pole, 0.018, "paint_yellow", CLASS, 5, caps=False))
    pieces.append(box((0.36, 1.3, 0.38), "interior", CLASS, 0.0, (half - 0.55, 0.45, 1.0)))
    pieces.append(box((0.12, 0.5, 1.1), "seat", CLASS, 0.04, (half - 1.45, 0.62, 1.25)))
    pieces.append(steering_wheel(half - 0.92, 0.62, 1.22, CLASS))
    return Mesh.join(pieces)


def _outside(half: float, body: Body) -> Mesh:
    """Wells, axles, roof unit, mirrors on their arms, destination displays."""
    pieces: list[Mesh] = []
    radius = body.wheel_radius_m + 0.11
    angle = np.linspace(-0.25, np.pi + 0.25, 13)
    for axle in (body.front_overhang_m, body.front_overhang_m + body.wheelbase_m):
        x, z = half - axle + radius * np.cos(angle), body.wheel_radius_m + radius * np.sin(angle)
        rows = np.stack([np.stack([x, np.full(13, y), z], axis=1) for y in (0.72, 1.27)])
        pieces.append(both_sides(sheet(rows, "underbody", CLASS)))
        pieces.append(
            cylinder(0.11, 1.5, "underbody", CLASS, "y", 8).moved(
                translation(half - axle, -0.75, body.wheel_radius_m)
            )
        )
    roof = body.size_m[2]
    pieces.append(box((2.6, 1.5, 0.16), "car_paint_b", CLASS, 0.06, (half - 4.2, 0.0, roof - 0.08)))
    pieces.append(box((1.4, 1.3, 0.10), "car_paint_b", CLASS, 0.04, (half - 8.6, 0.0, roof - 0.05)))
    housing = box((0.13, 0.17, 0.42), "plastic", CLASS, 0.03, (half - 0.14, 1.39, 2.10))
    glass = panel(
        [(half - 0.208, 1.39 + u * 0.065, 2.10 + v * 0.18) for u, v in ((1, -1), (-1, -1), (-1, 1), (1, 1))],
        "mirror",
        CLASS,
    )
    arm = tube(
        [(half - 0.30, 1.20, 2.62), (half - 0.10, 1.33, 2.58), (half - 0.12, 1.39, 2.30)],
        0.022,
        "car_trim",
        CLASS,
        6,
    )
    pieces.append(both_sides(Mesh.join([housing, glass, arm])))
    pieces += _destination(half, 2.66)
    # Lamps in a column at each edge of the back.
    lenses = []
    for row, material in enumerate(("lamp_reverse", "lamp_tail", "lamp_brake", "lamp_indicator_left")):
        lenses.append(
            box((0.05, 0.16, 0.155), material, CLASS, 0.01, (-half + 0.055, 1.09, 0.86 + 0.165 * row))
        )
    lenses.append(box((0.03, 0.14, 0.06), "reflector_red", CLASS, 0.0, (-half + 0.06, 1.09, 0.62)))
    pieces.append(mirrored_body(Mesh.join(lenses)))
    return Mesh.join(pieces)


def _destination(front_m: float, z_m: float) -> list[Mesh]:
    """Amber figures of a line and a place on the front's upper band."""
    pieces = []
    y = 0.66
    for wide in (0.16, 0.16, 0.0, 0.09, 0.12, 0.05, 0.12, 0.10, 0.12):
        if wide:
            tall = 0.20 if y > 0.2 else 0.13
            low, high = z_m - tall / 2, z_m + tall / 2
            left, right = y - 0.14 * wide, y - 0.86 * wide
            outline = ((right, low), (left, low), (left, high), (right, high))
            corners = [(_front_x(front_m, u, v) + 0.02, u, v) for u, v in outline]
            pieces.append(panel(corners, "signal_amber", CLASS))
        y -= wide + 0.035
    return pieces


def _front_x(front_m: float, y_m: float, z_m: float) -> float:
    """Where the leaning, bowed front stands at a height: what `shell` makes of the shape."""
    bow = SHAPE.nose_bow_m * (y_m / SHAPE.half_width_m) ** 2
    return front_m - bow - SHAPE.nose_rake * (z_m - SHAPE.nose_rake_z_m)
