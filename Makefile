# Every target prepares the environment it needs, once. `make html` builds the book, `make test` runs every test.

PYTHON ?= python3
# A Linux user gets the small CPU build of torch with: make html TORCH_BACKEND=cpu (uv knows where it is)
TORCH_BACKEND ?=
# or from an index of one's own: make html TORCH_INDEX=<address of a wheel index>
TORCH_INDEX ?=
# Pages of the book for `make test-pages` and `make mutants`, by a part of their name
PAGE ?=
# How many breaks `make mutants` draws; all of them if empty
SAMPLE ?=

CORES := $(shell $(PYTHON) -c 'import os; print(os.cpu_count() or 1)')
# How many processes read the pages: two a core, since each waits for its kernel half of the time
JOBS ?= $(shell echo $$((2 * $(CORES))))
# The torch of `make claims`; empty for the newest
TORCH ?=
OTHER := $(or $(TORCH),newest)
# `make bench PROFILE=1` prints where the package's own time goes, and measures nothing else
PROFILE ?=

# Where the site will stand and where its sources are, such as https://host/path/. Without them no page names such an address.
SITE_URL ?=
REPOSITORY_URL ?=
export SITE_URL REPOSITORY_URL

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
BENCH := _build/bench
# Nothing in the caller's environment may switch assertions off, swap the kernel, or load start-up files or plugins.
CLEAN := env -u PYTHONOPTIMIZE -u JUPYTER_PATH -u PYTHONPATH -u PYTHONSTARTUP PYTHONUTF8=1 PYTHONHASHSEED=0 \
	PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 IPYTHONDIR="$(CURDIR)/_build/ipython" JUPYTER_CONFIG_DIR="$(CURDIR)/_build/jupyter" OMP_NUM_THREADS=1
# A file's tests stay together and in order: a page's cells build on each other.
PYTEST := $(CLEAN) $(BIN)/python -m pytest -q -p xdist.plugin -n $(CORES) --dist loadfile

.PHONY: html site draft serve pdf epub test test-pages test-site test-volumes links newest mutants evaluate claims \
	reproducible bench bench-build mutation lint lint-hosting format clean

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(if $(TORCH_INDEX),$(BIN)/python -m pip install -q -c constraints.txt torch --index-url $(TORCH_INDEX))
	$(if $(TORCH_BACKEND),$(BIN)/python -m pip install -q -c constraints.txt uv)
	$(if $(TORCH_BACKEND),$(BIN)/uv pip install -q --python $(BIN)/python --torch-backend $(TORCH_BACKEND) -c constraints.txt torch)
	$(BIN)/python -m pip install -q -c constraints.txt -e ".[docs,test]"
	touch $@

html: $(READY)
	@$(MAKE) --no-print-directory site

# The old site goes first and the new one appears only when it is whole: a failed build leaves none to mistake for it.
# A target of its own, for those who build in another folder with an environment that is ready.
site:
	rm -rf _build/html _build/new
	$(CLEAN) $(BIN)/python -m sphinx -n -W -E -T -j $(JOBS) -b html -d _build/new/doctrees -c . docs _build/new/html
	mv _build/new/html _build/html
	@echo "The book is in _build/html/index.html"

# The whole book to print or to take along. A site that is built afterwards, from the same sources, offers both on its first page.
VOLUME := the-transformer-checked
SPHINX_VOLUME = $(CLEAN) $(BIN)/python -m sphinx -n -W -E -T -j $(JOBS) -c .
pdf: $(READY)
	sh docs/_ext/takealong/prepare.sh
	rm -rf _build/pdf _build/latex
	$(SPHINX_VOLUME) -b latex -d _build/latex/doctrees docs _build/latex/tex
	cd _build/latex/tex && latexmk -silent -xelatex -interaction=nonstopmode -halt-on-error $(VOLUME).tex
	! grep -a -e "^Missing character" -e "^LaTeX Warning: .* undefined" _build/latex/tex/$(VOLUME).log
	mkdir -p _build/pdf
	mv _build/latex/tex/$(VOLUME).pdf _build/latex/tex/sources _build/pdf
	@echo "The book is in _build/pdf/$(VOLUME).pdf"

epub: $(READY)
	rm -rf _build/epub _build/xhtml
	$(SPHINX_VOLUME) -b epub -d _build/xhtml/doctrees docs _build/xhtml/book
	mkdir -p _build/epub
	mv _build/xhtml/book/$(VOLUME).epub _build/xhtml/book/sources _build/epub
	@echo "The book is in _build/epub/$(VOLUME).epub"

# For authors: only what changed runs, warnings do not stop, and breaks wait for `make mutants`. The site is _build/draft/html.
DRAFT := -n -T -j $(JOBS) -b html -D claims_breaks= -d _build/draft/doctrees -c . docs _build/draft/html
draft: $(READY)
	$(CLEAN) $(BIN)/python -m sphinx $(DRAFT)

# The draft in a browser: built again and reloaded whenever a page, the package or the extension is saved.
serve: $(READY)
	$(BIN)/python -m pip install -q -c constraints.txt -e ".[serve]"
	$(CLEAN) $(BIN)/sphinx-autobuild $(DRAFT) --watch transformer --watch conf.py --open-browser

# Twice over the package: once as it is, once with every shape in every signature checked while it runs.
test: $(READY)
	$(PYTEST)
	$(PYTEST) -m "not bad_input" \
		-p jaxtyping._pytest_plugin --jaxtyping-packages=transformer,tests.typechecker transformer tests/transformer

test-pages: $(READY)
	$(PYTEST) $(if $(PAGE),$(wildcard docs/*$(PAGE)*.md docs/*/*$(PAGE)*.md),docs)

# What `make html` wrote, in a real browser. Chromium, Java and npm come from Debian; two npm packages are pinned beside the tests.
SITE := $(VENV)/site/.ready
$(SITE): $(READY) tests/site/prepare.sh tests/site/package-lock.json
	sh tests/site/prepare.sh $(@D)
	$(BIN)/python -m pip install -q -c constraints.txt -e ".[site]"
	touch $@

test-site: $(SITE)
	$(CLEAN) $(BIN)/python -m pytest -q -p xdist.plugin -n $(CORES) --dist worksteal tests/site

# The book as PDF and EPUB: made, then looked at by the tools that printers and booksellers use.
test-volumes: pdf epub
	sh tests/volumes/prepare.sh
	$(CLEAN) $(BIN)/python -m pytest -q tests/volumes

# Links to other sites. Needs the network; the pages run first, or are taken over from `make draft`.
links: $(READY)
	$(CLEAN) $(BIN)/python -m sphinx -q -T -j $(JOBS) -b linkcheck -D claims_breaks= -d _build/draft/doctrees -c . docs _build/links

# The book with the newest of everything that pyproject.toml allows, in an environment of its own; only torch stays as it is.
newest:
	test -x _build/newest/bin/python || $(PYTHON) -m venv _build/newest
	grep '^torch==' constraints.txt > _build/newest/constraints.txt
	_build/newest/bin/python -m pip install -q --upgrade -c _build/newest/constraints.txt -e ".[docs]"
	$(CLEAN) _build/newest/bin/python -m sphinx -n -W -E -T -j $(JOBS) -b html -d _build/newest/doctrees -c . docs _build/newest/html

# Make every claim's break, see its evidence fall, and record it in docs/breaks.json. SAMPLE=30 runs only so many and records nothing.
mutants: $(READY)
	$(CLEAN) PYTHONPATH=docs/_ext $(BIN)/python -m claims.mutants $(if $(PAGE),--page $(PAGE)) $(if $(SAMPLE),--sample $(SAMPLE))

# Let the shipped model say the whole test part again, and fail if the recorded figures are others. Minutes.
evaluate: $(READY)
	$(CLEAN) OMP_NUM_THREADS=$(CORES) $(BIN)/python -m transformer evaluate --check transformer/spelling/pretrained.evaluation.json

# Run every claim under another torch, in an environment of its own, and record the result: make claims TORCH=2.14.1
# Without TORCH it is the newest that can be installed.
claims:
	test -x _build/torch/$(OTHER)/bin/python || $(PYTHON) -m venv _build/torch/$(OTHER)
	grep -v '^torch==' constraints.txt > _build/torch/$(OTHER)/constraints.txt
	_build/torch/$(OTHER)/bin/python -m pip install -q --upgrade -c _build/torch/$(OTHER)/constraints.txt \
		torch$(addprefix ==,$(TORCH)) -e ".[docs]"
	$(CLEAN) PYTHONPATH=docs/_ext _build/torch/$(OTHER)/bin/python -m claims.under_torch

# Two builds in different folders, time zones, locales, job counts and hash seeds must give the same bytes.
reproducible: $(READY)
	$(BIN)/python docs/_ext/reproducible.py

# How fast the package trains and decodes, beside three other libraries and the bare matrix products. They have an environment of
# their own, so that the book's does not change. Five minutes, on a machine that does nothing else.
$(BENCH)/.ready: pyproject.toml constraints.txt
	test -x $(BENCH)/bin/python || $(PYTHON) -m venv $(BENCH)
	$(if $(TORCH_INDEX),$(BENCH)/bin/python -m pip install -q -c constraints.txt torch --index-url $(TORCH_INDEX))
	$(BENCH)/bin/python -m pip install -q -c constraints.txt -e ".[bench]"
	touch $@

bench: $(BENCH)/.ready
	$(CLEAN) OMP_NUM_THREADS=2 HF_HUB_OFFLINE=1 PYTHONPATH=tests $(BENCH)/bin/python -m bench $(if $(PROFILE),--profile)

# What a build costs beyond its cells, beside stock kernels; the figures go to the page on how the book is checked.
bench-build: $(READY)
	$(CLEAN) $(BIN)/python docs/_ext/bench_build.py

# Change the package in every way that mutmut knows: the pages must notice, or the tests, or nobody could. Half an hour.
mutation: $(READY)
	$(CLEAN) PYTHONPATH=docs/_ext $(BIN)/python -m mutation

lint: $(READY) lint-hosting
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

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf _build
