"""Faces of dogs, foxes and cats: eyes that look ahead, noses, mouths, whisker pads and hollow ears.  Renderers floor.

Sizes are those of adults: openings of eyes 2.2 cm wide in dogs of shepherd size, 1.9 cm in foxes and 1.9 cm in cats,
whose pupils stand upright by day.
"""

from dataclasses import dataclass

import numpy as np

from renderers.assets.animal_builds import Build
from renderers.assets.animal_skin import ANIMAL
from renderers.assets.coats import Coat
from renderers.assets.forms import Floats, ellipsoid, tube, unit
from renderers.mesh import Mesh


@dataclass(frozen=True, slots=True)
class Face:
    """Where a face's features lie on its skull: distances along it in metres of the nominal body, angles up its side."""

    eye_x: float
    eye_rad: float
    eye: float  # half width of the opening
    iris: str
    pupil: tuple[float, float]  # shares of the opening, along and across
    nose: tuple[float, float, float]  # half axes of the leather
    leather: str
    mouth: tuple[float, float]  # from under the nose back to its corner
    inside: str  # of the ears; "" for the second row of the coat


FACES: dict[str, Face] = {
    "animal.dog": Face(0.376, 0.86, 0.0112, "eye_amber", (0.66, 0.80), (0.013, 0.016, 0.013), "eye_nose",
                       (0.496, 0.405), "muzzle"),
    "animal.fox": Face(0.384, 0.84, 0.0092, "eye_amber", (0.46, 0.85), (0.0125, 0.0120, 0.0110), "eye_nose",
                       (0.462, 0.395), ""),
    "animal.cat": Face(0.2790, 0.80, 0.0092, "eye_green", (0.34, 0.95), (0.0060, 0.0066, 0.0048), "muzzle",
                       (0.298, 0.284), "udder"),
}  # fmt: skip


def face(model: str, skull: Mesh, rows: Floats, nominal: Build, coat: Coat) -> list[Mesh]:
    """What lies on the skull, but for the ears; `rows` are those of the head, in its own frame."""
    made = FACES[model]
    scale = (rows[-1, 0] - rows[0, 0]) / (nominal.head[-1][0] - nominal.head[0][0])
    shift = rows[0, 0] - nominal.head[0][0] * scale
    pieces = []
    for sign in (1.0, -1.0):
        pieces += _eye(made, skull, rows, made.eye_x * scale + shift, sign, scale)
        lip = [
            _on_skull(skull, rows, x * scale + shift, angle, sign)[0]
            for x, angle in zip(np.linspace(*made.mouth, 5), (-1.15, -0.64, -0.52, -0.46, -0.36), strict=True)
        ]
        thin = 0.10 * made.nose[0] + 0.0006
        pieces.append(tube(lip, [0.6 * thin, thin, thin, thin, 0.5 * thin], 4, "eye_nose", ANIMAL))
    before, nose = rows[-3], rows[-2]
    way = unit(np.array((nose[0] - before[0], nose[1] - before[1])))
    tip = nose[:2] + way * nose[2] * (0.75 if model == "animal.cat" else 0.45)
    place = (float(tip[0]), 0.0, float(tip[1] + 0.50 * nose[2]))
    pieces.append(ellipsoid(place, made.nose, made.leather, ANIMAL, 6, 10))
    if model == "animal.cat":  # the pads that whiskers grow from, and the chin below
        x, z = float(nose[0]), float(nose[1])
        for sign in (1.0, -1.0):
            pad = (x - 0.001, sign * 0.0095, z - 0.006)
            pieces.append(ellipsoid(pad, (0.0105, 0.0105, 0.0085), coat.material(1), ANIMAL, 5, 7))
        chin = (x - 0.004, 0.0, z - 0.0165)
        pieces.append(ellipsoid(chin, (0.0075, 0.0085, 0.0055), coat.material(1), ANIMAL, 5, 7))
    return pieces


def _on_skull(skull: Mesh, rows: Floats, x: float, angle: float, sign: float) -> tuple[Floats, Floats]:
    """(point, outward normal) of the skull's skin: where a ray from its axis leaves it, at an angle up its side."""
    axis = np.array((x, 0.0, np.interp(x, rows[:, 0], rows[:, 1])))
    way = np.array((0.0, sign * np.cos(angle), np.sin(angle)))
    corner = skull.vertices_m[skull.triangles].astype(float)
    first, second = corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]
    across = np.cross(way, second)
    det = np.einsum("ti,ti->t", first, across)
    with np.errstate(divide="ignore", invalid="ignore"):  # a ray along a triangle's plane does not hit it
        start = axis - corner[:, 0]
        u = np.einsum("ti,ti->t", start, across) / det
        turned = np.cross(start, first)
        v = turned @ way / det
        far = np.einsum("ti,ti->t", second, turned) / det
        hit = np.flatnonzero((u >= 0.0) & (v >= 0.0) & (u + v <= 1.0) & (far > 0.0))
    last = hit[np.argmax(far[hit])]
    share = np.array((1.0 - u[last] - v[last], u[last], v[last]))
    return axis + way * far[last], unit(share @ skull.normals[skull.triangles[last]])


def _eye(made: Face, skull: Mesh, rows: Floats, x: float, sign: float, scale: float) -> list[Mesh]:
    """Dark lids, the iris and its pupil: three lenses that lie on the skull."""
    place, out = _on_skull(skull, rows, x, made.eye_rad, sign)
    along = unit(np.array((1.0, 0.0, -0.25)) - out * float(out @ (1.0, 0.0, -0.25)))
    matrix = np.eye(4)
    matrix[:3, :3] = np.stack([along, np.cross(out, along), out], axis=1)
    r = made.eye * scale
    pieces = []
    for wide, high, thick, lift, material in (
        (1.38, 1.00, 0.45, -0.10, "eye_nose"),
        (1.00, 0.74, 0.45, 0.03, made.iris),
        (made.pupil[0], made.pupil[1] * 0.74, 0.40, 0.12, "eye_nose"),
    ):
        lens = ellipsoid((0.0, 0.0, 0.0), (wide * r, high * r, thick * r), material, ANIMAL, 5, 8)
        matrix[:3, 3] = place + out * lift * r
        pieces.append(lens.moved(matrix))
    return pieces
