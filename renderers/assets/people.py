"""People of any height, build and dress as jointed bodies.  Renderers floor.

Measures come from `anthropometry`, clothes from `wardrobe`, surfaces from `trunks`, `limbs` and `heads`; this module
hangs them on a skeleton of thirteen joints.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from renderers.assets.anthropometry import Frame, frame
from renderers.assets.clothes import hem_m, pelvis_mesh, torso_mesh
from renderers.assets.costumes import belly, costume_pieces, costume_top
from renderers.assets.forms import Floats, tube
from renderers.assets.heads import head_mesh, neck
from renderers.assets.holding import UMBRELLA_OVER_M, grip_of, hold
from renderers.assets.limbs import forearm, shin, shoe, thigh, upper_arm
from renderers.assets.pose import place, posed_mesh, two_bone_reach
from renderers.assets.skins import inlaid
from renderers.assets.skulls import Head
from renderers.assets.trunks import TOPS, neck_radius
from renderers.assets.wardrobe import Outfit, Rgb, colours, outfit
from renderers.mesh import Asset, Keypoint, Mesh, Part

Turns = dict[str, tuple[float, float, float]]
LEAST_SPREAD_RAD, MOST_SPREAD_RAD = 0.10, 0.30  # arms hang so far off that hands pass the hips
PARTED_RAD = 0.008  # knees stand a little nearer to each other than hips
FACE = {"nose": (0.47, 0.0, 0.385), "eye": (0.36, 0.138, 0.515), "ear": (-0.03, 0.36, 0.42)}  # head heights


@dataclass(frozen=True, slots=True)
class Person:
    """A body in its clothes: its parts, how the arms that hold something are turned, and where its key points are."""

    parts: tuple[Part, ...]
    held: Turns
    keypoints: tuple[Keypoint, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A body held in one pose as a single mesh, with its tints and key points."""

    mesh: Mesh
    tints: tuple[Rgb, Rgb, Rgb]
    keypoints: tuple[Keypoint, ...]


def build_person(
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    clothing: str | None = None,
    build: str | None = None,
    carries: str | None = None,
    seated: bool = False,
) -> Asset:
    """The asset of a pedestrian, standing; `size_m[2]` includes hat and soles, and an umbrella where one is held.

    Who is `seated` wears nothing that hangs below the hips: skirts and coats are rigid, and would stand like columns.
    """
    body = _as_tall(size_m[2], look_seed, model, build, clothing, carries)
    worn = outfit(look_seed, clothing, model, body.female, carries)
    if seated:
        worn = _short(worn)
    person = body_parts(body, worn, look_seed, "person", model, size_m)
    points = _points(person)
    # The stoutest, and those with bags at their sides, are a little narrower than they would like to be.
    wide = 2.0 * float(np.abs(points[:, 1]).max()) + 0.04
    parts = person.parts if wide <= size_m[1] else _narrowed(person.parts, size_m[1] / wide)
    tints = colours(look_seed, clothing, color, model).tints
    return Asset(
        model, size_m, parts, tints=tints, held=tuple(person.held.items()), keypoints=person.keypoints
    )


def _as_tall(
    height_m: float, look_seed: int, model: str, build: str | None, clothing: str | None, carries: str | None
) -> Frame:
    """The body whose crown or hat, or the umbrella over it, just reaches a height."""
    body = frame(height_m, look_seed, model, build)
    worn = outfit(look_seed, clothing, model, body.female, carries)
    crown = _crown(_looks(body, worn, look_seed, model))
    for _ in range(3):
        top = body.chin + crown * (body.height - body.chin)
        if "umbrella" in worn.carries:
            top = max(top, body.height + UMBRELLA_OVER_M)
        if worn.costume:
            top = max(top, costume_top(body, worn.costume))
        body = frame(body.height * height_m / top, look_seed, model, build)
    return body


@lru_cache(maxsize=64)
def _crown(looks: Head) -> float:
    """Height of the uppermost point of a head in head heights."""
    return float(_unit_head(looks, "person").vertices_m[:, 2].max())


@lru_cache(maxsize=8)
def _unit_head(looks: Head, semantic: str) -> Mesh:
    return head_mesh(looks, semantic)


def _looks(body: Frame, worn: Outfit, look_seed: int, model: str) -> Head:
    child = model == "pedestrian.child"
    return Head(
        look_seed, body.female and not child, child, model == "pedestrian.elderly",
        worn.hair, "hair", worn.hat, worn.hat_material, worn.beard, worn.glasses,
    )  # fmt: skip


def _points(person: Person) -> Floats:
    placed = place(person.parts, person.held)
    return np.concatenate(
        [
            p.mesh.vertices_m @ m[:3, :3].T + m[:3, 3]
            for p, m in zip(person.parts, placed, strict=True)
            if p.joint != "lead"
        ]
    )


def _narrowed(parts: tuple[Part, ...], share: float) -> tuple[Part, ...]:
    squeeze = np.diag((1.0, share, 1.0, 1.0))
    return tuple(
        replace(p, mesh=p.mesh.moved(squeeze), pivot_m=(p.pivot_m[0], p.pivot_m[1] * share, p.pivot_m[2]))
        for p in parts
    )


def figure(
    height_m: float,
    look_seed: int,
    angles_rad: Mapping[str, tuple[float, float, float]],
    color: str | None = None,
    clothing: str | None = None,
    hat: str | None = None,
    semantic: str = "rider",
    hands_m: tuple[Sequence[float], Sequence[float]] | None = None,
    feet_m: tuple[Sequence[float], Sequence[float]] | None = None,
    worn: Outfit | None = None,
    model: str = "pedestrian.adult",
) -> Figure:
    """A body held in one pose, for riders and passengers; the middle of the hips is the origin, x forward.

    `angles_rad` maps a joint (`pelvis`, `torso`, `head`, `hip_left`, `knee_left`, ...) to its (roll, pitch, yaw),
    where positive pitch leans forward and down.  `hands_m` and `feet_m` are left and right points in the same frame
    that palms and soles shall reach; they take the place of the limb's angles.
    """
    body = frame(height_m, look_seed, model, None if worn is not None else "average")
    if worn is None:
        worn = rider_outfit(look_seed, clothing, body.female, hat, model)
    grips = "bar" if hands_m is not None else ""
    person = body_parts(body, worn, look_seed, semantic, model, grips=grips)
    turns = dict(angles_rad)
    if hands_m is not None:
        turns |= two_bone_reach(person.parts, turns, "shoulder", "elbow", hands_m, bend=-1.0)
    if feet_m is not None:
        turns |= two_bone_reach(person.parts, turns, "hip", "knee", feet_m, bend=1.0)
    matrix = np.eye(4)
    matrix[2, 3] = -person.parts[0].pivot_m[2]
    placed = place(person.parts, turns)
    marks = tuple(Keypoint(k.name, 0, _at(matrix @ placed[k.part], k.at_m)) for k in person.keypoints)
    tints = colours(look_seed, clothing, color, model).tints
    return Figure(posed_mesh(person.parts, turns).moved(matrix), tints, marks)


def _at(matrix: Floats, point: Sequence[float]) -> tuple[float, float, float]:
    x, y, z = matrix[:3, :3] @ np.asarray(point) + matrix[:3, 3]
    return float(x), float(y), float(z)


def rider_outfit(
    look_seed: int,
    clothing: str | None,
    female: bool,
    hat: str | None = None,
    model: str = "pedestrian.adult",
) -> Outfit:
    """What people wear who sit: no bags, and nothing that hangs below the hips."""
    worn = outfit(look_seed, clothing, model, female, "nothing")
    return replace(_short(worn), hat=worn.hat if hat is None else hat, scarf="", costume="")


def _short(worn: Outfit) -> Outfit:
    """The same clothes but for what hangs below the hips."""
    top = worn.top if worn.top in ("jacket", "hoodie", "jumper", "puffer", "shirt", "tee") else "jacket"
    bottom = worn.bottom if worn.bottom in ("trousers", "slim", "jogging", "shorts") else "slim"
    return replace(worn, top=top, bottom=bottom)


# ------------------------------------------------------------------------------------------------------ the body
def body_parts(
    body: Frame,
    worn: Outfit,
    look_seed: int,
    semantic: str,
    model: str = "pedestrian.adult",
    size_m: tuple[float, float, float] = (1.1, 0.7, 1.75),
    grips: str = "",
) -> Person:
    """Pelvis, torso, head and limbs; neighbours share the ball about their joint, so no pose tears a gap."""
    h = body.height
    torso = torso_mesh(body, worn, look_seed, semantic)
    pelvis = pelvis_mesh(body, worn, semantic)
    head = _head(body, worn, look_seed, semantic, model)
    extra = (
        costume_pieces(body, worn.costume, semantic)
        if worn.costume
        else {"pelvis": [], "torso": [], "head": []}
    )
    if worn.costume:
        torso = belly(torso, body, worn.costume)
    waist, crook = (0.0, 0.0, body.waist), (body.bent(body.neck), 0.0, body.neck)
    parts = [
        Part(
            "pelvis",
            _hung([pelvis, *extra["pelvis"]], (0.0, 0.0, body.hip)),
            "pelvis",
            -1,
            (0.0, 0.0, body.hip),
        ),
        Part("torso", _hung([torso, *extra["torso"]], waist), "torso", 0, (0.0, 0.0, body.waist - body.hip)),
        Part(
            "head", _hung([head, *extra["head"]], crook), "head", 1, (crook[0], 0.0, body.neck - body.waist)
        ),
    ]
    bottom = "leggings" if worn.bottom == "robe" else worn.bottom
    over = {"coat": "cloth_a", "dress": "cloth_a", "robe": "cloth_a"}.get(worn.top, "")
    over = over or ("cloth_b" if worn.bottom in ("skirt", "tights") else "")
    cut = TOPS[worn.top]
    room = 0.093 * h * body.hips + cut.ease + cut.sleeve + 0.026 * h * body.limbs - body.shoulder_half
    spread = float(np.clip(np.arcsin(room / body.upper_arm), LEAST_SPREAD_RAD, MOST_SPREAD_RAD))
    rows: dict[str, int] = {}
    for side, sign in (("left", 1.0), ("right", -1.0)):
        elbow = (0.0, sign * np.sin(spread) * body.upper_arm, -np.cos(spread) * body.upper_arm)
        at = (body.bent(body.shoulder) - 0.004 * h, sign * body.shoulder_half, body.shoulder - body.waist)
        rows[f"shoulder_{side}"] = len(parts)
        arm = upper_arm(body, worn.top, elbow, look_seed, semantic)
        if worn.bands:
            arm = _ring_band(arm, 0.66 * body.upper_arm, 0.80 * body.upper_arm)
        parts.append(Part(f"upper_arm_{side}", arm, f"shoulder_{side}", 1, at))
        rows[f"elbow_{side}"] = len(parts)
        fore = forearm(body, worn.top, sign, look_seed, semantic, worn.glove, grips or grip_of(worn, side))
        parts.append(Part(f"forearm_{side}", fore, f"elbow_{side}", len(parts) - 1, elbow))
        long, low = body.hip - body.knee, body.knee - body.ankle
        knee = (0.0, -sign * np.sin(PARTED_RAD) * long, -np.cos(PARTED_RAD) * long)
        foot = (0.0, -sign * np.sin(PARTED_RAD) * low, -np.cos(PARTED_RAD) * low)
        rows[f"hip_{side}"] = len(parts)
        upper = thigh(body, bottom, knee, look_seed, semantic, over, hem_m(body, worn))
        parts.append(Part(f"thigh_{side}", upper, f"hip_{side}", 0, (0.0, sign * body.hip_half, 0.0)))
        rows[f"knee_{side}"] = len(parts)
        robe = "cloth_a" if worn.bottom == "robe" else ""
        lower = shin(body, bottom, foot, look_seed, semantic, worn.shoes, robe)
        if worn.bands:
            lower = _ring_band(lower, 0.55 * low, 0.67 * low)
        parts.append(Part(f"shin_{side}", lower, f"knee_{side}", len(parts) - 1, knee))
        rows[f"ankle_{side}"] = len(parts)
        parts.append(
            Part(
                f"foot_{side}", shoe(body, sign, worn.shoes, semantic), f"ankle_{side}", len(parts) - 1, foot
            )
        )
    held, parts = hold(body, worn, parts, look_seed, semantic, size_m)
    return Person(tuple(parts), held, _keypoints(body, rows))


def _hung(pieces: list[Mesh], pivot: tuple[float, float, float]) -> Mesh:
    matrix = np.eye(4)
    matrix[:3, 3] = -np.array(pivot)
    return Mesh.join(pieces).moved(matrix)


def _keypoints(body: Frame, rows: Mapping[str, int]) -> tuple[Keypoint, ...]:
    t = body.height - body.chin
    offset = np.array((_head_x(body) - body.bent(body.neck), 0.0, body.chin - body.neck))
    found = []
    for name, sides in (("nose", ("",)), ("eye", ("left", "right")), ("ear", ("left", "right"))):
        for side in sides:
            x, y, z = offset + t * np.array(FACE[name]) * (1, -1 if side == "right" else 1, 1)
            found.append(Keypoint(f"{side}_{name}".strip("_"), 2, (float(x), float(y), float(z))))
    for name, joint in (
        ("shoulder", "shoulder"),
        ("elbow", "elbow"),
        ("wrist", "elbow"),
        ("hip", "hip"),
        ("knee", "knee"),
        ("ankle", "ankle"),
    ):
        for side in ("left", "right"):
            at = (0.0, 0.0, -body.forearm) if name == "wrist" else (0.0, 0.0, 0.0)
            found.append(Keypoint(f"{side}_{name}", rows[f"{joint}_{side}"], at))
    return tuple(found)


def _ring_band(mesh: Mesh, low: float, high: float) -> Mesh:
    """A retro-reflective band round a limb, between two distances below its joint; the bare hand keeps clear of it."""
    for cloth in ("cloth_a", "cloth_b"):
        mesh = inlaid(mesh, _between(mesh, low, high), "retro_band", only=cloth)
    return mesh


def _between(mesh: Mesh, low: float, high: float) -> Floats:
    z = mesh.vertices_m[:, 2].astype(float)
    value: Floats = np.minimum(-low - z, z + high)
    return value


def _head_x(body: Frame) -> float:
    return 0.012 * body.height + body.bent(body.chin)


def _head(body: Frame, worn: Outfit, look_seed: int, semantic: str, model: str) -> Mesh:
    """Head, neck and scarf, in the frame of the person standing."""
    t, x = body.height - body.chin, _head_x(body)
    matrix = np.eye(4) * t
    matrix[:, 3] = (x, 0.0, body.chin, 1.0)
    pieces = [_unit_head(_looks(body, worn, look_seed, model), semantic).moved(matrix)]
    root = np.eye(4)
    root[:3, 3] = (body.bent(body.neck) - 0.004 * body.height, 0.0, body.neck)
    covered = "cloth_a" if worn.costume else "skin"
    pieces.append(
        neck(body.chin - body.neck, neck_radius(body), x - body.bent(body.neck), semantic, covered).moved(
            root
        )
    )
    if worn.scarf:
        turn = np.linspace(0.0, 2 * np.pi, 13)
        r = neck_radius(body) + 0.020 * body.height
        z = body.neck + 0.006 * body.height - 0.010 * body.height * np.cos(turn)
        loop = np.stack([root[0, 3] + 1.08 * r * np.cos(turn), r * np.sin(turn), z], 1)
        pieces.append(tube(loop, [0.021 * body.height] * 13, 8, worn.scarf, semantic))
    return Mesh.join(pieces)
