"""The words of traffic lights: programs that run by themselves, and what a step makes them show.  Language floor."""

from typing import Annotated, Generic, Literal

from pydantic import Field

from scenarios.draft import measure
from scenarios.schema.base import Part, Q

LightWord = Literal["red", "red_amber", "amber", "green", "flashing_amber", "flashing_green", "off"]
WalkWord = Literal["auto", "ahead", "across", "both", "none"]

_SHOW = "what all vehicles of the group see"
_AHEAD = "what the ego's direction sees, and who comes from opposite"
_ACROSS = "what those see who cross the ego's way"
_WALK = (
    "where people on foot have green: beside traffic of the ego's direction (ahead), beside what crosses it"
)


class LightPhase(Part, Generic[Q]):
    """One phase of a program: what every direction sees, and for how long."""

    name: Annotated[
        str | None,
        Field(description="what a step `traffic_light: {phase: ...}` calls it", examples=["clearing"]),
    ] = None
    for_s: Annotated[
        Q | None,
        measure("time", "0.1 s", "1 h"),
        Field(alias="for", description="how long; without it until a step changes it", examples=["3 s"]),
    ] = None
    show: Annotated[LightWord | None, Field(description=_SHOW, examples=["amber"])] = None
    ahead: Annotated[LightWord | None, Field(description=_AHEAD, examples=["green"])] = None
    across: Annotated[LightWord | None, Field(description=_ACROSS, examples=["red"])] = None
    walk: Annotated[
        WalkWord,
        Field(
            description=f"{_WALK}; auto: beside those who see green, and dark where the lights are off or flash amber"
        ),
    ] = "auto"


class LightProgram(Part, Generic[Q]):
    """Phases one after the other, and again from the first."""

    phases: list[LightPhase[Q]] = Field(
        min_length=1,
        description="one after the other, round and round",
        examples=["[{for: 20 s, ahead: green, across: red}, {for: 3 s, ahead: amber, across: red}]"],
    )
    offset_s: Annotated[
        Q,
        measure("time", "0 s", "1 h"),
        Field(
            alias="offset",
            description="how long it has been running when the clip begins",
            examples=["18 s"],
        ),
    ] = 0.0  # type: ignore[assignment]


class SetLights(Part):
    """Make traffic lights show something from here on, or go to a phase of their program, which runs on from there."""

    of: Annotated[
        str,
        Field(
            description="which: all, or a junction, a controller or a signal of the map, by its id",
            examples=["all"],
        ),
    ] = "all"
    phase: Annotated[
        str | None,
        Field(description="a named phase of the program of that name", examples=["clearing"]),
    ] = None
    show: Annotated[LightWord | None, Field(description=_SHOW, examples=["red"])] = None
    ahead: Annotated[LightWord | None, Field(description=_AHEAD, examples=["amber"])] = None
    across: Annotated[LightWord | None, Field(description=_ACROSS, examples=["green"])] = None
    walk: Annotated[
        WalkWord | None,
        Field(description=f"{_WALK}; without it as the lights for vehicles demand", examples=["none"]),
    ] = None
