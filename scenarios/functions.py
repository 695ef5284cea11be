"""Every function an expression can call: what it takes, what it gives, and how it is written.  Language floor.

Documentation, editors and the checks of a file read this one table.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from scenarios import units
from scenarios.taxonomy import ACTOR_CLASSES, ANIMALS, PEOPLE
from scenarios.units import Powers

# What an expression can be.  "thing" is somebody found by `nearest`; "view" is ego or one of its sensors.
Kind = Powers | Literal["truth", "actor", "mark", "path", "thing", "view", "class", "area", "word", "light"]

RATIO: Powers = ()
LENGTH = units.DIMENSIONS["length"].powers
TIME = units.DIMENSIONS["time"].powers
SPEED = units.DIMENSIONS["speed"].powers
ACCELERATION = units.DIMENSIONS["acceleration"].powers
RAIN = units.DIMENSIONS["rain"].powers
ANGLE = units.DIMENSIONS["angle"].powers
TEMPERATURE = units.DIMENSIONS["temperature"].powers
CLOUD = units.DIMENSIONS["cloud"].powers
ILLUMINANCE = units.DIMENSIONS["illuminance"].powers

LIGHTS = ("red", "red_amber", "amber", "green", "flashing_amber", "flashing_green", "off")
CARGO = "cargo"  # what was tied to a vehicle, whatever its class
GROUPS: dict[str, frozenset[str]] = {
    "any": frozenset(ACTOR_CLASSES),
    "vehicle": frozenset(c.name for c in ACTOR_CLASSES.values() if c.moves == "vehicle"),
    "person": PEOPLE,
    "animal": ANIMALS,
    "cyclist": frozenset(("bicycle",)),
    # Vulnerable road users as Euro NCAP counts them: people, cyclists and powered two-wheelers.
    "vru": PEOPLE | {"bicycle", "motorcycle", "e_scooter"},
    "obstacle": frozenset(c.name for c in ACTOR_CLASSES.values() if c.moves == "prop"),
}
CLASS_WORDS: tuple[str, ...] = tuple(dict.fromkeys((*ACTOR_CLASSES, *GROUPS, CARGO)))


def classes_of(word: str) -> frozenset[str]:
    """The actor classes behind a class word."""
    return GROUPS.get(word, frozenset((word,)))


@dataclass(frozen=True, slots=True)
class Signature:
    """Arguments (each one of some kinds), result, an example and one sentence."""

    arguments: tuple[tuple[Kind, ...], ...]
    result: Kind
    example: str
    says: str
    optional: int = 0  # how many of the last arguments may be left out
    when: str = (
        "now"  # the least that must exist: params (numbers), now (a running world), clip (a finished one)
    )
    bounds: tuple[float, float] = (-float("inf"), float("inf"))  # no world gives values outside


_INF = float("inf")
_ACTOR: tuple[Kind, ...] = ("actor",)
_OTHER: tuple[Kind, ...] = ("actor", "thing")
_WAY: tuple[Kind, ...] = ("actor", "thing", "path")
_FASTEST_MPS = 120.0  # the fastest start is 90 m/s; who falls or rolls downhill gains a little

FUNCTIONS: dict[str, Signature] = {
    "ttc": Signature(
        (_ACTOR, _WAY), TIME, "ttc(ego, path(child))",
        "time until a meets b at their present speeds, or reaches the line that b walks", bounds=(0.0, _INF),
    ),
    "thw": Signature(
        (_ACTOR, _OTHER), TIME, "thw(ego, van)", "time gap: until a's front is where b's back is now",
        bounds=(0.0, _INF),
    ),
    "gap": Signature(
        (_ACTOR, _OTHER), LENGTH, "gap(ego, van)",
        "along a's lane from its front to b's back; negative when b is beside or behind",
    ),
    "distance": Signature(
        (_ACTOR, _WAY), LENGTH, "distance(ego, child)",
        "the shortest way between the outlines of two; along a's lane to the line that b walks", bounds=(0.0, _INF),
    ),
    "range": Signature(
        (("actor", "view"), _OTHER), LENGTH, "range(ego, nearest(cargo))",
        "straight over the ground between the middles of two, or from a sensor", bounds=(0.0, _INF),
    ),
    "speed": Signature((_ACTOR,), SPEED, "speed(ego)", "how fast it moves", bounds=(0.0, _FASTEST_MPS)),
    "acceleration": Signature(
        (_ACTOR,), ACCELERATION, "acceleration(ego)", "along its own direction; braking is negative",
        bounds=(-40.0, 40.0),
    ),
    "stop_line": Signature(
        (_ACTOR,), LENGTH, "stop_line(ego)",
        "along a's way from its front to where it stops for the next traffic light; without one infinite",
        bounds=(0.0, _INF),
    ),
    "light": Signature(
        (_ACTOR, ("light",)), "truth", "light(ego, amber)", "whether the next traffic light on a's way shows that"
    ),
    "s": Signature((_ACTOR,), LENGTH, "s(ego)", "station along the road it is on", bounds=(-1e4, 1e5)),
    "visible": Signature(
        (_OTHER, ("view",)), RATIO, "visible(child, ego.cam_front)",
        "share of a's silhouette that a sensor of the ego has in view and nothing hides", bounds=(0.0, 1.0),
    ),
    "in_lane": Signature(
        (_ACTOR, ("area",)), "truth", "in_lane(child, ego.lane)", "whether a's middle is in an area"
    ),
    "collided": Signature(
        (_ACTOR, _ACTOR), "truth", "collided(ego, child)",
        "whether the bodies of two have touched so far; with one argument, whether a has touched anything", optional=1,
    ),
    "count": Signature(
        (("class",), ("area",)), RATIO, "count(debris, ego.lane)", "how many of a class are in an area",
        bounds=(0.0, 10_000.0),
    ),
    "event": Signature((("mark",),), "truth", "event(reveal)", "whether a mark has been passed"),
    "path": Signature((_ACTOR,), "path", "path(child)", "the line that somebody walks, or will walk next"),
    "nearest": Signature(
        (("class",),), "thing", "nearest(vru)", "of a class, whoever is nearest to the first argument"
    ),
    "around": Signature((_ACTOR, (LENGTH,)), "area", "around(ego, 30 m)", "the area within a distance of somebody"),
    "rises": Signature(
        (("truth",),), "truth", "rises(speed(ego) < 5 m/s)", "true in the step in which a condition becomes true"
    ),
    "falls": Signature(
        (("truth",),), "truth", "falls(event(reveal))", "true in the step in which a condition becomes false"
    ),
    "first": Signature(
        (("truth",),), TIME, "first(visible(child, ego) > 0.3)", "when a condition holds for the first time",
        when="clip", bounds=(0.0, _INF),
    ),
    "last": Signature(
        (("truth",),), TIME, "last(visible(child, ego) > 0.3)", "when a condition holds for the last time",
        when="clip", bounds=(0.0, _INF),
    ),
    "stopping_distance": Signature(
        ((SPEED,), (RATIO,), (TIME,)), LENGTH, "stopping_distance($ego_speed)",
        "until a standstill: speed, then if wanted friction (0.8) and reaction time (1 s)", optional=2, when="params",
    ),
    "braking_distance": Signature(
        ((SPEED,), (RATIO,)), LENGTH, "braking_distance($ego_speed, 0.5)",
        "stopping_distance without reaction: speed, then if wanted friction (0.8)", optional=1, when="params",
    ),
    "rain": Signature((), RAIN, "rain()", "rain rate now", bounds=(0.0, 200.0)),
    "snow": Signature((), RAIN, "snow()", "snowfall now, water equivalent", bounds=(0.0, 20.0)),
    "fog": Signature(
        (), LENGTH, "fog()", "meteorological optical range of the fog alone; without fog infinite", bounds=(1.0, _INF)
    ),
    "visibility": Signature(
        (), LENGTH, "visibility()", "meteorological optical range of all that is in the air", bounds=(1.0, _INF)
    ),
    "clouds": Signature((), CLOUD, "clouds()", "cloud cover now", bounds=(0.0, 8.0)),
    "wind": Signature((), SPEED, "wind()", "mean wind now", bounds=(0.0, 60.0)),
    "air": Signature((), TEMPERATURE, "air()", "air temperature now", bounds=(-40.0, 50.0)),
    "sun": Signature((), ANGLE, "sun()", "the sun's height over the horizon", bounds=(-1.5707964, 1.5707964)),
    "illuminance": Signature(
        (), ILLUMINANCE, "illuminance()", "daylight on the ground, lamps not counted", bounds=(0.0, 200_000.0)
    ),
    "friction": Signature((), RATIO, "friction()", "peak tyre-road friction at 50 km/h", bounds=(0.0, 1.5)),
    "wetness": Signature((), RATIO, "wetness()", "of the road: 0 dry to 1 under a closed film", bounds=(0.0, 1.0)),
    "water_film": Signature((), LENGTH, "water_film()", "water over the texture of the road", bounds=(0.0, 1.0)),
    "snow_depth": Signature((), LENGTH, "snow_depth()", "of snow on the road", bounds=(0.0, 5.0)),
}  # fmt: skip

OVER_TIME = ("min", "max", "mean")  # of one quantity over time, or of several quantities
ARITHMETIC = (*OVER_TIME, "abs")
WEATHER = tuple(name for name, s in FUNCTIONS.items() if not s.arguments)
CALLABLE = (*FUNCTIONS, *ARITHMETIC)

REACTION_S = 1.0  # what driving schools teach: 3 m for each 10 km/h are 1.08 s; rival: 2.5 s (AASHTO)
FRICTION = 0.8  # dry asphalt, a full emergency brake
G_MPS2 = 9.80665


def stopping_distance_m(
    speed_mps: float, friction: float = FRICTION, reaction_s: float = REACTION_S
) -> float:
    """Way through the reaction and a full brake to a standstill."""
    return (
        speed_mps * reaction_s + speed_mps * speed_mps / (2.0 * friction * G_MPS2) if friction > 0.0 else _INF
    )


PURE: dict[str, Callable[..., float]] = {
    "stopping_distance": stopping_distance_m,
    "braking_distance": lambda speed_mps, friction=FRICTION: stopping_distance_m(speed_mps, friction, 0.0),
}
