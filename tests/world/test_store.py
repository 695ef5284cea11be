"""A trace on disk is the trace, and the same trace is the same bytes."""

from pathlib import Path

import numpy as np
import pytest

from scenarios.errors import StormlaneError
from sim import store
from sim.simulate import simulate
from tests.world.scenes import car, concrete

SCENE = {"background": {"parked_cars": {"side": "right"}, "pedestrians": {"density": 20.0}}, "duration": 1.0}


def test_a_stored_trace_comes_back_equal(tmp_path: Path):
    trace = simulate(concrete(car(60.0, 10.0, {"mark": "here"}), weather=[{"rain": 5.0}], **SCENE))
    store.save(trace, tmp_path / "a.trace")
    back = store.load(tmp_path / "a.trace")
    for name in store.ARRAYS:
        assert np.array_equal(getattr(back, name), getattr(trace, name)), name
        assert getattr(back, name).dtype == getattr(trace, name).dtype
    assert back.actors == trace.actors
    assert back.events == trace.events
    assert back.concrete == trace.concrete
    assert back.weather.states == trace.weather.states
    assert back.road.extent == trace.road.extent
    assert back.at(555_000_000).position_m.tolist() == trace.at(555_000_000).position_m.tolist()


def test_the_same_trace_gives_the_same_bytes(tmp_path: Path):
    for name in ("a", "b"):
        store.save(simulate(concrete(car(60.0, 10.0), **SCENE)), tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "b"]


def test_a_file_that_is_no_trace_is_refused_by_name(tmp_path: Path):
    wrong = tmp_path / "wrong.trace"
    wrong.write_bytes(b"not a zip")
    with pytest.raises(StormlaneError, match=r"wrong\.trace: not a stored trace"):
        store.load(wrong)
