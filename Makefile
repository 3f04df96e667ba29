# Two commands do everything: `make demo` and `make test`. Each sets up what it needs first.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
STATIC := src/groundside/see/web/static/index.html
DEMO ?= demo
SHELL := /bin/bash
# Tests start hundreds of processes; each would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup demo test test-python test-web check prove bench fuzz lint lint-types lint-rest silence web clean

setup: .make/python $(STATIC)

KERNELS := $(filter-out $(wildcard src/groundside/native/_*.c),$(wildcard src/groundside/native/*.[ch])) \
    $(wildcard src/groundside/native/*.pyx)

# The lock is complete: pip need not look for what else is needed, `pip check` says whether anything is. Modules are
# compiled when they are first imported, which most of what is installed never is.
PIP := $(BIN)/pip --disable-pip-version-check
INSTALL := $(PIP) install --quiet --no-deps --no-compile

.make/python: pyproject.toml setup.py requirements.lock $(KERNELS)
	@mkdir -p .make
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
	    { echo "Python 3.11 is needed: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(INSTALL) --require-hashes -r requirements.lock
	$(INSTALL) --no-build-isolation --editable .
	$(PIP) check
	@$(BIN)/python -m groundside.reference.towns
	@touch $@

web: $(STATIC)

$(STATIC): $(shell find web -type f -not -path '*/node_modules/*' 2>/dev/null)
	cd web && npm ci --silent && npm run --silent build

# The demonstration: simulated flights in real formats, or the owner's own folder with FROM=/path.
demo: setup
	$(BIN)/groundside demo --archive "$(DEMO)$(if $(FROM),-own)" $(if $(FROM),--from "$(FROM)")

.make/test-tools:
	@mkdir -p .make
	@PYTHON=$(PYTHON) bash tests/install_tools.sh
	@touch $@

.make/bench-peers: benchmarks/install_peers.sh benchmarks/peers/rioxarray/requirements.txt
	@mkdir -p .make
	@PYTHON=$(PYTHON) bash benchmarks/install_peers.sh
	@touch $@

test: test-web test-python

# Files in the order of their names: the browser's, long ones with few tests, come first, and the short ones end it.
test-python: setup .make/test-tools
	$(BIN)/pytest -q -n auto --dist loadfile --no-loadscope-reorder $(PYTEST)

test-web: setup
	cd web && npm run --silent test

lint: lint-types lint-rest

lint-types: setup
	$(BIN)/basedpyright

lint-rest: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/codespell src docs tests README.md ARCHITECTURE.md CONTRIBUTING.md CHANGELOG.md
	cd web && npm run --silent check

check: lint test

# The demonstration where there is no network: whatever tries to leave the machine is counted, and must be nothing.
silence: setup
	$(BIN)/python tools/silence.py

# Every full count of the Must-show lines; figures as JSON in prove*.json. Some hours.
prove: setup .make/test-tools .make/bench-peers
	$(BIN)/pytest --full --figures prove.json -p no:cacheprovider --timeout 7200
	$(BIN)/python tools/custody_coverage.py
	$(BIN)/python -m fuzz.run --seconds 300 --json prove-fuzz.json
	$(BIN)/python -m fuzz.native_run --seconds 300 --json prove-native.json
	$(BIN)/python benchmarks/run.py --full --json prove-bench.json

# Five minutes of coverage-guided fuzzing for each decoder, and for each kernel under ASan and UBSan;
# FUZZ="--seconds 30 --formats gpx" and FUZZ_NATIVE="--seconds 10" for less.
fuzz: setup .make/test-tools
	$(BIN)/python -m fuzz.run $(FUZZ)
	$(BIN)/python -m fuzz.native_run --seconds 300 $(FUZZ_NATIVE)

bench: setup .make/test-tools .make/bench-peers
	$(BIN)/python benchmarks/run.py $(if $(JSON),--json $(JSON))

clean:
	rm -rf $(VENV) .make web/node_modules web/dist src/groundside/see/web/static build *.egg-info
