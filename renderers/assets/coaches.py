"""Coaches with a high deck, and short buses for thin lines.  Renderers floor.

Stations are metres behind the foremost point; heights are above the road.
"""

import numpy as np

from renderers.assets.coach_skin import SEMANTIC, Coach, coach_shell
from renderers.assets.fittings import Rgb, choose_paint, mirrored_body, plate, repainted, steering_wheel
from renderers.assets.lorry_frame import Axle, beams, finished
from renderers.assets.lorry_marks import markers, words
from renderers.loft import both_sides, box, panel, sheet, tube, two_faced
from renderers.mesh import Asset, Mesh
from scenarios.bodies import BODIES, Body
from scenarios.chance import stream

MARKET = {
    "white": 40.0,
    "silver": 14.0,
    "blue": 12.0,
    "red": 11.0,
    "grey": 8.0,
    "yellow": 7.0,
    "green": 5.0,
    "black": 3.0,
}
LIVERIES: tuple[Rgb, ...] = (
    (0.44, 0.04, 0.03), (0.03, 0.10, 0.36), (0.62, 0.40, 0.03), (0.05, 0.25, 0.12), (0.10, 0.10, 0.11),
    (0.05, 0.27, 0.34),
    (0.36, 0.06, 0.24), (0.60, 0.60, 0.58),
)  # fmt: skip
OPERATORS = ("ALPENLAND", "VIATORA", "MERIDIAN", "SONNTAG", "LUMINA", "TERRA TOUR", "BLAUSTERN", "PANORAMA")


COACHES: dict[str, Coach] = {
    "bus.coach": Coach(
        length_m=12.15,
        half_width_m=1.275,
        top=(
            (0.20, 3.42),
            (0.45, 3.60),
            (0.9, 3.68),
            (2.0, 3.70),
            (11.4, 3.68),
            (11.85, 3.62),
            (12.02, 3.50),
        ),
        sill_m=1.98,
        ceiling_m=3.16,
        screen_m=(1.12, 3.22),
        nose_rake=0.20,
        deck_m=1.46,
        bottom_m=0.30,
        pillars_m=(1.55, 3.25, 4.95, 6.65, 8.35, 10.05),
        doors_m=((0.62, 1.42),),
        seat=(1.62, 0.60, 1.12),
        row_m=0.80,
        luggage=True,
    ),
    "bus.midi": Coach(
        length_m=7.70,
        half_width_m=1.12,
        top=((0.18, 2.62), (0.45, 2.76), (0.9, 2.82), (7.0, 2.82), (7.45, 2.78), (7.58, 2.70)),
        sill_m=1.06,
        ceiling_m=2.36,
        screen_m=(1.02, 2.30),
        nose_rake=0.12,
        deck_m=0.66,
        bottom_m=0.28,
        pillars_m=(2.30, 3.62, 4.94, 6.20),
        doors_m=((1.86, 3.10),),
        seat=(1.45, 0.52, 0.98),
        row_m=0.76,
        luggage=False,
        side_glass="glass",
        sign_m=2.36,
    ),
}


def build_coach(
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    clothing: str | None = None,
) -> Asset:
    """A coach or a short bus in an operator's colours."""
    body, made = BODIES[model], COACHES[model]
    paint_material, tint = choose_paint(model, look_seed, color, MARKET)
    rng = stream(look_seed, "look", model)
    livery = LIVERIES[int(rng.integers(len(LIVERIES)))]
    pattern = int(rng.integers(3))
    pieces = [
        coach_shell(COACHES[model], body, pattern),
        _inside(made),
        _outside(made, body),
        *_name(made, look_seed),
    ]
    pieces.append(plate(SEMANTIC, (0.006, 0.0, 0.50), True))
    pieces.append(plate(SEMANTIC, (-made.length_m - 0.006, 0.0, 0.72), False))
    axles = [
        Axle(body.axles_m[0], "steered", body.wheel_radius_m, body.track_m, 0.28),
        *(Axle(s, "twin", body.wheel_radius_m, body.track_m + 0.04) for s in body.axles_m[1:2]),
        *(Axle(s, "single", body.wheel_radius_m, body.track_m, 0.28) for s in body.axles_m[2:]),
    ]
    pieces.append(beams(axles))
    whole = [repainted(piece, {"car_paint": paint_material}) for piece in pieces]
    return finished(model, size_m, whole, axles, (tint, livery, (0.4, 0.26, 0.18)), SEMANTIC)


def _inside(made: Coach) -> Mesh:
    """Deck, rows of seats with their heads above the sill, racks, the driver's place."""
    w, end, deck = made.half_width_m - 0.06, made.length_m, made.deck_m
    first = 2.1 if made.luggage else 3.5
    corners = [
        (-1.75 if made.luggage else -0.4, w),
        (-end + 0.3, w),
        (-end + 0.3, -w),
        (-1.75 if made.luggage else -0.4, -w),
    ]
    pieces = [panel([(x, y, deck) for x, y in corners], "interior", SEMANTIC)]
    if made.luggage:  # the driver sits lower than the deck
        low = made.seat[2] - 0.45
        pieces.append(
            panel([(-0.4, w, low), (-1.75, w, low), (-1.75, -w, low), (-0.4, -w, low)], "interior", SEMANTIC)
        )
        pieces.append(
            panel(
                [(-1.75, -w, low), (-1.75, w, low), (-1.75, w, deck), (-1.75, -w, deck)][::-1],
                "interior",
                SEMANTIC,
            )
        )
        for y in (w - 0.25, -w + 0.25):
            pieces.append(
                box(
                    (end - 3.2, 0.42, 0.06),
                    "interior",
                    SEMANTIC,
                    0.0,
                    (-end / 2 - 0.6, y, made.ceiling_m - 0.02),
                )
            )
    for station in np.arange(first, end - 0.7, made.row_m):
        for y in (w - 0.26, w - 0.72, -w + 0.72, -w + 0.26):
            if y < 0 and any(a - 0.2 < station < b + 0.3 for a, b in made.doors_m):
                continue
            x = -float(station)
            pieces.append(box((0.10, 0.42, 0.78), "seat", SEMANTIC, 0.0, (x, y, deck + 0.74)))
            pieces.append(box((0.40, 0.42, 0.10), "seat", SEMANTIC, 0.0, (x + 0.20, y, deck + 0.42)))
    station, y, hips = made.seat
    pieces.append(
        box((0.34, 1.3, 0.32), "interior", SEMANTIC, 0.04, (-0.72 - 0.4 * made.nose_rake, 0.42, hips - 0.02))
    )
    pieces.append(box((0.12, 0.5, 1.0), "seat", SEMANTIC, 0.04, (-station - 0.16, y, hips + 0.30)))
    pieces.append(steering_wheel(-station + 0.44, y, hips + 0.24, SEMANTIC))
    return Mesh.join(pieces)


def _outside(made: Coach, body: Body) -> Mesh:
    """Wells, mirrors on horns or arms, the roof's unit, wipers, markers."""
    w, radius, half_box = made.half_width_m, body.wheel_radius_m + 0.11, body.size_m[1] / 2
    pieces: list[Mesh] = []
    angle = np.linspace(-0.25, np.pi + 0.25, 12)
    for axle in body.axles_m:
        x, z = -axle + radius * np.cos(angle), body.wheel_radius_m + radius * np.sin(angle)
        rows = np.stack([np.stack([x, np.full(12, y), z], axis=1) for y in (0.60, w - 0.01)])
        pieces.append(both_sides(two_faced(sheet(rows, "underbody", SEMANTIC))))
    roof, end = body.size_m[2], made.length_m
    crown = made.top[3][1]
    pieces.append(
        box(
            (2.3, 1.5, roof - crown + 0.06),
            "car_paint",
            SEMANTIC,
            0.05,
            (-end * 0.40, 0.0, (roof + crown - 0.06) / 2),
        )
    )
    pieces.append(box((0.75, 0.75, 0.05), "car_trim", SEMANTIC, 0.01, (-end * 0.72, 0.0, crown + 0.005)))
    top = made.screen_m[1]
    across, up = half_box - 0.10, top - 0.62
    ahead = -made.nose_rake * (top - 1.4) + 0.10 if made.luggage else -0.16
    housing = box((0.12, 0.20, 0.48), "car_trim", SEMANTIC, 0.04, (ahead, across, up))
    glass = panel(
        [(ahead - 0.062, across + u * 0.075, up + v * 0.20) for u, v in ((1, -1), (-1, -1), (-1, 1), (1, 1))],
        "mirror",
        SEMANTIC,
    )
    root = (-made.nose_rake * (top - 1.0) - 0.35, w - 0.12, top + 0.10)
    arm = tube(
        [root, (ahead - 0.02, across - 0.06, top + 0.02), (ahead, across, up + 0.2)],
        0.034,
        "car_trim",
        SEMANTIC,
        7,
    )
    pieces.append(
        mirrored_body(
            Mesh.join(
                [
                    housing,
                    glass,
                    arm,
                    markers(np.arange(2.2, end - 0.3, 2.6), made.bottom_m + 0.30, w + 0.012),
                ]
            )
        )
    )
    for side in (0.12, -0.75):
        foot = made.screen_m[0] + 0.05
        out = 0.015 - 0.22 * (side / w) ** 2
        pieces.append(
            tube(
                [(out, side, foot), (out - 0.10 - made.nose_rake * 0.42, side + 0.66, foot + 0.36)],
                0.012,
                "car_trim",
                SEMANTIC,
                4,
            )
        )
    return Mesh.join(pieces)


def _name(made: Coach, look_seed: int) -> list[Mesh]:
    """The operator on both flanks, a line's number and place on the display of short buses."""
    rng = stream(look_seed, "look", "operator")
    name = OPERATORS[int(rng.integers(len(OPERATORS)))]
    w = made.half_width_m
    tall, station, z = min(0.20, 1.25 / (0.86 * len(name))), 4.20, 0.86
    if made.luggage:
        tall, station, z = min(0.42, 5.1 / (0.86 * len(name))), 5.1, (made.deck_m + made.sill_m) / 2 - 0.02
    pieces = [
        words(name, tall, (station, z), w + 0.004, side, "plate_ink", 0.18) for side in ("left", "right")
    ]
    if made.sign_m:
        line = f"{int(rng.integers(2, 99))} {('ZENTRUM', 'HAFEN', 'KLINIK', 'SEEBAD')[int(rng.integers(4))]}"
        x = 0.012 - made.nose_rake * (made.sign_m + 0.13 - 1.05)
        sign = words(line, 0.15, (0.0, made.sign_m + 0.13), 0.0, "front", "signal_amber", 0.17)
        bent = sign.vertices_m.copy()
        bent[:, 0] = (
            x - 0.22 * (bent[:, 1] / w) ** 2 - made.nose_rake * (bent[:, 2] - made.sign_m - 0.13) + 0.02
        )
        pieces.append(Mesh(bent, sign.triangles, sign.normals, sign.uv_m, sign.material, sign.semantic))
    return pieces
