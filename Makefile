# Every command does its own set-up; from the second run on it needs no network.

SHELL := bash
PY := .venv/bin/python
SOTTO := .venv/bin/sotto

.DEFAULT_GOAL := help
.PHONY: help run test fuzz models lint format type bench parity agents image package fresh pr clean environment development

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: models ## Serve on http://127.0.0.1:5000; SOTTO_ variables configure it (docs/settings.md)
	@exec $(SOTTO) serve

test: development ## Run every test; ARGS="-k vad -x" goes to pytest
	@scripts/test_dependencies.sh
	@$(SOTTO) models fetch
	@$(SOTTO) models fetch kokoro en_US-joe-medium
	$(PY) -m pytest $(ARGS)

fuzz: development ## Compare the server with its OpenAPI document by 200 requests per operation, at random
	$(PY) -m pytest tests/contract/test_schemathesis.py --fuzz-examples 200 --timeout 0 $(ARGS)

models: environment ## Fetch and verify the models that the settings need
	@$(SOTTO) models fetch

lint: development ## Check style and format (ruff), the direction of imports, and the Dockerfile
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	.venv/bin/lint-imports --no-cache --no-logo
	@# Its wheel is for x86-64.
	if [ -x .venv/bin/hadolint ]; then .venv/bin/hadolint Dockerfile; fi

format: development ## Format the code for `make lint`
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

type: development ## Check types (mypy, strict)
	$(PY) -m mypy

bench: development ## Measure against rivals, or another commit, on the speech of SOTTO_SPEECH_DATA
	@$(SOTTO) models fetch
ifeq (,$(findstring --against,$(ARGS)))
	@scripts/environment.sh rivals
	@$(PY) tests/node_packages.py
	@$(SOTTO) models fetch kokoro en_US-joe-medium
endif
	$(PY) -m benchmarks $(ARGS)

parity: ## Compare the openai-whisper engine with the default one, in an environment with torch
	@scripts/environment.sh parity
	@.venv-parity/bin/sotto models fetch
	@# openai-whisper leaves its vocabulary's file for the garbage collector to close.
	OMP_NUM_THREADS=2 OMP_WAIT_POLICY=passive .venv-parity/bin/python -m pytest \
	  -W "ignore:unclosed file:ResourceWarning" \
	  tests/parity tests/components/recognition/engines/test_engine_contract.py $(ARGS)

agents: development ## Run LiveKit's Azure plugin, as it is, in an environment of its own
	@scripts/environment.sh agents
	@$(SOTTO) models fetch
	$(PY) -m pytest tests/contract/realtime/test_livekit.py $(ARGS)

image: ## Build the container image, run it read-only, print sizes and times; or ARGS=--lambda, --check-arm64
	@scripts/image.sh $(ARGS)

package: environment ## Build the package for Azure Functions in dist/; ARGS="--models --voices --translators"
	@$(PY) scripts/package.py $(ARGS)

fresh: ## Run the first two in a new root file system, and print their times
	@scripts/fresh.sh

pr: ## Run the commands of CI
	@bash .ci/run

clean: ## Remove the environments, caches and packages, but not the fetched models
	rm -rf .venv .venv-* dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +

environment:
	@scripts/environment.sh container

development:
	@scripts/environment.sh development
