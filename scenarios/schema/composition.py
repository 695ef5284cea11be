"""Words that put a scenario together from other files, and that vary it.  Language floor."""

from typing import Annotated, Any, Literal

from pydantic import Field

from scenarios.schema.base import Part


class Include(Part):
    """A fragment that is laid under the file that names it."""

    file: str = Field(
        description="which one: beside the file, in the scenario's folder or in the package",
        examples=["weathers/squall.yaml"],
    )
    params: dict[str, Any] = Field(
        default_factory=dict,
        description="values for parameters of the fragment, by their names in it",
        examples=["{rain: 20 mm/h}"],
    )
    prefix: str | None = Field(
        None,
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*$",
        description="put before the names of the fragment's parameters: storm makes rain storm_rain",
        examples=["storm"],
    )


class Variant(Part):
    """The scenario with some values set otherwise; a twin is the same sample in other weather."""

    description: str = Field("", description="what it is good for, in a sentence", examples=["Without rain."])
    twin: Annotated[
        bool,
        Field(
            description="everything moves as in the base; only weather, surface, lighting and clock may be set",
            examples=["true"],
        ),
    ] = False
    lamps: Annotated[
        Literal["own", "base"],
        Field(
            description="of a twin: own lights vehicles as its light demands, base as in the base",
            examples=["base"],
        ),
    ] = "own"
    set: dict[str, Any] = Field(
        default_factory=dict,
        description="values by path; null takes a value out",
        examples=['{world.clock.time: "23:00"}'],
    )
