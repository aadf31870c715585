# Two commands matter: `make demo` and `make test`. Both set up what they need and are safe to run again.
.DEFAULT_GOAL := help
.PHONY: help demo serve test check bench chaos audit screenshots docs lock
BIN := .venv/bin
COURSES ?= 2000
PORT ?= 8000
BASE ?= /
ARGS ?=

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'

demo: ## set up, run the nightly job on the bundled replicas, leave a finished site in public/
	@tools/setup.sh runtime
	@$(BIN)/banding demo --courses $(COURSES)

serve: ## serve public/ on http://127.0.0.1:8000/ (PORT=, BASE=/repo/)
	@tools/setup.sh runtime
	@$(BIN)/banding serve --port $(PORT) --base $(BASE)

test: ## set up (Chromium, Redis and rsync included) and run all tests; ARGS="tests/catalog -k price" for some
	@tools/setup.sh dev
	@tools/setup.sh browser
	@tools/setup.sh servers
	@$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

check: ## ruff, mypy, generated documents up to date
	@tools/setup.sh dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@if [ -f tools/generate_docs.py ]; then $(BIN)/python tools/generate_docs.py --check; fi

bench: ## benchmarks as ratios against a peer in one run (long); ARGS="crawl search site history nightly"
	@tools/setup.sh dev
	@tools/setup.sh bench
	@$(BIN)/python -m tests.bench $(ARGS)

chaos: ## kills and faults by seed, all of them (long); a small share runs in make test
	@tools/setup.sh dev
	@BANDING_CHAOS=full $(BIN)/python -m pytest -m chaos $(ARGS)

audit: ## known vulnerabilities of the locked packages; fails when no advisory service can be asked
	@tools/setup.sh dev
	@$(BIN)/python tools/audit.py

screenshots: ## the README's pictures, from a fresh demo
	@tools/setup.sh dev
	@tools/setup.sh browser
	@$(BIN)/python tools/screenshots.py

docs: ## write the generated documents anew
	@tools/setup.sh dev
	@$(BIN)/python tools/generate_docs.py

lock: ## lock the packages anew from requirements*.in
	@tools/setup.sh dev
	@$(BIN)/python tools/lock.py

