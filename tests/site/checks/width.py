"""Nothing on a page is wider than the window."""

from tests.site.reading import Opened

# The page may scroll down, never sideways, and nothing may be cut off at its edge. What sticks out of a box that scrolls is
# no fault, and what lies beside the window as a whole waits to be called, as a drawer does.
TOO_WIDE = """() => {
  const root = document.documentElement;
  const scrolls = (element) => element && element !== root && element !== document.body &&
    (["auto", "scroll"].includes(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
  const crosses = (box) => box.left < root.clientWidth && box.right > root.clientWidth + 0.5;
  const out = [...document.body.querySelectorAll("*")].filter((element) => element.checkVisibility() &&
    crosses(element.getBoundingClientRect()) && !scrolls(element.parentElement));
  if (root.scrollWidth <= root.clientWidth && !out.length) return null;
  const names = out.map((element) => element.localName + (element.id ? "#" + element.id : "") +
    [...element.classList].map((name) => "." + name).join(""));
  return `${root.scrollWidth} px in a window of ${root.clientWidth}: ${names.slice(-3).join(", ")}`;
}"""


def faults(opened: Opened) -> list[str]:
    """Say what makes a page scroll sideways."""
    found = opened.page.evaluate(TOO_WIDE)
    return [f"too wide: {found}"] if found else []
