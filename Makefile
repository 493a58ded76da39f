# Copyright (c) 2026 the stackproof.migration contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Passed on to ansible-playbook, pytest, molecule or uv, whichever the target runs.
ARGS ?=
# The Python that .venv is made from; empty: the first on the PATH that is new enough.
PYTHON ?=
# The molecule scenarios to run; empty: all.
SCENARIO ?=

VENV := .venv
BIN := $(VENV)/bin
# Every check leaves a JUnit file here: for people's CI, and for the sum at the end of .ci/run.
RESULTS := .results
# ansible-lint and molecule look for ansible-playbook on the PATH
IN_VENV := PATH="$(CURDIR)/$(BIN):$$PATH"
RESULT := $(IN_VENV) $(BIN)/python tests/tools/results.py run $(RESULTS)
MOLECULE := $(IN_VENV) $(BIN)/molecule
# Where tests/proof keeps its clouds, when it was told to (PROOF_KEEP) or killed.
PROOF_CLOUDS := $(or $(XDG_STATE_HOME),$(HOME)/.local/state)/stackproof/migration/proof
# Its parts, each with a cloud of its own, so that they can run side by side: rows about services with faults, rows on
# hosts that run guests, and all others.
PROOF_faults := tests/proof/test_cloud_at_fault.py
PROOF_guests := tests/proof/test_real_guests.py
PROOF_others := $(filter-out $(PROOF_faults) $(PROOF_guests),$(wildcard tests/proof/test_*.py))
PROOF_PARTS := proof-faults proof-guests proof-others
RUN_LOCK := requirements/run.txt
DEV_LOCK := requirements/dev.txt
# Tools that must not mix with those in .venv have environments of their own, each by its lock file: .venv-bench holds
# the peers of `make bench`, .venv-docs what makes the documentation site, .venv-importer what Galaxy runs on an upload,
# .venv-pipelines the judges of the examples for pipelines, .venv-sanity-X.Y what ansible-core X.Y brings.
BENCH := .venv-bench
DOCS := .venv-docs
IMPORTER := .venv-importer
PIPELINES := .venv-pipelines
# What `make sanity` builds, installs and keeps for the next time.
SANITY := .cache/sanity
SANITY_CORES := $(patsubst requirements/%.in,%,$(wildcard requirements/sanity-*.in))
# The Pythons that a lock file fits (see requirements/python.sh), where not all that are supported: its .in names them.
PYTHONS = $(or $(shell sed -n 's/^. needs Python //p' requirements/$(1).in),3.11)
# Empty when there is none.
PYTHON_FOR = $(shell requirements/python.sh $(call PYTHONS,$(1)) $(PYTHON))
# Where bench keeps its cloud, when it was told to (BENCH_KEEP) or killed.
BENCH_CLOUD := $(or $(XDG_STATE_HOME),$(HOME)/.local/state)/stackproof/migration/bench
# dev.in takes what run.txt says
LOCKS := run $(filter-out run,$(patsubst requirements/%.in,%,$(wildcard requirements/*.in)))
SCENARIOS := $(or $(SCENARIO),$(notdir $(patsubst %/molecule.yml,%,$(wildcard molecule/*/molecule.yml))))
# By itself the playbook installs no packages of the operating system: it must be told that a local cloud is wanted.
REGRESSION_LOCAL = $(if $(OS_CLOUD)$(OS_AUTH_URL)$(findstring regression_cloud,$(ARGS)),,-e regression_local=true)
# An environment is made anew when its checkout was moved (its scripts name their folder), when its Python is gone, when
# something stopped its installation, and when its lock file changed.
USABLE := $(shell test -x $(BIN)/python && test ! -e $(VENV)/.busy && test "$$(cat $(VENV)/.base 2>&1)" = "$$(pwd -P)" && echo yes)
UNLESS_USABLE = $(shell test -x $(1)/bin/python && test "$$(cat $(1)/.made 2>&1)" = "$$(pwd -P)" || echo unusable)

# Plain lines instead of boxes 80 columns wide. Molecule would like its scenarios in extensions/, and says so each time
# unless it is told where they are.
export MOLECULE_COMMAND_BORDERS ?= false
export MOLECULE_GLOB ?= molecule/*/molecule.yml
# Where molecule would keep its state depends on the name of the checkout's folder alone.
export MOLECULE_EPHEMERAL_DIRECTORY ?= $(CURDIR)/.cache/molecule

# Programs in .venv start in half of the time when Python may keep what it has compiled.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help regression start stop clean test lint types unit docs browser pipelines molecule proof bench lock
.PHONY: locks release-check molecule-shared molecule-libvirt sanity sanity-tarball sanity-docs sanity-importer $(SANITY_CORES) $(PROOF_PARTS)
# Two steps at a time would mix their output, and their clouds.
.NOTPARALLEL:

help: ## Say what can be made
	@echo 'usage: make TARGET [VARIABLE=VALUE ...]'
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14
	@echo
	@echo 'variables:'
	@printf '  %s\t%s\n' \
	  OS_CLOUD 'the cloud of your clouds.yaml to test; without it a local one, whose packages root installs' \
	  ARGS "more arguments for the tool, e.g. ARGS='-e migration_cycle_count=4 -v'" \
	  PROOF_RUNS 'for proof: how many runs of a healthy cloud (20)' \
	  PROOF_KEEP 'for proof: not empty: its cloud is kept, for a look, and for a quicker next time' \
	  BENCH_RUNS 'for bench: how often each thing is measured (5)' \
	  BENCH_SERVERS 'for bench: how many servers are drained (100)' \
	  BENCH_PARTS 'for bench: some of cycle,lag,drain,growth (all)' \
	  BENCH_KEEP 'for bench: not empty: its cloud is kept' \
	  SCENARIO 'for molecule: the scenarios to run, e.g. SCENARIO=default' \
	  PYTHON 'the Python (3.11 or newer) that .venv is made from, e.g. PYTHON=python3.12' \
	  | expand -t 14

regression: $(VENV)/.run ## Does live migration work? Runs against the cloud in OS_CLOUD, or brings up a local one
	$(BIN)/ansible-playbook playbooks/regression.yml $(REGRESSION_LOCAL) $(ARGS)

start: $(VENV)/.run ## Start the local cloud
	$(BIN)/ansible-playbook playbooks/local_cloud.yml -e local_cloud_state=started $(ARGS)

stop: $(VENV)/.run ## Stop the local cloud; what it holds is kept
	$(BIN)/ansible-playbook playbooks/local_cloud.yml -e local_cloud_state=stopped $(ARGS)

clean: $(VENV)/.run ## Remove the local cloud, .venv and every cache; reports are kept
	$(BIN)/ansible-playbook playbooks/local_cloud.yml -e local_cloud_state=absent $(ARGS)
	@for cloud in "$(PROOF_CLOUDS)" $(PROOF_PARTS:proof-%="$(PROOF_CLOUDS)-%") "$(BENCH_CLOUD)"; do \
	  if [ -d "$$cloud" ]; then \
	    $(BIN)/ansible-playbook playbooks/local_cloud.yml -e local_cloud_state=absent -e local_cloud_dir="$$cloud"; \
	  fi; \
	done
	rm -rf $(VENV) $(VENV)-* $(RESULTS) .ansible .cache .coverage .mypy_cache .pytest_cache .ruff_cache
	rm -f stackproof-migration-*.tar.gz
	find plugins roles tests -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

test: lint types unit docs browser pipelines molecule ## Run every check; 'make -k test' goes on after a failure

lint: $(VENV)/.dev ## Check style: ansible-lint, ruff, the layers of imports, and what the changelog is made from
	PYTHONPATH=playbooks/collections $(RESULT)/lint.xml -- $(BIN)/ansible-lint -- $(BIN)/ruff check \
	  -- $(BIN)/ruff format --check --diff -- $(BIN)/lint-imports --no-logo --no-cache \
	  -- $(BIN)/antsibull-changelog lint -- $(BIN)/antsibull-changelog lint-changelog-yaml --strict changelogs/changelog.yaml

types: $(VENV)/.dev ## Check types: mypy
	$(RESULT)/types.xml -- $(BIN)/mypy

unit: $(VENV)/.dev ## Run the unit tests
	rm -f $(RESULTS)/unit.xml
	$(BIN)/pytest --junit-xml=$(RESULTS)/unit.xml $(ARGS)

docs: $(VENV)/.base $(DOCS)/.made ## Build the documentation site; whatever is wrong in it is an error
	PATH="$(CURDIR)/$(DOCS)/bin:$$PATH" $(BIN)/python tests/tools/results.py run $(RESULTS)/docs.xml -- docs/docsite/build.sh .cache/docs

browser: $(VENV)/.dev ## Look at reports in a real browser
	tests/browser/chromium.sh
	rm -f $(RESULTS)/browser.xml
	$(BIN)/pytest tests/browser --no-cov --junit-xml=$(RESULTS)/browser.xml $(ARGS)

pipelines: $(VENV)/.dev $(PIPELINES)/.made ## Check docs/pipelines and the execution environment by their own judges
	rm -f $(RESULTS)/pipelines.xml
	$(BIN)/pytest tests/pipelines --no-cov --junit-xml=$(RESULTS)/pipelines.xml $(ARGS)

molecule: molecule-shared molecule-libvirt ## Run the scenarios against the local cloud

# The default scenario's create and destroy serve all of these. Were each left to destroy what it found missing,
# the cloud would be started once for every scenario.
SHARED := $(filter-out libvirt,$(SCENARIOS))
molecule-shared: $(VENV)/.dev
	rm -f $(RESULTS)/$@-*.xml
	@$(if $(SHARED),,exit 0;) $(MOLECULE) destroy
	@$(if $(SHARED),,exit 0;) $(MOLECULE) create || { $(MOLECULE) destroy; exit 1; }
	@$(if $(SHARED),,exit 0;) status=0; \
	for scenario in $(SHARED); do \
	  $(RESULT)/$@-$$scenario.xml -- $(BIN)/molecule test --scenario-name $$scenario --destroy never || status=1; \
	done; \
	$(MOLECULE) destroy || status=1; \
	exit $$status

# This one brings up a cloud of another kind itself, so that it can run beside the others.
molecule-libvirt: $(VENV)/.dev
	rm -f $(RESULTS)/$@.xml
	$(if $(filter libvirt,$(SCENARIOS)),MOLECULE_EPHEMERAL_DIRECTORY=$(CURDIR)/.cache/$@ $(RESULT)/$@.xml -- $(BIN)/molecule test --scenario-name libvirt)

proof: $(VENV)/.dev ## Break a cloud in every way we know, and require the right word each time; docs/proof.md
	rm -f $(RESULTS)/$@.xml
	$(BIN)/pytest tests/proof --no-cov --junit-xml=$(RESULTS)/$@.xml $(ARGS)

$(PROOF_PARTS): proof-%: $(VENV)/.dev
	rm -f $(RESULTS)/$@.xml
	PROOF_PART=$* $(BIN)/pytest $(PROOF_$*) --no-cov --junit-xml=$(RESULTS)/$@.xml $(ARGS)

sanity: sanity-docs sanity-importer $(SANITY_CORES) ## Ask what Galaxy and ansible-test ask of the tarball

# What a user gets, installed where nothing else is.
sanity-tarball: $(VENV)/.dev
	rm -rf $(SANITY)/tarball $(SANITY)/collections
	$(BIN)/ansible-galaxy collection build --output-path $(SANITY)/tarball
	ANSIBLE_COLLECTIONS_PATH=$(SANITY)/collections $(BIN)/ansible-galaxy collection install --offline \
	  --collections-path $(SANITY)/collections $(SANITY)/tarball/*.tar.gz

sanity-docs: sanity-tarball
	$(RESULT)/$@.xml -- $(BIN)/python tests/tools/plugin_docs.py $(SANITY)/collections $(BIN)/ansible-doc

sanity-importer: sanity-tarball $(IMPORTER)/.made
	$(RESULT)/$@.xml -- $(BIN)/python tests/tools/importer.py $(SANITY)/tarball/*.tar.gz $(SANITY)/home $(IMPORTER) \
	  .config/galaxy-importer.cfg

bench: $(VENV)/.run $(BENCH)/.made ## Measure beside Rally and openstackclient, more than an hour; docs/benchmarks.md
	PYTHONPATH=playbooks/collections $(BENCH)/bin/python -m ansible_collections.stackproof.migration.bench $(ARGS)

lock: $(VENV)/.base ## Resolve requirements/*.in anew; ARGS=--upgrade takes the newest versions
	@requirements/install.sh $(VENV) requirements/lock.txt
	@# uv has its own settings for a package index (UV_DEFAULT_INDEX and so on) and does not read pip's
	for lock in $(LOCKS:%=requirements/%) $(patsubst %.in,%,$(wildcard roles/local_cloud/files/releases/*/requirements.in)); do \
	  python=$$(sed -n 's/^. needs Python \([0-9.]*\).*/\1/p' $$lock.in); \
	  (cd $$(dirname $$lock) && $(CURDIR)/$(BIN)/uv pip compile --quiet --universal --python-version $${python:-3.11} \
	    --generate-hashes --no-annotate --no-header $(ARGS) $$(basename $$lock).in --output-file $$(basename $$lock).txt) \
	    || exit 1; \
	done

locks: $(VENV)/.dev ## Install every lock file into an empty environment, with the oldest pip and with the newest
	rm -f $(RESULTS)/locks.xml
	$(BIN)/pytest tests/locks --no-cov --junit-xml=$(RESULTS)/locks.xml $(ARGS)

release-check: ## Run the checks that a commit does not need, and record their results in docs/release-check.md
	@test -z "$$(git status --porcelain)" || { echo 'ERROR: there are uncommitted changes, and the record names a commit. Commit them first.' >&2; exit 1; }
	.ci/run release; ended=$$?; \
	PYTHONPATH=playbooks/collections $(BIN)/python -m ansible_collections.stackproof.migration.tests.tools.release_check \
	  record docs/release-check.md $(RESULTS) && exit $$ended

# A stamp is written when its step has ended.
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

# As .venv: made anew when its lock file changes, or in a checkout that was moved.
.SECONDEXPANSION:
$(VENV)-%/.made: requirements/%.txt $$(call UNLESS_USABLE,$(VENV)-$$*)
	@requirements/venv.sh $(@D) $(call PYTHONS,$*) $(PYTHON)
	@echo 'Installing what $< names into $(@D)'
	@requirements/install.sh $(@D) $<
	@pwd -P > $@

# Skipped, which it says, where no Python fits.
$(SANITY_CORES): sanity-tarball $$(and $$(call PYTHON_FOR,$$@),$(VENV)-$$@/.made)
	$(BIN)/python tests/tools/sanity.py $(RESULTS)/$@.xml $(SANITY)/collections $(SANITY)/home \
	  $(and $(call PYTHON_FOR,$@),$(VENV)-$@)

.PHONY: unusable
unusable:
