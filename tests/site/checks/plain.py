"""Without scripts a page still shows what it has to say."""

from tests.site.reading import Opened

WORDS = """() => {
  const article = document.querySelector("article.bd-article") || document.querySelector("main");
  if (!article || !article.querySelector("h1")) return null;
  // Controls are written by scripts, and no part of the text. They come back, since others look at the page too.
  const controls = [...article.querySelectorAll("form, select, button")];
  const before = controls.map((control) => control.style.display);
  for (const control of controls) control.style.display = "none";
  const unseen = [...article.querySelectorAll("*")].filter(
    (element) => getComputedStyle(element).opacity === "0" && element.innerText);
  const words = (element) => element.innerText.split(/\\s+/).filter(Boolean).length;
  const seen = {
    words: words(article) - unseen.reduce((sum, element) => sum + words(element), 0),
    title: article.querySelector("h1").getClientRects().length > 0,
  };
  controls.forEach((control, i) => { control.style.display = before[i]; });
  return seen;
}"""
# What only scripts write may be missing: on the pages of the book, next to nothing.
KEPT = 0.95


def faults(opened: Opened) -> list[str]:
    """Compare what is in sight on a page, as it opens, with what another reader sees of it without scripts."""
    full = opened.page.evaluate(WORDS)
    with opened.reader.open(opened.path, scripts=False) as other:
        plain = other.page.evaluate(WORDS)
    if not full or not plain or not plain["title"]:
        return ["no title in sight without scripts"]
    if plain["words"] < KEPT * full["words"]:
        return [f"{plain['words']} words in sight without scripts, {full['words']} with them"]
    return []
