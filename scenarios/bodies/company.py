"""What people on foot take along: a dog on a lead, a pram or a wheelchair that is pushed.  Language floor.

Both belong to the frame of whoever takes them along, so that hands stay on handles and leads meet collars: an arm's
length ahead of the middle of the body for what is pushed, at heel on the left for what is led.
"""

from dataclasses import dataclass

from scenarios.bodies.record import Body

Point = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Handle:
    """Where what is pushed is held, in metres of its own nominal box: behind its middle, sideways, above ground."""

    behind_m: float
    half_m: float
    height_m: float


PUSHED: dict[str, Handle] = {
    "stroller.pram": Handle(0.462, 0.15, 1.045),
    "wheelchair.manual": Handle(0.385, 0.225, 0.925),
}
LED: tuple[str, ...] = ("animal.dog",)
PARTS = {"stroller.pram": ".pram", "wheelchair.manual": ".wheelchair", "animal.dog": ".dog"}
ARM = 0.24  # of stature from the middle of the body to hands that push: two thirds of a stretched arm
AHEAD_M = 0.18  # the middle of a led dog before its owner's: its shoulders are at the knee
BESIDE_M = 0.02  # between the two boxes
# Where a lead leaves the box of whoever holds it, as shares of stature, and its collar as shares of the dog's box.
LEAVES = (0.125, 0.41)


def offset_m(owner_size_m: Point, company: Body) -> tuple[float, float]:
    """(ahead, left) of what is taken along, seen from the middle of its owner's box."""
    if company.model in PUSHED:
        return ARM * owner_size_m[2] + PUSHED[company.model].behind_m, 0.0
    return AHEAD_M, 0.5 * (owner_size_m[1] + company.size_m[1]) + BESIDE_M


def leaves_m(owner_size_m: Point) -> Point:
    """Where a lead passes from its owner's box to the dog's, in the owner's frame; each draws its own piece of it."""
    return LEAVES[0] * owner_size_m[2], 0.5 * owner_size_m[1] + 0.5 * BESIDE_M, LEAVES[1] * owner_size_m[2]


def led_state(owner_size_m: Point, company: Body) -> str:
    """The state of a led dog: the same place in its own frame, to a centimetre."""
    ahead, left = offset_m(owner_size_m, company)
    x, y, z = leaves_m(owner_size_m)
    return f"led:{x - ahead:.2f},{y - left:.2f},{z:.2f}"


def led_from(state: str) -> Point | None:
    """Where the lead of a dog in such a state begins, in the dog's frame; None of dogs without one."""
    if not state.startswith("led:"):
        return None
    x, y, z = (float(number) for number in state.removeprefix("led:").split(","))
    return x, y, z


def held_as(company: str) -> str:
    """What its owner's hands do: the `carries` of an actor who takes this along."""
    return "lead" if company in LED else PARTS[company].removeprefix(".")
