"""A model of the user's own: a mesh file and what must be said of it.  Language floor."""

from typing import Annotated, Generic, Literal

from pydantic import Field

from scenarios.draft import measure
from scenarios.schema.base import Part, Q


class Size(Part, Generic[Q]):
    """The box of the label: it encloses every part, mirrors included."""

    length_m: Annotated[
        Q,
        measure("length", "1 cm", "100 m"),
        Field(alias="length", description="front to back", examples=["4.5 m"]),
    ]
    width_m: Annotated[
        Q,
        measure("length", "1 cm", "50 m"),
        Field(alias="width", description="side to side", examples=["1.9 m"]),
    ]
    height_m: Annotated[
        Q,
        measure("length", "1 cm", "50 m"),
        Field(alias="height", description="from the ground", examples=["1.5 m"]),
    ]


class Axles(Part, Generic[Q]):
    """Where a vehicle's wheels are; the traffic model steers the front ones."""

    wheelbase_m: Annotated[
        Q,
        measure("length", "20 cm", "20 m"),
        Field(alias="wheelbase", description="front axle to rear axle", examples=["2.7 m"]),
    ]
    front_overhang_m: Annotated[
        Q,
        measure("length", "0 m", "10 m"),
        Field(alias="front_overhang", description="foremost point to front axle", examples=["0.9 m"]),
    ]
    wheel_radius_m: Annotated[
        Q,
        measure("length", "3 cm", "2 m"),
        Field(alias="wheel_radius", description="of a wheel with its tyre", examples=["0.32 m"]),
    ]
    track_m: Annotated[
        Q,
        measure("length", "0 m", "5 m"),
        Field(
            alias="track", description="left wheel to right wheel; 0 for two-wheelers", examples=["1.55 m"]
        ),
    ] = 0.0  # type: ignore[assignment]


class Moving(Part):
    """A part of the mesh that turns."""

    joint: Literal["wheel", "steered_wheel", "steer"] = Field(
        description="wheel rolls; steered_wheel rolls and turns with the steering; steer only turns",
        examples=["wheel"],
    )


class OwnAsset(Part, Generic[Q]):
    """A mesh of one's own (glTF, OBJ, STL, PLY), its class and size, and which of our materials its surfaces are."""

    asset: str = Field(
        pattern=r"^[a-z][a-z0-9_]*$",
        description="its name; actors call it own.NAME",
        examples=["delivery_robot"],
    )
    version: Annotated[Literal[1], Field(description="version of the language")] = 1
    description: str = Field("", description="free text: where it comes from, its licence", examples=["CC0"])
    mesh: str = Field(description="the mesh file, beside this one", examples=["delivery_robot.glb"])
    class_: str = Field(alias="class", description="class of its labels", examples=["car"])
    size: Annotated[
        Size[Q],
        Field(
            description="of the label's box; the mesh is fitted into it",
            examples=["{length: 4.5 m, width: 1.9 m, height: 1.5 m}"],
        ),
    ]
    forward: Literal["x", "-x", "y", "-y", "z", "-z"] = Field(
        "x", description="axis of the mesh that points ahead", examples=["-z"]
    )
    up: Literal["x", "-x", "y", "-y", "z", "-z"] = Field(
        "z", description="axis of the mesh that points up (glTF: y)", examples=["y"]
    )
    materials: dict[str, str] = Field(
        description="our material for each of the mesh's, by name or pattern; * for all others",
        examples=["{Paint: car_paint, 'Glass*': glass, '*': plastic}"],
    )
    parts: dict[str, Moving] = Field(
        default_factory=dict,
        description="parts of the mesh that move, by name or pattern",
        examples=["{'wheel_front_*': {joint: steered_wheel}, 'wheel_rear_*': {joint: wheel}}"],
    )
    axles: Annotated[
        Axles[Q] | None,
        Field(
            description="needed by vehicles",
            examples=["{wheelbase: 2.7 m, front_overhang: 0.9 m, wheel_radius: 0.32 m, track: 1.55 m}"],
        ),
    ] = None
    colors: dict[Literal["a", "b", "c"], str] = Field(
        default_factory=dict,
        description="colours of materials that have none of their own: paint or upper clothes, second colour, trim",
        examples=["{a: '#a01c1c'}"],
    )
    mass_kg: Annotated[
        Q | None,
        measure("mass", "1 g", "100 t"),
        Field(alias="mass", description="its mass", examples=["1400 kg"]),
    ] = None
