"""The button on a code cell copies the code, and only the code."""

from playwright.sync_api import TimeoutError as TooLong

from tests.site.reading import Reader

CODE = "div.cell_input:visible div.highlight"


def faults(reader: Reader, page: str) -> list[str]:
    """Press the button of a page's first cell in sight and compare the clipboard with the cell."""
    with reader.open(page) as opened:
        opened.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        cell = opened.page.locator(CODE).first
        try:
            cell.hover()
            cell.locator("button.copybtn").click(timeout=reader.patience)
        except TooLong:
            return ["no button to copy a cell"]
        copied = str(opened.page.evaluate("navigator.clipboard.readText()"))
        code = cell.locator("pre").evaluate("(pre) => pre.textContent")
        # Copied lines end without spaces, and the last one without a line break.
        right = [line.rstrip() for line in copied.rstrip().splitlines()] == [line.rstrip() for line in code.rstrip().splitlines()]
        return opened.faults + ([] if right else [f"copied {copied!r} instead of {code!r}"])
