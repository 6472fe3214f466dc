"""Leads write articles over HTTP: nobody's text is lost, and nothing is published unseen."""

import threading
from typing import Any

import httpx2
import pytest

from assistant.api import article_reading
from assistant.domain.article_lifecycle import Contradiction, ContradictionSide
from assistant.domain.draft_checks import DraftCheck
from tests.api.conftest import ApiClient
from tests.api.test_knowledge import article as file_article

URL = "/v1/agent/knowledge"
Headers = dict[str, str]


def fields(text: str = "30日以内です。", **other: Any) -> dict[str, Any]:
    return {"title": "返品", "language": "ja", "text": text, **other}


@pytest.fixture
async def lead(client: ApiClient) -> Headers:
    return await client.hire("Lead", lead=True)


async def save(client: ApiClient, who: Headers, base: int, text: str) -> httpx2.Response:
    which = {"id": "ja/returns"} if base else {"slug": "returns"}
    sent = {"base": base, "fields": fields(text), **which}
    return await client.http.post(f"{URL}/drafts", json=sent, headers=who)


async def opened(client: ApiClient, who: Headers, id_: str = "ja/returns") -> dict[str, Any]:
    found: dict[str, Any] = (await client.http.get(f"{URL}/article", params={"id": id_}, headers=who)).json()
    return found


async def publish(client: ApiClient, who: Headers, revision: int, **body: Any) -> httpx2.Response:
    body = {"id": "ja/returns", "revision": revision} | body
    return await client.http.post(f"{URL}/drafts/publish", json=body, headers=who)


async def test_an_article_is_written_published_changed_and_withdrawn(
    client: ApiClient, lead: Headers
) -> None:
    made = await save(client, lead, 0, "30日以内です。")
    assert (made.status_code, made.json()) == (201, {"id": "ja/returns", "revision": 1})
    assert (await publish(client, lead, 1)).json() == {"id": "ja/returns", "revision": 1, "warnings": []}
    assert client.article_desk.published["ja/returns"].text == "30日以内です。"
    await save(client, lead, 1, "14日以内です。")
    states = (await client.http.get(f"{URL}/drafts", headers=lead)).json()["drafts"]
    assert [(row["id"], row["state"], row["by"]) for row in states] == [("ja/returns", "changed", "Lead")]
    await publish(client, lead, 2)
    assert [(one["revision"], one["live"]) for one in (await opened(client, lead))["revisions"]] == [
        (2, True),
        (1, False),
    ]
    gone = await client.http.post(f"{URL}/drafts/withdraw", json={"id": "ja/returns"}, headers=lead)
    assert gone.status_code == 200
    assert client.article_desk.published == {}
    states = (await client.http.get(f"{URL}/drafts", headers=lead)).json()["drafts"]
    assert states[0]["state"] == "withdrawn"


async def test_what_could_not_be_withdrawn_stays_published_and_can_be_withdrawn_again(
    client: ApiClient, lead: Headers
) -> None:
    await save(client, lead, 0, "30日以内です。")
    await publish(client, lead, 1)
    statuses, live = [], []
    for away in (True, False):
        client.article_desk.away = away
        gone = await client.http.post(f"{URL}/drafts/withdraw", json={"id": "ja/returns"}, headers=lead)
        statuses.append(gone.status_code)
        live.append([one["live"] for one in (await opened(client, lead))["revisions"]])
    assert (statuses, live) == ([503, 200], [[True], [False]])
    again = await client.http.post(f"{URL}/drafts/withdraw", json={"id": "ja/returns"}, headers=lead)
    assert again.status_code == 404


async def test_of_two_who_write_at_once_nobody_loses_their_text(client: ApiClient, lead: Headers) -> None:
    other = await client.hire("Sato", lead=True)
    await save(client, lead, 0, "first")
    await save(client, lead, 1, "mine")
    late = await save(client, other, 1, "theirs")
    assert late.status_code == 409
    told = late.json()["error"]
    assert (told["code"], told["by"], told["theirs"], told["revision"]) == ("draft_changed", "Lead", 2, 3)
    kept = (await client.http.get(f"{URL}/revision?id=ja/returns&revision=3", headers=other)).json()
    assert kept["fields"]["text"] == "theirs"
    now = await opened(client, other)
    assert (now["revision"], now["fields"]["text"]) == (2, "mine")
    assert [one["beside"] for one in now["revisions"]] == [True, False, False]
    joined = await save(client, other, 2, "mine and theirs")
    assert joined.json() == {"id": "ja/returns", "revision": 4}


async def test_what_others_say_is_told_before_it_is_published(client: ApiClient, lead: Headers) -> None:
    found = Contradiction.from_sides(
        ContradictionSide(article="ja/returns", text="30日以内です。"),
        ContradictionSide(article="ja/old.md", text="14日以内です。", title="旧"),
        "days",
    )
    client.article_desk.check = DraftCheck(contradictions=(found,))
    await save(client, lead, 0, "30日以内です。")
    refused = await publish(client, lead, 1)
    assert refused.status_code == 409
    (told,) = refused.json()["error"]["contradictions"]
    assert (told["here"], told["there"], told["title"]) == ("30日以内です。", "14日以内です。", "旧")
    assert client.article_desk.published == {}
    assert (await publish(client, lead, 1, seen=[found.id])).status_code == 200
    assert "ja/returns" in client.article_desk.published


async def test_nobody_publishes_a_text_that_they_have_not_seen(client: ApiClient, lead: Headers) -> None:
    await save(client, lead, 0, "first")
    await save(client, lead, 1, "second")
    assert (await publish(client, lead, 1)).status_code == 409
    client.article_desk.check = DraftCheck(problem="It has no text yet.")
    assert (await publish(client, lead, 2)).status_code == 422
    assert client.article_desk.published == {}


async def test_an_article_of_a_file_is_read_only_and_says_why(client: ApiClient, lead: Headers) -> None:
    await client.rig.database.write(lambda store: store.articles.save_article(file_article("ja/new.md"), []))
    found = await opened(client, lead, "ja/new.md")
    assert (found["read_only"], found["location"]) == ("file", "articles/ja/new.md")
    assert found["translations"] == {"en": {"id": "en/new.md", "exists": False}}
    refused = await client.http.post(
        f"{URL}/drafts", json={"id": "ja/new.md", "fields": fields()}, headers=lead
    )
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "read_only")


async def test_versions_are_compared_line_by_line(client: ApiClient, lead: Headers) -> None:
    await save(client, lead, 0, "same\nold")
    await save(client, lead, 1, "same\nnew")
    seen = (await client.http.get(f"{URL}/revision?id=ja/returns&revision=2", headers=lead)).json()
    assert seen["diff"] == [[" ", "title: 返品"], [" ", "same"], ["-", "old"], ["+", "new"]]


async def test_versions_are_compared_off_the_event_loop(
    client: ApiClient, lead: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    await save(client, lead, 0, "one")
    ran_in: list[threading.Thread] = []

    def compare(*_lines: Any) -> list[Any]:
        ran_in.append(threading.current_thread())
        return []

    monkeypatch.setattr(article_reading, "compute_diff", compare)
    await client.http.get(f"{URL}/revision?id=ja/returns&revision=1", headers=lead)
    assert ran_in[0] is not threading.current_thread()


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("abcd", "abcd", " a b c d"),
        ("abcd", "axcd", " a-b+x c d"),
        ("aabb", "abab", " a-a b+a b"),
        ("", "ab", "+a+b"),
        ("ab", "ba", "-a b+a"),
        ("ababab", "bababa", "-a b a b a b+a"),
    ],
)
def test_what_was_kept_stays_in_order(before: str, after: str, shown: str) -> None:
    assert "".join(f"{sign}{line}" for sign, line in article_reading.compute_diff(before, after)) == shown


def test_texts_made_to_be_slow_are_shown_without_a_comparison() -> None:
    """Lines that repeat, and long lines that are alike, took difflib minutes."""
    one, other = [*"ab" * 400, "same"], [*"aab" * 300, "same"]
    found = article_reading.compute_diff(one, other)
    assert found[-1] == (" ", "same")
    kept = sum(sign == " " for sign, _ in found)
    assert kept == 4, "the first line and the last three, nothing in between"
    long = [f"{number}{'x' * 2_000}" for number in range(200)]
    assert len(article_reading.compute_diff(long, [line + "y" for line in long])) == 400
    lines = [str(number) for number in range(article_reading.MAX_COMPARED_LINES + 1)]
    assert article_reading.compute_diff(lines, lines[:2]) == [("-", "\n".join(lines)), ("+", "0\n1")]


async def test_a_question_is_tried_and_the_page_shown(client: ApiClient, lead: Headers) -> None:
    await save(client, lead, 0, "**30日**以内です。")
    asked = {"id": "ja/returns", "revision": 1, "question": "期限は?"}
    tried = (await client.http.post(f"{URL}/drafts/ask", json=asked, headers=lead)).json()
    assert "<strong>30日</strong>" in tried["after"]["html"]
    shown = await client.http.post(f"{URL}/preview", json={"text": "# <script>x</script>"}, headers=lead)
    assert "<script" not in shown.json()["html"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("drafts", {"fields": fields()}),
        ("drafts/publish", {"id": "ja/returns", "revision": 1}),
        ("drafts/withdraw", {"id": "ja/returns"}),
        ("drafts/check", {"id": "ja/returns", "revision": 1}),
        ("drafts/ask", {"id": "ja/returns", "revision": 1, "question": "?"}),
        ("upload?name=a.md", {}),
    ],
)
async def test_agents_write_nothing(client: ApiClient, path: str, body: dict[str, Any]) -> None:
    agent = await client.hire()
    refused = await client.http.post(f"{URL}/{path}", json=body, headers=agent)
    assert refused.status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [{"title": " "}, {"language": "../x"}, {"valid_from": "2026-02-01", "valid_until": "2026-01-01"}],
)
async def test_what_makes_no_sense_is_refused(
    client: ApiClient, lead: Headers, wrong: dict[str, Any]
) -> None:
    made = await client.http.post(f"{URL}/drafts", json={"fields": fields() | wrong}, headers=lead)
    assert made.status_code == 422
    outside = await client.http.post(
        f"{URL}/drafts", json={"id": "ja/../x", "fields": fields()}, headers=lead
    )
    assert outside.status_code == 422
    await save(client, lead, 0, "one")
    assert (await save(client, lead, 0, "another under the same address")).status_code == 409


async def test_a_file_is_read_for_editing_and_stores_nothing(client: ApiClient, lead: Headers) -> None:
    sent = await client.http.post(f"{URL}/upload?name=faq.md", content="本文".encode(), headers=lead)
    assert [one["text"] for one in sent.json()["articles"]] == ["本文"]
    assert (await client.http.get(f"{URL}/drafts", headers=lead)).json() == {"drafts": []}
