"""The examples do what the README says of them."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_weak_detector_passes_in_clear_air_and_fails_in_fog() -> None:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--tb=line",
        "-rA",
        "examples/weak_detector",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert re.search(r"PASSED .*test_the_car_ahead_is_found_in_clear_air", done.stdout), done.stdout
    assert re.search(r"FAILED .*test_the_car_ahead_is_found_in_fog", done.stdout), done.stdout
    assert done.returncode == 1
