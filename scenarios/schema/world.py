"""The words of the world: where, when, in what weather, on what road, and what lies there.  Language floor."""

from typing import Annotated, Generic

from pydantic import Field

from scenarios.draft import measure, planned, word
from scenarios.schema.base import Part, Q, W
from scenarios.schema.lights import LightProgram
from scenarios.schema.roads import Road, WorkZone
from scenarios.schema.weather import Clock, Lighting, Surface, WeatherKey


class Patch(Part, Generic[Q, W]):
    """One local condition of the road surface: what it is and where it lies.

    `s` runs along the road and `lane` names the lane as for actors; `lateral` moves the middle to the left.
    """

    kind: Annotated[
        W,
        word(
            "pothole", "puddle", "ice", "oil", "leaves", "snow_bank", "faded_markings", "missing_markings", "tar_seam"
        ),
        Field(description="what it is", examples=["ice"]),
    ]  # fmt: skip
    s_m: Annotated[Q, measure("length", "0 m", "20 km"), Field(alias="s", description="of its middle")]
    lane: Annotated[
        W | None,
        word(),
        Field(
            description="lane it lies in: right, middle, left, oncoming, or a lane id of the map",
            examples=["right"],
        ),
    ] = None
    road: Annotated[str | None, Field(description="id of a road of the OpenDRIVE map", examples=['"17"'])] = (
        None
    )
    lateral_m: Annotated[
        Q,
        measure("length", "-20 m", "20 m"),
        Field(alias="lateral", description="moves its middle to the left", examples=["-0.5 m"]),
    ] = 0.0  # type: ignore[assignment]
    length_m: Annotated[
        Q, measure("length", "0.1 m", "500 m"), Field(alias="length", description="along the road")
    ] = 2.0  # type: ignore[assignment]
    width_m: Annotated[
        Q | None,
        measure("length", "0.05 m", "20 m"),
        Field(
            alias="width", description="across the road; without it as usual for its kind", examples=["1.5 m"]
        ),
    ] = None
    depth_m: Annotated[
        Q | None,
        measure("length", "0 m", "1 m"),
        Field(
            alias="depth", description="of a pothole or puddle; height of a snow bank", examples=["0.05 m"]
        ),
    ] = None
    cover: Annotated[Q, measure("ratio", "0", "1"), Field(description="share of its area that it covers")] = (
        1.0  # type: ignore[assignment]
    )


class Plume(Part, Generic[Q, W]):
    """Something on the map that smokes or steams: where it stands and how thick its smoke is.

    `s` runs along the road and `lane` names the lane as for actors; `lateral` moves it to the left.
    """

    kind: Annotated[W, word("smoke", "steam"), Field(description="what rises there", examples=["smoke"])]
    s_m: Annotated[Q, measure("length", "0 m", "20 km"), Field(alias="s", description="of its source")]
    lane: Annotated[
        W | None,
        word(),
        Field(
            description="lane it stands in: right, middle, left, oncoming, or a lane id of the map",
            examples=["right"],
        ),
    ] = None
    road: Annotated[str | None, Field(description="id of a road of the OpenDRIVE map", examples=['"17"'])] = (
        None
    )
    lateral_m: Annotated[
        Q,
        measure("length", "-50 m", "50 m"),
        Field(alias="lateral", description="moves it to the left", examples=["-8 m"]),
    ] = 0.0  # type: ignore[assignment]
    color: Annotated[
        W,
        word("white", "grey", "black"),
        Field(description="of smoke: black from oil and tyres, white from damp wood and grass"),
    ] = "grey"  # type: ignore[assignment]
    width_m: Annotated[
        Q, measure("length", "0.1 m", "30 m"), Field(alias="width", description="of its source")
    ] = 1.5  # type: ignore[assignment]
    visibility_m: Annotated[
        Q,
        measure("length", "0.3 m", "200 m"),
        Field(
            alias="visibility", description="meteorological optical range in it, where it leaves its source"
        ),
    ] = 3.0  # type: ignore[assignment]
    rise_mps: Annotated[
        Q,
        measure("speed", "0 m/s", "15 m/s"),
        Field(alias="rise", description="how fast its heat carries it up at first", examples=["3 m/s"]),
    ] = 2.0  # type: ignore[assignment]


class World(Part, Generic[Q, W]):
    """Where and when it happens: light, weather, road."""

    clock: Annotated[
        Clock[Q],
        Field(
            description="date, time and place, or the sun",
            examples=["{sun: {elevation: 12 deg, azimuth: 140 deg}}"],
        ),
    ]
    weather: list[WeatherKey[Q]] = Field(
        default_factory=list,
        description="keyframes in order of time; without any it is clear",
        examples=["[{rain: 12 mm/h, clouds: 8 okta}]"],
    )
    surface: Surface[Q, W] = Field(
        default_factory=Surface, description="state of the road surface", examples=["{state: wet}"]
    )
    lighting: Lighting[Q, W] = Field(
        default_factory=Lighting, description="street lamps", examples=["{street_lamps: lit}"]
    )
    road: Annotated[Road[Q], Field(description="the road", examples=["{preset: urban_street, lanes: 2}"])]
    traffic_lights: Annotated[
        dict[str, LightProgram[Q]],
        Field(
            description="programs of traffic lights: of `all`, or of a junction, a controller or a signal of the map by "
            "its id, the narrower before the wider; without any, lights stay green for the ego's direction and red "
            "across it, and drivers do not mind them"
        ),
    ] = Field(
        default_factory=dict,
        examples=[
            "{all: {offset: 17 s, phases: [{for: 20 s, ahead: green, across: red}, "
            "{for: 3 s, ahead: amber, across: red}, {for: 20 s, ahead: red, across: green}]}}"
        ],
    )
    patches: Annotated[
        list[Patch[Q, W]],
        Field(description="local conditions of the road surface"),
    ] = Field(default_factory=list, examples=["[{kind: ice, s: 90 m, lane: right, length: 12 m}]"])
    plumes: Annotated[
        list[Plume[Q, W]],
        Field(description="what smokes or steams beside or on the road"),
    ] = Field(default_factory=list, examples=["[{kind: smoke, s: 140 m, lane: right, lateral: -6 m}]"])
    work_zones: Annotated[
        list[WorkZone[Q]],
        planned("roads cannot build temporary lanes yet; place prop.barrier and prop.cone instead"),
        Field(description="stretches under repair"),
    ] = Field(default_factory=list, examples=["[{from: 120 m, to: 180 m, closed: [right]}]"])
