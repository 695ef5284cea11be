"""What stands on sidewalks and verges: lamps, poles, bins, benches, shelters, fences, cabinets.  Renderers floor.

Everything stands with its foot at the origin and looks along +x, towards the road.
"""

from dataclasses import dataclass

import numpy as np

from renderers.assets.forms import Floats, placed, quads, tower, tube
from renderers.assets.plants import plant
from renderers.loft import box, cylinder
from renderers.mesh import LampSpec, Mesh
from scenarios.chance import stream

THING = "static_object"
POLE = "pole"
# A 40 W luminaire of a residential street: about 5000 lm, which a Lambertian emitter spreads from Phi / pi on its axis.
STREET_LAMP_CD = 1600.0
WARM_WHITE = (1.0, 0.80, 0.55)  # 3000 K, linear RGB, as most streets have been re-lit


def street_lamp(height_m: float = 7.5, arm_m: float = 1.4, look_seed: int = 0) -> tuple[Mesh, LampSpec]:
    """A tapered pole, an arm over the road and a flat head; with its lamp in the same frame."""
    paint = str(stream(look_seed, "lamp").choice(("metal_galvanised", "metal_dark")))
    reach = np.linspace(0, 1, 5)[:, None]
    arm = (
        np.array((0.0, 0.0, height_m - 0.35))
        + reach * (arm_m, 0.0, 0.0)
        + (0, 0, 0.35) * (1 - (1 - reach) ** 2)
    )
    head_x = arm_m + 0.22
    pieces = [
        tube(
            [(0, 0, -0.3), (0, 0, 0.9), (0, 0, 0.95), (0, 0, height_m - 0.3)],
            (0.085, 0.085, 0.062, 0.042),
            10,
            paint,
            POLE,
        ),
        tube(arm, np.full(5, 0.030), 8, paint, POLE),
        tower(
            [
                (height_m - 0.075, head_x, 0, 0.34, 0.13),
                (height_m - 0.02, head_x, 0, 0.35, 0.14),
                (height_m + 0.05, head_x - 0.02, 0, 0.25, 0.09),
            ],
            12,
            paint,
            POLE,
            square=3.5,
        ),
        box((0.54, 0.20, 0.03), "lamp_street", POLE, centre_m=(head_x, 0, height_m - 0.085)),
        box((0.012, 0.10, 0.42), "metal_galvanised", POLE, centre_m=(-0.08, 0, 0.62)),
    ]
    lamp = LampSpec(
        0,
        (head_x, 0.0, height_m - 0.11),
        (0.0, 0.0, -1.0),
        "street",
        STREET_LAMP_CD,
        WARM_WHITE,
        material="lamp_street",
    )
    return Mesh.join(pieces), lamp


def park_lamp(height_m: float = 4.2) -> tuple[Mesh, LampSpec]:
    """A post-top lantern, as squares and old streets have."""
    pieces = [
        tower(
            [
                (-0.2, 0, 0, 0.12, 0.12),
                (0.5, 0, 0, 0.11, 0.11),
                (0.6, 0, 0, 0.055, 0.055),
                (height_m - 0.5, 0, 0, 0.04, 0.04),
            ],
            10,
            "metal_dark",
            POLE,
        ),
        tower(
            [(height_m - 0.5, 0, 0, 0.10, 0.10), (height_m - 0.1, 0, 0, 0.19, 0.19)], 6, "lamp_street", POLE
        ),
        tower(
            [
                (height_m - 0.1, 0, 0, 0.24, 0.24),
                (height_m + 0.08, 0, 0, 0.10, 0.10),
                (height_m + 0.16, 0, 0, 0.02, 0.02),
            ],
            6,
            "metal_dark",
            POLE,
        ),
    ]
    lamp = LampSpec(
        0, (0.0, 0.0, height_m - 0.55), (0.0, 0.0, -1.0), "street", 500.0, WARM_WHITE, material="lamp_street"
    )
    return Mesh.join(pieces), lamp


def pole(height_m: float, radius_m: float = 0.04, material: str = "metal_galvanised") -> Mesh:
    """A plain upright pole."""
    return tube([(0, 0, -0.3), (0, 0, height_m)], (radius_m, radius_m), 8, material, POLE)


def utility_pole(height_m: float = 8.5) -> Mesh:
    """A wooden pole with a cross-arm and insulators."""
    pieces = [
        tube([(0, 0, -0.5), (0, 0, height_m)], (0.15, 0.10), 8, "wood", POLE),
        box((0.12, 1.9, 0.14), "wood", POLE, centre_m=(0.10, 0, height_m - 0.55)),
    ]
    for y in (-0.8, -0.3, 0.3, 0.8):
        pieces.append(
            cylinder(0.035, 0.16, "plastic_light", POLE, segments=6).moved(_at(0.10, y, height_m - 0.48))
        )
    return Mesh.join(pieces)


def wire(ends_m: Floats, sag_m: float = 0.7) -> Mesh:
    """A hanging line between two points (2, 3), a ribbon as thin as the real one looks."""
    t = np.linspace(0, 1, 9)[:, None]
    path = ends_m[0] + t * (ends_m[1] - ends_m[0]) - (0, 0, sag_m) * (4 * t * (1 - t))
    return tube(path, np.full(9, 0.012), 3, "metal_dark", POLE, caps=(False, False))


def litter_bin() -> Mesh:
    """A round bin on a short foot."""
    return Mesh.join(
        [
            tower([(0.12, 0, 0, 0.19, 0.19), (0.80, 0, 0, 0.235, 0.235)], 14, "metal_dark", THING),
            tower(
                [(0.80, 0, 0, 0.25, 0.25), (0.86, 0, 0, 0.25, 0.25), (0.92, 0, 0, 0.12, 0.12)],
                14,
                "metal_galvanised",
                THING,
            ),
            box((0.12, 0.12, 0.14), "metal_dark", THING, centre_m=(0, 0, 0.06)),
        ]
    )


def wheelie_bin(look_seed: int) -> Mesh:
    """A household bin on two wheels."""
    color = str(stream(look_seed, "bin").choice(("metal_dark", "plaster_blue", "leaf", "plastic")))
    return Mesh.join(
        [
            tower([(0.06, 0, 0, 0.20, 0.22), (0.95, 0.02, 0, 0.28, 0.28)], 12, color, THING, square=5.0),
            tower(
                [(0.95, 0.02, 0, 0.30, 0.30), (1.0, 0.02, 0, 0.30, 0.30), (1.06, 0.0, 0, 0.2, 0.22)],
                12,
                color,
                THING,
                square=5.0,
            ),
            *(
                cylinder(0.10, 0.05, "rubber", THING, axis="y", segments=10).moved(_at(-0.2, y, 0.10))
                for y in (-0.24, 0.19)
            ),
        ]
    )


def bench() -> Mesh:
    """Slatted seat and back on two iron feet."""
    pieces = []
    for k in range(4):
        pieces.append(box((0.095, 1.8, 0.035), "wood", THING, centre_m=(0.17 - 0.115 * k, 0, 0.45)))
    for k in range(3):
        pieces.append(
            box((0.03, 1.8, 0.095), "wood", THING, centre_m=(-0.25 - 0.035 * k, 0, 0.58 + 0.13 * k))
        )
    for y in (-0.7, 0.7):
        pieces.append(box((0.42, 0.05, 0.05), "metal_dark", THING, centre_m=(0.0, y, 0.41)))
        for x in (0.17, -0.19):
            pieces.append(box((0.05, 0.05, 0.41), "metal_dark", THING, centre_m=(x, y, 0.205)))
        pieces.append(tube([(-0.20, y, 0.40), (-0.34, y, 0.92)], (0.025, 0.02), 6, "metal_dark", THING))
    return Mesh.join(pieces)


def bollard(height_m: float = 0.95) -> Mesh:
    """A dark post with a reflecting ring."""
    return Mesh.join(
        [
            tower(
                [
                    (-0.1, 0, 0, 0.055, 0.055),
                    (height_m - 0.06, 0, 0, 0.055, 0.055),
                    (height_m, 0, 0, 0.03, 0.03),
                ],
                10,
                "metal_dark",
                POLE,
            ),
            tower(
                [(height_m - 0.22, 0, 0, 0.057, 0.057), (height_m - 0.14, 0, 0, 0.057, 0.057)],
                10,
                "sign_white",
                POLE,
            ),
        ]
    )


def cabinet() -> Mesh:
    """A grey switch box of the telephone company."""
    return Mesh.join(
        [
            box((0.38, 0.9, 1.15), "plastic_light", THING, bevel_m=0.02, centre_m=(0, 0, 0.62)),
            box((0.34, 0.86, 0.12), "concrete", THING, centre_m=(0, 0, 0.02)),
            quads(
                [[(0.192, -0.01, 0.15), (0.192, 0.01, 0.15), (0.192, 0.01, 1.15), (0.192, -0.01, 1.15)]],
                "metal_dark",
                THING,
            ),
        ]
    )


def planter(look_seed: int, season: str) -> Mesh:
    """A concrete tub with a bush."""
    green = plant("bush" if season != "winter" else "reeds", look_seed, 0.5)
    lifted = green.moved(placed(0.0, (0.0, 0.0, 0.48), 0.62))
    return Mesh.join([box((0.9, 0.9, 0.55), "concrete", THING, bevel_m=0.04, centre_m=(0, 0, 0.275)), lifted])


@dataclass(frozen=True, slots=True)
class FenceStyle:
    """How a garden ends at the street."""

    kind: str  # "picket", "mesh", "wall", "rails"
    height_m: float
    material: str


def fence_style(look_seed: int) -> FenceStyle:
    """One of the usual garden fences."""
    rng = stream(look_seed, "fence")
    kind = str(rng.choice(("picket", "mesh", "wall", "rails"), p=(0.45, 0.2, 0.25, 0.1)))
    material = {
        "picket": ("window_frame", "wood", "metal_dark"),
        "mesh": ("metal_dark",),
        "wall": ("brick", "plaster_white", "stone"),
        "rails": ("wood",),
    }[kind]
    return FenceStyle(kind, float(rng.uniform(0.8, 1.2)), str(rng.choice(material)))


def fence(length_m: float, style: FenceStyle) -> Mesh:
    """A fence along +x from the origin."""
    h, name = style.height_m, style.material
    if style.kind == "wall":
        return Mesh.join(
            [
                box((length_m, 0.22, h + 0.5), name, "wall", centre_m=(length_m / 2, 0, (h - 0.5) / 2)),
                box((length_m, 0.30, 0.06), "concrete", "wall", centre_m=(length_m / 2, 0, h + 0.03)),
            ]
        )
    posts = max(2, round(length_m / 2.4) + 1)
    pieces = [
        box((0.09, 0.09, h + 0.35), name, "fence", centre_m=(float(x), -0.05, (h - 0.25) / 2))
        for x in np.linspace(0.05, length_m - 0.05, posts)
    ]
    if style.kind == "rails":
        pieces.extend(
            box((length_m, 0.04, 0.12), name, "fence", centre_m=(length_m / 2, 0, z))
            for z in (0.35 * h, 0.85 * h)
        )
        return Mesh.join(pieces)
    pieces.extend(
        box((length_m, 0.035, 0.07), name, "fence", centre_m=(length_m / 2, 0, z))
        for z in (0.22 * h, 0.8 * h)
    )
    picket = style.kind == "picket"
    step, wide = (0.165, 0.085) if picket else (0.11, 0.012)
    x = np.arange(0.08, length_m - wide, step)
    corners = np.empty((len(x), 4, 3))
    corners[:, (0, 3), 0], corners[:, (1, 2), 0] = x[:, None], x[:, None] + wide
    corners[:, :2, 2], corners[:, 2:, 2] = 0.06, h
    faces = [corners]
    if picket:  # they end in a point
        point = corners[:, (3, 2, 2, 3)].copy()
        point[:, 2:, 0] = (x + wide / 2)[:, None] + np.array((0.004, -0.004))
        point[:, 2:, 2] = h + 0.09
        faces.append(point)
    for front in faces:
        back = front[:, ::-1].copy()
        front[:, :, 1], back[:, :, 1] = -0.025, 0.022
        pieces.extend((quads(front, name, "fence"), quads(back, name, "fence")))
        if picket:
            right = np.stack([front[:, 1], back[:, 2], back[:, 1], front[:, 2]], axis=1)
            left = np.stack([front[:, 3], back[:, 0], back[:, 3], front[:, 0]], axis=1)
            pieces.extend((quads(right, name, "fence"), quads(left, name, "fence")))
    return Mesh.join(pieces)


def _at(x: float, y: float, z: float) -> Floats:
    matrix = np.eye(4)
    matrix[:3, 3] = (x, y, z)
    return matrix
