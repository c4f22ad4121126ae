"""The package as a wheel, which the site carries: a notebook on another machine installs it from there."""

from pathlib import Path

from hatchling.builders.wheel import WheelBuilder
from sphinx.application import Sphinx

from press.assets import TAKE_ALONG


def build(app: Sphinx) -> Path:
    """Write the wheel into the finished site; the same sources give the same bytes.

    Args:
        app: The application; the package's sources are in its ``confdir``.

    Returns:
        Where it is.
    """
    (made,) = WheelBuilder(str(app.confdir)).build(directory=str(Path(app.outdir, TAKE_ALONG)), versions=["standard"])
    return Path(made)
