"""A page opens: no error, no request outside the site, nothing asked for from elsewhere, nothing wider than the window."""

from reading import Opened, Reader, Scheme

# What a tag would load or send to, whether or not it did this time. Links that the reader may follow are not among them.
FROM_ELSEWHERE = """(home) => {
  const loads = new Set(["stylesheet", "preload", "modulepreload", "prefetch", "preconnect", "dns-prefetch", "icon", "manifest"]);
  const found = [];
  const tags = "[src], [srcset], [poster], object[data], form[action], link[href], use, image";
  for (const element of document.querySelectorAll(tags)) {
    if (element.localName === "link" && !element.rel.split(" ").some((rel) => loads.has(rel))) continue;
    const named = ["src", "srcset", "poster", "data", "action", "href", "xlink:href"].map((name) => element.getAttribute(name));
    const addresses = named.filter(Boolean).map((value) => new URL(value.trim().split(/\\s/)[0], document.baseURI).href);
    if (addresses.some((address) => !address.startsWith(home) && !address.startsWith("data:"))) found.push(element.outerHTML);
  }
  return found;
}"""
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


def faults_of_width(opened: Opened) -> list[str]:
    """Say what makes a page scroll sideways."""
    found = opened.page.evaluate(TOO_WIDE)
    return [f"too wide: {found}"] if found else []


def faults(reader: Reader, page: str, *, width: int, scheme: Scheme) -> list[str]:
    """Open a page, unfold it, and say what went wrong."""
    with reader.open(page, width=width, scheme=scheme) as opened:
        folded = faults_of_width(opened)
        opened.unfold()
        outside = [f"from elsewhere: {tag}" for tag in opened.page.evaluate(FROM_ELSEWHERE, reader.address)]
        if not opened.page.locator("link[rel~=icon]").count():
            outside.append("no icon, so that browsers ask the root of the host for one")
        return [*opened.faults, *outside, *(folded or faults_of_width(opened))]
