"""axe finds nothing wrong with any page, in either language, light and dark, on a desk and on a phone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.conftest import DemoServer, WidgetPage, sign_in

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS = [("ja-JP", "light", 1280), ("en-US", "dark", 1280), ("en-US", "light", 390), ("ja-JP", "dark", 390)]


@pytest.fixture(params=LOOKS, ids=lambda look: "-".join(map(str, look)))
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    locale, scheme, width = request.param
    context = browser.new_context(
        locale=locale,
        color_scheme=scheme,
        viewport={"width": width, "height": 844},
        reduced_motion="reduce",
    )
    yield context.new_page()
    context.close()


def faults(page: Page) -> list[str]:
    """What axe finds, a line for each place."""
    page.evaluate(AXE.read_text("utf-8"))
    found: dict[str, Any] = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES
    )
    return [
        f"{page.url} {fault['id']}: {node['target']} {node['failureSummary']}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/help",
        "/help?q=delivery",
        "/console#/welcome/x",
        "/help/ja/delivery/delivery-fee.md",
        "/nothing",
        "/console",
    ],
)
def test_a_page(page: Page, demo: DemoServer, path: str) -> None:
    page.goto(demo.url + path, wait_until="networkidle")
    assert faults(page) == []


def test_the_chat(page: Page, demo: DemoServer) -> None:
    page.goto(demo.url)
    chat = WidgetPage(page)
    chat.find("launcher").click()
    chat.say("送料を地域ごとに教えてください")
    chat.find("input").fill("x" * 4_001)
    assert faults(page) == []
    chat.find("person").click()
    chat.find("waiting").wait_for()
    assert faults(page) == []


def test_the_console(page: Page, demo: DemoServer) -> None:
    sign_in(page, demo)
    page.get_by_test_id("inbox-row").first.click()
    page.get_by_test_id("composer-input").wait_for()
    found = faults(page)
    article = "#/article/ja%2Fdelivery%2Fdelivery-fee.md"
    for place in (
        "#/",
        "#/numbers",
        "#/insight",
        "#/improvements",
        "#/knowledge",
        article,
        "#/article/new%2Fja",
        "#/settings",
        "#/people",
    ):
        page.goto(f"{demo.url}/console{place}")
        page.wait_for_timeout(700)
        found += faults(page)
    assert found == []
