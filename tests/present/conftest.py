"""A real Chromium for pages."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import codellm_graph as cg

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

_REMEDY = (
    "no Chromium found. Install Debian's package chromium, or set CHROMIUM to the browser's path; "
    "CODELLM_GRAPH_NO_BROWSER=1 leaves the browser tests out"
)
SCREENSHOTS = Path(os.environ.get("CODELLM_GRAPH_SCREENSHOTS", "screenshots"))
#: Runs before the page's scripts: what the policy forbids is told as an error.
_POLICY = """document.addEventListener("securitypolicyviolation",
  (e) => console.error(`policy: ${e.violatedDirective} ${e.blockedURI} ${e.sample}`));"""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if os.environ.get("CODELLM_GRAPH_NO_BROWSER") == "1":
        pytest.skip("left out by CODELLM_GRAPH_NO_BROWSER=1")
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("CHROMIUM") or next((p for p in map(shutil.which, names) if p), None)
    if path is None:
        pytest.fail(_REMEDY)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        started = playwright.chromium.launch(executable_path=path, args=arguments)
        yield started
        started.close()


@dataclass
class Opened:
    """A page with everything that it did wrong."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def wait_until(self, expression: str) -> None:
        # wait_for_function needs eval, which the page's policy forbids.
        for _ in range(100):
            if self.page.evaluate(expression):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"never true: {expression}")

    def shoot(self, name: str) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")


@pytest.fixture
def open_page(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    """Open HTML text as an offline file; keep requests, console errors and policy violations."""
    pages: list[Opened] = []

    def opened(
        text: str,
        *,
        width: int = 1400,
        height: int = 850,
        scheme: str = "light",
        bypass_csp: bool = False,
        address: str = "",
        **context_options: Any,
    ) -> Opened:
        file = tmp_path / f"page{len(pages)}.html"
        file.write_text(text, encoding="utf-8")
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            bypass_csp=bypass_csp,
            offline=True,
            **{"locale": "en-GB", **context_options},
        )
        context.add_init_script(_POLICY)
        result = Opened(context.new_page())
        page = result.page
        page.on("request", lambda r: result.requests.append(r.url))
        page.on("pageerror", lambda e: result.complaints.append(str(e)))
        page.on(
            "console", lambda m: result.complaints.append(m.text) if m.type in ("error", "warning") else None
        )
        page.on("dialog", lambda d: (result.complaints.append(f"dialog {d.message}"), d.dismiss()))
        page.goto(f"{file.as_uri()}#{address}" if address else file.as_uri())
        result.wait_until("window.codellmGraph !== undefined")
        pages.append(result)
        return result

    yield opened
    for result in pages:
        result.page.context.close()


@pytest.fixture
def explorer(open_page: Callable[..., Opened]) -> Iterator[Callable[..., Opened]]:
    """Open an explorer as ``open_page``; at the end it must have asked for nothing and complained of nothing."""
    pages: list[Opened] = []

    def opened(text: str, **options: Any) -> Opened:
        pages.append(open_page(text, **options))
        return pages[-1]

    yield opened
    for result in pages:
        assert result.complaints == []
        assert len(result.requests) == 1
        assert result.requests[0].startswith("file:")


@pytest.fixture(scope="session")
def page_all(graph: cg.Store) -> str:
    """Export the bundled graph, with the camera that is a plain canvas."""
    return cg.to_html(graph, camera="canvas")


@pytest.fixture(scope="session")
def page_all_vis(graph: cg.Store) -> str:
    return cg.to_html(graph, camera="vis")


@pytest.fixture(scope="session")
def page_deepswe(graph: cg.Store) -> str:
    """Export what DeepSWE comes from and went into."""
    return cg.to_html(graph, "DeepSWE", camera="canvas")


@pytest.fixture(scope="session")
def page_deepswe_vis(graph: cg.Store) -> str:
    return cg.to_html(graph, "DeepSWE", camera="vis")
