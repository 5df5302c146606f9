# Kamara: `make` alone lists the targets.
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
BENCH_ROWS ?= 100000
VENDOR := site/static/vendor
LINKS := api loaders mappings ontology shapes site sparql
MODERN := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	if $$p -c '$(MODERN)' 2>/dev/null; then echo $$p; break; fi; done)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --group build pyproject.toml

.PHONY: help demo test lint bench docs lock clean links install

help:
	@echo 'make demo        install, load samples and a small simulated city, serve on http://127.0.0.1:$(PORT) (PORT=... changes it)'
	@echo 'make test        run the whole test suite (ARGS="..." go to pytest)'
	@echo 'make lint        ruff, mypy --strict, import rules'
	@echo 'make bench       measure mapping, validation, load, publish and answers (BENCH_ROWS=...)'
	@echo 'make docs        write the pages that are generated from the code'
	@echo 'make lock        pin the dependencies again (ARGS=--upgrade takes newer ones)'
	@echo 'make clean       remove what was built, and .venv; data/ stays'
	@echo 'PYTHON=...       the Python that .venv is made with (3.11 or newer)'

demo: $(VENV)/.run $(VENDOR)/yasqe.min.js
	@$(BIN)/kamara demo --port $(PORT)

test: $(VENV)/.test $(VENDOR)/yasqe.min.js
	$(BIN)/python -m pytest $(ARGS)

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.test
	PYTHONPATH=tests $(BIN)/python -m bench --rows $(BENCH_ROWS)
	PYTHONPATH=tests $(BIN)/python -m bench.serving --rows $(BENCH_ROWS)

docs: $(VENV)/.test
	$(BIN)/python -m kamara.reference docs

lock: $(BIN)/python
	$(PIP) 'uv>=0.13'
	$(COMPILE) --extra test --output-file requirements/test.txt $(ARGS)
	$(COMPILE) --constraint requirements/test.txt --output-file requirements/run.txt

clean:
	rm -rf $(VENV) $(VENDOR) build dist src/*.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Without its links the package installs, empty, and nothing says so.
links:
	@for name in $(LINKS); do test -L src/kamara/$$name -a -d src/kamara/$$name || { \
	echo "make: src/kamara/$$name is not a link: run 'git config core.symlinks true', then 'git checkout -- src/kamara'" >&2; \
	exit 1; }; done

install: $(VENV)/.run $(VENDOR)/yasqe.min.js

$(BIN)/python: | links
	@'$(PYTHON)' -c '$(MODERN)' 2>/dev/null || { \
	echo "make: Kamara needs Python 3.11 or newer; name one with 'make PYTHON=/path/to/python ...'" >&2; exit 1; }
	@echo "Making $(VENV) with $(PYTHON)"
	@'$(PYTHON)' -m venv $(VENV) || { rm -rf $(VENV); \
	echo "make: no virtual environment could be made; on Debian and Ubuntu first 'apt install python3-venv'" >&2; exit 1; }

$(VENV)/.run: requirements/run.txt pyproject.toml setup.py $(BIN)/python | links
	@echo "Installing what Kamara needs (requirements/run.txt)"
	@$(PIP) --require-hashes --requirement requirements/run.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.run
	@echo "Installing what the tests need (requirements/test.txt)"
	@$(PIP) --require-hashes --requirement requirements/test.txt
	@touch $@

# The editor of the page /sparql. Whatever fails here, the page works: it is a plain form then.
$(VENDOR)/yasqe.min.js: site/editor/package.json site/editor/package-lock.json | $(BIN)/python
	@sh site/editor/fetch $(VENV)/editor $(VENDOR) || echo "make: /sparql stays a plain form, without its editor" >&2
