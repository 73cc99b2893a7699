# make run starts the studio, make test proves it; each sets up what it needs, once, in .venv.

VENV := .venv
BIN := $(VENV)/bin
NEEDED := $(VENV)/.needed
NEEDED_DEV := $(VENV)/.needed-dev
SYSTEM := $(VENV)/.system
BROWSER := $(VENV)/.browser

# The first of these that is Python 3.11 or 3.12; name another with make PYTHON=...
PYTHONS := $(or $(PYTHON),python3.12 python3.11 python3 python)
IS_SUPPORTED := import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))

APT := env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=1 -o Acquire::http::Timeout=20
HAS_FONT := find /usr/share/fonts -iname '*wqy*' -o -iname '*cjk*' | grep -q .
MAY_APT = [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null

.DEFAULT_GOAL := help
.PHONY: help setup run test lint bench samples clean

help:
	@echo "make run     start the studio at http://127.0.0.1:7860"
	@echo "make test    run every test, in a browser where there is one"
	@echo "make lint    check style and types"
	@echo "make bench   measure the speed claims"
	@echo "make samples draw the sample clips, style cards and grades again"
	@echo "make setup   only install what the studio needs"
	@echo "make clean   take away what was installed; clips in data/ stay"

setup: $(NEEDED) $(SYSTEM)

run: setup
	@exec $(BIN)/python app.py

test: $(NEEDED_DEV) $(SYSTEM) browser
	$(BIN)/python -m pytest -q -rs -n auto --dist loadfile --no-loadscope-reorder

lint: $(NEEDED_DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(NEEDED_DEV) $(SYSTEM)
	$(BIN)/python -m benchmarks

samples: $(NEEDED_DEV) $(SYSTEM)
	$(BIN)/python -m benchmarks.samples
	$(BIN)/python -m benchmarks.luts

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache test-results

$(BIN)/python:
	@for python in $(PYTHONS); do \
	  if $$python -c "$(IS_SUPPORTED)" 2>/dev/null; then \
	    echo "Making $(VENV) with $$($$python --version)"; \
	    $$python -m venv $(VENV) && exit 0; \
	    rm -rf $(VENV); \
	    echo "$$python cannot make an environment. On Debian or Ubuntu: sudo apt-get install python3-venv" >&2; exit 1; \
	  fi; \
	done; \
	echo "Segue needs Python 3.11 or 3.12, and none was found (looked for: $(PYTHONS))." >&2; \
	echo "Install one from https://www.python.org, or name it: make run PYTHON=/path/to/python3.12" >&2; exit 1

$(NEEDED): requirements.txt | $(BIN)/python
	@echo "Installing what the studio needs; once, a few minutes"
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements.txt
	@touch $@

$(NEEDED_DEV): requirements-dev.txt requirements.txt | $(BIN)/python
	@echo "Installing what the studio and its tests need; once, a few minutes"
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(NEEDED)

# Drawing stands on OpenGL's libraries, which a desktop has and a bare server may lack.
$(SYSTEM): packages.txt | $(NEEDED)
	@if ! $(BIN)/python -c "import skia" 2>/dev/null; then \
	  if $(MAY_APT); then $(APT) update && $(APT) install -y --no-install-recommends $$(cat packages.txt); fi; \
	  $(BIN)/python -c "import skia" || { \
	    echo "A library of the system is missing. On Debian or Ubuntu: sudo apt-get install $$(tr '\n' ' ' < packages.txt)" >&2; \
	    exit 1; }; \
	fi
	@touch $@

# The journey tests need Chromium and a Chinese font; without them they are skipped, and this says so.
.PHONY: browser
browser: | $(NEEDED_DEV)
	@if [ ! -e $(BROWSER) ]; then \
	  if ! { command -v chromium && $(HAS_FONT); } >/dev/null 2>&1 && $(MAY_APT); then \
	    $(APT) update && $(APT) install -y --no-install-recommends chromium fonts-wqy-microhei; \
	  fi; \
	  if command -v chromium >/dev/null; then touch $(BROWSER); \
	  else echo "No chromium here and no way to install it: the tests in a browser are skipped."; fi; \
	fi
