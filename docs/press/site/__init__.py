"""What stands around the pages, and what the finished folder is refused for."""

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.typing import ExtensionMetadata

from press.assets import bring
from press.finished import Finished
from press.site import icons, links, policy, stylesheet
from press.site.address import base_path

PARTS = ("address", "cite", "days", "descriptions", "llms", "policy", "search", "tabstops")

REFUSED = {
    "dead links": links.dead_links,
    "times against the policy": policy.faults_of,
    "icons that icons.css does not draw": icons.missing_icons,
}
"""For what the finished folder is refused."""


def look_over(app: Sphinx, exception: Exception | None) -> None:
    """Put the stylesheets together once every page stands, then end the build if a reader would be lost or miss something."""
    if exception is None and app.builder.name == "html":
        site = Finished(Path(app.outdir), base_path(app.config))
        stylesheet.bundle(site)
        found = {what: sorted(set(faults(site))) for what, faults in REFUSED.items()}
        reasons = [line for what, faults in found.items() if faults for line in (f"{len(faults)} {what}", *faults)]
        if reasons:
            raise ExtensionError("\n".join(reasons), modname="press.site")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Load the parts; look at the folder when all else stands."""
    bring(app, Path(__file__).parent, "icons.css")
    for part in PARTS:
        app.setup_extension(f"press.site.{part}")
    app.connect("build-finished", look_over, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
