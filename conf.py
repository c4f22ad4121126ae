"""Sphinx settings. Data, no program."""

import os
import sys
from importlib.metadata import version as installed_version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "docs"))

project = "The Transformer, Checked"
author = "The Transformer, Checked maintainers"
copyright = "2026, The Transformer, Checked maintainers"  # noqa: A001 - Sphinx reads this name
release = version = installed_version("transformer-checked")
language = "en"

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "notfound.extension",
    "sphinxcontrib.bibtex",
    "press",
]
exclude_patterns = ["press", "_static", "**/_*.md"]
nitpicky = True

claims_sources = [
    "transformer/**/*.py",
    "transformer/spelling/pretrained/*",
    "docs/press/**/*.py",
    "conf.py",
    "constraints.txt",
]
RECORDS = "docs/press/audit/records"
claims_breaks = f"{RECORDS}/breaks.json"
claims_versions = f"{RECORDS}/versions"
claims_variations = f"{RECORDS}/variations.json"
claims_records = [
    f"{RECORDS}/breaks.json",
    f"{RECORDS}/variations.json",
    f"{RECORDS}/versions/*.json",
    f"{RECORDS}/mutation.json",
]
claims_notes = "docs/notes/_notes.toml"
mutation_record = f"{RECORDS}/mutation.json"
execution_seconds = f"{RECORDS}/seconds.json"

nb_execution_mode = "force"
nb_execution_allow_errors = True  # the claims extension ends the build on any error, and can so name every claim that fell
nb_execution_in_temp = True
nb_execution_timeout = 600  # of a cell; the longest, which says the whole test part, takes 15 seconds alone
nb_output_stderr = "error"
nb_merge_streams = True
nb_code_prompt_show = "Show the code"
nb_code_prompt_hide = "Hide the code"

myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist", "dollarmath", "fieldlist"]
myst_heading_anchors = 3

html_math_renderer = "mathml"
html_theme = "sphinx_book_theme"
html_title = project
html_baseurl = os.environ.get("SITE_URL") or os.environ.get("READTHEDOCS_CANONICAL_URL", "")
html_context = {"default_mode": "light"}  # without JavaScript; with it, mode.js follows the reader's choice or system
html_logo = "docs/_static/logo.svg"
html_favicon = "docs/_static/favicon.svg"
html_static_path = ["docs/_static"]
html_css_files = ["look.css", "figures.css", ("print.css", {"media": "print", "priority": 950})]  # after those of the wings
html_copy_source = False
html_show_sourcelink = False
REPOSITORY = os.environ.get("REPOSITORY_URL", "")  # unset: no page offers to edit it
html_theme_options = {
    "logo": {"text": project},
    "footer_content_items": "copyright.html, last-updated.html, extra-footer.html",
    "article_footer_items": ["take-along.html"],
    "show_toc_level": 2,
    "use_download_button": False,
    "use_fullscreen_button": False,
    "navigation_with_keys": True,
    "repository_url": REPOSITORY,
    "repository_branch": "main",
    "path_to_docs": "docs",
    "use_repository_button": bool(REPOSITORY),
    "use_edit_page_button": bool(REPOSITORY),
    "use_issues_button": bool(REPOSITORY),
}

ogp_image = "_static/social-card.png"
ogp_image_alt = "The Transformer, Checked: every claim is decided by code that runs when the book is built."
ogp_enable_meta_description = False  # pages say what they are about whether or not the address is known
ogp_social_cards = {"enable": False}  # made cards have no Chinese glyphs
ogp_custom_meta_tags = ['<meta name="twitter:card" content="summary_large_image" />']

citation_file = "CITATION.cff"

bibtex_bibfiles = ["docs/reference/bibliography.bib"]
bibtex_default_style = "plain"
bibtex_cite_id = "paper-{bibliography_count}-{key}"
bibtex_bibliography_id = "papers-{bibliography_count}"

autodoc_typehints = "none"  # shapes and types stand in the docstrings
autodoc_member_order = "bysource"
napoleon_use_rtype = False  # a return value is told in words, so a colon in them sets no type apart
napoleon_custom_sections = [("Source", "returns_style")]

# The printed book
latex_engine = "xelatex"
latex_documents = [
    (  # the first page, the file, title, author, class
        "index",
        "the-transformer-checked.tex",
        project,
        author,
        "manual",
        False,
    )
]
latex_elements = {
    "papersize": "",
    "pointsize": "10pt",
    "extraclassoptions": "openany,twoside",
    "fncychap": "",
    "fontpkg": "",
    "geometry": r"\usepackage[papersize={170mm, 240mm}, hmargin={23mm, 20mm}, vmargin={24mm, 22mm}, headsep=7mm]{geometry}",
    "preamble": r"\usepackage{pdf}",
    "maketitle": r"\volumetitle",
    "makeindex": "",  # an index of Python names: the printed book has no use for it
    "printindex": "",
}
latex_additional_files = ["docs/press/downloads/pdf.sty"]
latex_docclass = {"manual": "book"}
latex_domain_indices = False
latex_use_xindy = False

# The e-book
epub_basename = "the-transformer-checked"
epub_theme = "epub"
epub_author = epub_publisher = epub_contributor = author
epub_description = "Questions about the Transformer, and every claim decided by code that ran when this book was made."
epub_identifier = epub_uid = "the-transformer-checked"  # the two lists of contents must agree
epub_scheme = "URI"
epub_show_urls = "no"
epub_exclude_files = ["404.xhtml"]
epub_use_index = False
epub_tocdepth = 2
epub_tocscope = "includehidden"

# `make foreign-links`: these answer people, not programs
linkcheck_ignore = [
    r"https://(zhuanlan\.zhihu|blog\.csdn|wandb)\..*",
    r"https://stats\.stackexchange\.com/.*",
]
linkcheck_anchors_ignore_for_url = [r"https://github\.com/.*"]  # made by scripts
linkcheck_retries = 3
linkcheck_timeout = 30
linkcheck_report_timeouts_as_broken = True
