"""The widget in somebody's page: a strict policy, a path of the site, its own button, another language."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from assistant.conversation.templates import WIDGET_WORDS, render_template
from tests.e2e.conftest import ROOT, WidgetPage, shot

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

SITE = "http://localhost:9"
POLICY = (
    "default-src 'none'; script-src 'nonce-a' 'self'; connect-src 'self'; style-src 'self'; img-src 'self';"
    " require-trusted-types-for 'script'; trusted-types yorisoi"
)
HTML = """<!doctype html><html lang="ko"><body><button id="own">?</button>
<script nonce="a">
  window.yorisoi ||= function () { (yorisoi.q ||= []).push(arguments) };
  window.heard = [];
  for (const name of ["open", "close"]) yorisoi("on", name, () => heard.push(name));
  document.getElementById("own").addEventListener("click", () => yorisoi("open"));
</script>
<script src="/chat/widget.js" data-launcher="none" data-name="코모레비" data-logo="/logo.svg" async></script>
</body></html>"""
WELCOME = {
    "assistant": {"name": render_template("assistant_name", "ko"), "logo": None},
    "greeting": render_template("greeting", "ko"),
    "disclosure": render_template("disclosure", "ko"),
    "examples": [],
    "languages": ["ja", "ko"],
    "language": "ko",
    "text": WIDGET_WORDS["ko"],
}


def serve_site(route: Route) -> None:
    """The shop's own server, with the service behind /chat."""
    path = route.request.url.removeprefix(SITE).split("?")[0]
    if path == "/":
        route.fulfill(
            body=HTML, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": POLICY}
        )
    elif path in ("/chat/widget.js", "/chat/widget-panel.js"):
        file = ROOT / "assistant" / "api" / "static" / path.removeprefix("/chat/")
        route.fulfill(path=file, content_type="text/javascript")
    elif path == "/chat/v1/widget":
        route.fulfill(body=json.dumps(WELCOME), content_type="application/json")
    elif path == "/logo.svg":
        route.fulfill(body='<svg xmlns="http://www.w3.org/2000/svg"/>', content_type="image/svg+xml")
    else:
        route.fulfill(status=404, body="{}", content_type="application/json")


def test_it_lives_in_a_strict_page_behind_a_path_in_korean(customer: Page) -> None:
    complaints: list[str] = []
    customer.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    customer.route(f"{SITE}/**", serve_site)
    customer.goto(f"{SITE}/")
    chat = WidgetPage(customer)
    expect(chat.find("launcher")).to_have_count(0)
    customer.locator("#own").click()
    expect(chat.find("greeting")).to_contain_text(render_template("greeting", "ko"))
    expect(chat.find("person")).to_have_text(WIDGET_WORDS["ko"]["person"])
    expect(chat.find("panel").locator("h2")).to_have_text("코모레비")
    expect(chat.find("panel").locator(".avatar img")).to_have_attribute("src", f"{SITE}/logo.svg")
    customer.keyboard.press("Escape")
    assert customer.evaluate("heard") == ["open", "close"]
    assert [line for line in complaints if "404" not in line] == []


def test_a_language_that_the_server_does_not_speak_gives_way(customer: Page) -> None:
    def answer_in_japanese(route: Route) -> None:
        route.fulfill(
            body=json.dumps({**WELCOME, "language": "ja", "text": {}}), content_type="application/json"
        )

    customer.route(f"{SITE}/**", serve_site)
    customer.route(f"{SITE}/chat/v1/widget*", answer_in_japanese)
    customer.goto(f"{SITE}/")
    customer.locator("#own").click()
    expect(WidgetPage(customer).find("person")).to_have_text("担当者と話す")


SLOTS = [
    {"slot_from": f"2026-12-01T0{hour}:00:00Z", "slot_to": f"2026-12-01T0{hour + 1}:00:00Z"}
    for hour in (5, 6)
]
#: The rest of a message of words alone.
PLAIN = {
    "kind": "text",
    "html": "교환",
    "citations": [],
    "buttons": [],
    "media": [],
    "created_at": "2026-12-01T05:00:00Z",
}
#: What the service answers somebody who asks for a person and then for a call.
ANSWERS = {
    "POST /chat/v1/conversations": {"id": "c", "token": "t", "state": "assistant"},
    "POST /chat/v1/conversations/c/handoff": {"state": "queued", "message": None},
    "GET /chat/v1/conversations/c/callback": {"slots": SLOTS, "planned": None},
    "POST /chat/v1/conversations/c/callback": SLOTS[1],
}


def test_a_call_is_asked_for_by_keyboard_alone(customer: Page) -> None:
    asked: list[object] = []

    def answer_calls(route: Route) -> None:
        request = route.request
        answer = ANSWERS.get(f"{request.method} {request.url.removeprefix(SITE)}")
        if request.method == "POST" and request.url.endswith("/callback"):
            asked.append(request.post_data_json)
        route.fulfill(
            status=200 if answer else 503, body=json.dumps(answer or {}), content_type="application/json"
        )

    customer.route(f"{SITE}/**", serve_site)
    customer.route(f"{SITE}/chat/v1/conversations**", answer_calls)
    customer.goto(f"{SITE}/")
    customer.locator("#own").click()
    chat, keys = WidgetPage(customer), customer.keyboard
    chat.find("person").press("Enter")
    chat.find("call").press("Enter")
    expect(chat.find("call-time")).to_be_focused()
    keys.press("ArrowDown")
    keys.press("Tab")
    keys.type("03-1234-5678")
    keys.press("Enter")
    expect(chat.find("call-planned")).to_be_visible()
    expect(chat.find("call-form")).to_have_count(0)
    expect(chat.find("cancel-waiting")).to_be_focused()
    assert asked == [{"slot_from": SLOTS[1]["slot_from"], "number": "03-1234-5678", "topic": ""}]


def test_a_code_takes_the_conversation_into_another_app(customer: Page) -> None:
    issued: list[str] = []

    def answer_calls(route: Route) -> None:
        call = f"{route.request.method} {route.request.url.removeprefix(f'{SITE}/chat/v1/conversations')}"
        answers = {
            "POST ": ANSWERS["POST /chat/v1/conversations"],
            "POST /c/messages": {
                "message": {"id": "m", "seq": 1, "author": "customer", "text": "교환", **PLAIN}
            },
        }
        if call == "POST /c/link-code":
            issued.append(f"YR-{len(issued)}")
            ends_at = datetime.now(UTC) + timedelta(seconds=1 if len(issued) == 1 else 600)
            answers[call] = {"code": issued[-1], "expires_at": ends_at.isoformat()}
        body = json.dumps(answers.get(call, {}))
        route.fulfill(status=201 if call in answers else 503, body=body, content_type="application/json")

    customer.route(f"{SITE}/**", serve_site)
    welcome = json.dumps(WELCOME | {"apps": ["line", "sms"]})
    customer.route(
        f"{SITE}/chat/v1/widget?*", lambda route: route.fulfill(body=welcome, content_type="application/json")
    )
    customer.route(f"{SITE}/chat/v1/conversations**", answer_calls)
    customer.goto(f"{SITE}/")
    customer.locator("#own").click()
    chat, keys = WidgetPage(customer), customer.keyboard
    expect(chat.find("link-open")).to_have_count(0)
    chat.find("input").fill("교환")
    keys.press("Enter")
    chat.find("link-open").press("Enter")
    expect(chat.find("link-code")).to_have_text("YR-0")
    expect(chat.find("link")).to_contain_text("LINE, SMS 공식 계정으로")
    expect(chat.find("link-expired")).to_be_visible()
    expect(chat.find("link-code")).to_have_count(0)
    chat.find("link-again").press("Enter")
    expect(chat.find("link-code")).to_have_text("YR-1")
    shot(customer, "link-code")
    chat.find("link-close").press("Enter")
    expect(chat.find("link-open")).to_be_focused()
