"""The trunk of a body and what is worn on it: tops from the collar to the hem, trousers' seats, skirts and robes.

Renderers floor.  Everything is made in the frame of the standing person, origin on the ground; parts are moved to their
pivots by `people`.
"""

from dataclasses import dataclass

import numpy as np

from renderers.assets.anthropometry import Frame
from renderers.assets.forms import Floats, circle, rings, tube
from renderers.assets.skins import Field, bone, egg, inlaid, joined, reach
from renderers.mesh import Mesh

COLUMNS = 20
FAN = (11.0, 21.0, 30.0, 38.0, 46.0, 54.0, 62.0, 70.0)  # elevations over the shoulders, degrees


@dataclass(frozen=True, slots=True)
class Cut:
    """How a top is cut; lengths in metres or shares of stature where noted."""

    ease: float  # air and cloth between skin and outside, metres
    hem: float  # height of the hem over the hip joint, share of stature
    drape: float  # how much of a row's width hangs down to the next lower one
    sleeve: float  # extra radius of the sleeves, metres
    long_sleeves: bool = True
    collar: str = ""  # "crew", "shirt", "stand", "lapel", "hood"
    ribs: float = 0.0  # quilting


TOPS: dict[str, Cut] = {
    "tee": Cut(0.008, -0.014, 0.945, 0.010, False, "crew"),
    "shirt": Cut(0.010, -0.020, 0.945, 0.007, True, "shirt"),
    "jumper": Cut(0.012, -0.006, 0.935, 0.008, True, "crew"),
    "hoodie": Cut(0.018, -0.004, 0.958, 0.013, True, "hood"),
    "jacket": Cut(0.019, -0.014, 0.960, 0.014, True, "stand"),
    "puffer": Cut(0.034, -0.004, 0.985, 0.026, True, "stand", 0.0055),
    "blazer": Cut(0.015, -0.042, 0.950, 0.009, True, "lapel"),
    "coat": Cut(0.022, 0.050, 0.98, 0.014, True, "lapel"),
    "dress": Cut(0.006, 0.040, 0.93, 0.008, False, "crew"),
    "robe": Cut(0.020, 0.050, 0.985, 0.030, True, "crew"),
    "onesie": Cut(0.034, 0.020, 0.99, 0.028, True, "crew"),
}


def trunk(body: Frame) -> Field:
    """The body from the hips to the neck, arms cut off below the shoulder."""
    h, rise = body.height, body.shoulder - body.waist
    c, b, g = body.chest, body.belly, body.hips
    arm = body.limbs * h
    female = body.female and body.age_y > 12
    waist_wide = 0.069 if female else 0.078
    chest_wide = 0.080 if female else 0.088
    at, thigh = body.shoulder_half, thigh_radius(body)

    def field(p: Floats) -> Floats:
        parts = [
            egg(p, (-0.004 * h, 0, body.waist + 0.50 * rise), (0.063 * h * c, chest_wide * h * c, 0.115 * h)),
            egg(p, (-0.006 * h, 0, body.waist + 0.80 * rise), (0.055 * h * c, 0.092 * h * c, 0.070 * h)),
            egg(
                p,
                ((0.002 + 0.03 * (b - 1.0)) * h, 0, body.waist - 0.012 * h),
                (0.058 * h * b, waist_wide * h * b, 0.095 * h),
            ),
            egg(p, (-0.003 * h, 0, body.hip + 0.028 * h), (0.060 * h * g, 0.091 * h * g, 0.075 * h)),
        ]
        for s in (1.0, -1.0):
            joint = (-0.004 * h, s * at, body.shoulder)
            parts += [
                bone(p, (-0.006 * h, 0, body.shoulder + 0.006 * h), joint, 0.040 * h, 0.0330 * arm),
                bone(p, joint, (-0.004 * h, s * (at + 0.006 * h), body.shoulder - 0.045 * h), 0.0330 * arm,
                    0.0320 * arm),
                bone(p, (-0.012 * h, s * 0.022 * h, body.neck), (-0.006 * h, s * 0.72 * at, body.shoulder + 0.016 * h),
                     0.030 * h, 0.016 * h),
                egg(p, (-0.030 * h, s * 0.042 * h, body.hip - 0.004 * h), (0.042 * h * g, 0.046 * h * g, 0.045 * h)),
                egg(p, (0.0, s * body.hip_half, body.hip), (thigh + 0.012, thigh + 0.008, thigh + 0.008)),
            ]  # fmt: skip
            if female:
                parts.append(
                    egg(
                        p,
                        (0.044 * h * c, s * 0.038 * h, body.waist + 0.56 * rise),
                        (0.034 * h, 0.036 * h, 0.036 * h),
                    )
                )
            elif body.age_y > 12:
                parts.append(
                    egg(
                        p,
                        (0.032 * h * c, s * 0.042 * h, body.waist + 0.66 * rise),
                        (0.030 * h, 0.044 * h, 0.036 * h),
                    )
                )
        parts.append(
            bone(
                p,
                (-0.010 * h, 0, body.neck - 0.03 * h),
                (0.0, 0, body.neck + 0.05 * h),
                neck_radius(body),
                neck_radius(body),
            )
        )
        return joined(parts, 0.026 * h)

    return field


def neck_radius(body: Frame) -> float:
    slim = 0.029 if body.female else 0.033
    return (slim if body.age_y > 12 else 0.030) * body.height * (0.85 + 0.15 * body.chest)


def _around(columns: int) -> Floats:
    rim = circle(columns)
    return np.stack([rim[:, 0], rim[:, 1], np.zeros(columns)], axis=1)


def _stooped(points: Floats, body: Frame) -> Floats:
    share = np.clip((points[..., 2] - body.waist) / (body.neck - body.waist), 0.0, 1.3)
    bent = points.copy()
    bent[..., 0] += body.stoop * share**2
    return bent


def top_mesh(body: Frame, top: str, semantic: str) -> Mesh:
    """The garment on the trunk, from its hem over the shoulders to the neck, of material `cloth_a`."""
    cut, h = TOPS[top], body.height
    field = trunk(body)
    fan_z = body.waist + 0.62 * (body.shoulder - body.waist)
    hem = body.hip + cut.hem * h
    levels = np.linspace(hem, fan_z, max(7, round((fan_z - hem) / (0.034 * h))))
    around = _around(COLUMNS)
    origin = np.zeros((len(levels), COLUMNS, 3))
    origin[..., 2] = levels[:, None]
    level = reach(field, origin, np.broadcast_to(around, origin.shape), 0.30 * h) + cut.ease
    for row in range(len(levels) - 2, -1, -1):
        level[row] = np.maximum(level[row], cut.drape * level[row + 1])
    if cut.ribs:
        level[1::2] += cut.ribs
        level[::2] -= cut.ribs
    points = [origin + level[..., None] * around]
    up = np.radians(FAN)
    ways = around[None] * np.cos(up)[:, None, None]
    ways[..., 2] = np.sin(up)[:, None]
    centre = np.broadcast_to(np.array((-0.004 * h, 0.0, fan_z)), ways.shape)
    ease = cut.ease * np.cos(up) ** 0.5 * 0.85
    far = reach(field, centre, ways, 0.30 * h) + ease[:, None]
    points.append(centre + far[..., None] * ways)
    grid = np.concatenate(points)
    inner = grid[:1] * (0.93, 0.93, 1.0)
    mesh = rings(_stooped(np.concatenate([inner, grid]), body), "cloth_a", semantic)
    pieces = [mesh, *_collar(body, cut, semantic)]
    return Mesh.join(pieces)


def _collar(body: Frame, cut: Cut, semantic: str) -> list[Mesh]:
    """What stands or lies round the neck."""
    h, r = body.height, neck_radius(body)
    x, z = -0.004 * h + body.bent(body.neck), body.neck
    rim = circle(16)

    def band(rows: list[tuple[float, float, float]], material: str) -> Mesh:
        points = np.empty((len(rows), 16, 3))
        for k, (dz, grow, tilt) in enumerate(rows):
            points[k, :, 0] = x + (r + grow) * 1.06 * rim[:, 0]
            points[k, :, 1] = (r + grow) * rim[:, 1]
            points[k, :, 2] = z + dz - tilt * rim[:, 0]
        return rings(points, material, semantic, (False, False))

    if cut.collar == "crew":
        return [band([(-0.016 * h, 0.020 * h, 0.010 * h), (-0.001 * h, 0.007 * h, 0.013 * h),
                      (-0.004 * h, 0.000, 0.013 * h)], "cloth_a")]  # fmt: skip
    if cut.collar == "shirt":
        return [band([(-0.014 * h, 0.024 * h, 0.014 * h), (0.012 * h, 0.010 * h, 0.010 * h),
            (0.018 * h, 0.004 * h, 0.008 * h),
                      (0.004 * h, 0.001 * h, 0.008 * h)], "cloth_a")]  # fmt: skip
    if cut.collar == "stand":
        return [band([(-0.018 * h, 0.026 * h, 0.012 * h), (0.016 * h, 0.016 * h, 0.006 * h),
            (0.026 * h, 0.013 * h, 0.004 * h),
                      (0.020 * h, 0.005 * h, 0.004 * h)], "cloth_a")]  # fmt: skip
    if cut.collar == "lapel":
        return [
            band([(-0.016 * h, 0.026 * h, 0.020 * h), (0.010 * h, 0.016 * h, 0.016 * h),
                (0.017 * h, 0.011 * h, 0.014 * h),
                  (0.002 * h, 0.004 * h, 0.012 * h)], "cloth_a"),
            band([(-0.010 * h, 0.008 * h, 0.014 * h), (0.020 * h, 0.003 * h, 0.008 * h), (0.010 * h, 0.0, 0.008 * h)],
                 "cloth_light"),
        ]  # fmt: skip
    arc = np.radians((-150.0, -110.0, -65.0, -25.0, 25.0, 65.0, 110.0, 150.0))
    path = np.stack(
        [
            x - (r + 0.020 * h) * np.cos(arc),
            (r + 0.022 * h) * np.sin(arc),
            z - 0.002 * h + 0.012 * h * np.cos(arc),
        ],
        1,
    )
    size = np.array((0.010, 0.016, 0.021, 0.026, 0.026, 0.021, 0.016, 0.010)) * h

    return [tube(path, size, 9, "cloth_a", semantic)]


# ---------------------------------------------------------------------------------------------------- below the waist
def seat_field(body: Frame) -> Field:
    """Pelvis, buttocks and the tops of the thighs."""
    h, g = body.height, body.hips
    thigh = thigh_radius(body)

    def field(p: Floats) -> Floats:
        b = body.belly
        parts = [
            egg(p, (-0.003 * h, 0, body.hip + 0.030 * h), (0.060 * h * g, 0.091 * h * g, 0.070 * h)),
            egg(p, (0.003 * h * b, 0, body.waist - 0.012 * h), (0.057 * h * b, 0.074 * h * b, 0.080 * h)),
        ]
        for s in (1.0, -1.0):
            joint = (0.0, s * body.hip_half, body.hip)
            parts += [
                bone(p, joint, (0.0, s * body.hip_half, body.hip - 0.022 * h), thigh, 0.95 * thigh),
                egg(
                    p,
                    (-0.030 * h, s * 0.044 * h, body.hip - 0.004 * h),
                    (0.043 * h * g, 0.046 * h * g, 0.045 * h),
                ),
            ]
        return joined(parts, 0.020 * h)

    return field


def thigh_radius(body: Frame) -> float:
    """Of the top of the thigh, where it leaves the pelvis."""
    return 0.0495 * body.height * body.limbs * body.hips


def seat_mesh(body: Frame, ease: float, material: str, semantic: str, top: str = "") -> Mesh:
    """The seat of trousers, from between the thighs to the waist; it draws in below the hem of a top."""
    h, field, around = body.height, seat_field(body), _around(COLUMNS)
    fan_z = body.hip + 0.012 * h
    down = np.radians((-64.0, -50.0, -36.0, -22.0, -9.0))
    ways = around[None] * np.cos(down)[:, None, None]
    ways[..., 2] = np.sin(down)[:, None]
    centre = np.broadcast_to(np.array((0.0, 0.0, fan_z)), ways.shape)
    low = centre + (reach(field, centre, ways, 0.25 * h) + ease)[..., None] * ways
    levels = np.linspace(fan_z, body.waist + 0.035 * h, 6)
    if top:
        ease_at = np.where(levels > body.hip + (TOPS[top].hem + 0.006) * h, -0.016, ease)[:, None]
    else:
        ease_at = np.full((6, 1), ease)
    origin = np.zeros((6, COLUMNS, 3))
    origin[..., 2] = levels[:, None]
    level = reach(field, origin, np.broadcast_to(around, origin.shape), 0.25 * h) + ease_at
    return rings(np.concatenate([low, origin + level[..., None] * around]), material, semantic)


def skirt_mesh(
    body: Frame,
    hem_m: float,
    flare: float,
    pleats: int,
    material: str,
    semantic: str,
    ease: float = 0.008,
    top_m: float = 0.0,
) -> Mesh:
    """Cloth that hangs from the waist to `hem_m` above the ground; deep enough for a walker's thighs."""
    h, field, around = body.height, seat_field(body), _around(COLUMNS)
    start = top_m or body.waist + 0.03 * h
    upper = np.linspace(body.hip - 0.01 * h, start, 5)
    lower = np.linspace(hem_m, body.hip - 0.035 * h, 7)
    origin = np.zeros((5, COLUMNS, 3))
    origin[..., 2] = upper[:, None]
    level = reach(field, origin, np.broadcast_to(around, origin.shape), 0.25 * h) + ease
    for row in (3, 2, 1, 0):
        level[row] = np.maximum(level[row], 0.985 * level[row + 1])
    drop = (upper[0] - lower)[:, None]
    fall = drop / max(float(drop.max()), 1e-6)
    round_ = np.sqrt((level[0] * around[:, 0]) ** 2 + (level[0] * around[:, 1]) ** 2)[None]
    angle = np.arctan2(around[:, 1], around[:, 0])[None]
    hang = round_ + flare * drop * (1.0 + 0.35 * np.cos(angle) ** 2)
    hang = hang + 0.010 * (fall if pleats else 0.0) * np.cos(pleats * angle) * 1.2
    below = np.zeros((7, COLUMNS, 3))
    below[..., 2] = lower[:, None]
    below = below + hang[..., None] * around
    points = np.concatenate([below[:1] * (0.96, 0.96, 1.0), below, origin + level[..., None] * around])
    return rings(points, material, semantic)


def strip(mesh: Mesh, body: Frame, low: float, high: float, material: str) -> Mesh:
    """A horizontal band of another material round a trunk, between two heights above the ground."""
    z = mesh.vertices_m[:, 2].astype(float)
    return inlaid(mesh, np.minimum(z - low, high - z), material)
