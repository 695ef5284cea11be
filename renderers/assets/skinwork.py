"""What is cut into a car's skin: panes, pillars, lamps, grille, arches and joints.  Renderers floor."""

from collections.abc import Callable

import numpy as np

from renderers import triples
from renderers.assets.shell import Skin, arch, curve, cut, groove, joint, paint, refine, rounded, tile
from renderers.assets.style import Style
from renderers.loft import Floats
from renderers.materials import MATERIAL_ID
from scenarios.bodies import Body
from scenarios.chance import stream


def cut_skin(skin: Skin, style: Style, body: Body) -> None:
    """Everything that lies in the skin, in the order in which one thing covers another."""
    _cut_glass(skin, style)
    _cut_roof(skin, style)
    _cut_lamps_and_face(skin, style)
    _cut_underside(skin, style, body)
    _cut_joints(skin, style, body)
    if style.livery is not None:
        style.livery(skin, style)
    if style.muddy:
        _cut_mud(skin, style, body)


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
        start = style.rear_glass_from_m or style.shape.length_m - 0.8
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


def not_glass(skin: Skin, style: Style) -> Floats:
    """Negative on roof and pillars: above the tray and in none of the windows."""
    panes = [_side_window(skin, style), _windscreen(skin, style, 0.0), _rear_window(skin, style, 0.0)]
    outside: Floats = np.max([-0.10 - _cabin(skin), *(-p for p in panes)], axis=0)
    outside = np.maximum(outside, style.cowl_m - skin.station)
    if style.bed is not None:  # the bed has walls of its own
        outside = np.maximum(outside, skin.station - style.bed[0] + 0.05)
    return np.maximum(outside, skin.station - style.header_m - 0.04) if style.open_top else outside


def _cut_roof(skin: Skin, style: Style) -> None:
    """The roof of a convertible: of cloth, or gone with the side windows."""
    if style.soft_top:
        paint(skin, lambda s: np.maximum(style.header_m + 0.03 - s.station, 0.025 - _cabin(s)), "soft_top")
    if style.open_top:
        end = style.seats[-1][0] + 0.30
        paint(skin, lambda s: _side_window(s, style) - 0.016, None, None)
        paint(
            skin,
            lambda s: np.max(
                [style.header_m + 0.045 - s.station, s.station - end, 0.012 - _cabin(s)], axis=0
            ),
            None,
            None,
        )


def _cut_glass(skin: Skin, style: Style) -> None:
    paint(skin, lambda s: _side_window(s, style) - 0.016, "chrome" if style.chrome_windows else "car_trim")
    paint(skin, lambda s: _side_window(s, style) - 0.004, "car_trim", ("chrome",))
    paint(skin, lambda s: _side_window(s, style), style.side_glass, ("car_trim",))
    for at, lean, half_width in style.pillars:
        for side in (-1.0, 1.0):  # both flanks of the pillar, one straight cut each
            edge = skin.station - at - lean * _cabin(skin) - side * half_width
            cut(skin, edge, skin.tag == MATERIAL_ID[style.side_glass])
        between = np.abs(skin.station - at - lean * _cabin(skin)) - half_width
        inside = triples.mean(between.take(skin.triangles)) < 0.0
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

    grille = ahead(lambda s: rounded(s.y, s.z, style.grille, 0.02), 0.4)
    paint(skin, grille, "chrome" if style.chrome else "car_trim_gloss")
    paint(skin, lambda s: grille(s) + 0.012, "panel_gap", ("chrome", "car_trim_gloss"))
    low, high = min(z for _, z in style.grille), max(z for _, z in style.grille)
    for k in range(style.grille_bars):
        middle = low + (high - low) * (k + 0.5) / style.grille_bars
        thick = 0.22 * (high - low) / style.grille_bars
        paint(
            skin,
            lambda s, m=middle, t=thick: np.maximum(grille(s) + 0.02, np.abs(s.z - m) - t),  # type: ignore[misc]
            "car_trim_gloss",
            ("panel_gap",),
        )
    intake = ahead(lambda s: rounded(s.y, s.z, style.intake, 0.03), 0.4)
    paint(skin, intake, "car_trim")
    fog_y = max(y for y, _ in style.intake) - 0.13
    fog_z = float(np.mean([z for _, z in style.intake]))
    fog = ahead(lambda s: np.hypot(s.y - fog_y, s.z - fog_z) - 0.040, 0.6)
    paint(skin, lambda s: np.maximum(fog(s), intake(s) + 0.008), "lamp_fog", ("car_trim",))
    _cut_head_lamp(skin, style, ahead(lambda s: rounded(s.y, s.z, style.head_lamp, 0.015), 0.62))
    _cut_tail_lamp(skin, style, astern(lambda s: rounded(s.y, s.z, style.tail_lamp, 0.02), 0.50))
    base = max(0.40, float(curve(style.shape.bottom)(np.array([end]))[0]) + 0.12)
    tile(
        skin,
        (lambda s: s.y, lambda s: s.z),
        ((0.48, 0.68), (base, base + 0.035)),
        lambda *_: "reflector_red",
        lambda s: np.maximum(end - 0.4 - s.station, np.abs(s.y - 0.58) - 0.24),
        ("car_paint", "car_trim", "plastic"),
    )
    _cut_high_brake_lamp(skin, style)


def _cut_tail_lamp(skin: Skin, style: Style, tail: Callable[[Skin], Floats]) -> None:
    """A red frame that is lit by night; in its lower part reversing lamp, indicator and brake lamp side by side."""
    outline = np.array(style.tail_lamp)
    (inner, low), (_, high) = outline.min(axis=0), outline.max(axis=0)
    inner = max(float(inner), 0.40)  # a bar from side to side is lit all along, but has its lamps outside
    outer = 0.93 * style.shape.half_width_m
    third = low + (0.36 if high - low > 0.14 else 0.62) * (high - low)
    reverse, split = inner + 0.26 * (outer - inner), inner + 0.60 * (outer - inner)
    refine(skin, lambda s: s.y, [inner, reverse, outer], lambda s: tail(s) - 0.05)
    refine(skin, lambda s: s.z, [low, third, high], lambda s: tail(s) - 0.05)
    paint(skin, tail, "lamp_tail")
    tile(
        skin,
        (lambda s: s.y, lambda s: s.z),
        ((inner, reverse, split, 2.0), (0.0, third)),
        lambda i, _: ("lamp_reverse", "lamp_indicator_left", "lamp_brake")[i],
        lambda s: tail(s) - 1e-4,
        ("lamp_tail",),
    )


def _cut_high_brake_lamp(skin: Skin, style: Style) -> None:
    """The third brake lamp: at the foot of the rear screen, or above the glass of a tailgate."""
    panes = ("glass", "glass_dark", "car_trim", "car_paint")
    if style.rear_screen is not None:
        foot = style.rear_screen[1]
        tile(
            skin,
            (lambda s: s.y, lambda s: s.station),
            ((-1.0, 0.15), (foot - 0.056, foot - 0.032)),
            lambda *_: "lamp_brake_high",
            lambda s: np.max([foot - 0.3 - s.station, s.station - foot, s.y - 0.3, -s.rise], axis=0),
            panes,
        )
    elif style.brake_high_m is not None or max(z for _, z in style.rear_glass) < 5.0:
        low = style.brake_high_m or max(z for _, z in style.rear_glass) + 0.012
        start = style.rear_glass_from_m or style.shape.length_m - 0.8
        tile(
            skin,
            (lambda s: s.y, lambda s: s.z),
            ((-1.0, 0.16), (low, low + 0.024)),
            lambda *_: "lamp_brake_high",
            lambda s: np.max([start - s.station, s.y - 0.4, np.abs(s.z - low) - 0.3], axis=0),
            panes,
        )


def _cut_head_lamp(skin: Skin, style: Style, head: Callable[[Skin], Floats]) -> None:
    """A dark housing behind a clear cover; in it two lenses, daytime light along its lower edge, the indicator."""
    outline = np.array(style.head_lamp)
    (low_y, low_z), (high_y, high_z) = outline.min(axis=0), outline.max(axis=0)
    high_y = min(high_y, 0.97 * style.shape.half_width_m)

    def near(s: Skin) -> Floats:
        return np.asarray(
            np.max([low_y - s.y, s.y - high_y, low_z - s.z, s.z - high_z, s.station - 0.5], axis=0)
        )

    refine(skin, lambda s: s.y, np.linspace(low_y, high_y, 6)[1:-1].tolist(), near)
    refine(skin, lambda s: s.z, np.linspace(low_z, high_z, 4)[1:-1].tolist(), near)
    paint(skin, head, "car_trim", ("car_paint", "chrome", "car_trim_gloss", "panel_gap"))
    paint(skin, lambda s: head(s) + 0.008, "lamp_housing", ("car_trim",))

    def middle_z(y: Floats) -> Floats:
        """Half-way between the lower and the upper edge at y."""
        across = np.linspace(low_y, high_y, 25)
        z = np.linspace(low_z, high_z, 41)
        grid_y, grid_z = np.meshgrid(across, z, indexing="ij")
        inside = rounded(grid_y.reshape(-1), grid_z.reshape(-1), style.head_lamp).reshape(25, 41) < 0.0
        some = inside.any(axis=1)
        centre = np.where(some, (grid_z * inside).sum(axis=1) / np.maximum(inside.sum(axis=1), 1), np.nan)
        line: Floats = np.interp(y, across[some], centre[some])
        return line

    paint(
        skin,
        lambda s: np.maximum(
            np.abs(head(s) + 0.017) - 0.006, s.z - middle_z(s.y) + 0.25 * (high_z - low_z) - 0.03
        ),
        "lamp_head",
        ("lamp_housing",),
    )
    for share in (0.34, 0.66):
        y = low_y + share * (high_y - low_y)
        z = float(middle_z(np.array([y]))[0])
        radius = float(-rounded(np.array([y]), np.array([z]), style.head_lamp)[0]) - 0.012
        radius = max(min(radius, 0.065), 0.018)

        def lens(s: Skin, y: float = y, z: float = z, r: float = radius) -> Floats:
            return np.asarray(np.maximum(np.hypot(s.y - y, s.z - z) - r, head(s) + 0.010))

        paint(skin, lens, "lamp_head", ("lamp_housing",))
    # The indicator takes what wraps round the corner, low down.
    paint(
        skin,
        lambda s: np.max(
            [head(s) + 0.010, low_y + 0.78 * (high_y - low_y) - s.y, s.z - low_z - 0.6 * (high_z - low_z)],
            axis=0,
        ),
        "lamp_indicator_left",
        ("lamp_housing", "lamp_head"),
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
    if style.bed is not None:  # the bed is open at the top
        first, last, _ = style.bed
        paint(
            skin,
            lambda s: np.max(
                [first - s.station, s.station - last, s.y - shape.half_width_m + 0.075, 1.0 - s.z], axis=0
            ),
            None,
            None,
        )
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


def _cut_mud(skin: Skin, style: Style, body: Body) -> None:
    """What the wheels have thrown up: a ragged edge along the sills, rising behind each wheel and over the tail."""
    axles = (body.front_overhang_m, body.front_overhang_m + body.wheelbase_m)
    base = style.door_sill_m + 0.06
    rng = stream(0, "look", "mud", body.model)
    knots = np.cumsum(np.append(0.45, rng.uniform(0.05, 0.17, int(style.shape.length_m / 0.11))))
    knots = knots[knots < style.shape.length_m - 0.1]
    ragged = rng.uniform(-0.055, 0.055, (2, len(knots))) * rng.uniform(0.2, 1.0, len(knots))
    fresh = np.min([np.where(knots > a, knots - a - 0.6 * body.wheel_radius_m, 9.0) for a in axles], axis=0)
    risen = np.where(fresh < 8.0, 0.24 * np.exp(-np.maximum(fresh, 0.0) / 0.38), 0.0)

    def flank(s: Skin) -> Floats:
        return np.asarray(np.maximum(np.abs(s.z - base - 0.12) - 0.15, 0.5 - s.y))

    refine(skin, lambda s: s.station, knots.tolist(), flank)

    def spray(s: Skin, line: Floats) -> Floats:
        return np.asarray(np.maximum(s.z - np.interp(s.station, knots, line), knots[0] - s.station))

    only = ("car_paint", "plastic", "car_trim", "panel_gap", "sheeting_yellow", "sheeting_blue")
    paint(skin, lambda s: spray(s, base + 0.07 + 1.15 * risen + ragged[0]), "mud_thin", only)
    paint(skin, lambda s: spray(s, base + 0.75 * risen + 0.6 * ragged[1]), "mud", ("mud_thin", *only))
