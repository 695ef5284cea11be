"""People of any height, build and dress as jointed bodies.  Renderers floor.

Proportions are segment lengths as shares of stature after Drillis and Contini (1966); children of school age have
larger heads and shorter legs (Stratz's head counts: six heads tall at six years, seven and a half grown up).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from renderers.assets.forms import Floats, quads, tower, tube
from renderers.assets.heads import TOP, Skull, head_mesh
from renderers.assets.pose import posed_mesh, two_bone_reach
from renderers.mesh import Asset, Mesh, Part
from scenarios.chance import stream

SIDES = 12
Rgb = tuple[float, float, float]

# Linear RGB. Skin tones span the six Fitzpatrick types; cloth colours are what shops sell, not what rainbows hold.
SKINS: tuple[Rgb, ...] = (
    (0.60, 0.38, 0.28), (0.52, 0.31, 0.21), (0.42, 0.24, 0.15), (0.30, 0.16, 0.09), (0.17, 0.085, 0.05),
    (0.09, 0.045, 0.028),
)  # fmt: skip
DARK: tuple[Rgb, ...] = (
    (0.020, 0.022, 0.028), (0.018, 0.028, 0.060), (0.045, 0.045, 0.048), (0.040, 0.026, 0.018), (0.030, 0.042, 0.026),
)  # fmt: skip
PLAIN: tuple[Rgb, ...] = (
    (0.26, 0.04, 0.04), (0.05, 0.12, 0.30), (0.10, 0.20, 0.11), (0.30, 0.25, 0.18), (0.16, 0.17, 0.19),
    (0.34, 0.19, 0.06), (0.46, 0.45, 0.42), (0.20, 0.08, 0.16), (0.08, 0.22, 0.25),
)  # fmt: skip
BRIGHT: tuple[Rgb, ...] = (
    (0.75, 0.07, 0.05), (0.85, 0.55, 0.03), (0.08, 0.35, 0.75), (0.80, 0.26, 0.03), (0.70, 0.70, 0.68),
    (0.60, 0.06, 0.30),
)  # fmt: skip
LEGWEAR: tuple[Rgb, ...] = (
    (0.030, 0.050, 0.110), (0.022, 0.024, 0.030), (0.060, 0.060, 0.065), (0.130, 0.105, 0.075), (0.060, 0.085, 0.140),
)  # fmt: skip
NAMED: dict[str, Rgb] = {
    "white": (0.70, 0.70, 0.68), "black": (0.018, 0.018, 0.020), "grey": (0.16, 0.16, 0.17),
    "silver": (0.40, 0.40, 0.41),
    "blue": (0.05, 0.13, 0.42), "red": (0.50, 0.03, 0.03), "green": (0.06, 0.25, 0.09), "yellow": (0.80, 0.56, 0.04),
    "orange": (0.75, 0.24, 0.03), "brown": (0.16, 0.085, 0.04),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the joints of a standing body are, and how stout it is; metres."""

    height: float
    ankle: float  # heights above ground
    knee: float
    hip: float
    waist: float
    shoulder: float
    neck: float
    chin: float
    hip_half: float  # sideways from the middle
    shoulder_half: float
    upper_arm: float
    forearm: float
    girth: float  # scale of all radii
    hips: float  # extra scale of pelvis and thighs
    chest: float  # extra scale of chest and shoulders


@dataclass(frozen=True, slots=True)
class Dress:
    """What somebody wears."""

    top: str  # "jacket", "coat", "jumper"
    bottom: str  # "trousers", "skirt"
    head: str  # one of heads.WORN
    hair: str  # material
    backpack: bool
    vest: bool  # hi-vis waistcoat
    bands: bool  # retro-reflective bands
    tints: tuple[Rgb, Rgb, Rgb]


def frame(height_m: float, look_seed: int, child: bool) -> Frame:
    """A body of this height: its proportions follow age, its build follows the look."""
    rng = stream(look_seed, "person", "build")
    broad, girth, hips = rng.uniform(-1, 1), rng.uniform(-1, 1), rng.uniform(-1, 1)
    h = height_m
    if child:
        share = {
            "ankle": 0.045,
            "knee": 0.252,
            "hip": 0.470,
            "waist": 0.565,
            "shoulder": 0.728,
            "neck": 0.782,
            "chin": 0.808,
        }
        stout, half, arm = 1.04, 0.104, 0.165
    else:
        share = {
            "ankle": 0.043,
            "knee": 0.282,
            "hip": 0.522,
            "waist": 0.605,
            "shoulder": 0.790,
            "neck": 0.836,
            "chin": 0.860,
        }
        stout, half, arm = 1.0, 0.104, 0.178
    return Frame(
        height=h,
        **{name: value * h for name, value in share.items()},
        hip_half=0.052 * h,
        shoulder_half=half * h * (1 + 0.05 * broad),
        upper_arm=arm * h,
        forearm=0.83 * arm * h,
        girth=stout * (1.0 + (0.03 if child else 0.09) * girth),
        hips=1.0 + 0.07 * hips - 0.03 * broad,
        chest=1.0 + 0.05 * broad,
    )


def dress(look_seed: int, clothing: str | None, color: str | None, child: bool) -> Dress:
    """Clothes for a look: `clothing` is dark, mixed, bright or reflective; `color` names the upper clothes."""
    rng = stream(look_seed, "person", "dress")
    word = clothing or ("mixed" if rng.uniform() < 0.6 else "dark")
    tops = {"dark": DARK, "mixed": PLAIN, "bright": BRIGHT, "reflective": DARK}[word]
    upper = tops[int(rng.integers(len(tops)))]
    lower = LEGWEAR[int(rng.integers(len(LEGWEAR)))]
    if word == "bright" and child and rng.uniform() < 0.4:
        lower = PLAIN[int(rng.integers(len(PLAIN)))]
    if color is not None:
        upper = NAMED[color]
    skin = SKINS[int(rng.choice(len(SKINS), p=(0.34, 0.26, 0.16, 0.10, 0.08, 0.06)))]
    top = str(rng.choice(("jacket", "coat", "jumper"), p=(0.5, 0.15, 0.35) if child else (0.5, 0.28, 0.22)))
    bottom = str(rng.choice(("trousers", "skirt"), p=(0.85, 0.15)))
    head = str(
        rng.choice(
            ("short", "long", "bun", "bald", "cap", "beanie", "hood"),
            p=(0.30, 0.25, 0.05, 0.0, 0.12, 0.18, 0.10)
            if child
            else (0.34, 0.20, 0.10, 0.06, 0.10, 0.12, 0.08),
        )
    )
    pack = bool(rng.uniform() < (0.55 if child else 0.25))
    hair = str(
        rng.choice(("hair", "hair_light", "hair_grey"), p=(0.72, 0.28, 0.0) if child else (0.62, 0.20, 0.18))
    )
    if max(skin) < 0.35:
        hair = "hair"
    reflective = word == "reflective"
    return Dress(top, bottom, head, hair, pack, reflective and not child, reflective, (upper, lower, skin))


def build_person(
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    clothing: str | None = None,
) -> Asset:
    """The asset of `pedestrian.adult` or `pedestrian.child`, standing; `size_m[2]` includes hat and soles."""
    child = model == "pedestrian.child"
    wear = dress(look_seed, clothing, color, child)
    parts = body_parts(frame(size_m[2], look_seed, child), wear, "person")
    return Asset(model, size_m, parts, tints=wear.tints)


def figure(
    height_m: float,
    look_seed: int,
    angles_rad: Mapping[str, tuple[float, float, float]],
    color: str | None = None,
    clothing: str | None = None,
    head: str | None = None,
    semantic: str = "rider",
    hands_m: tuple[Sequence[float], Sequence[float]] | None = None,
    feet_m: tuple[Sequence[float], Sequence[float]] | None = None,
) -> tuple[Mesh, tuple[Rgb, Rgb, Rgb]]:
    """A body held in one pose, for riders and passengers; the middle of the hips is the origin, x forward.

    `angles_rad` maps a joint (`pelvis`, `torso`, `head`, `hip_left`, `knee_left`, ...) to its (roll, pitch, yaw),
    where positive pitch leans forward and down.  `hands_m` and `feet_m` are left and right points in the same frame
    that palms and soles shall reach; they take the place of the limb's angles.
    """
    wear = dress(look_seed, clothing, color, child=False)
    wear = replace(wear, top="jacket", bottom="trousers", head=head or wear.head, backpack=False)
    parts = body_parts(frame(height_m, look_seed, child=False), wear, semantic)
    turns = dict(angles_rad)
    if hands_m is not None:
        turns |= two_bone_reach(parts, turns, "shoulder", "elbow", hands_m, bend=-1.0)
    if feet_m is not None:
        turns |= two_bone_reach(parts, turns, "hip", "knee", feet_m, bend=1.0)
    mesh = posed_mesh(parts, turns)
    return mesh.moved(_shift(0.0, 0.0, -parts[0].pivot_m[2])), wear.tints


def _shift(x: float, y: float, z: float) -> Floats:
    matrix = np.eye(4)
    matrix[:3, 3] = (x, y, z)
    return matrix


# ------------------------------------------------------------------------------------------------------ the body
def body_parts(body: Frame, wear: Dress, semantic: str) -> tuple[Part, ...]:
    """Pelvis, torso, head and limbs; every joint is a ball that both neighbours cover, so no pose tears a gap."""
    parts = [
        Part("pelvis", _pelvis(body, wear, semantic), "pelvis", -1, (0.0, 0.0, body.hip)),
        Part("torso", _torso(body, wear, semantic), "torso", 0, (0.0, 0.0, body.waist - body.hip)),
        Part("head", _head(body, wear, semantic), "head", 1, (0.0, 0.0, body.neck - body.waist)),
    ]
    for side, sign in (("left", 1.0), ("right", -1.0)):
        spread = 0.10  # rad: arms hang a hand's breadth off the hips
        elbow = (0.0, sign * np.sin(spread) * body.upper_arm, -np.cos(spread) * body.upper_arm)
        at = (0.0, sign * body.shoulder_half, body.shoulder - body.waist)
        parts.append(
            Part(f"upper_arm_{side}", _upper_arm(body, wear, elbow, semantic), f"shoulder_{side}", 1, at)
        )
        parts.append(
            Part(
                f"forearm_{side}",
                _forearm(body, wear, sign, semantic),
                f"elbow_{side}",
                len(parts) - 1,
                elbow,
            )
        )
        thigh, shin = body.hip - body.knee, body.knee - body.ankle
        at = (0.0, sign * body.hip_half, 0.0)
        parts.append(Part(f"thigh_{side}", _thigh(body, wear, thigh, semantic), f"hip_{side}", 0, at))
        parts.append(
            Part(
                f"shin_{side}",
                _shin(body, wear, shin, semantic),
                f"knee_{side}",
                len(parts) - 1,
                (0.0, 0.0, -thigh),
            )
        )
        parts.append(
            Part(
                f"foot_{side}",
                _shoe(body, sign, semantic),
                f"ankle_{side}",
                len(parts) - 1,
                (0.0, 0.0, -shin),
            )
        )
    return tuple(parts)


def _torso_rows(body: Frame, wear: Dress) -> Floats:
    """Rows (z from the waist, x, y, depth, width) of the trunk from the hem to the neck."""
    h, g, c = body.height, body.girth, body.chest
    up = body.shoulder - body.waist
    loose = {"jacket": 1.08, "coat": 1.10, "jumper": 1.0}[wear.top]
    hem = {"jacket": -0.075 * h, "coat": -0.11 * h, "jumper": -0.055 * h}[wear.top]
    rows = [
        (hem, 0.000, 0, 0.071 * h * g * loose * body.hips, 0.099 * h * g * loose * body.hips),
        (hem * 0.5, 0.002 * h, 0, 0.071 * h * g * loose, 0.095 * h * g * loose),
        (0.0, 0.003 * h, 0, 0.067 * h * g * loose, 0.085 * h * g * loose),
        (0.35 * up, 0.003 * h, 0, 0.070 * h * g * loose, 0.089 * h * g * c * loose),
        (0.68 * up, 0.001 * h, 0, 0.071 * h * g * loose, 0.099 * h * g * c * loose),
        (0.92 * up, -0.003 * h, 0, 0.064 * h * g * loose, 0.103 * h * c * loose),
        (1.05 * up, -0.005 * h, 0, 0.052 * h * g, 0.096 * h * c),
        (1.13 * up, -0.006 * h, 0, 0.043 * h * g, 0.075 * h * c),
        (1.13 * up + 0.5 * (body.neck - body.waist - 1.13 * up), -0.006 * h, 0, 0.037 * h, 0.048 * h),
        (body.neck - body.waist + 0.004 * h, -0.005 * h, 0, 0.033 * h, 0.036 * h),
    ]
    return np.asarray(rows, float)


def _ring_at(rows: Floats, z: float, grow_m: float) -> tuple[float, ...]:
    row = [float(np.interp(z, rows[:, 0], rows[:, k])) for k in range(5)]
    return (row[0], row[1], row[2], row[3] + grow_m, row[4] + grow_m)


def _band(rows: Floats, low: float, high: float, grow_m: float, material: str, semantic: str) -> Mesh:
    """A strip worn over the trunk between two heights."""
    steps = [
        _ring_at(rows, float(z), grow_m) for z in np.linspace(low, high, max(2, int((high - low) / 0.06) + 2))
    ]
    inner_top, inner_low = _ring_at(rows, high, -0.002), _ring_at(rows, low, -0.002)
    return tower([inner_low, *steps, inner_top], 16, material, semantic, square=2.5)


def _torso(body: Frame, wear: Dress, semantic: str) -> Mesh:
    rows = _torso_rows(body, wear)
    h = body.height
    up = body.shoulder - body.waist
    pieces = [tower([tuple(row) for row in rows], 16, "cloth_a", semantic, square=2.5)]
    if wear.top != "jumper":  # collar, zip
        z = body.neck - body.waist
        pieces.append(
            tower(
                [
                    (z - 0.022 * h, -0.006 * h, 0, 0.048 * h, 0.052 * h),
                    (z + 0.014 * h, -0.004 * h, 0, 0.044 * h, 0.046 * h),
                    (z + 0.010 * h, -0.004 * h, 0, 0.037 * h, 0.038 * h),
                ],
                SIDES,
                "cloth_a",
                semantic,
            )
        )
    if wear.vest:
        pieces.append(_band(rows, -0.03 * h, 0.98 * up, 0.006, "hi_vis", semantic))
    if wear.bands:
        for low in (-0.005 * h, 0.42 * up):
            pieces.append(_band(rows, low, low + 0.05, 0.009, "retro_band", semantic))
    if wear.backpack:
        pieces.extend(_backpack(body, rows, wear, semantic))
    return Mesh.join(pieces)


def _backpack(body: Frame, rows: Floats, wear: Dress, semantic: str) -> list[Mesh]:
    h = body.height
    up = body.shoulder - body.waist
    depth = 0.052 * h
    back = float(rows[4, 1] - rows[4, 3]) - depth * 0.72
    sack = tower(
        [
            (-0.02 * h, back, 0, depth * 0.8, 0.065 * h),
            (0.03 * h, back - 0.005 * h, 0, depth * 1.1, 0.077 * h),
            (0.55 * up, back, 0, depth, 0.075 * h),
            (0.95 * up, back + 0.008 * h, 0, depth * 0.8, 0.06 * h),
            (1.05 * up, back + 0.012 * h, 0, depth * 0.35, 0.035 * h),
        ],
        SIDES,
        "cloth_b",
        semantic,
        square=3.2,
    )
    pieces = [sack]
    for sign in (1.0, -1.0):  # straps
        y = sign * 0.058 * h
        front = [
            float(np.interp(z, rows[:, 0], rows[:, 1] + rows[:, 3])) * 0.93
            for z in (0.30 * up, 0.62 * up, 0.92 * up)
        ]
        path = [
            (0.01 * h, y * 1.3, 0.12 * up),
            (front[0], y * 1.15, 0.30 * up),
            (front[1], y, 0.62 * up),
            (front[2], y, 0.93 * up),
            (-0.004 * h, y, 1.13 * up),
            (back + depth * 0.6, y, 0.97 * up),
        ]
        pieces.append(tube(path, [0.012 * h] * 6, 6, "cloth_b", semantic, flatten=0.9))
    if wear.bands:
        x = back - depth * 1.06
        pieces.append(
            quads(
                [
                    [
                        (x, 0.06 * h, 0.30 * up),
                        (x, -0.06 * h, 0.30 * up),
                        (x, -0.06 * h, 0.48 * up),
                        (x, 0.06 * h, 0.48 * up),
                    ]
                ],
                "retro_band",
                semantic,
            )
        )
    return pieces


def _pelvis(body: Frame, wear: Dress, semantic: str) -> Mesh:
    h, g = body.height, body.girth * body.hips
    top = body.waist - body.hip
    pieces = [
        tower(
            [
                (-0.045 * h, 0.0, 0, 0.040 * h * g, 0.050 * h * g),
                (-0.02 * h, 0.0, 0, 0.062 * h * g, 0.086 * h * g),
                (0.01 * h, -0.003 * h, 0, 0.069 * h * g, 0.094 * h * g),
                (0.6 * top, 0.0, 0, 0.066 * h * g, 0.088 * h * g),
                (1.1 * top, 0.0, 0, 0.060 * h * body.girth, 0.078 * h * body.girth),
            ],
            16,
            "cloth_b",
            semantic,
            square=2.4,
        )
    ]
    if wear.top == "coat" or wear.bottom == "skirt":
        coat = wear.top == "coat"
        length = (body.hip - body.knee) * (0.62 if coat else 0.72)
        grow = 1.16 if coat else 1.0
        pieces.append(
            tower(
                [
                    (-length, 0.004 * h, 0, 0.105 * h * grow, 0.122 * h * grow),
                    (-length * 0.55, 0.0, 0, 0.088 * h * grow, 0.110 * h * grow),
                    (0.0, 0.0, 0, 0.073 * h * g * grow, 0.098 * h * g * grow),
                    (0.8 * top, 0.0, 0, 0.067 * h * g, 0.089 * h * g),
                ],
                16,
                "cloth_a" if coat else "cloth_b",
                semantic,
                square=2.3,
            )
        )
    return Mesh.join(pieces)


def _upper_arm(body: Frame, wear: Dress, elbow: tuple[float, float, float], semantic: str) -> Mesh:
    h, g = body.height, body.girth
    loose = 1.12 if wear.top != "jumper" else 1.0
    end = np.asarray(elbow)
    path = [-0.17 * end, -0.07 * end, 0.08 * end, 0.35 * end, 0.75 * end, 0.94 * end, 1.02 * end]
    path[0] = path[0] - (0.0, np.sign(elbow[1]) * 0.016 * h, 0.0)  # the shoulder's round leans in
    path[1] = path[1] - (0.0, np.sign(elbow[1]) * 0.006 * h, 0.0)
    radius = np.asarray((0.010, 0.0255, 0.0315, 0.0310, 0.0275, 0.0265, 0.015)) * h * g * loose
    pieces = [tube(path, radius, SIDES, "cloth_a", semantic)]
    if wear.bands:
        pieces.append(
            tube(
                [0.62 * end, 0.63 * end, 0.78 * end, 0.79 * end],
                np.array((0.9, 1.08, 1.05, 0.9)) * 0.0305 * h * g * loose,
                SIDES,
                "retro_band",
                semantic,
            )
        )
    return Mesh.join(pieces)


def _forearm(body: Frame, wear: Dress, sign: float, semantic: str) -> Mesh:
    h, g = body.height, body.girth
    loose = 1.12 if wear.top != "jumper" else 1.0
    length = body.forearm
    sleeve = tube(
        [
            (0, 0, 0.10 * length),
            (0, 0, 0.06 * length),
            (0, 0, 0),
            (0, 0, -0.3 * length),
            (0, 0, -0.92 * length),
            (0, 0, -0.95 * length),
        ],
        np.asarray((0.012, 0.0225, 0.0272, 0.0265, 0.0208, 0.012)) * h * g * loose,
        SIDES,
        "cloth_a",
        semantic,
    )
    z, s = -length, 0.062 * h  # s: half the hand
    palm = tube(
        [
            (0.0, 0, z + 0.25 * s),
            (0.004 * h, 0, z),
            (0.008 * h, 0, z - 0.7 * s),
            (0.012 * h, 0, z - 1.35 * s),
            (0.016 * h, 0, z - 1.7 * s),
        ],
        np.asarray((0.014, 0.017, 0.023, 0.019, 0.008)) * h,
        8,
        "skin",
        semantic,
        flatten=0.55,
    )
    thumb = tube(
        [
            (0.012 * h, 0, z - 0.2 * s),
            (0.028 * h, -sign * 0.004 * h, z - 0.6 * s),
            (0.031 * h, -sign * 0.005 * h, z - 0.95 * s),
        ],
        np.asarray((0.008, 0.0075, 0.004)) * h,
        6,
        "skin",
        semantic,
    )
    return Mesh.join([sleeve, palm, thumb])


def _thigh(body: Frame, wear: Dress, length: float, semantic: str) -> Mesh:
    h, g = body.height, body.girth * body.hips
    bare = wear.bottom == "skirt"
    slim = 0.86 if bare else 1.0
    rows = np.array(
        [
            (0, 0, 0.075 * length),
            (0, 0, 0.0),
            (0.002 * h, 0, -0.25 * length),
            (0.003 * h, 0, -0.55 * length),
            (0.003 * h, 0, -0.7 * length),
            (0.003 * h, 0, -0.93 * length),
            (0.001 * h, 0, -1.01 * length),
            (0, 0, -1.05 * length),
        ]
    )
    radii = np.asarray((0.036, 0.051, 0.0505, 0.0445, 0.0410, 0.0355, 0.0310, 0.016)) * h * g * slim
    cloth = "shoe" if bare else "cloth_b"
    if wear.top != "coat":
        return tube(rows, radii, SIDES, cloth, semantic)
    # A thigh that swings out pushes the coat before it: what comes through the skirt of the coat is coat.
    under = tube(rows[3:], radii[3:], SIDES, cloth, semantic, caps=(False, True))
    return Mesh.join([tube(rows[:4], radii[:4], SIDES, "cloth_a", semantic, caps=(True, False)), under])


def _shin(body: Frame, wear: Dress, length: float, semantic: str) -> Mesh:
    h, g = body.height, body.girth
    bare = wear.bottom == "skirt"
    hem = 0.024 if bare else 0.0300
    low = -1.0 if bare else -1.02
    pieces = [
        tube(
            [
                (0.003 * h, 0, 0.10 * length),
                (0.004 * h, 0, 0.06 * length),
                (0.003 * h, 0, 0.0),
                (-0.005 * h, 0, -0.3 * length),
                (-0.003 * h, 0, -0.7 * length),
                (0, 0, low * length),
                (0, 0, (low - 0.01) * length),
            ],
            np.asarray((0.016, 0.0290, 0.0350, 0.0350, 0.0290, hem, hem * 0.5))
            * h
            * g
            * (0.92 if bare else 1.0),
            SIDES,
            "shoe" if bare else "cloth_b",
            semantic,
        )
    ]
    if wear.bands:
        pieces.append(
            tube(
                [
                    (0, 0, -0.70 * length),
                    (0, 0, -0.705 * length),
                    (0, 0, -0.80 * length),
                    (0, 0, -0.805 * length),
                ],
                np.asarray((0.028, 0.0335, 0.0330, 0.027)) * h * g,
                SIDES,
                "retro_band",
                semantic,
            )
        )
    return Mesh.join(pieces)


def _shoe(body: Frame, sign: float, semantic: str) -> Mesh:
    h = body.height
    rise, y = body.ankle, sign * 0.004 * h
    return tower(
        [
            (-rise, 0.038 * h, y, 0.073 * h, 0.0255 * h),
            (-0.72 * rise, 0.039 * h, y, 0.077 * h, 0.0275 * h),
            (-0.42 * rise, 0.036 * h, y, 0.071 * h, 0.0265 * h),
            (0.0, 0.010 * h, y * 0.5, 0.040 * h, 0.0245 * h),
            (0.38 * rise, -0.001 * h, 0, 0.026 * h, 0.0235 * h),
        ],
        14,
        "shoe",
        semantic,
        square=2.5,
    )


def _head(body: Frame, wear: Dress, semantic: str) -> Mesh:
    h = body.height
    tall = (h - body.chin) / TOP  # what is worn or grows on the crown is part of the stature
    neck = 0.031 * h * (0.92 if tall > 0.15 * h else 1.0)
    return head_mesh(Skull(body.chin - body.neck, tall, neck, 0.012 * h), wear.head, wear.hair, semantic)
