"""The whole story in a real browser, in Japanese and in English, as customer and as agent."""

import os
import subprocess
import sys
from dataclasses import dataclass
from uuid import uuid4

import httpx2
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import DemoServer, WidgetPage, shot

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@dataclass(frozen=True)
class DialogueScript:
    """What is said in one language."""

    language: str
    question: str
    answer: str
    unanswerable: str
    anger: tuple[str, ...]
    reply: str
    again: str
    again_answer: str


JAPANESE = DialogueScript(
    language="ja",
    question="未開封の商品の返品期限は何日ですか",
    answer="30日",
    unanswerable="宇宙旅行のチケットは売っていますか",
    anger=(
        "さっきから聞いているのに、全然答えになっていないのですが",
        "何度も申し上げていますが、まったく話になりません。いい加減にしてください",
        "もう結構です。こんな対応はありえません",
    ),
    reply="担当の森です。お待たせして申し訳ございません。",
    again="ギフト包装の料金はいくらですか",
    again_answer="円",
)
ENGLISH = DialogueScript(
    language="en",
    question="How many days do I have to return an unopened item?",
    answer="30 days",
    unanswerable="Do you sell tickets for space travel?",
    anger=(
        "I already asked you this and you still haven't answered",
        "This is useless!! I have asked again and again, this is ridiculous",
        "You are wasting my time. Absolutely unacceptable service!!!",
    ),
    reply="Hello, this is Mori. I am sorry you had to wait.",
    again="How much does gift wrapping cost?",
    again_answer="¥",
)


@pytest.mark.parametrize("script", [JAPANESE, ENGLISH], ids=lambda script: script.language)
def test_the_whole_story(customer: Page, agent: Page, demo: DemoServer, script: DialogueScript) -> None:
    chat = _open_chat(customer, demo, script)
    _ask_and_be_answered(chat, script)
    _become_angry(chat, script)
    _take_over(agent, demo, script)
    expect(agent.get_by_test_id("transcript")).to_contain_text(script.question)
    _talk_with_a_person(chat, agent, script)
    _come_back_to_the_assistant(chat, agent, script)
    _be_done(chat, agent, script)


def _open_chat(page: Page, demo: DemoServer, script: DialogueScript) -> WidgetPage:
    page.goto(f"{demo.url}/?lang={script.language}")
    chat = WidgetPage(page)
    shot(page, f"{script.language}-1-shop")
    chat.find("launcher").click()
    expect(chat.find("disclosure")).to_be_visible()
    expect(chat.find("person")).to_be_visible()
    shot(page, f"{script.language}-2-greeting")
    return chat


def _ask_and_be_answered(chat: WidgetPage, script: DialogueScript) -> None:
    chat.say(script.question)
    answer = chat.said_by("assistant").last
    expect(answer).to_contain_text(script.answer)
    expect(answer.get_by_test_id("widget-citation").first).to_be_visible()
    shot(chat.page, f"{script.language}-3-answer")
    chat.say(script.unanswerable)
    refusal = chat.said_by("assistant").last
    expect(refusal.get_by_test_id("widget-citation")).to_have_count(0)
    shot(chat.page, f"{script.language}-4-honest-no")


def _become_angry(chat: WidgetPage, script: DialogueScript) -> None:
    """Anger leads to an offer, then to a person, without anybody asking for one."""
    offered = False
    for words in script.anger:
        chat.say(words)
        if chat.find("waiting").is_visible():
            break
        offered = offered or chat.said_by("assistant").last.get_by_test_id("widget-choice").count() > 0
    expect(chat.find("waiting")).to_be_visible()
    assert offered, "a person is offered before the conversation is handed over"
    shot(chat.page, f"{script.language}-5-handed-over")


def _take_over(page: Page, demo: DemoServer, script: DialogueScript) -> str:
    page.goto(f"{demo.url}/console")
    page.get_by_test_id("login-email").fill(demo.email)
    page.get_by_test_id("login-password").fill(demo.password)
    page.get_by_test_id("login-submit").click()
    row = page.get_by_test_id("inbox-row").first
    expect(row).to_be_visible()
    conversation = row.get_attribute("data-conversation") or ""
    row.click()
    expect(page.get_by_test_id("packet-why")).to_be_visible()
    shot(page, f"{script.language}-6-packet")
    page.get_by_test_id("claim").click()
    expect(page.get_by_test_id("thread")).to_have_attribute("data-state", "agent")
    return conversation


def _talk_with_a_person(chat: WidgetPage, page: Page, script: DialogueScript) -> None:
    expect(chat.find("agent")).to_be_visible()
    page.get_by_test_id("composer-input").fill(script.reply)
    page.get_by_test_id("composer-send").click()
    expect(chat.said_by("agent").last).to_contain_text(script.reply)
    chat.find("input").fill("OK")
    chat.page.keyboard.press("Enter")
    expect(page.locator('[data-testid="message"][data-author="customer"]').last).to_contain_text("OK")
    page.get_by_test_id("mode-note").click()
    page.get_by_test_id("composer-input").fill("internal: VIP")
    page.get_by_test_id("composer-send").click()
    expect(page.locator('[data-testid="message"][data-private="true"]').last).to_contain_text("VIP")
    shot(page, f"{script.language}-7-agent")
    shot(chat.page, f"{script.language}-7-customer-with-agent")
    expect(chat.find("log")).not_to_contain_text("VIP")


def _come_back_to_the_assistant(chat: WidgetPage, page: Page, script: DialogueScript) -> None:
    _more_action(page, "return")
    expect(page.get_by_test_id("thread")).to_have_attribute("data-state", "assistant")
    expect(chat.find("returned")).to_be_visible()
    chat.say(script.again)
    expect(chat.said_by("assistant").last).to_contain_text(script.again_answer)
    shot(chat.page, f"{script.language}-8-assistant-again")


def _be_done(chat: WidgetPage, page: Page, script: DialogueScript) -> None:
    page.get_by_test_id("claim").click()
    expect(page.get_by_test_id("thread")).to_have_attribute("data-state", "agent")
    _more_action(page, "resolve")
    page.get_by_test_id("outcome-solved").click()
    page.get_by_test_id("resolve-confirm").click()
    expect(chat.find("survey-option").last).to_be_in_viewport()
    chat.find("survey-option").last.click()
    chat.find("survey-send").click()
    expect(chat.find("survey-thanks")).to_be_visible()
    shot(chat.page, f"{script.language}-9-survey")


def _more_action(page: Page, name: str) -> None:
    """An action of the conversation, wherever the width of the window puts it."""
    button = page.get_by_test_id(name)
    if not button.is_visible():
        page.get_by_test_id("more-actions").click()
    button.click()


def test_a_citation_opens_the_article(customer: Page, demo: DemoServer) -> None:
    chat = _open_chat(customer, demo, JAPANESE)
    chat.say(JAPANESE.question)
    with customer.context.expect_page() as opened:
        chat.said_by("assistant").last.get_by_role("link", name="返品はいつまでできますか").first.click()
    article = opened.value
    expect(article.locator("h1")).to_have_text("返品はいつまでできますか")
    shot(article, "ja-article")


def test_a_reload_shows_the_same_conversation(customer: Page, demo: DemoServer) -> None:
    chat = _open_chat(customer, demo, JAPANESE)
    chat.say(JAPANESE.question)
    before = chat.said_by("assistant").last.inner_text()
    customer.reload()
    expect(chat.find("panel")).to_be_visible()  # open as it was, once its file is there
    expect(chat.said_by("assistant")).to_have_count(1)
    assert chat.said_by("assistant").last.inner_text() == before


def test_what_was_written_without_a_connection_is_sent_when_it_is_back(
    customer: Page, demo: DemoServer
) -> None:
    chat = _open_chat(customer, demo, JAPANESE)
    chat.say(JAPANESE.question)
    customer.context.set_offline(True)
    chat.find("input").fill("ギフト包装はできますか")
    customer.keyboard.press("Enter")
    expect(chat.find("unsent")).to_be_visible()
    customer.context.set_offline(False)
    expect(chat.said_by("assistant")).to_have_count(2, timeout=30_000)
    expect(chat.said_by("customer")).to_have_count(2)


def test_enter_while_composing_japanese_does_not_send(customer: Page, demo: DemoServer) -> None:
    chat = _open_chat(customer, demo, JAPANESE)
    chat.find("input").fill("へんぴん")
    compose = "(e) => e.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, %s}))"
    chat.find("input").evaluate(compose % "isComposing: true")
    chat.find("input").evaluate(compose % "keyCode: 229")
    customer.wait_for_timeout(300)
    expect(chat.said_by("customer")).to_have_count(0)
    expect(chat.find("input")).to_have_value("へんぴん")


def test_the_person_button_is_always_in_reach_on_a_phone(phone: Page, demo: DemoServer) -> None:
    chat = _open_chat(phone, demo, JAPANESE)
    chat.say(JAPANESE.question)
    shot(phone, "ja-phone")
    box = chat.find("person").bounding_box()
    assert box is not None
    assert box["height"] >= 44
    chat.find("person").click()
    expect(chat.find("waiting")).to_be_visible()
    chat.find("cancel-waiting").click()
    expect(chat.find("waiting")).to_be_hidden()
    shot(phone, "ja-phone-cancelled")


def test_of_two_agents_the_second_is_told_who_has_it(customer: Page, agent: Page, demo: DemoServer) -> None:
    chat = _open_chat(customer, demo, ENGLISH)
    chat.find("person").click()
    expect(chat.find("waiting")).to_be_visible()
    conversation = _take_over(agent, demo, ENGLISH)
    url = f"{demo.url}/v1/agent/conversations/{conversation}/claim"
    token = _token_of_a_second_agent(demo)
    refused = httpx2.post(url, headers={"Authorization": f"Bearer {token}"})
    assert refused.status_code == 409
    assert refused.json()["error"]["agent"]["name"] == "森 みどり"


def _token_of_a_second_agent(demo: DemoServer) -> str:
    """Made on the command line, beside the running service."""
    environment = os.environ | {"ASSISTANT_DATA_DIR": str(demo.data)}
    command = [sys.executable, "-m", "assistant", "agent"]
    email = f"{uuid4().hex}@shop.example"
    subprocess.run([*command, "add", email], input=b"a long password\n", env=environment, check=True)
    made = subprocess.run([*command, "token", email], env=environment, check=True, capture_output=True)
    return made.stdout.decode().strip()


def test_the_description_of_the_api_needs_nothing_from_elsewhere(demo: DemoServer, agent: Page) -> None:
    agent.goto(f"{demo.url}/docs")
    expect(agent.get_by_text("/v1/conversations/{conversation}/handoff", exact=True)).to_be_visible()
