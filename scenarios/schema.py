"""The words of a scenario file as generic models: one schema, a draft and a resolved reading.  Language floor.

`Scenario[Draft, Draft]` holds what the author wrote: quantities with units, distributions, `$names`, `= expressions`.
`Scenario[float, str]` (alias `ResolvedScenario`) holds plain SI numbers and plain words, and is what every other
floor reads.  `measure` and `word` know for either reading how a value is checked.  Python names carry the unit, the
file's words do not (`visibility_m` is written `visibility: 80 m`), hence the aliases.
"""

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from scenarios.draft import Draft, measure, word

Q = TypeVar("Q")  # a quantity: float once resolved
W = TypeVar("W")  # a word that chance may pick: str once resolved


class Part(BaseModel):
    """Base of all parts: unknown words are errors, records are frozen."""

    # Road ids and sensor names may look like numbers (`road: 1`) and are texts all the same.
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, coerce_numbers_to_str=True)


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


class Surface(Part, Generic[Q, W]):
    """State of the road surface; `from_weather` derives film, snow and ice from the weather."""

    state: Annotated[W, word("from_weather", "dry", "damp", "wet", "snowy", "icy")] = "from_weather"  # type: ignore[assignment]
    puddles: Puddles[Q] | None = None
    snow_depth_m: Annotated[Q | None, measure("length", "0 m", "0.5 m"), Field(alias="snow_depth")] = None


class Lighting(Part, Generic[W]):
    street_lamps: Annotated[W, word("auto", "lit", "dark")] = "auto"  # type: ignore[assignment]


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
    lighting: Lighting[W] = Field(default_factory=Lighting)
    road: Road[Q]


# ---------------------------------------------------------------------------------------------------------- actors
class Start(Part, Generic[Q, W]):
    """Where an actor begins: a lane and distance, a relation to another actor, or parked at the kerb.

    `gap` is bumper to bumper along the road.  `offset` names a strip beside the lanes; `lateral` adds metres to the
    left of the place so found.  On an OpenDRIVE map `road` is the road id and `lane` the lane id.
    """

    lane: Annotated[W | None, word()] = None  # right, middle, left, oncoming, or a lane id
    road: str | None = None
    s_m: Annotated[Q | None, measure("length", "0 m", "20 km"), Field(alias="s")] = None
    ahead_of: str | None = None
    behind: str | None = None
    gap_m: Annotated[Q | None, measure("length", "0 m", "2 km"), Field(alias="gap")] = None
    parked: Literal["left", "right"] | None = None
    curb_gap_m: Annotated[Q, measure("length", "0 m", "3 m"), Field(alias="curb_gap")] = 0.25  # type: ignore[assignment]
    offset: Annotated[
        W | None, word("lane", "sidewalk", "opposite_sidewalk", "verge", "opposite_verge", "shoulder")
    ] = None
    lateral_m: Annotated[Q, measure("length", "-50 m", "50 m"), Field(alias="lateral")] = 0.0  # type: ignore[assignment]
    facing: Annotated[W | None, word("along", "against", "across", "away")] = None
    speed_mps: Annotated[Q, measure("speed", "0 m/s", "90 m/s"), Field(alias="speed")] = 0.0  # type: ignore[assignment]


class Look(Part, Generic[Q, W]):
    height_m: Annotated[Q | None, measure("length", "0.3 m", "2.3 m"), Field(alias="height")] = None
    clothing: Annotated[W | None, word("dark", "mixed", "bright", "reflective")] = None
    color: Annotated[
        W | None,
        word("white", "black", "grey", "silver", "blue", "red", "green", "yellow", "orange", "brown"),
    ] = None


class Drive(Part, Generic[Q, W]):
    """Follow the lane, keeping distance to what is ahead (IDM) unless `driver: steady`."""

    speed_mps: Annotated[Q, measure("speed", "0 m/s", "90 m/s"), Field(alias="speed")]
    driver: Literal["idm", "steady"] = "idm"
    for_s: Annotated[Q | None, measure("time", "0 s", "1 h"), Field(alias="for")] = None


class Wait(Part, Generic[Q]):
    """Carry on as before until a condition holds, or for a time; then optionally `after` a delay."""

    until: str | None = Field(
        None, description='a condition in quotes, such as "ttc(ego, path(child)) <= 1.5 s"'
    )
    for_s: Annotated[Q | None, measure("time", "0 s", "1 h"), Field(alias="for")] = None
    after_s: Annotated[Q, measure("time", "0 s", "1 h"), Field(alias="after")] = 0.0  # type: ignore[assignment]


class Walk(Part, Generic[Q, W]):
    """Walk or run to a strip, across the road, or along it."""

    to: Annotated[W, word("opposite_sidewalk", "sidewalk", "opposite_verge", "verge", "along", "back")]
    speed_mps: Annotated[Q, measure("speed", "0.1 m/s", "20 m/s"), Field(alias="speed")]
    gait: Literal["auto", "walk", "run"] = "auto"
    for_s: Annotated[Q | None, measure("time", "0 s", "1 h"), Field(alias="for")] = None


class Brake(Part, Generic[Q]):
    at_mps2: Annotated[Q, measure("acceleration", "0.1 m/s^2", "15 m/s^2"), Field(alias="at")]
    to_mps: Annotated[Q, measure("speed", "0 m/s", "90 m/s"), Field(alias="to")] = 0.0  # type: ignore[assignment]


class ChangeLane(Part, Generic[Q, W]):
    to: Annotated[W, word("left", "middle", "right", "next_left", "next_right")]
    over_s: Annotated[Q, measure("time", "0.3 s", "30 s"), Field(alias="over")]
    shape: Literal["sinusoidal", "linear"] = "sinusoidal"


class Stop(Part, Generic[Q]):
    for_s: Annotated[Q | None, measure("time", "0 s", "1 h"), Field(alias="for")] = None


class Step(Part, Generic[Q, W]):
    """One thing to do; exactly one of the words (written as a one-word mapping, `- walk: {...}`)."""

    drive: Drive[Q, W] | None = None
    wait: Wait[Q] | None = None
    walk: Walk[Q, W] | None = None
    brake: Brake[Q] | None = None
    change_lane: ChangeLane[Q, W] | None = None
    stop: Stop[Q] | None = None
    mark: str | None = None


LampWord = Literal[
    "low_beam", "high_beam", "hazard", "fog_front", "fog_rear", "indicator_left", "indicator_right", "off"
]


class Actor(Part, Generic[Q, W]):
    model: Annotated[W, word()]  # a key of bodies.BODIES
    under_test: bool = False
    rig: str | None = None
    look: Look[Q, W] | None = None
    start: Start[Q, W]
    lights: list[LampWord] | None = Field(
        None, description="lamps lit from the start; by default as the light demands"
    )
    do: list[Step[Q, W]] = Field(default_factory=list)


class ParkedCars(Part, Generic[Q]):
    side: Literal["left", "right", "both"]
    fill: Annotated[Q, measure("ratio", "0", "1")] = 0.5  # type: ignore[assignment]
    except_: list[str] = Field(default_factory=list, alias="except")


class Traffic(Part, Generic[Q]):
    vehicles_per_km: Annotated[Q, measure("density", "0 /km", "150 /km"), Field(alias="vehicles")]
    driver: Literal["idm"] = "idm"
    mix: dict[str, float] | None = None


class Pedestrians(Part, Generic[Q]):
    per_km: Annotated[Q, measure("density", "0 /km", "500 /km"), Field(alias="density")]


class Background(Part, Generic[Q]):
    parked_cars: ParkedCars[Q] | None = None
    traffic: Traffic[Q] | None = None
    pedestrians: Pedestrians[Q] | None = None


OutputWord = Literal["camera", "lidar", "boxes2d", "boxes3d", "semantic", "instance", "depth"]
OUTPUTS: tuple[OutputWord, ...] = ("camera", "lidar", "boxes2d", "boxes3d", "semantic", "instance", "depth")


class Capture(Part, Generic[Q]):
    duration_s: Annotated[Q, measure("time", "0.1 s", "10 min"), Field(alias="duration")] = 5.0  # type: ignore[assignment]
    rate_hz: Annotated[Q, measure("frequency", "0.1 Hz", "100 Hz"), Field(alias="rate")] = 10.0  # type: ignore[assignment]
    outputs: list[OutputWord] = Field(default_factory=lambda: list(OUTPUTS))


class Scenario(Part, Generic[Q, W]):
    """A scenario file.  The actor called `ego` is required and carries the rig."""

    scenario: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")
    version: Literal[1] = 1
    description: str = ""
    tags: dict[str, str | list[str]] = Field(default_factory=dict)
    params: dict[str, Annotated[Q | W, measure("any")]] = Field(default_factory=dict)
    world: World[Q, W]
    actors: dict[str, Actor[Q, W]]
    background: Background[Q] = Field(default_factory=Background)
    capture: Capture[Q] = Field(default_factory=Capture)


# ------------------------------------------------------------------------------------------------------------ rigs
class Mount(Part, Generic[Q]):
    """Pose of a sensor in the ego's frame: x forward, y left, z up from the ground below the box's centre."""

    x_m: Annotated[Q, measure("length", "-20 m", "20 m"), Field(alias="x")] = 0.0  # type: ignore[assignment]
    y_m: Annotated[Q, measure("length", "-5 m", "5 m"), Field(alias="y")] = 0.0  # type: ignore[assignment]
    z_m: Annotated[Q, measure("length", "0 m", "10 m"), Field(alias="z")]
    yaw_rad: Annotated[Q, measure("angle", "-360 deg", "360 deg"), Field(alias="yaw")] = 0.0  # type: ignore[assignment]
    pitch_rad: Annotated[
        Q, measure("angle", "-90 deg", "90 deg"), Field(alias="pitch", description="positive looks down")
    ] = 0.0  # type: ignore[assignment]
    roll_rad: Annotated[Q, measure("angle", "-180 deg", "180 deg"), Field(alias="roll")] = 0.0  # type: ignore[assignment]


class Camera(Part, Generic[Q]):
    """A camera: pinhole with Brown-Conrady distortion (k1 k2 p1 p2 k3, OpenCV's order)."""

    mount: Mount[Q]
    width_px: int = Field(ge=16, le=8192, alias="width")
    height_px: int = Field(ge=16, le=8192, alias="height")
    fov_rad: Annotated[
        Q | None,
        measure("angle", "5 deg", "150 deg"),
        Field(alias="fov", description="horizontal field of view"),
    ] = None
    focal_px: Annotated[Q | None, measure("pixels", "10 px", "100000 px"), Field(alias="focal")] = None
    centre_px: tuple[float, float] | None = Field(None, alias="centre")
    distortion: tuple[float, float, float, float, float] = (0.0, 0.0, 0.0, 0.0, 0.0)


class Lidar(Part, Generic[Q]):
    mount: Mount[Q]
    model: Literal["VLP-16", "HDL-32E", "HDL-64E", "OS1-128"]


class Rig(Part, Generic[Q]):
    """Sensors by name; a rig is a file of its own."""

    rig: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")
    version: Literal[1] = 1
    description: str = ""
    cameras: dict[str, Camera[Q]] = Field(default_factory=dict)
    lidars: dict[str, Lidar[Q]] = Field(default_factory=dict)


DraftScenario = Scenario[Draft, Draft]
ResolvedScenario = Scenario[float, str]
DraftRig = Rig[Draft]
ResolvedRig = Rig[float]


def _name_readings() -> None:
    """Give every reading a name in this module: without one, its records could not be sent to worker processes."""
    unnamed: list[type[BaseModel]] = [Part]
    while unnamed:
        model = unnamed.pop()
        unnamed.extend(model.__subclasses__())
        globals().setdefault(model.__name__, model)


_name_readings()
