# The two commands of the README, `make demo` and `make test`, and what keeps the tree clean.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
CORES := $(shell nproc 2>/dev/null || sysctl -n hw.ncpu 2>/dev/null || echo 2)
EXTRAS := $(shell command -v $${CXX:-c++} >/dev/null 2>&1 || command -v g++ >/dev/null 2>&1 || \
	command -v clang++ >/dev/null 2>&1 || echo ,compiler)

# Is there a screen for a window? Always on macOS and Windows; elsewhere where X or Wayland says so.
SCREEN := $(DISPLAY)$(WAYLAND_DISPLAY)$(filter Darwin Windows_NT,$(shell uname -s) $(OS))
DIGITS := resources/examples/digits.snn

.PHONY: demo window train test docs lint format screenshots clean

demo: $(if $(SCREEN),window,train)

window: $(VENV)/installed
	@sh packaging/qt-libraries.sh --window
	$(BIN)/spikeloom-app --example digits

train: $(VENV)/installed
	$(BIN)/spikeloom train $(DIGITS) --run-dir "runs/digits-$$(date +%Y%m%d-%H%M%S)"

test: $(VENV)/installed
	@sh packaging/qt-libraries.sh
	QT_QPA_PLATFORM=offscreen $(BIN)/pytest -n $(CORES)

screenshots: $(VENV)/installed
	@sh packaging/qt-libraries.sh
	QT_QPA_PLATFORM=offscreen $(BIN)/python packaging/screenshots.py

docs: $(VENV)/installed-docs
	$(BIN)/python -m docs.sphinx build/docs

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
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[app,test$(EXTRAS)]'
	@touch $@

$(VENV)/installed-docs: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[docs]'
	@touch $@
