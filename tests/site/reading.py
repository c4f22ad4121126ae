"""A reader: a browser that opens pages of a site and notes what goes wrong meanwhile."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from playwright.sync_api import Browser, BrowserType, ConsoleMessage, Page, Request, Response

PHONE, DESK = 390, 1280
Scheme = Literal["light", "dark"]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
# For each visitor the browser's own address bar would load two pages of its own, which costs more than a page of the site.
ADDRESS_BAR = "WebUIOmniboxPopup,WebUIOmniboxAimPopup"
# Only the last switch of a kind counts, so what Playwright switches off by the same is repeated.
PLAYWRIGHT_S_OWN = (
    "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,LensOverlay,"
    "MediaRouter,PaintHolding,ThirdPartyStoragePartitioning,AvoidCorsURLLoaderRestartOnRedirect,OptimizationHints,"
    "NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch"
)
# Where `content-visibility` lets them, browsers guess the size of what is out of sight, and do not count its words as text.
WHOLE = """() => {
  const all = new CSSStyleSheet();
  all.replaceSync("* { content-visibility: visible !important; }");
  document.adoptedStyleSheets = [all];
}"""
# Drawn means laid out: two frames after everything has loaded and the page's end has been in sight.
# Once in ten thousand times a frame does not come; what it would show is measured all the same.
SETTLED = """async () => {
  const frame = () => new Promise((done) => { requestAnimationFrame(done); setTimeout(done, 2000); });
  scrollTo(0, document.documentElement.scrollHeight); await frame(); await frame();
  scrollTo(0, 0); await frame(); await frame();
}"""
UNFOLD = "() => document.querySelectorAll('details').forEach((details) => { details.open = true; })"


@dataclass
class Opened:
    """A page in the browser, who opened it at which address of the site, and what went wrong since."""

    reader: "Reader"
    path: str
    page: Page
    faults: list[str] = field(default_factory=list)

    def unfold(self) -> None:
        """Open everything that is folded."""
        self.page.evaluate(UNFOLD)
        self.page.evaluate(SETTLED)


@dataclass(frozen=True)
class Reader:
    """Someone who reads the site at an address, be it of a server or of a folder (file://).

    Args:
        browser: what the site is read with.
        address: of the site; ends in a slash.
        patience: how many milliseconds it may take until something appears that a script writes.
    """

    browser: Browser
    address: str
    patience: int = 10_000

    @contextmanager
    def open(self, page: str, *, width: int = DESK, scheme: Scheme = "light", scripts: bool = True) -> Iterator[Opened]:
        """Open a page as someone who was never here before.

        Args:
            page: the page's address, relative to the site's.
            width: of the window, in CSS pixels.
            scheme: the colours that the reader's system asks for.
            scripts: whether the browser runs scripts.
        """
        context = self.browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=scripts, reduced_motion="reduce"
        )
        context.set_default_timeout(60_000)  # a page takes a second; a busy machine may take many
        try:
            opened = Opened(self, page, context.new_page())
            context.on("console", lambda message: self._console(opened, message))
            context.on("request", lambda request: self._request(opened, request))
            context.on("requestfailed", lambda request: self._failed(opened, request))
            context.on("response", lambda response: self._response(opened, response))
            opened.page.on("pageerror", lambda error: opened.faults.append(f"error in a script: {error}"))
            opened.page.goto(self.address + page)
            opened.page.evaluate(WHOLE)
            if scripts:
                opened.page.evaluate(SETTLED)
            yield opened
        finally:
            context.close()

    @staticmethod
    def _console(opened: Opened, message: ConsoleMessage) -> None:
        if message.type == "error":
            opened.faults.append(f"error in the console: {message.text} ({message.location.get('url')})")

    def _request(self, opened: Opened, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            opened.faults.append(f"request outside the site: {request.url}")

    @staticmethod
    def _failed(opened: Opened, request: Request) -> None:
        opened.faults.append(f"failed request: {request.url}: {request.failure}")

    @staticmethod
    def _response(opened: Opened, response: Response) -> None:
        if response.status >= 400:
            opened.faults.append(f"failed request: {response.url}: {response.status}")


def launched(kind: BrowserType) -> Browser:
    """Start the machine's own Chromium, which finds no host but this machine.

    Raises:
        FileNotFoundError: there is none.
    """
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise FileNotFoundError(f"no browser: none of {', '.join(BROWSERS)} is installed")
    rules = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    without = f"--disable-features={PLAYWRIGHT_S_OWN},{ADDRESS_BAR}"
    switches = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", rules, without]
    return kind.launch(executable_path=found, args=switches)
