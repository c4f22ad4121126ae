"""Every page carries a Content-Security-Policy that lets it run the site's own scripts and nothing else."""

from bs4 import BeautifulSoup

from tests.site.built import Site

OWN = {"'self'", "'none'"}
SCRIPTS = ("script-src", "script-src-elem", "script-src-attr")


def directives(policy: str) -> dict[str, set[str]]:
    """Split a policy into its directives."""
    parts = [part.split() for part in policy.split(";") if part.strip()]
    return {part[0].lower(): set(part[1:]) for part in parts}


def faults(site: Site, page: str) -> list[str]:
    """Read a page's policy, and look for what it would stop."""
    soup = BeautifulSoup(site.read(page), "html.parser")
    metas = soup.select('head > meta[http-equiv="Content-Security-Policy" i]')
    if len(metas) != 1:
        return [f"{len(metas)} policies, expected one"]
    policy = directives(str(metas[0].get("content", "")))
    found = []
    if not policy.get("default-src", set()) <= OWN or "default-src" not in policy:
        found.append(f"default-src allows {policy.get('default-src')}")
    for name in SCRIPTS:
        allowed = policy.get(name, policy.get("script-src", policy.get("default-src", {"*"})))
        if not allowed <= OWN:
            found.append(f"{name} allows {sorted(allowed - OWN)}")
    # A policy rules only over what comes after it.
    found += [f"before the policy: {tag}" for tag in metas[0].find_all_previous(["script", "link", "style"])]
    found += [f"script inside the page: {tag}" for tag in soup.select("script:not([src])") if is_run(str(tag.get("type", "")))]
    for tag in soup.find_all(True):
        found += [f"handler inside a tag: {name} of {tag.name}" for name in tag.attrs if name.startswith("on")]
    return found


def is_run(kind: str) -> bool:
    """Tell whether a browser runs a script of this type; data blocks are none."""
    return kind in ("", "module", "importmap", "text/javascript", "application/javascript")
