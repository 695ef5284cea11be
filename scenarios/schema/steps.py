"""Words of what actors do, one thing after the other.  Language floor."""

from typing import Annotated, Generic, Literal

from pydantic import Field

from scenarios.draft import measure, says, word
from scenarios.schema.base import Part, Q, W
from scenarios.schema.lights import SetLights


class Drive(Part, Generic[Q, W]):
    """Follow the lane, keeping distance to what is ahead (IDM) unless `driver: steady`."""

    speed_mps: Annotated[
        Q,
        measure("speed", "0 m/s", "90 m/s"),
        Field(alias="speed", description="wanted speed, reached as fast as the model accelerates"),
    ]
    driver: Annotated[
        Literal["idm", "steady"],
        Field(description="whether it keeps its distance to what is ahead (idm) or does not look (steady)"),
    ] = "idm"
    for_s: Annotated[
        Q | None,
        measure("time", "0 s", "1 h"),
        Field(
            alias="for",
            description="how long; without it the next step begins at once and this goes on",
            examples=["3 s"],
        ),
    ] = None


class Wait(Part, Generic[Q]):
    """Carry on as before until a condition holds, or for a time; then optionally `after` a delay."""

    until: Annotated[
        str | None,
        says("condition", "now"),
        Field(
            description='a condition in quotes, such as "ttc(ego, path(child)) <= 1.5 s"',
            examples=['"ttc(ego, path(child)) <= 1.5 s"'],
        ),
    ] = None
    for_s: Annotated[
        Q | None,
        measure("time", "0 s", "1 h"),
        Field(alias="for", description="how long to carry on as before"),
    ] = None
    after_s: Annotated[
        Q,
        measure("time", "0 s", "1 h"),
        Field(alias="after", description="delay between the condition and the next step", examples=["0.5 s"]),
    ] = 0.0  # type: ignore[assignment]


class Walk(Part, Generic[Q, W]):
    """Walk or run to a strip, across the road, or along it."""

    to: Annotated[
        W,
        word("opposite_sidewalk", "sidewalk", "opposite_verge", "verge", "along", "back"),
        Field(description="a strip to reach, along the road, or back where it came from"),
    ]
    speed_mps: Annotated[
        Q,
        measure("speed", "0.1 m/s", "20 m/s"),
        Field(alias="speed", description="how fast it goes", examples=["5 km/h"]),
    ]
    gait: Annotated[
        Literal["auto", "walk", "run"], Field(description="how the legs move; auto follows from the speed")
    ] = "auto"
    for_s: Annotated[
        Q | None,
        measure("time", "0 s", "1 h"),
        Field(alias="for", description="how long at most", examples=["3 s"]),
    ] = None


class Brake(Part, Generic[Q]):
    """Slow down at a given rate to a lower speed, or to a stop."""

    at_mps2: Annotated[
        Q, measure("acceleration", "0.1 m/s^2", "15 m/s^2"), Field(alias="at", description="deceleration")
    ]
    to_mps: Annotated[
        Q,
        measure("speed", "0 m/s", "90 m/s"),
        Field(alias="to", description="speed at which braking ends; 0 is a full stop", examples=["20 km/h"]),
    ] = 0.0  # type: ignore[assignment]


class ChangeLane(Part, Generic[Q, W]):
    """Move into another lane while driving on."""

    to: Annotated[
        W,
        word("left", "middle", "right", "next_left", "next_right"),
        Field(
            description="the lane to move into: by name, or the next one to a side", examples=["next_left"]
        ),
    ]
    over_s: Annotated[
        Q,
        measure("time", "0.3 s", "30 s"),
        Field(alias="over", description="how long the change takes", examples=["2.5 s"]),
    ]
    shape: Annotated[
        Literal["sinusoidal", "linear"],
        Field(description="sideways motion: eased in and out, or at constant rate"),
    ] = "sinusoidal"


class Stop(Part, Generic[Q]):
    """Brake gently and stand."""

    for_s: Annotated[
        Q | None,
        measure("time", "0 s", "1 h"),
        Field(
            alias="for",
            description="how long to stand before going on at the speed of before; without it for good",
            examples=["1.5 s"],
        ),
    ] = None


class Push(Part, Generic[Q]):
    """Velocity given to cargo beside its vehicle's own, in the vehicle's frame.

    A load that gives way is lost over the open rear of the bed: without `forward` it shifts backwards at 2 m/s.
    """

    up_mps: Annotated[
        Q,
        measure("speed", "-10 m/s", "10 m/s"),
        Field(alias="up", description="upward", examples=["0.5 m/s"]),
    ] = 0.0  # type: ignore[assignment]
    sideways_mps: Annotated[
        Q,
        measure("speed", "-10 m/s", "10 m/s"),
        Field(alias="sideways", description="positive to the left", examples=["0.5 m/s"]),
    ] = 0.0  # type: ignore[assignment]
    forward_mps: Annotated[
        Q,
        measure("speed", "-10 m/s", "10 m/s"),
        Field(
            alias="forward",
            description="in the direction of travel; by default the load shifts backwards",
            examples=["-0.5 m/s"],
        ),
    ] = -2.0  # type: ignore[assignment]


class Release(Part, Generic[Q]):
    """Untie cargo: from here on it moves as a rigid body, by gravity, friction, wind and its own inertia.

    It starts with the velocity of its place on the truck, a bend's turning included, and with the push.  It meets the
    bed, the cab, other vehicles, the road as it is built, and its like.
    """

    cargo: Annotated[
        Literal["all"] | Annotated[int, Field(ge=1, le=12)],
        Field(description="all, or how many items, from the rear and from above", examples=["all"]),
    ] = "all"
    push: Annotated[
        Push[Q],
        Field(
            default_factory=lambda: Push.model_validate({}),
            description="velocity added at the moment of release",
            examples=["{up: 0.5 m/s}"],
        ),
    ]


class Roll(Part, Generic[Q]):
    """Set a ball rolling, in the direction that it faces; it slows down, bounces off what it meets, falls off kerbs."""

    speed_mps: Annotated[
        Q,
        measure("speed", "0.1 m/s", "40 m/s"),
        Field(alias="speed", description="how fast it sets out", examples=["3 m/s"]),
    ]


LampWord = Literal[
    "low_beam",
    "high_beam",
    "hazard",
    "fog_front",
    "fog_rear",
    "indicator_left",
    "indicator_right",
    "beacon",
    "off",
]


DoorWord = Literal["front_left", "front_right", "rear_left", "rear_right", "boot", "bonnet"]


class OpenDoor(Part, Generic[Q]):
    """Swing a door, boot or bonnet open, gently at either end; the next step begins when it stands."""

    door: Annotated[DoorWord, Field(description="which one; as `doors` names them", examples=["front_left"])]
    over_s: Annotated[
        Q,
        measure("time", "0.1 s", "30 s"),
        Field(alias="over", description="how long that takes", examples=["1.2 s"]),
    ] = 1.2  # type: ignore[assignment]
    to: Annotated[
        Q,
        measure("ratio", "0.05", "1"),
        Field(description="how far, as a share of its last notch", examples=["70 %"]),
    ] = 1.0  # type: ignore[assignment]


class CloseDoor(Part, Generic[Q]):
    """Swing a door, boot or bonnet shut."""

    door: Annotated[DoorWord, Field(description="which one; as `doors` names them", examples=["front_left"])]
    over_s: Annotated[
        Q,
        measure("time", "0.1 s", "30 s"),
        Field(alias="over", description="how long that takes", examples=["1 s"]),
    ] = 1.0  # type: ignore[assignment]


class Step(Part, Generic[Q, W]):
    """One thing to do; exactly one of the words (written as a one-word mapping, `- walk: {...}`)."""

    drive: Annotated[
        Drive[Q, W] | None,
        Field(description="follow the lane at a speed; for vehicles", examples=["{speed: 50 km/h}"]),
    ] = None
    wait: Annotated[
        Wait[Q] | None,
        Field(
            description="carry on as before until a condition holds or a time is over",
            examples=['{until: "time >= 2 s"}'],
        ),
    ] = None
    walk: Annotated[
        Walk[Q, W] | None,
        Field(
            description="walk or run; for people and animals",
            examples=["{to: opposite_sidewalk, speed: 5 km/h}"],
        ),
    ] = None
    brake: Annotated[
        Brake[Q] | None,
        Field(description="slow down at a given rate; for vehicles", examples=["{at: 3 m/s^2}"]),
    ] = None
    change_lane: Annotated[
        ChangeLane[Q, W] | None,
        Field(description="move into another lane; for vehicles", examples=["{to: next_left, over: 2.5 s}"]),
    ] = None
    stop: Annotated[
        Stop[Q] | None, Field(description="stand still, after braking gently", examples=["{for: 1.5 s}"])
    ] = None
    mark: Annotated[
        str | None,
        Field(
            description="a name for this moment, for event(...), windows of time and the labels",
            examples=["reveal"],
        ),
    ] = None
    lights: Annotated[
        "list[LampWord] | None",
        Field(description="lamps lit from here on; what only flashes leaves the others as the light demands"),
    ] = None
    traffic_light: Annotated[
        SetLights | None,
        Field(
            description="what traffic lights show from here on, or the phase that they go to; whoever does it stays as "
            "it is",
            examples=["{phase: clearing}"],
        ),
    ] = None
    open: Annotated[
        OpenDoor[Q] | None,
        Field(
            description="open a door, boot or bonnet; for vehicles that have it",
            examples=["{door: front_left, over: 1.2 s, to: 70 %}"],
        ),
    ] = None
    close: Annotated[
        CloseDoor[Q] | None,
        Field(description="shut what stands open", examples=["{door: front_left, over: 1 s}"]),
    ] = None
    release: Annotated[
        Release[Q] | None,
        Field(description="untie cargo; for trucks that carry some", examples=["{cargo: all}"]),
    ] = None
    roll: Annotated[
        Roll[Q] | None,
        Field(description="set a ball rolling in the direction that it faces", examples=["{speed: 3 m/s}"]),
    ] = None
    one_of: Annotated[
        "dict[str, list[Step[Q, W]]] | None",
        Field(
            description="one of several ways to go on, by weight: {0.25: [...], 0.75: [...]}",
            examples=["{0.25: [{stop: {}}], 0.75: [{mark: goes_on}]}"],
        ),
    ] = None
