# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The commands of this project. They set up what they need below .build, with nothing but Python, git and make.

PYTHON ?= python3
BUILD := $(CURDIR)/.build
DEV := $(BUILD)/venv/dev
SIMULATOR := $(BUILD)/venv/simulator
EE := $(BUILD)/execution-environment
DOCS := $(BUILD)/venv/docs
# ansible-test wants a collection in a directory of this form, in a git repository of its own.
COLLECTIONS := $(BUILD)/collections
COPY := $(COLLECTIONS)/ansible_collections/threema/work
# Others' modules, of which our playbook for AWX and the guides make use.
AWX := $(COLLECTIONS)/ansible_collections/awx/awx/MANIFEST.json
GENERAL := $(COLLECTIONS)/ansible_collections/community/general/MANIFEST.json
PYTHON_VERSION = $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])')
PORT ?= 8025
ARGS ?=
JOBS ?=
VERSION ?=
WRITE ?=
CONTACT ?=
OUT ?=
FORCE ?=
# What pytest runs: tests of the collection, on every ansible-core; of modules in trouble, which hardly depend on it, on the oldest
# and the newest; and of the project, which need no other one.
TESTS := tests/unit tests/client tests/modules tests/roles tests/playbooks tests/generic
FAULTS := tests/faults
PROJECT_TESTS := tests/docs tests/awx tests/project

export PATH := $(DEV)/bin:$(PATH)
export ANSIBLE_COLLECTIONS_PATH := $(COLLECTIONS)
export THREEMA_WORK_BUILD := $(BUILD)
export ANSIBLE_LOCALHOST_WARNING := false
export ANSIBLE_INVENTORY_UNPARSED_WARNING := false
export ANSIBLE_NOCOLOR := true

.PHONY: help
help:
	@sed -n 's/^## //p' Makefile

## make demo        onboard an example staff list into a simulated subscription, twice
## make simulator   a simulated subscription in the foreground, PORT=8025 ARGS="--credentials 5"
## make test        all tests (lint docs types sanity unit simulator-test integration molecule release-check)
## make docs        guides and documentation of all modules as web pages, in .build/docs/html
## make matrix      sanity, unit and integration tests on all supported ansible-cores, JOBS="2.16-3.10 2.22-3.13" for some
## make release     check and build a release, VERSION=1.2.0; it commits and uploads nothing
## make bench       time and requests of modules and role beside those of bare requests
## make bench-awx   the onboarding job of AWX with 5,000 people: time, memory, job events
## make ldap        the guide's search in a directory, against a real OpenLDAP server (Debian)
## make probe       how the service behaves where its documentation is silent, WRITE=yes CONTACT=ID OUT=FILE for more
## make soak        20,000 credentials, 5,000 changes, 2 % of the requests in trouble: is the end state exact?
## make clean       remove everything that the other commands made

$(DEV)/.done: tests/requirements/dev.txt tests/requirements/test.txt
	$(PYTHON) -m venv $(DEV)
	$(DEV)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	touch $@

$(SIMULATOR)/.done: tests/simulator/requirements.txt tests/simulator/requirements-test.txt
	$(PYTHON) -m venv $(SIMULATOR)
	$(SIMULATOR)/bin/python -m pip install --quiet --disable-pip-version-check -r tests/simulator/requirements-test.txt
	touch $@

# What is in an image for AWX, and nothing else.
$(EE)/.done: $(DEV)/.done meta/ee-requirements.txt
	$(PYTHON) -m venv $(EE)
	$(EE)/bin/python -m pip install --quiet --disable-pip-version-check --requirement meta/ee-requirements.txt \
		ansible-core==$$($(DEV)/bin/python -c 'import ansible.release; print(ansible.release.__version__)')
	touch $@

$(DOCS)/.done: tests/requirements/docs.txt
	$(PYTHON) -m venv $(DOCS)
	$(DOCS)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	touch $@

.PHONY: setup
setup: $(DEV)/.done $(SIMULATOR)/.done

.PHONY: collection
collection: setup
	@tools/copy-collection $(COPY)

$(AWX): tests/requirements/awx.txt $(DEV)/.done
	$(DEV)/bin/python tools/get_collection.py $< $(COLLECTIONS) awx.awx
	touch $@

$(GENERAL): tests/requirements/awx.txt $(DEV)/.done
	$(DEV)/bin/python tools/get_collection.py $< $(COLLECTIONS) community.general
	touch $@

.PHONY: demo
demo: collection
	@$(DEV)/bin/python tools/demo.py

.PHONY: simulator
simulator: $(SIMULATOR)/.done
	@PYTHONPATH=tests/simulator exec $(SIMULATOR)/bin/python -m threema_simulator --port $(PORT) $(ARGS)

.PHONY: lint
lint: collection $(AWX) $(DOCS)/.done
	python tools/parts.py
	ruff check .
	ruff format --check plugins tests tools docs
	cd $(COPY) && ansible-lint
	cd $(COPY) && $(DOCS)/bin/antsibull-docs lint-collection-docs \
		--plugin-docs --validate-collection-refs=dependent --check-extra-docs-refs .
	antsibull-changelog lint
	reuse lint --lines

.PHONY: types
types: collection
	cd $(COPY) && MYPYPATH=$(COLLECTIONS) mypy --config-file pyproject.toml -p ansible_collections.threema.work.plugins

.PHONY: sanity
sanity: collection
	tools/seed-ansible-test-pip
	cd $(COPY) && ansible-test sanity --venv --python $(PYTHON_VERSION) --color no

# The tests of faults are the longest file: begun first, so that at the end nothing waits for them.
.PHONY: unit
unit: collection $(AWX) $(GENERAL)
	cd $(COPY) && PYTHONPATH=$(COLLECTIONS) python -m pytest --numprocesses 2 --dist loadfile $(FAULTS) $(TESTS) $(PROJECT_TESTS)

# Not a part of make test, because it needs Debian's packages.
.PHONY: ldap
ldap: collection $(GENERAL)
	cd $(COPY) && PYTHONPATH=$(COLLECTIONS) python -m pytest tests/directory

.PHONY: simulator-test
simulator-test: $(SIMULATOR)/.done
	cd tests/simulator && $(SIMULATOR)/bin/python -m pytest -q tests

.PHONY: integration
integration: collection
	tools/seed-ansible-test-pip
	cd $(COPY) && python -m tests.support.simulator_process -- sh -ec '\
		ansible-test integration --venv --python $(PYTHON_VERSION) --requirements --color no; \
		python -m tools.every_operation'

.PHONY: molecule
molecule: collection $(EE)/.done
	cd $(COPY)/extensions && python ../tests/support/deprecations.py molecule test --all

# Whether a release could be made: what the tarball holds, and that it works where it is installed.
.PHONY: release-check
release-check: setup
	$(DEV)/bin/python tools/release.py

.PHONY: release
release: setup
	@$(DEV)/bin/python tools/release.py -- "$(VERSION)"

# Two at a time, for two cores; then the tests that use both by themselves. Both commands of ansible-test keep their things in
# the same places, so that one waits for the other.
BESIDE := lint docs types sanity simulator-test integration molecule release-check
.PHONY: test
test: setup
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target SIDE_BY_SIDE=yes $(BESIDE)
	@$(MAKE) --no-print-directory unit

ifdef SIDE_BY_SIDE
integration: sanity
endif

.PHONY: matrix
matrix: setup
	@$(DEV)/bin/python tools/matrix.py run --tests "$(TESTS)" --faults "$(FAULTS)" --jobs "$(JOBS)"

# Puts what the matrix found into the documentation.
.PHONY: matrix-docs
matrix-docs: setup
	@$(DEV)/bin/python tools/matrix.py docs --tests "$(TESTS)" --faults "$(FAULTS)"

.PHONY: docs
docs: collection $(DOCS)/.done
	rm -rf $(BUILD)/docs
	mkdir -m 755 -p $(BUILD)/docs $(BUILD)/docs/rst
	$(DOCS)/bin/antsibull-docs collection --use-current --squash-hierarchy --cleanup everything --fail-on-error \
		--dest-dir $(BUILD)/docs/rst threema.work
	$(DOCS)/bin/sphinx-build -q -W --keep-going -j auto -c docs $(BUILD)/docs/rst $(BUILD)/docs/html
	@echo "The pages begin at .build/docs/html/index.html"

.PHONY: bench
bench: collection
	@python tools/bench.py $(ARGS)

.PHONY: bench-awx
bench-awx: collection $(AWX)
	cd $(COPY) && PYTHONPATH=$(COLLECTIONS) python -m tools.bench_awx $(ARGS)

.PHONY: soak
soak: collection
	@python tools/soak.py $(ARGS)

# Address and key come from the environment, as for the modules, and so do the wishes: no key is ever an argument.
.PHONY: probe
probe: export WRITE := $(value WRITE)
probe: export CONTACT := $(value CONTACT)
probe: export OUT := $(value OUT)
probe: export FORCE := $(value FORCE)
probe: collection
	@PYTHONPATH=$(COLLECTIONS) exec $(DEV)/bin/python -m ansible_collections.threema.work.tools.probe

.PHONY: clean
clean:
	rm -rf $(BUILD) tests/output
