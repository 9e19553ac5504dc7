# Two commands matter: `make demo` and `make test`. Both start from a fresh clone with python3 (3.11 or newer).
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
SERVE ?= 1
SITE_PORT ?= 8000
EDGE_PORT ?= 8100
PARALLEL ?= 2
QUICK ?=
export DJANGO_SETTINGS_MODULE := yanmen.project.settings
# Images of containers often set this; then every process compiles all it imports, six seconds each time.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup demo test check types style borders rules bench new-subsystem lock assets messages format clean

help:
	@echo "make demo           a city of 100,000 and an imported case, ten days, a score, then the site on http://127.0.0.1:$(SITE_PORT)/ (SERVE=0: summary only; SITE_PORT=, EDGE_PORT=: other ports)"
	@echo "make test           everything CI runs"
	@echo "make setup          environment, packages, front-end files"
	@echo "make bench          benchmarks (QUICK=1: under a minute each)"
	@echo "make new-subsystem NAME=water_quality"
	@echo "make format         ruff, and the message catalogues"

setup: .venv/.ready assets messages

.venv/.ready: requirements/dev.txt requirements/uv.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { \
		echo "Could not make .venv. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	$(BIN)/python tools/install.py
	@touch $@

assets: node_modules/.ready
node_modules/.ready: package-lock.json tools/assets.py .venv/.ready
	$(BIN)/python tools/assets.py

messages: .venv/.ready
	@$(BIN)/python tools/messages.py compile

demo: setup
	$(BIN)/yanmen demo --port $(SITE_PORT) --edge-port $(EDGE_PORT) $(if $(filter 0,$(SERVE)),--no-serve)

check: setup
	@$(MAKE) -j2 types style borders rules

types:
	$(BIN)/mypy

style:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

borders:
	$(BIN)/lint-imports

rules:
	$(BIN)/yanmen policy check

test: check
	@$(BIN)/python tools/browser.py
	$(BIN)/pytest -q -n $(PARALLEL) --dist loadfile --no-loadscope-reorder

bench: setup
	@for file in bench/*.py; do echo "== $$file"; $(BIN)/python $$file $(if $(QUICK),--quick) || exit 1; done

new-subsystem: .venv/.ready
	@test -n "$(NAME)" || { echo "Say which: make new-subsystem NAME=water_quality"; exit 1; }
	$(BIN)/python tools/new_subsystem.py $(NAME) --zh "$(ZH)" --en "$(EN)"

format: .venv/.ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/python tools/messages.py extract

lock: .venv/.ready
	$(BIN)/python -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links -o requirements/base.txt pyproject.toml
	$(BIN)/python -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --extra dev --extra demo --extra hsm --extra sm2 -o requirements/dev.txt pyproject.toml

clean:
	-$(BIN)/yanmen db stop
	rm -rf .venv node_modules yanmen/desk/static/vendor yanmen/edge/phone/vendor .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
