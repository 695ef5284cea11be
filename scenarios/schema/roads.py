"""The words of roads that are built: presets, pieces, markings, work zones.  Language floor."""

from typing import Annotated, Generic, Literal

from pydantic import Field

from scenarios.draft import measure
from scenarios.schema.base import Part, Q


class WorkZone(Part, Generic[Q]):
    """A stretch of road under repair: a temporary layer of lanes between two stations."""

    from_m: Annotated[
        Q,
        measure("length", "0 m", "20 km"),
        Field(alias="from", description="where it begins along the road", examples=["120 m"]),
    ]
    to_m: Annotated[
        Q,
        measure("length", "0 m", "20 km"),
        Field(alias="to", description="where it ends along the road", examples=["180 m"]),
    ]
    closed: Annotated[
        list[Literal["left", "middle", "right", "shoulder"]],
        Field(description="lanes and strips that are closed", examples=["[right]"]),
    ]
    taper_m: Annotated[
        Q,
        measure("length", "5 m", "300 m"),
        Field(alias="taper", description="length over which the closed lane narrows", examples=["40 m"]),
    ] = 40.0  # type: ignore[assignment]


class LinePiece(Part, Generic[Q]):
    """A straight piece."""

    length_m: Annotated[
        Q,
        measure("length", "0.1 m", "20 km"),
        Field(alias="length", description="along its middle", examples=["200 m"]),
    ]


class ArcPiece(Part, Generic[Q]):
    """A piece of a circle."""

    length_m: Annotated[
        Q,
        measure("length", "0.1 m", "20 km"),
        Field(alias="length", description="along its middle", examples=["150 m"]),
    ]
    radius_m: Annotated[
        Q,
        measure("length", "5 m", "20 km"),
        Field(alias="radius", description="of its middle", examples=["300 m"]),
    ]
    turn: Annotated[Literal["left", "right"], Field(description="which way it bends")]


class ClothoidPiece(Part, Generic[Q]):
    """A spiral from the curvature so far to 1/end_radius; without end_radius it ends straight."""

    length_m: Annotated[
        Q,
        measure("length", "0.1 m", "20 km"),
        Field(alias="length", description="along its middle", examples=["60 m"]),
    ]
    end_radius_m: Annotated[
        Q | None,
        measure("length", "5 m", "20 km"),
        Field(
            alias="end_radius",
            description="radius it has reached at its end; without it, straight",
            examples=["300 m"],
        ),
    ] = None
    turn: Annotated[Literal["left", "right"], Field(description="which way it bends")] = "left"


class RoadPiece(Part, Generic[Q]):
    """Exactly one of line, arc, clothoid."""

    line: Annotated[
        LinePiece[Q] | None, Field(description="a straight piece", examples=["{length: 200 m}"])
    ] = None
    arc: Annotated[
        ArcPiece[Q] | None,
        Field(description="a piece of a circle", examples=["{length: 150 m, radius: 300 m, turn: left}"]),
    ] = None
    clothoid: Annotated[
        ClothoidPiece[Q] | None,
        Field(
            description="a spiral that leads from one radius to the next",
            examples=["{length: 60 m, end_radius: 300 m, turn: left}"],
        ),
    ] = None


class Markings(Part, Generic[Q]):
    """Painted lines of a preset or built road."""

    centre: Annotated[
        Literal["broken", "solid", "double", "none"], Field(description="line between the directions")
    ] = "broken"
    edge: Annotated[Literal["broken", "solid", "none"], Field(description="lines along the edges")] = "solid"
    lanes: Annotated[
        Literal["broken", "solid", "none"], Field(description="lines between lanes of one direction")
    ] = "broken"
    wear: Annotated[Q, measure("ratio", "0", "1"), Field(description="share of the paint that is gone")] = 0.2  # type: ignore[assignment]


class Shoulder(Part, Generic[Q]):
    """Paved strips beside the lanes."""

    left_m: Annotated[
        Q,
        measure("length", "0 m", "10 m"),
        Field(alias="left", description="width of the paved strip left of the lanes", examples=["1 m"]),
    ] = 0.0  # type: ignore[assignment]
    right_m: Annotated[
        Q,
        measure("length", "0 m", "10 m"),
        Field(alias="right", description="width of the paved strip right of the lanes", examples=["2.5 m"]),
    ] = 0.0  # type: ignore[assignment]


class Barriers(Part):
    """Barriers along the road."""

    median: Annotated[
        Literal["none", "concrete", "guardrail"],
        Field(description="between the carriageways", examples=["concrete"]),
    ] = "none"
    left: Annotated[
        Literal["none", "concrete", "guardrail"],
        Field(description="beyond the left edge", examples=["guardrail"]),
    ] = "none"
    right: Annotated[
        Literal["none", "concrete", "guardrail"],
        Field(description="beyond the right edge", examples=["guardrail"]),
    ] = "none"


class Road(Part, Generic[Q]):
    """Exactly one of `preset`, `build`, `opendrive`; the other words adjust a preset or a built road.

    `lanes` counts the lanes of both directions on a two-way road, and those of the ego's carriageway on a one-way
    road (the highway preset).
    """

    preset: Annotated[
        Literal["urban_street", "highway", "country_road"] | None,
        Field(description="a ready-made straight road"),
    ] = None
    build: Annotated[
        list[RoadPiece[Q]] | None,
        Field(description="a road of pieces, one after the other", examples=["[{line: {length: 200 m}}]"]),
    ] = None
    opendrive: str | None = Field(
        None,
        description="path of an .xodr file, relative to the scenario file",
        examples=["maps/town_junction.xodr"],
    )
    lanes: int | None = Field(
        None, ge=1, le=12, description="how many; of both directions on a two-way road", examples=["2"]
    )
    lane_width_m: Annotated[
        Q | None,
        measure("length", "2 m", "6 m"),
        Field(alias="lane_width", description="of every lane", examples=["3.25 m"]),
    ] = None
    length_m: Annotated[
        Q | None,
        measure("length", "20 m", "20 km"),
        Field(alias="length", description="of a preset road", examples=["220 m"]),
    ] = None
    one_way: Annotated[
        bool | None, Field(description="whether all lanes lead the same way", examples=["true"])
    ] = None
    parking: Annotated[
        Literal["none", "left", "right", "both"] | None,
        Field(description="sides with a parking strip", examples=["right"]),
    ] = None
    sidewalks: Annotated[
        Literal["none", "left", "right", "both"] | None,
        Field(description="sides with a sidewalk", examples=["both"]),
    ] = None
    sidewalk_width_m: Annotated[
        Q | None,
        measure("length", "0.8 m", "10 m"),
        Field(alias="sidewalk_width", description="of every sidewalk", examples=["2.5 m"]),
    ] = None
    shoulder: Annotated[
        Shoulder[Q] | None, Field(description="paved strips beside the lanes", examples=["{right: 2.5 m}"])
    ] = None
    superelevation_rad: Annotated[
        Q | None,
        measure("slope", "-15 %", "15 %"),
        Field(
            alias="superelevation", description="sideways tilt of the road; positive is lower on the right"
        ),
    ] = None
    grade_rad: Annotated[
        Q | None,
        measure("slope", "-20 %", "20 %"),
        Field(alias="grade", description="rise along the road; positive is uphill"),
    ] = None
    markings: Annotated[
        Markings[Q] | None, Field(description="painted lines", examples=["{centre: solid, wear: 0.3}"])
    ] = None
    barriers: Annotated[
        Barriers | None, Field(description="barriers along the road", examples=["{right: guardrail}"])
    ] = None
    crossings_m: list[Annotated[Q, measure("length", "0 m", "20 km")]] | None = Field(
        None,
        alias="crossings",
        description="zebra crossings at these distances along the road",
        examples=["[80 m]"],
    )
    speed_limit_mps: Annotated[
        Q | None,
        measure("speed", "5 km/h", "200 km/h"),
        Field(
            alias="speed_limit",
            description="what traffic may drive and signs say; without it as usual on such roads: 50, 100 or 130 km/h",
            examples=["30 km/h"],
        ),
    ] = None
    signs: Annotated[
        Literal["vienna", "us"],
        Field(
            description="whose signs stand beside a built road: the Vienna Convention's, or those of the United "
            "States, where limits are in miles and the line between directions is yellow",
            examples=["us"],
        ),
    ] = "vienna"
    asphalt: Annotated[
        Literal["auto", "new", "used", "old", "cracked"],
        Field(description="how old the surface is; auto draws it", examples=["cracked"]),
    ] = "auto"
    paving: Annotated[
        Literal["asphalt", "gravel", "earth"],
        Field(
            description="what a built road is made of: gravel and earth have no lines, and wheels raise their dust when "
            "they are dry",
            examples=["gravel"],
        ),
    ] = "asphalt"
    surroundings: Annotated[
        Literal["auto", "town", "suburb", "country", "forest", "highway", "bare"],
        Field(description="what stands around; auto fits the road", examples=["suburb"]),
    ] = "auto"
