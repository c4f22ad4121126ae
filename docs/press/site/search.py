"""Search that finds English and Chinese words on one page.

Sphinx splits text at spaces and signs. Chinese has none inside a sentence, so a whole clause would count as one word, and a query
for a word in it would find nothing. Here every run of Chinese characters is indexed, and asked for, as pairs of neighbours:
注意力 is 注意 and 意力. A page is found if it holds all pairs of the query. No dictionary is needed, at build time or in the
browser.

English words stay as Sphinx treats them.
"""

import re
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.search.en import SearchEnglish
from sphinx.util.typing import ExtensionMetadata

HAN = r"㐀-䶿一-鿿豈-﫿"
PARTS = re.compile(rf"[{HAN}]+|[^\W{HAN}]+")
IS_HAN = re.compile(rf"[{HAN}]")

# Sphinx's own splitter, with pairs for what is Chinese. The name is the one that Sphinx looks for.
SPLITTER = f"""
var splitQuery = (query) =>
  (query.match(/[{HAN}]+|(?:(?![{HAN}])[\\p{{Letter}}\\p{{Number}}_\\p{{Emoji_Presentation}}])+/gu) || []).flatMap((part) =>
    /[{HAN}]/.test(part) && part.length > 1
      ? Array.from({{ length: part.length - 1 }}, (_, i) => part.slice(i, i + 2))
      : [part],
  );
"""


class SearchEnglishAndHan(SearchEnglish):
    """English search, with Chinese words as pairs of characters."""

    js_splitter_code = SPLITTER

    def split(self, input: str) -> list[str]:  # noqa: A002 - Sphinx names it
        """Return the words of a text; of Chinese, each character and each pair of neighbours."""
        return [word for part in PARTS.findall(input) for word in (_pairs(part) if IS_HAN.match(part) else [part])]


def _pairs(run: str) -> list[str]:
    return [*run, *(run[i : i + 2] for i in range(len(run) - 1))]


def use_scorer(app: Sphinx, config: Config) -> None:
    """Give the points by our own script; Sphinx would look for it from wherever the build was started."""
    config.html_search_scorer = str(Path(__file__).with_name("search_scorer.js"))


def setup(app: Sphinx) -> ExtensionMetadata:
    """Take the place of Sphinx's English."""
    app.add_search_language(SearchEnglishAndHan)
    app.connect("config-inited", use_scorer)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
