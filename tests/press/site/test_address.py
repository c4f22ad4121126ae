"""The address at which the site will stand."""

import pytest
from sphinx.config import Config
from sphinx.errors import ConfigError

from press.site.address import settle


@pytest.mark.parametrize("address", ["book.example.org", "https://", "ftp://example.org/", "https://example.org/?a=b"])
def test_an_address_that_no_browser_could_open_is_refused(address: str) -> None:
    config = Config()
    config.add("html_baseurl", address, "html", ())
    with pytest.raises(ConfigError, match="must be like"):
        settle(None, config)  # type: ignore[arg-type] # the application is not looked at
