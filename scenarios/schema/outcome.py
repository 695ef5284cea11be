"""Words about the outcome: encounters, coverage, expectations, sensor faults, variants.  Language floor."""

from typing import Annotated, Generic, Literal

from pydantic import Field

from scenarios.draft import measure, says, word
from scenarios.schema.base import Part, Q, W


# ------------------------------------------------------------------------------------------------------- encounters
class Meet(Part, Generic[Q]):
    """Two actors come to the place where their ways cross, `apart` from each other in time.

    What counts is when they would come there if neither saw the other.  A way that leads into the other's (a lane
    change, a junction) meets it where the two become one.  Ways that are one from the start, or lie side by side, have
    no such place: there `at` says when the two are abreast.
    """

    actor: str = Field(description="who is placed so that it happens", examples=["child"])
    other: Annotated[str, Field(description="whom it meets", examples=["ego"])] = "ego"
    apart_s: Annotated[
        Q,
        measure("time", "-20 s", "20 s"),
        Field(alias="apart", description="how much later than the other; negative: earlier"),
    ] = 0.0  # type: ignore[assignment]
    at_s: Annotated[
        Q | None,
        measure("time", "0 s", "1 h"),
        Field(
            alias="at", description="when the two are abreast, for ways that do not cross", examples=["4 s"]
        ),
    ] = None


class Reveal(Part, Generic[Q]):
    """An actor comes into sight of a sensor when the ego is a given time or distance from its path.

    From the actor itself, bumper to bumper, where its way does not cross the ego's.  What counts is what the ego would
    have left if it did not react.
    """

    actor: Annotated[str, Field(description="who comes into sight", examples=["child"])]
    by: str = Field(
        "ego",
        description="who sees it: ego, or one of its cameras such as ego.cam_front",
        examples=["ego.cam_front"],
    )
    share: Annotated[
        Q, measure("ratio", "0.01", "1"), Field(description="visible share that counts as seen")
    ] = 0.3  # type: ignore[assignment]
    ttc_s: Annotated[
        Q | None,
        measure("time", "0 s", "30 s"),
        Field(alias="ttc", description="time left until the ego reaches the actor's path"),
    ] = None
    distance_m: Annotated[
        Q | None,
        measure("length", "0 m", "500 m"),
        Field(alias="distance", description="way left until the ego reaches the actor's path"),
    ] = None


class Encounter(Part, Generic[Q]):
    """An outcome for which the engine finds the start: exactly one of meet and reveal."""

    meet: Annotated[
        Meet[Q] | None, Field(description="their ways cross at a moment", examples=["{actor: child}"])
    ] = None
    reveal: Annotated[
        Reveal[Q] | None,
        Field(description="one comes into sight at a moment", examples=["{actor: child, ttc: 1.5 s}"]),
    ] = None
    adjust: Annotated[
        Literal["start", "wait", "speed"] | None,
        Field(
            description="what is found: how far the start is moved along its lane, the wait before the first move, or "
            "the speed; by default the wait of who stands and then walks, and the start of others"
        ),
    ] = None
    low: Annotated[
        Q | None,
        measure("any"),
        Field(
            description="least value to try: a length, a time or a speed, as is adjusted", examples=["-20 m"]
        ),
    ] = None
    high: Annotated[
        Q | None, measure("any"), Field(description="largest value to try", examples=["120 m"])
    ] = None


# ---------------------------------------------------------------------------------------------------------- coverage
class Cover(Part):
    """A coverage item: a quantity or word with bins, or the cross of several items.

    Edges are closed below and open above, but for the last, which is closed.
    """

    of: Annotated[
        str | None,
        says("any", "clip"),
        Field(
            description='what is counted: "$rain", or an expression such as "thw(ego, cutter) at cut_in"',
            examples=["$rain"],
        ),
    ] = None
    cross: list[str] | None = Field(
        None,
        description="names of items or parameters; every combination of their bins counts",
        examples=["[rain, lamps]"],
    )
    bins: Literal["osi"] | list[str | float | int] | None = Field(
        None,
        description="edges of the bins in order, or osi for the classes of OSI",
        examples=["[0 s, 0.5 s, 1 s, 2 s]"],
    )
    values: list[str | float | int] | None = Field(
        None, description="words or single values, each a bin of its own", examples=["[lit, dark]"]
    )
    every: str | float | int | None = Field(
        None,
        description="width of equal bins over what the parameter can become, such as 5 km/h",
        examples=["5 km/h"],
    )
    range_: list[str | float | int] | None = Field(
        None,
        alias="range",
        description="the part that counts; needed to divide what has no known ends",
        examples=["[0 s, 3 s]"],
    )
    at_least: int = Field(1, ge=1, le=100_000, description="samples wanted in every bin", examples=["5"])


# ------------------------------------------------------------------------------------------------------ expectations
class Detect(Part, Generic[Q]):
    """The target is found by a detector."""

    target: str = Field(description="an actor, or cargo", examples=["child"])
    as_: str | list[str] = Field(
        "any",
        alias="as",
        description="class it must be found as; any takes every class",
        examples=["pedestrian"],
    )
    by: str | list[str] = Field(
        description="whose detections: a sensor of the rig, or the name of a fused output",
        examples=["cam_front"],
    )
    iou: Annotated[
        Q, measure("ratio", "0.01", "1"), Field(description="overlap with the label that counts")
    ] = 0.5  # type: ignore[assignment]


class Track(Part, Generic[Q]):
    """The target keeps one identity in the frames in which it is found."""

    target: Annotated[str, Field(description="an actor, or cargo", examples=["cutter"])]
    by: Annotated[
        str | list[str],
        Field(
            description="whose tracks: a sensor of the rig, or the name of a fused output", examples=["fused"]
        ),
    ]
    id_switches: int = Field(
        0, ge=0, le=10_000, description="how many changes of identity are allowed", examples=["0"]
    )
    iou: Annotated[
        Q,
        measure("ratio", "0.01", "1"),
        Field(description="overlap with the label from which on it is found"),
    ] = 0.5  # type: ignore[assignment]


class NoFalse(Part, Generic[Q]):
    """Nothing of a class is reported where nothing of it is."""

    class_: str | list[str] = Field(
        "any",
        alias="class",
        description="class or classes that must not be reported; any takes every class",
        examples=["pedestrian"],
    )
    by: Annotated[
        str | list[str],
        Field(
            description="whose detections: a sensor of the rig, or the name of a fused output",
            examples=["cam_front"],
        ),
    ]
    region: Annotated[Literal["ego_path", "ego_lane", "anywhere"], Field(description="where it counts")] = (
        "anywhere"
    )
    range_m: Annotated[
        Q | None,
        measure("length", "1 m", "500 m"),
        Field(alias="range", description="how far from the ego it counts; by default at any distance"),
    ] = None
    iou: Annotated[
        Q,
        measure("ratio", "0.01", "1"),
        Field(description="overlap with a label from which on what is found is really there"),
    ] = 0.3  # type: ignore[assignment]


class Hold(Part, Generic[Q]):
    """How reliably, and for how long after it was first found."""

    recall: Annotated[
        Q,
        measure("ratio", "0", "1"),
        Field(description="share of frames in which it must be found", examples=["0.9"]),
    ]
    for_s: Annotated[Q, measure("time", "0 s", "1 h"), Field(alias="for", description="how long")]


class Expect(Part, Generic[Q]):
    """What the system under test must do; stored with the dataset and judged by the test plugin."""

    id: str = Field(description="its name in reports", examples=["child_found_in_time"])
    detect: Annotated[
        Detect[Q] | None,
        Field(description="the target is found", examples=["{target: child, by: cam_front}"]),
    ] = None
    track: Annotated[
        Track[Q] | None,
        Field(description="the target keeps one identity", examples=["{target: cutter, by: fused}"]),
    ] = None
    no_false: Annotated[
        NoFalse[Q] | None,
        Field(
            description="nothing is found where nothing is", examples=["{class: pedestrian, by: cam_front}"]
        ),
    ] = None
    once: Annotated[
        str | None,
        says("condition", "clip"),
        Field(
            description="from the first moment this holds",
            examples=['"visible(child, ego.cam_front) >= 0.35"'],
        ),
    ] = None
    from_: str | None = Field(None, alias="from", description="from a mark on", examples=["cut_in"])
    until: str | None = Field(None, description="up to a mark", examples=["cut_in"])
    within_s: Annotated[
        Q | None,
        measure("time", "0 s", "1 h"),
        Field(alias="within", description="how soon after that moment"),
    ] = None
    hold: Annotated[
        Hold[Q] | None, Field(description="how reliably it stays found", examples=["{recall: 0.9, for: 1 s}"])
    ] = None
    rate: Annotated[
        Q | None,
        measure("occurrence", "0 per frame", "1000 per frame"),
        Field(description="most false finds"),
    ] = None


# ----------------------------------------------------------------------------------------------------- sensor faults
class Blocked(Part, Generic[Q, W]):
    """Part of a camera's window is covered, or a sector of a lidar's."""

    side: Annotated[
        W,
        word("left", "right", "top", "bottom", "centre"),
        Field(
            description="where the cover begins; for a lidar a sector to its left, right or ahead (centre), or beams"
        ),
    ] = "left"  # type: ignore[assignment]
    share: Annotated[
        Q,
        measure("ratio", "0.01", "1"),
        Field(description="of the picture, of the full turn, or of a field"),
    ]


class Dirt(Part, Generic[Q]):
    """Dried splashes on the window: they dim and blur what lies behind them."""

    cover: Annotated[Q, measure("ratio", "0", "0.9"), Field(description="share of the window")]
    size_px: Annotated[
        Q,
        measure("pixels", "4 px", "400 px"),
        Field(alias="size", description="of one splash in the picture"),
    ] = 40.0  # type: ignore[assignment]


class Cracked(Part, Generic[Q]):
    """A stone has hit the window: cracks run out from the chip, dim and bend what lies behind, and catch light."""

    lines: Annotated[int, Field(ge=1, le=60, description="cracks that start at the chip", examples=["7"])] = 7
    reach: Annotated[
        Q, measure("ratio", "0.01", "1"), Field(description="of the longest, in widths of the picture")
    ] = 0.4  # type: ignore[assignment]


class DroppedFrames(Part, Generic[Q]):
    """Frames that never arrive."""

    share: Annotated[Q, measure("ratio", "0", "1"), Field(description="of all frames")]


class Miscalibration(Part, Generic[Q]):
    """The sensor is not mounted as its calibration says: the difference of the true mount from the stated one."""

    x_m: Annotated[
        Q, measure("length", "-0.5 m", "0.5 m"), Field(alias="x", description="forward", examples=["0.02 m"])
    ] = 0.0  # type: ignore[assignment]
    y_m: Annotated[
        Q,
        measure("length", "-0.5 m", "0.5 m"),
        Field(alias="y", description="to the left", examples=["0.02 m"]),
    ] = 0.0  # type: ignore[assignment]
    z_m: Annotated[
        Q, measure("length", "-0.5 m", "0.5 m"), Field(alias="z", description="upward", examples=["-0.01 m"])
    ] = 0.0  # type: ignore[assignment]
    yaw_rad: Annotated[
        Q,
        measure("angle", "-20 deg", "20 deg"),
        Field(alias="yaw", description="turned to the left", examples=["0.5 deg"]),
    ] = 0.0  # type: ignore[assignment]
    pitch_rad: Annotated[
        Q,
        measure("angle", "-20 deg", "20 deg"),
        Field(alias="pitch", description="turned down", examples=["0.5 deg"]),
    ] = 0.0  # type: ignore[assignment]
    roll_rad: Annotated[
        Q,
        measure("angle", "-20 deg", "20 deg"),
        Field(alias="roll", description="tilted to the right", examples=["0.5 deg"]),
    ] = 0.0  # type: ignore[assignment]


class DeadBeams(Part, Generic[Q]):
    """Beams of a lidar that return nothing."""

    rings: list[int] | None = Field(
        None, description="which ones, counted from the lowest", examples=["[3, 4]"]
    )
    share: Annotated[Q | None, measure("ratio", "0", "1"), Field(description="or how many of them")] = None


class Fault(Part, Generic[Q, W]):
    """One fault of a sensor, exactly one of the kinds; `at` and `until` bound it in time."""

    blocked: Annotated[
        Blocked[Q, W] | None,
        Field(description="something covers part of it", examples=["{side: left, share: 0.3}"]),
    ] = None
    dirt: Annotated[
        Dirt[Q] | None, Field(description="dried splashes on the window", examples=["{cover: 0.2}"])
    ] = None
    cracked: Annotated[
        Cracked[Q] | None, Field(description="its window is cracked", examples=["{lines: 7, reach: 0.4}"])
    ] = None
    dropped_frames: Annotated[
        DroppedFrames[Q] | None, Field(description="frames get lost", examples=["{share: 0.1}"])
    ] = None
    miscalibrated: Annotated[
        Miscalibration[Q] | None,
        Field(description="it looks elsewhere than it says", examples=["{yaw: 0.5 deg}"]),
    ] = None
    dead_beams: Annotated[
        DeadBeams[Q] | None, Field(description="beams return nothing", examples=["{share: 0.1}"])
    ] = None
    at_s: Annotated[
        Q, measure("time", "0 s", "1 h"), Field(alias="at", description="when it begins", examples=["2 s"])
    ] = 0.0  # type: ignore[assignment]
    until_s: Annotated[
        Q | None,
        measure("time", "0 s", "1 h"),
        Field(alias="until", description="when it ends; without it, never", examples=["4 s"]),
    ] = None
