"""An agent's morning in a real browser: search, tag, view, saved reply, snooze, unread; in both languages."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import httpx2
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import DemoServer, shot, sign_in
from tests.e2e.test_accessible import faults

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@dataclass(frozen=True)
class DeskScript:
    language: str
    name: str
    asks: str
    word: str
    tag: str
    filled: str


JAPANESE = DeskScript(
    "ja", "田中花子", "先日届いた土鍋が割れていました", "土鍋", "初期不良", "田中花子様、担当の"
)
ENGLISH = DeskScript("en", "Jo March", "My clay pot arrived broken", "clay", "Damaged", "Jo March, this is")
TEMPLATES = {
    "ja": ("{{customer_name}}様、担当の{{agent_name}}です。", "{{customer_nam}}"),
    "en": ("{{customer_name}}, this is {{agent_name}}.", "{{customer_nam}}"),
}


@dataclass(frozen=True)
class Visitor:
    """A customer who waits, over HTTP."""

    url: str
    headers: dict[str, str]

    def say(self, text: str) -> None:
        httpx2.post(f"{self.url}/messages", json={"id": str(uuid4()), "text": text}, headers=self.headers)


def start_to_wait(demo: DemoServer, script: DeskScript) -> Visitor:
    body = {"locale": script.language, "customer": {"id": uuid4().hex, "name": script.name}}
    opened = httpx2.post(f"{demo.url}/v1/conversations", json=body).json()
    url = f"{demo.url}/v1/conversations/{opened['id']}"
    visitor = Visitor(url, {"Authorization": f"Bearer {opened['token']}"})
    visitor.say(script.asks)
    httpx2.post(f"{url}/handoff", headers=visitor.headers)
    return visitor


@pytest.mark.parametrize(("script", "page_of"), [(JAPANESE, "agent"), (ENGLISH, "english")], ids=["ja", "en"])
def test_an_agents_morning(
    demo: DemoServer, script: DeskScript, page_of: str, request: pytest.FixtureRequest
) -> None:
    page: Page = request.getfixturevalue(page_of)
    page.set_viewport_size({"width": 1440, "height": 900})
    visitor = start_to_wait(demo, script)
    sign_in(page, demo)
    _find_and_claim(page, script)
    _note_and_mend(page, script)
    _tag_and_save_a_view(page, script)
    _write_a_saved_reply(page, script)
    _go_by_the_palette(page, script)
    _tag_many_and_undo(page, script)
    _plan_a_call(page)
    _snooze_until_the_customer_writes(page, script, visitor)


def _find_and_claim(page: Page, script: DeskScript) -> None:
    page.get_by_test_id("inbox-row").first.wait_for()
    page.keyboard.press("Alt+i")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type(script.word)
    expect(page.get_by_test_id("results").get_by_test_id("inbox-row")).to_have_count(1)
    expect(page.locator("mark")).to_have_text(script.word)
    shot(page, f"{script.language}-desk-search")
    page.get_by_test_id("inbox-row").click()
    page.get_by_test_id("claim").click()
    page.get_by_test_id("resolve").wait_for()


def _note_and_mend(page: Page, script: DeskScript) -> None:
    """A note on the person stays; wording is mended; without a model translation says so."""
    page.get_by_test_id("person-note-text").fill(f"<b>{script.name}</b>")
    page.get_by_test_id("save-person-note").click()
    expect(page.get_by_test_id("person-note").first).to_contain_text(f"<b>{script.name}</b>")
    draft = page.get_by_test_id("composer-input")
    draft.fill("了解しました。")
    page.get_by_test_id("mend").click()
    expect(draft).to_have_value("承知いたしました。")
    page.get_by_test_id("tools").click()
    page.get_by_test_id("translate").click()
    said = "対話モデル" if script.language == "ja" else "chat model"
    expect(page.get_by_test_id("composer-tools")).to_contain_text(said)
    assert faults(page) == []
    draft.fill("")
    page.get_by_test_id("tools").click()


def _tag_and_save_a_view(page: Page, script: DeskScript) -> None:
    page.keyboard.press("Alt+t")
    expect(page.get_by_test_id("tags").get_by_role("combobox")).to_be_focused()
    page.keyboard.type(script.tag)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("tags").locator(".tag")).to_have_text(script.tag)
    page.get_by_test_id("stop-searching").click()
    page.get_by_test_id("filter").click()
    page.get_by_test_id("filter-tag").select_option(label=script.tag)
    page.get_by_test_id("view-name").fill(script.tag)
    page.get_by_test_id("save-view").click()
    expect(page.get_by_test_id("view").locator("option:checked")).to_have_text(f"{script.tag} (1)")
    assert faults(page) == []
    shot(page, f"{script.language}-desk-view")
    page.get_by_test_id("filter").click()


def _write_a_saved_reply(page: Page, script: DeskScript) -> None:
    text, wrong = TEMPLATES[script.language]
    page.get_by_test_id("replies").click()
    page.get_by_test_id("new-reply").click()
    page.get_by_test_id("reply-name").fill(script.tag)
    page.get_by_test_id("reply-text").fill(wrong)
    page.get_by_test_id("reply-save").click()
    expect(page.get_by_test_id("reply-problem")).to_contain_text(wrong)
    page.get_by_test_id("reply-text").fill(text)
    page.get_by_test_id("reply-save").click()
    expect(page.get_by_test_id("saved-reply")).to_contain_text([script.tag])
    page.keyboard.press("Escape")
    page.get_by_test_id("composer-input").fill(f"/{script.tag[:3]}")
    expect(page.get_by_test_id("reply-choice")).to_have_count(1)
    assert faults(page) == []
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("composer-input")).to_have_value(re.compile(f"^{re.escape(script.filled)}"))
    page.keyboard.press("Control+Enter")
    expect(page.locator('[data-testid="message"][data-author="agent"]')).to_contain_text([script.filled])


def _go_by_the_palette(page: Page, script: DeskScript) -> None:
    page.keyboard.press("Control+k")
    page.get_by_test_id("palette-input").fill(script.word)
    expect(page.get_by_test_id("palette-entry").first).to_contain_text(script.name)
    assert faults(page) == []
    shot(page, f"{script.language}-desk-palette")
    page.get_by_test_id("palette-input").fill("スヌーズ" if script.language == "ja" else "snooze")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("snooze-tomorrow")).to_be_visible()
    page.keyboard.press("Escape")


def _plan_a_call(page: Page) -> None:
    page.get_by_test_id("plan-call").click()
    page.get_by_test_id("call-number").fill("110")
    start = datetime.now() + timedelta(hours=2)
    page.get_by_test_id("call-from").fill(f"{start:%Y-%m-%dT%H:%M}")
    page.get_by_test_id("call-to").fill(f"{start + timedelta(hours=1):%Y-%m-%dT%H:%M}")
    page.get_by_test_id("call-save").click()
    expect(page.get_by_test_id("call-problem")).to_be_visible()
    page.get_by_test_id("call-number").fill("03-1234-5678")
    page.get_by_test_id("call-save").click()
    expect(page.get_by_test_id("call-badge").first).to_be_visible()
    assert faults(page) == []
    page.get_by_test_id("calls").scroll_into_view_if_needed()
    shot(page, "desk-call")
    page.get_by_test_id("call-cancelled").click()
    expect(page.get_by_test_id("call-badge")).to_have_count(0)


def _tag_many_and_undo(page: Page, script: DeskScript) -> None:
    tagged = page.get_by_test_id("inbox-row").locator(".tag").filter(has_text="VIP")
    page.keyboard.press("Alt+x")
    page.get_by_test_id("bulk-tag").click()
    page.get_by_test_id("bulk-tag-name").fill("VIP")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("bulk-changes")).to_contain_text("1")
    assert faults(page) == []
    shot(page, f"{script.language}-desk-bulk")
    page.get_by_test_id("bulk-apply").click()
    expect(tagged).to_have_count(1)
    page.get_by_test_id("bulk-undo").click()
    expect(tagged).to_have_count(0)


def _snooze_until_the_customer_writes(page: Page, script: DeskScript, visitor: Visitor) -> None:
    page.keyboard.press("Alt+s")
    page.get_by_test_id("snooze-tomorrow").click()
    expect(page.get_by_test_id("toast")).to_be_visible()
    page.get_by_test_id("stop-searching").click()
    page.goto(page.url.partition("#")[0] + "#/")
    page.get_by_test_id("tab-mine").click()
    theirs = page.get_by_test_id("inbox-row").filter(has_text=script.name)
    expect(theirs).to_have_count(0)
    visitor.say(script.asks)
    expect(theirs.get_by_test_id("unread")).to_have_text("1")
    assert page.title().startswith("(")
    shot(page, f"{script.language}-desk-unread")
    theirs.click()
    expect(theirs.get_by_test_id("unread")).to_have_count(0)
    expect(page.get_by_test_id("message").last).to_contain_text(script.asks)
    page.keyboard.press("Control+Alt+e")
    expect(page.get_by_test_id("resolve-unanswered")).to_be_visible()
    assert faults(page) == []
    shot(page, f"{script.language}-desk-unanswered")
    page.get_by_test_id("resolve-confirm").click()
    page.get_by_test_id("reopen").wait_for()
