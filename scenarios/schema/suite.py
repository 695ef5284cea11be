"""Words of suite files: which scenarios, how they are explored, and what is made of them.  Language floor."""

from typing import Annotated, Literal

from pydantic import Field

from scenarios.schema.base import Part

MethodWord = Literal["random", "sobol", "halton", "lhs", "grid", "pairwise", "coverage"]
FormatWord = Literal[
    "native",
    "nuscenes",
    "kitti",
    "coco",
    "kitti_tracking",
    "semantickitti",
    "cityscapes",
    "openlabel",
    "yolo",
    "scalabel",
    "nuimages",
    "webdataset",
    "argoverse2",
    "openlane",
    "occ3d",
    "waymo",
    "kitti_raw",
    "mcap",
    "osi",
    "pcd",
    "las",
]

Samples = Annotated[int, Field(ge=1, le=1_000_000)]


class SuiteEntry(Part):
    """One scenario of a suite, or all that a pattern finds, with settings of their own."""

    file: str = Field(
        description="a scenario file beside the suite, a pattern, or a name of the catalogue",
        examples=["child_behind_van"],
    )
    method: MethodWord | None = Field(
        None, description="how its samples are spread, when not as in the suite", examples=["coverage"]
    )
    over: list[str] | None = Field(
        None, description="parameters of its grid or of its pairs", examples=["[rain, lamps]"]
    )
    samples: Samples | None = Field(
        None, description="samples of it for every seed, when not as in the suite", examples=["64"]
    )
    variants: list[str] | None = Field(
        None, description="its variants, when not those of the suite", examples=["[base, clear]"]
    )
    set_: dict[str, str | int | float | list[str]] = Field(
        default_factory=dict,
        alias="set",
        description="values of the scenario that are changed, by their paths",
        examples=["{params.rain: 20 mm/h}"],
    )


class SuiteCover(Part):
    """How full the coverage must be for `stormlane cover` to be content."""

    filled: str | float = Field(
        "100 %",
        description="share of all bins and combinations that have what they should",
        examples=["95 %"],
    )


def _native() -> list[FormatWord]:
    return ["native"]


class Suite(Part):
    """A suite file: it says how to explore what scenarios say can vary."""

    suite: str = Field(
        pattern=r"^[A-Za-z][A-Za-z0-9_]*$", description="its name in reports", examples=["night_rain"]
    )
    version: Literal[1] = Field(1, description="version of the language it is written in", examples=["1"])
    description: str = Field(
        "",
        description="what the suite is for, in a sentence or two",
        examples=["Everything that hides people."],
    )
    scenarios: list[str | SuiteEntry] = Field(
        min_length=1,
        description="files beside the suite, patterns, names of the catalogue; or these with settings",
        examples=["[child_behind_van, more/*.scenario.yaml]"],
    )
    method: MethodWord = Field("random", description="how samples are spread over what can vary")
    over: list[str] | None = Field(
        None,
        description="parameters of a grid or of pairs; all random ones by default",
        examples=["[rain, lamps]"],
    )
    samples: Samples = Field(16, description="samples of every scenario, for every seed")
    seeds: list[Annotated[int, Field(ge=0)]] = Field(
        default_factory=lambda: [0],
        min_length=1,
        description="seeds, each with samples of its own",
        examples=["[0, 1]"],
    )
    rigs: list[str] = Field(
        default_factory=list,
        description="rigs to render everything with, each into a folder; by default what the scenarios say",
        examples=["[rigs/front_cam_roof_lidar.yaml]"],
    )
    formats: list[FormatWord] = Field(
        default_factory=_native,
        min_length=1,
        description="dataset formats, each in a folder of its own where there are several",
        examples=["[native, nuscenes]"],
    )
    variants: list[str] = Field(
        default_factory=list,
        description="variants of the scenarios; base is the scenario itself, all is everything",
        examples=["[all]"],
    )
    splits: dict[str, str | float] = Field(
        default_factory=dict,
        description="shares of the clips by the name of their split; a clip's split follows from its name alone",
        examples=["{train: 0.8, val: 0.1, test: 0.1}"],
    )
    set_: dict[str, str | int | float | list[str]] = Field(
        default_factory=dict,
        alias="set",
        description="values of all scenarios that are changed, by their paths",
        examples=["{capture.duration: 4 s}"],
    )
    cover: SuiteCover = Field(
        default_factory=SuiteCover,
        description="how full the coverage must be for the suite",
        examples=["{filled: 95 %}"],
    )
