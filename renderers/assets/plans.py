"""What a building will be, before any triangle is made.  Renderers floor."""

from dataclasses import dataclass

from scenarios.chance import stream


@dataclass(frozen=True, slots=True)
class Plan:
    """What a building will be: enough to know its lot before any triangle is made."""

    kind: str
    look_seed: int
    width_m: float  # along the street
    depth_m: float
    floors: int
    floor_m: float  # storey height
    roof: str  # "gable", "hip", "mansard", "flat"
    shop: bool = False

    @property
    def eaves_m(self) -> float:
        return 0.35 + self.floors * self.floor_m


def plan(kind: str, look_seed: int, width_m: float | None = None) -> Plan:
    """Draw a building of a kind: house, townhouse, block, office, hall or barn; a street may set its width."""
    rng = stream(look_seed, "building", "plan")
    roll = rng.uniform(size=6)

    def between(k: int, low: float, high: float) -> float:
        return float(low + (high - low) * roll[k])

    if kind == "house":
        width, depth, floors, floor = (
            between(0, 8.5, 13),
            between(1, 8, 10.5),
            1 + int(roll[2] < 0.65),
            between(3, 2.7, 2.9),
        )
        roof, shop = "gable" if roll[5] < 0.62 else "hip", False
    elif kind == "townhouse":
        width, depth, floors, floor = (
            between(0, 7.5, 12),
            between(1, 10, 13),
            3 + int(roll[2] * 2),
            between(3, 2.9, 3.3),
        )
        roof = "gable" if roll[4] < 0.52 else "mansard" if roll[4] < 0.72 else "flat"
        shop = bool(roll[5] < 0.45)
    elif kind == "block":
        width, depth, floors, floor = (
            between(0, 16, 26),
            between(1, 12, 15),
            4 + int(roll[2] * 3),
            between(3, 2.8, 3.0),
        )
        roof, shop = "flat", bool(roll[5] < 0.3)
    elif kind == "hall":
        width, depth, floors, floor = between(0, 24, 42), between(1, 18, 28), 1, between(3, 6.0, 8.5)
        roof, shop = "flat", False
    elif kind == "barn":
        width, depth, floors, floor = between(0, 13, 20), between(1, 9, 12), 1, between(3, 3.6, 4.6)
        roof, shop = "gable", False
    elif kind == "office":
        width, depth, floors, floor = (
            between(0, 18, 30),
            between(1, 15, 22),
            6 + int(roll[2] * 9),
            between(3, 3.3, 3.8),
        )
        roof, shop = "flat", False
    else:
        raise KeyError(f"no building {kind!r}; there are house, townhouse, block, office, hall, barn")
    return Plan(kind, look_seed, width_m or width, depth, floors, floor, roof, shop)
