"""What is worn on heads: hats, hoods, scarves and helmets.  Renderers floor.

Measures are in head heights; profiles are rows of (height over the chin, shift along x, 0, half depth, half width).
"""

from collections.abc import Callable

import numpy as np

from renderers.assets.forms import Floats, ellipsoid, quads, sheet, tower, tube
from renderers.assets.skins import inlaid
from renderers.assets.skulls import Head, down_to, shell, with_face
from renderers.mesh import Mesh
from scenarios.chance import stream

Profile = tuple[tuple[float, ...], ...]
OFFICER_CROWN: Profile = (
    (0.76, -0.05, 0, 0.44, 0.36), (0.86, -0.05, 0, 0.45, 0.37), (0.93, -0.03, 0, 0.55, 0.47),
    (1.03, -0.03, 0, 0.54, 0.46),
    (1.07, -0.04, 0, 0.44, 0.37),
)  # fmt: skip
OFFICER_BAND: Profile = (
    (0.765, -0.05, 0, 0.445, 0.365), (0.77, -0.05, 0, 0.452, 0.372), (0.84, -0.05, 0, 0.455, 0.375),
    (0.845, -0.05, 0, 0.44, 0.36),
)  # fmt: skip
FELT_CROWN: Profile = (
    (0.72, -0.05, 0, 0.425, 0.345), (0.85, -0.05, 0, 0.43, 0.35), (1.00, -0.05, 0, 0.39, 0.31),
    (1.10, -0.05, 0, 0.33, 0.25),
    (1.11, -0.05, 0, 0.2, 0.14),
)  # fmt: skip
FELT_BRIM: Profile = (
    (0.715, -0.04, 0, 0.45, 0.37), (0.70, -0.02, 0, 0.72, 0.62), (0.712, -0.02, 0, 0.73, 0.63),
    (0.735, -0.04, 0, 0.45, 0.37),
)  # fmt: skip
RIBBON: Profile = (
    (0.735, -0.05, 0, 0.435, 0.355), (0.74, -0.05, 0, 0.44, 0.36), (0.80, -0.05, 0, 0.442, 0.362),
    (0.805, -0.05, 0, 0.42, 0.34),
)  # fmt: skip
CAPE: Profile = (
    (-0.40, -0.10, 0, 0.40, 0.46), (-0.22, -0.10, 0, 0.38, 0.40), (0.0, -0.10, 0, 0.40, 0.37),
    (0.14, -0.12, 0, 0.34, 0.34),
)  # fmt: skip
DRAPE: Profile = (
    (-0.74, -0.06, 0, 0.50, 0.66), (-0.55, -0.06, 0, 0.46, 0.60), (-0.38, -0.05, 0, 0.37, 0.44),
    (-0.20, -0.02, 0, 0.29, 0.31),
    (-0.05, 0.03, 0, 0.29, 0.27), (0.12, 0.06, 0, 0.31, 0.27),
)  # fmt: skip
HARD_DOME: Profile = (
    (0.70, -0.03, 0, 0.47, 0.385), (0.80, -0.03, 0, 0.475, 0.39), (0.94, -0.04, 0, 0.425, 0.345),
    (1.06, -0.04, 0, 0.31, 0.25),
    (1.13, -0.04, 0, 0.15, 0.12), (1.145, -0.04, 0, 0.04, 0.03),
)  # fmt: skip
HARD_BRIM: Profile = (
    (0.695, -0.03, 0, 0.46, 0.375), (0.685, 0.0, 0, 0.535, 0.425), (0.70, 0.0, 0, 0.54, 0.43),
    (0.72, -0.03, 0, 0.475, 0.39),
)  # fmt: skip
BICYCLE_SHELL: Profile = (
    (0.60, -0.06, 0, 0.42, 0.345), (0.64, -0.04, 0, 0.49, 0.40), (0.78, -0.03, 0, 0.505, 0.415),
    (0.94, -0.04, 0, 0.44, 0.355),
    (1.06, -0.05, 0, 0.31, 0.25), (1.12, -0.05, 0, 0.14, 0.11), (1.125, -0.05, 0, 0.03, 0.03),
)  # fmt: skip
FULL_SHELL: Profile = (
    (-0.06, 0.02, 0, 0.37, 0.33), (0.02, 0.03, 0, 0.48, 0.41), (0.22, 0.035, 0, 0.545, 0.45),
    (0.50, 0.01, 0, 0.56, 0.46),
    (0.78, -0.03, 0, 0.52, 0.43), (0.97, -0.04, 0, 0.40, 0.33), (1.09, -0.04, 0, 0.23, 0.19),
    (1.14, -0.04, 0, 0.06, 0.05),
)  # fmt: skip
# Openings of scarves: lowest and highest point, half width in degrees.
OPENINGS = {"hijab": (0.07, 0.80, 45.0), "niqab": (0.44, 0.60, 44.0), "burqa": (0.46, 0.60, 34.0)}


def hat_pieces(head: Head, semantic: str) -> list[Mesh]:
    """What the head wears, in its frame."""
    return WORN[head.hat](head, semantic)


def _cap(head: Head, semantic: str) -> list[Mesh]:
    cloth = head.hat_material
    crown = shell(head, down_to(0.74, 0.66, 0.56, 0.050, 0.03), cloth, semantic)
    return [crown, _peak(0.74, 0.34, 0.30, cloth, semantic)]


def _officers_cap(head: Head, semantic: str) -> list[Mesh]:
    return [
        tower(OFFICER_CROWN, 20, head.hat_material, semantic),
        tower(OFFICER_BAND, 20, "cloth_light", semantic),
        ellipsoid((0.42, 0, 0.90), (0.03, 0.05, 0.06), "chrome", semantic, 5, 8),
        _peak(0.77, 0.27, 0.31, "plastic", semantic),
    ]


def _beanie(head: Head, semantic: str) -> list[Mesh]:
    turned = down_to(0.66, 0.56, 0.44, 0.075, 0.03)

    def cuff(z: Floats, azimuth: Floats) -> Floats:
        line = np.interp(np.abs(azimuth), (0, 50, 90, 180), (0.66, 0.60, 0.56, 0.44))
        return np.minimum(turned(z, azimuth), (line + 0.17 - z) / 1.2)

    cap = shell(head, down_to(0.66, 0.56, 0.44, 0.055, 0.04, 0.1), head.hat_material, semantic)
    return [cap, shell(head, cuff, head.hat_material, semantic)]


def _felt_hat(head: Head, semantic: str) -> list[Mesh]:
    cloth = head.hat_material
    crown, brim = tower(FELT_CROWN, 20, cloth, semantic), tower(FELT_BRIM, 24, cloth, semantic)
    return [crown, brim, tower(RIBBON, 20, "cloth_dark", semantic)]


def _hood(head: Head, semantic: str) -> list[Mesh]:
    even = with_face(0.10, -0.02, 0.92, 50.0)

    def peaked(z: Floats, azimuth: Floats) -> Floats:
        back = np.exp(-(((np.abs(azimuth) - 180) / 60) ** 2)) * np.exp(-(((z - 0.75) / 0.35) ** 2))
        return even(z, azimuth) * (1.0 + 1.0 * back + 0.5 * np.clip(z - 0.5, 0, 1))

    return [
        shell(head, peaked, head.hat_material, semantic),
        tower(CAPE, 14, head.hat_material, semantic),
    ]


def _scarf(head: Head, semantic: str) -> list[Mesh]:
    cloth = head.hat_material
    pieces = [
        shell(head, with_face(0.065, *OPENINGS[head.hat]), cloth, semantic),
        tower(DRAPE, 18, cloth, semantic),
    ]
    if head.hat == "burqa":  # a lattice before the eyes
        lattice = [(0.36, 0.17, 0.53), (0.42, 0.0, 0.53), (0.36, -0.17, 0.53)]
        pieces.append(tube(lattice, [0.075] * 3, 6, "cloth_dark", semantic))
    return pieces


def _turban(head: Head, semantic: str) -> list[Mesh]:
    cloth = head.hat_material
    wound = [shell(head, down_to(0.72, 0.60, 0.50, 0.16, 0.14, 0.10), cloth, semantic)]
    a = np.radians(np.linspace(-130, 130, 9))
    for k in range(4):
        x, y = -0.06 + (0.46 - 0.03 * k) * np.cos(a), (0.38 - 0.03 * k) * np.sin(a)
        path = np.stack([x, y, 0.76 + 0.09 * k + 0.10 * (1 - np.abs(a) / 2.4)], 1)
        wound.append(tube(path, [0.03, *[0.06] * 7, 0.03], 6, cloth, semantic))
    return wound


def _hard_hat(head: Head, semantic: str) -> list[Mesh]:
    crest = [(0.30, 0, 0.98), (0.14, 0, 1.13), (-0.04, 0, 1.165), (-0.22, 0, 1.13), (-0.38, 0, 0.97)]
    return [
        tower(HARD_DOME, 20, "hard_hat", semantic),
        tower(HARD_BRIM, 20, "hard_hat", semantic),
        _peak(0.70, 0.20, 0.32, "hard_hat", semantic),
        tube(crest, (0.03, 0.045, 0.045, 0.045, 0.03), 6, "hard_hat", semantic),
    ]


def _bicycle_helmet(head: Head, semantic: str) -> list[Mesh]:
    pieces = [tower(BICYCLE_SHELL, 22, "helmet", semantic)]
    for y in (-0.20, -0.07, 0.07, 0.20):  # vents
        rise = 1.10 - 1.2 * y * y
        path = [(0.34, 0.9 * y, 0.88 - y * y), (0.14, y, rise - 0.03), (-0.12, y, rise), (-0.34, 0.9 * y, rise - 0.10),
                (-0.46, 0.8 * y, 0.84)]  # fmt: skip
        pieces.append(tube(path, (0.015, 0.032, 0.034, 0.032, 0.015), 5, "car_trim", semantic))
    for s in (1.0, -1.0):
        strap = [(0.10, s * 0.335, 0.62), (0.10, s * 0.27, 0.25), (0.16, s * 0.10, 0.03), (0.17, 0, 0.02)]
        pieces.append(tube(strap, [0.012] * 4, 4, "car_trim", semantic))
    return pieces


def _full_helmet(head: Head, semantic: str) -> list[Mesh]:
    rows = np.array(FULL_SHELL)
    levels = np.concatenate([np.linspace(-0.06, 0.97, 12), (1.04, 1.09, 1.14)])
    fine = [tuple(float(np.interp(z, rows[:, 0], rows[:, k])) for k in range(5)) for z in levels]
    mesh = tower(fine, 26, "helmet", semantic)
    v = mesh.vertices_m.astype(float)
    around = np.abs(np.degrees(np.arctan2(v[:, 1], v[:, 0]))) / 66.0
    mesh = inlaid(mesh, 1.0 - np.abs((v[:, 2] - 0.50) / 0.165) ** 3 - around**3, "visor")
    if stream(head.look_seed, "person", "stripes").uniform() < 0.5:
        v = mesh.vertices_m.astype(float)
        stripes = np.minimum(0.030 - np.abs(np.abs(v[:, 1]) - 0.10), v[:, 2] - 0.72)
        mesh = inlaid(mesh, stripes, "cloth_light", only="helmet")
    return [mesh]


PEAK_M = 0.022  # how thick a peak is, in heads


def _peak(z: float, long: float, half: float, material: str, semantic: str) -> Mesh:
    """The peak of a cap: a bent tongue over the eyes.

    Its two faces have normals of their own: smoothed round so thin an edge they would shine from below.
    """
    across = np.linspace(-1, 1, 13)
    rows = []
    for share, drop in ((0.0, 0.0), (0.35, -0.012), (0.65, -0.032), (0.88, -0.052), (1.0, -0.07)):
        x = 0.33 + long * share * np.sqrt(np.clip(1 - 0.75 * across**2 * share, 0, 1)) - 0.10 * across**2
        rows.append(np.stack([x, half * across * (1 - 0.10 * share), z + 0.02 + drop - 0.07 * across**2], 1))
    top = np.array(rows)
    low = top - (0.0, 0.0, PEAK_M)
    edge = np.concatenate([top[:, 0], top[-1, 1:], top[-2::-1, -1], top[0, -2:0:-1]])
    after, down = np.roll(edge, -1, axis=0), np.array((0.0, 0.0, PEAK_M))
    rim = quads(np.stack([edge - down, after - down, after, edge], axis=1), material, semantic)
    return Mesh.join([sheet(top, material, semantic), sheet(low[:, ::-1], material, semantic), rim])


WORN: dict[str, Callable[[Head, str], list[Mesh]]] = {
    "cap": _cap,
    "police_cap": _officers_cap,
    "beanie": _beanie,
    "brim": _felt_hat,
    "hood": _hood,
    "hijab": _scarf,
    "niqab": _scarf,
    "burqa": _scarf,
    "turban": _turban,
    "hard_hat": _hard_hat,
    "helmet": _bicycle_helmet,
    "full_helmet": _full_helmet,
}
