"""Palms: a ringed stem and a head of feathered fronds.  Renderers floor."""

import numpy as np

from renderers.assets.foliage import GOLDEN_RAD, VEGETATION
from renderers.assets.forms import Floats, ellipsoid, mesh_of, tube, unit
from renderers.mesh import Mesh


def palm(rng: np.random.Generator, detail: float) -> Mesh:
    """A date palm: fronds of the crown stand, the lower ones hang, dead ones form a skirt."""
    height = float(rng.uniform(5.5, 10.5))
    lean = rng.normal(scale=0.05, size=2) * height
    t = np.linspace(0.0, 1.0, 7)[:, None]
    stem = np.concatenate([lean * t**1.7, height * t], axis=1)
    thick = float(rng.uniform(0.17, 0.24))
    swell = np.array((1.35, 1.0, 0.96, 0.94, 0.95, 1.05, 1.15))
    pieces = [
        tube(stem, thick * swell, 9, "bark_palm", VEGETATION, caps=(False, True)),
        ellipsoid(stem[-1], (1.5 * thick, 1.5 * thick, 2.2 * thick), "bark_palm", VEGETATION, 5, 8),
    ]
    count = max(9, int(34 * min(1.0, 0.3 + 0.7 * detail)))
    leaflets = max(5, int(15 * min(detail, 1.4)))
    k = np.arange(count)
    rise = np.interp(k / count, (0, 0.75, 1.0), (1.25, -0.35, -1.0)) + rng.normal(scale=0.1, size=count)
    turn = GOLDEN_RAD * k + rng.normal(scale=0.15, size=count)
    long = rng.uniform(2.1, 2.9, count) * (0.8 + 0.2 * np.cos(rise))
    for material, mine in (("leaf_palm", k < 0.88 * count), ("reed", k >= 0.88 * count)):
        pieces.append(_fronds(rng, stem[-1], turn[mine], rise[mine], long[mine], leaflets, material))
    return Mesh.join(pieces)


def _fronds(
    rng: np.random.Generator,
    top: Floats,
    turn: Floats,
    rise: Floats,
    long: Floats,
    leaflets: int,
    material: str,
) -> Mesh:
    """Bent ribs with leaflets to both sides that stand in a V and droop at their tips."""
    s = np.linspace(0.0, 1.0, leaflets + 1)
    out = np.column_stack([np.cos(turn), np.sin(turn), np.zeros(len(turn))])
    up = np.array((0.0, 0.0, 1.0))
    bend = rise[:, None] - 1.35 * s[None] ** 1.3
    step = long[:, None] / leaflets
    x, z = np.cumsum(np.cos(bend) * step, axis=1), np.cumsum(np.sin(bend) * step, axis=1)
    rib = top + out[:, None] * (x - x[:, :1])[..., None] + up * (z - z[:, :1])[..., None]
    side = np.cross(out, up)
    along = unit(np.gradient(rib, axis=1))
    over = np.cross(side[:, None], along)
    width = 0.62 * np.sin(np.pi * np.clip(0.12 + 0.86 * s, 0, 1)) ** 0.7
    corners = []
    base = 0.5 * long[:, None, None] / leaflets * along
    for sign in (1.0, -1.0):
        tip = (
            rib
            + sign * side[:, None] * width[None, :, None]
            + 0.42 * along * width[None, :, None]
            + 0.20 * over * width[None, :, None]
        )
        tip = tip - up * (0.30 * width[None, :, None]) + 0.03 * rng.normal(size=tip.shape)
        corners.append(np.stack([rib - base, rib + base, tip], axis=2).reshape(-1, 3, 3))
    for sign in (1.0, -1.0):  # the rib itself, a narrow roof
        edge = rib[:, :-1] + sign * 0.020 * side[:, None]
        crest = rib[:, :-1] + 0.02 * over[:, :-1]
        corners.append(np.stack([edge, rib[:, 1:], crest], axis=2).reshape(-1, 3, 3))
    faces = np.concatenate(corners)
    normal = unit(np.cross(faces[:, 1] - faces[:, 0], faces[:, 2] - faces[:, 0]))
    normal *= np.where(normal[:, 2:] < 0.0, -1.0, 1.0)
    normals = np.repeat(unit(normal + np.array((0.0, 0.0, 0.5))), 3, axis=0)
    uv = faces.reshape(-1, 3)[:, :2] + rng.uniform(0, 1, size=2)
    return mesh_of(
        faces.reshape(-1, 3), np.arange(3 * len(faces)).reshape(-1, 3), normals, uv, material, VEGETATION
    )
