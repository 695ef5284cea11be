"""A small car as a modeller would hand it over: named nodes, named materials, other axes and units."""

import numpy as np
import trimesh
from trimesh.visual.material import PBRMaterial

ASSET = """\
asset: toy
mesh: toy.glb
class: car
size: {length: 4 m, width: 1.8 m, height: 1.5 m}
forward: z
up: y
materials: {Paint: car_paint, 'Glass*': glass, '*': rubber}
parts:
  wheel_front_*: {joint: steered_wheel}
  wheel_rear_*: {joint: wheel}
axles: {wheelbase: 2.4 m, front_overhang: 0.8 m, wheel_radius: 0.3 m, track: 1.6 m}
colors: {a: '#ff0000'}
mass: 1200 kg
"""
# glTF: y up, the front faces z; columns are where its x, y, z axes point in ours.
GLTF_FROM_OURS = np.array(((0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (1.0, 0.0, 0.0)))


def toy(unit: float = 1.0) -> trimesh.Scene:
    """A scene of a body, a windowed cabin and four wheels, in glTF's axes; `unit` metres make one of its units."""
    scene = trimesh.Scene()

    def add(mesh: trimesh.Trimesh, name: str, material: str, at: tuple[float, float, float]) -> None:
        mesh = mesh.copy()
        mesh.apply_translation(at)
        matrix = np.eye(4)
        matrix[:3, :3] = GLTF_FROM_OURS / unit
        mesh.apply_transform(matrix)
        mesh.visual = trimesh.visual.TextureVisuals(material=PBRMaterial(name=material))
        scene.add_geometry(mesh, node_name=name, geom_name=name)

    add(trimesh.creation.box((4.0, 1.8, 0.7)), "body", "Paint", (0.0, 0.0, 0.65))
    add(trimesh.creation.box((2.0, 1.5, 0.5)), "cabin", "GlassDark", (-0.2, 0.0, 1.25))
    across = trimesh.transformations.rotation_matrix(np.pi / 2, (1, 0, 0))
    wheel = trimesh.creation.cylinder(0.3, 0.2, sections=24, transform=across)
    for end, x in (("front", 1.2), ("rear", -1.2)):
        for side, y in (("left", 0.8), ("right", -0.8)):
            add(wheel, f"wheel_{end}_{side}", "Tyre", (x, y, 0.3))
    return scene


def glb(unit: float = 1.0) -> bytes:
    """The same as a file."""
    data = toy(unit).export(file_type="glb")
    assert isinstance(data, bytes)
    return data


OBJ = b"""\
mtllib somewhere_else.mtl
o plank
v 0 0 0
v 2 0 0
v 2 0.2 0
v 0 0.2 0
v 0 0 0.05
v 2 0 0.05
v 2 0.2 0.05
v 0 0.2 0.05
usemtl Old Wood
f 4 3 2 1
f 5 6 7 8
f 1 2 6 5
f 2 3 7 6
usemtl Paint.001
f 3 4 8 7
f 4 1 5 8
"""
