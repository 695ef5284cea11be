"""Heads: a skull with a face, hair, beards and what is worn on the head.  Renderers floor.

All measures are in head heights (chin 0, crown 1), the nose along +x, over the middle of the neck.  The face is a field
of blended eggs (breadths and depths after ANSUR II: 154 wide, 199 deep, 232 high); hair and hats are shells at a height
over the skull that depends on the direction, and where that height is negative the skin shows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from renderers.assets.forms import Floats, circle, ellipsoid, rings, tower, tube, unit
from renderers.assets.skins import Field, bone, egg, hollowed, inlaid, joined, reach, trimmed
from renderers.mesh import Mesh
from scenarios.chance import stream

MIDDLE = np.array((-0.02, 0.0, 0.46))  # from where the rays of all shells start
FACE_ROWS = np.radians((-70, -52, -42, -35, -29.5, -25, -20.5, -16, -11, -6, -1, 4, 9, 14, 20, 30, 48, 74))
FACE_COLUMNS = np.radians(
    (-160, -122, -92, -70, -53, -41, -31, -23, -16, -10, -5, 0, 5, 10, 16, 23, 31, 41, 53, 70, 92, 122, 160)
)
HAIRSTYLES = ("short", "crop", "long", "bun", "ponytail", "afro", "bob", "bald", "receding")
HATS = ("", "cap", "beanie", "brim", "hood", "hijab", "niqab", "burqa", "turban", "helmet", "hard_hat", "police_cap", "full_helmet")
Height = Callable[[Floats, Floats], Floats]  # (height z, azimuth) of a place on the skull -> height over it


@dataclass(frozen=True, slots=True)
class Head:
    """What a head looks like."""

    look_seed: int
    female: bool
    child: bool
    old: bool
    hair: str  # one of HAIRSTYLES
    hair_material: str
    hat: str = ""  # one of HATS
    hat_material: str = "cloth_b"
    beard: str = ""  # "", "stubble", "beard", "moustache"
    glasses: str = ""  # "", "clear", "dark"


def _features(head: Head) -> dict[str, float]:
    rng = stream(head.look_seed, "person", "face")
    return {name: float(rng.uniform(-1, 1)) for name in ("jaw", "nose", "length", "cheek", "brow", "lips", "eyes")}


def skull(head: Head, featured: bool = True) -> Field:
    """The head without hair; a plain one, without nose and sockets, is what hats rest on."""
    f = _features(head)
    jaw = (0.93 if head.female or head.child else 1.0) * (1 + 0.05 * f["jaw"])
    nose = (0.85 if head.child else 0.94 if head.female else 1.0) * (1 + 0.13 * f["nose"])
    cheek = 1 + 0.05 * f["cheek"] + (0.07 if head.child else 0.0)
    brow = 0.0 if head.female or head.child else 0.012 + 0.008 * f["brow"]

    def field(p: Floats) -> Floats:
        parts = [
            egg(p, (-0.065, 0, 0.655), (0.425, 0.328, 0.345)),
            egg(p, (0.125, 0, 0.42), (0.245, 0.265, 0.37)),
            egg(p, (0.105, 0, 0.205), (0.225, 0.215 * jaw, 0.155)),
            egg(p, (0.265, 0, 0.075), (0.080, 0.085 * jaw, 0.072)),
        ]
        if not featured:
            return joined(parts, 0.09)
        for s in (1.0, -1.0):
            parts.append(egg(p, (0.225, s * 0.185, 0.395), (0.095 * cheek, 0.090 * cheek, 0.10)))
        parts.append(bone(p, (0.315 + brow, -0.15, 0.590), (0.315 + brow, 0.15, 0.590), 0.042, 0.042))
        parts.append(egg(p, (0.285, 0, 0.245), (0.105, 0.135, 0.125)))
        soft = joined(parts, 0.075)
        for s in (1.0, -1.0):
            soft = hollowed(soft, egg(p, (0.415, s * 0.138, 0.513), (0.085, 0.085, 0.060)), 0.05)
        fine = [
            bone(p, (0.330, 0, 0.560), (0.425 + 0.02 * (nose - 1), 0, 0.400), 0.032, 0.046 * nose),
            egg(p, (0.440 * nose**0.25, 0, 0.385), (0.048 * nose, 0.046 * nose, 0.040)),
            egg(p, (0.392, 0.052 * nose, 0.366), (0.040, 0.036, 0.030)),
            egg(p, (0.392, -0.052 * nose, 0.366), (0.040, 0.036, 0.030)),
            bone(p, (0.372, -0.050, 0.262), (0.372, 0.050, 0.262), 0.020, 0.020),
            bone(p, (0.365, -0.045, 0.218), (0.365, 0.045, 0.218), 0.024, 0.024),
        ]
        skin = joined([soft, *fine], 0.030)
        mouth = bone(p, (0.402, -0.085, 0.240), (0.402, 0.085, 0.240), 0.012, 0.012)
        return hollowed(skin, mouth, 0.012)

    return field


def _ways(rows: Floats, columns: Floats) -> Floats:
    e, a = np.meshgrid(rows, columns, indexing="ij")
    return np.stack([np.cos(e) * np.cos(a), np.cos(e) * np.sin(a), np.sin(e)], -1)


def _grid(field: Field, rows: Floats, columns: Floats) -> tuple[Floats, Floats]:
    """Points where rays from the middle leave the field, and the rays."""
    ways = _ways(rows, columns)
    centre = np.broadcast_to(MIDDLE, ways.shape)
    return centre + reach(field, centre, ways, 0.9)[..., None] * ways, ways


SHELL_ROWS = np.radians((-60, -42, -29, -17, -5, 7, 19, 32, 47, 64, 81))
SHELL_COLUMNS = np.radians(np.arange(-180, 180, 20.0))


def _shell(head: Head, over: Height, material: str, semantic: str) -> Mesh:
    """What lies `over` the plain skull, where that is positive."""
    field = skull(head, featured=False)
    points, ways = _grid(field, SHELL_ROWS, SHELL_COLUMNS)
    azimuth = np.degrees(np.arctan2(ways[..., 1], ways[..., 0]))
    high = over(points[..., 2], azimuth)
    lifted = points + np.clip(high, -0.05, None)[..., None] * ways
    mesh = rings(lifted, material, semantic, (False, True))
    value = np.concatenate([np.concatenate([high, high[:, :1]], axis=1).ravel(), [high[-1].mean()]])
    return trimmed(mesh, value + 0.012)


# -------------------------------------------------------------------------------------------------------- outlines
def _hairline(azimuth: Floats, receding: float = 0.0) -> Floats:
    """Lowest height of hair: over the forehead, at the temples, before and over the ears, at the nape."""
    a = np.abs(azimuth)
    line = np.interp(
        a, (0, 25, 40, 55, 66, 76, 84, 100, 116, 130, 180), (0.80, 0.81, 0.80, 0.70, 0.52, 0.46, 0.58, 0.60, 0.38, 0.22, 0.14)
    )
    return line + receding * np.interp(a, (0, 20, 45, 80, 180), (0.12, 0.22, 0.20, 0.02, 0.0))


def _hair(head: Head, thick: float, top: float, receding: float = 0.0) -> Height:
    rng = stream(head.look_seed, "person", "hair")
    phase, part = rng.uniform(0, 6.28), float(rng.choice((-22.0, 0.0, 22.0)))

    def over(z: Floats, azimuth: Floats) -> Floats:
        line = _hairline(azimuth, receding)
        inside = np.clip((z - line) / 0.07, -1.0, 1.0)
        body = thick + (top - thick) * np.clip((z - 0.62) / 0.3, 0, 1)
        body = body * (1.0 + 0.12 * np.sin(np.radians(azimuth) * 9 + phase) + 0.10 * np.sin(z * 40 + phase))
        fringe = 0.02 * np.exp(-(((azimuth - part) / 30) ** 2)) * (z > 0.78)
        return np.where(inside > 0, body * np.sqrt(np.clip(inside, 0, 1)) + fringe, 0.06 * inside)

    return over


def _down_to(front: float, side: float, back: float, thick: float, edge: float = 0.05, ripple: float = 0.0) -> Height:
    """A cap of even height over a line round the head."""

    def over(z: Floats, azimuth: Floats) -> Floats:
        line = np.interp(np.abs(azimuth), (0, 50, 90, 180), (front, 0.4 * front + 0.6 * side, side, back))
        inside = (z - line) / edge
        body = thick * (1 + ripple * np.sin(z * 46 + np.radians(azimuth) * 2))
        return np.where(inside > 0, body * np.sqrt(np.clip(inside, 0, 1)), 0.05 * np.clip(inside, -1, 0))

    return over


def _with_face(thick: float, low: float, high: float, half_deg: float, square: float = 2.4) -> Height:
    """Cloth all round with an opening for the face between two heights."""

    def over(z: Floats, azimuth: Floats) -> Floats:
        middle, half = 0.5 * (low + high), 0.5 * (high - low)
        gone = (np.abs(azimuth) / half_deg) ** square + np.abs((z - middle) / half) ** square
        edge = np.clip((gone - 1.0) / 0.35, -1.0, 1.0)
        return np.where(edge > 0, thick * np.sqrt(np.clip(edge, 0, 1)), 0.05 * edge)

    return over


# ----------------------------------------------------------------------------------------------------------- pieces
def _face(head: Head, semantic: str) -> list[Mesh]:
    f = _features(head)
    points, _ = _grid(skull(head), FACE_ROWS, FACE_COLUMNS)
    mesh = _uncovered(rings(points, "skin", semantic), head)
    v = mesh.vertices_m.astype(float)
    full = 1.0 + 0.15 * f["lips"] + (0.12 if head.female else 0.0)
    lips = 1.0 - (np.abs(v[:, 1]) / 0.105) ** 2 - np.abs((v[:, 2] - 0.240) / (0.040 * full)) ** 2
    if head.beard == "stubble":
        mesh = inlaid(mesh, _bearded(v, 0.05), "stubble")
        v = mesh.vertices_m.astype(float)
        lips = 1.0 - (np.abs(v[:, 1]) / 0.105) ** 2 - np.abs((v[:, 2] - 0.240) / (0.040 * full)) ** 2
    mesh = inlaid(mesh, np.where(v[:, 0] > 0.2, lips, -1.0), "lips")
    pieces = [mesh]
    wide = 0.138 + 0.006 * f["eyes"]
    for s in (1.0, -1.0):
        ball = (0.318, s * wide, 0.515)
        pieces.append(ellipsoid(ball, (0.052, 0.066, 0.040), "eye_white", semantic, 5, 8))
        pieces.append(ellipsoid((0.352, s * (wide - 0.004), 0.514), (0.022, 0.026, 0.026), "iris", semantic, 3, 6))
        lid = [(0.348, s * (wide - 0.070), 0.522), (0.366, s * (wide - 0.03), 0.548), (0.364, s * (wide + 0.025), 0.549),
               (0.330, s * (wide + 0.080), 0.524)]  # fmt: skip
        pieces.append(tube(lid, (0.012, 0.017, 0.017, 0.012), 5, "skin_shade" if head.old else "skin", semantic))
        lash = [(0.362, s * (wide - 0.055), 0.530), (0.376, s * (wide - 0.01), 0.539), (0.362, s * (wide + 0.06), 0.530)]
        pieces.append(tube(lash, (0.005, 0.007, 0.005), 4, "hair", semantic))
        pieces.append(_brow(head, s, wide, semantic))
        if head.hat not in ("hood", "hijab", "niqab", "burqa"):
            pieces.extend(_ear(s, semantic))
    nostril = 0.030
    for s in (1.0, -1.0):
        pieces.append(ellipsoid((0.425, s * nostril, 0.352), (0.018, 0.014, 0.010), "iris", semantic, 3, 5))
    return pieces


def _uncovered(mesh: Mesh, head: Head) -> Mesh:
    """The face without what lies deep under hair or hat."""
    if head.hair == "bald" and head.hat in ("", "hood"):
        return mesh
    v = mesh.vertices_m.astype(float)
    azimuth = np.degrees(np.arctan2(v[:, 1], v[:, 0] - MIDDLE[0]))
    deep = v[:, 2] > _hairline(azimuth, 0.9 if head.hair == "receding" else 0.0) + 0.09
    if head.hair == "bald":
        deep &= v[:, 2] > 0.9
    return trimmed(mesh, np.where(deep, -1.0, 1.0))


def _brow(head: Head, s: float, wide: float, semantic: str) -> Mesh:
    field = skull(head)
    bow = np.array(((0.0, wide - 0.085, 0.588), (0.0, wide - 0.03, 0.607), (0.0, wide + 0.04, 0.609), (0.0, wide + 0.100, 0.588)))
    bow[:, 1] *= s
    ways = unit(bow + (0.42, 0.0, 0.0) - MIDDLE)
    path = MIDDLE + reach(field, np.broadcast_to(MIDDLE, ways.shape), ways, 0.9)[:, None] * ways
    size = 0.75 if head.female or head.child else 1.05
    return tube(path, np.array((0.012, 0.016, 0.014, 0.006)) * size, 5, head.hair_material, semantic)


def _ear(s: float, semantic: str) -> list[Mesh]:
    """A shell that stands off the head, its rim rolled, a hollow inside."""
    outline = np.array(((0.02, 0.36), (-0.02, 0.33), (-0.05, 0.37), (-0.085, 0.45), (-0.095, 0.52), (-0.06, 0.575), (-0.01, 0.57),
                        (0.025, 0.53), (0.03, 0.46)))  # fmt: skip
    middle = outline.mean(axis=0)
    loops = []
    for grow, out in ((0.80, 0.285), (1.02, 0.335), (0.97, 0.362), (0.74, 0.358), (0.45, 0.335)):
        ring = middle + grow * (outline - middle)
        far = out + 0.25 * np.clip(-ring[:, 0], 0, 1)
        loops.append(np.stack([ring[:, 0] - 0.03, s * far, ring[:, 1] - 0.03], axis=1))
    grid = np.array(loops)
    if s < 0:
        grid = grid[:, ::-1]
    # Seen from its outer side the outline runs clockwise on the left, which `rings` wants the other way round.
    return [rings(grid[:, ::-1], "skin", semantic)]


def _bearded(v: Floats, edge: float) -> Floats:
    """Positive where a beard grows: cheeks below the ear to the lip, chin and throat, not the lips."""
    a = np.degrees(np.abs(np.arctan2(v[:, 1], v[:, 0] - MIDDLE[0])))
    line = np.interp(a, (0, 14, 26, 45, 66, 78), (0.325, 0.325, 0.27, 0.29, 0.45, 0.50))
    cheek = (line - v[:, 2]) / edge
    side = (80.0 - a) / 12.0
    mouth = (np.abs(v[:, 1]) / 0.10) ** 2 + np.abs((v[:, 2] - 0.240) / 0.040) ** 2 - 1.0
    found: Floats = np.minimum(np.minimum(cheek, side), mouth)
    return found


def _beard(head: Head, semantic: str) -> Mesh:
    def over(z: Floats, azimuth: Floats) -> Floats:
        a = np.radians(azimuth)
        v = np.stack([MIDDLE[0] + 0.4 * np.cos(a), 0.4 * np.sin(a), z], -1).reshape(-1, 3)
        inside = np.clip(_bearded(v, 0.05).reshape(z.shape), -1, 1)
        thick = 0.030 + 0.035 * np.clip((0.22 - z) / 0.2, 0, 1)
        if head.beard == "moustache":
            inside = np.minimum(inside, np.clip((z - 0.255) / 0.02, -1, 1))
            inside = np.minimum(inside, (18.0 - np.abs(azimuth)) / 6.0)
            thick = np.full_like(z, 0.045)
        return np.where(inside > 0, thick * np.sqrt(np.clip(inside, 0, 1)) + 0.02, 0.05 * inside)

    field = skull(head)
    points, ways = _grid(field, FACE_ROWS[:13], FACE_COLUMNS[3:-3])
    azimuth = np.degrees(np.arctan2(ways[..., 1], ways[..., 0]))
    high = over(points[..., 2], azimuth)
    lifted = points + np.clip(high, -0.05, None)[..., None] * ways
    mesh = rings(lifted, head.hair_material, semantic, (True, False))
    value = np.concatenate([np.concatenate([high, high[:, :1]], axis=1).ravel(), [high[0].mean()]])
    seam = np.abs(np.degrees(np.arctan2(mesh.vertices_m[:, 1], mesh.vertices_m[:, 0] - MIDDLE[0]))) > 95
    value = np.where(seam, -1.0, value)
    return trimmed(mesh, value)


def _glasses(kind: str, semantic: str) -> list[Mesh]:
    pieces = []
    lens = "visor" if kind == "dark" else "spectacle"
    for s in (1.0, -1.0):
        rim = circle(9)
        at = np.stack([0.435 - 0.03 * np.abs(rim[:, 0] * 0.1 + 0.145) / 0.2, s * (0.145 + 0.095 * rim[:, 0]), 0.505 + 0.072 * rim[:, 1]], 1)
        if kind == "dark":
            disc = np.stack([at * (1, 1, 1) - (0.006, 0, 0), at + (0.006, 0, 0)])
            pieces.append(rings(disc if s > 0 else disc[:, ::-1], lens, semantic))
        loop = np.concatenate([at, at[:2]])
        pieces.append(tube(loop, [0.009] * len(loop), 4, "car_trim", semantic))
        pieces.append(tube([(0.40, s * 0.25, 0.525), (0.20, s * 0.315, 0.53), (-0.03, s * 0.335, 0.52)], [0.009] * 3, 4, "car_trim", semantic))
    pieces.append(tube([(0.432, 0.05, 0.525), (0.445, 0.0, 0.53), (0.432, -0.05, 0.525)], [0.009] * 3, 4, "car_trim", semantic))
    return pieces


def _curtain(head: Head, low: float, thick: float, semantic: str, spread: float = 112.0) -> Mesh:
    """Hair that hangs behind the ears: a closed sheet round the back of the head and neck, narrowing at its tips."""
    levels = np.linspace(low, 0.72, 7)
    turns = np.radians(np.linspace(spread, 360 - spread, 13))
    wave = stream(head.look_seed, "person", "locks").uniform(0, 6.28)
    outer, inner = [], []
    for z in levels:
        down = np.clip((0.45 - z) / 0.8, 0, 1)
        deep, wide = 0.36 - 0.05 * down + thick, 0.335 - 0.02 * down + thick
        ripple = 1 + 0.04 * np.sin(8 * turns + wave) * (0.3 + down)
        centre = -0.10 - 0.02 * down
        outer.append(np.stack([centre + deep * ripple * np.cos(turns), wide * ripple * np.sin(turns), np.full(13, z)], 1))
        inner.append(np.stack([centre + (deep - 0.09) * np.cos(turns), (wide - 0.09) * np.sin(turns), np.full(13, z + 0.01)], 1))
    grid = np.concatenate([np.array(outer), np.array(inner)[:, ::-1]], axis=1)
    return rings(grid, head.hair_material, semantic)


def _hair_pieces(head: Head, semantic: str) -> list[Mesh]:
    style = head.hair
    if style == "bald":
        return []
    covered = bool(head.hat)
    sizes = {"crop": (0.012, 0.020), "short": (0.030, 0.055), "receding": (0.030, 0.026), "afro": (0.15, 0.17), "long": (0.045, 0.055),
             "bob": (0.055, 0.060), "bun": (0.026, 0.034), "ponytail": (0.028, 0.038)}  # fmt: skip
    thick, top = sizes[style]
    if covered:
        thick, top = min(thick, 0.035), 0.012
    pieces = [_shell(head, _hair(head, thick, top, 0.9 if style == "receding" else 0.0), head.hair_material, semantic)]
    if style == "long" and head.hat in ("", "cap", "beanie", "brim", "helmet"):
        pieces.append(_curtain(head, -0.52, 0.045, semantic))
    if style == "bob":
        pieces.append(_curtain(head, 0.02, 0.060, semantic, 92.0))
    if style == "bun" and not covered:
        pieces.append(ellipsoid((-0.50, 0, 0.78), (0.15, 0.16, 0.14), head.hair_material, semantic, 7, 10))
    if style == "ponytail" and head.hat in ("", "cap", "helmet"):
        tail = [(-0.44, 0, 0.70), (-0.56, 0, 0.70), (-0.60, 0, 0.52), (-0.56, 0, 0.22), (-0.52, 0, -0.10), (-0.50, 0, -0.28)]
        pieces.append(tube(tail, (0.05, 0.065, 0.085, 0.085, 0.06, 0.012), 8, head.hair_material, semantic))
    return pieces


def _hat_pieces(head: Head, semantic: str) -> list[Mesh]:
    cloth, hat = head.hat_material, head.hat
    if hat == "cap":
        return [_shell(head, _down_to(0.74, 0.66, 0.56, 0.050, 0.03), cloth, semantic), _peak(0.74, 0.34, 0.30, cloth, semantic)]
    if hat == "police_cap":
        crown = tower([(0.76, -0.05, 0, 0.44, 0.36), (0.86, -0.05, 0, 0.45, 0.37), (0.93, -0.03, 0, 0.55, 0.47), (1.03, -0.03, 0, 0.54, 0.46),
                       (1.07, -0.04, 0, 0.44, 0.37)], 20, cloth, semantic)  # fmt: skip
        band = tower([(0.765, -0.05, 0, 0.445, 0.365), (0.77, -0.05, 0, 0.452, 0.372), (0.84, -0.05, 0, 0.455, 0.375), (0.845, -0.05, 0, 0.44, 0.36)],
                     20, "cloth_light", semantic)  # fmt: skip
        badge = ellipsoid((0.42, 0, 0.90), (0.03, 0.05, 0.06), "chrome", semantic, 5, 8)
        return [crown, band, badge, _peak(0.77, 0.27, 0.31, "visor", semantic)]
    if hat == "beanie":
        turned = _down_to(0.66, 0.56, 0.44, 0.075, 0.03)

        def cuff(z: Floats, azimuth: Floats) -> Floats:
            return np.minimum(turned(z, azimuth), (_line(azimuth) + 0.17 - z) / 1.2 + 0.0)

        def _line(azimuth: Floats) -> Floats:
            return np.interp(np.abs(azimuth), (0, 50, 90, 180), (0.66, 0.60, 0.56, 0.44))

        return [_shell(head, _down_to(0.66, 0.56, 0.44, 0.055, 0.04, 0.1), cloth, semantic), _shell(head, cuff, cloth, semantic)]
    if hat == "brim":
        crown = [(0.72, -0.05, 0, 0.425, 0.345), (0.85, -0.05, 0, 0.43, 0.35), (1.00, -0.05, 0, 0.39, 0.31), (1.10, -0.05, 0, 0.33, 0.25), (1.11, -0.05, 0, 0.2, 0.14)]
        brim = [(0.715, -0.04, 0, 0.45, 0.37), (0.70, -0.02, 0, 0.72, 0.62), (0.712, -0.02, 0, 0.73, 0.63), (0.735, -0.04, 0, 0.45, 0.37)]
        ribbon = [(0.735, -0.05, 0, 0.435, 0.355), (0.74, -0.05, 0, 0.44, 0.36), (0.80, -0.05, 0, 0.442, 0.362), (0.805, -0.05, 0, 0.42, 0.34)]
        return [tower(crown, 20, cloth, semantic), tower(brim, 24, cloth, semantic), tower(ribbon, 20, "cloth_dark", semantic)]
    if hat == "hood":
        even = _with_face(0.10, -0.02, 0.92, 50.0)

        def peaked(z: Floats, azimuth: Floats) -> Floats:
            back = np.exp(-(((np.abs(azimuth) - 180) / 60) ** 2)) * np.exp(-(((z - 0.75) / 0.35) ** 2))
            return even(z, azimuth) * (1.0 + 1.0 * back + 0.5 * np.clip(z - 0.5, 0, 1))

        cape = [(-0.40, -0.10, 0, 0.40, 0.46), (-0.22, -0.10, 0, 0.38, 0.40), (0.0, -0.10, 0, 0.40, 0.37), (0.14, -0.12, 0, 0.34, 0.34)]
        return [_shell(head, peaked, cloth, semantic), tower(cape, 14, cloth, semantic)]
    if hat in ("hijab", "niqab", "burqa"):
        opening = {"hijab": (0.07, 0.80, 45.0), "niqab": (0.44, 0.60, 44.0), "burqa": (0.46, 0.60, 34.0)}[hat]
        pieces = [_shell(head, _with_face(0.065, *opening), cloth, semantic)]
        drape = [(-0.74, -0.06, 0, 0.50, 0.66), (-0.55, -0.06, 0, 0.46, 0.60), (-0.38, -0.05, 0, 0.37, 0.44), (-0.20, -0.02, 0, 0.29, 0.31), (-0.05, 0.03, 0, 0.29, 0.27), (0.12, 0.06, 0, 0.31, 0.27)]
        pieces.append(tower(drape, 18, cloth, semantic))
        if hat == "burqa":  # a lattice before the eyes
            mesh = tube([(0.36, 0.17, 0.53), (0.42, 0.0, 0.53), (0.36, -0.17, 0.53)], [0.075] * 3, 6, "cloth_dark", semantic, flatten=1.0)
            pieces.append(mesh)
        return pieces
    if hat == "turban":
        wound = [_shell(head, _down_to(0.72, 0.60, 0.50, 0.16, 0.14, 0.10), cloth, semantic)]
        for k in range(4):
            a = np.radians(np.linspace(-130, 130, 9))
            path = np.stack([-0.06 + (0.46 - 0.03 * k) * np.cos(a), (0.38 - 0.03 * k) * np.sin(a), 0.76 + 0.09 * k + 0.10 * (1 - np.abs(a) / 2.4)], 1)
            wound.append(tube(path, [0.03, *[0.06] * 7, 0.03], 6, cloth, semantic))
        return wound
    if hat == "hard_hat":
        dome_ = [(0.70, -0.03, 0, 0.47, 0.385), (0.80, -0.03, 0, 0.475, 0.39), (0.94, -0.04, 0, 0.425, 0.345), (1.06, -0.04, 0, 0.31, 0.25), (1.13, -0.04, 0, 0.15, 0.12), (1.145, -0.04, 0, 0.04, 0.03)]
        brim = [(0.695, -0.03, 0, 0.46, 0.375), (0.685, 0.0, 0, 0.535, 0.425), (0.70, 0.0, 0, 0.54, 0.43), (0.72, -0.03, 0, 0.475, 0.39)]
        ridge = tube([(0.30, 0, 0.98), (0.14, 0, 1.13), (-0.04, 0, 1.165), (-0.22, 0, 1.13), (-0.38, 0, 0.97)], (0.03, 0.045, 0.045, 0.045, 0.03), 6, "hard_hat", semantic)
        return [tower(dome_, 20, "hard_hat", semantic), tower(brim, 20, "hard_hat", semantic), _peak(0.70, 0.20, 0.32, "hard_hat", semantic), ridge]
    if hat == "helmet":
        shell = [(0.60, -0.06, 0, 0.42, 0.345), (0.64, -0.04, 0, 0.49, 0.40), (0.78, -0.03, 0, 0.505, 0.415), (0.94, -0.04, 0, 0.44, 0.355), (1.06, -0.05, 0, 0.31, 0.25), (1.12, -0.05, 0, 0.14, 0.11), (1.125, -0.05, 0, 0.03, 0.03)]
        pieces = [tower(shell, 22, "helmet", semantic)]
        for y in (-0.20, -0.07, 0.07, 0.20):  # vents
            rise = 1.10 - 1.2 * y * y
            path = [(0.34, 0.9 * y, 0.88 - y * y), (0.14, y, rise - 0.03), (-0.12, y, rise), (-0.34, 0.9 * y, rise - 0.10), (-0.46, 0.8 * y, 0.84)]
            pieces.append(tube(path, (0.015, 0.032, 0.034, 0.032, 0.015), 5, "car_trim", semantic))
        for s in (1.0, -1.0):
            pieces.append(tube([(0.10, s * 0.335, 0.62), (0.10, s * 0.27, 0.25), (0.16, s * 0.10, 0.03), (0.17, 0, 0.02)], [0.012] * 4, 4, "car_trim", semantic))
        return pieces
    shell = [(-0.06, 0.02, 0, 0.37, 0.33), (0.02, 0.03, 0, 0.48, 0.41), (0.22, 0.035, 0, 0.545, 0.45), (0.50, 0.01, 0, 0.56, 0.46), (0.78, -0.03, 0, 0.52, 0.43), (0.97, -0.04, 0, 0.40, 0.33), (1.09, -0.04, 0, 0.23, 0.19), (1.14, -0.04, 0, 0.06, 0.05)]
    levels = np.concatenate([np.linspace(-0.06, 0.97, 12), (1.04, 1.09, 1.14)])
    rows = np.array(shell)
    fine = [tuple(float(np.interp(z, rows[:, 0], rows[:, k])) for k in range(5)) for z in levels]
    mesh = tower(fine, 26, "helmet", semantic)
    v = mesh.vertices_m.astype(float)
    window = 1.0 - np.abs((v[:, 2] - 0.50) / 0.165) ** 3 - (np.abs(np.degrees(np.arctan2(v[:, 1], v[:, 0]))) / 66.0) ** 3
    stripe = np.minimum(0.030 - np.abs(np.abs(v[:, 1]) - 0.10), v[:, 2] - 0.72)
    mesh = inlaid(mesh, window, "visor")
    if stream(head.look_seed, "person", "stripes").uniform() < 0.5:
        v = mesh.vertices_m.astype(float)
        stripe = np.minimum(0.030 - np.abs(np.abs(v[:, 1]) - 0.10), v[:, 2] - 0.72)
        mesh = inlaid(mesh, stripe, "cloth_light", only="helmet")
    return [mesh]


def _peak(z: float, long: float, half: float, material: str, semantic: str) -> Mesh:
    """The peak of a cap: a bent tongue over the eyes."""
    across = np.linspace(-1, 1, 9)
    rows = []
    for share, drop in ((0.0, 0.0), (0.5, -0.02), (0.85, -0.05), (1.0, -0.07)):
        x = 0.33 + long * share * np.sqrt(np.clip(1 - 0.75 * across**2 * share, 0, 1)) - 0.10 * across**2
        y = half * across * (1 - 0.10 * share)
        rows.append(np.stack([x, y, z + 0.02 + drop - 0.07 * across**2], 1))
    top = np.array(rows)
    grid = np.concatenate([top, top[:, ::-1] - (0.0, 0.0, 0.022)], axis=1)
    return rings(grid[:, ::-1], material, semantic)


def head_mesh(head: Head, semantic: str) -> Mesh:
    """The head over the middle of its neck, one head high; scale it to metres."""
    pieces = []
    if head.hat not in ("full_helmet",):
        pieces += _face(head, semantic)
        if head.hat not in ("hijab", "niqab", "burqa", "turban"):
            pieces += _hair_pieces(head, semantic)
        if head.beard in ("beard", "moustache"):
            pieces.append(_beard(head, semantic))
        if head.glasses and head.hat not in ("niqab", "burqa"):
            pieces += _glasses(head.glasses, semantic)
    if head.hat:
        pieces += _hat_pieces(head, semantic)
    return Mesh.join(pieces)


def neck(chin_m: float, radius_m: float, lean_m: float, semantic: str, material: str = "skin") -> Mesh:
    """The neck from inside the collar to under the chin; the origin is its base."""
    path: Sequence[tuple[float, float, float]] = (
        (-0.5 * lean_m, 0, -0.9 * chin_m - 0.02), (-0.2 * lean_m, 0, 0.0), (0.3 * lean_m, 0, 0.7 * chin_m),
        (0.8 * lean_m, 0, chin_m + 0.02), (1.0 * lean_m, 0, chin_m + 0.06),
    )  # fmt: skip
    return tube(path, np.array((1.15, 1.04, 0.97, 1.0, 0.9)) * radius_m, 12, material, semantic)
