"""A line of code that is too long for a phone goes on further right than it begins."""

from tests.site.reading import PHONE, Reader

# Of each line that breaks: where it begins, and where its further rows begin.
ROWS = """() => [...document.querySelectorAll("article .code-line")].filter((line) => line.checkVisibility()).map((line) => {
  const range = document.createRange();
  range.selectNodeContents(line);
  const rows = new Map();
  for (const { left, bottom, width } of range.getClientRects()) {
    if (width) rows.set(Math.round(bottom), Math.min(left, rows.get(Math.round(bottom)) ?? Infinity));
  }
  return [...rows].sort((one, other) => one[0] - other[0]).map((row) => row[1]);
}).filter((lefts) => lefts.length > 1)"""


def faults(reader: Reader, page: str) -> list[str]:
    """Compare the rows of every line that breaks."""
    with reader.open(page, width=PHONE) as opened:
        opened.unfold()
        broken = opened.page.evaluate(ROWS)
        wrong = [lefts for lefts in broken if min(lefts[1:]) <= lefts[0]]
        if not broken:
            opened.faults.append("no line of code breaks")
        if wrong:
            opened.faults.append(f"{len(wrong)} of {len(broken)} lines go on where they begin")
        return opened.faults
