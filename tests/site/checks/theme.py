"""The switch between light and dark works, and its choice is kept from page to page."""

from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as TooLong

from tests.site.reading import Reader, Scheme

LUMINANCE = """() => {
  const [red, green, blue] = getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g).map(Number);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}"""


def shown(page: Page) -> tuple[str, str]:
    """Tell which theme a page says it shows, and which one its background shows."""
    return str(page.evaluate("document.documentElement.dataset.theme")), "dark" if page.evaluate(LUMINANCE) < 128 else "light"


def choose(page: Page, mode: str, patience: int) -> None:
    """Choose a theme with the keyboard alone."""
    page.locator(".theme-switch-button:visible").first.focus()
    page.keyboard.press("Enter")
    page.locator(f".theme-change-button[data-mode={mode}]:visible").first.focus(timeout=patience)
    page.keyboard.press("Enter")


def faults(reader: Reader, page: str, other: str) -> list[str]:
    """Choose each theme against the system's, and look at it on the page, after a reload, and on another page."""
    return [*chosen(reader, page, other, "light", "dark"), *chosen(reader, page, other, "dark", "light")]


def chosen(reader: Reader, page: str, other: str, system: Scheme, mode: Scheme) -> list[str]:
    """Choose a theme where the system asks for another."""
    with reader.open(page, scheme=system) as opened:
        seen = [("before", system, shown(opened.page))]
        try:
            choose(opened.page, mode, reader.patience)
        except TooLong:
            return [*opened.faults, f"{mode} cannot be chosen"]
        seen.append(("chosen", mode, shown(opened.page)))
        opened.page.reload()
        seen.append(("after a reload", mode, shown(opened.page)))
        opened.page.goto(reader.address + other)
        seen.append(("on another page", mode, shown(opened.page)))
        wrong = [f"{when}: {found}, expected {mode}" for when, mode, found in seen if found != (mode, mode)]
        return [*opened.faults, *wrong]
