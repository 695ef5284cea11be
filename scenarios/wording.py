"""Turns what pydantic found into lines that a scenario's author can act on.  Language floor."""

import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from scenarios.distributions.parts import DISTRIBUTIONS
from scenarios.draft import Measure, Planned, Says, Word
from scenarios.errors import ScenarioError, listing, nearest
from scenarios.schema import Actor, Camera, Lidar, Mount, Road, Scenario, Step, WeatherKey, World
from scenarios.tree import Path, Tree

_M = TypeVar("_M", Measure, Word, Says, Planned)

# Words the language is going to have.  They are refused, but not taken for typos.
PLANNED: dict[type[BaseModel], tuple[str, ...]] = {
    Scenario: ("import",),
    Actor: ("passengers", "route"),
    Step: ("parallel", "repeat", "turn", "horn"),
    WeatherKey: ("hail", "sleet", "lightning", "humidity", "pressure", "tags"),
    World: ("season",),
    Mount: ("vibration",),
}
PLANNED_ANYWHERE = ("mirrors",)
# Words that people try, and how the language says what they mean.
ELSEWHERE: dict[type[BaseModel], dict[str, str]] = {
    Scenario: {"suite": "a suite is a file of its own, *.suite.yaml, that names scenarios"},
    Actor: {
        "driver": "how it drives is said by its step: drive: {speed: 50 km/h, driver: steady}",
        "state": "how it stands is start: {pose: on_left_side}, what stands open is doors: [boot]",
    },
    Step: {
        "follow": "who drives follows what is ahead of it: drive: {speed: 50 km/h, driver: idm}",
        "open_door": "write open: {door: front_left}",
        "look_at": "which way it looks is said where it begins: start: {toward: ego}",
    },
    WeatherKey: {
        "spray": "wheels throw it up by themselves where the road is wet and they are fast; say rain",
        "smoke": "smoke stands somewhere: world: {plumes: [{kind: smoke, s: 90 m}]}, or an actor's trail: smoke",
    },
    World: {
        "signals": "write traffic_lights",
        "time": 'the time of day belongs to the clock: clock: {time: "16:35"}',
    },
    Road: {
        "elevation_profile": "a built road has a grade; more is for maps: opendrive: FILE.xodr",
        "bridges": "bridges are those of a map: opendrive: FILE.xodr",
        "tunnels": "tunnels are those of a map: opendrive: FILE.xodr",
    },
    Camera: {
        "exposure": "write exposure_time, or exposure_lag for how slowly it follows the light",
        "shutter": "a rolling shutter is readout: 25 ms",
        "noise": "noise is that of the imager: {like: automotive}",
        "dirt": "dirt is a fault, in the scenario: faults: {cam_front: [{dirt: {cover: 0.2}}]}",
        "lens": "write distortion or fisheye for its shape, focus, f_number, blades and coating for its glass",
    },
    Lidar: {
        "beams": "write model: {elevations: [-2, 0, 2], range_at_10: 100 m} for a scanner of your own",
        "noise": "write model: {range_noise: 8 mm, ...} for a scanner of your own",
        "dirt": "what covers it is a fault, in the scenario: faults: {lidar_top: [{blocked: {share: 0.2}}]}",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that pydantic found, where it stands in the tree, and what is said about it."""

    path: Path
    kind: str  # pydantic's name for it
    owner: type[BaseModel] | None  # of an unknown key: the part in which it stands
    error: ScenarioError


def explain(error: ValidationError, tree: Tree, root: type[BaseModel]) -> list[ScenarioError]:
    """One error per wrong thing, in the tree's places."""
    return [finding.error for finding in findings(error, tree, root)]


def findings(error: ValidationError, tree: Tree, root: type[BaseModel]) -> list[Finding]:
    """One finding per wrong thing."""
    found: dict[Path, Finding] = {}
    details = error.errors(include_url=False)
    strangers = [tuple(d["loc"]) for d in details if d["type"] == "extra_forbidden"]
    for detail in details:
        kind, raw = detail["type"], tuple(detail["loc"])
        at_key = kind == "extra_forbidden"
        path = _in_tree(raw, tree, missing=kind == "missing")
        if path in found:
            continue  # members of a union complain one by one
        inner = tuple((detail.get("ctx") or {}).get("at", ()))  # a part of a distribution
        if kind == "missing" and _misspelt(path, strangers):
            continue  # the misspelt key is reported, and says what it should be
        owner = model_at(root, path[:-1]) if at_key else None
        found[path] = Finding(
            path, kind, owner, tree.error((*path, *inner), _message(detail, path, root), at_key=at_key)
        )
    return [f for f in found.values() if not (f.kind == "literal_error" and _is_meant_as_part(f.path, found))]


def _is_meant_as_part(path: Path, found: Iterable[Path]) -> bool:
    """Whether a value that could be one word is a mapping with mistakes of its own."""
    return any(len(other) > len(path) and other[: len(path)] == path for other in found)


def _misspelt(path: Path, strangers: Sequence[Path]) -> bool:
    """Whether a missing key is there under a name that is nearly right."""
    near = [str(s[-1]) for s in strangers if s[:-1] == path[:-1]]
    return any("did you mean" in nearest(name, [str(path[-1])]) for name in near)


def _in_tree(raw: Path, tree: Tree, missing: bool) -> Path:
    """The loc without the tags that pydantic adds for unions and keys."""
    path: Path = ()
    for i, step in enumerate(raw):
        if tree.has((*path, step)) or (missing and i == len(raw) - 1):
            path = (*path, step)
    return path


def _message(detail: Any, path: Path, root: type[BaseModel]) -> str:
    kind, given = detail["type"], detail.get("input")
    context: Mapping[str, Any] = detail.get("ctx") or {}
    name = next((step for step in reversed(path) if isinstance(step, str)), "the file")
    if kind == "draft":
        return str(context["message"])
    if kind == "extra_forbidden":
        return unknown_key(str(path[-1]), model_at(root, path[:-1]))
    if kind == "missing":
        return _missing(str(path[-1]), path, root)
    if name == "version":
        return f"this program reads version 1 of the language, not {given}"
    if given is None:
        return f'"{name}" has no value; write one or leave the line out'
    if _is_chance(given) and kind not in ("model_type", "dict_type", "list_type"):
        return f'"{name}" must be fixed: a parameter or a distribution is not supported here yet'
    return _plain_message(kind, name, given, context, path, root)


def _plain_message(
    kind: str, name: str, given: Any, context: Mapping[str, Any], path: Path, root: type[BaseModel]
) -> str:
    if kind == "literal_error":
        allowed = literals(field_at(root, path))
        if isinstance(given, list):
            return f'"{name}" is one word, not a list; write one of {listing(allowed)}'
        if isinstance(given, bool):
            given = str(given).lower()
        if isinstance(given, dict):
            return f'settings for "{name}" are not supported yet; write one of {listing(allowed)}'
        return f'unknown word "{given}" for "{name}"; {nearest(str(given), allowed)}'
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return _needs_mapping(name, given, path, root)
    if kind in ("list_type", "tuple_type"):
        return f'"{name}" needs a list, such as [..., ...] or lines that begin with "- "'
    if kind == "string_pattern_mismatch":
        return f'"{given}" is not a name; use letters, digits and _, beginning with a letter'
    if kind in ("greater_than_equal", "less_than_equal"):
        low, high = limits(_item_at(root, path) if isinstance(path[-1], int) else field_at(root, path))
        return f'"{name}" is {given}; it must lie between {low} and {high}'
    if kind.startswith("int_"):
        return f'"{name}" needs a whole number, not "{given}"'
    if kind.startswith("float_"):
        return f'"{name}" needs a plain number, not "{given}"'
    if kind.startswith("bool_"):
        return f'"{name}" is true or false, not "{given}"'
    if kind == "string_type":
        return f'"{name}" needs a text, not {"a list" if isinstance(given, list) else "a mapping"}'
    if kind in ("too_short", "too_long"):
        return (
            f'"{name}" needs {context.get("min_length", context.get("max_length"))} values, not {len(given)}'
        )
    return f'"{name}": {kind.replace("_", " ")}'


def unknown_key(name: str, owner: type[BaseModel] | None) -> str:
    """A planned word is told from a typo."""
    origin = origin_of(owner) if owner is not None else None
    if origin is not None and name in (told := ELSEWHERE.get(origin, {})):
        return f'"{name}" is no word here; {told[name]}'
    if is_planned(name, owner):
        return f'"{name}" is not supported yet'
    keys = words_of(owner) if owner is not None else []
    hint = f"; {nearest(name, keys)}" if keys else ""
    return f'unknown {"step" if origin is Step else "key"} "{name}"{hint}'


def is_planned(name: str, owner: type[BaseModel] | None) -> bool:
    """Whether this word is known there, if only to be refused."""
    origin = origin_of(owner) if owner is not None else None
    if origin is None:
        return name in PLANNED_ANYWHERE
    return name in (*PLANNED_ANYWHERE, *PLANNED.get(origin, ()), *ELSEWHERE.get(origin, ()))


def _missing(name: str, path: Path, root: type[BaseModel]) -> str:
    if isinstance(path[-1], int):
        return f'"{path[-2]}" needs {len(get_args(bare(annotation_at(root, path[:-1]))))} numbers, not {path[-1]}'
    owner = (
        str(path[-2])
        if len(path) > 1 and isinstance(path[-2], str)
        else "this part"
        if len(path) > 1
        else "the file"
    )
    info = field_at(root, path)
    measure = measure_of(info)
    such = ""
    if measure is not None and measure.dimension is not None:
        such = f', {measure.dimension.phrase} such as "{measure.dimension.example}"'
    elif allowed := literals(info):
        such = f", one of {listing(allowed)}"
    elif name == "scenario":
        such = ", its name"
    elif info is not None and info.examples and len(str(info.examples[0])) < 60:
        such = f", such as {name}: {info.examples[0]}"
    return f'"{owner}" needs "{name}"{such}' if len(path) > 1 else f'the file needs "{name}"{such}'


def _needs_mapping(name: str, given: Any, path: Path, root: type[BaseModel]) -> str:
    owner = model_at(root, path)
    if owner is not None and origin_of(owner) is Step:
        if isinstance(given, str) and given in words_of(owner):
            return f'write the step as a mapping: "- {given}: {{...}}"'
        shown = "a list" if isinstance(given, list) else f'"{given}"'
        return f'a step is one word with its settings, such as "- drive: {{speed: 50 km/h}}", not {shown}'
    keys = f" with {listing(words_of(owner), 8)}" if owner is not None else ""
    shown = "a list" if isinstance(given, list) else f'"{given}"'
    return f'"{name}" needs a mapping{keys}, not {shown}'


def _is_chance(given: Any) -> bool:
    if isinstance(given, str):
        return given.strip().startswith(("$", "= "))
    return isinstance(given, dict) and len(given) == 1 and next(iter(given)) in DISTRIBUTIONS


# ---------------------------------------------------------------------------------------- what the schema says of a path
def origin_of(model: type[BaseModel]) -> type[BaseModel]:
    """The generic model behind one of its readings."""
    origin = model.__pydantic_generic_metadata__["origin"]
    return origin if origin is not None else model


def words_of(model: type[BaseModel] | None) -> list[str]:
    """The keys a mapping of this model may have, as files write them."""
    return [info.alias or name for name, info in model.model_fields.items()] if model is not None else []


def field_at(root: type[BaseModel], path: Path) -> FieldInfo | None:
    """The field that a path ends in (through lists and dictionaries, the field that holds them)."""
    while path and isinstance(path[-1], int):
        path = path[:-1]
    if not path:
        return None
    owner = model_at(root, path[:-1])
    if owner is None:
        return field_at(root, path[:-1])
    return next((info for name, info in owner.model_fields.items() if path[-1] in (name, info.alias)), None)


def written(root: type[BaseModel], loc: Path) -> Path:
    """A path of Python names in the words that files use."""
    path: Path = ()
    for step in loc:
        info = (
            field_at(root, (*path, step))
            if isinstance(step, str) and model_at(root, path) is not None
            else None
        )
        path = (*path, (info.alias or step) if info is not None else step)
    return path


def annotation_at(root: type[BaseModel], path: Path) -> Any:
    """The type of what stands at a path; None where nothing can."""
    here: Any = root
    for step in path:
        here = _step_into(here, step)
        if here is None:
            return None
    return here


def model_at(root: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """The model of the mapping at a path; None when a plain value or dictionary stands there."""
    here = _mapping(annotation_at(root, path))
    return here if isinstance(here, type) and issubclass(here, BaseModel) else None


def holds_words(root: type[BaseModel], path: Path) -> bool:
    """Whether a mapping of words stands at a path; False for values (distributions are values) and lists."""
    here = bare(annotation_at(root, path))
    return get_origin(here) is dict or (isinstance(here, type) and issubclass(here, BaseModel))


def _mapping(annotation: Any) -> Any:
    """Of several types, the part: the one that can be meant where a mapping stands."""
    here = bare(annotation)
    if get_origin(here) in (Union, types.UnionType):
        members = [bare(member) for member in get_args(here)]
        named = [m for m in members if isinstance(m, type) and issubclass(m, BaseModel)]
        return named[0] if len(named) == 1 else here
    return here


def _step_into(annotation: Any, step: str | int) -> Any:
    here = _mapping(annotation)
    if isinstance(here, type) and issubclass(here, BaseModel):
        return next((i.annotation for n, i in here.model_fields.items() if step in (n, i.alias)), None)
    if get_origin(here) is list:
        return get_args(here)[0]
    if get_origin(here) is dict:
        return get_args(here)[1]
    return None


def bare(annotation: Any) -> Any:
    """A type without `Annotated` and `| None`."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
            continue
        members = [a for a in get_args(annotation) if a is not types.NoneType]
        if get_origin(annotation) in (Union, types.UnionType) and len(members) == 1:
            annotation = members[0]
            continue
        return annotation


def item_model(info: FieldInfo) -> type[BaseModel] | None:
    """The part that a field holds, or that its list or its names hold."""
    here = bare(info.annotation)
    while get_origin(here) in (list, dict):
        here = bare(get_args(here)[-1])
    here = _mapping(here)
    return here if isinstance(here, type) and issubclass(here, BaseModel) else None


def measure_of(info: FieldInfo | None) -> Measure | None:
    """How a field's quantity is checked; also for a list of quantities."""
    return _marker(info, Measure)


def word_of(info: FieldInfo | None) -> Word | None:
    """How a field's word is checked."""
    return _marker(info, Word)


def says_of(info: FieldInfo | None) -> Says | None:
    """How a field's expression is read; also for a list of expressions."""
    return _marker(info, Says)


def planned_of(info: FieldInfo | None) -> Planned | None:
    """Why a field's word is refused."""
    return _marker(info, Planned)


def marked(info: FieldInfo | None) -> bool:
    """Whether the field holds drafted values: quantities, or words that chance may pick."""
    return measure_of(info) is not None or word_of(info) is not None


# Fields live as long as their models, and every value of every file asks for its marks: a third of loading a file.
_MARKS: dict[int, tuple[FieldInfo, tuple[Any, ...]]] = {}


def _marker(info: FieldInfo | None, kind: type[_M]) -> _M | None:
    if info is None:
        return None
    known = _MARKS.get(id(info))
    if known is None or known[0] is not info:
        known = _MARKS[id(info)] = info, _marks(info)
    return next((m for m in known[1] if isinstance(m, kind)), None)


def _marks(info: FieldInfo) -> tuple[Any, ...]:
    markers: list[Any] = list(info.metadata)
    inner = bare(info.annotation)
    if get_origin(inner) in (list, dict):
        markers.extend(getattr(get_args(inner)[-1], "__metadata__", ()))
    elif get_origin(inner) in (Union, types.UnionType):
        for member in get_args(inner):
            markers.extend(getattr(member, "__metadata__", ()))
    return tuple(markers)


def literals(info: FieldInfo | None) -> list[str]:
    """The words a `Literal` field allows."""
    if info is None:
        return []
    here = bare(info.annotation)
    if get_origin(here) in (Union, types.UnionType):  # a word, or something longer: `bins: osi` or edges
        here = next((member for member in get_args(here) if get_origin(member) is Literal), here)
    if get_origin(here) is list:
        here = bare(get_args(here)[0])
    return [str(a) for a in get_args(here)] if get_origin(here) is Literal else []


def _item_at(root: type[BaseModel], path: Path) -> FieldInfo | None:
    """What a list says of the item at a path."""
    listed = bare(annotation_at(root, path[:-1]))
    items = get_args(listed)
    found = next((a for a in items if get_origin(a) is Annotated), None)
    return next((m for m in get_args(found)[1:] if isinstance(m, FieldInfo)), None) if found else None


def limits(info: FieldInfo | None) -> tuple[Any, Any]:
    """Least and largest number that a field takes."""
    metadata: Sequence[Any] = info.metadata if info is not None else ()
    low = next((m.ge for m in metadata if hasattr(m, "ge")), "-inf")
    high = next((m.le for m in metadata if hasattr(m, "le")), "inf")
    return low, high
