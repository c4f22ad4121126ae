"""Interview: one page with every question that the book asks, made from the pages that answer them.

``{interview}`` leaves a place. When the page is written, the place is filled from the other pages as they were read: page titles
that are questions, and what stands under a heading labelled ``...-follow-up``. Nothing is typed twice.
"""

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from interview import page, place, render


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive, what fills its place, and the page's own script and style."""
    app.add_domain(place.InterviewDomain)
    app.add_directive("interview", place.InterviewDirective)
    render.register(app)
    app.add_post_transform(page.FillInterview)
    app.connect("env-updated", place.pages_to_write)
    app.connect("html-page-context", place.add_assets)
    return {"version": "1", "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
