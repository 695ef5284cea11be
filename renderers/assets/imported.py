"""Meshes of the user's own: read, turned and fitted into their box, in our materials.  Renderers floor.

What has to be said of a mesh stands in its asset file (`scenarios.own_assets`); what a mesh holds is found out here,
and everything that does not fit together is told at once, with what would.
"""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import trimesh
from numpy.typing import NDArray

from renderers.assets.fittings import lamps_of
from renderers.loft import surface
from renderers.materials import MATERIAL_ID
from renderers.mesh import Asset, Mesh, Part
from scenarios.errors import ScenarioError, ScenarioErrors, listing, nearest
from scenarios.own_assets import OwnAsset, chosen
from scenarios.taxonomy import ACTOR_CLASSES

Floats = NDArray[np.float64]

MOST_TRIANGLES = 300_000
OFF = 0.04  # share by which a side may differ from the stated one; what is left is stretched
AXES: dict[str, tuple[float, float, float]] = {
    "x": (1, 0, 0), "-x": (-1, 0, 0), "y": (0, 1, 0), "-y": (0, -1, 0), "z": (0, 0, 1), "-z": (0, 0, -1),
}  # fmt: skip
NAMELESS = "(none)"  # what surfaces without a material are called
DEFAULT_TINTS = ((0.5, 0.5, 0.5), (0.35, 0.35, 0.35), (0.45, 0.3, 0.22))


@dataclass(frozen=True, slots=True)
class Piece:
    """A node of the file: a named mesh of one material, in the file's own axes and units."""

    name: str
    material: str
    vertices: Floats  # (V, 3)
    triangles: NDArray[np.int64]  # (T, 3)
    closed: bool


@dataclass(frozen=True, slots=True)
class Contents:
    """What a mesh file holds."""

    pieces: tuple[Piece, ...]

    @property
    def triangles(self) -> int:
        return sum(len(piece.triangles) for piece in self.pieces)

    @property
    def materials(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(piece.material for piece in self.pieces))

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(piece.name for piece in self.pieces))

    def size(self, forward: str, up: str) -> Floats:
        """Length, width, height in the file's units once it is turned."""
        points = np.concatenate([piece.vertices for piece in self.pieces]) @ turn(forward, up).T
        spread: Floats = points.max(axis=0) - points.min(axis=0)
        return spread


def contents(data: bytes, kind: str) -> Contents:
    """What is in a mesh file of that ending (".glb", ".obj", ".stl" or ".ply"); ValueError when it cannot be read."""
    kind = kind.lstrip(".").lower()
    words: dict[str, Any] = {}
    if kind == "obj":
        text = data.decode("utf-8", "replace")
        names = dict.fromkeys(re.findall(r"^usemtl\s+(.+?)\s*$", text, re.MULTILINE))
        # Colours stand in a second file that a lock would have to carry too; ours replace them, so names are enough.
        data = ("mtllib names\n" + re.sub(r"^mtllib.*$", "", text, flags=re.MULTILINE)).encode()
        words = {"split_object": True, "group_material": True, "resolver": _Names(tuple(names))}
    try:
        scene = trimesh.load_scene(io.BytesIO(data), file_type=kind, **words)
    except Exception as error:  # whatever a parser of foreign bytes raises, they are what is wrong
        raise ValueError(f"it cannot be read as {kind}: {error}") from None
    pieces = []
    for node in scene.graph.nodes_geometry:
        matrix, geometry = scene.graph[node]
        mesh = scene.geometry[geometry]
        if not isinstance(mesh, trimesh.Trimesh) or len(mesh.faces) == 0:
            continue
        mesh.merge_vertices(merge_tex=True, merge_norm=True)
        material = getattr(getattr(mesh.visual, "material", None), "name", None) or NAMELESS
        points = trimesh.transform_points(mesh.vertices, matrix)
        faces = np.asarray(mesh.faces, np.int64)
        turned = np.linalg.det(matrix[:3, :3]) < 0.0
        inward = mesh.is_watertight and mesh.volume < 0.0
        if turned != inward:
            faces = faces[:, ::-1]
        pieces.append(Piece(str(node), str(material), points, faces, bool(mesh.is_watertight)))
    if not pieces:
        raise ValueError("there is no triangle in it")
    return Contents(tuple(sorted(pieces, key=lambda piece: piece.name)))  # the library keeps no order


def turn(forward: str, up: str) -> Floats:
    """(3, 3) ours_from_file: x forward, y left, z up."""
    ahead, above = np.array(AXES[forward], float), np.array(AXES[up], float)
    return np.stack([ahead, np.cross(above, ahead), above])


def check(asset: OwnAsset) -> Contents:
    """Hold an asset file against its mesh; raises ScenarioErrors with everything that does not fit."""
    words = asset.words
    problems: list[str] = []
    try:
        held = contents(asset.mesh, words.mesh.rpartition(".")[2])
    except ValueError as error:
        raise ScenarioErrors([ScenarioError(asset.file, 0, 0, f"mesh {words.mesh}: {error}")]) from None
    if held.triangles > MOST_TRIANGLES:
        problems.append(
            f"mesh {words.mesh} has {held.triangles:,} triangles, more than {MOST_TRIANGLES:,}; simplify it first"
        )
    for given, ours in words.materials.items():
        if ours not in MATERIAL_ID:
            problems.append(f'materials.{given}: there is no material "{ours}"; {nearest(ours, MATERIAL_ID)}')
        if given not in held.materials and not any(chosen(m, (given,)) for m in held.materials):
            problems.append(
                f'materials: nothing in the mesh is called "{given}"; it has {listing(held.materials)}'
            )
    for name in held.materials:
        if chosen(name, tuple(words.materials)) is None:
            problems.append(f'materials: "{name}" of the mesh has none; add it, or "*" for all others')
    for pattern in words.parts:
        if not any(chosen(name, (pattern,)) for name in held.names):
            problems.append(f'parts: nothing in the mesh is called "{pattern}"; it has {listing(held.names)}')
    stated = np.array((words.size.length_m, words.size.width_m, words.size.height_m))
    size = held.size(words.forward, words.up)
    if (size <= 0.0).any():
        problems.append(f"mesh {words.mesh} is flat: {_shown(size)} in its own units")
    else:
        scaled = size * stated[0] / size[0]
        if (np.abs(scaled / stated - 1.0) > OFF).any():
            problems.append(
                f"size: {_shown(stated)} m is stated, but the mesh is {_shown(scaled)} m when it is as long; "
                f"state that, or look at forward ({words.forward}) and up ({words.up})"
            )
    if problems:
        raise ScenarioErrors([ScenarioError(asset.file, 0, 0, problem) for problem in problems])
    return held


def build_own(asset: OwnAsset, size_m: tuple[float, float, float]) -> Asset:
    """The asset in a box: its body, and every part that moves about the middle of its own bounds."""
    words = asset.words
    held = check(asset)
    rotation = turn(words.forward, words.up)
    points = np.concatenate([piece.vertices for piece in held.pieces]) @ rotation.T
    low, high = points.min(axis=0), points.max(axis=0)
    scale = np.array(size_m) / (high - low)
    shift = np.array((0.0, 0.0, size_m[2] / 2.0)) - 0.5 * (low + high) * scale
    semantic = ACTOR_CLASSES[words.class_].semantic
    patterns = tuple(words.materials)
    body: list[Mesh] = []
    moving: dict[str, list[Mesh]] = {}
    for piece in held.pieces:
        ours = chosen(piece.material, patterns)
        assert ours is not None, "checked"
        made = surface(
            piece.vertices @ rotation.T * scale + shift, piece.triangles, words.materials[ours], semantic
        )
        part = chosen(piece.name, tuple(words.parts))
        (body if part is None else moving.setdefault(piece.name, [])).append(made)
    parts = [Part("body", Mesh.join(body))] if body else []
    for name, meshes in moving.items():
        pattern = chosen(name, tuple(words.parts))
        assert pattern is not None, "it was chosen for it"
        parts.append(_part(name, words.parts[pattern].joint, Mesh.join(meshes)))
    whole = parts[0].mesh
    lamps = lamps_of(whole) if ACTOR_CLASSES[words.class_].moves == "vehicle" else ()
    return Asset(asset.model, size_m, tuple(parts), lamps, tints=_tints(words.colors))


def _part(name: str, joint: str, mesh: Mesh) -> Part:
    points = mesh.vertices_m.astype(np.float64)
    low, high = points.min(axis=0), points.max(axis=0)
    pivot = 0.5 * (low + high)
    matrix = np.eye(4)
    matrix[:3, 3] = -pivot
    radius = 0.5 * float(high[2] - low[2]) if "wheel" in joint else 0.0
    return Part(
        name, mesh.moved(matrix), joint, -1, (float(pivot[0]), float(pivot[1]), float(pivot[2])), radius
    )


def _tints(colors: Mapping[Any, str]) -> tuple[tuple[float, float, float], ...]:
    """Linear RGB (IEC 61966-2-1) of the stated colours, and greys where nothing is stated."""
    rows = []
    for letter, default in zip("abc", DEFAULT_TINTS, strict=True):
        color = colors.get(letter)
        if color is None:
            rows.append(default)
            continue
        srgb = np.array([int(color[k : k + 2], 16) / 255.0 for k in (1, 3, 5)])
        red, green, blue = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4).tolist()
        rows.append((red, green, blue))
    return tuple(rows)


def _shown(size: Sequence[float] | Floats) -> str:
    return " x ".join(f"{side:.3g}" for side in size)


class _Names(trimesh.resolvers.Resolver):
    """Hands out a material file in which every name stands and nothing else."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names

    def get(self, key: str) -> bytes:
        return "\n".join(f"newmtl {name}\nKd 0.5 0.5 0.5" for name in self.names).encode()

    def keys(self) -> list[str]:
        return ["names"]

    def namespaced(self, namespace: str) -> "_Names":
        return self

    def write(self, name: str, data: object) -> None:
        raise NotImplementedError("nothing is written here")
