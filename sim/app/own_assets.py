"""First drafts and explanations of asset files, for `stormlane assets`.  Roof."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from renderers.assets.imported import AXES, NAMELESS, Contents, Floats, check, contents, turn
from scenarios import ScenarioFile
from scenarios.errors import StormlaneError, listing, nearest
from scenarios.own_assets import MESHES, PREFIX, SUFFIX, OwnAsset, chosen
from scenarios.taxonomy import ACTOR_CLASSES

# What modellers call surfaces, and what those are here; the first word that a name holds counts.
MEANT: tuple[tuple[tuple[str, ...], str], ...] = (
    (("tire", "tyre", "rubber"), "rubber"),
    (("rim", "alloy"), "rim"),
    (("headlight", "headlamp", "lamp_head", "light_front"), "lamp_head"),
    (("taillight", "tail", "light_rear"), "lamp_tail"),
    (("brake",), "lamp_brake"),
    (("glass", "window", "windshield", "windscreen"), "glass"),
    (("chrome",), "chrome"),
    (("mirror",), "mirror"),
    (("plate",), "plate"),
    (("seat", "interior", "leather"), "interior"),
    (("paint", "body", "carpaint", "shell"), "car_paint"),
    (("skin", "face", "hand"), "skin"),
    (("cloth", "shirt", "fabric", "jacket"), "cloth_a"),
    (("trouser", "pants", "jeans"), "cloth_b"),
    (("leaf", "leaves", "foliage"), "leaf"),
    (("bark", "trunk"), "bark"),
    (("wood", "plank"), "wood"),
    (("concrete", "stone"), "concrete"),
    (("brick",), "brick"),
    (("metal", "steel", "iron"), "metal_galvanised"),
    (("plastic", "trim"), "plastic"),
)
NOT_NAMES = ("on", "off", "yes", "no", "y", "n", "true", "false", "null")  # to YAML
WHEEL_WORDS = ("wheel", "rad_", "roue")
LIKELY_M = {"vehicle": (1.2, 30.0), "walker": (0.1, 3.5), "prop": (0.05, 30.0)}  # longest side


def draft(mesh: Path, actor_class: str, forward: str | None, up: str | None, length_m: float | None) -> str:
    """The text of an asset file for a mesh, as far as it can be told from the mesh; raises StormlaneError."""
    if mesh.suffix.lower() not in MESHES:
        raise StormlaneError(f"{mesh}: a mesh ends in {listing(MESHES)}")
    if actor_class not in ACTOR_CLASSES:
        raise StormlaneError(f"--class {actor_class}: unknown class; {nearest(actor_class, ACTOR_CLASSES)}")
    for word, axis in (("--forward", forward), ("--up", up)):
        if axis is not None and axis not in AXES:
            raise StormlaneError(f"{word} {axis}: choose from {listing(list(AXES))}")
    try:
        held = contents(mesh.read_bytes(), mesh.suffix)
    except ValueError as error:
        raise StormlaneError(f"{mesh}: {error}") from None
    gltf = mesh.suffix.lower() == ".glb"  # glTF 2.0, 3.4: +Y up, the front of an asset faces +Z
    forward, up = forward or ("z" if gltf else "x"), up or ("y" if gltf else "z")
    if forward[-1] == up[-1]:
        raise StormlaneError(f"--forward {forward} and --up {up} lie on one axis")
    size = held.size(forward, up)
    moves = ACTOR_CLASSES[actor_class].moves
    size = size * (length_m / size[0] if length_m is not None else _unit(float(size.max()), moves))
    name = "".join(c if c.isalnum() else "_" for c in mesh.stem.lower()).strip("_") or "mine"
    lines = [
        f"asset: {name if name[0].isalpha() else 'm_' + name}",
        f"mesh: {mesh.name}",
        f"class: {actor_class}",
        f"size: {{length: {size[0]:.3g} m, width: {size[1]:.3g} m, height: {size[2]:.3g} m}}",
        f"forward: {forward}",
        f"up: {up}",
        "materials:",
    ]
    lines += [f"  {_quoted(material)}: {meant(material)}" for material in held.materials]
    wheels = {name: middle for name, middle in _middles(held, forward, up).items() if _is_wheel(name)}
    if wheels and moves == "vehicle":
        lines.append("parts:")
        centre = 0.5 * (min(p[0] for p in wheels.values()) + max(p[0] for p in wheels.values()))
        for name, middle in wheels.items():
            lines.append(
                f"  {_quoted(name)}: {{joint: {'steered_wheel' if middle[0] > centre else 'wheel'}}}"
            )
    if moves == "vehicle":
        lines.append(_axles(held, wheels, forward, up, size))
    return "\n".join(lines) + "\n"


def explained(asset: OwnAsset) -> Iterator[str]:
    """What an asset file makes of its mesh, line by line; raises ScenarioErrors where they do not fit."""
    held = check(asset)
    words = asset.words
    body = asset.body()
    length, width, height = body.size_m
    yield f"{asset.model}: {body.actor_class}, {length:.2f} x {width:.2f} x {height:.2f} m, {body.mass_kg:.0f} kg"
    yield f"  {words.mesh}: {held.triangles:,} triangles in {len(held.pieces)} pieces"
    for material in held.materials:
        count = sum(len(p.triangles) for p in held.pieces if p.material == material)
        ours = words.materials[chosen(material, tuple(words.materials)) or "*"]
        yield f"  material {material}: {ours}, {count:,} triangles"
    for name in held.names:
        pattern = chosen(name, tuple(words.parts))
        if pattern is not None:
            yield f"  part {name}: {words.parts[pattern].joint}"
    still = [piece.name for piece in held.pieces if not piece.closed]
    if still:
        yield f"  open surfaces, seen from both sides: {listing(still)}"


def fit(files: Iterable[ScenarioFile]) -> None:
    """Hold every mesh that scenarios bring against its asset file, once; raises ScenarioErrors."""
    for asset in {asset.model: asset for file in files for asset in file.assets}.values():
        check(asset)


def meant(material: str) -> str:
    """Our material that a modeller's name most likely means."""
    for words, ours in MEANT:
        if any(word in material.lower() for word in words):
            return ours
    return "plastic_light" if material == NAMELESS else "metal_painted"


def file_beside(mesh: Path) -> Path:
    """Where the asset file of a mesh goes."""
    return mesh.with_name(mesh.stem + SUFFIX)


def called(asset: OwnAsset) -> str:
    """How a scenario uses it, for people."""
    return (
        f"assets: [{Path(asset.file).name}] at the top of a scenario, then model: {PREFIX}{asset.words.asset}"
    )


def _unit(longest: float, moves: str) -> float:
    """Metres in the file's unit: the first of metres, centimetres, millimetres, inches that makes a likely size."""
    low, high = LIKELY_M[moves]
    return next((unit for unit in (1.0, 0.01, 0.001, 0.0254) if low <= longest * unit <= high), 1.0)


def _is_wheel(name: str) -> bool:
    return any(word in name.lower() for word in WHEEL_WORDS)


def _middles(held: Contents, forward: str, up: str) -> dict[str, Floats]:
    rotation = turn(forward, up)
    return {
        name: np.concatenate([p.vertices for p in held.pieces if p.name == name]).mean(axis=0) @ rotation.T
        for name in held.names
    }


def _axles(held: Contents, wheels: dict[str, Floats], forward: str, up: str, size: Floats) -> str:
    """Measured from the wheels where there are at least two, else the proportions of a common car."""
    rotation = turn(forward, up)
    points = np.concatenate([p.vertices for p in held.pieces]) @ rotation.T
    scale = size[0] / float(np.ptp(points[:, 0]))
    along = [float(middle[0]) * scale for middle in wheels.values()]
    if along and max(along) - min(along) > 0.2:
        x, y = np.array([m[0] for m in wheels.values()]), np.array([m[1] for m in wheels.values()])
        base, overhang = float(np.ptp(x)) * scale, float(points[:, 0].max() - x.max()) * scale
        tall = max(float(np.ptp((p.vertices @ rotation.T)[:, 2])) for p in held.pieces if p.name in wheels)
        radius, track = 0.5 * tall * scale, float(np.ptp(y)) * scale
    else:
        base, overhang, radius, track = 0.59 * size[0], 0.19 * size[0], 0.22 * size[2], 0.85 * size[1]
    return (
        f"axles: {{wheelbase: {base:.3g} m, front_overhang: {overhang:.3g} m, "
        f"wheel_radius: {radius:.3g} m, track: {track:.3g} m}}"
    )


def _quoted(name: str) -> str:
    plain = name.replace("_", "").isalnum() and name[0].isalpha() and name.lower() not in NOT_NAMES
    return name if plain else "'" + name.replace("'", "''") + "'"
