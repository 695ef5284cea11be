"""Loads thousands of spoilt files in a process of its own, bounded in time and memory, and tells what went wrong.

Run by tests/language/test_fuzz.py, or by hand: python -m tests.support.fuzz SEED COUNT
"""

import json
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

import scenarios
from scenarios.errors import ScenarioError, ScenarioErrors
from tests.support.mutations import mutated
from tests.support.wrong_files import RIG, RIGHT

MOST_S = 2.0  # of the processor's time, for one file
MOST_MB = 500
ADDRESS_SPACE = 6 << 30  # a runaway is stopped before the machine suffers


class _TooSlow(BaseException):
    """A file took too long; not an Exception, so that nobody swallows it."""


def _stop(signum: int, frame: object) -> None:
    raise _TooSlow


def main(seed: int, count: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    signal.signal(signal.SIGPROF, _stop)
    folder = Path(tempfile.mkdtemp(prefix="stormlane-fuzz-"))
    (folder / "rigs").mkdir()
    (folder / "rigs/small.yaml").write_text(RIG)
    (folder / "base.scenario.yaml").write_text(RIGHT)
    large = [path.read_text() for path in scenarios.catalogue().values()] + _more_texts()
    texts = [RIGHT] * 4 * len(large) + large  # the small one is read twice as fast and has most words
    told: list[dict[str, object]] = []
    loaded = 0
    slowest = 0.0
    for number in range(count):
        rng = random.Random(f"{seed} {number}")
        is_rig = rng.random() < 0.12
        data = mutated(RIG if is_rig else rng.choice(texts), rng)
        path = folder / ("rigs/small.yaml" if is_rig else "spoilt.scenario.yaml")
        path.write_bytes(data)
        begun = time.process_time()
        problem, right = _try(folder / ("base.scenario.yaml" if is_rig else "spoilt.scenario.yaml"), data)
        taken = time.process_time() - begun
        slowest = max(slowest, taken)
        loaded += right
        if is_rig:
            path.write_text(RIG)
        if problem:
            told.append({"number": number, "problem": problem, "file": data.decode("utf-8", "replace")})
    peak_mb = _peak_mb()
    shutil.rmtree(folder)
    if peak_mb > MOST_MB:
        told.append({"number": -1, "problem": f"{peak_mb:.0f} MB of memory", "file": ""})
    print(json.dumps({"told": told, "loaded": loaded, "slowest_s": slowest, "peak_mb": peak_mb}))


def _peak_mb() -> float:
    """The most memory that this process held. Not ru_maxrss, which keeps that of the process it was started from."""
    status = Path("/proc/self/status").read_text()
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(kilobytes) / 1024


def _more_texts() -> list[str]:
    """Files that use every word: the model scenarios, where they are at hand."""
    folder = Path(__file__).parents[3] / "shared/reference"
    return [path.read_text() for path in sorted(folder.glob("*.scenario.yaml"))]


def _try(path: Path, data: bytes) -> tuple[str, bool]:
    """What is wrong with how a file was received (empty when nothing is), and whether it was right."""
    signal.setitimer(signal.ITIMER_PROF, MOST_S)
    try:
        try:
            file = scenarios.load(path)
        except ScenarioErrors as errors:
            return _unplaced(errors, data), False
        try:
            scenarios.resolve(file, 0, 0)
        except ScenarioError:
            return "", False
        return "", True
    except _TooSlow:
        return f"more than {MOST_S} s", False
    except BaseException as error:
        where = error.__traceback__
        frames = []
        while where is not None:
            frames.append(f"{Path(where.tb_frame.f_code.co_filename).name}:{where.tb_lineno}")
            where = where.tb_next
        return f"{type(error).__name__}: {str(error)[:200]} at {' < '.join(reversed(frames[-6:]))}", False
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)


def _unplaced(errors: ScenarioErrors, data: bytes) -> str:
    """Every mistake stands on a line that the file has, and is a sentence."""
    lines = len(data.decode("utf-8", "replace").splitlines()) + 1
    for error in errors.errors:
        if len(error.message.split()) < 3:
            return f"not a sentence: {error}"
        inside = error.file.endswith("spoilt.scenario.yaml")
        if inside and not (0 <= error.line <= lines and error.column >= (1 if error.line else 0)):
            return f"no place: {error}"
    return ""


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
