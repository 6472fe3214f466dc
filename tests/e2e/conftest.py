"""A served demo and a browser: what a newcomer gets from `make run`, driven by hand."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "test-results" / "screenshots"
READY_SECONDS = 180
#: Chromium must not look for updates on a machine without a network.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class DemoServer:
    """A running `assistant serve --demo`."""

    url: str
    email: str
    password: str
    data: Path


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoServer]:
    data, port = tmp_path_factory.mktemp("data"), _free_port()
    environment = os.environ | {"ASSISTANT_DATA_DIR": str(data), "NO_COLOR": "1"}
    # Webhooks of a story go to this machine, and to nobody else's.
    environment["ASSISTANT_WEBHOOKS_PRIVATE"] = "1"
    command = [sys.executable, "-m", "assistant", "serve", "--demo", "--port", str(port)]
    with (data / "serve.log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        url = f"http://localhost:{port}"
        _wait_until_ready(url, process, data / "serve.log")
        password = (data / "demo-agent.password").read_text().strip()
        yield DemoServer(url=url, email="demo@komorebi.example", password=password, data=data)
    finally:
        process.terminate()
        assert process.wait(timeout=20) == 0, (data / "serve.log").read_text()[-2000:]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def customer(browser: Browser) -> Iterator[Page]:
    yield from _page(browser, 1280, 800)


@pytest.fixture
def agent(browser: Browser) -> Iterator[Page]:
    yield from _page(browser, 1440, 900)


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    yield from _page(browser, 390, 844)


@pytest.fixture
def english(browser: Browser) -> Iterator[Page]:
    """Somebody whose browser speaks English, and no Japanese."""
    yield from _page(browser, 1280, 800, "en-US")


def _page(browser: Browser, width: int, height: int, locale: str = "ja-JP") -> Iterator[Page]:
    """A page of its own visitor; anything that goes wrong in it fails the test."""
    context = browser.new_context(viewport={"width": width, "height": height}, locale=locale)
    page, troubles = context.new_page(), list[str]()
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on(
        "requestfailed", lambda request: troubles.append(request.url) if _is_foreign(request.url) else None
    )
    yield page
    context.close()
    assert troubles == []


def _is_foreign(url: str) -> bool:
    """Whether the page reached for somebody else's server; our own streams are cut when a page closes."""
    return not url.startswith(("http://localhost", "data:", "blob:"))


class WidgetPage:
    """The customer's chat."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def find(self, name: str) -> Locator:
        return self.page.get_by_test_id(f"widget-{name}")

    def said_by(self, author: str) -> Locator:
        return self.page.locator(f'[data-testid="widget-message"][data-author="{author}"]')

    def say(self, text: str) -> None:
        """Send it and wait for what is said to it."""
        before = self.said_by("assistant").count()
        self.find("input").fill(text)
        self.page.keyboard.press("Enter")
        expect(self.said_by("assistant")).to_have_count(before + 1, timeout=15_000)


def sign_in(page: Page, demo: DemoServer, where: str = "") -> None:
    page.goto(f"{demo.url}/console{where}")
    page.get_by_test_id("login-email").fill(demo.email)
    page.get_by_test_id("login-password").fill(demo.password)
    page.get_by_test_id("login-submit").click()


def shot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()
        try:
            if httpx2.get(f"{url}/readyz").status_code == 200:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"not ready in {READY_SECONDS} s: {log.read_text()}")
