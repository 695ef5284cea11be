"""Measures how far the doors of every car and van reach, and writes scenarios/bodies/door_reach.py.

Run from the repository root after changing a skin, a hinge or a door: `python docs/generate_door_reach.py`.  The table
stands in the language floor, which knows no meshes; tests/assets/test_doors.py holds the two to each other.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from renderers.assets import build
from renderers.assets.pose import DOOR, door_of, door_turns, place
from scenarios.bodies import BODIES, doors_of, open_size, open_state, opening_shift
from scenarios.bodies.door_reach import REACH_M, Reach

LOOKS = {"car.convertible": (0, 1)}  # with its roof down and up: the table holds both
TARGET = Path("scenarios/bodies/door_reach.py")
HEAD = '''"""How far doors reach when they stand open: written by docs/generate_door_reach.py.  Language floor."""

Reach = tuple[float, float, float, float, float, float]
# Lowest and highest x, y and z of each door at its last notch, in the frame of the shut car; right doors mirror left.
REACH_M: dict[str, dict[str, Reach]] = {
'''


def measured(model: str) -> Iterator[tuple[str, Reach]]:
    """Reach of every door of a model, the left ones of pairs."""
    body = BODIES[model]
    doors = [door for door in doors_of(model) if not door.endswith("right")]
    for door in doors:
        state = open_state((door,))
        size = open_size(body, body.size_m, state)
        back = np.array(
            (*opening_shift(body, size, state), 0.0)
        )  # from the middle of the open box to the car's
        points = []
        for look in LOOKS.get(model, (0,)):
            made = build(model, look, size, None, None, state)
            for part, matrix in zip(made.parts, place(made.parts, door_turns(made.parts)), strict=True):
                if part.joint.startswith(DOOR) and door_of(part.joint) == door:
                    points.append(part.mesh.vertices_m @ matrix[:3, :3].T + matrix[:3, 3] + back)
        low, high = (np.concatenate(points).min(axis=0).tolist(), np.concatenate(points).max(axis=0).tolist())
        yield door, (low[0], high[0], low[1], high[1], low[2], high[2])


def table() -> str:
    """The module's text."""
    lines = []
    for model in REACH_M:
        lines.append(f'    "{model}": {{')
        for door, reach in measured(model):
            lines.append(f'        "{door}": ({", ".join(f"{value:.3f}" for value in reach)}),')
        lines.append("    },")
    return HEAD + "\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    TARGET.write_text(table(), encoding="utf-8")
    print(f"wrote {TARGET}")
