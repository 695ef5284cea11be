"""How cargo stands on a bed: stacks in rows, from the rear edge forwards.  World floor."""

import math
from dataclasses import dataclass

from scenarios.bodies import Bed, Body
from scenarios.chance import stream

GAP_M = 0.04  # between neighbours: people load by hand
EDGE_M = 0.02  # of the first row from the rear edge
STACK_M = 1.2  # no stack is higher, nor higher than two and a half times its shorter side
SLIM = 2.5
ASKEW_RAD = 0.025  # nothing is put down quite straight


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an item stands, in the truck's frame: the middle of its lower face, and its yaw."""

    x_m: float
    y_m: float
    z_m: float
    yaw_rad: float


def capacity(bed: Bed, body: Body) -> int:
    """How many items of a kind a bed can take."""
    across, rows, layers, _ = _pattern(bed, body)
    return across * rows * layers


def pack(bed: Bed, body: Body, count: int, seed: int, sample: int, name: str) -> list[Spot]:
    """Spots of `count` items: item 0 is the rearmost, lowest one.

    Items stand lengthwise, or across where they do not fit.  As many stacks are begun as the count needs; each layer
    is finished before the next is begun, stacks fill a row from its middle outwards, rows follow from the rear edge.
    """
    across, _, layers, turned = _pattern(bed, body)
    length, width, height = body.size_m
    along_m, across_m = (width, length) if turned else (length, width)
    stacks = math.ceil(count / layers)
    spots = []
    for number in range(count):
        layer, stack = divmod(number, stacks)
        row, place = divmod(stack, across)
        in_row = min(across, stacks - row * across)
        y = (place - (in_row - 1) / 2) * (across_m + GAP_M)
        x = bed.rear_m + EDGE_M + along_m / 2 + row * (along_m + GAP_M)
        twist = float(stream(seed, "cargo", name, number, sample).uniform(-ASKEW_RAD, ASKEW_RAD))
        most = math.atan(GAP_M / max(length, width))  # neighbours must not stand in one another
        yaw = max(-most, min(most, twist)) + (math.pi / 2 if turned else 0.0)
        spots.append(Spot(x, y, bed.floor_m + layer * height, yaw))
    return spots


def _pattern(bed: Bed, body: Body) -> tuple[int, int, int, bool]:
    """(stacks across, rows, layers, whether items stand across the bed)."""
    length, width, height = body.size_m
    room_along, room_across = bed.front_m - bed.rear_m - EDGE_M, 2.0 * bed.half_width_m
    turned = width + GAP_M > room_across or length > room_along
    along_m, across_m = (width, length) if turned else (length, width)
    across = int((room_across + GAP_M) / (across_m + GAP_M))
    rows = int((room_along + GAP_M) / (along_m + GAP_M))
    layers = max(1, int(min(STACK_M, SLIM * min(length, width)) / height + 1e-9))
    return across, rows, layers, turned
