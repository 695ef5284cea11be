"""Street lamps of several ages and places, each with its light.  Renderers floor.

A lamp stands with its foot at the origin and reaches over the road along +x.  Light: lumens over pi on the axis,
as of a
Lambertian emitter, for lanterns of 3000 to 4000 K.
"""

from collections.abc import Callable

import numpy as np

from renderers.assets.forms import Floats, placed, tower, tube
from renderers.assets.furniture import POLE, WARM_WHITE, park_lamp, street_lamp
from renderers.loft import box, cylinder
from renderers.mesh import LampSpec, Mesh
from scenarios.chance import stream

COOL_WHITE = (1.0, 0.90, 0.76)  # 4000 K, linear RGB
SODIUM = (1.0, 0.55, 0.16)  # 2000 K
Made = tuple[Mesh, LampSpec]


def _spec(x: float, z: float, intensity_cd: float, color: tuple[float, float, float]) -> LampSpec:
    return LampSpec(0, (x, 0.0, z), (0.0, 0.0, -1.0), "street", intensity_cd, color, material="lamp_street")


def led_column(height_m: float, look_seed: int) -> Made:
    """A flat lantern on a straight column with a short bracket, as most new streets have."""
    paint = ("metal_dark", "metal_galvanised", "metal_dark")[look_seed % 3]
    h = height_m
    pieces = [
        tower([(-0.3, 0, 0, 0.075, 0.075), (1.2, 0, 0, 0.075, 0.075), (1.25, 0, 0, 0.05, 0.05),
            (h, 0, 0, 0.035, 0.035)], 10,
              paint, POLE),
        tube([(0, 0, h - 0.02), (0.10, 0, h + 0.02), (0.45, 0, h + 0.05)], (0.03, 0.03, 0.03), 7, paint, POLE),
        box((0.62, 0.30, 0.07), paint, POLE, 0.025, (0.72, 0.0, h + 0.06)),
        box((0.40, 0.22, 0.014), "lamp_street", POLE, centre_m=(0.74, 0.0, h + 0.020)),
        box((0.012, 0.09, 0.40), paint, POLE, centre_m=(-0.075, 0.0, 0.7)),
    ]  # fmt: skip
    return Mesh.join(pieces), _spec(0.74, h - 0.02, 1800.0, COOL_WHITE)


def swan_neck(height_m: float, look_seed: int) -> Made:
    """An old lamp of cast iron: a fluted foot, a curled arm, a bell with its bulb."""
    h = height_m
    t = np.linspace(0.0, np.pi * 1.05, 9)
    curl: Floats = np.stack([0.42 - 0.42 * np.cos(t), np.zeros(9), h - 0.5 + 0.52 * np.sin(t)], axis=1)
    end = curl[-1]
    pieces = [
        tower([(-0.2, 0, 0, 0.20, 0.20), (0.10, 0, 0, 0.20, 0.20), (0.14, 0, 0, 0.14, 0.14), (0.75, 0, 0, 0.11, 0.11),
               (0.80, 0, 0, 0.13, 0.13), (0.86, 0, 0, 0.07, 0.07),
               (h - 0.5, 0, 0, 0.042, 0.042)], 12, "metal_dark", POLE),
        tube(curl, np.full(9, 0.024), 7, "metal_dark", POLE),
        tower([(end[2] - 0.30, end[0], 0, 0.24, 0.24), (end[2] - 0.16, end[0], 0, 0.20, 0.20),
            (end[2] - 0.05, end[0], 0, 0.08, 0.08),
               (end[2] + 0.05, end[0], 0, 0.035, 0.035)], 12, "metal_dark", POLE),
        tower([(end[2] - 0.42, end[0], 0, 0.05, 0.05), (end[2] - 0.37, end[0], 0, 0.13, 0.13),
            (end[2] - 0.295, end[0], 0, 0.17, 0.17)],
              10, "lamp_street", POLE),
        tube([(0.0, -0.32, h - 1.1), (0.0, 0.32, h - 1.1)], (0.016, 0.016), 6, "metal_dark", POLE),
    ]  # fmt: skip
    return Mesh.join(pieces), _spec(float(end[0]), float(end[2]) - 0.45, 900.0, WARM_WHITE)


def cobra_head(height_m: float, look_seed: int) -> Made:
    """The American lamp: a long truss arm and a head shaped like a cobra's, sodium or new LEDs."""
    h, reach = height_m + 1.0, 2.4
    t = np.linspace(0.0, 1.0, 6)[:, None]
    upper: Floats = (
        np.array((0.0, 0.0, h - 0.6)) + t * (reach, 0.0, 0.0) + (0.0, 0.0, 0.75) * (1.0 - (1.0 - t) ** 2)
    )
    lower: Floats = (
        np.array((0.0, 0.0, h - 1.3))
        + t[:5] * (reach, 0.0, 0.0)
        + (0.0, 0.0, 1.32) * (1.0 - (1.0 - t[:5]) ** 2)
    )
    top = float(upper[-1, 2])
    old = look_seed % 2 == 0
    pieces = [
        tower([(-0.3, 0, 0, 0.12, 0.12), (h - 0.4, 0, 0, 0.065, 0.065)], 10, "metal_galvanised", POLE),
        cylinder(0.20, 0.05, "metal_galvanised", POLE, segments=10),
        tube(upper, np.full(6, 0.028), 7, "metal_galvanised", POLE),
        tube(lower, np.full(5, 0.022), 7, "metal_galvanised", POLE),
        tower([(top - 0.075, reach + 0.30, 0, 0.30, 0.13), (top - 0.01, reach + 0.28, 0, 0.36, 0.15),
            (top + 0.07, reach + 0.2, 0, 0.24, 0.09)],
              12, "metal_galvanised", POLE, square=3.0),
        tower([(top - 0.17, reach + 0.36, 0, 0.12, 0.08),
            (top - 0.07, reach + 0.34, 0, 0.20, 0.12)], 10, "lamp_street", POLE),
    ]  # fmt: skip
    return Mesh.join(pieces), _spec(reach + 0.36, top - 0.19, 2600.0, SODIUM if old else COOL_WHITE)


def twin_mast(height_m: float, look_seed: int) -> Made:
    """The tall mast of wide roads, an arm to either side; its light is counted once, below the mast."""
    h = height_m + 3.5
    pieces = [tower([(-0.4, 0, 0, 0.15, 0.15), (h, 0, 0, 0.06, 0.06)], 12, "metal_galvanised", POLE)]
    for turn in (0.0, np.pi):
        arm = [
            tube(
                [(0, 0, h - 0.1), (0.7, 0, h + 0.15), (1.7, 0, h + 0.25)],
                (0.04, 0.035, 0.03),
                7,
                "metal_galvanised",
                POLE,
            ),
            box((0.75, 0.34, 0.09), "metal_galvanised", POLE, 0.03, (2.0, 0.0, h + 0.27)),
            box((0.50, 0.26, 0.014), "lamp_street", POLE, centre_m=(2.02, 0.0, h + 0.22)),
        ]
        pieces += [mesh.moved(placed(turn, (0.0, 0.0, 0.0))) for mesh in arm]
    return Mesh.join(pieces), _spec(0.0, h + 0.1, 7000.0, COOL_WHITE)


def arm_lamp(height_m: float, look_seed: int) -> Made:
    """The curved arm of `furniture`."""
    return street_lamp(height_m, look_seed=look_seed)


def lantern(height_m: float, look_seed: int) -> Made:
    """The post-top lantern of squares."""
    return park_lamp(min(height_m, 4.2))


DESIGNS: dict[str, Callable[[float, int], Made]] = {
    "arm": arm_lamp, "led": led_column, "swan": swan_neck, "cobra": cobra_head, "twin": twin_mast, "lantern": lantern,
}  # fmt: skip


def of_street(height_m: float, street_seed: int) -> Made:
    """The design that a whole street has."""
    design = str(
        stream(street_seed, "lamps").choice(
            ("arm", "led", "led", "swan", "cobra"), p=(0.34, 0.25, 0.15, 0.14, 0.12)
        )
    )
    return DESIGNS[design](min(height_m, 6.0) if design == "swan" else height_m, street_seed % 6)


def alone(design: str, look_seed: int) -> Mesh:
    """A lamp of a design for contact sheets."""
    return DESIGNS[design](7.5, look_seed)[0]
