"""Cabs of heavy lorries: low ones of town, day cabs, sleepers with a high roof.  Renderers floor.

A cab stands with its foremost point at x = 0; heights are above the road.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from renderers.assets.carving import carve, flank, from_ahead, from_the_side, level, nose, shrunk, softened
from renderers.assets.fittings import mirrored_body, seat, steering_wheel
from renderers.assets.shell import (
    FLAT_SIDE,
    Outline,
    Shape,
    Skin,
    arch,
    groove,
    half_mesh,
    joint,
    loft_half,
    paint,
)
from renderers.loft import Floats, both_sides, box, loft, panel, sheet, tube, two_faced
from renderers.mesh import Mesh

SEMANTIC = "truck"
BOW_M, LEAN = (
    0.13,
    0.075,
)  # of the front: its corners behind its middle, metres a metre backwards above the grille
FACES = 3  # grilles, of which a make has one


@dataclass(frozen=True, slots=True)
class Cab:
    """Proportions of a cab, as one reads them off a side view."""

    length_m: float = 1.75
    half_width_m: float = 1.15
    sill_m: float = 1.62  # lower edge of the windscreen
    screen_top_m: float = 2.56
    top_m: float = 2.84
    roof_from_m: float = 0.55  # station where a high roof has risen to its height
    axle_m: float = 1.40  # station of the front axle
    wheel_radius_m: float = 0.50
    bumper_m: float = 0.32  # its lower edge
    mirror_y_m: float = 1.33  # outer edge of the mirrors
    door_end_m: float = 1.42  # station of the door's rear joint
    visor: bool = True
    crew: bool = False  # a second row of doors behind the driver's
    lamps_up_m: float = 0.0  # how much higher the head lamps sit than in the bumper's corner

    @property
    def seat(self) -> tuple[float, float, float]:
        """Station, offset and height of the driver's hips."""
        return min(1.18, self.length_m - 0.48), 0.56 * self.half_width_m / 1.15, self.sill_m - 0.36


LOW = Cab(sill_m=1.42, screen_top_m=2.46, top_m=2.62, length_m=1.72)
DAY = Cab()
SLEEPER = Cab(
    length_m=2.22,
    half_width_m=1.235,
    sill_m=1.92,
    screen_top_m=2.92,
    top_m=3.72,
    roof_from_m=1.0,
    axle_m=1.38,
    mirror_y_m=1.45,
    door_end_m=1.40,
)


@lru_cache(maxsize=16)
def cab(style: Cab, face: int = 0) -> Mesh:
    """The cab with its inside, mirrors, visor and the liners of its wheel arches."""
    skin = loft_half(_shape(style))
    _glass(skin, style)
    _front(skin, style, face)
    _flank(skin, style)
    pieces = [mirrored_body(half_mesh(skin, SEMANTIC)), _inside(style), both_sides(_mirrors(style))]
    pieces.append(_liner(style))
    if style.visor:
        pieces.append(_visor(style))
    pieces += [*_slats(style, face), *_trimmings(style)]
    return Mesh.join(pieces)


def _shape(style: Cab) -> Shape:
    end, edge, top = style.length_m, style.screen_top_m + 0.08, style.top_m
    high = top - edge > 0.35
    roof = (
        (
            (0.10, edge),
            (0.30, edge + 0.12),
            (0.45, edge + 0.30),
            (style.roof_from_m, top - 0.05),
            (end * 0.8, top),
        )
        if high
        else ((0.10, top - 0.08), (0.30, top - 0.02), (0.6, top))
    )
    return Shape(
        length_m=end,
        half_width_m=style.half_width_m,
        top=(*roof, (end - 0.04, top - 0.01)),
        belt=((0.10, style.sill_m - 0.04), (end, style.sill_m - 0.04)),
        bottom=(
            (0.10, style.bumper_m),
            (0.70, style.bumper_m),
            (style.axle_m - 0.1, 0.42),
            (end - 0.04, 0.55 if style.crew else 0.92),
        ),
        plan=((0.10, 0.985), (0.30, 1.0), (end, 1.0)),
        nose_m=0.10,
        tail_m=0.04,
        nose_bow_m=BOW_M,
        tail_bow_m=0.0,
        nose_square=7.0,
        tail_square=9.0,
        nose_z_m=1.15,
        tail_z_m=1.70,
        nose_rake=LEAN,
        nose_rake_z_m=style.sill_m - 0.25,
        rake_reach_m=0.5,
        lean=0.022,
        cabin_square=11.0,
        side=FLAT_SIDE,
        stations=(0.18, 0.40, style.door_end_m),
        spacing_m=0.17,
        bow_m=0.0,
    )


def _middle(half: float, low: float, high: float, taper: float = 0.0) -> Outline:
    """A figure across the middle, as wide as `half` at its foot."""
    return ((-0.4, low), (half, low), (half - taper, high), (-0.4, high))


def _glass(skin: Skin, style: Cab) -> None:
    w, low, high, end = style.half_width_m, style.sill_m, style.screen_top_m, style.door_end_m
    screen = softened(_middle(w - 0.055, low - 0.06, high, 0.045), 0.07)
    carve(skin, screen, "car_trim", from_ahead, nose(0.34))
    carve(skin, shrunk(screen, 0.04), "glass", from_ahead, nose(0.34), ("car_trim",))
    # The door's window reaches lower in front, so that one sees who walks beside.
    side, dip = flank(w, 0.3), low - 0.15
    tall = softened(
        ((0.30, low - 0.01), (end - 0.09, low - 0.01), (end - 0.09, high - 0.02), (0.42, high - 0.02)), 0.06
    )
    front = softened(((0.29, dip), (0.70, dip), (0.96, low + 0.05), (0.33, low + 0.05)), 0.05)
    for outline in (tall, front):
        carve(skin, outline, "car_trim", from_the_side, side)
    for outline in (tall, front):
        carve(skin, shrunk(outline, 0.028), "glass", from_the_side, side, ("car_trim",))
    if style.crew:
        behind = softened(
            ((end + 0.16, low), (end + 0.98, low), (end + 0.98, high - 0.02), (end + 0.16, high - 0.02)), 0.06
        )
        carve(skin, behind, "car_trim", from_the_side, side)
        carve(skin, shrunk(behind, 0.028), "glass", from_the_side, side, ("car_trim",))


def _front(skin: Skin, style: Cab, face: int) -> None:
    w, low, top = style.half_width_m, style.bumper_m, style.sill_m - 0.12
    foot = 0.86 if style.sill_m < 1.75 else 0.98
    inner = w - 0.22
    here = nose(0.45)

    def figure(outline: Outline, material: str, *only: str) -> None:
        carve(skin, outline, material, from_ahead, here, only or ("car_paint",))

    if face == 0:  # a shield that widens upwards, slats in it
        figure(
            ((-0.4, foot), (inner - 0.20, foot), (inner, foot + 0.16), (inner - 0.04, top), (-0.4, top)),
            "car_trim",
        )
    elif face == 1:  # two mouths with a painted bar between them that carries the badge
        middle = foot + 0.52 * (top - foot)
        figure(softened(_middle(inner - 0.10, foot, middle - 0.05, -0.06), 0.05), "car_trim")
        figure(softened(_middle(inner - 0.02, middle + 0.05, top, 0.03), 0.05), "car_trim")
        figure(_middle(0.30, middle - 0.022, middle + 0.022), "chrome")
    else:  # one dark band under the screen, a broad grille below with upright bars
        figure(_middle(w - 0.08, top - 0.16, top + 0.055), "car_trim")
        figure(softened(_middle(inner - 0.06, foot, top - 0.26, -0.04), 0.06), "car_trim")
    # Bumper: its air intake, lamps in its corners, a dark lip below.
    figure(softened(_middle(w - 0.54, low + 0.11, foot - 0.12), 0.05), "car_trim")
    carve(
        skin,
        ((0.0, 0.0), (1.0, 0.0), (1.0, low + 0.085), (0.0, low + 0.085)),
        "plastic",
        from_the_side,
        nose(1.0),
    )
    z = low + 0.23 + style.lamps_up_m
    head = (
        (w - 0.50, z + 0.02),
        (w + 0.2, z + 0.05),
        (w + 0.2, z + 0.25),
        (w - 0.34, z + 0.23),
        (w - 0.50, z + 0.12),
    )
    corner = nose(0.33)
    carve(skin, head, "car_trim", from_ahead, corner, ("car_paint", "car_trim"))
    for inner, outer in ((0.445, 0.315), (0.295, 0.0)):  # two lenses in a dark housing
        lens = ((w - inner, z + 0.07), (w - outer, z + 0.08), (w - outer, z + 0.21), (w - inner, z + 0.20))
        carve(skin, lens, "lamp_head", from_ahead, corner, ("car_trim",))
    outside = ((0.135, 0.0), (0.6, 0.0), (0.6, 3.0), (0.135, 3.0))
    carve(skin, outside, "lamp_indicator_left", from_the_side, corner, ("lamp_head",))
    fog = ((w - 0.42, low + 0.105), (w - 0.18, low + 0.105), (w - 0.18, low + 0.19), (w - 0.42, low + 0.19))
    carve(skin, fog, "lamp_fog", from_ahead, corner)
    for line in (foot - 0.06, top + 0.045):
        groove(skin, level(line), lambda s: np.maximum(s.station - 0.26, 0.1 - s.y))
    groove(
        skin,
        lambda s: s.y - w + 0.16,
        lambda s: np.maximum.reduce([s.station - 0.3, foot - 0.06 - s.z, s.z - top]),
    )


def _front_m(style: Cab, y: float, z: float) -> float:
    """Where the bowed, leaning front stands: what `shell` makes of the shape."""
    return -BOW_M * (y / style.half_width_m) ** 2 - LEAN * max(z - style.sill_m + 0.25, 0.0)


def _slats(style: Cab, face: int) -> list[Mesh]:
    """The bars of the grille, proud of it."""
    foot, top = (0.86 if style.sill_m < 1.75 else 0.98), style.sill_m - 0.12
    inner = style.half_width_m - 0.22
    if face == 2:
        z, tall = (foot + top - 0.26) / 2, top - foot - 0.36
        return [
            box((0.03, 0.028, tall), "metal_dark", SEMANTIC, 0.0, (_front_m(style, float(y), z), float(y), z))
            for y in np.arange(-5, 6) * 0.15
        ]
    if face == 1:
        rows = [(foot + share, 0.018, "chrome") for share in (0.07, 0.16)]
    else:
        rows = [(foot + 0.09 + (top - foot - 0.12) * (k + 0.5) / 4, 0.04, "metal_dark") for k in range(3)]
        rows.append((foot + 0.09 + (top - foot - 0.12) * 0.875, 0.04, "car_paint"))
    pieces = []
    for z, tall, material in rows:
        across = np.linspace(-inner + 0.16, inner - 0.16, 7)
        sections = [
            [
                (_front_m(style, y, z) + out, y, z + up * tall / 2)
                for out, up in ((0.012, -1), (0.012, 1), (-0.02, 1), (-0.02, -1))
            ]
            for y in across.tolist()
        ]
        pieces.append(loft(sections, material, SEMANTIC))
    return pieces


def _flank(skin: Skin, style: Cab) -> None:
    w, reach = style.half_width_m, style.wheel_radius_m + 0.13
    axle, r, end = style.axle_m, style.wheel_radius_m, style.door_end_m
    roof = style.screen_top_m + 0.02

    def door(s: Skin) -> Floats:
        return np.asarray(np.maximum.reduce([0.7 * w - s.y, 0.62 - s.z, s.z - roof - 0.02]))

    for station in (0.25, end, end + 1.08) if style.crew else (0.25, end):
        groove(skin, joint(station), door)
    groove(
        skin,
        lambda s: s.z - roof,
        lambda s: np.maximum.reduce([0.25 - s.station, s.station - end, 0.7 * w - s.y]),
    )
    # Steps in the skirt before the wheel: dark mouths with a bright tread.
    for z in (0.46, 0.80):
        mouth = softened(((0.32, z), (0.74, z), (0.70, z + 0.22), (0.32, z + 0.22)), 0.03)
        carve(skin, mouth, "car_trim", from_the_side, flank(w))
        tread = ((0.34, z + 0.02), (0.71, z + 0.02), (0.71, z + 0.045), (0.34, z + 0.045))
        carve(skin, tread, "metal_galvanised", from_the_side, flank(w), ("car_trim",))
    paint(skin, arch(axle, r, reach + 0.055, 0.6), "plastic", ("car_paint", "car_trim"))
    paint(skin, arch(axle, r, reach, 0.6), None, None)
    paint(
        skin,
        lambda s: np.maximum(s.normal[:, 2] + 0.7, s.z - 1.0),
        "underbody",
        ("car_paint", "car_trim", "plastic"),
    )


def _inside(style: Cab) -> Mesh:
    w, tray, back = style.half_width_m - 0.14, style.sill_m - 0.16, style.length_m - 0.12
    tall = style.top_m - tray - 0.20
    x, y, _ = style.seat
    pieces = [
        panel(
            [(-0.30, w, tray), (-back, w, tray), (-back, -w, tray), (-0.30, -w, tray)], "interior", SEMANTIC
        ),
        box((0.03, 2 * w - 0.06, tall), "interior", SEMANTIC, 0.0, (-back, 0.0, tray + tall / 2)),
        box((0.36, 2 * w - 0.10, 0.14), "interior", SEMANTIC, 0.03, (-0.48, 0.0, tray + 0.07)),
        steering_wheel(-x + 0.46, y, tray + 0.18, SEMANTIC),
        box(
            (back - 0.35, 2 * w - 0.1, 0.02),
            "interior",
            SEMANTIC,
            0.0,
            (-0.30 - back / 2, 0.0, style.screen_top_m + 0.03),
        ),
    ]
    pieces += [seat(-x - 0.13, side * y, tray - 0.1, 0.52, 0.62, SEMANTIC) for side in (1.0, -1.0)]
    return Mesh.join(pieces)


def _mirrors(style: Cab) -> Mesh:
    """The left mirrors: a tall and a wide-angle one in one housing on two arms, and the ramp mirror's arm."""
    outer, high = style.mirror_y_m, style.screen_top_m - 0.12
    wide = min(0.23, outer - style.half_width_m + 0.06)
    y, z, x = outer - wide / 2, high - 0.36, -0.20
    housing = box((0.12, wide, 0.72), "plastic", SEMANTIC, 0.035, (x, y, z))
    glass = [
        panel(
            [
                (x - 0.0615, y + u * (wide / 2 - 0.03), z + c + v * h)
                for u, v in ((1, -1), (-1, -1), (-1, 1), (1, 1))
            ],
            "mirror",
            SEMANTIC,
        )
        for c, h in ((0.11, 0.21), (-0.23, 0.09))
    ]
    root = style.half_width_m - 0.05
    arms = [
        tube([(x - 0.10, root, z + dz), (x, y, z + 0.94 * dz)], 0.020, "car_trim", SEMANTIC, 6)
        for dz in (0.40, -0.40)
    ]
    return Mesh.join([housing, *glass, *arms])


def _visor(style: Cab) -> Mesh:
    """A tinted visor over the screen, bowed as the front is, with marker lamps above it."""
    w, z = style.half_width_m - 0.10, style.screen_top_m - 0.02
    y = np.linspace(-w, w, 7)
    bow = 0.13 * (y / style.half_width_m) ** 2
    lean = 0.075 * (z - style.sill_m + 0.25)
    sections = []
    for across, back in zip(y, bow, strict=True):
        x = -lean - back
        sections.append(
            [
                (x + 0.10, across, z - 0.13),
                (x + 0.115, across, z - 0.10),
                (x - 0.06, across, z + 0.11),
                (x - 0.10, across, z + 0.06),
            ]
        )
    return loft(sections, "car_trim", SEMANTIC)


def _trimmings(style: Cab) -> list[Mesh]:
    """Marker lamps on the roof's edge, door handles, wipers."""
    pieces: list[Mesh] = []
    w, z = style.half_width_m, style.screen_top_m
    lean = 0.075 * (z + 0.12 - style.sill_m + 0.25)
    for y in (0.78 * w, 0.30 * w):
        x = -lean - 0.13 * (y / w) ** 2
        housing = box((0.05, 0.15, 0.055), "car_trim", SEMANTIC, 0.01, (x - 0.035, y, z + 0.15))
        lens = box((0.024, 0.12, 0.035), "lamp_marker_white", SEMANTIC, 0.0, (x - 0.012, y, z + 0.15))
        pieces.append(both_sides(Mesh.join([housing, lens])))
    handle = box(
        (0.20, 0.03, 0.05),
        "car_trim",
        SEMANTIC,
        0.01,
        (-style.door_end_m + 0.18, w - 0.004, style.sill_m - 0.22),
    )
    pieces.append(both_sides(handle))
    low = style.sill_m + 0.02
    for y in (0.55, -0.05, -0.62):
        a, b = 0.13 * (y / w) ** 2, 0.13 * ((y + 0.42) / w) ** 2
        foot = -0.075 * 0.25 + 0.012
        pieces.append(
            tube(
                [(foot - a, y, low), (foot - 0.006 - b, y + 0.42, low + 0.10)], 0.011, "car_trim", SEMANTIC, 4
            )
        )
    return pieces


def _liner(style: Cab) -> Mesh:
    radius = style.wheel_radius_m + 0.12
    angle = np.linspace(-0.2, np.pi + 0.2, 13)
    x = -style.axle_m + radius * np.cos(angle)
    z = style.wheel_radius_m + radius * np.sin(angle)
    roof = np.stack([np.stack([x, np.full(13, y), z], axis=1) for y in (0.60, style.half_width_m - 0.02)])
    return both_sides(two_faced(sheet(roof, "underbody", SEMANTIC)))
