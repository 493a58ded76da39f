# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Additional arguments for the program that the target runs: ansible-playbook, pytest, molecule or uv.
ARGS ?=
# make creates .venv with this Python. If PYTHON is empty, make uses the first Python on the PATH that is new enough.
PYTHON ?=
# The molecule scenarios to run. If empty, all scenarios.
SCENARIO ?=

VENV := .venv
BIN := $(VENV)/bin
# Every check writes a JUnit file into this folder. CI systems read these files. .ci/run prints the totals of the files.
RESULTS := .results
# ansible-lint and molecule find ansible-playbook on the PATH.
IN_VENV := PATH="$(CURDIR)/$(BIN):$$PATH"
RESULT := $(IN_VENV) $(BIN)/python tests/tools/results.py run $(RESULTS)
MOLECULE := $(IN_VENV) $(BIN)/molecule
# The clouds of `make proof`, `make tempest`, `make samples` and `make bench` are in this folder. Such a cloud stays in
# the folder if PROOF_KEEP or BENCH_KEEP is set, or if the run is killed.
STATE := $(or $(XDG_STATE_HOME),$(HOME)/.local/state)/stackproof/migration
# The proof has four parts: services with faults, hosts that run guests, clouds of each release, and all other tests.
# Each part has its own clouds. Therefore the parts can run in parallel.
PROOF_faults := tests/proof/test_cloud_at_fault.py
PROOF_guests := tests/proof/test_real_guests.py tests/proof/test_cold_migration.py
PROOF_releases := tests/proof/test_releases.py tests/proof/test_mixed_releases.py
PROOF_others := $(filter-out $(PROOF_faults) $(PROOF_guests) $(PROOF_releases),$(wildcard tests/proof/test_*.py))
PROOF_PARTS := proof-faults proof-guests proof-releases proof-others
RUN_LOCK := requirements/run.txt
DEV_LOCK := requirements/dev.txt
# The packages of some tools conflict with the packages in .venv. These tools have their own environment and lock file:
# .venv-bench has the tools with which `make bench` compares the collection. .venv-docs builds the documentation site.
# .venv-importer has galaxy-importer. .venv-pipelines has the linters of docs/pipelines. .venv-sanity-X.Y has
# ansible-test of ansible-core X.Y.
BENCH := .venv-bench
DOCS := .venv-docs
IMPORTER := .venv-importer
PIPELINES := .venv-pipelines
# `make sanity` builds the archive in this folder and installs it there. The folder is kept for the next run.
SANITY := .cache/sanity
SANITY_CORES := $(patsubst requirements/%.in,%,$(wildcard requirements/sanity-*.in))
# The Python versions that a lock file supports (see requirements/python.sh). The .in file contains these versions. If the
# .in file contains no versions, the lock file supports 3.11 or newer.
PYTHONS = $(or $(shell sed -n 's/^. needs Python //p' requirements/$(1).in),3.11)
# The path of a Python with one of these versions. The value is empty if no such Python is installed.
PYTHON_FOR = $(shell requirements/python.sh $(call PYTHONS,$(1)) $(PYTHON))
# The clouds of the molecule scenarios are below these folders (see .config/molecule/config.yml).
MOLECULE_CLOUDS := $(addsuffix /stackproof/migration,$(CURDIR)/.cache/state $(CURDIR)/.cache/state2)
# run is first, because run.txt is an input for dev.in.
LOCKS := run $(filter-out run,$(patsubst requirements/%.in,%,$(wildcard requirements/*.in)))
SCENARIOS := $(or $(SCENARIO),$(notdir $(patsubst %/molecule.yml,%,$(wildcard molecule/*/molecule.yml))))
# With regression_local=true the playbook may install operating system packages. Therefore make sets this variable only
# if no cloud is selected.
REGRESSION_LOCAL = $(if $(OS_CLOUD)$(OS_AUTH_URL)$(findstring regression_cloud,$(ARGS)),,-e regression_local=true)
# make creates an environment again in these cases: its Python is missing, its installation was interrupted, or its lock
# file has changed. make also does this if the clone was moved, because scripts in the environment contain the path.
USABLE := $(shell test -x $(BIN)/python && test ! -e $(VENV)/.busy && test "$$(cat $(VENV)/.base 2>&1)" = "$$(pwd -P)" && echo yes)
UNLESS_USABLE = $(shell test -x $(1)/bin/python && test "$$(cat $(1)/.made 2>&1)" = "$$(pwd -P)" || echo unusable)

# Molecule prints plain lines instead of boxes that are 80 columns wide. MOLECULE_GLOB avoids its warning that scenarios must
# be in the folder extensions/.
export MOLECULE_COMMAND_BORDERS ?= false
export MOLECULE_GLOB ?= molecule/*/molecule.yml
# The default folder depends only on the name of the clone's folder. Two clones with the same name would share their
# state.
export MOLECULE_EPHEMERAL_DIRECTORY ?= $(CURDIR)/.cache/molecule

# Programs in .venv start twice as fast if Python may store compiled files.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help regression start stop clean test lint types unit docs browser pipelines molecule proof bench lock
.PHONY: reference locks release-check molecule-shared molecule-shared2 molecule-libvirt molecule-upgrade sanity sanity-tarball sanity-docs sanity-importer $(SANITY_CORES) $(PROOF_PARTS)
# Targets that run in parallel would mix their output. They would also use the same clouds.
.NOTPARALLEL:

help: ## Print the targets and variables
	@echo 'usage: make TARGET [VARIABLE=VALUE ...]'
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16
	@echo
	@echo 'variables:'
	@printf '  %s\t%s\n' \
	  OS_CLOUD 'the entry of your clouds.yaml to test; without it a local cloud (as root, its packages are installed)' \
	  ARGS "additional arguments for the program, for example ARGS='-e migration_cycle_count=4 -v'" \
	  PROOF_RUNS 'for proof: number of runs against a healthy cloud (20)' \
	  PROOF_KEEP 'for proof: with any value the cloud is kept, for inspection and for a faster next run' \
	  BENCH_RUNS 'for bench: number of measurements of each value (5)' \
	  BENCH_SERVERS 'for bench: number of servers to drain (100)' \
	  BENCH_PARTS 'for bench: the parts to run, from cycle,lag,drain,growth,coverage,scale,volumes (all)' \
	  BENCH_KEEP 'for bench: with any value the cloud is kept' \
	  TEMPEST_TESTS 'for tempest: a regular expression that selects tests; docs/proof.md is not written (all)' \
	  SCENARIO 'for molecule: the scenarios to run, for example SCENARIO=default (all)' \
	  PYTHON 'the Python (3.11 or newer) for .venv, for example PYTHON=python3.12' \
	  | expand -t 16

# With this variable the local cloud prints `make stop` and `make clean` as the commands that stop and remove it.
regression start: export LOCAL_CLOUD_COMMANDS = make

regression: $(VENV)/.run ## Live-migrate a server and check the outcome, on the cloud OS_CLOUD or on a local cloud
	$(BIN)/ansible-playbook playbooks/regression.yml $(REGRESSION_LOCAL) $(ARGS)

start: $(VENV)/.run ## Start the local cloud
	$(BIN)/ansible-playbook playbooks/local_cloud.yml -e local_cloud_state=started $(ARGS)

stop: $(VENV)/.run ## Stop the local cloud; its data is kept
	$(BIN)/ansible-playbook playbooks/local_cloud.yml -e local_cloud_state=stopped $(ARGS)

clean: $(VENV)/.run ## Remove the local cloud, .venv and every cache; reports are kept
	$(BIN)/ansible-playbook playbooks/local_cloud.yml -e local_cloud_state=absent $(ARGS)
	@for cloud in "$(STATE)"/proof "$(STATE)"/proof-* "$(STATE)"/tempest-* "$(STATE)"/samples-* "$(STATE)"/bench $(foreach folder,$(MOLECULE_CLOUDS),"$(folder)"/*); do \
	  if [ -d "$$cloud" ]; then \
	    $(BIN)/ansible-playbook playbooks/local_cloud.yml -e local_cloud_state=absent -e local_cloud_dir="$$cloud"; \
	  fi; \
	done
	rm -rf $(VENV) $(VENV)-* $(RESULTS) .ansible .cache .coverage .mypy_cache .pytest_cache .ruff_cache
	rm -f stackproof-migration-*.tar.gz
	find plugins roles tests -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

test: lint types unit docs browser pipelines molecule ## Run every check of a commit; 'make -k test' continues after a failure

lint: $(VENV)/.dev ## Check style, import layers, changelog, texts and spelling, and that docs/reference is current
	PYTHONPATH=playbooks/collections $(RESULT)/lint.xml -- $(BIN)/ansible-lint -- $(BIN)/ruff check \
	  -- $(BIN)/ruff format --check --diff -- $(BIN)/lint-imports --no-logo --no-cache \
	  -- $(BIN)/antsibull-changelog lint -- $(BIN)/antsibull-changelog lint-changelog-yaml --strict changelogs/changelog.yaml \
	  -- $(BIN)/python tests/tools/reference.py check -- $(BIN)/python tests/tools/prose.py -- $(BIN)/codespell

reference: $(VENV)/.dev ## Write docs/reference from the argument specs of the roles and from the modules
	$(BIN)/python tests/tools/reference.py write

types: $(VENV)/.dev ## Check types with mypy
	$(RESULT)/types.xml -- $(BIN)/mypy

unit: $(VENV)/.dev ## Run the unit tests
	rm -f $(RESULTS)/unit.xml
	$(BIN)/pytest --junit-xml=$(RESULTS)/unit.xml $(ARGS)

docs: $(VENV)/.base $(DOCS)/.made ## Build the documentation site; warnings are errors
	PATH="$(CURDIR)/$(DOCS)/bin:$$PATH" $(BIN)/python tests/tools/results.py run $(RESULTS)/docs.xml -- docs/docsite/build.sh .cache/docs

browser: $(VENV)/.dev ## Test reports in Chromium
	tests/browser/chromium.sh
	rm -f $(RESULTS)/browser.xml
	$(BIN)/pytest tests/browser --no-cov --junit-xml=$(RESULTS)/browser.xml $(ARGS)

pipelines: $(VENV)/.dev $(PIPELINES)/.made ## Check docs/pipelines and the execution environment with the linters of their systems
	rm -f $(RESULTS)/pipelines.xml
	$(BIN)/pytest tests/pipelines --no-cov --junit-xml=$(RESULTS)/pipelines.xml $(ARGS)

molecule: molecule-shared molecule-shared2 molecule-libvirt $(filter molecule-upgrade,$(SCENARIO:%=molecule-%)) ## Run the molecule scenarios against the local cloud

# The default scenario creates and destroys a cloud. All scenarios except libvirt use such a cloud, so it is started only
# once for several scenarios. The scenarios are in two groups with a cloud each, because the groups can run in parallel.
# Both groups take about the same time.
SHARED2 := $(filter docs modules release,$(SCENARIOS))
SHARED := $(filter-out libvirt upgrade $(SHARED2),$(SCENARIOS))
molecule-shared2: export MOLECULE_EPHEMERAL_DIRECTORY := $(CURDIR)/.cache/molecule-shared2
molecule-shared2: export MOLECULE_STATE := state2
molecule-shared2: export MOLECULE_PORT_BASE := 18790
molecule-shared2: SHARED := $(SHARED2)
molecule-shared molecule-shared2: $(VENV)/.dev
	rm -f $(RESULTS)/$@-*.xml
	@$(if $(SHARED),,exit 0;) $(MOLECULE) destroy
	@$(if $(SHARED),,exit 0;) $(MOLECULE) create || { $(MOLECULE) destroy; exit 1; }
	@$(if $(SHARED),,exit 0;) status=0; \
	for scenario in $(SHARED); do \
	  $(RESULT)/$@-$$scenario.xml -- $(BIN)/molecule test --scenario-name $$scenario --destroy never || status=1; \
	done; \
	$(MOLECULE) destroy || status=1; \
	exit $$status

# The scenario libvirt starts its own cloud with libvirt hosts. Therefore it can run in parallel with the other
# scenarios.
molecule-libvirt: $(VENV)/.dev
	rm -f $(RESULTS)/$@.xml
	$(if $(filter libvirt,$(SCENARIOS)),MOLECULE_EPHEMERAL_DIRECTORY=$(CURDIR)/.cache/$@ $(RESULT)/$@.xml -- $(BIN)/molecule test --scenario-name libvirt)

# The scenario upgrade starts its own cloud, and takes longer than all other scenarios. So `make molecule` does not run it.
molecule-upgrade: $(VENV)/.dev ## Upgrade a local cloud with running servers from 2025.1 to 2026.1 and to 2026.2
	rm -f $(RESULTS)/$@.xml
	MOLECULE_EPHEMERAL_DIRECTORY=$(CURDIR)/.cache/$@ $(RESULT)/$@.xml -- $(BIN)/molecule test --scenario-name upgrade

proof: $(VENV)/.dev ## Insert each known fault into a local cloud and require the right outcome; writes docs/proof.md
	rm -f $(RESULTS)/$@.xml
	$(BIN)/pytest tests/proof --no-cov --junit-xml=$(RESULTS)/$@.xml $(ARGS)

$(PROOF_PARTS): proof-%: $(VENV)/.dev
	rm -f $(RESULTS)/$@.xml
	PROOF_PART=$* $(BIN)/pytest $(PROOF_$*) --no-cov --junit-xml=$(RESULTS)/$@.xml $(ARGS)

tempest: $(VENV)/.dev $(VENV)-tempest/.made ## Run OpenStack's own tests of migrations against local clouds; writes docs/proof.md
	rm -f $(RESULTS)/$@.xml
	$(BIN)/pytest tests/tempest --no-cov --junit-xml=$(RESULTS)/$@.xml $(ARGS)

samples: $(VENV)/.dev ## Compare the answers of the fake cloud in the unit tests with Nova, its schemas and a local cloud
	rm -f $(RESULTS)/$@.xml
	$(BIN)/pytest tests/samples --no-cov --junit-xml=$(RESULTS)/$@.xml $(ARGS)

sanity: sanity-docs sanity-importer $(SANITY_CORES) ## Check the tarball with galaxy-importer, ansible-doc and ansible-test

# This target builds the archive and installs it into an empty folder, as a user does.
sanity-tarball: $(VENV)/.dev
	rm -rf $(SANITY)/tarball $(SANITY)/collections
	$(BIN)/ansible-galaxy collection build --output-path $(SANITY)/tarball
	ANSIBLE_COLLECTIONS_PATH=$(SANITY)/collections $(BIN)/ansible-galaxy collection install --force --offline \
	  --collections-path $(SANITY)/collections $(SANITY)/tarball/*.tar.gz

sanity-docs: sanity-tarball
	$(RESULT)/$@.xml -- $(BIN)/python tests/tools/plugin_docs.py $(SANITY)/collections $(BIN)/ansible-doc

sanity-importer: sanity-tarball $(IMPORTER)/.made
	$(RESULT)/$@.xml -- $(BIN)/python tests/tools/importer.py $(SANITY)/tarball/*.tar.gz $(SANITY)/home $(IMPORTER) \
	  .config/galaxy-importer.cfg

bench: $(VENV)/.run $(BENCH)/.made ## Compare with Rally and openstackclient for more than an hour; writes docs/benchmarks.md
	PYTHONPATH=playbooks/collections $(BENCH)/bin/python -m ansible_collections.stackproof.migration.bench $(ARGS)

lock: $(VENV)/.base ## Resolve requirements/*.in again; ARGS=--upgrade takes the newest versions
	@requirements/install.sh $(VENV) requirements/lock.txt
	@# uv does not read the package index settings of pip. It has its own settings, such as UV_DEFAULT_INDEX.
	for lock in $(LOCKS:%=requirements/%) $(patsubst %.in,%,$(wildcard roles/local_cloud/files/releases/*/requirements.in)); do \
	  python=$$(sed -n 's/^. needs Python \([0-9.]*\).*/\1/p' $$lock.in); \
	  (cd $$(dirname $$lock) && $(CURDIR)/$(BIN)/uv pip compile --quiet --universal --python-version $${python:-3.11} \
	    --generate-hashes --no-annotate --no-header $(ARGS) $$(basename $$lock).in --output-file $$(basename $$lock).txt) \
	    || exit 1; \
	done
	@# A cloud with volumes installs the packages of volumes.txt in addition to those of requirements.txt.
	for release in $(dir $(wildcard roles/local_cloud/files/releases/*/volumes.in)); do \
	  python=$$(sed -n 's/^. needs Python \([0-9.]*\).*/\1/p' $$release/volumes.in); \
	  (cd $$release && $(CURDIR)/$(BIN)/uv pip compile --quiet --universal --python-version $${python:-3.11} --generate-hashes \
	    --no-annotate --no-header $(ARGS) $$(sed -n 's/^\([A-Za-z0-9._-]*\)==.*/--no-emit-package \1/p' requirements.txt) \
	    volumes.in --output-file volumes.txt) || exit 1; \
	done

locks: $(VENV)/.dev ## Install every lock file into an empty environment, with the oldest and the newest pip
	rm -f $(RESULTS)/locks.xml
	$(BIN)/pytest tests/locks --no-cov --junit-xml=$(RESULTS)/locks.xml $(ARGS)

release-check: ## Run the checks of a release and record their results in docs/release-check.md
	@test -z "$$(git status --porcelain)" || { echo 'ERROR: There are uncommitted changes, but docs/release-check.md names the commit that was checked. Commit them first.' >&2; exit 1; }
	.ci/run release; ended=$$?; \
	PYTHONPATH=playbooks/collections $(BIN)/python -m ansible_collections.stackproof.migration.tests.tools.release_check \
	  record docs/release-check.md $(RESULTS) && exit $$ended

# Each step writes one of these files at its end. Therefore an interrupted step runs again.
$(VENV)/.base: $(RUN_LOCK) $(DEV_LOCK) requirements/install.sh $(if $(USABLE),,unusable)
	@requirements/venv.sh $(VENV) 3.11 $(PYTHON)
	@pwd -P > $@

$(VENV)/.run: $(RUN_LOCK) $(VENV)/.base
	@echo 'Installing ansible-core and openstacksdk into $(VENV)'
	@touch $(VENV)/.busy
	@requirements/install.sh $(VENV) $<
	@rm $(VENV)/.busy
	@touch $@

$(VENV)/.dev: $(DEV_LOCK) $(VENV)/.base
	@echo 'Installing ansible-core, openstacksdk and the tools for tests into $(VENV)'
	@touch $(VENV)/.busy
	@requirements/install.sh $(VENV) $<
	@rm $(VENV)/.busy
	@touch $@

# These environments too are created again if their lock file changes or if the clone was moved.
.SECONDEXPANSION:
$(VENV)-%/.made: requirements/%.txt $$(call UNLESS_USABLE,$(VENV)-$$*)
	@requirements/venv.sh $(@D) $(call PYTHONS,$*) $(PYTHON)
	@echo 'Installing the packages of $< into $(@D)'
	@requirements/install.sh $(@D) $<
	@pwd -P > $@

# If no installed Python supports this version of ansible-core, the check is reported as skipped.
$(SANITY_CORES): sanity-tarball $$(and $$(call PYTHON_FOR,$$@),$(VENV)-$$@/.made)
	$(BIN)/python tests/tools/sanity.py $(RESULTS)/$@.xml $(SANITY)/collections $(SANITY)/home \
	  $(and $(call PYTHON_FOR,$@),$(VENV)-$@)

.PHONY: unusable
unusable:
