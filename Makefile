# `make` alone lists what it can do. Every target prepares the environment it needs, once.

PYTHON ?= python3
# A Linux user gets the small CPU build of torch with: make html TORCH_BACKEND=cpu (uv knows where it is)
TORCH_BACKEND ?=
# or from an index of one's own: make html TORCH_INDEX=<address of a wheel index>
TORCH_INDEX ?=
# Pages of the book for `make test-pages` and `make breaks`, by a part of their name
PAGE ?=
# `make breaks ALL=1` also runs what has a valid record; SAMPLE=30 makes only so many breaks, and records nothing
ALL ?=
SAMPLE ?=

CORES := $(shell $(PYTHON) -c 'import os; print(os.cpu_count() or 1)')
# How many processes read the pages: two a core, since each waits for its kernel half of the time
JOBS ?= $(shell echo $$((2 * $(CORES))))
# The torch of `make other-torch`; empty for the newest
TORCH ?=
OTHER := $(or $(TORCH),newest)
# Where `make other-torch` makes its tensors, such as cuda; empty for the CPU
DEVICE ?=
# What `make attack` adds to every seed; empty for a number that nobody has tried
SEED ?=
# `make bench PROFILE=1` prints where the package's own time goes, and measures nothing else
PROFILE ?=
# A small form of a long measurement, which records nothing: SMALL=1
SMALL ?=
# The commit beside which `make bench-checks` measures
PEER ?= 3d8c73c

# Where the site will stand and where its sources are, such as https://host/path/. Without them no page names such an address.
SITE_URL ?=
REPOSITORY_URL ?=
export SITE_URL REPOSITORY_URL

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
BENCH := _build/bench
# Nothing in the caller's environment may switch assertions off, swap the kernel, or load start-up files or plugins.
CLEAN := mkdir -p _build && env -u PYTHONOPTIMIZE -u JUPYTER_PATH -u PYTHONPATH -u PYTHONSTARTUP PYTHONUTF8=1 PYTHONHASHSEED=0 \
	PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 IPYTHONDIR="$(CURDIR)/_build/ipython" JUPYTER_CONFIG_DIR="$(CURDIR)/_build/jupyter" OMP_NUM_THREADS=1
# A file's tests stay together and in order: a page's cells build on each other.
PYTEST := $(CLEAN) $(BIN)/python -m pytest -q -p xdist.plugin -n $(CORES) --dist loadfile
SPHINX := $(CLEAN) $(BIN)/python -m sphinx -n -T -j $(JOBS) -c .
AUDIT := PYTHONPATH=docs $(BIN)/python -m press.audit

.DEFAULT_GOAL := help
.PHONY: help serve draft test-pages breaks format html site book bound test test-site test-volumes lint lint-hosting \
	other-torch attack mutation reproducible newest foreign-links evaluate bench bench-build bench-checks clean

# Each target that a person starts has its group and its line behind two signs.
help:
	@for group in write check audit; do \
		echo "$$group"; \
		sed -n "s/^\([a-z-]*\):.*## $$group: \(.*\)/  \1|\2/p" Makefile | awk -F'|' '{printf "%-16s %s\n", $$1, $$2}'; \
	done

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(if $(TORCH_INDEX),$(BIN)/python -m pip install -q -c constraints.txt torch --index-url $(TORCH_INDEX))
	$(if $(TORCH_BACKEND),$(BIN)/python -m pip install -q -c constraints.txt uv)
	$(if $(TORCH_BACKEND),$(BIN)/uv pip install -q --python $(BIN)/python --torch-backend $(TORCH_BACKEND) -c constraints.txt torch)
	$(BIN)/python -m pip install -q -c constraints.txt -e ".[docs,test]"
	touch $@

# What an author uses.

# The draft in a browser: built again and reloaded whenever a page, the package or the press is saved.
DRAFT := -b html -D claims_breaks= -D claims_variations= -d _build/draft/doctrees docs _build/draft/html
serve: $(READY)  ## write: the draft in a browser, built again whenever a file is saved
	$(BIN)/python -m pip install -q -c constraints.txt -e ".[serve]"
	$(CLEAN) $(BIN)/sphinx-autobuild -n -T -j $(JOBS) -c . $(DRAFT) --watch transformer --watch conf.py --open-browser

# Only what changed runs, warnings do not stop, and breaks wait for `make breaks`. Pages are written after the guard has let the book
# through and the environment is kept: if that was interrupted, a page may be half written, so all are made anew.
draft: $(READY)  ## write: _build/draft/html, where only the pages that changed run
	@if test _build/draft/doctrees/environment.pickle -nt _build/draft/began && test -e _build/draft/began; then \
		echo "The last draft did not end, so everything is made anew."; rm -rf _build/draft; fi
	@mkdir -p _build/draft && touch _build/draft/began
	$(SPHINX) $(DRAFT)
	@rm _build/draft/began

test-pages: $(READY)  ## write: the pages' cells in one process, in seconds; PAGE=masks for one page
	$(PYTEST) $(if $(PAGE),$(wildcard docs/*$(PAGE)*.md docs/*/*$(PAGE)*.md),docs)

breaks: $(READY)  ## write: run the breaks, variations and seeds that have no valid record; PAGE=, ALL=1, SAMPLE=20
	$(CLEAN) $(AUDIT).make_breaks $(if $(PAGE),--page $(PAGE)) $(if $(ALL),--all) $(if $(SAMPLE),--sample $(SAMPLE))

format: $(READY)  ## write: let ruff arrange the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# What must hold before a commit.

html: $(READY)  ## check: the site, every claim run: _build/html/index.html
	@$(MAKE) --no-print-directory site

# The old site goes first and the new one appears only when it is whole: a failed build leaves none to mistake for it.
# A target of its own, for those who build in another folder with an environment that is ready.
site:
	rm -rf _build/html _build/new
	$(SPHINX) -W -E -b html -d _build/new/doctrees docs _build/new/html
	mv _build/new/html _build/html
	@echo "The book is in _build/html/index.html"

# One reading of the pages serves three builders, so print, e-book and site are of the same run of every cell. They share their folders:
# what the first has read and run, the others find there.
BOUND := _build/book
NAME := the-transformer-checked
BIND := $(SPHINX) -W -d $(BOUND)/doctrees
book: $(READY)  ## check: the site with the whole book as PDF and EPUB, of one run; needs TeX
	sh docs/press/downloads/prepare.sh
	rm -rf $(BOUND) _build/html
	$(BIND) -E -b latex docs $(BOUND)/latex
	@$(MAKE) --no-print-directory -j 2 $(BOUND)/volumes/$(NAME).pdf $(BOUND)/volumes/$(NAME).epub
	$(BIND) -b html -D volumes=$(BOUND)/volumes docs $(BOUND)/html
	mv $(BOUND)/html _build/html
	@echo "The book is in _build/html/index.html, the volumes are in $(BOUND)/volumes"

$(BOUND)/volumes/$(NAME).pdf: $(BOUND)/latex/$(NAME).tex
	cd $(BOUND)/latex && latexmk -silent -xelatex -interaction=nonstopmode -halt-on-error $(NAME).tex
	! grep -a -e "^Missing character" -e "^LaTeX Warning: .* undefined" $(BOUND)/latex/$(NAME).log
	mkdir -p $(@D)
	mv $(BOUND)/latex/$(NAME).pdf $@

$(BOUND)/volumes/$(NAME).epub: $(BOUND)/latex/$(NAME).tex
	$(BIND) -b epub docs $(BOUND)/epub
	mkdir -p $(@D)
	mv $(BOUND)/epub/$(NAME).epub $@

# The shapes in every signature of the package are checked while its tests run.
test: $(READY)  ## check: every test of the package, the press and the book, each cell of each page among them
	$(PYTEST) -p jaxtyping._pytest_plugin --jaxtyping-packages=transformer,tests.typechecker

# What `make html` wrote, in a real browser. Chromium, Java and npm come from Debian; two npm packages are pinned beside the tests.
SITE := $(VENV)/site/.ready
$(SITE): $(READY) tests/site/prepare.sh tests/site/package-lock.json
	sh tests/site/prepare.sh $(@D)
	$(BIN)/python -m pip install -q -c constraints.txt -e ".[site]"
	touch $@

test-site: $(SITE)  ## check: the built site in Chromium: every page, light and dark, phone and desk
	$(CLEAN) $(BIN)/python -m pytest -q -p xdist.plugin -n $(CORES) --dist worksteal tests/site

test-volumes: $(READY)  ## check: the PDF and the EPUB of `make book`, by the tools that printers and booksellers use
	sh tests/volumes/prepare.sh
	$(CLEAN) $(BIN)/python -m pytest -q tests/volumes

lint: $(READY) lint-hosting  ## check: ruff, mypy, and the files of the hosts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The files that other machines read: their schemas ship with the tool, and zizmor looks for holes in the workflows. No network.
SCHEMA := $(BIN)/check-jsonschema -q --builtin-schema
lint-hosting: $(READY)
	$(SCHEMA) vendor.github-workflows .github/workflows/*.yml
	$(SCHEMA) custom.github-workflows-require-timeout .github/workflows/*.yml
	$(SCHEMA) vendor.readthedocs .readthedocs.yaml
	$(SCHEMA) vendor.dependabot .github/dependabot.yml
	$(SCHEMA) vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	$(SCHEMA) vendor.github-issue-forms $(filter-out %/config.yml,$(wildcard .github/ISSUE_TEMPLATE/*.yml))
	$(SCHEMA) vendor.citation-file-format CITATION.cff
	$(BIN)/zizmor --offline --quiet --persona pedantic .github

clean:  ## check: forget all that was built; the environment stays
	rm -rf _build

# What tries to prove the checks wrong. The weekly workflow runs all of it.

# In an environment of its own. Without TORCH it is the newest that can be installed.
other-torch:  ## audit: every claim under another torch, recorded: TORCH=2.14.1; or with its tensors elsewhere: DEVICE=cuda
	test -x _build/torch/$(OTHER)/bin/python || $(PYTHON) -m venv _build/torch/$(OTHER)
	grep -v '^torch==' constraints.txt > _build/torch/$(OTHER)/constraints.txt
	_build/torch/$(OTHER)/bin/python -m pip install -q --upgrade -c _build/torch/$(OTHER)/constraints.txt \
		torch$(addprefix ==,$(TORCH)) -e ".[docs]"
	$(CLEAN) PYTHONPATH=docs _build/torch/$(OTHER)/bin/python -m press.audit.other_torch $(addprefix --device ,$(DEVICE))

attack: $(READY)  ## audit: every page under a new seed, each property against many cases; PAGE=, SEED=, SMALL=1
	$(CLEAN) $(AUDIT).attack $(if $(PAGE),--page $(PAGE)) $(if $(SEED),--seed $(SEED)) $(if $(SMALL),--small)

mutation: $(READY)  ## audit: change the package in every small way that mutmut knows; pages or tests must notice. Half an hour
	$(CLEAN) $(AUDIT).mutation

reproducible: $(READY)  ## audit: two builds in different circumstances must give the same bytes
	$(CLEAN) $(AUDIT).same_bytes

# In an environment of its own; only torch stays as it is.
newest:  ## audit: the book with the newest of all else that pyproject.toml allows
	test -x _build/newest/bin/python || $(PYTHON) -m venv _build/newest
	grep '^torch==' constraints.txt > _build/newest/constraints.txt
	_build/newest/bin/python -m pip install -q --upgrade -c _build/newest/constraints.txt -e ".[docs]"
	$(CLEAN) _build/newest/bin/python -m sphinx -n -W -E -T -j $(JOBS) -b html -d _build/newest/doctrees -c . docs _build/newest/html

# Needs the network; the pages run first, or are taken over from `make draft`.
foreign-links: $(READY)  ## audit: follow every link to another site
	$(SPHINX) -q -b linkcheck -D claims_breaks= -D claims_variations= -d _build/draft/doctrees docs _build/links

evaluate: $(READY)  ## audit: let the shipped model say the whole test part, and compare the recorded figures. Minutes
	$(CLEAN) OMP_NUM_THREADS=$(CORES) $(BIN)/python -m transformer evaluate --check transformer/spelling/pretrained/evaluation.json

# In an environment of its own, so that the book's does not change. Five minutes, on a machine that does nothing else.
$(BENCH)/.ready: pyproject.toml constraints.txt
	test -x $(BENCH)/bin/python || $(PYTHON) -m venv $(BENCH)
	$(if $(TORCH_INDEX),$(BENCH)/bin/python -m pip install -q -c constraints.txt torch --index-url $(TORCH_INDEX))
	$(BENCH)/bin/python -m pip install -q -c constraints.txt -e ".[bench]"
	touch $@

# What the figures are of: the package, and the systems beside it
BENCHED := $(patsubst %,'%',transformer/*.py transformer/decoding/*.py $(patsubst %,tests/bench/%.py,engines floor ours peers shares task))
bench: $(BENCH)/.ready $(READY)  ## audit: how fast the package trains and decodes, beside three libraries and the bare products; PROFILE=1, SMALL=1
	$(CLEAN) OMP_NUM_THREADS=2 HF_HUB_OFFLINE=1 PYTHONPATH=tests $(BENCH)/bin/python -m bench \
		$(if $(PROFILE),--profile,$(if $(SMALL),--small,--into $(BENCH)/fragments))
	$(if $(PROFILE)$(SMALL),,$(CLEAN) $(AUDIT).measured $(BENCH)/fragments/figures.md docs/reference/_bench.md $(BENCHED))
	$(if $(PROFILE)$(SMALL),,$(CLEAN) $(AUDIT).measured $(BENCH)/fragments/profile.md docs/reference/_bench-profile.md $(BENCHED))

bench-build: $(READY)  ## audit: what a build costs beyond its cells, beside stock kernels; SMALL=1
	$(CLEAN) $(AUDIT).build_cost $(if $(SMALL),--small)

bench-checks: $(READY)  ## audit: what `make test` and `.ci/run` cost, beside those of the commit PEER; SMALL=1
	$(CLEAN) $(AUDIT).check_cost --peer $(PEER) $(if $(SMALL),--small)
