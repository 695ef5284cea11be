"""The shape of a head without its hair, and shells at a height over it.  Renderers floor.

All measures are in head heights (chin 0, crown 1), the nose along +x, over the middle of the neck.  The face is a field
of blended eggs (breadths and depths after ANSUR II: 154 wide, 199 deep, 232 high); hair and hats are shells at a height
over the skull that depends on the direction, and where that height is negative the skin shows.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from renderers.assets.forms import Floats, rings
from renderers.assets.skins import Field, bone, egg, hollowed, joined, reach, trimmed
from renderers.mesh import Mesh
from scenarios.chance import stream

MIDDLE = np.array((-0.02, 0.0, 0.46))  # from where the rays of all shells start
FACE_ROWS = np.radians((-70, -52, -42, -35, -29.5, -25, -20.5, -16, -11, -6, -1, 4, 9, 14, 20, 30, 48, 74))
FACE_COLUMNS = np.radians(
    (-160, -122, -92, -70, -53, -41, -31, -23, -16, -10, -5, 0, 5, 10, 16, 23, 31, 41, 53, 70, 92, 122, 160)
)
SHELL_ROWS = np.radians((-60, -42, -29, -17, -5, 7, 19, 32, 47, 64, 81))
SHELL_COLUMNS = np.radians(np.arange(-180, 180, 20.0))
HAIRSTYLES = ("short", "crop", "long", "bun", "ponytail", "afro", "bob", "bald", "receding")
HATS = (
    "", "cap", "beanie", "brim", "hood", "hijab", "niqab", "burqa", "turban", "helmet", "hard_hat", "police_cap",
    "full_helmet",
)  # fmt: skip
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


def features(head: Head) -> dict[str, float]:
    rng = stream(head.look_seed, "person", "face")
    return {
        name: float(rng.uniform(-1, 1)) for name in ("jaw", "nose", "length", "cheek", "brow", "lips", "eyes")
    }


def skull(head: Head, featured: bool = True) -> Field:
    """The head without hair; a plain one, without nose and sockets, is what hats rest on."""
    f = features(head)
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


def grid(field: Field, rows: Floats, columns: Floats) -> tuple[Floats, Floats]:
    """Points where rays from the middle leave the field, and the rays."""
    ways = _ways(rows, columns)
    centre = np.broadcast_to(MIDDLE, ways.shape)
    return centre + reach(field, centre, ways, 0.9)[..., None] * ways, ways


def shell(head: Head, over: Height, material: str, semantic: str) -> Mesh:
    """What lies `over` the plain skull, where that is positive."""
    field = skull(head, featured=False)
    points, ways = grid(field, SHELL_ROWS, SHELL_COLUMNS)
    azimuth = np.degrees(np.arctan2(ways[..., 1], ways[..., 0]))
    high = over(points[..., 2], azimuth)
    lifted = points + np.clip(high, -0.05, None)[..., None] * ways
    mesh = rings(lifted, material, semantic, (False, True))
    value = np.concatenate([np.concatenate([high, high[:, :1]], axis=1).ravel(), [high[-1].mean()]])
    return trimmed(mesh, value + 0.012)


def down_to(
    front: float, side: float, back: float, thick: float, edge: float = 0.05, ripple: float = 0.0
) -> Height:
    """A cap of even height over a line round the head."""

    def over(z: Floats, azimuth: Floats) -> Floats:
        line = np.interp(np.abs(azimuth), (0, 50, 90, 180), (front, 0.4 * front + 0.6 * side, side, back))
        inside = (z - line) / edge
        body = thick * (1 + ripple * np.sin(z * 46 + np.radians(azimuth) * 2))
        return np.where(inside > 0, body * np.sqrt(np.clip(inside, 0, 1)), 0.05 * np.clip(inside, -1, 0))

    return over


def with_face(thick: float, low: float, high: float, half_deg: float, square: float = 2.4) -> Height:
    """Cloth all round with an opening for the face between two heights."""

    def over(z: Floats, azimuth: Floats) -> Floats:
        middle, half = 0.5 * (low + high), 0.5 * (high - low)
        gone = (np.abs(azimuth) / half_deg) ** square + np.abs((z - middle) / half) ** square
        edge = np.clip((gone - 1.0) / 0.35, -1.0, 1.0)
        return np.where(edge > 0, thick * np.sqrt(np.clip(edge, 0, 1)), 0.05 * edge)

    return over
