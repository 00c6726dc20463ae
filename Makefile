# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The commands of this project. They install what they need in .build, and require only Python, git, and make.

PYTHON ?= python3
BUILD := $(CURDIR)/.build
DEV := $(BUILD)/venv/dev
SIMULATOR := $(BUILD)/venv/simulator
EE := $(BUILD)/execution-environment
DOCS := $(BUILD)/venv/docs
IMPORTER := $(BUILD)/venv/importer
# ansible-test requires a collection in a directory of this form, in its own git repository.
COLLECTIONS := $(BUILD)/collections
COPY := $(COLLECTIONS)/ansible_collections/threema/work
# Other collections whose modules are used by our playbook for AWX and by the guides.
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
# What pytest runs: the tests of the collection, with every ansible-core; the fault tests, which hardly depend on ansible-core, with the
# oldest and the newest; and the tests of the project, with one.
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
## make simulator   run a simulated subscription in the foreground, PORT=8025 ARGS="--credentials 5"
## make test        run all tests (lint docs types sanity unit simulator-test integration molecule release-check)
## make docs        build the guides and the documentation of all modules as web pages, in .build/docs/html
## make matrix      run sanity, unit, and integration tests on all supported versions of ansible-core, or on some: JOBS="2.16-3.10 2.22-3.13"
## make release     check and build a release, VERSION=1.2.0; nothing is committed or uploaded
## make bench       compare time and requests of modules and role with plain HTTP requests
## make bench-awx   measure the AWX onboarding job with 5,000 people: time, memory, job events
## make probe       show how the service behaves where its documentation is silent, WRITE=yes CONTACT=ID OUT=FILE for more
## make ldap        run the directory search of the guide against a real OpenLDAP server (Debian)
## make pages       look at the pages that are made for people in a browser (Debian's Chromium): pictures and PDF in .build/pages
## make pictures    make the pictures of README.md anew, from a simulated subscription (Debian's Chromium)
## make soak        check the final state after 5,000 changes to 20,000 credentials while 2% of the requests fail
## make clean       remove everything that the other commands created

$(DEV)/.done: tests/requirements/dev.txt tests/requirements/test.txt
	@tools/make-venv $(PYTHON) $(DEV) -r $<
	@touch $@

$(SIMULATOR)/.done: tests/simulator/requirements.txt tests/simulator/requirements-test.txt
	@tools/make-venv $(PYTHON) $(SIMULATOR) -r tests/simulator/requirements-test.txt
	@touch $@

# The content of an execution environment, and nothing else.
$(EE)/.done: $(DEV)/.done meta/ee-requirements.txt
	@tools/make-venv $(PYTHON) $(EE) -r meta/ee-requirements.txt \
		ansible-core==$$($(DEV)/bin/python -c 'import ansible.release; print(ansible.release.__version__)')
	@touch $@

$(DOCS)/.done: tests/requirements/docs.txt
	@tools/make-venv $(PYTHON) $(DOCS) -r $<
	@touch $@

$(IMPORTER)/.done: tests/requirements/importer.txt
	@tools/make-venv $(PYTHON) $(IMPORTER) -r $<
	@touch $@

# Before anything is set up for what needs it.
.PHONY: git
git:
	@tools/need-git

.PHONY: setup
setup: $(DEV)/.done $(SIMULATOR)/.done

.PHONY: collection
collection: git setup
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
	python tools/address.py
	ruff check .
	ruff format --check plugins tests tools docs
	cd $(COPY) && ansible-lint
	cd $(COPY) && $(DOCS)/bin/antsibull-docs lint-collection-docs \
		--plugin-docs --validate-collection-refs=dependent --check-extra-docs-refs .
	antsibull-changelog lint
	reuse lint --lines
	git ls-files -z --cached --others --exclude-standard | xargs -0 codespell

.PHONY: types
types: collection
	cd $(COPY) && MYPYPATH=$(COLLECTIONS) mypy --config-file pyproject.toml -p ansible_collections.threema.work.plugins

.PHONY: sanity
sanity: collection
	tools/seed-ansible-test-pip
	cd $(COPY) && ansible-test sanity --venv --python $(PYTHON_VERSION) --color no

# The fault tests take the longest. They start first, so that nothing waits for them at the end.
.PHONY: unit
unit: collection $(AWX) $(GENERAL)
	cd $(COPY) && PYTHONPATH=$(COLLECTIONS) python -m pytest --numprocesses 2 --dist loadfile $(FAULTS) $(TESTS) $(PROJECT_TESTS)

# Not part of make test, because it needs Debian packages.
.PHONY: ldap
ldap: collection $(GENERAL)
	cd $(COPY) && PYTHONPATH=$(COLLECTIONS) python -m pytest tests/directory

# Not part of make test, because it needs Debian packages and the npm registry.
.PHONY: pages
pages: collection docs
	@echo "Pictures and a PDF of each page are written to .build/pages"
	cd $(COPY) && PYTHONPATH=$(COLLECTIONS) python -m pytest tests/pages

# Not part of make test: the pictures are in the checkout.
.PHONY: pictures
pictures: collection
	cd $(COPY) && PYTHONPATH=$(COLLECTIONS) python -m tools.pictures $(CURDIR)

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

# Checks whether a release is possible: the content of the tarball, what Galaxy's importer reports, and that the collection works once
# it is installed.
.PHONY: release-check
release-check: git setup $(IMPORTER)/.done
	$(DEV)/bin/python tools/release.py --importer $(IMPORTER)/bin/python

.PHONY: release
release: git setup $(IMPORTER)/.done
	@$(DEV)/bin/python tools/release.py --importer $(IMPORTER)/bin/python -- "$(VERSION)"

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
matrix: git setup
	@$(DEV)/bin/python tools/matrix.py run --tests "$(TESTS)" --faults "$(FAULTS)" --jobs "$(JOBS)"

# Writes the results of the matrix to the documentation.
.PHONY: matrix-docs
matrix-docs: git setup
	@$(DEV)/bin/python tools/matrix.py docs --tests "$(TESTS)" --faults "$(FAULTS)"

.PHONY: docs
docs: collection $(DOCS)/.done
	rm -rf $(BUILD)/docs
	mkdir -m 755 -p $(BUILD)/docs $(BUILD)/docs/rst
	$(DOCS)/bin/antsibull-docs collection --use-current --squash-hierarchy --cleanup everything --fail-on-error \
		--dest-dir $(BUILD)/docs/rst threema.work
	$(DOCS)/bin/sphinx-build -q -W --keep-going -j auto -c docs $(BUILD)/docs/rst $(BUILD)/docs/html
	@echo "The start page is .build/docs/html/index.html"

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
