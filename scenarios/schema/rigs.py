"""Words of rig files.  Language floor."""

from typing import Annotated, Generic, Literal

from pydantic import Field

from scenarios.draft import measure
from scenarios.schema.base import Part, Q


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
