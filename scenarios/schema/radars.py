"""Words of radars.  Language floor."""

from typing import Annotated, Generic, Literal

from pydantic import Field

from scenarios.draft import measure
from scenarios.schema.base import Part, Q
from scenarios.schema.mounts import Mount

RadarName = Literal["long_range", "short_range"]


class Radar(Part, Generic[Q]):
    """A 77 GHz radar that reports detections; what is left out is that of the class of unit that it is."""

    mount: Annotated[
        Mount[Q], Field(description="where it sits and looks", examples=["{x: 2.3 m, z: 0.5 m}"])
    ]
    model: Annotated[
        RadarName,
        Field(description="class of unit: narrow and far for the front, or wide and near for the corners"),
    ]
    range_at_10_dbsm_m: Annotated[
        Q | None,
        measure("length", "1 m", "1000 m"),
        Field(
            alias="range_at_10_dbsm",
            description="from which it finds a steady target of 10 m2 on its axis in nine of ten scans",
            examples=["220 m"],
        ),
    ] = None
    near_m: Annotated[
        Q | None,
        measure("length", "0.05 m", "50 m"),
        Field(alias="near", description="least range", examples=["0.2 m"]),
    ] = None
    far_m: Annotated[
        Q | None,
        measure("length", "5 m", "1000 m"),
        Field(alias="far", description="range gate", examples=["250 m"]),
    ] = None
    field_rad: Annotated[
        Q | None,
        measure("angle", "2 deg", "170 deg"),
        Field(
            alias="field", description="full width that it reports, from left to right", examples=["18 deg"]
        ),
    ] = None
    beam_height_rad: Annotated[
        Q | None,
        measure("angle", "1 deg", "90 deg"),
        Field(
            alias="beam_height",
            description="full width of its beam in elevation, at half power",
            examples=["14 deg"],
        ),
    ] = None
    edge_loss: Annotated[
        float | None,
        Field(
            ge=0, le=60, description="of power at the edge of its field, in dB, both ways", examples=["12"]
        ),
    ] = None
    least_rcs: Annotated[
        float | None,
        Field(
            ge=-80,
            le=40,
            description="in dBsm, that it finds however near it is: the receiver turns down what is near",
            examples=["-30"],
        ),
    ] = None
    range_cell_m: Annotated[
        Q | None,
        measure("length", "0.03 m", "20 m"),
        Field(
            alias="range_cell", description="that it can tell two targets apart in range", examples=["0.4 m"]
        ),
    ] = None
    azimuth_cell_rad: Annotated[
        Q | None,
        measure("angle", "0.1 deg", "30 deg"),
        Field(
            alias="azimuth_cell",
            description="that it can tell two targets apart in azimuth, on its axis",
            examples=["1.6 deg"],
        ),
    ] = None
    velocity_cell_mps: Annotated[
        Q | None,
        measure("speed", "0.005 m/s", "5 m/s"),
        Field(
            alias="velocity_cell",
            description="that it can tell two targets apart in radial velocity",
            examples=["0.1 m/s"],
        ),
    ] = None
    closing_mps: Annotated[
        Q | None,
        measure("speed", "1 m/s", "200 m/s"),
        Field(
            alias="closing",
            description="fastest approach that it can tell; faster ones fold over to what moves away",
            examples=["400 km/h"],
        ),
    ] = None
    opening_mps: Annotated[
        Q | None,
        measure("speed", "1 m/s", "200 m/s"),
        Field(
            alias="opening",
            description="fastest moving away that it can tell; faster ones fold over to what comes near",
            examples=["200 km/h"],
        ),
    ] = None
    frequency: Annotated[float, Field(ge=76, le=81, description="of its wave in GHz", examples=["76.5"])] = (
        76.5
    )
    false_alarms: Annotated[
        float | None,
        Field(ge=0, le=1000, description="in each scan, on the average, from noise alone", examples=["0.5"]),
    ] = None
    most: Annotated[
        int | None,
        Field(
            ge=1,
            le=10_000,
            description="detections that a scan holds; the strongest are kept",
            examples=["250"],
        ),
    ] = None
    bounces: Annotated[
        bool,
        Field(
            description="whether waves that the road reflects reach it, which lifts and drowns targets and looks "
            "below vehicles",
            examples=["false"],
        ),
    ] = True
    ghosts: Annotated[
        bool, Field(description="whether walls and guard rails mirror targets", examples=["false"])
    ] = True
    clutter: Annotated[
        bool,
        Field(description="whether it finds what stands beside the road and is no actor", examples=["false"]),
    ] = True
