"""The knowledge base over HTTP, as support leads look after it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from assistant.domain.article_lifecycle import (
    VANISHED,
    Contradiction,
    ContradictionSide,
    SourceCheck,
    SourceProblem,
)
from assistant.domain.knowledge import Article, Chunk, Origin, Terms
from assistant.storage.store import SqlStore
from assistant.text import quantities
from tests.api.conftest import ApiClient

URL = "/v1/agent/knowledge"
TODAY = datetime.now(UTC).date()
SITEMAP = "https://help.example.jp/sitemap.xml"
FOLDER = "/srv/articles"
LATE = datetime(2026, 11, 1, tzinfo=UTC)


def article(id_: str, *, source: str = FOLDER, **facts: Any) -> Article:
    origin = Origin(source=source, location=f"{FOLDER}/{id_}")
    return Article(id=id_, title=id_, language="ja", text="本文", tags=(), origin=origin, **facts)


PARROTS = Contradiction.from_sides(
    ContradictionSide(article="old.md", text="30日以内"),
    ContradictionSide(article="new.md", text="14日以内"),
    "days",
)


def fill(store: SqlStore) -> None:
    for one in (
        article("old.md", updated=date(2025, 1, 1)),
        article("new.md", updated=date(2026, 1, 1)),
        article("sale.md", valid_until=TODAY + timedelta(days=3)),
        article("past.md", valid_until=TODAY - timedelta(days=1)),
        article("soon.md", valid_from=TODAY + timedelta(days=3)),
        article("before.md"),
        article("gone.md"),
        article("prices.csv#2"),
        article("https://help.example.jp/a", source=SITEMAP, url="https://help.example.jp/a"),
    ):
        chunk = Chunk(position=0, headings=(), text=one.text, tokens=2)
        store.articles.save_article(one, [(chunk, Terms(title="", headings="", body="本文"))])
    store.article_lifecycle.save_supersessions({"before.md": "new.md"})
    store.article_lifecycle.save_contradictions(1, [PARROTS], LATE)
    store.article_lifecycle.save_source_problems(
        [],
        [
            SourceProblem(place="gone.md", source=FOLDER, why=VANISHED, since=LATE),
            SourceProblem(place="prices.csv", source=FOLDER, why="it is damaged", since=LATE),
            SourceProblem(place="open.csv#3", source=FOLDER, why="draft: true", since=LATE, harmless=True),
            SourceProblem(place=SITEMAP, source=SITEMAP, why="the server answers 503", since=LATE),
        ],
    )
    looks = [
        SourceCheck(source=source, checked_at=LATE, is_readable=source == FOLDER, prune=False)
        for source in (SITEMAP, FOLDER)
    ]
    store.sources.record_checks(looks)


@pytest.fixture
async def lead(client: ApiClient) -> dict[str, str]:
    """A filled knowledge base, and its support lead."""
    await client.rig.database.write(fill)
    return await client.hire("Lead", admin=True)


async def got(client: ApiClient, who: dict[str, str], path: str = "") -> Any:
    response = await client.http.get(f"{URL}{path}", headers=who)
    assert response.status_code == 200, response.text
    return response.json()


async def ids(client: ApiClient, who: dict[str, str], query: str) -> Sequence[str]:
    return [one["id"] for one in (await got(client, who, f"/articles?{query}"))["articles"]]


async def test_the_overview_tells_what_is_wrong_and_where_it_comes_from(
    client: ApiClient, lead: dict[str, str]
) -> None:
    seen = await got(client, lead)
    assert seen["articles"] == 9
    assert seen["states"] == {
        "failed": 2, "vanished": 1, "ends_soon": 1, "not_yet": 1, "replaced": 1, "ended": 1, "holds": 6,
    }  # fmt: skip
    folder, sitemap = seen["sources"]
    assert (folder["source"], folder["web"], folder["articles"], folder["failures"]) == (
        "articles",
        False,
        8,
        0,
    )
    assert FOLDER not in str(seen), "where the server keeps its files"
    assert (folder["troubles"], sitemap["troubles"]) == (2, 1)
    assert folder["read_at"] == "2026-11-01T00:00:00Z"
    assert (sitemap["web"], sitemap["failures"], sitemap["read_at"]) == (True, 1, None)
    assert sitemap["trouble"]["why"] == "the server answers 503"
    assert [(one["place"], one["why"]) for one in seen["remarks"]] == [("open.csv#3", "draft: true")]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=failed", ["https://help.example.jp/a", "prices.csv#2"]),
        ("state=vanished", ["gone.md"]),
        ("state=ends_soon", ["sale.md"]),
        ("state=not_yet", ["soon.md"]),
        ("state=replaced", ["before.md"]),
        ("state=ended", ["past.md"]),
        ("q=PRICES", ["prices.csv#2"]),
        ("q=nothing+like+it", []),
    ],
)
async def test_articles_by_state_and_title(
    client: ApiClient, lead: dict[str, str], query: str, found: list[str]
) -> None:
    assert await ids(client, lead, query) == found


async def test_an_article_tells_where_it_came_from_and_when(client: ApiClient, lead: dict[str, str]) -> None:
    [old] = (await got(client, lead, "/articles?q=before"))["articles"]
    assert (old["state"], old["replaced_by"], old["source"]) == ("replaced", "new.md", "articles")
    assert old["location"] == "articles/before.md"
    assert old["read_at"] == "2026-11-01T00:00:00Z"
    assert old["url"] == "http://localhost:8000/help/before.md"


async def test_articles_come_in_pages(
    client: ApiClient, lead: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.api.knowledge.PAGE", 5)
    first = await got(client, lead, "/articles")
    second = await got(client, lead, f"/articles?after={first['next']}")
    assert (first["found"], len(first["articles"]), len(second["articles"])) == (9, 5, 4)
    assert second["next"] is None


async def test_a_contradiction_shows_both_sides_and_which_is_newer(
    client: ApiClient, lead: dict[str, str]
) -> None:
    [found] = (await got(client, lead))["contradictions"]
    sides = {found[side]["article"]: found[side]["text"] for side in ("one", "other")}
    assert sides == {"old.md": "30日以内", "new.md": "14日以内"}
    assert found[found["newer"]]["article"] == "new.md"


async def test_dismissing_needs_a_reason_is_audited_and_can_be_taken_back(
    client: ApiClient, lead: dict[str, str]
) -> None:
    url = f"{URL}/contradictions/{PARROTS.id}"
    assert (await client.http.post(f"{url}/dismiss", json={"reason": " "}, headers=lead)).status_code == 422
    body = {"reason": "別の商品の話です"}
    assert (await client.http.post(f"{url}/dismiss", json=body, headers=lead)).status_code == 200
    seen = await got(client, lead)
    assert seen["contradictions"] == []
    assert [(one["reason"], one["by"]) for one in seen["dismissed"]] == [("別の商品の話です", "Lead")]
    assert (await client.http.post(f"{url}/restore", headers=lead)).status_code == 200
    assert len((await got(client, lead))["contradictions"]) == 1
    assert (await client.http.post(f"{url}/restore", headers=lead)).status_code == 404
    entries = await client.rig.database.read(lambda store: store.audit.list_entries())
    told = [(one.action, one.details) for one in entries if one.action in ("dismiss", "restore")]
    assert told == [
        ("dismiss", {"contradiction": PARROTS.id, "reason": "別の商品の話です"}),
        ("restore", {"contradiction": PARROTS.id}),
    ]


async def test_a_web_source_is_read_again_when_a_lead_asks(client: ApiClient, lead: dict[str, str]) -> None:
    async def ask(source: str) -> int:
        body = {"source": source}
        return (await client.http.post(f"{URL}/sources/read", json=body, headers=lead)).status_code

    assert await ask(SITEMAP) == 202
    assert [one["reading"] for one in (await got(client, lead))["sources"]] == [False, True]
    assert await ask("https://nobody.example.jp/") == 404
    assert await ask(FOLDER) == 422
    actions = [one.action for one in await client.rig.database.read(lambda store: store.audit.list_entries())]
    assert actions.count("read_again") == 1


async def test_agents_see_it_and_only_administrators_change_it(
    client: ApiClient, lead: dict[str, str]
) -> None:
    agent = await client.hire("Mori")
    assert (await got(client, agent))["articles"] == 9
    for path, body in (
        (f"/contradictions/{PARROTS.id}/dismiss", {"reason": "no idea"}),
        (f"/contradictions/{PARROTS.id}/restore", None),
        ("/sources/read", {"source": SITEMAP}),
    ):
        assert (await client.http.post(f"{URL}{path}", json=body, headers=agent)).status_code == 403
        assert (await client.http.post(f"{URL}{path}", json=body)).status_code == 401
    for path in ("", "/articles"):
        assert (await client.http.get(f"{URL}{path}")).status_code == 401
    assert len((await got(client, lead))["contradictions"]) == 1


async def test_an_empty_knowledge_base_has_nothing_to_tell(client: ApiClient) -> None:
    agent = await client.hire()
    seen = await got(client, agent)
    assert (seen["articles"], seen["sources"], seen["contradictions"]) == (0, [], [])
    assert (await got(client, agent, "/articles"))["articles"] == []


async def test_an_article_that_is_replaced_only_later_still_holds(client: ApiClient) -> None:
    def step(store: SqlStore) -> None:
        fill(store)
        chunk = Chunk(position=0, headings=(), text="x", tokens=1)
        coming = replace(article("new.md"), valid_from=TODAY + timedelta(days=9))
        store.articles.save_article(coming, [(chunk, Terms(title="", headings="", body="x"))])
        store.article_lifecycle.save_supersessions({"before.md": "new.md"})

    await client.rig.database.write(step)
    agent = await client.hire()
    assert await ids(client, agent, "state=replaced") == []
    assert "before.md" in await ids(client, agent, "state=holds")


def test_every_measure_has_a_japanese_name() -> None:
    """Contradictions name their measure in English; the console translates it."""
    root = Path(__file__).parents[2]
    table = (root / "web/console/text/knowledge.ts").read_text("utf-8").partition("MEASURES")[2]
    code = (root / "assistant/text/quantities.py").read_text("utf-8")
    named = {name for name, _ in quantities._MEASURES.values()} | set(
        re.findall(r'Quantity\("([a-z ]+)"', code)
    )
    translated = {one or two for one, two in re.findall(r'^  (?:"([^"]+)"|([a-z]+)): "', table, re.MULTILINE)}
    assert named - translated == set()
    assert {"days", "time of day"} <= named
