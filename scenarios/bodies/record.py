"""What is known of a model: its class, box, axles and how it moves as a rigid body.  Language floor."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Bed:
    """The flat bed of a truck without its boards, in the actor's frame; a headboard closes it towards the cab."""

    rear_m: float
    front_m: float
    half_width_m: float
    floor_m: float
    headboard_top_m: float
    cab_rear_m: float


@dataclass(frozen=True, slots=True)
class Body:
    """A model's box and running gear.  The box (length, width, height) encloses every part, mirrors included."""

    model: str
    actor_class: str  # key of taxonomy.ACTOR_CLASSES
    size_m: tuple[float, float, float]  # length, width, height
    wheelbase_m: float = 0.0
    front_overhang_m: float = 0.0  # bumper to front axle
    wheel_radius_m: float = 0.0
    track_m: float = 0.0
    mass_kg: float = 80.0
    max_acceleration_mps2: float = 2.5
    max_braking_mps2: float = 8.0
    # What follows matters once a thing moves as a rigid body: on dry asphalt, against air at rest.
    shape: Literal["box", "disc", "ball"] = "box"  # discs lie flat: round about z
    friction: float = 0.5
    restitution: float = 0.1
    rolling: float = 0.0  # coefficient of rolling resistance of what is round
    bed: Bed | None = None  # what cargo stands on
    flank_m: float = 0.0  # width without the mirrors of what can lie on its side
    # Box of what does not simply turn over: a rider lies beside the machine, people draw up their legs, nobody strides.
    fallen_m: tuple[float, float, float] | None = None
    axles_m: tuple[float, ...] = ()  # stations of all axles behind the foremost point, where they are not two
    traffic: float = (
        1.0  # how often it is met in traffic, among the models of its class; 0: only where it is named
    )
    # Of who has legs: height of an animal's hips; how far a foot goes back on the ground at most, which is what legs and
    # box allow; length of a stride against other people's at the same speed.
    hip_m: float = 0.0
    step_m: float = 0.0
    stride: float = 1.0
    beacon: bool = False  # whether it has a beacon: the word of `lights`
    drag: float = 1.1  # of the area that it shows to the wind: a cuboid's is 1.05 to 1.2 (Hoerner 1965)
