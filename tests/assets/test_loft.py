"""Mesh-making: volumes, closed skins, creases."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renderers import loft
from renderers.mesh import Mesh

SOLIDS = {
    "box": (loft.box((1.0, 2.0, 3.0), "concrete", "wall"), 6.0),
    "bevelled box": (loft.box((1.0, 2.0, 3.0), "concrete", "wall", 0.02), 5.995),
    "cylinder z": (loft.cylinder(0.5, 2.0, "concrete", "wall", "z", 64), math.pi / 2),
    "cylinder y": (loft.cylinder(0.5, 2.0, "concrete", "wall", "y", 64), math.pi / 2),
    "cylinder x": (loft.cylinder(0.5, 2.0, "concrete", "wall", "x", 64), math.pi / 2),
    "cone": (loft.cylinder(0.5, 3.0, "concrete", "wall", segments=64, top_radius_m=0.0), math.pi / 4),
    "ellipsoid": (loft.ellipsoid((1.0, 2.0, 0.5), "concrete", "wall", 48, 24), 4 / 3 * math.pi),
    "L prism": (
        loft.extrude([(0, 0), (2, 0), (2, 1), (1, 1), (1, 2), (0, 2)], 0.5, "concrete", "wall", "y"),
        1.5,
    ),
    "tube": (loft.tube([(0, 0, 0), (1, 0, 0), (2, 0, 0)], 0.1, "concrete", "wall", 32), 0.02 * math.pi),
}


@pytest.mark.parametrize("name", SOLIDS)
def test_solids_are_closed_wind_outwards_and_have_their_volume(name: str) -> None:
    mesh, volume = SOLIDS[name]
    assert loft.open_edges(mesh) == 0
    assert loft.signed_volume(mesh) == pytest.approx(volume, rel=0.01)
    assert loft.signed_volume(loft.mirrored(mesh)) == pytest.approx(volume, rel=0.01)


@pytest.mark.parametrize("name", SOLIDS)
def test_normals_are_unit_and_look_the_way_their_faces_do(name: str) -> None:
    mesh, _ = SOLIDS[name]
    assert np.linalg.norm(mesh.normals, axis=1) == pytest.approx(1.0, abs=1e-5)
    faces = loft.face_normals(mesh.vertices_m.astype(np.float64), mesh.triangles)
    assert (np.einsum("tj,tkj->tk", faces, mesh.normals[mesh.triangles].astype(np.float64)) > 0).all()


def test_a_cut_out_of_a_box_is_open() -> None:
    mesh = loft.box((1.0, 1.0, 1.0), "concrete", "wall")
    holed = Mesh(
        mesh.vertices_m, mesh.triangles[1:], mesh.normals, mesh.uv_m, mesh.material[1:], mesh.semantic[1:]
    )
    assert loft.open_edges(holed) == 3


def test_edges_of_a_box_are_sharp_and_the_wall_of_a_cylinder_is_smooth() -> None:
    box = loft.box((1.0, 1.0, 1.0), "concrete", "wall")
    assert np.abs(box.normals).max(axis=1) == pytest.approx(1.0)  # axes only, nothing rounded off
    wall = loft.cylinder(1.0, 1.0, "concrete", "wall", segments=24, caps=False)
    outward = wall.vertices_m[:, :2] / np.linalg.norm(wall.vertices_m[:, :2], axis=1, keepdims=True)
    assert wall.normals[:, :2] == pytest.approx(outward, abs=1e-5)


def test_texture_coordinates_are_metres() -> None:
    mesh = loft.box((2.0, 3.0, 4.0), "brick", "wall")
    corner = mesh.vertices_m[mesh.triangles].astype(np.float64)
    uv = mesh.uv_m[mesh.triangles].astype(np.float64)
    longest = np.linalg.norm(corner[:, 1] - corner[:, 0], axis=1)
    assert np.linalg.norm(uv[:, 1] - uv[:, 0], axis=1) == pytest.approx(longest, rel=1e-4)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.floats(0.4, 2.0), min_size=3, max_size=14))
def test_ear_clipping_covers_any_star_shaped_polygon_exactly(radii: list[float]) -> None:
    angle = np.linspace(0.0, 2 * np.pi, len(radii), endpoint=False)
    outline = np.stack([np.array(radii) * np.cos(angle), np.array(radii) * np.sin(angle)], axis=1)
    triangles = loft.triangulate(outline)
    a, b, c = (outline[triangles[:, k]] for k in range(3))
    areas = 0.5 * ((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0])
    x, y = outline.T
    whole = 0.5 * float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))
    assert len(triangles) == len(radii) - 2
    assert areas.sum() == pytest.approx(whole, rel=1e-9)
    assert (areas > -1e-12).all()
