# run: the application with the demo plant    test: everything CI runs
# bench: the benchmarks                        clean: remove what the others made
PYTHON ?= python3
PORT ?= 8000
DATA ?= var/demo
VENV := .venv
BIN := $(VENV)/bin
CODE := *.py commands dsl builder store connectors runtime examples web/*.py web/api
CLIENT := $(shell find web/client -name node_modules -prune -o -type f -print)

.PHONY: run test bench clean

run: $(VENV)/.run
	@$(BIN)/plumbline demo --port $(PORT) --data $(DATA)

test: $(VENV)/.test
	@$(BIN)/python scripts/check.py

bench: $(VENV)/.test
	@$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) var build dist *.egg-info web/client/node_modules web/static/assets web/static/*.html web/static/.stamp

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Plumbline needs Python 3.11 or newer; set PYTHON=/path/to/python3" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/python requirements.lock pyproject.toml $(CLIENT)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	@$(BIN)/python -m compileall -q -j 0 $(CODE)
	@touch $@

$(VENV)/.test: $(VENV)/.run requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.lock
	@touch $@
