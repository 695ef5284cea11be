"""Words of actors: what they are, where they begin, what they do; and of the background.  Language floor."""

from typing import Annotated, Generic, Literal

from pydantic import Field

from scenarios.draft import measure, planned, says, word
from scenarios.schema.base import Part, Q, W


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
    left_of: Annotated[str | None, planned("only ahead_of and behind are understood so far")] = None
    right_of: Annotated[str | None, planned("only ahead_of and behind are understood so far")] = None
    gap_m: Annotated[
        Q | None,
        measure("length", "0 m", "2 km"),
        Field(alias="gap", description="between the two bodies, along the road or across it"),
    ] = None
    on: Annotated[Literal["crosswalk"] | None, planned("actors cannot be put on crosswalks yet")] = None
    crosswalk: Annotated[
        int, Field(ge=1, le=99, description="which crosswalk along the ego's way, counted from its start")
    ] = 1
    parked: Literal["left", "right"] | None = None
    curb_gap_m: Annotated[Q, measure("length", "0 m", "3 m"), Field(alias="curb_gap")] = 0.25  # type: ignore[assignment]
    offset: Annotated[
        W | None, word("lane", "sidewalk", "opposite_sidewalk", "verge", "opposite_verge", "shoulder")
    ] = None
    lateral_m: Annotated[Q, measure("length", "-50 m", "50 m"), Field(alias="lateral")] = 0.0  # type: ignore[assignment]
    facing: Annotated[W | None, word("along", "against", "across", "away")] = None
    toward: Annotated[
        str | None,
        planned("actors cannot face one another yet"),
        Field(description="the actor that it looks at"),
    ] = None
    pose: Annotated[
        W,
        word("upright", "on_left_side", "on_right_side", "on_roof"),
        planned("nothing can lie on its side yet"),
        Field(description="how it stands or lies: a fallen cyclist, an overturned car"),
    ] = "upright"  # type: ignore[assignment]
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

    until: Annotated[
        str | None,
        says("condition", "now"),
        Field(description='a condition in quotes, such as "ttc(ego, path(child)) <= 1.5 s"'),
    ] = None
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


class Push(Part, Generic[Q]):
    """Velocity given to cargo beside its vehicle's own, in the vehicle's frame."""

    up_mps: Annotated[Q, measure("speed", "-10 m/s", "10 m/s"), Field(alias="up")] = 0.0  # type: ignore[assignment]
    sideways_mps: Annotated[
        Q, measure("speed", "-10 m/s", "10 m/s"), Field(alias="sideways", description="positive to the left")
    ] = 0.0  # type: ignore[assignment]
    forward_mps: Annotated[Q, measure("speed", "-10 m/s", "10 m/s"), Field(alias="forward")] = 0.0  # type: ignore[assignment]


class Release(Part, Generic[Q]):
    """Untie cargo: from here on it moves as a rigid body under gravity, friction and its own inertia."""

    cargo: Literal["all"] | int = Field("all", description="all, or how many items from the rear")
    push: Push[Q] | None = None


LampWord = Literal[
    "low_beam", "high_beam", "hazard", "fog_front", "fog_rear", "indicator_left", "indicator_right", "off"
]


class Step(Part, Generic[Q, W]):
    """One thing to do; exactly one of the words (written as a one-word mapping, `- walk: {...}`)."""

    drive: Drive[Q, W] | None = None
    wait: Wait[Q] | None = None
    walk: Walk[Q, W] | None = None
    brake: Brake[Q] | None = None
    change_lane: ChangeLane[Q, W] | None = None
    stop: Stop[Q] | None = None
    mark: str | None = None
    lights: Annotated[
        "list[LampWord] | None",
        planned("lamps cannot be switched by a step yet"),
        Field(description="lamps lit from here on"),
    ] = None
    release: Annotated[Release[Q] | None, planned("vehicles carry no cargo yet")] = None
    one_of: Annotated[
        "dict[str, list[Step[Q, W]]] | None",
        Field(description="one of several ways to go on, by weight: {0.25: [...], 0.75: [...]}"),
    ] = None


class Cargo(Part, Generic[Q, W]):
    """Things on the bed of a truck; `tied` ones stay there until a step releases them."""

    items: Annotated[Q, measure("ratio", "1", "12"), Field(description="how many")] = 1.0  # type: ignore[assignment]
    model: Annotated[W, word(), Field(description="a model of debris, such as box.cardboard")]
    tied: bool = True


class Actor(Part, Generic[Q, W]):
    """Somebody or something in the scenario."""

    model: Annotated[W, word()]  # a key of bodies.BODIES
    under_test: bool = False
    rig: str | None = None
    look: Look[Q, W] | None = None
    start: Start[Q, W]
    lights: list[LampWord] | None = Field(
        None, description="lamps lit from the start; by default as the light demands"
    )
    cargo: Annotated[Cargo[Q, W] | None, planned("vehicles carry no cargo yet")] = None
    do: list[Step[Q, W]] = Field(default_factory=list)


# ------------------------------------------------------------------------------------------------------ background
class ParkedCars(Part, Generic[Q]):
    side: Literal["left", "right", "both"]
    fill: Annotated[Q, measure("ratio", "0", "1")] = 0.5  # type: ignore[assignment]
    except_: list[str] = Field(default_factory=list, alias="except")


class DriverSettings(Part):
    """How background drivers follow one another and change lanes."""

    model: Literal["idm"] = "idm"
    lane_change: Annotated[
        Literal["none", "mobil"], planned("background traffic does not change lanes yet")
    ] = "none"


class Traffic(Part, Generic[Q]):
    vehicles_per_km: Annotated[Q, measure("density", "0 /km", "150 /km"), Field(alias="vehicles")]
    driver: Literal["idm"] | DriverSettings = "idm"
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
