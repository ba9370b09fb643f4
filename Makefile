# Everything a stranger needs: `make serve`, `make test`. Only Python 3.11 and make are assumed.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
CLIENTS := var/clients
PORT ?= 8000
DOCKER ?= docker
VERSION = $(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)

.DEFAULT_GOAL := help
.PHONY: help serve check test test-machine test-clients test-pythons lint types coverage tables backup restore fuzz fuzz-backup fuzz-http search mutants bench bench-startup bench-publications bench-faults bench-hostile bench-scale release lock clean

help: ## List the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(BIN)/.base: requirements/base.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/base.txt
	@printf '%s\n' "$(CURDIR)" > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/subsidy.pth"
	@printf '#!/bin/sh\nexec "%s/$(BIN)/python" -m app.cli "$$@"\n' "$(CURDIR)" > $(BIN)/subsidy && chmod +x $(BIN)/subsidy
	@touch $@

$(BIN)/.test: requirements/test.txt $(BIN)/.base
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.txt
	@touch $@

serve: $(BIN)/.base ## Set up, migrate, load the published tables and serve on 127.0.0.1:8000 (CONFIRM=1: also what changes tables in force)
	@$(BIN)/python -m app.port $(PORT)
	@$(BIN)/subsidy migrate
	@$(BIN)/subsidy tables load $(if $(filter 1,$(CONFIRM)),--confirm)
	@$(BIN)/python -m app.quickstart $(PORT)
	@SUBSIDY_PORT=$(PORT) $(BIN)/python -m app.serving

tables: $(BIN)/.base ## Prove the published tables
	@$(BIN)/subsidy tables check

backup: $(BIN)/.base ## Write everything that is stored to FILE=…, and restore it into a scratch database to be sure
	@$(BIN)/subsidy backup --verify "$(or $(FILE),$(error FILE=… is missing))"

restore: $(BIN)/.base ## Put a backup FILE=… into an empty database; DIGEST=… is the one that was printed
	@$(BIN)/subsidy migrate
	@$(BIN)/subsidy restore "$(or $(FILE),$(error FILE=… is missing))" $(if $(DIGEST),--digest "$(DIGEST)")

check: $(BIN)/.test ## In a few minutes: lint, types, import rules, then the core and the specification
	$(BIN)/ruff check app tests migrations benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2 tests/spec tests/golden tests/shapes

test: $(BIN)/.test ## Set up and run lint, types, import rules and every test that wheels alone can run
	$(BIN)/ruff check app tests migrations
	$(BIN)/deptry .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2 tests

test-machine: $(BIN)/.test ## Run the tests that need Debian packages (a browser)
	@command -v chromium >/dev/null && command -v chromedriver >/dev/null || \
	  { apt-get update -q && apt-get install -y -q chromium chromium-driver; } || \
	  { echo "install the Debian packages chromium and chromium-driver" >&2; exit 1; }
	$(BIN)/python -m pytest -m machine tests

$(CLIENTS)/.node: tests/clients/package.json tests/clients/package-lock.json
	@command -v npm >/dev/null || { echo "install Node, version 20 or later" >&2; exit 1; }
	@mkdir -p $(CLIENTS) && cp $^ $(CLIENTS)/
	npm ci --prefix $(CLIENTS) --ignore-scripts --no-audit --no-fund --loglevel error
	@touch $@

$(CLIENTS)/.python: requirements/clients.txt
	$(PYTHON) -m venv $(CLIENTS)/python
	$(CLIENTS)/python/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/clients.txt
	@touch $@

test-clients: $(BIN)/.test $(CLIENTS)/.node $(CLIENTS)/.python ## Lint the document, call the service with clients made from it, with Java's and with curl (Node from 20 on, a JDK from 11 on)
	@command -v javac >/dev/null && curl --version | grep -q HTTP2 || \
	  { apt-get update -q && apt-get install -y -q default-jdk-headless curl; } || \
	  { echo "install the Debian packages default-jdk-headless and curl" >&2; exit 1; }
	$(BIN)/python -m pytest -m clients tests/clients

test-pythons: ## Run all of `make test` on other versions of Python (PYTHONS="python3.12 python3.13" by default)
	@for one in $(or $(PYTHONS),python3.12 python3.13); do $(MAKE) test PYTHON=$$one VENV=var/$$one || exit 1; done

lint: $(BIN)/.test ## Lint
	$(BIN)/ruff check app tests migrations benchmarks
	$(BIN)/deptry .

types: $(BIN)/.test ## Check types
	$(BIN)/mypy

coverage: $(BIN)/.test ## Branch coverage of the core, the tables and access
	$(BIN)/python -m coverage erase
	$(BIN)/python -m coverage run -m pytest -n 2 tests
	$(BIN)/python -m coverage combine --quiet
	$(BIN)/python -m coverage report

fuzz: $(BIN)/.test ## Compare with the naive oracles (CASES=100000 by default)
	$(BIN)/python -m tests.fuzz --cases $(or $(CASES),100000)

fuzz-http: $(BIN)/.test ## Call every operation as its document says, right and wrong, with keys of every scope and without (EXAMPLES=200)
	SCHEMATHESIS_EXAMPLES=$(or $(EXAMPLES),200) SCHEMATHESIS_PHASES=examples,coverage,fuzzing,stateful \
	  $(BIN)/python -m pytest -n 2 tests/contract/test_schemathesis.py tests/access/test_schemathesis.py

search: $(BIN)/.test ## Look for facts whose absence, spelling or date loosens an amount without a word
	$(BIN)/python -m tests.search

mutants: $(BIN)/.test ## Change a line of the core at a time and see whether a test notices (SAMPLE=300 SEED=0, ONLY=app/calculators/loans)
	$(BIN)/python -m tests.mutants --sample $(or $(SAMPLE),300) --seed $(or $(SEED),0) $(if $(ONLY),--only $(ONLY))

fuzz-backup: $(BIN)/.test ## Back up, restore and compare after random use (HISTORIES=500 on each database by default)
	$(BIN)/python -m tests.storage.fuzz_backup --histories $(or $(HISTORIES),500)

bench: $(BIN)/.test ## Measure against a bare echo and a plain Decimal loop, side by side
	$(BIN)/python -m benchmarks.run

bench-startup: $(BIN)/.test ## Measure five warm starts: seconds to ready and resident memory
	$(BIN)/python -m benchmarks.startup

bench-publications: $(BIN)/.test ## Publish 50 versions under 10,000 calculations, on both databases; judge every answer
	$(BIN)/python -m benchmarks.publications

bench-faults: $(BIN)/.test ## Let the database go away in each way for ten seconds; count failed requests, measure recovery
	$(BIN)/python -m benchmarks.faults

bench-hostile: $(BIN)/.test ## Send the worst requests for each limit, one and eight at once (TIMES=50 MUTATIONS=100000); CPU, memory, stalls, faults
	$(BIN)/python -m benchmarks.hostile $(if $(TIMES),--times $(TIMES)) $(if $(MUTATIONS),--mutations $(MUTATIONS))

bench-scale: $(BIN)/.test ## Measure starts, publications, months of rates and calculations at 24, 500 and 5,000 tables
	$(BIN)/python -m benchmarks.scale

release: ## Build the image of a release on a base that PYTHON_IMAGE=python@sha256:… names by its digest
	@printf '%s\n' '$(PYTHON_IMAGE)' | grep -Eqx '[A-Za-z0-9./:_-]+@sha256:[0-9a-f]{64}' || { \
	  echo "✗ 发布的基础镜像须以摘要指明：make release PYTHON_IMAGE=python@sha256:… / a release names its base by digest: make release PYTHON_IMAGE=python@sha256:…" >&2; exit 1; }
	$(DOCKER) build --build-arg PYTHON_IMAGE='$(PYTHON_IMAGE)' --build-arg REVISION="$$(git rev-parse HEAD)" -t subsidy:$(VERSION) .

lock: ## Pin all dependencies again, with hashes
	$(PYTHON) -m venv var/lock && var/lock/bin/pip install --quiet pip-tools
	@for part in base test; do \
	  CUSTOM_COMPILE_COMMAND="make lock" var/lock/bin/pip-compile --quiet --generate-hashes --no-emit-index-url \
	    --no-emit-trusted-host --no-emit-find-links --strip-extras --allow-unsafe --no-annotate $$( [ $$part = test ] && echo "--extra test --extra machine -c requirements/base.txt" ) \
	    -o requirements/$$part.txt pyproject.toml; done
	@CUSTOM_COMPILE_COMMAND="make lock" var/lock/bin/pip-compile --quiet --generate-hashes --no-emit-index-url \
	  --no-emit-trusted-host --no-emit-find-links --strip-extras --allow-unsafe --no-annotate -o requirements/clients.txt requirements/clients.in

clean: ## Remove what the commands made
	rm -rf $(VENV) var
