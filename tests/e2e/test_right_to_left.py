"""Arabic and Hebrew run from the right, beside Japanese that runs from the left, for customers and agents."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import DemoServer, WidgetPage
from tests.e2e.test_story import ENGLISH, _open_chat

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

ARABIC = "أريد إرجاع المنتج 123، كم يوما؟"
JAPANESE = "返品したいです。"
#: Of each paragraph: whether its first letter stands right of its middle.
RUNS_FROM_THE_RIGHT = """box => [...box.querySelectorAll('p')].map(one => {
    const range = document.createRange();
    range.setStart(one.firstChild, 0);
    range.setEnd(one.firstChild, 1);
    const letter = range.getBoundingClientRect(), whole = one.getBoundingClientRect();
    return letter.left > whole.left + whole.width / 2;
})"""


def paragraphs(message: Locator) -> list[bool]:
    found: list[bool] = message.locator(".rich").first.evaluate(RUNS_FROM_THE_RIGHT)
    return found


def test_each_paragraph_runs_as_its_own_words_do(demo: DemoServer, customer: Page, agent: Page) -> None:
    chat: WidgetPage = _open_chat(customer, demo, ENGLISH)
    chat.find("input").fill(ARABIC)
    assert chat.find("input").evaluate("box => getComputedStyle(box).direction") == "rtl"
    chat.say(f"{ARABIC}\n\n{JAPANESE}")
    assert paragraphs(chat.said_by("customer").last) == [True, False]
    agent.goto(f"{demo.url}/console")
    agent.get_by_test_id("login-email").fill(demo.email)
    agent.get_by_test_id("login-password").fill(demo.password)
    agent.get_by_test_id("login-submit").click()
    agent.get_by_test_id("tab-assistant").click()
    agent.get_by_test_id("inbox-row").first.click()
    message = agent.locator('[data-testid="message"][data-author="customer"]').last
    expect(message).to_contain_text(JAPANESE)
    assert paragraphs(message) == [True, False]
