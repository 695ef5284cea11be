"""Arms and hands, legs and shoes, bare or dressed.  Renderers floor.

Both segments at an elbow or a knee end in the same ball about the joint, so that skin and cloth stay closed in every
pose and no ball shows.  Parts hang in the frame of their own joint.
"""

from collections.abc import Callable, Sequence

import numpy as np

from renderers.assets.anthropometry import Frame
from renderers.assets.forms import Floats, rings, tube
from renderers.assets.skins import dome, inlaid, limb
from renderers.assets.trunks import TOPS, thigh_radius
from renderers.loft import mirrored
from renderers.mesh import Mesh
from scenarios.chance import stream

SIDES = 10
Folds = Callable[[Floats, Floats], Floats]

# Legwear: (ease at the hip, at the knee, at the hem; where it ends as a share of thigh or shin; material).
LEGS: dict[str, tuple[float, float, float]] = {
    "trousers": (0.010, 0.012, 0.016), "slim": (0.006, 0.006, 0.009), "wide": (0.012, 0.020, 0.028),
    "jogging": (0.014, 0.020, 0.010), "leggings": (0.002, 0.002, 0.002), "onesie": (0.020, 0.026, 0.020),
}  # fmt: skip


def creases(look_seed: int, name: str, amount_m: float, where: Sequence[tuple[float, float]]) -> Folds:
    """Folds of cloth: slanting ripples that are deepest at some (metres along, how far they spread)."""
    rng = stream(look_seed, "person", "folds", name)
    waves = [(rng.uniform(60, 110), int(rng.integers(-2, 3)), rng.uniform(0, 6.28)) for _ in range(3)]

    def folds(along: Floats, angle: Floats) -> Floats:
        depth = sum(np.exp(-(((along - at) / spread) ** 2)) for at, spread in where)
        depth = depth * np.clip((along - 0.04) / 0.08, 0.0, 1.0) + 0.0
        ripple = sum(np.sin(k * along + m * angle + p) for k, m, p in waves)
        lift: Floats = amount_m * (0.2 * np.clip(along / 0.1, 0.0, 1.0) + depth) * ripple / 1.7
        return lift

    return folds


# ------------------------------------------------------------------------------------------------------------- arms
def _arm(body: Frame) -> tuple[float, float, float, float, float]:
    """Radii of shoulder, upper arm, elbow, forearm and wrist."""
    g = body.limbs * body.height
    return 0.0330 * g, 0.0288 * g, 0.0240 * g, 0.0258 * g, 0.0165 * body.height * body.limbs**0.5


def upper_arm(body: Frame, top: str, elbow: Sequence[float], look_seed: int, semantic: str) -> Mesh:
    """From the shoulder to the elbow."""
    cut = TOPS[top]
    shoulder, middle, end, _, _ = _arm(body)
    length = float(np.linalg.norm(elbow))

    def rows(ease: float, stop: float = 1.0) -> list[tuple[float, float, float]]:
        table = [(0.0, shoulder + ease, 0.0), (0.22, 0.97 * shoulder + ease, 0.0), (0.45, middle + ease, 0.001),
                 (0.62, 0.97 * middle + ease, 0.001), (0.80, 0.92 * middle + ease, 0.0),
                 (1.0, end + ease, 0.0)]  # fmt: skip
        return [(s * length, r, x) for s, r, x in table if s <= stop]

    if cut.long_sleeves:
        ease = cut.sleeve
        folds = creases(look_seed, "upper", 0.0035 + 0.1 * ease, ((0.9 * length, 0.06),))
        whole = [*dome(shoulder + ease), *rows(ease), *dome(end + ease, length, -1)]
        return limb(elbow, whole, SIDES, "cloth_a", semantic, folds)
    bare = limb(elbow, [*dome(shoulder), *rows(0.0), *dome(end, length, -1)], SIDES, "skin", semantic)
    hem = 0.62 * length
    sleeve = [*dome(shoulder + cut.sleeve), *rows(cut.sleeve, 0.46), (hem, middle + 1.5 * cut.sleeve, 0.0),
              (hem + 0.001, middle + 0.001, 0.0)]  # fmt: skip
    cover = limb(
        elbow, sleeve, SIDES, "cloth_a", semantic, creases(look_seed, "sleeve", 0.003, ((hem, 0.06),))
    )
    return Mesh.join([bare, cover])


def forearm(
    body: Frame, top: str, sign: float, look_seed: int, semantic: str, glove: bool = False, grip: str = ""
) -> Mesh:
    """From the elbow to the fingertips; the hand hangs with its thumb to the front.

    `grip` closes it: "fist" about what hangs or stands, "bar" about a handlebar, its back upwards.
    """
    cut = TOPS[top]
    _, _, elbow, bulge, wrist = _arm(body)
    length = body.forearm
    end = (0.0, 0.0, -length)
    table = ((0.0, elbow, 0.0), (0.14, 1.02 * elbow, 0.001), (0.30, bulge, 0.002), (0.55, 0.86 * bulge, 0.003),
             (0.80, 1.2 * wrist, 0.003), (1.0, wrist, 0.003))  # fmt: skip
    bare = [*dome(elbow), *[(s * length, r, x) for s, r, x in table], (1.03 * length, 0.9 * wrist, 0.003)]
    material = "glove" if glove else "skin"
    pieces = [
        fist(body, sign, semantic, material, grip == "bar") if grip else hand(body, sign, semantic, material)
    ]
    if not cut.long_sleeves:
        pieces.append(limb(end, bare, SIDES, "skin", semantic))
        return Mesh.join(pieces)
    ease = cut.sleeve
    cuff = {"jumper": 0.5, "hoodie": 0.35, "puffer": 0.35}.get(top, 0.8) * ease
    wide = 0.012 if top == "robe" else 0.0
    worn = [*dome(elbow + ease)]
    worn += [(s * length, r + ease + (cuff - ease + wide) * s**2, x) for s, r, x in table]
    worn += [(1.02 * length, wrist + cuff + wide + 0.001, 0.003), (1.02 * length + 0.001, 0.8 * wrist, 0.003)]
    folds = creases(look_seed, "forearm", 0.0035 + 0.1 * ease, ((0.1 * length, 0.06), (0.92 * length, 0.04)))
    pieces.append(limb(end, worn, SIDES, "cloth_a", semantic, folds))
    return Mesh.join(pieces)


def hand(body: Frame, sign: float, semantic: str, material: str) -> Mesh:
    """A relaxed hand: palm towards the thigh, fingers together and a little bent, thumb ahead."""
    h = body.height * (0.94 if body.female else 1.0)
    z, long = -body.forearm, 0.108 * h  # ANSUR II: 193 mm of 1.756 m
    inward = -sign
    palm = tube(
        [(0.003 * h, 0, z + 0.10 * long), (0.004 * h, 0, z - 0.02 * long), (0.006 * h, 0, z - 0.22 * long),
         (0.008 * h, inward * 0.001 * h, z - 0.40 * long), (0.009 * h, inward * 0.003 * h, z - 0.52 * long),
         (0.009 * h, inward * 0.004 * h, z - 0.56 * long)],
        np.array((0.0135, 0.0150, 0.0220, 0.0245, 0.0235, 0.012)) * h, 7, material, semantic, flatten=0.50,
    )  # fmt: skip
    pieces = [palm]
    for k, size in enumerate((0.98, 0.92)):  # two and two fingers together
        x = (0.0205 - 0.0235 * k) * h
        reach_m = 0.46 * long * size
        bend = inward * (0.010 + 0.005 * k) * h
        path = [(x, inward * 0.002 * h, z - 0.46 * long), (0.97 * x, inward * 0.004 * h + 0.3 * bend,
            z - 0.50 * long - 0.50 * reach_m),
                (0.91 * x + 0.001 * h, inward * 0.004 * h + 1.1 * bend, z - 0.50 * long - reach_m)]  # fmt: skip
        pieces.append(tube(path, np.array((0.0122, 0.0112, 0.0060)) * h, 6, material, semantic, flatten=0.52))
    thumb = [(0.012 * h, 0, z - 0.06 * long), (0.027 * h, inward * 0.004 * h, z - 0.26 * long),
             (0.033 * h, inward * 0.008 * h, z - 0.46 * long), (0.033 * h, inward * 0.009 * h,
             z - 0.53 * long)]  # fmt: skip
    pieces.append(tube(thumb, np.array((0.0095, 0.0085, 0.0065, 0.003)) * h, 6, material, semantic))
    return Mesh.join(pieces)


def fist(body: Frame, sign: float, semantic: str, material: str, pronated: bool) -> Mesh:
    """A closed hand: fingers round towards the palm, the thumb over them."""
    h = body.height * (0.94 if body.female else 1.0)
    z, long = -body.forearm, 0.108 * h
    palm = tube(
        [(0.003 * h, 0, z + 0.10 * long), (0.004 * h, 0, z - 0.02 * long), (0.004 * h, 0, z - 0.22 * long),
         (0.004 * h, 0, z - 0.42 * long), (0.004 * h, 0, z - 0.50 * long)],
        np.array((0.0135, 0.0150, 0.0220, 0.0250, 0.0190)) * h, 7, material, semantic, flatten=0.50,
    )  # fmt: skip
    pieces = [palm]
    for k in range(4):  # about a bar of 3 cm
        x = (0.0205 - 0.0120 * k) * h
        path = [(x, 0.0, z - 0.44 * long), (x, 0.012 * h, z - 0.56 * long), (x, 0.030 * h, z - 0.52 * long),
                (x, 0.035 * h, z - 0.37 * long), (x, 0.022 * h, z - 0.29 * long)]  # fmt: skip
        pieces.append(
            tube(path, np.array((0.0085, 0.0085, 0.0080, 0.0075, 0.0060)) * h, 6, material, semantic)
        )
    thumb = [(0.012 * h, 0, z - 0.06 * long), (0.026 * h, 0.010 * h, z - 0.22 * long),
             (0.022 * h, 0.034 * h, z - 0.33 * long), (0.010 * h, 0.040 * h, z - 0.35 * long)]  # fmt: skip
    pieces.append(tube(thumb, np.array((0.0095, 0.0088, 0.0075, 0.0055)) * h, 6, material, semantic))
    turn = np.eye(4)
    if pronated:  # the palm looks down once the forearm is held forwards
        turn[:2, :2] = ((0.0, -1.0), (1.0, 0.0))
    made = Mesh.join(pieces).moved(turn)
    return made if sign < 0.0 else mirrored(made)


# ------------------------------------------------------------------------------------------------------------- legs
def _leg(body: Frame) -> tuple[float, float, float, float]:
    """Radii of thigh, knee, calf and ankle."""
    g = body.limbs * body.height
    return (
        thigh_radius(body),
        0.0340 * g**0.5 * body.height**0.5,
        0.0350 * g,
        0.0215 * body.height * body.limbs**0.5,
    )


def thigh(
    body: Frame,
    bottom: str,
    knee: Sequence[float],
    look_seed: int,
    semantic: str,
    over: str = "",
    hem_m: float = 0.0,
) -> Mesh:
    """From the hip to the knee.  `over` is the cloth of a coat or skirt, down to `hem_m`, that it pushes along."""
    top, mid_knee, _, _ = _leg(body)
    length = float(np.linalg.norm(knee))
    shape = ((0.0, 1.0, 0.0, 0.0), (0.12, 0.995, 0.0, 0.002), (0.28, 0.955, 0.0, 0.004), (0.46, 0.62, 0.38, 0.006),
             (0.64, 0.36, 0.66, 0.005), (0.82, 0.12, 0.90, 0.004), (1.0, 0.0, 1.0, 0.003))  # fmt: skip

    def rows(hip: float, low: float) -> list[tuple[float, float, float]]:
        found = []
        for s, a, b, x in shape:
            radius = a * top * 0.98 + b * mid_knee + (0.05 * top if 0.3 < s < 0.8 else 0.0)
            found.append((s * length, radius + hip + (low - hip) * s, x * body.height))
        return found

    pieces: list[Mesh] = []
    if bottom in LEGS:
        hip, low, _ = LEGS[bottom]
        amount = 0.0035 + 0.12 * low if bottom != "leggings" else 0.0
        folds = creases(look_seed, "thigh", amount, ((0.05 * length, 0.06), (0.95 * length, 0.07)))
        whole = [*dome(top + hip), *rows(hip, low), *dome(mid_knee + low, length, -1)]
        pieces.append(limb(knee, whole, SIDES, "cloth_b", semantic, folds))
    else:
        material = "tights" if bottom == "tights" else "skin"
        pieces.append(
            limb(knee, [*dome(top), *rows(0.0, 0.0), *dome(mid_knee, length, -1)], SIDES, material, semantic)
        )
    if bottom == "shorts":
        hem = 0.80 * length
        short = [*dome(top + 0.010), *[r for r in rows(0.010, 0.030) if r[0] < 0.7 * length],
                 (hem, mid_knee + 0.34 * (top - mid_knee) + 0.030, 0.004 * body.height),
                 (hem + 0.001, mid_knee, 0.0)]  # fmt: skip
        folds = creases(look_seed, "shorts", 0.004, ((0.05 * length, 0.06), (hem, 0.07)))
        pieces.append(limb(knee, short, SIDES, "cloth_b", semantic, folds))
    if over:  # what comes through the front of a skirt when the leg swings out is skirt
        hip, low, _ = LEGS.get(bottom, (0.0, 0.0, 0.0))
        stop = min((body.hip - hem_m) / (body.hip - body.knee), 1.0) * length
        under = [r for r in rows(hip + 0.009, low + 0.013) if r[0] < stop - 0.02]
        last = under[-1][1]
        cover = [
            *dome(top + hip + 0.009),
            *under,
            (stop, last + 0.004, 0.006),
            (stop + 0.001, last - 0.014, 0.006),
        ]
        pieces.append(limb(knee, cover, SIDES, over, semantic))
    return Mesh.join(pieces)


def shin(
    body: Frame, bottom: str, foot: Sequence[float], look_seed: int, semantic: str, shoes: str, over: str = ""
) -> Mesh:
    """From the knee to the ankle; trousers break over the shoe."""
    _, knee, calf, ankle = _leg(body)
    length = float(np.linalg.norm(foot))
    h = body.height
    shape = ((0.0, knee, 0.003), (0.10, 0.99 * knee, 0.001), (0.26, calf, -0.006), (0.42, 0.97 * calf, -0.006),
             (0.62, 0.55 * calf + 0.45 * ankle, -0.003), (0.82, 1.04 * ankle, 0.0), (1.0, ankle, 0.001))  # fmt: skip
    pieces: list[Mesh] = []
    if bottom in LEGS:
        _, low, hem = LEGS[bottom]
        tucked = shoes == "boot" and bottom not in ("trousers", "wide", "onesie")
        stop = (
            0.60 * length
            if tucked
            else length + 0.012 * h
            if bottom not in ("leggings", "jogging")
            else length - 0.005 * h
        )
        flat = {"trousers": 0.85, "wide": 0.9, "onesie": 0.9, "jogging": 0.6}.get(bottom, 0.25)
        worn = [*dome(knee + low)]
        for s, r, x in shape:
            straight = knee + (0.9 * knee - knee) * s
            if tucked and s * length > stop:
                continue
            worn.append(
                (
                    s * length if tucked else s * stop,
                    max(r, r + flat * (straight - r)) * (1 - 0.02 * s) + low + (hem - low) * s,
                    x * h * (1 - 0.5 * flat),
                )
            )
        inside = 0.6 * ankle
        if tucked:
            worn.append((stop, 0.85 * calf, -0.004 * h))
        worn.append((stop + 0.002, inside, 0.001 * h))
        amount = 0.0 if bottom == "leggings" else 0.003 + 0.10 * low
        folds = creases(look_seed, "shin", amount, ((0.03 * length, 0.06), (0.93 * length, 0.07)))
        pieces.append(limb(foot, worn, SIDES, "cloth_b", semantic, folds))
    if bottom not in LEGS or bottom in ("leggings", "jogging", "slim"):
        material = "tights" if bottom == "tights" else "skin"
        bare = [
            *dome(knee),
            *[(s * length, r, x * h) for s, r, x in shape],
            (length + 0.015 * h, 0.95 * ankle, 0.002 * h),
        ]
        mesh = limb(foot, bare, SIDES, material, semantic)
        if shoes == "sneaker" and bottom != "tights":
            mesh = inlaid(mesh, -mesh.vertices_m[:, 2].astype(float) - 0.80 * length, "sock")
        pieces.append(mesh)
    if shoes == "boot" and bottom not in ("trousers", "wide", "onesie"):
        tall = [(0.50 * length, 0.75 * calf, -0.004 * h), (0.502 * length, 0.92 * calf + 0.014, -0.005 * h),
                (0.8 * length, 1.15 * ankle + 0.008, 0.0), (length, 1.1 * ankle + 0.008, 0.001 * h),
                (length + 0.02 * h, ankle, 0.002 * h)]  # fmt: skip
        pieces.append(limb(foot, tall, SIDES, "shoe", semantic))
    if over:  # the lower half of a long robe goes with the legs, which overlap in the middle
        wide = [(-0.10 * length, 0.036 * h, 0.0), (0.0, 0.062 * h, 0.0), (0.35 * length, 0.068 * h, -0.004 * h),
                (0.70 * length, 0.074 * h, -0.004 * h), (length + 0.008 * h, 0.080 * h, 0.004 * h),
                (length + 0.010 * h, 0.05 * h, 0.004 * h)]  # fmt: skip
        folds = creases(look_seed, "robe", 0.006, ((0.5 * length, 0.3),))
        pieces.append(limb(foot, wide, 16, over, semantic, folds))
    return Mesh.join(pieces)


# Sections of a shoe behind its tip as shares of its length: (share, half width inside, outside, height of the top).
LAST = ((0.00, 0.06, 0.06, 0.20), (0.03, 0.17, 0.15, 0.23), (0.12, 0.27, 0.27, 0.28), (0.30, 0.31, 0.36, 0.38),
    (0.45, 0.28, 0.34, 0.56),
        (0.60, 0.25, 0.28, 0.82), (0.78, 0.235, 0.245, 1.04), (0.94, 0.20, 0.21, 1.02),
        (1.0, 0.08, 0.08, 0.70))  # fmt: skip


def shoe(body: Frame, sign: float, kind: str, semantic: str) -> Mesh:
    """A shoe about the ankle joint, with its sole in another material; `kind` is sneaker, leather or boot."""
    h = body.height * (0.965 if body.female else 1.0)
    rise = body.ankle
    long = {"sneaker": 0.161, "leather": 0.162, "boot": 0.164}[
        kind
    ] * h  # foot 154 of 1000, shoe a thumb more
    wide = 0.170 * long
    tip = 0.76 * long
    sole_m = {"sneaker": 0.024, "leather": 0.012, "boot": 0.022}[kind]
    across = np.array((0.55, 0.95, 1.0, 0.86, 0.48, 0.0, -0.48, -0.86, -1.0, -0.95, -0.55))
    up = np.array((0.0, 0.03, 0.20, 0.62, 0.92, 1.0, 0.92, 0.62, 0.20, 0.03, 0.0))
    rows = []
    for share, inner, outer, top in LAST:
        x = tip - share * long
        half = np.where(across * sign > 0, outer, inner) * wide * 2.9
        spring = 0.10 * rise * max(0.0, 1.0 - share / 0.16) ** 2  # toes curl up
        floor = -rise + spring + 0.06 * rise * max(0.0, (share - 0.90) / 0.1) ** 2
        z = floor + up * top * rise * 1.06
        rows.append(np.stack([np.full(len(across), x), across * half, z], axis=1))
    grid = np.array(rows)[::-1]  # from the heel to the toe
    mesh = rings(grid, "shoe", semantic)
    z = mesh.vertices_m[:, 2].astype(float) + rise
    return inlaid(mesh, sole_m - z, "sole" if kind == "sneaker" else "sole_dark")
