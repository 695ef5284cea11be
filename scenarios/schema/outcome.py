"""Words about the outcome: encounters, coverage, expectations, sensor faults, variants.  Language floor."""

from typing import Annotated, Generic, Literal

from pydantic import Field

from scenarios.draft import measure, says, word
from scenarios.schema.base import Part, Q, W


# ------------------------------------------------------------------------------------------------------- encounters
class Meet(Part, Generic[Q]):
    """Two actors come to the place where their ways cross, `apart` from each other in time."""

    actor: str = Field(description="who is placed so that it happens")
    other: str = "ego"
    apart_s: Annotated[
        Q,
        measure("time", "-20 s", "20 s"),
        Field(alias="apart", description="how much later than the other; negative: earlier"),
    ] = 0.0  # type: ignore[assignment]


class Reveal(Part, Generic[Q]):
    """An actor comes into sight of a sensor when the ego is a given time or distance from its path."""

    actor: str
    by: str = Field("ego", description="who sees it: ego, or one of its cameras such as ego.cam_front")
    share: Annotated[
        Q, measure("ratio", "0.01", "1"), Field(description="visible share that counts as seen")
    ] = 0.3  # type: ignore[assignment]
    ttc_s: Annotated[Q | None, measure("time", "0 s", "30 s"), Field(alias="ttc")] = None
    distance_m: Annotated[Q | None, measure("length", "0 m", "500 m"), Field(alias="distance")] = None


class Encounter(Part, Generic[Q, W]):
    """An outcome for which the engine finds the start: exactly one of meet and reveal."""

    meet: Meet[Q] | None = None
    reveal: Reveal[Q] | None = None
    adjust: Annotated[
        W | None,
        word("start", "wait", "speed"),
        Field(
            description="what is found: the start's place along the road, the wait before moving, or the speed"
        ),
    ] = None
    low: Annotated[str | float | int | None, Field(description="least value to try, such as 20 m or 0 s")] = (
        None
    )
    high: Annotated[str | float | int | None, Field(description="largest value to try")] = None


# ---------------------------------------------------------------------------------------------------------- coverage
class Cover(Part):
    """A coverage item: a quantity or word with bins, or the cross of several items."""

    of: Annotated[
        str | None,
        says("any", "clip"),
        Field(description='what is counted: "$rain", or an expression such as "thw(ego, cutter) at cut_in"'),
    ] = None
    cross: list[str] | None = Field(
        None, description="names of other items; every combination of their bins counts"
    )
    bins: Literal["osi"] | list[str | float | int] | None = Field(
        None, description="edges of the bins in order, or osi for the classes of OSI"
    )
    every: str | float | int | None = Field(None, description="width of equal bins, such as 5 km/h")
    at_least: int = Field(1, ge=1, le=100_000, description="samples wanted in every bin")


# ------------------------------------------------------------------------------------------------------ expectations
class Detect(Part, Generic[Q]):
    """The target is found by a detector."""

    target: str = Field(description="an actor, or cargo")
    as_: str | list[str] = Field(
        "any", alias="as", description="class it must be found as; any takes every class"
    )
    by: str | list[str] = Field(
        description="whose detections: a sensor of the rig, or the name of a fused output"
    )
    iou: Annotated[
        Q, measure("ratio", "0.01", "1"), Field(description="overlap with the label that counts")
    ] = 0.5  # type: ignore[assignment]


class Track(Part):
    """The target keeps one identity."""

    target: str
    by: str | list[str]
    id_switches: int = Field(0, ge=0, le=10_000, description="how many changes of identity are allowed")


class NoFalse(Part, Generic[Q]):
    """Nothing of a class is reported where nothing of it is."""

    class_: str | list[str] = Field("any", alias="class")
    by: str | list[str]
    region: Literal["ego_path", "ego_lane", "anywhere"] = "anywhere"
    range_m: Annotated[Q, measure("length", "1 m", "500 m"), Field(alias="range")] = 100.0  # type: ignore[assignment]


class Hold(Part, Generic[Q]):
    """How reliably, and for how long after it was first found."""

    recall: Annotated[Q, measure("ratio", "0", "1")]
    for_s: Annotated[Q, measure("time", "0 s", "1 h"), Field(alias="for")]


class Expect(Part, Generic[Q]):
    """What the system under test must do; stored with the dataset and judged by the test plugin."""

    id: str = Field(description="its name in reports")
    detect: Detect[Q] | None = None
    track: Track | None = None
    no_false: NoFalse[Q] | None = None
    once: Annotated[
        str | None, says("condition", "clip"), Field(description="from the first moment this holds")
    ] = None
    from_: str | None = Field(None, alias="from", description="from a mark on")
    until: str | None = Field(None, description="up to a mark")
    within_s: Annotated[
        Q | None,
        measure("time", "0 s", "1 h"),
        Field(alias="within", description="how soon after that moment"),
    ] = None
    hold: Hold[Q] | None = None
    rate: Annotated[
        Q | None,
        measure("occurrence", "0 per frame", "1000 per frame"),
        Field(description="most false finds"),
    ] = None


# ----------------------------------------------------------------------------------------------------- sensor faults
class Blocked(Part, Generic[Q, W]):
    """Part of a camera's window is covered, or a sector of a lidar's."""

    side: Annotated[W, word("left", "right", "top", "bottom", "centre")] = "left"  # type: ignore[assignment]
    share: Annotated[
        Q, measure("ratio", "0.01", "1"), Field(description="of the picture or of the full turn")
    ]


class Dirt(Part, Generic[Q]):
    """Dried splashes on the window: they dim and blur what lies behind them."""

    cover: Annotated[Q, measure("ratio", "0", "0.9"), Field(description="share of the window")]
    size_px: Annotated[Q, measure("pixels", "4 px", "400 px"), Field(alias="size")] = 40.0  # type: ignore[assignment]


class DroppedFrames(Part, Generic[Q]):
    """Frames that never arrive."""

    share: Annotated[Q, measure("ratio", "0", "1")]


class Miscalibration(Part, Generic[Q]):
    """The sensor is not mounted as its calibration says: the difference of the true mount from the stated one."""

    x_m: Annotated[Q, measure("length", "-0.5 m", "0.5 m"), Field(alias="x")] = 0.0  # type: ignore[assignment]
    y_m: Annotated[Q, measure("length", "-0.5 m", "0.5 m"), Field(alias="y")] = 0.0  # type: ignore[assignment]
    z_m: Annotated[Q, measure("length", "-0.5 m", "0.5 m"), Field(alias="z")] = 0.0  # type: ignore[assignment]
    yaw_rad: Annotated[Q, measure("angle", "-20 deg", "20 deg"), Field(alias="yaw")] = 0.0  # type: ignore[assignment]
    pitch_rad: Annotated[Q, measure("angle", "-20 deg", "20 deg"), Field(alias="pitch")] = 0.0  # type: ignore[assignment]
    roll_rad: Annotated[Q, measure("angle", "-20 deg", "20 deg"), Field(alias="roll")] = 0.0  # type: ignore[assignment]


class DeadBeams(Part, Generic[Q]):
    """Beams of a lidar that return nothing."""

    rings: list[int] | None = Field(None, description="which ones, counted from the lowest")
    share: Annotated[Q | None, measure("ratio", "0", "1"), Field(description="or how many of them")] = None


class Fault(Part, Generic[Q, W]):
    """One fault of a sensor, exactly one of the kinds; `at` and `until` bound it in time."""

    blocked: Blocked[Q, W] | None = None
    dirt: Dirt[Q] | None = None
    dropped_frames: DroppedFrames[Q] | None = None
    miscalibrated: Miscalibration[Q] | None = None
    dead_beams: DeadBeams[Q] | None = None
    at_s: Annotated[Q, measure("time", "0 s", "1 h"), Field(alias="at")] = 0.0  # type: ignore[assignment]
    until_s: Annotated[Q | None, measure("time", "0 s", "1 h"), Field(alias="until")] = None
