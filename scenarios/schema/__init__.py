"""The words of a scenario file as generic models: one schema, a draft and a resolved reading.  Language floor.

`Scenario[Draft, Draft]` holds what the author wrote: quantities with units, distributions, `$names`, `= expressions`.
`Scenario[float, str]` (alias `ResolvedScenario`) holds plain SI numbers and plain words, and is what every other
floor reads.  `measure` and `word` know for either reading how a value is checked.  Python names carry the unit, the
file's words do not (`visibility_m` is written `visibility: 80 m`), hence the aliases.
"""

import sys
from typing import Annotated, Generic, Literal

from pydantic import BaseModel, Field

from scenarios.draft import Draft, measure, says
from scenarios.schema.actors import Actor, Cargo, Look, Start
from scenarios.schema.background import Background, DriverSettings, ParkedCars, Pedestrians, Traffic
from scenarios.schema.base import Part, Q, W
from scenarios.schema.capture import OUTPUTS, QUALITIES, Capture, OutputWord, QualityWord
from scenarios.schema.chance import Correlation
from scenarios.schema.composition import Include, Variant
from scenarios.schema.lights import LightPhase, LightProgram, LightWord, SetLights
from scenarios.schema.mounts import Mount
from scenarios.schema.navigation import Gnss, Imu
from scenarios.schema.outcome import (
    Blocked,
    Cover,
    Cracked,
    DeadBeams,
    Detect,
    Dirt,
    DroppedFrames,
    Encounter,
    Expect,
    Fault,
    Hold,
    Meet,
    Miscalibration,
    NoFalse,
    Reveal,
    Track,
)
from scenarios.schema.own_asset import OwnAsset
from scenarios.schema.radars import Radar
from scenarios.schema.rigs import Camera, Imager, Lidar, LidarDefinition, Rig, Window
from scenarios.schema.roads import (
    ArcPiece,
    Barriers,
    ClothoidPiece,
    LinePiece,
    Markings,
    Road,
    RoadPiece,
    Shoulder,
    WorkZone,
)
from scenarios.schema.steps import (
    Brake,
    ChangeLane,
    CloseDoor,
    DoorWord,
    Drive,
    LampWord,
    OpenDoor,
    Push,
    Release,
    Roll,
    Step,
    Stop,
    Wait,
    Walk,
)
from scenarios.schema.weather import (
    Clock,
    Dust,
    Fog,
    Lighting,
    LightingKey,
    Puddles,
    Sun,
    Surface,
    SurfaceKey,
    WeatherKey,
    Wind,
)
from scenarios.schema.world import Patch, Plume, World

__all__ = [
    "OUTPUTS",
    "QUALITIES",
    "Actor",
    "ArcPiece",
    "Background",
    "Barriers",
    "Blocked",
    "Brake",
    "Camera",
    "Capture",
    "Cargo",
    "ChangeLane",
    "Clock",
    "CloseDoor",
    "ClothoidPiece",
    "Correlation",
    "Cover",
    "Cracked",
    "DeadBeams",
    "Detect",
    "Dirt",
    "DoorWord",
    "DraftOwnAsset",
    "DraftRig",
    "DraftScenario",
    "Drive",
    "DriverSettings",
    "DroppedFrames",
    "Dust",
    "Encounter",
    "Expect",
    "Fault",
    "Fog",
    "Gnss",
    "Hold",
    "Imager",
    "Imu",
    "Include",
    "LampWord",
    "Lidar",
    "LidarDefinition",
    "LightPhase",
    "LightProgram",
    "LightWord",
    "Lighting",
    "LightingKey",
    "LinePiece",
    "Look",
    "Markings",
    "Meet",
    "Miscalibration",
    "Mount",
    "NoFalse",
    "OpenDoor",
    "OutputWord",
    "ParkedCars",
    "Part",
    "Patch",
    "Pedestrians",
    "Plume",
    "Puddles",
    "Push",
    "Q",
    "QualityWord",
    "Radar",
    "Release",
    "ResolvedOwnAsset",
    "ResolvedRig",
    "ResolvedScenario",
    "Reveal",
    "Rig",
    "Road",
    "RoadPiece",
    "Roll",
    "Scenario",
    "SetLights",
    "Shoulder",
    "Start",
    "Step",
    "Stop",
    "Sun",
    "Surface",
    "SurfaceKey",
    "Track",
    "Traffic",
    "Variant",
    "W",
    "Wait",
    "Walk",
    "WeatherKey",
    "Wind",
    "Window",
    "WorkZone",
    "World",
]  # fmt: skip


class Scenario(Part, Generic[Q, W]):
    """A scenario file.  The actor called `ego` is required and carries the rig."""

    scenario: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", description="its name", examples=["my_first"])
    version: Annotated[Literal[1], Field(description="version of the language")] = 1
    description: Annotated[
        str, Field(description="free text", examples=["A child runs out from behind a parked van."])
    ] = ""
    tags: dict[str, str | list[str]] = Field(
        default_factory=dict,
        description="free words to find it by",
        examples=["{odd: urban, hazard: [occluded_vru, rain]}"],
    )
    extends: str | None = Field(
        None,
        description="the scenario that this one changes: a file, or a name of the catalogue",
        examples=["child_behind_van"],
    )
    include: list[str | Include] = Field(
        default_factory=list,
        description="fragments laid under this file: weather, actors, checks",
        examples=["[{file: weathers/heavy_rain.yaml, params: {rate: 20 mm/h}, prefix: storm}]"],
    )
    assets: list[str] = Field(
        default_factory=list,
        description="models of one's own: asset files beside this file; actors call them own.NAME",
        examples=["[delivery_robot.asset.yaml]"],
    )
    params: dict[str, Annotated[Q | W, measure("any")]] = Field(
        default_factory=dict, description="values with a name, used as $name", examples=["{rain: 2..30 mm/h}"]
    )
    correlate: list[Correlation] = Field(
        default_factory=list,
        description="groups of random parameters that rise and fall together",
        examples=["[{params: [rain, visibility], rho: -0.6}]"],
    )
    world: Annotated[
        World[Q, W],
        Field(
            description="light, weather, surface and road",
            examples=["{clock: {sun: {elevation: 12 deg, azimuth: 140 deg}}, road: {preset: urban_street}}"],
        ),
    ]
    actors: Annotated[
        dict[str, Actor[Q, W]],
        Field(
            description="who takes part, by name; the one called ego is required",
            examples=["{ego: {model: car.sedan, start: {lane: right, s: 30 m, speed: 40 km/h}}}"],
        ),
    ]
    background: Background[Q] = Field(
        default_factory=Background,
        description="traffic, parked cars and people around",
        examples=["{traffic: {vehicles: 5 /km}}"],
    )
    encounters: Annotated[
        dict[str, Encounter[Q]],
        Field(description="outcomes for which the engine finds starts or triggers"),
    ] = Field(default_factory=dict, examples=["{crossing: {meet: {actor: child}}}"])
    faults: Annotated[
        dict[str, list[Fault[Q, W]]],
        Field(description="faults of the rig's sensors, by the sensor's name"),
    ] = Field(default_factory=dict, examples=["{cam_front: [{dirt: {cover: 0.2}}]}"])
    require: list[Annotated[str, says("condition", "params")]] = Field(
        default_factory=list,
        description="conditions on the sampled values; others are not simulated",
        examples=['["$rain < 20 mm/h"]'],
    )
    valid: Annotated[
        list[Annotated[str, says("condition", "clip")]],
        Field(description="conditions on what happened; samples that break one are not rendered"),
    ] = Field(default_factory=list, examples=['["not collided(ego, child)"]'])
    cover: Annotated[
        dict[str, Cover],
        Field(description="what the samples should cover"),
    ] = Field(default_factory=dict, examples=["{rain: {of: $rain, bins: osi}}"])
    expect: Annotated[
        list[Expect[Q]],
        Field(description="what a system under test must do"),
    ] = Field(default_factory=list, examples=["[{id: child_found, detect: {target: child, by: cam_front}}]"])
    capture: Capture[Q] = Field(
        default_factory=Capture, description="what is recorded", examples=["{duration: 5 s, rate: 10 Hz}"]
    )
    variants: dict[str, Variant] = Field(
        default_factory=dict,
        description="the same scenario with some values set otherwise, by name",
        examples=['{night: {set: {world.clock.time: "23:00"}}}'],
    )


DraftScenario = Scenario[Draft, Draft]
ResolvedScenario = Scenario[float, str]
DraftRig = Rig[Draft]
ResolvedRig = Rig[float]
DraftOwnAsset = OwnAsset[Draft]
ResolvedOwnAsset = OwnAsset[float]


def _name_readings() -> None:
    """Give every reading a name in its module: without one, its records could not be sent to worker processes."""
    unnamed: list[type[BaseModel]] = [Part]
    while unnamed:
        model = unnamed.pop()
        unnamed.extend(model.__subclasses__())
        vars(sys.modules[model.__module__]).setdefault(model.__name__, model)


_name_readings()
