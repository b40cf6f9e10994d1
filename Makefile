# Two commands: `make run` opens the chat page, `make test` runs every check. Each sets up what it needs first, either may
# come first, and once both have run neither needs a network.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install -qq

# The first of these that is Python 3.11 or newer and can make a virtual environment; 3.11 is the one the locks are made for.
PYTHON ?= $(shell for python in python3.11 python3 python3.12 python3.13 python3.14; do \
	$$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
# Address of a package index with CPU builds of PyTorch, only where pip's own has none (Linux on x86-64, as a rule).
TORCH_INDEX ?=
# Folder with the licensed articles and the evaluation data; tests that need it skip with a reason where it is absent.
IPT_RAG_SHARED ?= $(abspath $(wildcard ../shared))

export IPT_RAG_SHARED
export HF_HUB_OFFLINE := 1
export HF_HUB_DISABLE_TELEMETRY := 1
export GRADIO_ANALYTICS_ENABLED := False
export TOKENIZERS_PARALLELISM := false

.PHONY: help setup setup-dev run lint docs test check screenshots bench fuzz audit sbom licences lock clean
.DELETE_ON_ERROR:

help:
	@echo "make run    set up, build the index and open the chat page on 127.0.0.1:7860"
	@echo "make test   set up and run every check: format, lint, types, imports, tests (make check is the same)"
	@echo "make lint   the checks without the tests"
	@echo "make docs   the documentation as a site, into build/docs"
	@echo "make screenshots   the page's states as pictures, into docs/images/ (needs Chromium)"
	@echo "make bench  measure questions, cold start, builds, load and growth, beside six rivals (needs a network the first time)"
	@echo "make fuzz MINUTES=20   random bytes for everything that strangers' bytes reach"
	@echo "make audit  hold the locked packages against known vulnerabilities (asks the network, else a stored list)"
	@echo "make licences   list the licence of each installed package; fails where one is not among those we allow"
	@echo "make sbom   write build/sbom.json, a CycloneDX list of the installed packages"
	@echo "make lock   resolve requirements.lock and requirements-dev.lock anew (needs a network)"
	@echo "make clean  remove the environment, the index and all caches"

# A stamp stands for one finished step, so that a step that broke off is done again and a finished one is not.
setup: $(VENV)/package.stamp
setup-dev: $(VENV)/dev.stamp

$(VENV)/venv.stamp:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer with pip and venv was found: install one (on Debian python3 and" \
		"python3-venv), or name it, as in: make run PYTHON=/path/to/python3.11" >&2; exit 1; }
	@echo "Making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

# PyTorch first: left to another package's requirements, pip would take its newest build, CUDA and all.
$(VENV)/torch.stamp: $(VENV)/venv.stamp scripts/install_torch.py
	@$(BIN)/python scripts/install_torch.py $(TORCH_INDEX)
	@touch $@

# --no-deps: the lock is whole but for PyTorch, which --require-hashes would otherwise ask for.
$(VENV)/locked.stamp: requirements.lock $(VENV)/torch.stamp
	@echo "Installing the packages of requirements.lock (some minutes the first time)"
	@$(PIP) --no-deps --require-hashes -r requirements.lock
	@touch $@

# With dependencies: nothing more on the Python of the locks; on another one, what only that one needs.
$(VENV)/package.stamp: pyproject.toml $(VENV)/locked.stamp
	@$(PIP) --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock $(VENV)/package.stamp
	@echo "Installing the packages of requirements-dev.lock"
	@$(PIP) --no-deps --require-hashes -r requirements-dev.lock
	@touch $@

# The build itself finds out what is new; an index that is up to date it leaves alone.
run: setup
	@$(BIN)/ipt-rag build
	@$(BIN)/python app.py

lint: setup-dev
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

# Strictly: a link, an anchor or a name that leads nowhere ends it.
docs: setup-dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

# A file of tests to a process, and one process more than there are cores: many tests wait for a program that they started.
# `.venv/bin/pytest FILE` runs one by itself.
test: lint
	$(BIN)/pytest --numprocesses $$($(BIN)/python -c 'import os; print((os.cpu_count() or 1) + 1)') --dist loadfile

check: test

# The states of the page at 390 and 1280 pixels, light and dark, into docs/images/; needs Chromium.
screenshots: setup-dev
	$(BIN)/python scripts/screenshots.py

# Each rival in an environment of its own, which sees the project's packages: the same PyTorch, FAISS and encoder for all.
RIVALS := $(basename $(notdir $(wildcard benchmarks/rivals/*.txt)))

build/bench/%.stamp: benchmarks/rivals/%.txt $(VENV)/dev.stamp
	@echo "Installing $* for comparison"
	@$(PYTHON) -m venv build/bench/$*
	@$(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' \
		> "$$(build/bench/$*/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/project.pth"
	@build/bench/$*/bin/python -m pip --disable-pip-version-check install -qq -r $<
	@touch $@

# Passages of the comparison with the rivals, of the measurement of one question, and vectors of the index types.
BENCH_SIZES ?= 1000 10000
BENCH_PASSAGES ?= 10000
BENCH_VECTORS ?= 1000000
ASKED := --questions tests/data/questions/answerable_2.jsonl

build/bench/openvino: $(VENV)/dev.stamp
	@$(PIP) --no-deps --target $@ openvino==2026.4.1

bench: setup-dev $(RIVALS:%=build/bench/%.stamp) build/bench/openvino
	$(BIN)/ipt-rag build
	PYTHONPATH=build/bench/openvino $(BIN)/python benchmarks/encoders.py $(ASKED)
	$(BIN)/python benchmarks/query.py $(ASKED)
	$(BIN)/python benchmarks/memory.py $(ASKED)
	$(BIN)/python benchmarks/cold_start.py --langchain build/bench/langchain/bin/python
	$(BIN)/python benchmarks/build.py corpus --langchain build/bench/langchain/bin/python
	$(BIN)/python benchmarks/load.py
	$(BIN)/python benchmarks/corpus.py build/bench/corpus --passages $(BENCH_PASSAGES)
	$(BIN)/python benchmarks/stand_in.py build/bench/corpus build/bench/index
	$(BIN)/python benchmarks/query.py --index build/bench/index $(ASKED)
	$(BIN)/python benchmarks/steps.py --index build/bench/index $(ASKED)
	$(BIN)/python benchmarks/side_by_side.py --passages $(BENCH_SIZES)
	$(BIN)/python benchmarks/growth.py --largest $(BENCH_VECTORS)

# For all targets together; CI has its own, shorter one in tests/test_fuzz.py.
MINUTES ?= 20

fuzz: setup-dev
	$(BIN)/python scripts/fuzz.py --minutes $(MINUTES)

audit: setup-dev
	$(BIN)/python scripts/audit.py

licences: setup-dev
	$(BIN)/python scripts/licences.py

sbom: setup-dev
	@mkdir -p build
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --mc-type application --output-reproducible \
		--output-file build/sbom.json $(BIN)/python

# In an environment of its own, so that the locks' resolver is not one of the project's packages.
LOCK_BIN := build/lock/bin
COMPILE = $(LOCK_BIN)/pip-compile --quiet --no-header --no-emit-options --no-emit-index-url --no-emit-find-links \
	--no-emit-trusted-host --strip-extras --generate-hashes --unsafe-package torch --resolver backtracking

# pip-compile closes with a warning that PyTorch is not pinned; --no-deps, above, is the answer to it.
TRIM = $(LOCK_BIN)/python -c 'import pathlib, sys; lock = pathlib.Path(sys.argv[1]); \
	lock.write_text(lock.read_text().partition("\n\# WARNING")[0].rstrip() + "\n")'

build/lock/venv.stamp:
	@$(PYTHON) -m venv build/lock
	@$(LOCK_BIN)/python -m pip --disable-pip-version-check install --quiet pip==26.3 pip-tools==7.6.2
	@touch $@

lock: build/lock/venv.stamp
	$(COMPILE) --build-deps-for editable --output-file requirements.lock pyproject.toml
	$(TRIM) requirements.lock
	$(COMPILE) --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml
	$(TRIM) requirements-dev.lock

clean:
	rm -rf $(VENV) build dist .coverage htmlcov .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find index -mindepth 1 ! -name README.md -delete
	find src tests scripts -name __pycache__ -prune -exec rm -rf {} +
