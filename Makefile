# Two commands matter: `make demo` renders the first dataset, `make test` passes the tests.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin
WORKERS ?= $(shell nproc)
# Dozens of processes import the same thousand modules: what the first one compiled, the others load.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: setup demo test pytest proof conformance lint bench peers pictures docs wheel clean

setup: $(VENV)/.installed
	@$(BIN)/stormlane warmup

$(VENV)/.installed: pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "Stormlane needs CPython 3.11 (set PYTHON=/path/to/python3.11)"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

demo: setup
	$(BIN)/stormlane render scenarios/catalogue/child_behind_van.scenario.yaml --out out/demo --workers $(WORKERS)
	$(BIN)/stormlane preview scenarios/catalogue/child_behind_van.scenario.yaml --out out/demo/preview.png

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Kernels are compiled and tests begin while the linters run: each of them alone leaves a core idle at its end.
test: $(VENV)/.installed
	$(MAKE) -j2 lint pytest

pytest: setup
	$(BIN)/python -m pytest -n auto

# Every sweep in full where `make test` takes a sample (docs/testing.md).
proof: setup
	STORMLANE_PROOF=1 $(BIN)/python -m pytest -n auto

# Every format opened by its reader, in environments that are made once and kept (docs/formats.md).
conformance: setup
	STORMLANE_PROOF=1 $(BIN)/python -m pytest tests/conformance -m conformance -n auto

bench: setup
	$(BIN)/python benchmarks/run.py

# Against Open3D/Embree, OpenGL on llvmpipe and PyBullet, each in turn with ours; installs them in an environment of their own.
peers: setup
	$(BIN)/python benchmarks/peers/run.py

# The pictures of the README, of docs/gallery.md and of the pages on cameras and weather, from the catalogue.
pictures: setup
	for name in child_behind_van highway_cutin_fog cyclist_night_wet deer_snow truck_behind_bend_low_sun town_crossing; do \
		$(BIN)/stormlane preview $$name --out docs/pictures/$$name.jpg || exit 1; done
	$(BIN)/python docs/generate_assets.py --sheets
	$(BIN)/python docs/generate_gallery.py
	for page in glass faults patches plumes; do \
		$(BIN)/python docs/generate_gallery.py --page $$page || exit 1; done
	$(BIN)/stormlane assets infrared --out docs/pictures/infrared.png
	$(BIN)/stormlane preview $$($(BIN)/stormlane list scenarios | cut -d' ' -f1) --out docs/pictures/catalogue.jpg

# The generated parts of docs/language.md and the schemas beside the shipped files, after a change of the schema.
docs: $(VENV)/.installed
	$(BIN)/python docs/generate_language.py
	$(BIN)/python docs/generate_assets.py

wheel: $(VENV)/.installed
	$(BIN)/python -m build --wheel --outdir dist .

clean:
	rm -rf $(VENV) out build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache
