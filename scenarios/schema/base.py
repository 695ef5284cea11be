"""What all parts of the schema share: the base of records, and the kinds of value chance may pick.  Language floor."""

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict

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
