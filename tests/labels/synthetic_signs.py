"""Signs and a traffic light made by hand: two limits, a plate below them, three lenses."""

from dataclasses import replace

import numpy as np

from labelers.records import Lens, Sign


def hanging(state: str) -> tuple[Sign, ...]:
    """On a post at the origin, looking against x; the light shows a state, as labels call it."""

    def made(number: int, code: str, official: str, value: str, x: float, y: float, z: float) -> Sign:
        at, turned = np.array((x, y, z)), np.array((np.pi, 0.0, 0.0))
        size = (0.01, 0.6, 0.6)
        return Sign(number, "sign", code, official, value, "", "", (), at, turned, size, ("1/-1",))

    lenses = tuple(
        Lens(color, "", color in state.split("_"), (0.1, 0.0, height), 0.1)
        for color, height in (("red", 0.3), ("amber", 0.0), ("green", -0.3))
    )
    light = replace(made(4, "vehicles", "", "", 0.0, 0.0, 3.0), kind="light", state=state, lenses=lenses)
    return (
        made(1, "speed_limit", "DE:274-50", "50", 0.0, 0.0, 2.5),
        made(2, "plate", "DE:1000", "", 0.0, 0.0, 2.0),
        made(3, "speed_limit_us", "US:R2-1", "35", 0.0, 0.0, 2.5),
        light,
    )
