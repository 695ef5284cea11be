"""Traffic signals: heads of Europe and of the United States, for wheels and feet, on masts and arms.  Renderers floor.

Heads look along +x.  European lenses are 200 mm wide (EN 12368), American ones 300 mm in sections of 350 mm (ITE VTCSH),
under tunnel visors before a backplate with a yellow retro-reflecting edge (MUTCD 2009, 4D.12).
"""

import numpy as np
from shapely.geometry.base import BaseGeometry

from renderers.assets import pictograms as draw
from renderers.assets import signs_us
from renderers.assets.flat import Layer, Picture, block, disc, merged, mirrored, pen
from renderers.assets.forms import placed, quads, tower, tube
from renderers.assets.signs import plate
from renderers.assets.signs_vienna import fitted
from renderers.loft import box, cylinder, two_faced
from renderers.mesh import Mesh

LIGHT = "traffic_light"
LENSES = {"red": 2, "amber": 1, "green": 0}
SECTION_M, LENS_M = 0.30, 0.10
US_SECTION_M, US_LENS_M = 0.355, 0.15
VISOR_SIDES = 8
HEAD_M = 0.14  # a head stands before the axis of its mast
LENS_X_M = 0.078  # of the lenses before the middle of their housing


def shows(state: str, name: str) -> bool:
    """Whether a lens is lit in a state: red, red_amber, amber or green."""
    return state == name or (state == "red_amber" and name in ("red", "amber"))


def lenses_of(lenses: int) -> list[tuple[str, float, float]]:
    """(color, x, z) of the middles of a European head's lenses; two lenses are for people on foot."""
    rows = LENSES if lenses == 3 else {"red": 1, "green": 0}
    return [(name, LENS_X_M, SECTION_M * (row + 0.5)) for name, row in rows.items()]


def _lens(radius: float, z: float, x: float, lit: str, symbol: BaseGeometry | None = None) -> Mesh:
    """A round lens, alight or dark; with a symbol only that is alight."""
    round_ = disc(radius, (0.0, z), 5)
    layers = [Layer(round_, lit if symbol is None else "signal_off")]
    if symbol is not None:
        layers.append(Layer(fitted(symbol, (0.0, z), 1.55 * radius, 1.3 * radius), lit))
    return Picture(tuple(layers)).mesh(x, LIGHT)


def _visor(
    radius: float, z: float, near_x: float, reach: float, open_below: float, material: str
) -> list[Mesh]:
    """A hood over a lens, seen from both sides."""
    angle = np.linspace(-open_below * np.pi, (1.0 + open_below) * np.pi, VISOR_SIDES + 1)
    rim = np.stack([np.cos(angle), np.sin(angle)], axis=1) * radius
    near = np.column_stack([np.full(len(angle), near_x), rim[:, 0], rim[:, 1] + z])
    out = reach * (0.4 + 0.6 * np.clip(np.sin(angle) + open_below, 0.0, 1.0))
    far = near + np.column_stack([out, np.zeros(len(angle)), np.full(len(angle), -0.012)])
    sheet = np.stack([near[:-1], far[:-1], far[1:], near[1:]], axis=1)
    return [two_faced(quads(sheet, material, LIGHT))]


def signal_head(state: str | None, lenses: int = 3, board: bool = True) -> Mesh:
    """A head with 200 mm lenses and visors; its lower edge at z = 0.  Two lenses are for people on foot.

    Without a state it has no lenses: they are parts of their own, see `lens_plates`.
    """
    tall = SECTION_M * lenses
    pieces = [
        box((0.15, 0.29, SECTION_M - 0.008), "signal_housing", LIGHT, bevel_m=0.025, centre_m=(0.0, 0, z))
        for z in SECTION_M * (np.arange(lenses) + 0.5)
    ]
    if lenses == 3 and board:
        frame = Picture(
            (
                Layer(block(0.50, tall + 0.24, (0.0, tall / 2), 0.06), "barrier_white"),
                Layer(block(0.45, tall + 0.19, (0.0, tall / 2), 0.045), "sign_black"),
            )
        )
        pieces += [frame.mesh(-0.03, LIGHT), frame.back(-0.034, "sign_black", LIGHT)]
    for name, x, z in lenses_of(lenses):
        if state is not None:
            pieces.append(_plate(state, name, x, z, lenses))
        pieces += _visor(LENS_M + 0.014, z, 0.074, 0.20, 0.15, "signal_housing")
    return Mesh.join(pieces)


def _plate(state: str, name: str, x: float, z: float, lenses: int) -> Mesh:
    lit = f"signal_{name}" if shows(state, name) else "signal_off"
    symbol = None if lenses == 3 else draw.standing() if name == "red" else mirrored(draw.walker())
    return _lens(LENS_M, z, x, lit, symbol if lit != "signal_off" else None)


def lens_plates(state: str, lower_edge_m: float, lenses: int = 3) -> Mesh:
    """The lenses alone of a head on its mast, as `traffic_light` has them."""
    plates = [_plate(state, name, x, z, lenses) for name, x, z in lenses_of(lenses)]
    return Mesh.join(plates).moved(placed(0.0, (HEAD_M, 0.0, lower_edge_m)))


def traffic_light(state: str | None, lower_edge_m: float = 2.3, lenses: int = 3, arm_m: float = 0.0) -> Mesh:
    """A signal on its mast, or on an arm of `arm_m` over the road (towards +y)."""
    mast_top = lower_edge_m + SECTION_M * lenses + 0.15
    pieces = [
        tube(
            [(0, 0, -0.3), (0, 0, 0.35), (0, 0, 0.40), (0, 0, mast_top)], (0.07, 0.07, 0.055, 0.05), 10,
            "metal_galvanised", "pole",
        ),
        signal_head(state, lenses).moved(placed(0.0, (HEAD_M, 0.0, lower_edge_m))),
        *(
            cylinder(0.02, 0.14, "metal_galvanised", "pole", axis="x", segments=6).moved(placed(0.0, (0, 0, z)))
            for z in (lower_edge_m + 0.1, mast_top - 0.25)
        ),
        box((0.09, 0.10, 0.16), "sign_yellow", "pole", 0.015, (0.085, 0.0, 1.05)),  # the button of the walkers
        cylinder(0.025, 0.012, "plastic", "pole", axis="x", segments=8).moved(placed(0.0, (0.13, 0.0, 1.02))),
    ]  # fmt: skip
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
        over = signal_head(state, lenses).moved(placed(0.0, (0.12, arm_m, high - SECTION_M * lenses + 0.25)))
        pieces.append(over)
    return Mesh.join(pieces)


# ------------------------------------------------------------------------------------------------ United States
def signal_head_us(state: str, edge: bool = True) -> Mesh:
    """Three sections of yellow aluminium with black doors; the lower edge at z = 0."""
    tall = 3 * US_SECTION_M
    pieces = []
    for name, row in LENSES.items():
        z = US_SECTION_M * (row + 0.5)
        pieces.append(box((0.18, 0.345, US_SECTION_M - 0.006), "signal_yellow", LIGHT, 0.02, (0.0, 0.0, z)))
        lit = f"signal_{name}" if shows(state, name) else "signal_off"
        pieces.append(
            box((0.014, 0.325, US_SECTION_M - 0.03), "signal_housing", LIGHT, centre_m=(0.093, 0.0, z))
        )
        pieces.append(_lens(US_LENS_M, z, 0.102, lit))
        pieces += _visor(US_LENS_M + 0.008, z, 0.098, 0.28, 0.28, "signal_housing")
    shape = block(0.345 + 0.28, tall + 0.28, (0.0, tall / 2), 0.05)
    inner = block(0.345 + 0.18, tall + 0.18, (0.0, tall / 2), 0.04)
    back = Picture((Layer(shape, "sign_yellow" if edge else "sign_black"), Layer(inner, "sign_black")))
    pieces += [back.mesh(0.02, LIGHT), back.back(0.016, "sign_black", LIGHT)]
    return Mesh.join(pieces)


def walk_signal_us(walk: bool) -> Mesh:
    """A square head: a white walker, or an orange hand beside the seconds that are left."""
    hand = merged(
        block(0.30, 0.30, (0.0, 0.34), 0.08),
        pen(
            [[(-0.11, 0.45), (-0.14, 0.80)], [(-0.035, 0.48), (-0.04, 0.92)], [(0.04, 0.48), (0.05, 0.90)]],
            0.065,
        ),
        pen([[(0.115, 0.45), (0.14, 0.78)], [(0.12, 0.28), (0.26, 0.46)], [(0.0, 0.30), (0.0, 0.05)]], 0.065),
    )
    front = block(0.42, 0.42, (0.0, 0.23), 0.02)
    symbol = fitted(draw.walker() if walk else hand, (0.0, 0.23), 0.32, 0.26)
    shown = Picture((Layer(front, "signal_off"), Layer(symbol, "signal_white" if walk else "signal_amber")))
    return Mesh.join(
        [
            box((0.16, 0.46, 0.46), "signal_housing", LIGHT, 0.015, (0.0, 0.0, 0.23)),
            shown.mesh(0.082, LIGHT),
            box((0.16, 0.46, 0.012), "signal_housing", LIGHT, centre_m=(0.16, 0.0, 0.455)),
        ]
    )


def mast_arm_us(state: str, arm_m: float = 9.0, heads: int = 2, street: str = "MAPLE AVE") -> Mesh:
    """A steel pole whose arm carries heads and the street's name over the road (towards +y)."""
    high = 5.9
    t = np.linspace(0.0, 1.0, 6)[:, None]
    arm = np.array((0.0, 0.0, high)) + t * (0.0, arm_m, 0.0) + (0.0, 0.0, 0.55) * (1.0 - (1.0 - t) ** 2)
    pieces = [
        tower([(-0.3, 0, 0, 0.17, 0.17), (high + 0.5, 0, 0, 0.11, 0.11)], 12, "metal_galvanised", "pole"),
        cylinder(0.24, 0.06, "metal_galvanised", "pole", segments=12),
        tube(arm, np.linspace(0.10, 0.05, 6), 10, "metal_galvanised", "pole"),
        signal_head_us(state).moved(placed(0.0, (0.32, 0.0, 3.1))),
        tube([(0, 0, 3.6), (0.24, 0, 3.6)], (0.03, 0.03), 6, "metal_galvanised", "pole"),
        walk_signal_us(state == "red").moved(placed(-np.pi / 2, (0.0, -0.32, 2.5))),
        tube([(0, 0, 2.7), (0, -0.26, 2.7)], (0.025, 0.025), 6, "metal_galvanised", "pole"),
        box((0.08, 0.10, 0.20), "signal_yellow", "pole", 0.012, (0.19, 0.0, 1.1)),
    ]
    for k in range(heads):
        y = arm_m * (1.0 - 0.40 * k) - 0.3
        z = float(np.interp(y, arm[:, 1], arm[:, 2]))
        pieces.append(signal_head_us(state).moved(placed(0.0, (0.22, y, z - 0.62))))
        pieces.append(box((0.10, 0.06, 0.5), "metal_galvanised", "pole", centre_m=(0.08, y, z - 0.1)))
    y = arm_m * 0.22
    name = plate(signs_us.street_name(street))
    pieces.append(name.moved(placed(0.0, (0.12, y, float(np.interp(y, arm[:, 1], arm[:, 2])) - 0.32), 1.4)))
    return Mesh.join(pieces)


def by_the_road(kind: str, look_seed: int) -> Mesh:
    """A signal as it stands somewhere, in one of its states."""
    state = ("red", "green", "amber", "red_amber")[look_seed % 4]
    if kind == "walkers":
        return traffic_light("green" if state == "green" else "red", 2.1, 2)
    if kind == "arm":
        return traffic_light(state, arm_m=4.5)
    if kind == "mast_us":
        return mast_arm_us("red" if state == "red_amber" else state, 6.0 + look_seed % 3 * 1.5)
    return traffic_light(state)
