"""Words of actors: what they are and where they begin.  Language floor."""

from typing import Annotated, Generic, Literal

from pydantic import Field

from scenarios.draft import measure, word
from scenarios.schema.base import Part, Q, W
from scenarios.schema.steps import DoorWord, LampWord, Step


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
    dents: Annotated[
        W | None,
        word("none", "light", "heavy"),
        Field(
            description="dents and scratches of a vehicle; without it most have none and some light ones",
            examples=["heavy"],
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
    trail: Annotated[
        W | None,
        word("dust", "smoke", "exhaust", "none"),
        Field(
            description="what a vehicle leaves behind it in the air; without it, dust on dry roads of gravel and earth "
            "and, from most engines, white exhaust in the cold; smoke is that of a damaged engine, also at rest",
            examples=["smoke"],
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
