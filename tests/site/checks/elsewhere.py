"""A page asks for nothing from elsewhere: no tag names what is outside the site, and one names the icon."""

from tests.site.reading import Opened

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


def faults(opened: Opened) -> list[str]:
    """List the tags that would make a browser ask others. What it did ask for is noted when the page is opened."""
    found = [f"from elsewhere: {tag}" for tag in opened.page.evaluate(FROM_ELSEWHERE, opened.reader.address)]
    if not opened.page.locator("link[rel~=icon]").count():
        found.append("no icon, so that browsers ask the root of the host for one")
    return found
