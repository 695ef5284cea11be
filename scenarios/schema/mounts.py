"""Where a sensor sits.  Language floor."""

from typing import Annotated, Generic

from pydantic import Field

from scenarios.draft import measure
from scenarios.schema.base import Part, Q


class Mount(Part, Generic[Q]):
    """Pose of a sensor in the ego's frame: x forward, y left, z up from the ground below the box's centre."""

    x_m: Annotated[
        Q,
        measure("length", "-20 m", "20 m"),
        Field(alias="x", description="forward of the middle of the vehicle", examples=["0.6 m"]),
    ] = 0.0  # type: ignore[assignment]
    y_m: Annotated[
        Q,
        measure("length", "-5 m", "5 m"),
        Field(alias="y", description="left of the middle of the vehicle", examples=["0.3 m"]),
    ] = 0.0  # type: ignore[assignment]
    z_m: Annotated[
        Q,
        measure("length", "0 m", "10 m"),
        Field(alias="z", description="above the ground", examples=["1.35 m"]),
    ]
    yaw_rad: Annotated[
        Q, measure("angle", "-360 deg", "360 deg"), Field(alias="yaw", description="turned to the left")
    ] = 0.0  # type: ignore[assignment]
    pitch_rad: Annotated[
        Q, measure("angle", "-90 deg", "90 deg"), Field(alias="pitch", description="positive looks down")
    ] = 0.0  # type: ignore[assignment]
    roll_rad: Annotated[
        Q,
        measure("angle", "-180 deg", "180 deg"),
        Field(alias="roll", description="tilted to the right", examples=["1 deg"]),
    ] = 0.0  # type: ignore[assignment]
