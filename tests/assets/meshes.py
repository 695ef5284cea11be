"""What every test of an asset's mesh asks: where it is at rest, and whether its surfaces are sound."""

from functools import cache
from importlib import import_module

import numpy as np
import pytest

from renderers import loft
from renderers.assets import BUILDERS, build
from renderers.assets.fittings import extents
from renderers.mesh import Asset, Mesh
from scenarios.bodies import BODIES


@cache
def asset(model: str, seed: int = 0) -> Asset:
    """A model in its own box."""
    return build(model, seed, BODIES[model].size_m)


def made_anew(model: str, number: int) -> Asset:
    """A shape of a model from its builder itself: `build` gives what the shelf keeps, which is the same by nature."""
    module, name = BUILDERS[model].split(":")
    made: Asset = getattr(import_module(module), name)(model, number, BODIES[model].size_m, None, None)
    return made


def together(made: Asset) -> Mesh:
    """All parts in their rest pose."""
    meshes: list[Mesh] = []
    origin: list[np.ndarray] = []
    for part in made.parts:
        at = np.array(part.pivot_m) + (origin[part.parent] if part.parent >= 0 else 0.0)
        origin.append(at)
        meshes.append(part.mesh.moved(loft.translation(*(float(v) for v in at))))
    return Mesh.join(meshes)


def fills_its_box(made: Asset, within_m: float) -> bool:
    """No vertex outside the box by more than 2 mm, and each of its faces reached within a distance."""
    low, high = extents(made)
    half = np.array(made.size_m) / 2.0
    box_low, box_high = np.array((-half[0], -half[1], 0.0)), np.array((half[0], half[1], made.size_m[2]))
    inside = (low >= box_low - 2e-3).all() and (high <= box_high + 2e-3).all()
    return bool(inside and (low <= box_low + within_m).all() and (high >= box_high - within_m).all())


def check_surfaces(mesh: Mesh, inwards: float = 0.004) -> None:
    """Numbers everywhere, unit normals, faces with an area, and all but a small share of it looking outwards."""
    assert np.isfinite(mesh.vertices_m).all()
    assert np.linalg.norm(mesh.normals, axis=1) == pytest.approx(1.0, abs=1e-4)
    faces = loft.face_normals(mesh.vertices_m.astype(np.float64), mesh.triangles)
    area = np.linalg.norm(faces, axis=1)
    assert area.min() > 0.0
    along = np.einsum("tj,tkj->tk", faces, mesh.normals[mesh.triangles].astype(np.float64)).mean(axis=1)
    assert area[along < 0].sum() < inwards * area.sum()
