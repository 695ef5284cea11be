"""Procedural assets: every model an actor can have, made from its box and a seed.  Renderers floor.

Shapes are dear and colours are cheap: a model comes in a few shapes, which are made once and kept on disk, and every
actor has its own colours on one of them.
"""

from dataclasses import asdict, fields, replace
from functools import lru_cache
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renderers.assets.dents import battered
from renderers.assets.fittings import MARKET, SHADES, choose_paint, exchange
from renderers.assets.levels import FULL, NEAR
from renderers.assets.plates import numbered
from renderers.assets.registry import BUILDERS, BUILDERS_OF_STATE, MARKETS, PEOPLE, SCENERY
from renderers.assets.soil import SHAPED_AS, instead, soiled
from renderers.assets.wardrobe import CUTS, HAIR, SHOES, SLUNG, colours
from renderers.materials import MATERIAL_ID, MATERIALS, SOILED
from renderers.materials.vehicles import PARKED
from renderers.mesh import Asset, Keypoint, LampSpec, Mesh, Part
from renderers.shelf import Piece, kept, mesh_arrays
from scenarios.bodies import BODIES, CARRIED_M, LYING, POSED, opened_by, standing_size
from scenarios.bodies.company import led_from
from scenarios.own_assets import OWN
from scenarios.taxonomy import ACTOR_CLASSES

# Different shapes of a model: wheels and loads of vehicles, builds and garments of people, antlers.
SHAPES = 6
SHAPES_OF_PEOPLE = 24
STATURES_M = 0.05
SHAPES_OF_ANIMALS = 10  # breeds and coats
SOURCES = (
    "renderers/assets", "renderers/kernels/creases.py", "renderers/triples.py", "renderers/loft.py", "renderers/mesh.py",
    "renderers/mesh_split.py", "renderers/materials",
    "renderers/shelf.py",
    "scenarios/bodies", "scenarios/taxonomy.py", "scenarios/chance.py", "sim/trace.py",
)  # fmt: skip
SEATED, SEATED_POSES = "seated", ("sitting", "kneeling")  # in clothes whose hems let legs fold
MOST_SHAPES = 768  # of half a megabyte


def build(
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    clothing: str | None = None,
    state: str = "",
    physique: str | None = None,
    carries: str | None = None,
    detail: int = FULL,
    dirt: int = 0,
    soil: str = SHAPED_AS,
    america: bool = False,
    dents: int = 0,
) -> Asset:
    """The asset of a model: it fills the box `size_m`, and `look_seed` draws its variety.

    `color`, `clothing`, `physique` (its `build`) and `carries` are the words of `scenarios.schema.Look`; None leaves
    them to the seed.  `state` is that of `sim.trace.Actor`.  `detail` is a level of
    `renderers.assets.detail`; meshes of one's own and whoever lies or poses have only the full one.  `dirt` is an index
    of `soil.AMOUNTS` and `soil` a key of `materials.SOILED`: vehicles that stand upright on their wheels wear it.
    `dents` is an index of `dents.AMOUNTS`.  `america` gives number plates of the US; those of the finer levels are
    written on.
    """
    if model in OWN:
        from renderers.assets.imported import build_own  # noqa: PLC0415  # few scenarios bring meshes of their own

        return build_own(OWN[model], (float(size_m[0]), float(size_m[1]), float(size_m[2])))
    if model not in BUILDERS:
        raise KeyError(f"no asset for model {model!r}; there are {', '.join(BUILDERS)}")
    size = (float(size_m[0]), float(size_m[1]), float(size_m[2]))
    if state in LYING or state in POSED:
        from renderers.assets.lying import laid_down  # noqa: PLC0415  # few scenarios have anybody lying

        upright = build(
            model,
            look_seed,
            standing_size(BODIES[model], size, state),
            color,
            clothing,
            SEATED if model in PEOPLE and state in SEATED_POSES else "",
            physique,
            _slung(carries),
            america=america,
        )
        return laid_down(upright, look_seed, size, state)
    people = model in PEOPLE
    animal = ACTOR_CLASSES[BODIES[model].actor_class].semantic == "animal"
    number = look_seed % (SHAPES_OF_PEOPLE if people else SHAPES_OF_ANIMALS if animal else SHAPES)
    # Some words for clothes change what is worn, the others only its colours; riders wear theirs for good.
    worn = clothing if not people or clothing in CUTS else "mixed"
    if people:
        # Shapes are made every few centimetres of stature and scaled to the last one: a crowd shares them.
        near = round(size[2] / STATURES_M) * STATURES_M / size[2] if carries not in CARRIED_M else 1.0
        made = shape(model, number, _scaled_size(size, near), worn, state, physique, carries, detail)
        return _dressed(_resized(made, size, 1.0 / near), look_seed, color, clothing)
    vehicle = ACTOR_CLASSES[BODIES[model].actor_class].moves == "vehicle"
    if vehicle:
        made = shape(
            model, number, size, worn, state, detail=detail, dirt=dirt, dents=dents if detail <= NEAR else 0
        )
    else:
        made = shape(model, number, size, worn, state, detail=detail)
    if not vehicle:
        return made
    if detail <= NEAR:
        made = numbered(made, look_seed, america)
    return _painted(made, look_seed, color, soil if dirt else SHAPED_AS)


def scenery(name: str, look_seed: int) -> Mesh:
    """What stands beside roads, by its name in `registry.SCENERY`: its foot at the origin, its front towards +x."""
    if name not in SCENERY:
        raise KeyError(f"no scenery {name!r}; there are {', '.join(SCENERY)}")
    module, function, *words = SCENERY[name].split(":")
    made: Mesh = getattr(import_module(module), function)(*words, look_seed)
    return made


@lru_cache(maxsize=128)
def shape(
    model: str,
    number: int,
    size_m: tuple[float, float, float],
    clothing: str | None,
    state: str = "",
    physique: str | None = None,
    carries: str | None = None,
    detail: int = FULL,
    dirt: int = 0,
    dents: int = 0,
) -> Asset:
    """One of the shapes of a model, in some colours."""

    def make() -> Piece:
        if dirt:
            clean = shape(model, number, size_m, clothing, state, physique, carries, detail, 0, dents)
            return packed(soiled(clean, dirt, number, detail))
        if dents:
            whole = shape(model, number, size_m, clothing, state, physique, carries, detail)
            return packed(battered(whole, dents, number, detail))
        if detail != FULL:
            from renderers.assets.detail import at_level  # noqa: PLC0415  # thinning loads kernels, the shelf does not

            finer = shape(model, number, size_m, clothing, state, physique, carries, detail - 1)
            return packed(at_level(finer, detail))
        module, function = BUILDERS_OF_STATE.get((model, state), BUILDERS[model]).split(":")
        builder = getattr(import_module(module), function)
        words = (
            (physique, carries, state == SEATED)
            if model in PEOPLE
            else (state,)
            if opened_by(state) or led_from(state)
            else ()
        )
        return packed(builder(model, number, size_m, None, clothing, *words))

    key = (model, number, size_m, clothing, state, physique, carries, detail, dirt, dents)
    return unpacked(kept("assets", key, SOURCES, MOST_SHAPES, make))


def _painted(made: Asset, look_seed: int, color: str | None, soil: str) -> Asset:
    """The vehicle in the paint of its own look, under the soil of its weather."""
    module = import_module(BUILDERS[made.model].split(":")[0])
    market = getattr(module, MARKETS.get(made.model, "MARKET"), MARKET)
    material, tint = choose_paint(made.model, look_seed, color, market)
    rows = SOILED[SHAPED_AS]
    swap = np.arange(len(MATERIALS), dtype=np.int16)
    for other, _ in SHADES.values():
        swap[rows[:, MATERIAL_ID[other]]] = rows[:, MATERIAL_ID[material]]
    return _changed(made, swap if soil == SHAPED_AS else instead(soil)[swap], (tint, *made.tints[1:]))


def _dressed(made: Asset, look_seed: int, color: str | None, clothing: str | None) -> Asset:
    """The person in the colours of its own look."""
    inks = colours(look_seed, clothing, color, made.model)
    swap = {hair: inks.hair for hair in HAIR if hair != inks.hair}
    swap |= {shoe: inks.shoes for shoe in SHOES if shoe != inks.shoes}
    return _changed(made, exchange(swap), inks.tints)


def _scaled_size(size_m: tuple[float, float, float], share: float) -> tuple[float, float, float]:
    return round(size_m[0] * share, 6), round(size_m[1] * share, 6), round(size_m[2] * share, 6)


def _resized(made: Asset, size_m: tuple[float, float, float], share: float) -> Asset:
    """The asset taller and broader by a share."""
    if abs(share - 1.0) < 1e-9:
        return replace(made, size_m=size_m)
    matrix = np.diag((share, share, share, 1.0))

    def times(point: tuple[float, float, float]) -> tuple[float, float, float]:
        return point[0] * share, point[1] * share, point[2] * share

    parts = tuple(replace(p, mesh=p.mesh.moved(matrix), pivot_m=times(p.pivot_m)) for p in made.parts)
    keypoints = tuple(replace(k, at_m=times(k.at_m)) for k in made.keypoints)
    return replace(made, size_m=size_m, parts=parts, keypoints=keypoints)


def _slung(carries: str | None) -> str | None:
    """What stays with somebody whose arms are posed: bags that hang."""
    return "slung" if carries is None else carries if carries in SLUNG else "nothing"


def _changed(made: Asset, swap: NDArray[np.int16], tints: tuple[tuple[float, float, float], ...]) -> Asset:
    """The asset with materials exchanged, row by row, and other tints."""
    known: dict[int, Mesh] = {}
    for part in made.parts:
        if id(part.mesh) not in known:
            known[id(part.mesh)] = replace(part.mesh, material=swap[part.mesh.material])
    parts = tuple(replace(p, mesh=known[id(p.mesh)]) for p in made.parts)
    return replace(made, parts=parts, tints=tints)


def parked(made: Asset) -> Asset:
    """The vehicle as it has stood: snow stays on its paint."""
    return _changed(made, exchange(PARKED), made.tints)


def packed(asset: Asset) -> Piece:
    """An asset as a piece for the shelf; parts that share a mesh go on sharing it."""
    meshes: dict[bytes, int] = {}
    arrays: dict[str, NDArray[Any]] = {}
    parts = []
    for part in asset.parts:
        of_mesh = mesh_arrays(part.mesh)
        row = meshes.setdefault(b"".join(a.tobytes() for a in of_mesh.values()), len(meshes))
        arrays |= {f"{row}.{name}": array for name, array in of_mesh.items()}
        parts.append(
            [
                part.name,
                row,
                part.joint,
                part.parent,
                _plain(part.pivot_m),
                float(part.radius_m),
                _plain(part.open_rad),
            ]
        )
    words = {
        "model": asset.model,
        "size_m": _plain(asset.size_m),
        "parts": parts,
        "lamps": [asdict(lamp) for lamp in asset.lamps],
        "textures": list(asset.textures),
        "tints": [_plain(t) for t in asset.tints],
        "held": [[joint, _plain(turn)] for joint, turn in asset.held],
        "keypoints": [[k.name, k.part, _plain(k.at_m)] for k in asset.keypoints],
    }
    return words, arrays


def unpacked(piece: Piece) -> Asset:
    """The asset of a piece."""
    words, arrays = piece
    count = 1 + max(row for _, row, *_ in words["parts"])
    names = [field.name for field in fields(Mesh)]
    meshes = [Mesh(**{name: arrays[f"{row}.{name}"] for name in names}) for row in range(count)]
    lamps = tuple(_lamp(**lamp) for lamp in words["lamps"])
    parts = tuple(
        Part(name, meshes[row], joint, parent, (p[0], p[1], p[2]), radius, (o[0], o[1], o[2]))
        for name, row, joint, parent, p, radius, o in words["parts"]
    )
    x, y, z = words["size_m"]
    tints = tuple((t[0], t[1], t[2]) for t in words["tints"])
    held = tuple((joint, (t[0], t[1], t[2])) for joint, t in words["held"])
    keypoints = tuple(Keypoint(name, part, (p[0], p[1], p[2])) for name, part, p in words["keypoints"])
    return Asset(words["model"], (x, y, z), parts, lamps, tuple(words["textures"]), tints, held, keypoints)


def _lamp(**words: Any) -> LampSpec:
    """A lamp of fields in which JSON has made lists of tuples."""
    values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in words.items()}
    return LampSpec(**values)


def _plain(values: tuple[float, ...]) -> list[float]:
    """Numbers that JSON can hold, to the last bit."""
    return [float(v) for v in values]
