"""What all parts of the schema share: the base of records, and the kinds of value chance may pick.  Language floor."""

import types
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, model_validator

from scenarios import units
from scenarios.draft import Draft, Exact, Measure

Q = TypeVar("Q")  # a quantity: float once resolved
W = TypeVar("W")  # a word that chance may pick: str once resolved


def _signed(schema: dict[str, Any], model: type[BaseModel]) -> None:
    """Leaves in a JSON Schema which part it is of; `json_schema` puts there what can be said of its words."""
    schema["x-part"] = f"{model.__module__}.{model.__name__}"


class Part(BaseModel):
    """Base of all parts: unknown words are errors, records are frozen."""

    # Road ids and sensor names may look like numbers (`road: 1`) and are texts all the same.
    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        populate_by_name=True,
        coerce_numbers_to_str=True,
        json_schema_extra=_signed,
    )

    @model_validator(mode="before")
    @classmethod
    def _from_python(cls, given: Any) -> Any:
        """What only Python code can give: a part that is one of several, and plain SI numbers under their own names."""
        if isinstance(given, dict):
            return _with_units(cls, given) if _is_draft(cls) else given
        return given if isinstance(given, cls) or not isinstance(given, Part) else one_of(cls, given)


def one_of(owner: type[BaseModel], part: BaseModel) -> Any:
    """A part in the place of one that holds it under its word: `Stop()` for `Step(stop=Stop())`."""
    for name, info in owner.model_fields.items():
        if any(isinstance(member, type) and isinstance(part, member) for member in _members(info.annotation)):
            return {info.alias or name: part}
    return part


def _members(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)


def _is_draft(model: type[BaseModel]) -> bool:
    return Draft in model.__pydantic_generic_metadata__["args"]


def _with_units(model: type[BaseModel], given: dict[str, Any]) -> dict[str, Any]:
    """`speed_mps=13.9` says its unit; `speed=13.9` does not, and is refused later."""
    named = {key for key in given if isinstance(given[key], int | float) and not isinstance(given[key], bool)}
    if not named:
        return given
    changed = dict(given)
    for key in named:
        info = model.model_fields.get(key)
        measure = next((m for m in info.metadata if isinstance(m, Measure)), None) if info else None
        if info is not None and info.alias not in (None, key) and measure is not None and measure.dimension:
            value = float(given[key])
            changed[key] = Exact(value, measure.dimension, units.text(value, measure.dimension))
    return changed
