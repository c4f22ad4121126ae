"""Without scripts a page still shows what it has to say."""

from reading import Reader

WORDS = """() => {
  const article = document.querySelector("article.bd-article") || document.querySelector("main");
  if (!article || !article.querySelector("h1")) return null;
  // Controls are written by scripts, and no part of the text.
  for (const control of article.querySelectorAll("form, select, button")) control.style.display = "none";
  const unseen = [...article.querySelectorAll("*")].filter(
    (element) => getComputedStyle(element).opacity === "0" && element.innerText);
  const words = (element) => element.innerText.split(/\\s+/).filter(Boolean).length;
  return {
    words: words(article) - unseen.reduce((sum, element) => sum + words(element), 0),
    title: article.querySelector("h1").getClientRects().length > 0,
  };
}"""
# What only scripts write may be missing: on the pages of the book, next to nothing.
KEPT = 0.95


def faults(reader: Reader, page: str) -> list[str]:
    """Compare what a reader sees without scripts with what one sees with them."""
    with reader.open(page) as opened:
        full = opened.page.evaluate(WORDS)
    with reader.open(page, scripts=False) as opened:
        plain = opened.page.evaluate(WORDS)
    if not full or not plain or not plain["title"]:
        return ["no title in sight without scripts"]
    if plain["words"] < KEPT * full["words"]:
        return [f"{plain['words']} words in sight without scripts, {full['words']} with them"]
    return []
