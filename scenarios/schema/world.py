"""Words of the world: light, weather, surface, road and what lies on it.  Language floor."""

from typing import Annotated, Generic, Literal

from pydantic import Field

from scenarios.draft import measure, planned, word
from scenarios.schema.base import Part, Q, W


# ----------------------------------------------------------------------------------------------- light and weather
class Sun(Part, Generic[Q]):
    """The sun given directly instead of by clock; azimuth clockwise from north."""

    elevation_rad: Annotated[Q, measure("angle", "-90 deg", "90 deg"), Field(alias="elevation")]
    azimuth_rad: Annotated[Q, measure("angle", "-360 deg", "360 deg"), Field(alias="azimuth")]


class Clock(Part, Generic[Q]):
    """Local date, time and place, from which the sun and the moon follow; or the sun itself."""

    date: str | None = Field(None, description="calendar day, such as 2025-11-12")
    time_s: Annotated[
        Q | None, measure("time_of_day"), Field(alias="time", description="local time, 16:35 or 16:35..17:05")
    ] = None
    zone: str = Field("+00:00", description="offset from UTC, such as +01:00")
    latitude_rad: Annotated[Q | None, measure("angle", "-90 deg", "90 deg"), Field(alias="latitude")] = None
    longitude_rad: Annotated[Q | None, measure("angle", "-180 deg", "180 deg"), Field(alias="longitude")] = (
        None
    )
    sun: Sun[Q] | None = None


class Fog(Part, Generic[Q]):
    """Fog by its meteorological optical range (the distance at which contrast falls to 5 %)."""

    visibility_m: Annotated[Q, measure("length", "5 m", "100 km"), Field(alias="visibility")]
    top_m: Annotated[Q | None, measure("length", "0.5 m", "2000 m"), Field(alias="top")] = None


class Wind(Part, Generic[Q]):
    """Mean wind at 10 m; `from` is the compass direction it blows from."""

    speed_mps: Annotated[Q, measure("speed", "0 m/s", "60 m/s"), Field(alias="speed")]
    from_rad: Annotated[Q, measure("angle", "-360 deg", "360 deg"), Field(alias="from")]


class WeatherKey(Part, Generic[Q]):
    """A keyframe: what is named changes from the previous value, beginning at `at`, during `over`."""

    at_s: Annotated[Q, measure("time", "0 s", "1 h"), Field(alias="at")] = 0.0  # type: ignore[assignment]
    over_s: Annotated[Q, measure("time", "0 s", "1 h"), Field(alias="over")] = 0.0  # type: ignore[assignment]
    rain_mm_per_h: Annotated[Q | None, measure("rain", "0 mm/h", "200 mm/h"), Field(alias="rain")] = None
    snow_mm_per_h: Annotated[
        Q | None, measure("rain", "0 mm/h", "20 mm/h"), Field(alias="snow", description="water equivalent")
    ] = None
    fog: Fog[Q] | None = None
    clouds_okta: Annotated[Q | None, measure("cloud", "0 okta", "8 okta"), Field(alias="clouds")] = None
    wind: Wind[Q] | None = None
    air_degC: Annotated[Q | None, measure("temperature", "-40 degC", "50 degC"), Field(alias="air")] = None  # noqa: N815


class Puddles(Part, Generic[Q]):
    cover: Annotated[Q, measure("ratio", "0", "1")]
    depth_m: Annotated[Q, measure("length", "0 mm", "50 mm"), Field(alias="depth")]


class SurfaceKey(Part, Generic[Q, W]):
    """A keyframe of the surface: what is named changes, beginning `at`, during `over`."""

    at_s: Annotated[Q, measure("time", "0 s", "1 h"), Field(alias="at")]
    over_s: Annotated[Q, measure("time", "0 s", "1 h"), Field(alias="over")] = 0.0  # type: ignore[assignment]
    state: Annotated[W | None, word("dry", "damp", "wet", "snowy", "icy")] = None
    puddles: Puddles[Q] | None = None
    snow_depth_m: Annotated[Q | None, measure("length", "0 m", "0.5 m"), Field(alias="snow_depth")] = None


class Surface(Part, Generic[Q, W]):
    """State of the road surface; `from_weather` derives film, snow and ice from the weather."""

    state: Annotated[W, word("from_weather", "dry", "damp", "wet", "snowy", "icy")] = "from_weather"  # type: ignore[assignment]
    puddles: Puddles[Q] | None = None
    snow_depth_m: Annotated[Q | None, measure("length", "0 m", "0.5 m"), Field(alias="snow_depth")] = None
    then: Annotated[
        list[SurfaceKey[Q, W]],
        planned("the surface cannot change by itself yet, only with the weather"),
        Field(description="how the surface changes during the clip, in order of time"),
    ] = Field(default_factory=list)


class LightingKey(Part, Generic[Q, W]):
    """A moment from which the street lamps are lit or dark."""

    at_s: Annotated[Q, measure("time", "0 s", "1 h"), Field(alias="at")]
    street_lamps: Annotated[W, word("auto", "lit", "dark")]


class Lighting(Part, Generic[Q, W]):
    """Lamps along the road; `auto` lights them at dusk."""

    street_lamps: Annotated[W, word("auto", "lit", "dark")] = "auto"  # type: ignore[assignment]
    then: Annotated[
        list[LightingKey[Q, W]],
        planned("street lamps cannot be switched during a clip yet"),
        Field(description="when lamps go on or out during the clip, in order of time"),
    ] = Field(default_factory=list)


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
    ]  # fmt: skip
    s_m: Annotated[Q, measure("length", "0 m", "20 km"), Field(alias="s", description="of its middle")]
    lane: Annotated[W | None, word()] = None
    road: str | None = None
    lateral_m: Annotated[Q, measure("length", "-20 m", "20 m"), Field(alias="lateral")] = 0.0  # type: ignore[assignment]
    length_m: Annotated[Q, measure("length", "0.1 m", "500 m"), Field(alias="length")] = 2.0  # type: ignore[assignment]
    width_m: Annotated[Q | None, measure("length", "0.05 m", "20 m"), Field(alias="width")] = None
    depth_m: Annotated[
        Q | None,
        measure("length", "0 m", "1 m"),
        Field(alias="depth", description="of a pothole or puddle; height of a snow bank"),
    ] = None
    cover: Annotated[Q, measure("ratio", "0", "1"), Field(description="share of its area that it covers")] = (
        1.0  # type: ignore[assignment]
    )


class WorkZone(Part, Generic[Q]):
    """A stretch of road under repair: a temporary layer of lanes between two stations."""

    from_m: Annotated[Q, measure("length", "0 m", "20 km"), Field(alias="from")]
    to_m: Annotated[Q, measure("length", "0 m", "20 km"), Field(alias="to")]
    closed: list[Literal["left", "middle", "right", "shoulder"]]
    taper_m: Annotated[Q, measure("length", "5 m", "300 m"), Field(alias="taper")] = 40.0  # type: ignore[assignment]


# ------------------------------------------------------------------------------------------------------------ road
class LinePiece(Part, Generic[Q]):
    length_m: Annotated[Q, measure("length", "0.1 m", "20 km"), Field(alias="length")]


class ArcPiece(Part, Generic[Q]):
    length_m: Annotated[Q, measure("length", "0.1 m", "20 km"), Field(alias="length")]
    radius_m: Annotated[Q, measure("length", "5 m", "20 km"), Field(alias="radius")]
    turn: Literal["left", "right"]


class ClothoidPiece(Part, Generic[Q]):
    """A spiral from the curvature so far to 1/end_radius; without end_radius it ends straight."""

    length_m: Annotated[Q, measure("length", "0.1 m", "20 km"), Field(alias="length")]
    end_radius_m: Annotated[Q | None, measure("length", "5 m", "20 km"), Field(alias="end_radius")] = None
    turn: Literal["left", "right"] = "left"


class RoadPiece(Part, Generic[Q]):
    """Exactly one of line, arc, clothoid."""

    line: LinePiece[Q] | None = None
    arc: ArcPiece[Q] | None = None
    clothoid: ClothoidPiece[Q] | None = None


class Markings(Part, Generic[Q]):
    centre: Literal["broken", "solid", "double", "none"] = "broken"
    edge: Literal["broken", "solid", "none"] = "solid"
    lanes: Literal["broken", "solid", "none"] = "broken"
    wear: Annotated[Q, measure("ratio", "0", "1")] = 0.2  # type: ignore[assignment]


class Shoulder(Part, Generic[Q]):
    left_m: Annotated[Q, measure("length", "0 m", "10 m"), Field(alias="left")] = 0.0  # type: ignore[assignment]
    right_m: Annotated[Q, measure("length", "0 m", "10 m"), Field(alias="right")] = 0.0  # type: ignore[assignment]


class Barriers(Part):
    median: Literal["none", "concrete", "guardrail"] = "none"
    left: Literal["none", "concrete", "guardrail"] = "none"
    right: Literal["none", "concrete", "guardrail"] = "none"


class Road(Part, Generic[Q]):
    """Exactly one of `preset`, `build`, `opendrive`; the other words adjust a preset or a built road.

    `lanes` counts the lanes of both directions on a two-way road, and those of the ego's carriageway on a one-way
    road (the highway preset).
    """

    preset: Literal["urban_street", "highway", "country_road"] | None = None
    build: list[RoadPiece[Q]] | None = None
    opendrive: str | None = Field(None, description="path of an .xodr file, relative to the scenario file")
    lanes: int | None = Field(None, ge=1, le=12)
    lane_width_m: Annotated[Q | None, measure("length", "2 m", "6 m"), Field(alias="lane_width")] = None
    length_m: Annotated[Q | None, measure("length", "20 m", "20 km"), Field(alias="length")] = None
    one_way: bool | None = None
    parking: Literal["none", "left", "right", "both"] | None = None
    sidewalks: Literal["none", "left", "right", "both"] | None = None
    sidewalk_width_m: Annotated[
        Q | None, measure("length", "0.8 m", "10 m"), Field(alias="sidewalk_width")
    ] = None
    shoulder: Shoulder[Q] | None = None
    superelevation_rad: Annotated[
        Q | None, measure("slope", "-15 %", "15 %"), Field(alias="superelevation")
    ] = None
    grade_rad: Annotated[Q | None, measure("slope", "-20 %", "20 %"), Field(alias="grade")] = None
    markings: Markings[Q] | None = None
    barriers: Barriers | None = None
    crossings_m: list[Annotated[Q, measure("length", "0 m", "20 km")]] | None = Field(
        None, alias="crossings", description="zebra crossings at these distances along the road"
    )
    surroundings: Literal["auto", "town", "suburb", "country", "forest", "highway", "bare"] = "auto"


class World(Part, Generic[Q, W]):
    clock: Clock[Q]
    weather: list[WeatherKey[Q]] = Field(default_factory=list)
    surface: Surface[Q, W] = Field(default_factory=Surface)
    lighting: Lighting[Q, W] = Field(default_factory=Lighting)
    road: Road[Q]
    patches: Annotated[
        list[Patch[Q, W]],
        planned("the road cannot carry local patches yet"),
        Field(description="local conditions of the road surface"),
    ] = Field(default_factory=list)
    work_zones: Annotated[
        list[WorkZone[Q]],
        planned("roads cannot build temporary lanes yet; place prop.barrier and prop.cone instead"),
        Field(description="stretches under repair"),
    ] = Field(default_factory=list)
