"""Insight over HTTP: the report, themes and gaps; changes are for administrators."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from assistant.conversation.csv_export import format_cell
from assistant.conversation.report import ReportRange, load_report
from assistant.domain.gaps import Gap, GapKind, GapState
from assistant.domain.themes import Theme
from assistant.storage.store import SqlStore
from tests.api.conftest import ApiClient

URL = "/v1/agent/insight"
NOW = datetime.now(UTC)


def add_themes(store: SqlStore) -> None:
    for name in ("a", "b"):
        store.themes.save(Theme(id=name, created_at=NOW - timedelta(days=40), terms=(f"語{name}",)))
    store.gaps.save(
        Gap(id="g", kind=GapKind.MISSING, state=GapState.OPEN, language="ja", created_at=NOW, updated_at=NOW)
    )


async def test_a_report_has_figures_intervals_and_definitions(client: ApiClient) -> None:
    mori = await client.hire()
    talk = await client.open()
    await talk.say("返品の期限は？")
    await talk.answered()
    await talk.post("close", {"helped": True})
    found = (await client.http.get(f"{URL}/report?days=2", headers=mori)).json()
    assert found["outcomes"] == {"confirmed": 1}
    assert found["confirmed"]["count"] == found["confirmed"]["total"] == 1
    assert 0 < found["confirmed"]["low"] < 1
    assert set(found["definitions"]["contained"]) == {"ja", "en"}
    for wrong in ("from=yesterday", "from=2026-11-02&to=2026-11-01", "from=2020-01-01"):
        assert (await client.http.get(f"{URL}/report?{wrong}", headers=mori)).status_code == 422
    assert (await client.http.get(f"{URL}/report")).status_code == 401


async def test_the_rows_behind_it_are_a_csv_that_runs_nothing(client: ApiClient) -> None:
    mori = await client.hire()
    talk = await client.open()
    await talk.say("返品の期限は？")
    await talk.answered()
    await talk.post("close")
    await talk.post(
        "feedback", {"kind": "csat", "value": 1, "comment": '=HYPERLINK("http://x","a"),\n次の行'}
    )
    answer = await client.http.get(f"{URL}/conversations.csv", headers=mori)
    assert answer.content.startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert row["kind"] == "answered"
    assert row["csat"] == "1"
    assert row["comment"] == '\'=HYPERLINK("http://x","a"),\n次の行'


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", " =1", "\u3000=1", "＝1", "\r1"])
def test_a_formula_is_a_text(text: str) -> None:
    assert str(format_cell(text)).startswith("'")


@pytest.mark.parametrize("value", ["返品", "a=1", 3, 0.5, -1])
def test_anything_else_stays(value: object) -> None:
    assert format_cell(value) == value


async def test_administrators_rename_pin_and_merge_themes(client: ApiClient) -> None:
    await client.rig.database.write(add_themes)
    lead, mori = await client.hire("Lead", admin=True), await client.hire()
    assert (await client.http.post(f"{URL}/themes/a", json={"title": "x"}, headers=mori)).status_code == 403
    renamed = await client.http.post(f"{URL}/themes/a", json={"title": "送料", "pinned": True}, headers=lead)
    assert (renamed.json()["name"], renamed.json()["pinned"]) == ("送料", True)
    into = await client.http.post(f"{URL}/themes/b/merge", json={"into": "a"}, headers=lead)
    assert into.json()["id"] == "a"
    assert (
        await client.http.post(f"{URL}/themes/b/merge", json={"into": "a"}, headers=lead)
    ).status_code == 422
    listed = (await client.http.get(f"{URL}/themes", headers=mori)).json()
    assert [theme["name"] for theme in listed["themes"]] == ["送料"]
    assert [event["kind"] for event in listed["events"]] == ["renamed", "pinned", "merged"]
    cleared = await client.http.post(f"{URL}/themes/a", json={"title": ""}, headers=lead)
    assert cleared.json()["name"] == "語a"
    assert (await client.http.get(f"{URL}/themes/nothing", headers=mori)).status_code == 404


async def test_themes_tell_how_many_conversations_ask_about_them(client: ApiClient) -> None:
    await client.rig.database.write(add_themes)
    mori = await client.hire()
    talks = [await client.open() for _ in range(3)]
    for talk, text in zip(talks, ("返品の期限は？", "会社のログインの方法", "返品の期限は？"), strict=True):
        await talk.say(text)
        await talk.answered()
    await talks[0].say("開封した商品は返品できますか")
    await talks[0].answered(2)
    ids = [(await talk.get())["id"] for talk in talks]
    sorted_into = {(ids[0], 0): "a", (ids[0], 1): "a", (ids[1], 0): "a"}
    await client.rig.database.write(lambda store: store.questions.assign_themes(sorted_into))
    found = (await client.http.get(f"{URL}/themes?days=1", headers=mori)).json()
    rows = {row["id"]: row for row in found["themes"]}
    assert (rows["a"]["conversations"], rows["a"]["declined"]) == (2, 1)
    assert (rows["b"]["conversations"], rows["a"]["conversations_before"]) == (0, 0)
    assert found["unsorted"] == 1
    one = (await client.http.get(f"{URL}/themes/a", headers=mori)).json()
    assert [question["text"] for question in one["questions"]].count("返品の期限は？") == 1


SAID = "返品の期限は？ mori@x.jp 、090-1234-5678、4111 1111 1111 1111"


@pytest.mark.parametrize("title", [None, "カード 4111 1111 1111 1111"])
async def test_themes_and_gaps_tell_nothing_of_one_customer(client: ApiClient, title: str | None) -> None:
    mori, talk = await client.hire(), await client.open()
    await talk.say(SAID)
    await talk.answered()
    await talk.post("close")
    key = ((await talk.get())["id"], 0)

    def sort_in(store: SqlStore) -> None:
        add_themes(store)
        theme = store.themes.get("a")
        store.themes.save(replace(theme, title=title, conversation=key[0], turn=key[1]))
        store.questions.assign_themes({key: "a"})
        store.gaps.add_evidence("g", {key: "declined"})

    await client.rig.database.write(sort_in)
    shown = {}
    for page in ("themes", "themes/a", "gaps", "gaps/g", "report", "conversations.csv"):
        answer = await client.http.get(f"{URL}/{page}", headers=mori)
        assert answer.status_code == 200
        shown[page] = answer.text
    said = json.loads(shown["themes/a"])["questions"][0]["text"]
    assert said == "返品の期限は？ [EMAIL_1] 、[PHONE_1]、[CARD_1]"
    assert json.loads(shown["gaps"])["gaps"][0]["title"] == said
    assert json.loads(shown["gaps/g"])["evidence"][0]["text"] == said
    name = said if title is None else "カード ••••1111"
    assert json.loads(shown["themes/a"])["name"] == name
    assert json.loads(shown["report"])["groups"]["theme"][0]["name"] == name
    assert (
        next(csv.DictReader(io.StringIO(shown["conversations.csv"].lstrip("\ufeff"))))["theme_name"] == name
    )
    now = datetime.now(UTC)
    wanted = ReportRange(start=now - timedelta(days=1), end=now + timedelta(days=1))
    found = await client.rig.database.read(lambda store: load_report(store, wanted, now))
    assert found["groups"]["theme"][0]["name"] == name, "as `assistant report` prints it"


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
async def test_a_time_that_no_other_zone_has_is_refused(client: ApiClient, moment: str) -> None:
    await client.rig.database.write(add_themes)
    lead = await client.hire("Lead", admin=True)
    refused = await client.http.post(f"{URL}/gaps/g", json={"due_at": moment}, headers=lead)
    assert (refused.status_code, "due_at" in refused.text) == (422, True)
    for range_ in ({"from": moment}, {"to": moment}, {"from": moment, "to": moment}):
        answer = await client.http.get(f"{URL}/report", params=range_, headers=lead)
        assert (answer.status_code, "is not a time" in answer.text) == (422, True)


async def test_administrators_work_on_gaps(client: ApiClient) -> None:
    await client.rig.database.write(add_themes)
    lead, mori = await client.hire("Lead", admin=True), await client.hire()
    assert (await client.http.post(f"{URL}/gaps/g", json={}, headers=mori)).status_code == 403
    refused = await client.http.post(f"{URL}/gaps/g", json={"action": "publish"}, headers=lead)
    assert refused.status_code == 409
    body = {"action": "approve", "title": "題", "text": "本文", "owner": "mori@shop.example"}
    approved = (await client.http.post(f"{URL}/gaps/g", json=body, headers=lead)).json()
    assert (approved["state"], approved["title"], approved["text"]) == ("proving", "題", "本文")
    owner = (await client.http.get("/v1/agent/me", headers=mori)).json()["agent"]["id"]
    assert approved["owner"] == owner
    listed = (await client.http.get(f"{URL}/gaps?state=proving", headers=mori)).json()
    assert [gap["id"] for gap in listed["gaps"]] == ["g"]
    naive = await client.http.post(f"{URL}/gaps/g", json={"due_at": "2026-12-01T09:00:00"}, headers=lead)
    assert naive.status_code == 422


async def test_a_figure_leads_to_its_conversations(client: ApiClient) -> None:
    mori, talk = await client.hire(), await client.open()
    await talk.say("返品の期限は？")
    await talk.answered()
    await talk.post("close", {"helped": True})
    url = f"{URL}/conversations?days=2"
    found = (await client.http.get(f"{url}&outcome=confirmed", headers=mori)).json()
    assert (found["found"], found["conversations"][0]["kind"]) == (1, "confirmed")
    for other in ("outcome=abandoned", "theme=x", "channel=line"):
        assert (await client.http.get(f"{url}&{other}", headers=mori)).json()["found"] == 0
    by_day = (await client.http.get(f"{URL}/report?days=2", headers=mori)).json()["by_day"]
    assert [day["outcomes"] for day in by_day] == [{}, {"confirmed": 1}]
