# Everything a person or CI runs here. Needs Python 3.11 or newer; `make test` also needs Go, Node.js and Docker.
.DEFAULT_GOAL := help
.PHONY: help demo test test-transports test-argocd fuzz bench lint image clean

VENV    := .venv
BIN     := $(VENV)/bin
SOURCES := setup.cfg pyproject.toml $(shell find krm_functions -not -name '*.pyc' -not -name __pycache__)
CLUSTER := etcd argocd kube-apiserver kube-controller-manager kube-scheduler kwok helm3
HUBS    := tests/argocd/test_production.py tests/argocd/test_rendered.py
TOOLS   := kustomize kustomize-oldest kustomize-newest helm registry kube-score kubectl checkov pre-commit check-jsonschema $(CLUSTER)
ARGS    ?=
BASE    ?=
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# The interpreter itself: a version manager's shim in front of it would cost each function call 130 ms.
PYTHON = $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$name" -c 'import sys; sys.version_info < (3, 11) and sys.exit(1); print(sys.executable)' 2>/dev/null && break; \
	done)

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do \
		printf '%-17s %s\n' "$$name" "$$text"; done

demo: $(VENV)/product ## build all of gitops/ with kustomize and show the estate it makes
	@$(BIN)/tenantspec plugins install --home .tenantspec/plugins
	@$(BIN)/python .ci/demo.py

test: $(VENV)/test ## run the tests against the real programs (ARGS='-k name' runs some); whole hubs: test-argocd
	@$(BIN)/python .ci/tools.py $(TOOLS)
	@$(BIN)/pytest -n 2 --dist loadgroup $(HUBS:%=--ignore=%) $(ARGS)

test-transports: $(VENV)/test ## print every kind by every way to call it, on three versions of kustomize
	@$(BIN)/python .ci/tools.py kustomize kustomize-oldest kustomize-newest kubectl helm
	@$(BIN)/pytest -n 0 tests/transports $(ARGS)

test-argocd: $(VENV)/test ## run the tests with real Argo CD alone; a table of Applications ends them
	@$(BIN)/python .ci/tools.py kustomize $(CLUSTER)
	@$(BIN)/pytest tests/argocd $(ARGS)

fuzz: $(VENV)/test ## try many inputs on the specs (FUZZ=5000 of each kind; what it finds goes into tests/fuzz)
	@$(BIN)/python .ci/tools.py kustomize
	@FUZZ=$(or $(FUZZ),2000) $(BIN)/pytest tests/fuzz -n 2 --hypothesis-show-statistics

bench: $(VENV)/test ## measure the speed of builds
	@$(BIN)/python .ci/tools.py kustomize
	@$(BIN)/python -m tests.bench $(ARGS)

image: $(VENV)/made ## build the container image (BASE=IMAGE: on another base; BASE=local: on one of Debian's packages)
	@$(BIN)/python .ci/image.py $(if $(BASE),--base $(BASE))

lint: $(VENV)/lint ## check style, types and the direction of imports
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

clean: ## remove what the other targets made here (programs they built stay in the cache)
	rm -rf $(VENV) .tenantspec build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV)/made:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and no python3 on PATH is" >&2; exit 1; }
	@"$(PYTHON)" -m venv --clear $(VENV)
	@touch $@

# What an earlier build left is removed first: setuptools would install modules from it that are long gone.
$(VENV)/product: $(VENV)/made $(SOURCES)
	@echo "installing tenantspec into $(VENV)"
	@rm -rf build tenantspec.egg-info
	@$(BIN)/python -m pip install --quiet .
	@rm -rf build tenantspec.egg-info
	@touch $@

$(VENV)/pip: $(VENV)/made
	@$(BIN)/python -m pip install --help | grep -q -e --group || $(BIN)/python -m pip install --quiet 'pip>=25.1'
	@touch $@

$(VENV)/test $(VENV)/lint: $(VENV)/%: $(VENV)/product $(VENV)/pip pyproject.toml
	@echo "installing what 'make $*' needs into $(VENV)"
	@$(BIN)/python -m pip install --quiet --group $*
	@touch $@
