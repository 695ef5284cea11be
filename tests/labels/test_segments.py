"""Whoever sits on or in a thing that is labelled with them is a segment, and a person, of its own."""

from dataclasses import replace

import numpy as np
import pytest

from labelers.segments import segments
from labelers.writers.coco import COCO_IDS, category_of
from scenarios.taxonomy import SEMANTIC_ID
from tests.labels import synthetic


@pytest.mark.parametrize(
    ("actor_class", "occupant"),
    [("bicycle", "rider"), ("e_scooter", "rider"), ("wheelchair", "person"), ("stroller", None)],
)
def test_occupants_are_told_apart_by_class(actor_class: str, occupant: str | None) -> None:
    thing = synthetic.Thing(4, actor_class, "any.thing", 12.0, 0.0, (1.1, 0.7, 1.4))
    sample = synthetic.sample(0, things=(thing,))
    frame = sample.cameras["cam_front"]
    rows = np.flatnonzero((frame.instance == 4).any(axis=1))
    upper = (frame.instance == 4) & (np.arange(synthetic.HEIGHT)[:, None] < rows.mean())
    semantic = frame.semantic.copy()
    semantic[upper] = SEMANTIC_ID[occupant or "person"]
    found = [s for s in segments(replace(frame, semantic=semantic), sample.labels.cuboids) if s.cuboid]
    assert sum(s.area for s in found) == np.count_nonzero(frame.instance == 4)
    assert [s.of_rider for s in found] == ([False, True] if occupant else [False])
    if occupant:
        assert found[1].semantic == SEMANTIC_ID[occupant]
        assert found[1].area == np.count_nonzero(upper)
        assert category_of(found[1].cuboid, found[1].of_rider) == COCO_IDS["person"]  # type: ignore[arg-type]
