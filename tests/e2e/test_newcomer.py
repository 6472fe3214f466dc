"""What somebody meets who looks for the first time: links, languages, long texts, tables, the way back."""

import json
from urllib.parse import urldefrag, urljoin

import pytest
from playwright.sync_api import Page, Response, Route, expect

from tests.e2e.conftest import DemoServer, WidgetPage, shot, sign_in

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

LINKS = "[...document.querySelectorAll('a[href]')].map((link) => link.href)"
ANCHORS = "[...document.querySelectorAll('[id]')].map((each) => each.id)"


def open_patiently(agent: Page, address: str) -> Response | None:
    """The page; whoever opens hundreds in a row is asked to wait."""
    for _ in range(5):
        response = agent.goto(address, wait_until="domcontentloaded")
        if response is None or response.status != 429:
            return response
        agent.wait_for_timeout(1_000 * int(response.headers.get("retry-after", "2")))
    return None


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_link_leads_somewhere(agent: Page, demo: DemoServer, language: str) -> None:
    """From the shop on, page after page, as a browser shows them."""
    start = f"{demo.url}/?lang={language}"
    waiting, seen, dead = [start], set[str](), list[str]()
    while waiting:
        address = waiting.pop()
        response = open_patiently(agent, address)
        if response is None or response.status != 200:
            dead.append(address)
            continue
        ids = agent.evaluate(ANCHORS)
        for link in agent.evaluate(LINKS):
            page, anchor = urldefrag(urljoin(address, link))
            if page == address:
                dead += [link] if anchor and anchor not in ids else []
            elif page.startswith(demo.url) and page not in seen | {start}:
                waiting.append(page)
                seen.add(page)
    assert dead == []
    assert len([page for page in seen if "/help/" in page]) > 50


def test_the_browsers_language_is_spoken_until_another_is_chosen(english: Page, demo: DemoServer) -> None:
    english.goto(demo.url)
    chat = WidgetPage(english)
    chat.find("launcher").click()
    expect(chat.find("person")).to_have_text("Talk to a person")
    chat.say("points")
    expect(chat.said_by("assistant").last).to_contain_text("1 point")
    english.get_by_test_id("shop-language").click()
    expect(chat.find("person")).to_have_text("担当者と話す")
    english.goto(demo.url)
    expect(english.locator("html")).to_have_attribute("lang", "ja")
    english.goto(f"{demo.url}/console")
    expect(english.get_by_test_id("login-submit")).to_have_text("Log in")
    english.get_by_test_id("console-language").click()
    english.reload()
    expect(english.get_by_test_id("login-submit")).to_have_text("ログイン")


def _opened(page: Page, demo: DemoServer, language: str = "ja") -> WidgetPage:
    page.goto(f"{demo.url}/?lang={language}")
    chat = WidgetPage(page)
    chat.find("launcher").click()
    return chat


def test_who_writes_too_much_sees_it_while_writing(customer: Page, demo: DemoServer) -> None:
    chat = _opened(customer, demo)
    chat.find("input").fill("あ" * 5_000)
    expect(chat.find("length")).to_contain_text("5,000 / 4,000")
    expect(chat.find("length")).to_contain_text("分けてお送りください")
    expect(chat.find("send")).to_be_disabled()
    customer.keyboard.press("Enter")
    expect(chat.said_by("customer")).to_have_count(0)
    shot(customer, "ja-too-long")
    chat.find("input").fill("返品の期限は何日ですか" + "。" * 3_900)
    expect(chat.find("send")).to_be_enabled()


def test_a_refused_message_has_no_useless_retry_and_hides_no_answer(customer: Page, demo: DemoServer) -> None:
    chat = _opened(customer, demo)
    chat.say("返品の期限は何日ですか")

    def refuse(route: Route) -> None:
        route.fulfill(status=413, body=json.dumps({"error": {"code": "too_large", "message": "too long"}}))

    customer.route("**/messages", refuse, times=1)
    chat.find("input").fill("長い文章です")
    customer.keyboard.press("Enter")
    expect(chat.find("unsent")).to_contain_text("4,000 文字まで")
    expect(chat.find("retry")).to_have_count(0)
    chat.say("ギフト包装の料金はいくらですか")
    refused, answer = chat.find("unsent").bounding_box(), chat.said_by("assistant").last.bounding_box()
    assert refused is not None
    assert answer is not None
    assert refused["y"] < answer["y"]
    expect(chat.said_by("assistant").last).to_be_in_viewport()


@pytest.mark.parametrize("question", ["送料を地域ごとに教えてください", "返品の手順を教えてください"])
def test_the_question_stays_in_view_above_its_answer(phone: Page, demo: DemoServer, question: str) -> None:
    chat = _opened(phone, demo)
    chat.say("ギフト包装の料金はいくらですか")
    chat.say(question)
    phone.wait_for_timeout(500)
    asked, log = chat.said_by("customer").last.bounding_box(), chat.find("log").bounding_box()
    assert asked is not None
    assert log is not None
    assert asked["y"] >= log["y"]
    shot(phone, "ja-phone-question-in-view")


def test_back_closes_the_chat_on_a_phone(phone: Page, demo: DemoServer) -> None:
    phone.goto(f"{demo.url}/help?lang=ja")
    chat = _opened(phone, demo)
    expect(chat.find("panel")).to_be_visible()
    phone.go_back()
    expect(chat.find("panel")).to_be_hidden()
    assert phone.url == f"{demo.url}/?lang=ja"
    chat.find("launcher").click()
    chat.find("close").click()
    expect(chat.find("panel")).to_be_hidden()
    phone.wait_for_timeout(200)
    phone.go_back()
    assert phone.url == f"{demo.url}/help?lang=ja"


TABLE = "\n".join(
    (
        "| サイズ | 着丈（cm） | 身幅（cm） | 肩幅（cm） | 袖丈（cm） | 裄丈（cm） |",
        "|---|---|---|---|---|---|",
        "| Lサイズ（大きめ） | 72センチ | 58センチ | 47センチ | 61センチ | 84センチ |",
    )
)


def test_waiting_is_said_once_and_a_wide_table_can_be_read_to_its_end(
    phone: Page, agent: Page, demo: DemoServer
) -> None:
    chat = _opened(phone, demo)
    chat.find("person").click()
    expect(chat.find("waiting")).to_have_text("順番をお待ちいただいています待つのをやめる")
    expect(chat.find("person")).to_have_count(0)
    expect(chat.find("cancel-waiting")).to_be_focused()
    shot(phone, "ja-phone-waiting")
    sign_in(agent, demo)
    agent.get_by_test_id("inbox-row").last.click()
    agent.get_by_test_id("composer-input").fill(TABLE)
    agent.get_by_test_id("composer-send").click()
    table = chat.said_by("agent").last.locator("table")
    table.scroll_into_view_if_needed()
    frame = table.locator("xpath=..")
    assert frame.evaluate("frame => frame.scrollWidth > frame.clientWidth")
    frame.focus()
    for _ in range(20):
        phone.keyboard.press("ArrowRight")
    phone.wait_for_timeout(500)
    expect(table.locator("td").last).to_be_in_viewport(ratio=0.9)
    shot(phone, "ja-phone-wide-table")


def test_numbers_of_sources_are_not_copied_into_the_words(customer: Page, demo: DemoServer) -> None:
    customer.context.grant_permissions(["clipboard-read", "clipboard-write"])
    chat = _opened(customer, demo)
    chat.say("ギフト包装の料金はいくらですか")
    bubble = chat.said_by("assistant").last.locator(".rich")
    expect(bubble.locator("sup").first).to_be_visible()
    bubble.evaluate("words => getSelection().selectAllChildren(words)")
    customer.keyboard.press("Control+c")
    copied = customer.evaluate("navigator.clipboard.readText()")
    words = bubble.evaluate(
        "words => [...words.querySelectorAll('sup')].map(sup => sup.remove()) && words.innerText"
    )
    assert "".join(copied.split()) == "".join(words.split())
    assert copied.strip()


def test_a_suggestion_is_put_in_as_plain_words(customer: Page, agent: Page, demo: DemoServer) -> None:
    chat = _opened(customer, demo)
    chat.say("返品の手順を教えてください")
    chat.find("person").click()
    sign_in(agent, demo)
    agent.get_by_test_id("inbox-row").last.click()
    agent.get_by_test_id("suggestion").first.click()
    written = agent.get_by_test_id("composer-input").input_value()
    assert len(written) > 20
    assert "**" not in written
    assert "|--" not in written
    assert "[1]" not in written
    shot(agent, "ja-suggestion")
