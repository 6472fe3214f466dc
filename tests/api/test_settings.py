"""Leads change settings over HTTP: checked, with who and when, and in force at once."""

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from assistant.api import settings
from assistant.conversation.templates import render_template, set_overrides
from assistant.domain.jobs import JobKind
from tests.api.conftest import ApiClient

URL = "/v1/agent/settings"
Headers = dict[str, str]


@pytest.fixture(autouse=True)
def own_words() -> Iterator[None]:
    """Wordings hold for the whole process: none of a test's may stay."""
    yield
    set_overrides({})


@pytest.fixture
async def lead(client: ApiClient) -> Headers:
    return await client.hire("Lead", lead=True)


async def change(client: ApiClient, who: Headers, base: int = 0, **values: Any) -> httpx2.Response:
    changes = [{"key": key.replace("__", "."), "value": value, "base": base} for key, value in values.items()]
    return await client.http.post(URL, json={"changes": changes}, headers=who)


async def stored(client: ApiClient, who: Headers, key: str) -> dict[str, Any]:
    found = (await client.http.get(URL, headers=who)).json()
    (one,) = [one for one in found["settings"] + found["sentences"] if one["key"] == key]
    return dict(one)


async def test_a_threshold_is_changed_and_reset_with_who_and_when(client: ApiClient, lead: Headers) -> None:
    assert (await change(client, lead, policy__answer_score=0.6)).status_code == 200
    one = await stored(client, lead, "policy.answer_score")
    assert (one["value"], one["default"], one["change"]["by"]) == (0.6, 0.5, "Lead")
    assert client.app.state.context.live.policy.answer_score == 0.6
    assert (await change(client, lead, one["change"]["id"], policy__answer_score=None)).status_code == 200
    assert client.app.state.context.live.policy.answer_score == 0.5
    history = await client.http.get(f"{URL}/history", params={"key": "policy.answer_score"}, headers=lead)
    assert [each["value"] for each in history.json()["changes"]] == [None, 0.6]
    entries = await client.rig.database.read(lambda store: store.audit.list_entries())
    assert [entry.details for entry in entries if entry.action == "settings"] == [
        {"keys": ["policy.answer_score"]}
    ] * 2


async def test_rules_of_deadlines_are_checked_and_move_those_that_run(
    client: ApiClient, lead: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "IN_FORCE", timedelta(hours=1))  # the worker does not take it meanwhile
    talk = await client.open()
    await talk.post("handoff")
    before = client.rig.clock()
    rules = [{"name": "all", "first_reply": 60}]
    assert (await change(client, lead, policy__sla=[{"name": "all", "first_reply": 0}])).status_code == 422
    assert (await change(client, lead, policy__sla=rules)).status_code == 200
    planned = await client.rig.database.read(lambda store: store.jobs.get(JobKind.SLA, talk.id))
    assert planned is not None
    assert planned.due_at >= before + settings.IN_FORCE
    one = await stored(client, lead, "policy.sla")
    assert (one["value"][0]["first_reply"], one["default"], one["change"]["by"]) == (60, [], "Lead")


async def test_of_two_leads_the_second_sees_what_the_first_did(client: ApiClient, lead: Headers) -> None:
    other = await client.hire("Sato", lead=True)
    await change(client, lead, policy__answer_score=0.6)
    late = await change(client, other, policy__answer_score=0.4)
    assert late.status_code == 409
    assert late.json()["error"] | {"message": ""} == {
        "code": "setting_changed",
        "message": "",
        "key": "policy.answer_score",
        "by": "Lead",
    }
    assert (await stored(client, lead, "policy.answer_score"))["value"] == 0.6


@pytest.mark.parametrize(
    "wrong",
    [
        {"policy__answer_score": 1.5},
        {"policy__queue_limit": 10**40},
        {"policy__people_only": ["legal"]},
        {"policy__helplines": {"ja": "\u3164"}},
        {"policy__offer_frustration": 0.9},
        {"policy__zone": "Mars"},
        {"policy__hours": {"days": {"mon": "25:00-26:00"}}},
        {"policy__hours": {"public_holidays": ["japan"]}},
        {"policy__hours": {"days": {"mon": json.loads("[" * 900 + "]" * 900)}}},
        {"policy__sla": [{"name": "\u200b", "first_reply": 60}]},
        {"policy__sla": [{"name": "all", "team": "x" * 61, "first_reply": 60}]},
        {"accent": "red; background: url(x)"},
        {"name__ja": "x" * 81},
        {"name__ja": "\u200b\u2060 \u202e"},
        {"name__ja": "\u2800"},
        {"sentence__ja__greeting": ["\u200b\u3164"]},
        {"sentence__ja__greeting": ["${name}さん、こんにちは"]},
        {"sentence__ja__waiting_minutes": ["もうすぐです"]},
        {"sentence__ja__greeting": []},
        {"sentence__ja__button_person": ["人"]},
        {"logo": "https://evil.example/logo.png"},
        {"logo": "data:image/png;base64,PHN2Zy8+"},
        {"logo": "data:image/svg+xml;base64,PHN2Zy8+"},
        {"logo": "data:image/png;base64,===="},
        {"logo": 1},
        {"nothing": 1},
    ],
)
async def test_what_does_not_fit_is_refused_and_nothing_is_stored(
    client: ApiClient, lead: Headers, wrong: dict[str, Any]
) -> None:
    refused = await change(client, lead, policy__max_failed_turns=5, **wrong)
    assert refused.status_code == 422
    assert (await stored(client, lead, "policy.max_failed_turns"))["change"] is None


async def test_a_large_logo_is_refused(client: ApiClient, lead: Headers) -> None:
    large = "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(64 * 1024 + 1)).decode()
    assert (await change(client, lead, logo=large)).status_code == 413


async def test_a_leads_words_colour_and_name_reach_the_customer(client: ApiClient, lead: Headers) -> None:
    done = await change(
        client, lead, sentence__ja__greeting=["いらっしゃいませ。"], accent="#1d5a48", name__ja="こもれび"
    )
    assert done.status_code == 200
    assert (await client.http.get("/v1/widget?lang=ja")).json()["greeting"] == "いらっしゃいませ。"
    (client.app.state.context.static / "widget.js").write_text("start();")
    script = (await client.http.get("/widget.js")).text
    assert script == 'var YORISOI_ACCENT="#1d5a48";\nstart();'
    assert client.app.state.context.live.names["ja"] == "こもれび"
    assert "いらっしゃいませ" not in (await client.http.get("/v1/widget?lang=en")).json()["greeting"]


PNG = "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\n picture").decode()


async def test_a_leads_logo_reaches_the_customer_and_goes_again(client: ApiClient, lead: Headers) -> None:
    assert (await change(client, lead, logo=PNG)).status_code == 200
    path = (await client.http.get("/v1/widget")).json()["assistant"]["logo"]
    shown = await client.http.get(path)
    assert (shown.headers["content-type"], shown.content[:4]) == ("image/png", b"\x89PNG")
    assert "immutable" in shown.headers["cache-control"]
    assert shown.headers["content-security-policy"].startswith("default-src 'none'")
    # Of another picture nothing is kept for long.
    assert (await client.http.get("/v1/widget/logo?v=other")).headers["cache-control"] == "no-cache"
    one = await stored(client, lead, "logo")
    assert (one["value"], one["change"]["value"]) == (PNG, "image")
    assert (await change(client, lead, one["change"]["id"], logo=None)).status_code == 200
    assert (await client.http.get("/v1/widget")).json()["assistant"]["logo"] is None
    assert (await client.http.get(path)).status_code == 404


async def test_nothing_invisible_is_kept_in_names_and_wordings(client: ApiClient, lead: Headers) -> None:
    hidden = {
        "name__ja": " こもれび\u202e\n商店 ",
        "sentence__ja__greeting": ["い\u200bらっしゃい\ud800ませ。"],
        "policy__sla": [{"name": "急\u202eぎ", "team": "東\u200b京", "first_reply": 60}],
    }
    sent = json.dumps(
        {"changes": [{"key": key.replace("__", "."), "value": value} for key, value in hidden.items()]}
    )
    headers = lead | {"Content-Type": "application/json"}
    assert (await client.http.post(URL, content=sent, headers=headers)).status_code == 200
    assert client.app.state.context.live.names["ja"] == "こもれび 商店"
    assert (await stored(client, lead, "sentence.ja.greeting"))["wordings"] == ["いらっしゃいませ。"]
    rule = await stored(client, lead, "policy.sla")
    for names in (rule["value"][0], rule["change"]["value"][0]):
        assert (names["name"], names["team"]) == ("急ぎ", "東京")


async def test_not_a_number_is_refused(client: ApiClient, lead: Headers) -> None:
    for number in ("NaN", "Infinity", "-1", "1e300"):
        sent = f'{{"changes": [{{"key": "policy.answer_score", "value": {number}}}]}}'
        headers = lead | {"Content-Type": "application/json"}
        refused = await client.http.post(URL, content=sent, headers=headers)
        assert refused.status_code == 422
        assert "from 0 to 1" in refused.json()["error"]["message"]


async def test_a_replay_tells_which_decisions_would_change(client: ApiClient, lead: Headers) -> None:
    talk = await client.open()
    await talk.say("返品の期限は何日ですか")
    await talk.answered()
    asked = {"changes": {"policy.answer_score": 1.0, "policy.frustrated_answer_score": 1.0}}
    told = (await client.http.post(f"{URL}/replay", json=asked, headers=lead)).json()
    assert (told["conversations"], told["turns"], told["changed"]) == (1, 1, 1)
    (example,) = told["examples"]
    assert (example["text"], example["before"]) == ("返品の期限は何日ですか", "answer")
    assert example["after"] != "answer"
    same = {"changes": {"policy.max_guided_turns": 3}}
    assert (await client.http.post(f"{URL}/replay", json=same, headers=lead)).json()["changed"] == 0
    assert (await stored(client, lead, "policy.answer_score"))["change"] is None


async def test_hours_are_shown_as_customers_will_hear_them(client: ApiClient, lead: Headers) -> None:
    days = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "closed")
    closed = {"changes": {"policy.hours": {"days": days}}}
    told = (await client.http.post(f"{URL}/hours", json=closed, headers=lead)).json()
    assert (told["open"], told["next_opening"]) == (False, None)
    assert told["said"]["ja"] == render_template("outside_hours_unknown", "ja")
    always: dict[str, Any] = {"changes": {"policy.hours": {}}}
    assert (await client.http.post(f"{URL}/hours", json=always, headers=lead)).json()["open"] is True
    saved = {"days": {"mon-fri": "10:00-12:00, 13:00-18:00"}, "holidays": ["2026-12-29/2026-12-31"]}
    await change(client, lead, policy__hours=saved)
    shown = (await stored(client, lead, "policy.hours"))["value"]
    assert shown["days"]["tue"] == "10:00-12:00, 13:00-18:00"
    assert shown["holidays"] == ["2026-12-29", "2026-12-30", "2026-12-31"]


async def test_agents_see_settings_and_change_none(client: ApiClient) -> None:
    agent = await client.hire()
    assert (await client.http.get(URL, headers=agent)).status_code == 200
    assert (await change(client, agent, policy__answer_score=0.6)).status_code == 403
    for path in ("replay", "hours"):
        asked = {"changes": {"policy.answer_score": 0.6}}
        refused = await client.http.post(f"{URL}/{path}", json=asked, headers=agent)
        assert refused.status_code == 403
