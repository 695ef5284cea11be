"""The warm-up compiles whatever a real run calls, so that nobody waits in the middle of a clip."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from renderers.assets.levels import NEAR
from scenarios import catalogue, load, resolve
from scenarios.bodies import BODIES
from sim.app import warmup
from sim.app.clip import ClipPlan, render_sample
from tests.support.proof import WHOLE

# What is compiled does not depend on the size of the picture.
SMALL = ("rig.cameras.cam_front.width=320", "rig.cameras.cam_front.height=180", "capture.also=[occupancy]")
HOUSE = ("sim", "renderers", "labelers")


def compiled() -> dict[str, int]:
    """How many signatures each kernel of the house has been called with from Python."""
    # Not above: before our own kernels are imported numba does not know where the warm ones are kept.
    from numba.core.dispatcher import Dispatcher

    return {
        f"{name}.{what}": len(value.signatures)
        for name, module in sorted(sys.modules.items())
        if name.split(".")[0] in HOUSE and ".kernels." in name
        for what, value in vars(module).items()
        if isinstance(value, Dispatcher) and value.py_func.__module__ == name
    }


@pytest.mark.slow
@pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"), reason="nothing is compiled")
def test_after_the_warm_up_a_real_sample_compiles_nothing() -> None:
    from renderers.assets.cars import build_car
    from renderers.assets.detail import at_level
    from renderers.stage import Stage
    from sim.simulate import simulate

    for name in warmup.ROUNDS:
        warmup.ROUNDS[name]()
    before = compiled()
    assert sum(count > 0 for count in before.values()) > 30
    # Whatever lies on the shelf already: no model and no level calls these with other types.
    shapes = {name: count for name, count in before.items() if ".assets." in name or ".creases." in name}
    # Those that only other kernels call count 0 where their callers came from the disk.
    assert sum(shapes.values()) > 15
    assert max(shapes.values()) == 1
    at_level(build_car("car.hatchback", 0, BODIES["car.hatchback"].size_m), NEAR)
    concrete = resolve(load(catalogue()["cyclist_night_wet"], SMALL), seed=0, sample=0)
    render_sample(Stage(simulate(concrete)), concrete.clip_id, 0, ClipPlan.of(concrete).times_ns[0], 2)
    assert {name: count for name, count in compiled().items() if count != before.get(name)} == {}


@pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"), reason="nothing is compiled")
def test_no_story_calls_a_kernel_that_the_warm_up_s_do_not() -> None:
    # Every thirteenth, all in `make proof`.
    from sim.simulate import simulate

    warmup.ROUNDS["world"]()
    before = compiled()
    assert sum(count > 0 for name, count in before.items() if name.startswith("sim.")) > 3
    for path in sorted(catalogue().values())[:: 1 if WHOLE else 13]:
        simulate(resolve(load(path), seed=0, sample=0))
        assert compiled() == before, path.stem


def test_only_a_cold_cache_is_warmed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(warmup, "warm_folder", lambda: tmp_path)
    monkeypatch.setattr(warmup, "warm_up", lambda: done.append("compiled"))
    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)
    warmup.warm_up_when_cold()
    assert done == ["compiled"]
    (tmp_path / warmup.STAMP).write_text("")
    warmup.warm_up_when_cold()
    assert done == ["compiled"]


SCRIPT = """\
import sys
from pathlib import Path
from sim.app import warmup
print("once")
warmup.ROUNDS, warmup.AFTER = {"shapes": None}, {}
warmup.warm_folder = lambda: Path(sys.argv[1])
warmup.warm_up_when_cold()
"""


@pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"), reason="nothing is compiled")
def test_whoever_has_no_guard_in_his_script_is_warmed_up_too(tmp_path: Path) -> None:
    script = tmp_path / "mine.py"
    script.write_text(SCRIPT)
    command = [sys.executable, script, tmp_path / "warm"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "once\n"), done.stderr
    assert (tmp_path / "warm" / warmup.STAMP).is_file()
