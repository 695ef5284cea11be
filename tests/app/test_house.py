"""The house as a stranger finds it: four packages, honest fronts, a light door."""

import importlib
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("scenarios", "sim", "renderers", "labelers")


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_front_lists_what_it_offers(package: str) -> None:
    module = importlib.import_module(package)
    assert len(set(module.__all__)) == len(module.__all__) > 0
    for name in module.__all__:
        assert getattr(module, name) is not None


def test_the_wheel_holds_the_four_packages_and_nothing_else(tmp_path: Path) -> None:
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-deps",
            "--no-build-isolation",
            "--wheel-dir",
            str(tmp_path),
            str(ROOT),
        ],
        check=True,
    )
    wheel = next(tmp_path.glob("stormlane-*.whl"))
    names = zipfile.ZipFile(wheel).namelist()
    top = {name.split("/")[0] for name in names if ".dist-info" not in name}
    assert top == set(PACKAGES)
    assert any(name.startswith("scenarios/catalogue/") for name in names)
    assert any(name.startswith("renderers/beams/") for name in names)
    assert any(name.endswith("town_junction.xodr") for name in names)
    for package in PACKAGES:
        assert f"{package}/py.typed" in names


@pytest.mark.parametrize("door", ["sim.app.cli", "sim.app.pytest_plugin"])
def test_the_doors_import_nothing_heavy(door: str) -> None:
    code = f"import sys, json, {door}; print(json.dumps(sorted(sys.modules)))"
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT)
    loaded = set(json.loads(out.stdout))
    assert not loaded & {"numpy", "numba", "scipy", "cv2", "pydantic", "pyarrow", "shapely", "lxml"}


def test_constraints_pin_every_dependency_exactly() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = project["dependencies"] + extras["dev"] + extras["docs"]
    names = {
        w.split(";")[0].split("<")[0].split(">")[0].split("=")[0].strip().lower().replace("_", "-")
        for w in wanted
    }
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {line.split("==")[0].lower().replace("_", "-") for line in lines if "==" in line}
    assert names <= pinned
    assert not [line for line in lines if "://" in line]


def test_layers_cover_every_package_of_the_house() -> None:
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    assert set(linter["root_packages"]) == set(PACKAGES)
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert found == set(PACKAGES), "there is never a fifth import package"


def test_no_kernel_asserts() -> None:
    """pytest rewrites those of packages that bring it a plugin, ours among them, and numba cannot type the result."""
    files = [path for package in PACKAGES for path in (ROOT / package).glob("**/kernels/*.py")]
    assert len(files) > 20
    assert not [path.name for path in files if re.search(r"^\s*assert\b", path.read_text(), re.MULTILINE)]


def test_no_test_file_is_empty() -> None:
    """A file that lost its tests passes without a word."""
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    assert len(files) > 50
    assert [path.name for path in files if "def test_" not in path.read_text(encoding="utf-8")] == []
