"""Heads of four-footed animals: skin, eyes, noses, ears, horns, antlers and tusks.  Renderers floor."""

from dataclasses import replace

import numpy as np

from renderers.assets.animal_builds import BUILDS, Build, Ear
from renderers.assets.animal_faces import FACES, face
from renderers.assets.animal_skin import ANIMAL, At, skin
from renderers.assets.coats import Coat
from renderers.assets.forms import Floats, ellipsoid, mesh_of, rings, tube, unit
from renderers.mesh import Mesh


def head(model: str, body: Build, at: At, coat: Coat, rng: np.random.Generator) -> Mesh:
    plain = coat.material(0)
    pieces = [skin(body.head, at, plain, 14, 14, 1.0, 2.3)]
    rows = np.asarray(body.head) - (at[0], at[1], 0.0, 0.0)
    crown, nose = rows[1], rows[-2]
    predator = model in FACES
    pieces.extend(
        face(model, pieces[0], rows, BUILDS[model], coat) if predator else _nose(model, rows[-3], nose)
    )
    row, up, radius = body.eye
    x, z, deep, wide = rows[row]
    back = rows[row - 1]
    slope = unit(np.array((x - back[0], 0.0, z - back[1])))
    over = np.array((-slope[2], 0.0, slope[0]))  # the forehead's side
    for sign in (1.0, -1.0):
        angle = np.arcsin(up)
        lift = over * deep * up * 1.05
        place = (x + float(lift[0]), sign * wide * float(np.cos(angle)) * 0.93, z + float(lift[2]))
        pieces.append(_ear(body.ear, crown, sign, coat.material(coat.ears)))
        if predator:
            inside = replace(body.ear, length=0.84 * body.ear.length, width=0.66 * body.ear.width)
            lining = FACES[model].inside or coat.material(1)
            pieces.append(_ear(inside, crown, sign, lining, 0.035 * body.ear.length))
        else:
            pieces.append(ellipsoid(place, (1.15 * radius, 0.72 * radius, radius), "eye_nose", ANIMAL, 5, 8))
    if model == "animal.deer" and rng.uniform() < 0.5:
        pieces.extend(_antlers(crown, float(rng.uniform(0.6, 1.0)), body.size_m[2] - at[1]))
    if model == "animal.moose" and rng.uniform() < 0.5:
        pieces.extend(_palms(crown, float(rng.uniform(0.75, 1.0)), body.size_m))
    if "horned" in coat.words:
        for sign in (1.0, -1.0):
            root = np.array((crown[0], sign * 0.085, crown[1] + 0.6 * crown[2]))
            path = [
                root,
                root + np.array((0.02, sign * 0.10, 0.02)),
                root + np.array((0.07, sign * 0.16, 0.085)),
            ]
            pieces.append(tube(path, (0.030, 0.022, 0.005), 8, "horn", ANIMAL))
    if model == "animal.boar":
        for sign in (1.0, -1.0):
            root = np.array((nose[0] - 0.055, sign * 0.045, nose[1] + 0.0))
            path = [
                root,
                root + np.array((0.012, sign * 0.016, 0.025)),
                root + np.array((0.004, sign * 0.018, 0.058)),
            ]
            pieces.append(tube(path, (0.009, 0.008, 0.002), 6, "tusk", ANIMAL))
    if model == "animal.moose":
        pieces.append(
            ellipsoid((rows[2][0] - 0.02, 0, rows[2][1] - 0.27), (0.045, 0.03, 0.15), plain, ANIMAL)
        )
    return Mesh.join(pieces)


def _nose(model: str, before: Floats, nose: Floats) -> list[Mesh]:
    """Leather of the nose and nostrils."""
    way = unit(np.array((nose[0] - before[0], nose[1] - before[1])))
    x, z = nose[0] + 0.55 * nose[2] * way[0], nose[1] + 0.55 * nose[2] * way[1]
    pieces = []
    for sign in (1.0, -1.0):
        place = (nose[0] + 0.35 * nose[2], sign * 0.62 * nose[3], nose[1] + 0.55 * nose[2])
        size = 0.24 * nose[2]
        pieces.append(ellipsoid(place, (size, 0.7 * size, size), "eye_nose", ANIMAL, 5, 6))
    if model in ("animal.boar", "animal.deer", "animal.cow"):
        r = 0.86 * nose[2]
        pieces.append(
            ellipsoid(
                (x, 0, z), (0.5 * r, r, r), "eye_nose" if model != "animal.cow" else "muzzle", ANIMAL, 6, 10
            )
        )
    return pieces


def _ear(ear: Ear, crown: Floats, sign: float, fur: str, ahead_m: float = 0.0) -> Mesh:
    """A leaf that is rolled about its axis, its hollow turned forwards; `ahead_m` of it lies what lines it."""
    root = np.array((crown[0] - 0.1 * crown[2], sign * 0.70 * crown[3], crown[1] + 0.55 * crown[2]))
    way = unit(np.array(ear.way) * (1.0, sign, 1.0))
    t = np.linspace(0.0, 1.0, 6)
    half = 0.5 * ear.width * ear.length * np.array((0.62, 0.92, 1.0, 0.82, 0.46, 0.06))
    path = (
        root + way * (t * ear.length / (1.0 + 1.2 * ear.droop * t))[:, None]
    )  # what hangs lies at the cheek
    path[:, 2] -= ear.droop * ear.length * t**2
    ahead = unit(np.array((1.0, sign * 0.35, 0.0)) - way * np.dot((1.0, sign * 0.35, 0.0), way))
    along = unit(np.gradient(path, axis=0))
    across = unit(np.cross(along, ahead))
    normal = np.cross(across, along)
    u = np.linspace(-1.0, 1.0, 5)
    cup = 0.55 * (u**2 - 0.4)
    front = path[:, None] + half[:, None, None] * (
        u[:, None] * across[:, None] + cup[:, None] * normal[:, None]
    )
    front = front + ahead_m * normal[:, None]
    thick = 0.10 * ear.length * ear.width
    back = front - thick * normal[:, None] * np.array((0.2, 1.0, 1.0, 1.0, 0.2))[:, None]
    ring = np.concatenate([front, back[:, ::-1]], axis=1)
    middle = ring.mean(axis=1, keepdims=True)
    turn = np.cross(ring[2, 1] - middle[2, 0], ring[2, 2] - middle[2, 0]) @ along[2]
    return rings(ring if turn > 0 else ring[:, ::-1], fur, ANIMAL)


def _antlers(crown: Floats, grown: float, lid_m: float) -> list[Mesh]:
    """Beams with two tines each that end below the box's lid."""
    made = []
    foot = crown[1] + 0.75 * crown[2]
    high = (lid_m - foot - 0.012) * grown
    for sign in (1.0, -1.0):
        root = np.array((crown[0] - 0.01, sign * 0.032, foot))
        beam = [
            root,
            root + np.array((-0.035, sign * 0.055, 0.40 * high)),
            root + np.array((-0.045, sign * 0.085, 0.75 * high)),
            root + np.array((-0.015, sign * 0.09, high)),
        ]
        tine = [
            beam[1],
            beam[1] + (0.05, sign * 0.015, 0.12 * high),
            beam[1] + (0.075, sign * 0.02, 0.34 * high),
        ]
        back = [beam[2], beam[2] + (-0.055, sign * 0.03, 0.22 * high)]
        made += [
            tube(beam, (0.016, 0.013, 0.010, 0.003), 6, "antler", ANIMAL),
            tube(tine, (0.011, 0.008, 0.002), 5, "antler", ANIMAL),
            tube(back, (0.009, 0.002), 5, "antler", ANIMAL),
        ]
    return made


def _palms(crown: Floats, grown: float, size_m: tuple[float, float, float]) -> list[Mesh]:
    """A bull's palmate antlers: shovels with points along their outer edge, as wide as the box allows."""
    made = []
    reach = (size_m[1] / 2 - 0.075) * grown
    for sign in (1.0, -1.0):
        root = np.array((crown[0], sign * 0.06, crown[1] + 0.5 * crown[2]))
        made.append(
            tube(
                [root, root + np.array((0.0, sign * 0.30 * reach, 0.02))], (0.030, 0.034), 8, "antler", ANIMAL
            )
        )
        foot = root + np.array((0.0, sign * 0.28 * reach, 0.02))
        rim = []
        for k, t in enumerate(np.linspace(-0.9, 1.0, 11)):
            out = reach * (0.86 if k % 2 else 0.58) * (1.0 - 0.18 * t * t)
            rim.append(
                foot + np.array((-0.42 * reach * t * 1.3, sign * out * 0.72, 0.50 * out + 0.02 * k % 2))
            )
        edge = np.array(rim)
        sheet = np.concatenate([foot[None], edge])
        fan = np.array([(0, k, k + 1) for k in range(1, len(edge))])
        upper = unit(np.array((0.0, -sign * 0.45, 1.0)))
        turned = float(np.sum(np.cross(edge[0] - foot, edge[-1] - foot) * upper)) > 0.0
        for looks, shift in ((1.0, 0.009), (-1.0, -0.009)):
            ways = fan if turned == (looks > 0.0) else fan[:, ::-1]
            made.append(
                mesh_of(
                    sheet + upper * shift,
                    ways,
                    np.tile(upper * looks, (len(sheet), 1)),
                    sheet[:, :2],
                    "antler",
                    ANIMAL,
                )
            )
    return made
