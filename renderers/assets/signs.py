"""Traffic signs and signals: shapes of the Vienna Convention with drawn symbols.  Renderers floor.

A sign's plate looks along +x; its lower edge is at the given height.  Symbols are strokes and outlines of our own,
laid a millimetre or two in front of the plate, so that neither fonts nor pictures are needed.
"""

from collections.abc import Sequence

import numpy as np

from renderers.assets.forms import Floats, circle, plate, quads, tube
from renderers.assets.lettering import SIGN, Line, strokes, text
from renderers.loft import box, cylinder, rotation
from renderers.mesh import Mesh

LIGHT = "traffic_light"
LAYER_M = 0.0015  # between plate, border and symbol


def _regular(sides: int, radius: float, offset: float, z: float) -> Floats:
    shape: Floats = circle(sides, offset) * radius + np.array((0.0, z))
    return shape


def _disc(radius: float, z: float) -> Floats:
    return _regular(24, radius, 0.0, z)


def _plates(outlines: Sequence[tuple[Floats, str]]) -> list[Mesh]:
    """Stacked flat shapes, the first one lowest, and the bare back of the first."""
    pieces = [plate(outline, k * LAYER_M, material, SIGN) for k, (outline, material) in enumerate(outlines)]
    back = plate(outlines[0][0] * (-1.0, 1.0), 0.004, "sign_back", SIGN).moved(rotation("z", np.pi))
    return [*pieces, back]


def _triangle(side: float, low: float, up: bool) -> Floats:
    tall = side * np.sqrt(3) / 2
    sharp = (
        [(-side / 2, 0.0), (side / 2, 0.0), (0.0, tall)]
        if up
        else [(-side / 2, tall), (0.0, 0.0), (side / 2, tall)]
    )
    corners = []
    for k in range(3):  # rounded corners
        here, before, after = (np.array(sharp[(k + j) % 3]) for j in (0, -1, 1))
        for other in (before, after):
            corners.append(here + (other - here) * 0.06)
    rounded: Floats = np.array(corners) + np.array((0.0, low))
    return rounded


def _shrunk(outline: Floats, share: float) -> Floats:
    middle = outline.mean(0)
    smaller: Floats = middle + (outline - middle) * share
    return smaller


def face(kind: str, value: str = "") -> list[Mesh]:
    """The plate of a sign with its lower edge at z = 0."""
    front = 4 * LAYER_M
    if kind == "stop":
        octagon = _regular(8, 0.45 / np.cos(np.pi / 8), 0.5, 0.45)
        return [
            *_plates([(octagon, "sign_white"), (_shrunk(octagon, 0.95), "sign_red")]),
            text("STOP", 0.235, (0.0, 0.45), front, "sign_white"),
        ]
    if kind == "yield":
        shape = _triangle(0.9, 0.0, up=False)
        return _plates([(shape, "sign_red"), (_shrunk(shape, 0.66), "sign_white")])
    if kind == "priority":
        square = _regular(4, 0.42, 0.0, 0.42)
        return _plates(
            [
                (square, "sign_white"),
                (_shrunk(square, 0.94), "sign_black"),
                (_shrunk(square, 0.90), "sign_white"),
                (_shrunk(square, 0.66), "sign_yellow"),
            ]
        )
    if kind in ("warning", "curve_left", "curve_right", "priority_next", "children", "animals"):
        shape = _triangle(0.9, 0.0, up=True)
        pieces = _plates([(shape, "sign_red"), (_shrunk(shape, 0.72), "sign_white")])
        return [*pieces, _warning_symbol(kind, front)]
    if kind == "speed_limit":
        shown = "".join(letter for letter in value if letter in "0123456789") or "50"
        tall = 0.25 if len(shown) < 3 else 0.17
        return [
            *_plates([(_disc(0.30, 0.30), "sign_red"), (_disc(0.24, 0.30), "sign_white")]),
            text(shown, tall, (0.0, 0.30), front, "sign_black"),
        ]
    if kind == "no_entry":
        return [
            *_plates([(_disc(0.30, 0.30), "sign_white"), (_disc(0.29, 0.30), "sign_red")]),
            strokes([[(-0.15, 0.30), (0.15, 0.30)]], 0.11, front, "sign_white"),
        ]
    if kind == "no_overtaking":
        return [
            *_plates([(_disc(0.30, 0.30), "sign_red"), (_disc(0.24, 0.30), "sign_white")]),
            strokes(
                [[(-0.15, 0.28), (-0.04, 0.28)], [(-0.12, 0.33), (-0.07, 0.33)]], 0.06, front, "sign_red"
            ),
            strokes([[(0.04, 0.28), (0.15, 0.28)], [(0.07, 0.33), (0.12, 0.33)]], 0.06, front, "sign_black"),
        ]
    if kind in ("keep_right", "straight", "right", "roundabout"):
        arrow = {"keep_right": -2.36, "straight": 0.0, "right": -1.57, "roundabout": -0.8}[kind]
        return [
            *_plates([(_disc(0.30, 0.30), "sign_white"), (_disc(0.29, 0.30), "sign_blue")]),
            _arrow(arrow, 0.19, (0.0, 0.30), front),
        ]
    if kind == "crossing":
        square = np.array([(-0.3, 0.0), (0.3, 0.0), (0.3, 0.6), (-0.3, 0.6)])
        triangle = np.array([(-0.23, 0.10), (0.23, 0.10), (0.0, 0.52)])
        return [
            *_plates([(square, "sign_blue"), (triangle, "sign_white")]),
            _walker((0.0, 0.14), 0.26, front, stripes=True),
        ]
    if kind == "parking":
        square = np.array([(-0.25, 0.0), (0.25, 0.0), (0.25, 0.5), (-0.25, 0.5)])
        return [*_plates([(square, "sign_blue")]), text("P", 0.34, (0.0, 0.25), front, "sign_white", 0.2)]
    if kind == "bus_stop":
        return [
            *_plates([(_disc(0.22, 0.22), "sign_green"), (_disc(0.19, 0.22), "sign_yellow")]),
            text("H", 0.2, (0.0, 0.22), front, "sign_green", 0.2),
        ]
    if kind == "town":
        board = np.array([(-0.6, 0.0), (0.6, 0.0), (0.6, 0.55), (-0.6, 0.55)])
        return [
            *_plates([(board, "sign_black"), (_shrunk(board, 0.96), "sign_yellow")]),
            text("ELMFIELD", 0.15, (0.0, 0.33), front, "sign_black"),
            text("ROAD DISTRICT", 0.07, (0.0, 0.14), front, "sign_black"),
        ]
    if kind == "direction":
        return _direction_board(front)
    board = np.array([(-0.25, 0.0), (0.25, 0.0), (0.25, 0.4), (-0.25, 0.4)])
    return _plates([(board, "sign_white")])


def _direction_board(front: float) -> list[Mesh]:
    """A large blue board of a motorway."""
    board = np.array([(-2.0, 0.0), (2.0, 0.0), (2.0, 2.4), (-2.0, 2.4)])
    tall = 0.26
    rows = [
        text(word, tall, (-0.55 + 0.5 * (0.86 * len(word) - 0.26) * tall, up), front, "sign_white")
        for word, up in (("CITY NORTH", 1.9), ("HARBOUR", 1.3), ("AIRPORT", 0.6))
    ]
    return [
        *_plates([(board, "sign_white"), (_shrunk(board, 0.975), "sign_blue")]),
        *rows,
        _arrow(0.0, 0.75, (-1.3, 1.5), front),
        _arrow(-0.8, 0.40, (-1.3, 0.6), front),
    ]


def _arrow(
    turn_rad: float, reach: float, middle: tuple[float, float], x: float, material: str = "sign_white"
) -> Mesh:
    """An arrow from below to above, turned about its middle (positive to the left)."""
    lines: list[Line] = [
        [(0.0, -reach), (0.0, reach * 0.8)],
        [(-reach * 0.5, reach * 0.35), (0.0, reach)],
        [(0.0, reach), (reach * 0.5, reach * 0.35)],
    ]
    c, s = np.cos(turn_rad), np.sin(turn_rad)
    turned = [[(middle[0] + c * u - s * v, middle[1] + s * u + c * v) for u, v in line] for line in lines]
    return strokes(turned, reach * 0.30, x, material)


def _walker(foot: tuple[float, float], tall: float, x: float, stripes: bool) -> Mesh:
    u, v = foot
    h = tall
    lines: list[Line] = [
        [(u, v + 0.42 * h), (u + 0.02 * h, v + 0.78 * h)],
        [(u, v + 0.42 * h), (u + 0.20 * h, v + 0.22 * h), (u + 0.26 * h, v)],
        [(u, v + 0.42 * h), (u - 0.10 * h, v + 0.2 * h), (u - 0.28 * h, v + 0.04 * h)],
        [(u + 0.02 * h, v + 0.72 * h), (u + 0.22 * h, v + 0.52 * h)],
        [(u + 0.02 * h, v + 0.72 * h), (u - 0.18 * h, v + 0.50 * h)],
    ]
    pieces = [
        strokes(lines, 0.10 * h, x, "sign_black"),
        plate(circle(10) * 0.085 * h + (u + 0.04 * h, v + 0.92 * h), x, "sign_black", SIGN),
    ]
    if stripes:
        pieces.append(
            strokes(
                [[(u + k * 0.085, v - 0.035), (u + k * 0.085 + 0.02, v)] for k in (-2, -1, 0, 1, 2)],
                0.04,
                x,
                "sign_black",
            )
        )
    return Mesh.join(pieces)


def _warning_symbol(kind: str, x: float) -> Mesh:
    if kind.startswith("curve"):
        flip = -1.0 if kind.endswith("left") else 1.0
        line = [(-0.06 * flip, 0.10), (-0.06 * flip, 0.26), (0.02 * flip, 0.36), (0.08 * flip, 0.44)]
        head = [[(-0.02 * flip, 0.45), (0.09 * flip, 0.47)], [(0.09 * flip, 0.47), (0.11 * flip, 0.36)]]
        return strokes([line, *head], 0.055, x, "sign_black")
    if kind == "priority_next":
        return strokes([[(0.0, 0.10), (0.0, 0.50)], [(-0.12, 0.24), (0.12, 0.24)]], 0.06, x, "sign_black")
    if kind == "children":
        return Mesh.join([_walker((-0.07, 0.11), 0.30, x, False), _walker((0.11, 0.11), 0.23, x, False)])
    if kind == "animals":  # a leaping deer
        lines: list[Line] = [
            [(-0.14, 0.24), (0.08, 0.32)],
            [(0.08, 0.32), (0.13, 0.43), (0.18, 0.42)],
            [(0.12, 0.43), (0.08, 0.52)],
            [(0.07, 0.31), (0.17, 0.22), (0.13, 0.17)],
            [(0.05, 0.30), (0.12, 0.15)],
            [(-0.13, 0.25), (-0.16, 0.15), (-0.23, 0.10)],
            [(-0.11, 0.25), (-0.10, 0.14), (-0.17, 0.09)],
        ]
        return strokes(lines, 0.038, x, "sign_black")
    return strokes([[(0.0, 0.22), (0.0, 0.48)], [(0.0, 0.11), (0.0, 0.12)]], 0.07, x, "sign_black")


def sign(kind: str, value: str = "", lower_edge_m: float = 2.1, scale: float = 1.0, posts: int = 1) -> Mesh:
    """A sign on its post(s): the foot at the origin, the plate looks along +x."""
    grown = np.diag((scale, scale, scale, 1.0))
    radius = 0.030 if posts == 1 else 0.07
    grown[:3, 3] = (radius + 0.005, 0.0, lower_edge_m)
    plates = Mesh.join(face(kind, value)).moved(grown)
    low, high = plates.vertices_m[:, 1].min(), plates.vertices_m[:, 1].max()
    top = float(plates.vertices_m[:, 2].max()) - 0.05
    feet = [0.0] if posts == 1 else [float(low) * 0.7, float(high) * 0.7]
    pieces = [
        tube([(0, y, -0.3), (0, y, top)], (radius, radius), 8, "metal_galvanised", "pole") for y in feet
    ]
    return Mesh.join([*pieces, plates])


# ------------------------------------------------------------------------------------------------ traffic lights
LENSES = {"red": 2, "amber": 1, "green": 0}


def signal_head(state: str, lenses: int = 3) -> Mesh:
    """A head with 200 mm lenses and visors (EN 12368); its lower edge at z = 0, it looks along +x."""
    tall = 0.30 * lenses
    pieces = [box((0.16, 0.30, tall), "signal_housing", LIGHT, bevel_m=0.02, centre_m=(0.0, 0, tall / 2))]
    pieces.append(box((0.012, 0.46, tall + 0.18), "sign_black", LIGHT, centre_m=(-0.03, 0, tall / 2)))
    for name, row in LENSES.items():
        if lenses == 2 and name == "amber":
            continue
        k = row if lenses == 3 else min(row, 1)
        z = 0.15 + 0.30 * k
        lit = state == name or (state == "red_amber" and name in ("red", "amber"))
        pieces.append(
            plate(circle(16) * 0.10 + (0.0, z), 0.085, f"signal_{name}" if lit else "signal_off", LIGHT)
        )
        angle = np.linspace(-0.15 * np.pi, 1.15 * np.pi, 9)
        rim = np.stack([np.cos(angle), np.sin(angle)], axis=1) * 0.112
        near = np.column_stack([np.full(9, 0.08), rim[:, 0], rim[:, 1] + z])
        far = near + np.column_stack(
            [0.08 + 0.12 * np.clip(np.sin(angle), 0, 1), np.zeros(9), np.full(9, -0.01)]
        )
        visor = np.stack([near[:-1], far[:-1], far[1:], near[1:]], axis=1)
        pieces.extend((quads(visor, "signal_housing", LIGHT), quads(visor[:, ::-1], "signal_housing", LIGHT)))
    return Mesh.join(pieces)


def traffic_light(state: str, lower_edge_m: float = 2.3, lenses: int = 3, arm_m: float = 0.0) -> Mesh:
    """A signal on its mast, or on an arm of `arm_m` over the road (towards +y)."""
    mast_top = lower_edge_m + 0.30 * lenses + 0.15
    head = signal_head(state, lenses)
    pieces = [
        tube([(0, 0, -0.3), (0, 0, mast_top)], (0.055, 0.05), 10, "metal_galvanised", "pole"),
        head.moved(_at(0.14, 0.0, lower_edge_m)),
        cylinder(0.02, 0.14, "metal_galvanised", "pole", axis="x", segments=6).moved(
            _at(0, 0, lower_edge_m + 0.1)
        ),
        cylinder(0.02, 0.14, "metal_galvanised", "pole", axis="x", segments=6).moved(
            _at(0, 0, mast_top - 0.25)
        ),
    ]
    if arm_m > 0:
        high = 5.6
        pieces.append(
            tube(
                [(0, 0, mast_top), (0, 0, high), (0, arm_m * 0.1, high + 0.15), (0, arm_m, high + 0.3)],
                (0.07, 0.065, 0.05, 0.035),
                8,
                "metal_galvanised",
                "pole",
            )
        )
        pieces.append(head.moved(_at(0.12, arm_m, high - 0.30 * lenses + 0.25)))
    return Mesh.join(pieces)


def _at(x: float, y: float, z: float) -> Floats:
    matrix = np.eye(4)
    matrix[:3, 3] = (x, y, z)
    return matrix
