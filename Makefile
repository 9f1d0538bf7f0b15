# Everything that one does with the project. `make` alone lists it. Needs Python 3.11 or newer and nothing else.

PYTHON ?= python3
PORT ?= 8000
SEED ?= 7
ORDERS ?= 500
SEEDS ?= 5
# Anything here makes `make bench` and `make faults` the short ones.
QUICK ?=
# A database: `make bench` measures questions to the index in it instead, beside the same SQL by hand.
INDEX ?=
MINUTES ?= 30
# More words for pytest: make test PYTEST_ARGS="-k shopify"
PYTEST_ARGS ?=

BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
CODE := src tests tools bench faults $(wildcard connectors/*/src) $(wildcard connectors/*/tests)
space := $(subst ,, )
# mypy takes each connector's sources under the package's own name, as Python does.
CONNECTOR_SOURCES := $(subst $(space),:,$(wildcard connectors/*/src))

.DEFAULT_GOAL := help
.PHONY: help setup demo test check truth bench faults soak schema connectors systems browser lock clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s  %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## make .venv with the locked packages, the project and every connector
	@$(PYTHON) tools/set_up.py

demo: setup ## start Orderweave with a business behind it (PORT, SEED, ORDERS, SYSTEMS)
	@$(BIN)/orderweave demo --port $(PORT) --seed $(SEED) --orders $(ORDERS) $(if $(SYSTEMS),--systems $(SYSTEMS))

test: setup ## run the tests but for the slow ones (PYTEST_ARGS)
	$(PYTEST) -m "not systems and not browser" -n auto --dist loadfile $(PYTEST_ARGS)

check: setup ## format, lint, types, and whether schema.graphql is up to date
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	MYPYPATH="$(CONNECTOR_SOURCES)" $(BIN)/mypy $(CODE)
	$(BIN)/orderweave schema diff

truth: ORDERS = 10000
truth: setup ## compare the answers with a generated truth (ORDERS, SEEDS, SYSTEMS)
	$(BIN)/orderweave truth --orders $(ORDERS) --seeds $(SEEDS) $(if $(SYSTEMS),--systems $(SYSTEMS))

bench: setup ## measure what a query costs beside other gateways (QUICK=1: under five minutes; INDEX=sqlite or postgresql)
	$(BIN)/python -m bench$(if $(INDEX),.index --database $(INDEX),$(if $(QUICK), --quick))

faults: setup ## let every system fail in every way; what becomes of the answers (QUICK=1: two minutes)
	$(BIN)/python -m faults $(if $(QUICK),--quick)

soak: setup ## keep a gateway busy while its systems fail and return (MINUTES, SEED)
	$(BIN)/python -m faults.soak --minutes $(MINUTES) --seed $(SEED)

schema: setup ## write schema.graphql and its reference from the types
	@mkdir -p var
	$(BIN)/orderweave schema print > var/schema.graphql && mv var/schema.graphql schema.graphql
	$(BIN)/orderweave schema reference > var/reference.md && mv var/reference.md docs/schema/reference.md

connectors: setup ## write the page of all connectors from their manifests and quality files
	@mkdir -p var
	$(BIN)/orderweave connector page > var/systems.md && mv var/systems.md docs/connectors/systems.md

systems: setup ## run the tests against real servers (slow)
	$(PYTEST) -m systems $(PYTEST_ARGS)

browser: setup ## run the explorer, the operations and the tracking page in a real browser, where chromium is installed
	$(PYTEST) -m browser $(PYTEST_ARGS)

# Not after setup: a lock that lacks a package is what setup stumbles over.
lock: ## remake requirements/*.txt (UPGRADE=1 for the newest versions)
	@test -x $(BIN)/uv || $(PYTHON) tools/set_up.py
	$(BIN)/python tools/lock.py $(if $(UPGRADE),--upgrade)

clean: ## remove all that can be made again
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis var dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
