"""Words of actors: what they are, where they begin, what they do; and of the background.  Language floor."""

from typing import Annotated, Generic, Literal

from pydantic import Field

from scenarios.draft import measure, says, word
from scenarios.schema.base import Part, Q, W


class Start(Part, Generic[Q, W]):
    """Where an actor begins: a lane and distance, a relation to another actor, or parked at the kerb.

    `gap` is bumper to bumper along the road.  `offset` names a strip beside the lanes; `lateral` adds metres to the
    left of the place so found.  On an OpenDRIVE map `road` is the road id and `lane` the lane id.  Exactly one of `s`,
    `ahead_of`, `behind`, `left_of`, `right_of` and `on` says where along the road.
    """

    lane: Annotated[
        W | None,
        word(),
        Field(
            description="lane it begins in: right, middle, left, oncoming, or a lane id of the map",
            examples=["right"],
        ),
    ] = None
    road: Annotated[str | None, Field(description="id of a road of the OpenDRIVE map", examples=["17"])] = (
        None
    )
    s_m: Annotated[
        Q | None,
        measure("length", "0 m", "20 km"),
        Field(alias="s", description="distance along the road, from its start", examples=["30 m"]),
    ] = None
    ahead_of: Annotated[
        str | None, Field(description="the actor in front of which it begins; with `gap`", examples=["van"])
    ] = None
    behind: Annotated[
        str | None, Field(description="the actor behind which it begins; with `gap`", examples=["ego"])
    ] = None
    left_of: Annotated[
        str | None,
        Field(
            description="the actor to the left of which it begins, abreast; without `gap` one lane over",
            examples=["van"],
        ),
    ] = None
    right_of: Annotated[
        str | None,
        Field(
            description="the actor to the right of which it begins, abreast; without `gap` one lane over",
            examples=["van"],
        ),
    ] = None
    gap_m: Annotated[
        Q | None,
        measure("length", "0 m", "2 km"),
        Field(alias="gap", description="between the two bodies, along the road or, abreast, across it"),
    ] = None
    on: Annotated[
        Literal["crosswalk"] | None,
        Field(
            description="people wait at its end on the ego's side of the road and look across; vehicles stand on it"
        ),
    ] = None
    crosswalk: Annotated[
        int,
        Field(
            ge=1,
            le=99,
            description="which crosswalk along the ego's way, counted from its start",
            examples=["1"],
        ),
    ] = 1
    advance_m: Annotated[
        Q,
        measure("length", "-2 km", "2 km"),
        Field(
            alias="advance",
            description="further along its lane than the place so found; encounters find it",
            examples=["-2.5 m"],
        ),
    ] = 0.0  # type: ignore[assignment]
    parked: Annotated[
        Literal["left", "right"] | None, Field(description="stands at the kerb on this side of the road")
    ] = None
    curb_gap_m: Annotated[
        Q,
        measure("length", "0 m", "3 m"),
        Field(alias="curb_gap", description="between a parked vehicle and the kerb"),
    ] = 0.25  # type: ignore[assignment]
    offset: Annotated[
        W | None,
        word("lane", "sidewalk", "opposite_sidewalk", "verge", "opposite_verge", "shoulder"),
        Field(
            description="a strip beside the lanes, as the traffic of its lane sees them",
            examples=["sidewalk"],
        ),
    ] = None
    lateral_m: Annotated[
        Q,
        measure("length", "-50 m", "50 m"),
        Field(alias="lateral", description="further to the left of the place so found", examples=["-0.8 m"]),
    ] = 0.0  # type: ignore[assignment]
    facing: Annotated[
        W | None,
        word("along", "against", "across", "away"),
        Field(
            description="which way it looks: along its lane, against it (who drives so is a wrong-way driver), across "
            "the road, or away from the road"
        ),
    ] = None
    toward: Annotated[
        str | None,
        Field(description="the actor that it looks at, instead of `facing`", examples=["ego"]),
    ] = None
    pose: Annotated[
        W,
        word(
            "upright",
            "on_left_side",
            "on_right_side",
            "on_roof",
            "sitting",
            "kneeling",
            "pointing",
            "directing",
        ),
        Field(
            description="how it stands or lies: a fallen cyclist, an overturned car; people also sit on the ground, "
            "kneel on one knee, point ahead, or direct traffic with one arm up and one out; who poses does not move, "
            "and the room that it takes is that of the posed body",
        ),
    ] = "upright"  # type: ignore[assignment]
    speed_mps: Annotated[
        Q,
        measure("speed", "0 m/s", "90 m/s"),
        Field(alias="speed", description="how fast it moves at the start"),
    ] = 0.0  # type: ignore[assignment]


class Look(Part, Generic[Q, W]):
    """How an actor looks where that is not left to its model."""

    height_m: Annotated[
        Q | None,
        measure("length", "0.3 m", "2.3 m"),
        Field(alias="height", description="how tall a person or animal is", examples=["1.18 m"]),
    ] = None
    clothing: Annotated[
        W | None,
        word("dark", "mixed", "bright", "reflective", "summer", "winter", "business", "robe", "costume"),
        Field(
            description="a person's clothes: how much light they return (reflective has stripes), or what they are: "
            "bare arms, coats and hats, suits, robes to the ground, fancy dress"
        ),
    ] = None
    build: Annotated[
        W | None,
        word("slim", "average", "stout"),
        Field(
            description="how heavily a person is built: a body mass index near 19, 24 or 33",
            examples=["stout"],
        ),
    ] = None
    carries: Annotated[
        W | None,
        word(
            "backpack",
            "handbag",
            "shopping_bag",
            "suitcase",
            "umbrella",
            "phone",
            "stick",
            "child",
            "nothing",
        ),
        Field(
            description="what a person carries, pulls or looks at; without it some carry bags; an open umbrella and a "
            "suitcase make the box larger",
            examples=["umbrella"],
        ),
    ] = None
    color: Annotated[
        W | None,
        word("white", "black", "grey", "silver", "blue", "red", "green", "yellow", "orange", "brown"),
        Field(description="paint of a vehicle"),
    ] = None
    dirt: Annotated[
        W | None,
        word("clean", "dusty", "dirty", "filthy"),
        Field(
            description="how dirty a vehicle is; without it, as vehicles are on such roads: what wet roads throw up, "
            "salt in winter, dust in summer; lorries more than cars",
            examples=["filthy"],
        ),
    ] = None


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


class Cargo(Part, Generic[Q, W]):
    """Things on the bed of a truck; `tied` ones stay there until a step releases them."""

    items: Annotated[Q, measure("ratio", "1", "12"), Field(description="how many", examples=["3"])] = 1.0  # type: ignore[assignment]
    model: Annotated[
        W, word(), Field(description="a model of debris, such as box.cardboard", examples=["box.cardboard"])
    ]
    tied: Annotated[
        bool, Field(description="whether it stays on the bed until a step releases it", examples=["true"])
    ] = True


class Actor(Part, Generic[Q, W]):
    """Somebody or something in the scenario."""

    model: Annotated[
        W,
        word(),
        Field(
            description="what it is: a key of the table of models, see `stormlane list models`",
            examples=["car.sedan"],
        ),
    ]  # a key of bodies.BODIES
    under_test: Annotated[
        bool,
        Field(
            description="whether this is the vehicle whose perception is tested; only the ego",
            examples=["true"],
        ),
    ] = False
    rig: Annotated[
        str | None,
        Field(
            description="rig file of its sensors, beside the scenario or from the package; only the ego",
            examples=["rigs/front_cam_roof_lidar.yaml"],
        ),
    ] = None
    look: Annotated[
        Look[Q, W] | None,
        Field(
            description="height, build, clothing, things carried, or paint",
            examples=["{height: 1.18 m, clothing: dark}"],
        ),
    ] = None
    start: Annotated[
        Start[Q, W], Field(description="where it begins", examples=["{lane: right, s: 30 m, speed: 40 km/h}"])
    ]
    lights: list[LampWord] | None = Field(
        None, description="lamps lit from the start; by default as the light demands"
    )
    doors: list[DoorWord] | None = Field(
        None,
        description="what stands open from the start; the steps open and close move it, and others, later",
        examples=["[front_left, boot]"],
    )
    cargo: Annotated[
        Cargo[Q, W] | None,
        Field(
            description="what it carries: models with a bed only, which then has no side boards",
            examples=["{model: box.cardboard}"],
        ),
    ] = None
    tows: Annotated[
        W | None,
        word(),
        Field(
            description="the trailer behind it, which is labelled as an actor called NAME.trailer: cars, vans and farm "
            "tractors draw trailer.small and caravan, truck.tractor_unit draws semitrailers",
            examples=["trailer.curtain"],
        ),
    ] = None
    brings: Annotated[
        W | None,
        word("animal.dog", "stroller.pram", "wheelchair.manual"),
        Field(
            description="what somebody on foot takes along: a dog on a lead, a pram or a wheelchair that is pushed; it "
            "is labelled as an actor of its own called NAME.dog, NAME.pram or NAME.wheelchair",
            examples=["animal.dog"],
        ),
    ] = None
    do: list[Step[Q, W]] = Field(
        default_factory=list,
        description="what it does, one thing after the other",
        examples=["[{drive: {speed: 40 km/h}}]"],
    )


# ------------------------------------------------------------------------------------------------------ background
class ParkedCars(Part, Generic[Q]):
    """Cars parked along the kerb."""

    side: Annotated[Literal["left", "right", "both"], Field(description="side of the road")]
    fill: Annotated[
        Q, measure("ratio", "0", "1"), Field(description="share of the parking places that are taken")
    ] = 0.5  # type: ignore[assignment]
    except_: list[str] = Field(
        default_factory=list,
        alias="except",
        description="actors near which no car is parked",
        examples=["[van]"],
    )


class DriverSettings(Part):
    """How background drivers follow one another and change lanes."""

    model: Annotated[Literal["idm"], Field(description="how distance is kept")] = "idm"
    lane_change: Annotated[
        Literal["none", "mobil"],
        Field(description="whether slower traffic is overtaken; mobil is Kesting, Treiber and Helbing 2007"),
    ] = "none"


class Traffic(Part, Generic[Q]):
    """Vehicles on the road that need no name."""

    vehicles_per_km: Annotated[
        Q,
        measure("density", "0 /km", "150 /km"),
        Field(alias="vehicles", description="how many vehicles there are in all lanes"),
    ]
    driver: Annotated[
        Literal["idm"] | DriverSettings, Field(description="how they drive", examples=["idm"])
    ] = "idm"
    mix: Annotated[
        dict[str, float] | None,
        Field(description="kinds of vehicle by share", examples=["{car: 0.7, truck: 0.3}"]),
    ] = None


class Pedestrians(Part, Generic[Q]):
    """People who walk along the sidewalks."""

    per_km: Annotated[
        Q,
        measure("density", "0 /km", "500 /km"),
        Field(alias="density", description="how many people walk on the sidewalks"),
    ]


class Background(Part, Generic[Q]):
    """Everybody and everything around that needs no name."""

    parked_cars: Annotated[
        ParkedCars[Q] | None,
        Field(description="vehicles along the kerb", examples=["{side: right, fill: 0.5}"]),
    ] = None
    traffic: Annotated[
        Traffic[Q] | None, Field(description="vehicles on the road", examples=["{vehicles: 5 /km}"])
    ] = None
    pedestrians: Annotated[
        Pedestrians[Q] | None, Field(description="people on the sidewalks", examples=["{density: 10 /km}"])
    ] = None


OutputWord = Literal["camera", "lidar", "boxes2d", "boxes3d", "semantic", "instance", "depth"]
OUTPUTS: tuple[OutputWord, ...] = ("camera", "lidar", "boxes2d", "boxes3d", "semantic", "instance", "depth")


# Recorded only where it is asked for: truth beside the truth, and what the picture was before it was developed.
ExtraWord = Literal["normals", "albedo", "flow", "clean", "linear", "raw"]
QualityWord = Literal["draft", "standard", "high", "reference"]
QUALITIES: tuple[QualityWord, ...] = ("draft", "standard", "high", "reference")


class Capture(Part, Generic[Q]):
    """What is recorded: how long, how often, which outputs."""

    duration_s: Annotated[
        Q, measure("time", "0.1 s", "10 min"), Field(alias="duration", description="length of the clip")
    ] = 5.0  # type: ignore[assignment]
    rate_hz: Annotated[
        Q,
        measure("frequency", "0.1 Hz", "100 Hz"),
        Field(alias="rate", description="frames of every sensor in a second"),
    ] = 10.0  # type: ignore[assignment]
    outputs: list[OutputWord] = Field(
        default_factory=lambda: list(OUTPUTS),
        description="what is recorded; everything by default",
        examples=["[camera, lidar, boxes3d]"],
    )
    also: list[ExtraWord] = Field(
        default_factory=list,
        description="recorded beside outputs, by the native format: normals; dry albedo; optical flow to the next and "
        "the last frame; the clean twin picture, without weather in the air; linear light before the film; raw values "
        "of cameras with an imager",
        examples=["[normals, flow]"],
    )
    quality: Annotated[
        QualityWord,
        Field(description="what the light of camera pictures is worth; labels are the same at every level"),
    ] = "standard"
    paths: Annotated[
        int,
        Field(
            ge=1, le=65_536, description="light paths of each pixel at quality `reference`", examples=["256"]
        ),
    ] = 64
