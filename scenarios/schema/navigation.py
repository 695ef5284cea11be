"""Words of inertial sensors and satellite receivers.  Language floor."""

from typing import Annotated, Generic, Literal

from pydantic import Field

from scenarios.draft import measure
from scenarios.schema.base import Part, Q
from scenarios.schema.mounts import Mount


class Imu(Part, Generic[Q]):
    """Three gyroscopes and three accelerometers by their Allan variance; what is left out is that of the grade."""

    mount: Annotated[Mount[Q], Field(description="where it sits", examples=["{x: -0.5 m, z: 0.4 m}"])]
    grade: Annotated[
        Literal["automotive", "tactical", "perfect"],
        Field(description="class whose figures fill the gaps; perfect has no errors"),
    ] = "automotive"
    rate_hz: Annotated[
        Q,
        measure("frequency", "1 Hz", "1 kHz"),
        Field(alias="rate", description="readings in a second", examples=["200 Hz"]),
    ] = 100.0  # type: ignore[assignment]
    gyro_noise: float | None = Field(
        None, ge=0, le=10, description="white, in deg/s for a root of Hz", examples=["0.01"]
    )
    gyro_bias_instability: float | None = Field(
        None, ge=0, le=10_000, description="floor of the Allan deviation, in deg/h", examples=["8"]
    )
    gyro_random_walk: float | None = Field(
        None, ge=0, le=10_000, description="of the bias, in deg/h for a root of an hour", examples=["3"]
    )
    gyro_offset: float | None = Field(
        None, ge=0, le=100, description="bias at the start in deg/s, one sigma", examples=["0.2"]
    )
    accel_noise: float | None = Field(
        None, ge=0, le=100_000, description="white, in micro-g for a root of Hz", examples=["150"]
    )
    accel_bias_instability: float | None = Field(
        None, ge=0, le=100_000, description="floor of the Allan deviation, in micro-g", examples=["40"]
    )
    accel_random_walk: float | None = Field(
        None, ge=0, le=100_000, description="of the bias, in micro-g for a root of an hour", examples=["60"]
    )
    accel_offset: float | None = Field(
        None, ge=0, le=1000, description="bias at the start in milli-g, one sigma", examples=["5"]
    )
    correlation_s: Annotated[
        Q | None,
        measure("time", "1 s", "10000 s"),
        Field(
            alias="correlation", description="time of the wandering part of the biases", examples=["300 s"]
        ),
    ] = None
    scale_error: float | None = Field(
        None, ge=0, le=100_000, description="of all axes in parts per million, one sigma", examples=["2000"]
    )
    misalignment_rad: Annotated[
        Q | None,
        measure("angle", "0 deg", "5 deg"),
        Field(alias="misalignment", description="of each axis, one sigma", examples=["0.1 deg"]),
    ] = None
    gyro_range: float | None = Field(
        None, ge=1, le=10_000, description="at which gyroscopes saturate, in deg/s", examples=["250"]
    )
    accel_range: float | None = Field(
        None, ge=0.5, le=1000, description="at which accelerometers saturate, in g", examples=["4"]
    )


class Gnss(Part, Generic[Q]):
    """A satellite receiver: errors of ranges to satellites, houses that hide and reflect them, outage without sky."""

    mount: Annotated[Mount[Q], Field(description="where its antenna sits", examples=["{x: -1 m, z: 1.5 m}"])]
    grade: Annotated[
        Literal["standard", "rtk", "perfect"],
        Field(description="class whose figures fill the gaps; perfect has no errors of its own"),
    ] = "standard"
    rate_hz: Annotated[
        Q,
        measure("frequency", "0.1 Hz", "50 Hz"),
        Field(alias="rate", description="fixes in a second", examples=["10 Hz"]),
    ] = 10.0  # type: ignore[assignment]
    range_error_m: Annotated[
        Q | None,
        measure("length", "0 m", "100 m"),
        Field(
            alias="range_error",
            description="slowly wandering, of each satellite, one sigma",
            examples=["1.8 m"],
        ),
    ] = None
    range_noise_m: Annotated[
        Q | None,
        measure("length", "0 m", "100 m"),
        Field(alias="range_noise", description="white, of each satellite, one sigma", examples=["0.3 m"]),
    ] = None
    correlation_s: Annotated[
        Q | None,
        measure("time", "1 s", "10000 s"),
        Field(alias="correlation", description="time of the wandering errors", examples=["120 s"]),
    ] = None
    velocity_noise_mps: Annotated[
        Q | None,
        measure("speed", "0 m/s", "10 m/s"),
        Field(
            alias="velocity_noise",
            description="of each satellite's Doppler, one sigma",
            examples=["0.05 m/s"],
        ),
    ] = None
    elevation_mask_rad: Annotated[
        Q,
        measure("angle", "0 deg", "60 deg"),
        Field(alias="elevation_mask", description="below which satellites are not used", examples=["10 deg"]),
    ] = 0.17453292519943295  # type: ignore[assignment]
    multipath: Annotated[
        bool,
        Field(
            description="whether satellites behind houses are heard by their reflections", examples=["false"]
        ),
    ] = True
    reacquire_s: Annotated[
        Q,
        measure("time", "0 s", "60 s"),
        Field(alias="reacquire", description="from the sky's return to the next fix", examples=["1 s"]),
    ] = 1.0  # type: ignore[assignment]
