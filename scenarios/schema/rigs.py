"""Words of rig files.  Language floor."""

from typing import Annotated, Generic, Literal

from pydantic import Field

from scenarios.draft import measure
from scenarios.schema.base import Part, Q
from scenarios.schema.mounts import Mount
from scenarios.schema.navigation import Gnss, Imu
from scenarios.schema.radars import Radar


class Imager(Part, Generic[Q]):
    """The sensor behind a lens in EMVA 1288's numbers; what is left out is that of the class that it is like."""

    like: Annotated[
        Literal["automotive", "industrial", "phone"],
        Field(
            description="class of sensor whose figures fill the gaps: split exposures for 120 dB; large; tiny pixels"
        ),
    ] = "automotive"
    mosaic: Annotated[
        Literal["RGGB", "BGGR", "GRBG", "GBRG"],
        Field(description="colours of each two by two pixels, row by row"),
    ] = "RGGB"
    pixel_m: Annotated[
        Q | None,
        measure("length", "0.0005 mm", "0.02 mm"),
        Field(alias="pixel", description="side of a pixel", examples=["0.003 mm"]),
    ] = None
    quantum_efficiency: Annotated[
        float | None, Field(ge=0.01, le=1, description="electrons per photon", examples=["0.65"])
    ] = None
    full_well: Annotated[
        float | None, Field(ge=100, le=1e6, description="electrons that a pixel holds", examples=["11000"])
    ] = None
    read_noise: Annotated[
        float | None, Field(ge=0, le=1000, description="of reading a pixel, in electrons", examples=["3"])
    ] = None
    dark_current: Annotated[
        float | None, Field(ge=0, le=1e5, description="electrons a second without light", examples=["200"])
    ] = None
    dsnu: Annotated[
        float | None,
        Field(
            ge=0,
            le=1000,
            description="spread of the dark signal between pixels, in electrons",
            examples=["1.5"],
        ),
    ] = None
    prnu: Annotated[
        float | None,
        Field(ge=0, le=0.5, description="spread of the gain between pixels", examples=["0.008"]),
    ] = None
    bits: Annotated[int | None, Field(ge=8, le=16, description="of the converter", examples=["12"])] = None
    black_level: Annotated[
        int | None,
        Field(
            ge=0,
            le=16384,
            description="value of no light; a sixteenth of the range by default",
            examples=["240"],
        ),
    ] = None
    exposures: Annotated[
        int | None,
        Field(
            ge=1,
            le=4,
            description="taken in a row and merged, each shorter than the one before",
            examples=["3"],
        ),
    ] = None
    exposure_ratio: Annotated[
        float, Field(ge=2, le=64, description="how many times shorter each is", examples=["16"])
    ] = 16.0


class Window(Part, Generic[Q]):
    """The glass before a camera, on which rain and snow leave drops."""

    mount: Annotated[
        Literal["windscreen", "cover"] | None,
        Field(
            description="a windscreen leans back and is wiped, a cover stands before the lens and is not; a pinhole "
            "that looks ahead is behind the windscreen when left out, others behind a cover"
        ),
    ] = None
    distance_m: Annotated[
        Q | None,
        measure("length", "2 mm", "300 mm"),
        Field(
            alias="distance",
            description="before the lens; 80 mm for a windscreen and 12 mm for a cover when left out",
            examples=["60 mm"],
        ),
    ] = None
    wiper: Annotated[Literal["auto", "off"], Field(description="of a windscreen: by the rain, or none")] = (
        "auto"
    )
    wiper_every_s: Annotated[
        Q | None,
        measure("time", "0.7 s", "60 s"),
        Field(
            alias="wiper_every",
            description="from one wipe to the next, instead of by the rain",
            examples=["2 s"],
        ),
    ] = None
    drops: Annotated[bool, Field(description="whether rain and snow are seen on it", examples=["false"])] = (
        True
    )


class Camera(Part, Generic[Q]):
    """A camera: pinhole with Brown-Conrady distortion (k1 k2 p1 p2 k3, OpenCV's order), or a Kannala-Brandt fisheye."""

    mount: Annotated[
        Mount[Q], Field(description="where it sits and looks", examples=["{x: 0.6 m, z: 1.35 m}"])
    ]
    width_px: int = Field(
        ge=16, le=8192, alias="width", description="of the picture, in pixels", examples=["1280"]
    )
    height_px: int = Field(
        ge=16, le=8192, alias="height", description="of the picture, in pixels", examples=["720"]
    )
    fov_rad: Annotated[
        Q | None,
        measure("angle", "5 deg", "220 deg"),
        Field(alias="fov", description="horizontal field of view; above 150 degrees only of a fisheye"),
    ] = None
    focal_px: Annotated[
        Q | None,
        measure("pixels", "10 px", "100000 px"),
        Field(alias="focal", description="focal length, instead of fov", examples=["1266 px"]),
    ] = None
    centre_px: tuple[float, float] | None = Field(
        None,
        alias="centre",
        description="principal point x, y in pixels; the middle by default",
        examples=["[640, 360]"],
    )
    distortion: Annotated[
        tuple[float, float, float, float, float],
        Field(
            description="Brown-Conrady coefficients k1, k2, p1, p2, k3, in OpenCV's order",
            examples=["[-0.1, 0.01, 0, 0, 0]"],
        ),
    ] = (0.0, 0.0, 0.0, 0.0, 0.0)
    fisheye: Annotated[
        tuple[float, float, float, float] | None,
        Field(
            description="makes the lens a fisheye: Kannala-Brandt coefficients k1, k2, k3, k4, in OpenCV's order; "
            "four zeros are the equidistant lens",
            examples=["[-0.01, 0.002, 0, 0]"],
        ),
    ] = None
    field_rad: Annotated[
        Q | None,
        measure("angle", "20 deg", "220 deg"),
        Field(
            alias="field",
            description="full angle about a fisheye's axis that light comes from, black beyond; 220 degrees by default",
            examples=["195 deg"],
        ),
    ] = None
    exposure_s: Annotated[
        Q | None,
        measure("time", "0.01 ms", "100 ms"),
        Field(
            alias="exposure_time",
            description="of every picture; by the light when left out, 1.5 ms in the sun to 16 ms at night",
            examples=["8 ms"],
        ),
    ] = None
    exposure_lag_s: Annotated[
        Q | None,
        measure("time", "0.05 s", "10 s"),
        Field(
            alias="exposure_lag",
            description="time constant by which automatic exposure follows the light; at once when left out",
            examples=["0.8 s"],
        ),
    ] = None
    readout_s: Annotated[
        Q,
        measure("time", "0 s", "0.1 s"),
        Field(
            alias="readout",
            description="of a rolling shutter, from the first row to the last; 0 takes all rows at once",
            examples=["25 ms"],
        ),
    ] = 0.0  # type: ignore[assignment]
    motion_blur: Annotated[
        bool, Field(description="whether what moves during the exposure is smeared", examples=["true"])
    ] = False
    f_number: Annotated[
        float, Field(ge=0.7, le=32, description="focal length over the width of the aperture", examples=["2"])
    ] = 2.0
    focus_m: Annotated[
        Q | None,
        measure("length", "0.1 m", "1000 m"),
        Field(
            alias="focus",
            description="distance that is sharp; nearer and farther things blur. Everything is sharp when left out",
            examples=["15 m"],
        ),
    ] = None
    chromatic_px: Annotated[
        Q | None,
        measure("pixels", "0 px", "20 px"),
        Field(
            alias="chromatic",
            description="how far red and blue are apart at the picture's corners",
            examples=["1 px"],
        ),
    ] = None
    blades: Annotated[
        int,
        Field(
            ge=0,
            le=24,
            description="straight blades of its aperture, which draw spikes about lamps; 0 is a round hole without any",
            examples=["6"],
        ),
    ] = 7
    coating: Annotated[
        Q,
        measure("ratio", "0", "0.1"),
        Field(
            description="what each coated surface of the lens sends back, of which ghosts are made; 0.04 is bare glass, "
            "0 has none",
            examples=["0.005"],
        ),
    ] = 0.004  # type: ignore[assignment]
    window: Annotated[
        Window[Q],
        Field(
            description="the glass before it, which the rain wets",
            examples=["{mount: cover, distance: 8 mm}"],
        ),
    ] = Field(default_factory=Window)
    imager: Annotated[
        Imager[Q] | None,
        Field(
            description="the sensor: the picture is then demosaiced from its raw values",
            examples=["{like: automotive}"],
        ),
    ] = None
    white_balance: Annotated[
        Literal["auto", "daylight", "tungsten"], Field(description="which light is taken for white")
    ] = "auto"
    tone: Annotated[
        Literal["filmic", "srgb", "log"],
        Field(description="curve from exposure to bytes: like film, cut off at white, or logarithmic"),
    ] = "filmic"
    jpeg: Annotated[int, Field(ge=1, le=100, description="quality of JPEG files", examples=["60"])] = 95


LidarName = Literal[
    "VLP-16",
    "HDL-32E",
    "HDL-64E",
    "VLP-32C",
    "VLS-128",
    "OS0-32",
    "OS0-64",
    "OS0-128",
    "OS1-32",
    "OS1-64",
    "OS1-128",
    "OS2-32",
    "OS2-64",
    "OS2-128",
    "Pandar64",
    "Pandar128",
    "QT64",
    "XT32",
    "AT128",
    "Mid-40",
    "Mid-70",
    "Avia",
    "Flash",
]


class LidarDefinition(Part, Generic[Q]):
    """A scanner of one's own, from its data sheet; lists have one number for each beam."""

    name: str = Field(
        "own",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$",
        description="what datasets call it",
        examples=["P1550"],
    )
    elevations: list[Annotated[float, Field(ge=-90, le=90)]] = Field(
        min_length=1,
        max_length=512,
        description="of the beams in degrees, in firing order",
        examples=["[-10, -5, 0, 5]"],
    )
    azimuth_offsets: list[Annotated[float, Field(ge=-30, le=30)]] = Field(
        default_factory=list,
        description="of the beams in degrees, positive to the left; none when left out",
        examples=["[1.4, -1.4, 1.4, -1.4]"],
    )
    firing_times: list[Annotated[float, Field(ge=0, le=100_000)]] = Field(
        default_factory=list,
        description="of the beams in microseconds since the start of their step; evenly over the step when left out",
        examples=["[0, 2.5, 5, 7.5]"],
    )
    steps: int = Field(
        1800, ge=16, le=8192, description="firings of each beam in one sweep", examples=["1800"]
    )
    field_rad: Annotated[
        Q | None,
        measure("angle", "5 deg", "180 deg"),
        Field(
            alias="field",
            description="swept from the left to the right in half of a sweep's time; a whole turn when left out",
            examples=["120 deg"],
        ),
    ] = None
    radial_m: Annotated[
        Q,
        measure("length", "0 m", "0.5 m"),
        Field(alias="radial", description="from the axis to where beams start", examples=["15 mm"]),
    ] = 0.0  # type: ignore[assignment]
    near_m: Annotated[
        Q,
        measure("length", "0.01 m", "20 m"),
        Field(alias="near", description="least range", examples=["0.5 m"]),
    ] = 0.5  # type: ignore[assignment]
    far_m: Annotated[
        Q,
        measure("length", "5 m", "1000 m"),
        Field(alias="far", description="range gate", examples=["250 m"]),
    ] = 200.0  # type: ignore[assignment]
    range_at_10_m: Annotated[
        Q,
        measure("length", "1 m", "1000 m"),
        Field(
            alias="range_at_10",
            description="from which it finds a surface of 10 % reflectance in nine of ten shots",
            examples=["150 m"],
        ),
    ]
    divergence: tuple[Annotated[float, Field(gt=0, le=50)], Annotated[float, Field(gt=0, le=50)]] = Field(
        (2.0, 2.0),
        description="full width of a beam in milliradians, along and across the scan",
        examples=["[1.5, 1.5]"],
    )
    range_step_m: Annotated[
        Q,
        measure("length", "0.01 mm", "1 m"),
        Field(alias="range_step", description="that ranges are whole multiples of", examples=["4 mm"]),
    ] = 0.004  # type: ignore[assignment]
    range_noise_m: Annotated[
        Q,
        measure("length", "0 m", "1 m"),
        Field(alias="range_noise", description="of a strong echo, one sigma", examples=["8 mm"]),
    ] = 0.01  # type: ignore[assignment]
    ring_bias_m: Annotated[
        Q,
        measure("length", "0 m", "1 m"),
        Field(alias="ring_bias", description="of the beams among each other, one sigma", examples=["5 mm"]),
    ] = 0.006  # type: ignore[assignment]
    pulse_m: Annotated[
        Q,
        measure("length", "0.01 m", "10 m"),
        Field(
            alias="pulse",
            description="half the length of a pulse in air: nearer echoes are one",
            examples=["0.6 m"],
        ),
    ] = 0.75  # type: ignore[assignment]
    overlap_m: Annotated[
        Q | None,
        measure("length", "0.1 m", "200 m"),
        Field(
            alias="overlap",
            description="nearer than this the gain is turned down; 0.3 of range_at_10 when left out",
            examples=["10 m"],
        ),
    ] = None
    wavelength: int = Field(905, ge=800, le=1600, description="of the laser in nanometres", examples=["1550"])
    intensity: Annotated[
        Literal["calibrated", "compensated", "raw"],
        Field(description="what it reads: share of a white surface, the root of it, or power"),
    ] = "calibrated"
    levels: int = Field(256, ge=2, le=65_536, description="of the intensity", examples=["256"])


class Lidar(Part, Generic[Q]):
    """A lidar of a known make, or one that is defined here."""

    mount: Annotated[Mount[Q], Field(description="where it sits and looks", examples=["{z: 1.85 m}"])]
    model: Annotated[
        LidarName | LidarDefinition[Q],
        Field(
            description="which lidar, with its beams and timing, or a definition",
            examples=["HDL-64E", "VLP-16"],
        ),
    ]
    rate_hz: Annotated[
        Q | None,
        measure("frequency", "1 Hz", "30 Hz"),
        Field(
            alias="rate",
            description="sweeps in a second, of which each sample has one; what the makers call usual when left out",
            examples=["20 Hz"],
        ),
    ] = None
    columns: int | None = Field(
        None,
        ge=16,
        le=8192,
        description="steps of a sweep, for makes that let one choose (Ouster: 512, 1024, 2048)",
        examples=["2048"],
    )
    returns: Annotated[
        Literal["strongest", "first", "last", "dual", "triple"] | None,
        Field(
            description="which echoes of a firing it reports; the strongest when left out",
            examples=["dual"],
        ),
    ] = None
    interference: int | None = Field(
        None,
        ge=0,
        le=50,
        description="lidars of the same kind on vehicles around, whose light it takes for its own; none when left out",
        examples=["8"],
    )


class Rig(Part, Generic[Q]):
    """Sensors by name; a rig is a file of its own."""

    rig: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", description="its name", examples=["my_rig"])
    version: Annotated[Literal[1], Field(description="version of the language")] = 1
    description: Annotated[str, Field(description="free text", examples=["one camera and a lidar"])] = ""
    cameras: dict[str, Camera[Q]] = Field(
        default_factory=dict,
        description="cameras by name",
        examples=["{cam_front: {mount: {z: 1.35 m}, width: 1280, height: 720, fov: 75 deg}}"],
    )
    lidars: dict[str, Lidar[Q]] = Field(
        default_factory=dict,
        description="lidars by name",
        examples=["{lidar_top: {mount: {z: 1.85 m}, model: HDL-32E}}"],
    )
    radars: dict[str, Radar[Q]] = Field(
        default_factory=dict,
        description="radars by name",
        examples=["{radar_front: {mount: {x: 2.3 m, z: 0.5 m}, model: long_range}}"],
    )
    imus: dict[str, Imu[Q]] = Field(
        default_factory=dict,
        description="inertial sensors by name",
        examples=["{imu: {mount: {z: 0.4 m}, grade: automotive}}"],
    )
    gnss: dict[str, Gnss[Q]] = Field(
        default_factory=dict,
        description="satellite receivers by name",
        examples=["{gps: {mount: {x: -1 m, z: 1.5 m}, grade: standard}}"],
    )

    @property
    def sensors(self) -> dict[str, Camera[Q] | Lidar[Q] | Radar[Q]]:
        """Everything that looks out of the vehicle, by name."""
        return {**self.cameras, **self.lidars, **self.radars}
