"""Words of what is recorded.  Language floor."""

from typing import Annotated, Generic, Literal

from pydantic import Field

from scenarios.draft import measure
from scenarios.schema.base import Part, Q

OutputWord = Literal[
    "camera", "lidar", "radar", "imu", "gnss", "boxes2d", "boxes3d", "semantic", "instance", "depth"
]
OUTPUTS: tuple[OutputWord, ...] = (
    "camera",
    "lidar",
    "radar",
    "imu",
    "gnss",
    "boxes2d",
    "boxes3d",
    "semantic",
    "instance",
    "depth",
)


# Recorded only where it is asked for: truth beside the truth, and what the picture was before it was developed.
ExtraWord = Literal[
    "normals",
    "albedo",
    "flow",
    "flow_3d",
    "clean",
    "linear",
    "raw",
    "lens",
    "birdseye",
    "free_space",
    "occupancy",
    "scene_flow",
]
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
        "the last frame; how far the surface of each pixel moves in space; the clean twin picture, without "
        "weather in the air; linear light before the film; raw values of cameras with an imager; the share "
        "of each pixel that drops on the glass hide; maps from above about the ego; the first obstacle of "
        "each image column; classes of voxels and which of them sensors observe; where the surface of each "
        "lidar point is a frame later",
        examples=["[normals, flow]", "[birdseye, occupancy]"],
    )
    birdseye_size_m: Annotated[
        Q,
        measure("length", "10 m", "400 m"),
        Field(alias="birdseye_size", description="side of the maps from above, the ego in their middle"),
    ] = 100.0  # type: ignore[assignment]
    birdseye_cell_m: Annotated[
        Q,
        measure("length", "5 cm", "5 m"),
        Field(alias="birdseye_cell", description="side of a cell of the maps from above"),
    ] = 0.5  # type: ignore[assignment]
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
