"""No spoilt file brings more than a clear refusal: no traceback, no hang over 2 s, no more than 500 MB.

500 files by default, 20,000 under `make proof`; STORMLANE_FUZZ takes any other number.
"""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.fuzz import MOST_MB, MOST_S
from tests.support.mutations import KINDS, mutated
from tests.support.proof import WHOLE
from tests.support.wrong_files import RIGHT

ROOT = Path(__file__).parents[2]
COUNT = int(os.environ.get("STORMLANE_FUZZ", "20000" if WHOLE else "500"))
SEED = 8


@pytest.mark.slow
def test_no_spoilt_file_brings_more_than_a_clear_refusal() -> None:
    command = [sys.executable, "-m", "tests.support.fuzz", str(SEED), str(COUNT)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["told"] == [], "\n".join(f"{t['number']}: {t['problem']}" for t in result["told"])
    assert 0.02 * COUNT < result["loaded"] < 0.5 * COUNT  # most are wrong, and not all of them at once
    assert result["slowest_s"] < MOST_S
    assert result["peak_mb"] < MOST_MB


def test_mistakes_are_of_every_kind_and_repeat() -> None:
    assert mutated(RIGHT, random.Random(1)) == mutated(RIGHT, random.Random(1))
    for kind in KINDS:
        changed = sum(kind(RIGHT, random.Random(k)) != RIGHT for k in range(20))
        assert changed >= 12, kind.__name__
