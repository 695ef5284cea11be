"""Models of the user's own: files that say what a mesh is, checked, and entered beside ours.  Language floor.

A scenario names them in `assets`; installed packages bring them under the entry-point group `stormlane.assets`, each
entry a function that returns paths of such files, or such a path.  Actors call them `own.NAME`.  What is in a
mesh is found out by the floor that draws; here it is a file that a lock carries along.
"""

import fnmatch
import hashlib
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path as FilePath

from scenarios.bodies import BODIES, Body
from scenarios.draft import Exact
from scenarios.errors import ScenarioError, ScenarioErrors, listing, nearest
from scenarios.files import FileError, find
from scenarios.mending import read_past_mistakes
from scenarios.schema import DraftOwnAsset, ResolvedOwnAsset
from scenarios.sources import read_tree
from scenarios.tables import Tables
from scenarios.taxonomy import ACTOR_CLASSES
from scenarios.tree import Tree
from scenarios.walk import Leaf, Text, leaves, settle

SUFFIX = ".asset.yaml"
GROUP = "stormlane.assets"
PREFIX = "own."
MESHES = (".glb", ".obj", ".stl", ".ply")  # each whole in one file, so that a lock can carry it
MAX_MESH_BYTES = 256 * 1024 * 1024
# Vehicles brake and pull as these of ours do; masses are those of a filled box of the density of such bodies.
LIKE: dict[str, str] = {
    "vehicle": "car.sedan",
    "walker": "pedestrian.adult",
    "prop": "box.cardboard",
}
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_AXES = {"x": 0, "y": 1, "z": 2}


@dataclass(frozen=True, slots=True)
class OwnAsset:
    """A mesh with what is said of it."""

    words: ResolvedOwnAsset
    file: str  # the asset file, as it was named
    mesh: bytes = field(repr=False)  # content of the mesh file

    @property
    def digest(self) -> str:
        """sha256 of the mesh and of what is said of it."""
        said = self.words.model_dump_json(exclude_none=True)
        return hashlib.sha256(said.encode() + b"\0" + self.mesh).hexdigest()

    @property
    def model(self) -> str:
        return PREFIX + self.words.asset

    def body(self) -> Body:
        """Its row among the models."""
        words = self.words
        size = (words.size.length_m, words.size.width_m, words.size.height_m)
        like = BODIES[LIKE[ACTOR_CLASSES[words.class_].moves]]
        axles = words.axles
        return Body(
            self.model,
            words.class_,
            size,
            wheelbase_m=0.0 if axles is None else axles.wheelbase_m,
            front_overhang_m=0.0 if axles is None else axles.front_overhang_m,
            wheel_radius_m=0.0 if axles is None else axles.wheel_radius_m,
            track_m=0.0 if axles is None else axles.track_m,
            mass_kg=_mass(words, like),
            max_acceleration_mps2=like.max_acceleration_mps2,
            max_braking_mps2=like.max_braking_mps2,
            friction=like.friction,
            restitution=like.restitution,
            traffic=0.0,
        )


# What has been entered in this process, by model: a registry like that of modules, filled only by `enter`.
OWN: dict[str, OwnAsset] = {}


def enter(assets: Iterable[OwnAsset]) -> None:
    """Make models known; two different ones under one name are refused."""
    for asset in assets:
        known = OWN.get(asset.model)
        if known is not None and known != asset and known.digest != asset.digest:
            message = f"{asset.model} is already that of {known.file}; give it another name"
            raise ScenarioErrors([ScenarioError(asset.file, 0, 0, message)])
        OWN[asset.model] = asset
        BODIES[asset.model] = asset.body()


def installed() -> list[OwnAsset]:
    """What installed packages bring; raises ScenarioErrors for files of theirs that are wrong."""
    found: list[OwnAsset] = []
    for entry in sorted(entry_points(group=GROUP), key=lambda e: e.name):
        try:
            brought = entry.load()
            paths = brought() if callable(brought) else brought
        except Exception as error:  # whatever another package does, the user learns which one it was
            told = f"the package that brings models as {entry.value} cannot be used: {error}"
            raise ScenarioErrors([ScenarioError(entry.name, 0, 0, told)]) from None
        for path in [paths] if isinstance(paths, str | os.PathLike) else paths:
            found.append(load_asset(FilePath(path)))
    return found


def named_in(data: object) -> set[str]:
    """Every `own.NAME` among the words of a file."""
    if isinstance(data, str):
        return {data} if data.startswith(PREFIX) else set()
    if isinstance(data, dict):
        return set().union(*(named_in(part) for part in (*data, *data.values())), set())
    return set().union(*(named_in(part) for part in data), set()) if isinstance(data, list | tuple) else set()


def load_asset(path: str | os.PathLike[str]) -> OwnAsset:
    """Read and check an asset file; raises ScenarioErrors with all its mistakes."""
    file = FilePath(path)
    tree, _ = read_tree(file)
    if not isinstance(tree.data, dict):
        message = 'the file is empty; it begins with a line like "asset: delivery_robot"'
        raise ScenarioErrors([ScenarioError(tree.file, 1, 1, message)])
    draft, mended, problems = read_past_mistakes(DraftOwnAsset, tree, Tables(file.parent))
    if draft is None:
        raise ScenarioErrors(problems)
    for leaf in leaves(draft):
        if not isinstance(leaf.draft, Exact):
            problems.append(mended.error(leaf.path, "a model is the same in every sample; write a value"))
    _check(draft, mended, problems)
    mesh = _mesh(draft, file, mended, problems)
    if problems or mesh is None:
        raise ScenarioErrors([p for p in problems if not p.doubtful] or problems)
    words = ResolvedOwnAsset.model_validate(settle(draft, _Plain()))
    return OwnAsset(words, str(path), mesh.read_bytes())


def chosen(name: str, patterns: Sequence[str]) -> str | None:
    """The first of the patterns that fits a name: the name itself before patterns, `*` after all others."""
    if name in patterns:
        return name
    fitting = [p for p in patterns if p != "*" and fnmatch.fnmatchcase(name.lower(), p.lower())]
    return fitting[0] if fitting else ("*" if "*" in patterns else None)


class _Plain:
    """Settles a draft in which nothing is left to chance."""

    def value(self, leaf: Leaf) -> float | str:
        assert isinstance(leaf.draft, Exact), "others were refused"
        return leaf.draft.value

    def text(self, text: Text) -> str:
        raise AssertionError("assets hold no expressions")

    def way(self, path: tuple[str | int, ...], ways: Sequence[str]) -> str:
        raise AssertionError("assets hold no alternatives")


def _check(draft: DraftOwnAsset, tree: Tree, problems: list[ScenarioError]) -> None:
    if draft.class_ not in ACTOR_CLASSES:
        message = f'unknown class "{draft.class_}"; {nearest(draft.class_, ACTOR_CLASSES)}'
        problems.append(tree.error(("class",), message))
    elif ACTOR_CLASSES[draft.class_].moves == "vehicle" and draft.axles is None:
        problems.append(tree.error(("class",), f"a {draft.class_} drives and needs its axles", at_key=True))
    if _AXES[draft.forward[-1]] == _AXES[draft.up[-1]]:
        problems.append(tree.error(("up",), f"up ({draft.up}) and forward ({draft.forward}) lie on one axis"))
    for name, color in draft.colors.items():
        if not _COLOR.fullmatch(color):
            message = f'"{color}" is not a colour; write it as "#a01c1c": red, green and blue in hexadecimal'
            problems.append(tree.error(("colors", name), message))


def _mesh(draft: DraftOwnAsset, file: FilePath, tree: Tree, problems: list[ScenarioError]) -> FilePath | None:
    try:
        mesh = find(draft.mesh, file.parent, MESHES, "mesh")
        if mesh.stat().st_size > MAX_MESH_BYTES:
            raise FileError(f'the mesh "{draft.mesh}" is larger than {MAX_MESH_BYTES >> 20} MiB')
    except FileError as error:
        problems.append(tree.error(("mesh",), str(error)))
        return None
    if mesh.suffix.lower() not in MESHES:
        problems.append(tree.error(("mesh",), f"a mesh ends in {listing(MESHES)}"))
    return mesh


def _mass(words: ResolvedOwnAsset, like: Body) -> float:
    """As stated, or that of a body like it of the same size."""
    if words.mass_kg is not None:
        return words.mass_kg
    own = words.size.length_m * words.size.width_m * words.size.height_m
    length, width, height = like.size_m
    return like.mass_kg * own / (length * width * height)
