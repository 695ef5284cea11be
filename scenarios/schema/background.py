"""Words of everybody and everything around that needs no name.  Language floor."""

from typing import Annotated, Generic, Literal

from pydantic import Field

from scenarios.draft import measure
from scenarios.schema.base import Part, Q


class ParkedCars(Part, Generic[Q]):
    """Cars parked along the kerb."""

    side: Annotated[Literal["left", "right", "both"], Field(description="side of the road")]
    fill: Annotated[
        Q, measure("ratio", "0", "1"), Field(description="share of the parking places that are taken")
    ] = 0.5  # type: ignore[assignment]
    except_: list[str] = Field(
        default_factory=list,
        alias="except",
        description="actors near which no car is parked",
        examples=["[van]"],
    )


class DriverSettings(Part):
    """How background drivers follow one another and change lanes."""

    model: Annotated[Literal["idm"], Field(description="how distance is kept")] = "idm"
    lane_change: Annotated[
        Literal["none", "mobil"],
        Field(description="whether slower traffic is overtaken; mobil is Kesting, Treiber and Helbing 2007"),
    ] = "none"


class Traffic(Part, Generic[Q]):
    """Vehicles on the road that need no name."""

    vehicles_per_km: Annotated[
        Q,
        measure("density", "0 /km", "150 /km"),
        Field(alias="vehicles", description="how many vehicles there are in all lanes"),
    ]
    driver: Annotated[
        Literal["idm"] | DriverSettings, Field(description="how they drive", examples=["idm"])
    ] = "idm"
    mix: Annotated[
        dict[str, float] | None,
        Field(description="kinds of vehicle by share", examples=["{car: 0.7, truck: 0.3}"]),
    ] = None


class Pedestrians(Part, Generic[Q]):
    """People who walk along the sidewalks."""

    per_km: Annotated[
        Q,
        measure("density", "0 /km", "500 /km"),
        Field(alias="density", description="how many people walk on the sidewalks"),
    ]


class Background(Part, Generic[Q]):
    """Everybody and everything around that needs no name."""

    parked_cars: Annotated[
        ParkedCars[Q] | None,
        Field(description="vehicles along the kerb", examples=["{side: right, fill: 0.5}"]),
    ] = None
    traffic: Annotated[
        Traffic[Q] | None, Field(description="vehicles on the road", examples=["{vehicles: 5 /km}"])
    ] = None
    pedestrians: Annotated[
        Pedestrians[Q] | None, Field(description="people on the sidewalks", examples=["{density: 10 /km}"])
    ] = None
