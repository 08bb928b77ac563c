# The two commands of the README, `make demo` and `make test`, and what keeps the tree clean.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
CORES := $(shell nproc 2>/dev/null || sysctl -n hw.ncpu 2>/dev/null || echo 2)
EXTRAS := $(shell command -v $${CXX:-c++} >/dev/null 2>&1 || command -v g++ >/dev/null 2>&1 || \
	command -v clang++ >/dev/null 2>&1 || echo ,compiler)

.PHONY: demo test lint format clean

demo: $(VENV)/installed
	$(BIN)/spikeloom train resources/examples/digits.snn --run-dir "runs/digits-$$(date +%Y%m%d-%H%M%S)"

test: $(VENV)/installed
	$(BIN)/pytest -n $(CORES)

lint: $(VENV)/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) runs build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

# A machine without a C++ compiler gets one as a Python package (the extra `compiler`).
$(VENV)/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Spikeloom needs Python 3.11 or newer: make demo PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo "Python has no venv module here; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[test$(EXTRAS)]'
	@touch $@
