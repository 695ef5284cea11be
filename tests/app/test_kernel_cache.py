"""Machine code is found again as long as nothing that it was made of has changed, and never longer."""

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sim.kernels.cache import HOUSE, PACKAGES, cache_root, kernel_folder, kernel_sources, turn, used_sources
from sim.kernels.jit import _compiled


def written(house: Path, **modules: str) -> dict[str, Path]:
    folder = house / "sim" / "kernels"
    folder.mkdir(parents=True)
    paths = {name: folder / f"{name}.py" for name in modules}
    for name, text in modules.items():
        paths[name].write_text(text)
    return paths


def test_a_kernel_depends_on_what_it_imports_directly_or_not(tmp_path: Path) -> None:
    house = written(
        tmp_path,
        ray="import math\nfrom sim.kernels.box import enters\nfrom sim.weather import fog\n",
        box="import sim.kernels.vector\n",
        vector="from sim.kernels.box import size\n",  # in a circle
        sky="from sim.kernels.vector import length\n",
    )
    assert used_sources(house["ray"], tmp_path) == sorted(house[n] for n in ("ray", "box", "vector"))
    assert house["ray"] not in used_sources(house["sky"], tmp_path)


@pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"), reason="nothing is compiled")
def test_every_kernel_is_kept_under_all_that_it_calls() -> None:
    from numba.core.dispatcher import Dispatcher

    kept = 0
    for path in kernel_sources():
        module = importlib.import_module(".".join(path.relative_to(HOUSE).with_suffix("").parts))
        if path.stem == "__init__":
            continue
        sources = set(used_sources(path))
        for name, value in vars(module).items():
            # Numbers of other kernel files are built into machine code too: every import counts.
            assert not hasattr(value, "__path__") or "kernels" not in str(value.__path__), (path, name)
            if isinstance(value, Dispatcher):
                assert Path(value.py_func.__code__.co_filename).resolve() in sources, (path, name)
                if value.py_func.__module__ == module.__name__ and "NUMBA_CACHE_DIR" not in os.environ:
                    assert Path(value.stats.cache_path) == kernel_folder(path)
                    kept += 1
    assert "NUMBA_CACHE_DIR" in os.environ or kept > 100
    assert kernel_folder(kernel_sources()[0]).parent == cache_root() / "kernels"


@pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"), reason="nothing is compiled")
def test_a_kernel_is_the_same_whoever_calls_it_first() -> None:
    # numba hands on what a kernel does not say of itself: strict ones came out fast where a fast one called them first.
    helper = _compiled(lambda a, b, c: a + b + c, cache=False)
    caller = _compiled(lambda a: helper(a, a, a), cache=False, fastmath=True, forceinline=True, _nrt=False)
    assert caller(np.float32(1.0)) == 3.0
    (code,) = helper.inspect_llvm().values()
    assert "fadd float" in code
    assert "fadd fast" not in code
    assert "alwaysinline" not in code


def test_kernels_stand_where_their_sources_are_watched() -> None:
    # Elsewhere numba keeps them beside the file, where neither the warm-up nor a change in what they call is noticed.
    watched = set(kernel_sources())
    decorated = re.compile(r"^@(fast_)?(inner_)?kernel$|njit\(", re.MULTILINE)
    files = [path for name in PACKAGES for path in (HOUSE / name).rglob("*.py")]
    assert [path for path in files if decorated.search(path.read_text()) and path not in watched] == []


def test_lidars_are_not_compiled_again_when_pictures_change() -> None:
    lidar = HOUSE / "renderers" / "kernels" / "lidar.py"
    assert not {"shade.py", "film.py", "lamplight.py"} & {path.name for path in used_sources(lidar)}
    shade = {path.name for path in used_sources(HOUSE / "renderers" / "kernels" / "shade.py")}
    assert {"lamplight.py", "gloss.py", "sky.py", "lanes.py", "jit.py"} <= shade


@pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"), reason="nothing is compiled")
def test_what_kernels_call_is_compiled_once_for_all_numbers_that_they_write_out() -> None:
    # numba's own way is once for each: seventeen times for the hash behind every draw.
    from numba.core import types

    from sim.kernels.random import hash_u32

    for number in (7, 8):
        asked = (types.int64, types.int64, types.literal(number))  # type: ignore[no-untyped-call]
        assert hash_u32.get_call_template(asked, {})[2] == (types.int64,) * 3  # type: ignore[attr-defined]
    kinds = {kind for signature in hash_u32.signatures for kind in signature}  # type: ignore[attr-defined]
    assert kinds and not any(isinstance(kind, types.Literal) for kind in kinds)


ONE_OF_TWO = """\
import sys
import numpy as np
from numba.core import event
from sim.kernels.traffic import comfortable_speed
with event.install_recorder("numba:compile") as heard:
    print("ready", flush=True)
    sys.stdin.readline()
    comfortable_speed(np.zeros(3), np.ones(3), 2.0, 2.0)
made = [one.data["dispatcher"].py_func.__name__ for _, one in heard.buffer if one.is_start]
print(made.count("comfortable_speed"))
"""


@pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"), reason="nothing is compiled")
@pytest.mark.skipif("NUMBA_CACHE_DIR" in os.environ, reason="numba keeps everything in one folder")
def test_two_processes_that_need_a_kernel_at_once_compile_it_once(tmp_path: Path) -> None:
    both = [
        subprocess.Popen(
            [sys.executable, "-c", ONE_OF_TWO],
            env=os.environ | {"STORMLANE_CACHE": str(tmp_path), "PYTHONPATH": str(HOUSE)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for one in both:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in both:
        assert one.stdin is not None
        one.stdin.write("now\n")
        one.stdin.flush()
    assert sorted(one.communicate(timeout=120)[0] for one in both) == ["0\n", "1\n"]


def test_where_locks_cannot_be_had_nobody_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fcntl", None)  # as on Windows
    monkeypatch.setenv("STORMLANE_CACHE", str(tmp_path))
    entered = []
    with turn(HOUSE / "sim" / "kernels" / "traffic.py", "any"):
        entered.append(1)
    assert entered
    code = "import sys; sys.modules['fcntl'] = None; import sim.kernels.jit"
    subprocess.run([sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": str(HOUSE)}, check=True)
