"""Words of the world: light, weather, surface, road and what lies on it.  Language floor."""

from typing import Annotated, Generic, Literal

from pydantic import Field

from scenarios.draft import measure, planned, word
from scenarios.schema.base import Part, Q, W


# ----------------------------------------------------------------------------------------------- light and weather
class Sun(Part, Generic[Q]):
    """The sun given directly instead of by clock; azimuth clockwise from north."""

    elevation_rad: Annotated[
        Q,
        measure("angle", "-90 deg", "90 deg"),
        Field(
            alias="elevation", description="height above the horizon; negative below it", examples=["12 deg"]
        ),
    ]
    azimuth_rad: Annotated[
        Q,
        measure("angle", "-360 deg", "360 deg"),
        Field(alias="azimuth", description="clockwise from north", examples=["140 deg"]),
    ]


class Clock(Part, Generic[Q]):
    """Local date, time and place, from which the sun and the moon follow; or the sun itself."""

    date: str | None = Field(None, description="calendar day, such as 2025-11-12", examples=["2025-11-12"])
    time_s: Annotated[
        Q | None, measure("time_of_day"), Field(alias="time", description="local time, 16:35 or 16:35..17:05")
    ] = None
    zone: str = Field("+00:00", description="offset from UTC, such as +01:00", examples=['"+01:00"'])
    latitude_rad: Annotated[
        Q | None,
        measure("angle", "-90 deg", "90 deg"),
        Field(alias="latitude", description="north of the equator", examples=["48.14 deg"]),
    ] = None
    longitude_rad: Annotated[
        Q | None,
        measure("angle", "-180 deg", "180 deg"),
        Field(alias="longitude", description="east of Greenwich", examples=["11.58 deg"]),
    ] = None
    sun: Annotated[
        Sun[Q] | None,
        Field(
            description="the sun itself, instead of date, time and place",
            examples=["{elevation: 12 deg, azimuth: 140 deg}"],
        ),
    ] = None


class Fog(Part, Generic[Q]):
    """Fog by its meteorological optical range (the distance at which contrast falls to 5 %)."""

    visibility_m: Annotated[
        Q,
        measure("length", "5 m", "100 km"),
        Field(
            alias="visibility", description="meteorological optical range inside the fog", examples=["80 m"]
        ),
    ]
    top_m: Annotated[
        Q | None,
        measure("length", "0.5 m", "2000 m"),
        Field(
            alias="top",
            description="height above ground where it ends; without it, very high",
            examples=["30 m"],
        ),
    ] = None


class Dust(Part, Generic[Q]):
    """Dust in the air by its meteorological optical range; less than 1 km is a dust storm."""

    visibility_m: Annotated[
        Q,
        measure("length", "5 m", "100 km"),
        Field(
            alias="visibility", description="meteorological optical range inside the dust", examples=["200 m"]
        ),
    ]
    top_m: Annotated[
        Q | None,
        measure("length", "0.5 m", "2000 m"),
        Field(
            alias="top",
            description="height above ground where it ends, for blowing dust; without it, very high",
            examples=["3 m"],
        ),
    ] = None


class Wind(Part, Generic[Q]):
    """Mean wind at 10 m; `from` is the compass direction it blows from."""

    speed_mps: Annotated[
        Q,
        measure("speed", "0 m/s", "60 m/s"),
        Field(alias="speed", description="mean at 10 m above ground", examples=["4 m/s"]),
    ]
    from_rad: Annotated[
        Q,
        measure("angle", "-360 deg", "360 deg"),
        Field(
            alias="from",
            description="compass direction it blows from, clockwise from north",
            examples=["250 deg"],
        ),
    ]


class WeatherKey(Part, Generic[Q]):
    """A keyframe: what is named changes from the previous value, beginning at `at`, during `over`."""

    at_s: Annotated[
        Q,
        measure("time", "0 s", "1 h"),
        Field(alias="at", description="when the change begins", examples=["4 s"]),
    ] = 0.0  # type: ignore[assignment]
    over_s: Annotated[
        Q,
        measure("time", "0 s", "1 h"),
        Field(alias="over", description="how long it takes; 0 is at once", examples=["3 s"]),
    ] = 0.0  # type: ignore[assignment]
    rain_mm_per_h: Annotated[
        Q | None, measure("rain", "0 mm/h", "200 mm/h"), Field(alias="rain", description="rain rate")
    ] = None
    snow_mm_per_h: Annotated[
        Q | None,
        measure("rain", "0 mm/h", "20 mm/h"),
        Field(alias="snow", description="water equivalent", examples=["2 mm/h"]),
    ] = None
    fog: Annotated[Fog[Q] | None, Field(description="fog", examples=["{visibility: 80 m}"])] = None
    dust: Annotated[Dust[Q] | None, Field(description="dust", examples=["{visibility: 200 m}"])] = None
    clouds_okta: Annotated[
        Q | None,
        measure("cloud", "0 okta", "8 okta"),
        Field(alias="clouds", description="eighths of the sky that are covered"),
    ] = None
    wind: Annotated[Wind[Q] | None, Field(description="wind", examples=["{speed: 4 m/s, from: 250 deg}"])] = (
        None
    )
    air_degC: Annotated[  # noqa: N815
        Q | None,
        measure("temperature", "-40 degC", "50 degC"),
        Field(alias="air", description="air temperature at 2 m"),
    ] = None


class Puddles(Part, Generic[Q]):
    """Standing water in the hollows of the road."""

    cover: Annotated[Q, measure("ratio", "0", "1"), Field(description="share of the road", examples=["0.1"])]
    depth_m: Annotated[
        Q,
        measure("length", "0 mm", "50 mm"),
        Field(alias="depth", description="in their middle", examples=["5 mm"]),
    ]


class SurfaceKey(Part, Generic[Q, W]):
    """A keyframe of the surface: what is named changes, beginning `at`, during `over`."""

    at_s: Annotated[
        Q,
        measure("time", "0 s", "1 h"),
        Field(alias="at", description="when the change begins", examples=["4 s"]),
    ]
    over_s: Annotated[
        Q,
        measure("time", "0 s", "1 h"),
        Field(alias="over", description="how long it takes; 0 is at once", examples=["3 s"]),
    ] = 0.0  # type: ignore[assignment]
    state: Annotated[
        W | None,
        word("dry", "damp", "wet", "snowy", "icy"),
        Field(description="what the road is from then on"),
    ] = None
    puddles: Annotated[
        Puddles[Q] | None, Field(description="standing water", examples=["{cover: 0.1, depth: 5 mm}"])
    ] = None
    snow_depth_m: Annotated[
        Q | None,
        measure("length", "0 m", "0.5 m"),
        Field(alias="snow_depth", description="fresh snow on the road", examples=["3 cm"]),
    ] = None


class Surface(Part, Generic[Q, W]):
    """State of the road surface; `from_weather` derives film, snow and ice from the weather."""

    state: Annotated[
        W,
        word("from_weather", "dry", "damp", "wet", "snowy", "icy"),
        Field(description="what the road is; from_weather lets it follow from rain, snow and frost"),
    ] = "from_weather"  # type: ignore[assignment]
    puddles: Annotated[
        Puddles[Q] | None, Field(description="standing water", examples=["{cover: 0.1, depth: 5 mm}"])
    ] = None
    snow_depth_m: Annotated[
        Q | None,
        measure("length", "0 m", "0.5 m"),
        Field(alias="snow_depth", description="fresh snow on the road", examples=["3 cm"]),
    ] = None
    then: Annotated[
        list[SurfaceKey[Q, W]],
        Field(description="how the surface changes during the clip, in order of time"),
    ] = Field(default_factory=list, examples=["[{at: 4 s, over: 3 s, state: wet}]"])


class LightingKey(Part, Generic[Q, W]):
    """A moment from which the street lamps are lit or dark."""

    at_s: Annotated[
        Q, measure("time", "0 s", "1 h"), Field(alias="at", description="from when on", examples=["4 s"])
    ]
    street_lamps: Annotated[
        W,
        word("auto", "lit", "dark"),
        Field(description="whether they are lit; auto at dusk", examples=["dark"]),
    ]


class Lighting(Part, Generic[Q, W]):
    """Lamps along the road; `auto` lights them at dusk."""

    street_lamps: Annotated[
        W, word("auto", "lit", "dark"), Field(description="whether they are lit; auto at dusk")
    ] = "auto"  # type: ignore[assignment]
    then: Annotated[
        list[LightingKey[Q, W]],
        Field(description="when lamps go on or out during the clip, in order of time"),
    ] = Field(default_factory=list, examples=["[{at: 4 s, street_lamps: dark}]"])


# --------------------------------------------------------------------------------------------- local road condition
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
        Field(alias="rise", description="how fast its heat carries it up at first"),
    ] = 2.0  # type: ignore[assignment]


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


# ------------------------------------------------------------------------------------------------------------ road
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
