"""Costumes: people who do not look like people, as at carnival.  Renderers floor.

A dinosaur, a bear and a banana walk like everybody; detectors trained on clothes are known to miss them.
"""

import numpy as np

from renderers.assets.anthropometry import Frame
from renderers.assets.forms import ellipsoid, rings, tube
from renderers.assets.skins import inlaid
from renderers.mesh import Mesh

Pieces = dict[str, list[Mesh]]


def costume_pieces(body: Frame, kind: str, semantic: str) -> Pieces:
    """What a costume adds to `pelvis`, `torso` and `head`, in the frame of the person standing."""
    return {"dinosaur": _dinosaur, "bear": _bear, "banana": _banana}[kind](body, semantic)


def costume_top(body: Frame, kind: str) -> float:
    """Height of the uppermost point of a costume."""
    pieces = [m for meshes in costume_pieces(body, kind, "person").values() for m in meshes]
    return max(float(m.vertices_m[:, 2].max()) for m in pieces)


def belly(torso: Mesh, body: Frame, kind: str) -> Mesh:
    """The torso with a lighter belly, where the costume has one."""
    if kind == "banana":
        return torso
    v, h = torso.vertices_m.astype(float), body.height
    round_ = 1.0 - (v[:, 1] / (0.070 * h)) ** 2 - ((v[:, 2] - body.waist - 0.03 * h) / (0.14 * h)) ** 2
    return inlaid(torso, np.where(v[:, 0] > 0, round_, -1.0), "cloth_sand", only="cloth_a")


def _spike(x: float, z: float, size: float, lean: float, semantic: str) -> Mesh:
    path = [(x, 0, z), (x - 0.5 * size, 0, z + 0.25 * size * lean), (x - size, 0, z + 0.5 * size * lean)]
    return tube(path, (0.45 * size, 0.28 * size, 0.01), 6, "cloth_red", semantic)


def _dinosaur(body: Frame, semantic: str) -> Pieces:
    h, t, chin = body.height, body.height - body.chin, body.chin
    x = 0.01 * h
    tail = [
        (-0.04 * h, 0, body.hip + 0.02 * h),
        (-0.12 * h, 0, body.hip - 0.05 * h),
        (-0.19 * h, 0, body.hip - 0.16 * h),
        (-0.235 * h, 0, body.hip - 0.29 * h),
        (-0.25 * h, 0, body.hip - 0.36 * h),
    ]
    pelvis = [tube(tail, np.array((0.075, 0.062, 0.045, 0.022, 0.004)) * h, 10, "cloth_a", semantic)]
    for k, (a, b) in enumerate(((-0.15, -0.01), (-0.215, -0.10), (-0.252, -0.22))):
        pelvis.append(_spike(a * h, body.hip + b * h, (0.045 - 0.008 * k) * h, 1.2, semantic))
    torso = [
        _spike(-0.085 * h + body.bent(z), z, 0.050 * h, 0.6, semantic)
        for z in (body.waist + 0.02 * h, body.waist + 0.085 * h, body.waist + 0.15 * h)
    ]
    snout = [
        (x + 0.10 * t, 0, chin + 1.00 * t),
        (x + 0.42 * t, 0, chin + 1.02 * t),
        (x + 0.72 * t, 0, chin + 0.96 * t),
        (x + 0.86 * t, 0, chin + 0.92 * t),
    ]
    head = [tube(snout, np.array((0.34, 0.30, 0.22, 0.06)) * t, 10, "cloth_a", semantic, flatten=1.0)]
    for s in (1.0, -1.0):
        head.append(
            ellipsoid(
                (x + 0.18 * t, s * 0.22 * t, chin + 1.28 * t),
                (0.11 * t, 0.09 * t, 0.12 * t),
                "eye_white",
                semantic,
                6,
                10,
            )
        )
        head.append(
            ellipsoid(
                (x + 0.26 * t, s * 0.24 * t, chin + 1.29 * t),
                (0.05 * t, 0.05 * t, 0.06 * t),
                "iris",
                semantic,
                5,
                8,
            )
        )
    for k in range(5):
        head.append(
            _tooth(
                x + (0.40 + 0.10 * k) * t,
                0.20 * t - 0.02 * k * t,
                chin + (0.76 + 0.02 * k) * t,
                0.05 * t,
                semantic,
            )
        )
        head.append(
            _tooth(
                x + (0.40 + 0.10 * k) * t,
                -0.20 * t + 0.02 * k * t,
                chin + (0.76 + 0.02 * k) * t,
                0.05 * t,
                semantic,
            )
        )
    head += [
        _spike(x - 0.40 * t, chin + 0.95 * t, 0.22 * t, 1.4, semantic),
        _spike(x - 0.46 * t, chin + 0.55 * t, 0.20 * t, 0.6, semantic),
    ]
    return {"pelvis": pelvis, "torso": torso, "head": head}


def _tooth(x: float, y: float, z: float, size: float, semantic: str) -> Mesh:
    return tube(
        [(x, y, z + size), (x, y, z), (x, y, z - size)],
        (0.6 * size, 0.4 * size, 0.02 * size),
        5,
        "eye_white",
        semantic,
    )


def _bear(body: Frame, semantic: str) -> Pieces:
    h, t, chin = body.height, body.height - body.chin, body.chin
    x = 0.01 * h
    head: list[Mesh] = []
    for s in (1.0, -1.0):
        head.append(
            ellipsoid(
                (x - 0.05 * t, s * 0.36 * t, chin + 1.02 * t),
                (0.09 * t, 0.19 * t, 0.19 * t),
                "cloth_a",
                semantic,
                7,
                10,
            )
        )
        head.append(
            ellipsoid(
                (x + 0.01 * t, s * 0.36 * t, chin + 1.02 * t),
                (0.06 * t, 0.12 * t, 0.12 * t),
                "cloth_sand",
                semantic,
                6,
                8,
            )
        )
        head.append(
            ellipsoid(
                (x + 0.40 * t, s * 0.14 * t, chin + 1.02 * t),
                (0.04 * t, 0.045 * t, 0.05 * t),
                "iris",
                semantic,
                5,
                8,
            )
        )
    head.append(
        ellipsoid(
            (x + 0.42 * t, 0, chin + 0.90 * t), (0.15 * t, 0.15 * t, 0.10 * t), "cloth_sand", semantic, 6, 10
        )
    )
    head.append(
        ellipsoid((x + 0.56 * t, 0, chin + 0.93 * t), (0.05 * t, 0.06 * t, 0.04 * t), "iris", semantic, 5, 8)
    )
    pelvis = [
        ellipsoid(
            (-0.095 * h, 0, body.hip + 0.02 * h), (0.04 * h, 0.04 * h, 0.04 * h), "cloth_a", semantic, 7, 10
        )
    ]
    return {"pelvis": pelvis, "torso": [], "head": head}


def _banana(body: Frame, semantic: str) -> Pieces:
    """A long yellow hull from the thighs over the head, five-sided and bent, the face in an opening."""
    h = body.height
    low, high = body.hip - 0.06 * h, h * 1.09
    rows = []
    sides = 20
    angle = np.arange(sides) * (2 * np.pi / sides)
    for share in np.linspace(0.0, 1.0, 17):
        z = low + share * (high - low)
        girth = 0.150 * h * np.sin(np.pi * (0.10 + 0.84 * share)) ** 0.55 * (1.0 + 0.05 * np.cos(5 * angle))
        girth = np.maximum(girth * (1.0 - 0.42 * max(0.0, share - 0.45)), 0.018 * h)
        bend = -0.05 * h + 0.20 * h * (share - 0.45) ** 2 + 0.02 * h
        rows.append(
            np.stack([bend + girth * np.cos(angle) * 0.95, girth * np.sin(angle), np.full(sides, z)], 1)
        )
    hull = rings(np.array(rows), "cloth_yellow", semantic)
    v = hull.vertices_m.astype(float)
    z = body.chin + 0.47 * (h - body.chin)
    face = 1.0 - (v[:, 1] / (0.052 * h)) ** 2 - ((v[:, 2] - z) / (0.060 * h)) ** 2
    hull = inlaid(hull, np.where(v[:, 0] > 0, face, -1.0), "skin")
    v = hull.vertices_m.astype(float)
    hull = inlaid(hull, v[:, 2] - (high - 0.035 * h), "leather")
    face_z = z
    x = float(v[(np.abs(v[:, 2] - z) < 0.04) & (v[:, 0] > 0), 0].max())
    pieces = [hull]
    for s in (1.0, -1.0):
        pieces.append(
            ellipsoid(
                (x - 0.006, s * 0.020 * h, face_z + 0.012 * h), (0.008, 0.014, 0.010), "iris", semantic, 5, 8
            )
        )
    pieces.append(
        ellipsoid((x - 0.006, 0, face_z - 0.026 * h), (0.008, 0.026, 0.008), "lips", semantic, 5, 8)
    )
    return {"pelvis": [], "torso": pieces, "head": []}
