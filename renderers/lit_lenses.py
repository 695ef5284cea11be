"""Lenses of traffic lights that change: one part for each picture that a head can show, of which one is there.

A head that a scenario switches stands in the street without its lenses; the scene of an instant holds them as they are
then.  A camera that reads its rows one after the other sees those of its frame's own time.  Renderers floor.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from renderers.assets import signals
from renderers.mesh import Mesh
from renderers.street_faces import Face
from scenarios.functions import LIGHTS
from sim.trace import WorldInstant, WorldTrace
from sim.traffic_lights import FLASHING, shown

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Lenses:
    """The lenses of one head, for everything that it ever shows in a clip."""

    light: int  # column of WorldTrace.lights
    pictures: tuple[tuple[str, Mesh], ...]  # what is shown, and its lenses in the frame of the mast
    world_from_mast: Floats  # (4, 4)


def lenses_of(
    trace: WorldTrace, light: int, lower_edge_m: float, lenses: int, world_from_mast: Floats
) -> Lenses:
    """The lenses of a head with its lower edge so high on its mast."""
    assert trace.lights is not None, "lights that nothing changes are part of the street"
    states = [LIGHTS[code] for code in np.unique(trace.lights[:, light])]
    words = {FLASHING.get(state, state) for state in states}
    if any(state in FLASHING for state in states):
        words.add("off")
    made = tuple((word, signals.lens_plates(word, lower_edge_m, lenses)) for word in sorted(words))
    return Lenses(light, made, world_from_mast)


@dataclass(frozen=True, slots=True)
class Switching:
    """All lenses of a stage, one row for each picture of each head."""

    light: NDArray[np.int64]  # (P,)
    word: tuple[str, ...]  # (P,)
    poses: Floats  # (P, 3, 4) world_from_part

    @staticmethod
    def of(heads: Sequence[Lenses]) -> "Switching":
        rows = [(head, word) for head in heads for word, _ in head.pictures]
        return Switching(
            np.array([head.light for head, _ in rows], np.int64),
            tuple(word for _, word in rows),
            np.array([head.world_from_mast[:3] for head, _ in rows], np.float64).reshape(-1, 3, 4),
        )

    def there(self, instant: WorldInstant) -> NDArray[np.bool_]:
        """(P,) which are there at an instant."""
        if not self.word:
            return np.zeros(0, np.bool_)
        assert instant.lights is not None, "checked when the lenses were made"
        now = [shown(LIGHTS[code], instant.time_ns) for code in instant.lights]
        return np.array(
            [now[light] == word for light, word in zip(self.light, self.word, strict=True)], np.bool_
        )


def face_at(face: Face, instant: WorldInstant) -> Face:
    """A face as it is at an instant: what it shows, and which of its lenses are lit."""
    if instant.lights is None or face.light < 0:
        return face
    state = LIGHTS[int(instant.lights[face.light])]
    word = shown(state, instant.time_ns)
    return replace(
        face, state=state, bulbs=tuple(replace(b, lit=signals.shows(word, b.color)) for b in face.bulbs)
    )
