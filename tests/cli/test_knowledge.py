"""`ingest`, `search` and `ask` from the outside, with the real model."""

import json
import os
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from assistant.answering.reader.adapted_model import AdaptedModel
from tests.cli.conftest import InProcessCli
from tests.cli.shell import CliHarness

pytestmark = pytest.mark.slow

DEADLINE_JA = "ja/returns/return-deadline.md"
DEADLINE_EN = "en/returns/return-deadline.md"
POISON = [
    "a" * 20_000, "返品" * 10_000, "🙂🙂🙂", '" OR NEAR(returns) AND NOT title : *', "NUL\x00", "\ud83d", "",
    "   ", "%_%", "'; DROP TABLE articles; --", "(((((", "-", "^returns", "\u202e返品\u200b", "{}", "null",
]  # fmt: skip
#: A port of ours on which nobody answers.
NOBODY = {"OPENAI_API_KEY": "sk-nobody", "OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}


# -- ingest


def test_what_is_indexed_is_not_indexed_again(asks: InProcessCli, library: Path) -> None:
    report = asks("ingest", str(library), "--json").json
    articles = len(list(library.rglob("*.md")))
    assert {key: report[key] for key in ("added", "updated", "unchanged", "removed", "failed")} == {
        "added": 0, "updated": 0, "unchanged": articles, "removed": 0, "failed": 0,
    }  # fmt: skip


def test_changes_are_taken_in_and_what_vanished_goes_when_told_to(
    changes: InProcessCli, library: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "help"
    shutil.copytree(library, folder)
    assert changes("ingest", str(folder)).code == 0
    changed, gone = folder / DEADLINE_EN, folder / DEADLINE_JA
    changed.write_text(changed.read_text("utf-8") + "\n\nParrots may be returned within 77 days.\n", "utf-8")
    gone.unlink()
    kept = changes("ingest", str(folder))
    assert kept.out.startswith("0 added, 1 updated,"), kept
    assert ", 0 removed," in kept.out
    assert ", 1 removed, 0 failed" in changes("ingest", str(folder), "--prune").out
    hits = changes.batch("search", items=[{"id": 1, "text": "parrots"}, {"id": 2, "text": "返品の期限"}])
    assert hits[0]["hits"][0]["article"].endswith(DEADLINE_EN)
    # The library that was indexed first is another folder: its copy of the article stays.
    assert sum(hit["article"].endswith(DEADLINE_JA) for hit in hits[1]["hits"]) == 1


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A folder of documents that cannot be read."""
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "empty.md").touch()
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4\n1 0 obj <</Type /Catalog")
    (folder / "broken.docx").write_bytes(b"PK\x03\x04 not a document")
    (folder / "broken.xlsx").write_bytes(b"\x00" * 100)
    (folder / "wide.txt").write_bytes(b"\xff\xfe\x81\x99\x00bad\xfe")
    (folder / "noise.md").write_bytes(bytes(range(128, 256)) * 4)
    (folder / "damaged.md").write_bytes("返品は三十日以内です。".encode() * 9 + b"\xff")
    os.truncate(os.open(folder / "huge.txt", os.O_CREAT | os.O_WRONLY), 200_000_000)
    os.mkfifo(folder / "pipe.md")
    return folder


WHY = {
    "empty.md": "the file is empty",
    "broken.pdf": "it is a broken PDF",
    "broken.docx": "",
    "broken.xlsx": "",
    "wide.txt": "save it as UTF-8",
    "noise.md": "save it as UTF-8",
    "damaged.md": "save it again as UTF-8",
    "huge.txt": "more than 20 MB; split it",
    "pipe.md": "it is not a plain file",
}


def test_each_document_that_cannot_be_read_is_one_line_and_stops_nothing(
    changes: InProcessCli, broken: Path
) -> None:
    (broken / "good.md").write_text("# Umbrellas\n\nUmbrellas are lent for 13 days.\n")
    outcome = changes("ingest", str(broken))
    assert outcome.code == 1
    assert outcome.out.startswith("1 added, 0 updated, 0 unchanged, 0 removed, 9 failed"), outcome
    said = {line.split(": ")[1]: line for line in outcome.err.splitlines()}
    assert set(said) == set(WHY)
    assert [name for name, why in WHY.items() if why not in said[name]] == []
    (found,) = changes.batch("search", "-k", "1", items=[{"id": 1, "text": "How long are umbrellas lent?"}])
    assert found["hits"][0]["article"] == "good.md"


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("broken/empty.md", "write something in it or delete it"),
        ("nowhere", "there is no such file or folder; check the path"),
        ("nothing-in-it", "no documents in this folder"),
        ("http://nowhere.invalid/", "check the spelling"),
        ("http://127.0.0.1:9/", "set ASSISTANT_INGEST_PRIVATE=1"),
    ],
)
def test_what_cannot_be_read_is_one_line_with_the_mend(
    changes: InProcessCli, broken: Path, place: str, why: str
) -> None:
    broken.with_name("nothing-in-it").mkdir()
    outcome = changes("ingest", place)
    assert why in outcome.refusal()
    assert outcome.out == "0 added, 0 updated, 0 unchanged, 0 removed, 1 failed\n"


def test_a_folder_that_vanished_is_no_reason_to_remove_anything(changes: InProcessCli, library: Path) -> None:
    away = library.with_name("away")
    library.rename(away)
    try:
        outcome = changes("ingest", str(library), "--prune")
    finally:
        away.rename(library)
    assert ", 0 removed, 1 failed" in outcome.out
    assert changes("search", "返品の期限", "--json").json


def test_a_file_with_a_name_that_is_no_text_is_told(changes: InProcessCli, tmp_path: Path) -> None:
    folder = tmp_path / "names"
    folder.mkdir()
    Path(os.fsdecode(os.fsencode(folder) + b"/\x8e\x52.md")).write_text("# Hill\n\nHills are high.\n")
    assert "UTF-8" in changes("ingest", str(folder)).refusal()


# -- search


def test_search_prints_ranked_passages(indexed: CliHarness) -> None:
    hits = indexed.run("search", "返品の期限は何日ですか", "-k", "3", "--json").json
    assert len(hits) == 3
    assert all(set(hit) == {"article", "title", "url", "score", "text"} for hit in hits)
    assert hits[0]["article"] == DEADLINE_JA
    scores = [hit["score"] for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_a_batch_of_searches_is_one_line_each_in_order(asks: InProcessCli) -> None:
    items = [
        {"id": "en", "text": "How many days do I have to return something?"},
        {"id": 2, "text": "返品の期限は何日ですか"},
        {"text": "no id"},
        {"id": "en", "text": "When do points expire?"},
    ]
    found = asks.batch("search", "-k", "3", items=items)
    assert [line["id"] for line in found] == ["en", 2, None, "en"]
    assert all(set(line) == {"id", "hits"} for line in found)
    assert all(set(hit) == {"article", "score", "title"} for line in found for hit in line["hits"])
    assert [len({hit["article"] for hit in line["hits"]}) for line in found] == [3, 3, 3, 3]
    assert [found[0]["hits"][0]["article"], found[1]["hits"][0]["article"]] == [DEADLINE_EN, DEADLINE_JA]


@pytest.mark.parametrize("command", ["search", "ask"])
def test_no_question_breaks_a_batch(asks: InProcessCli, command: str) -> None:
    items: list[dict[str, Any]] = [{"id": number, "text": text} for number, text in enumerate(POISON)]
    items.append({"id": "last", "text": "返品の期限は何日ですか"})
    began = time.monotonic()
    found = asks.batch(command, items=items)
    assert time.monotonic() - began < 60
    assert [line["id"] for line in found] == [*range(len(POISON)), "last"]
    last = found[-1]["hits" if command == "search" else "citations"]
    assert last[0]["article"] == DEADLINE_JA


def test_a_model_that_is_late_leaves_nothing_in_the_output(
    asks: InProcessCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    late: list[str] = []

    async def run_late(self: AdaptedModel, *_: object) -> None:
        late.append(self.name)
        raise TimeoutError

    monkeypatch.setattr(AdaptedModel, "run_in_thread", run_late)
    # What no other test asks: readings are kept.
    [line] = asks.batch("ask", items=[{"id": 1, "text": "未開封の品は何日以内なら返品できますか"}])
    assert line["citations"]
    assert "reader" in late


def test_an_id_comes_back_as_it_was(asks: InProcessCli) -> None:
    ids: list[Any] = ["\ud83d", "日本", {"a": [1, None]}, 1.5, True, None, ""]
    found = asks.batch("search", "-k", "1", items=[{"id": id_, "text": "points"} for id_ in ids])
    assert [line["id"] for line in found] == ids


@pytest.mark.parametrize("command", ["search", "ask"])
def test_a_line_that_is_none_is_named_and_those_before_it_are_answered(
    asks: InProcessCli, command: str
) -> None:
    good = json.dumps({"id": 1, "text": "返品の期限"}) + "\n"
    for bad, says in (('{"id": 2', "line 3: not JSON"), ('{"id": 2}', 'Item 2 has no "text"')):
        outcome = asks(command, "--batch", "-", stdin=good + "\n" + bad + "\n" + good)
        assert says in outcome.refusal()
        assert [line["id"] for line in outcome.lines] == [1]


def test_nothing_indexed_is_nothing_found_and_doctor_says_what_to_do(changes: InProcessCli) -> None:
    changes("migrate", ASSISTANT_DATA_DIR="empty")
    assert changes("search", "返品の期限").out == "Nothing found.\n"
    assert changes("ask", "返品の期限", "--json").json["decision"] == "abstain"
    doctor = changes("doctor")
    assert "Not well: database" in doctor.refusal()
    assert "run `assistant ingest knowledge_base`" in doctor.out


# -- ask


def test_an_answer_quotes_the_article_in_the_language_of_the_question(asks: InProcessCli) -> None:
    items = [
        {"id": "ja", "text": "返品の期限は何日ですか"},
        {"id": "en", "text": "How many days do I have to return something?"},
        {"id": "none", "text": "What is the capital of Mongolia?"},
        {"id": "person", "text": "担当者と話したい"},
    ]
    found = {line["id"]: line for line in asks.batch("ask", items=items)}
    assert list(found) == ["ja", "en", "none", "person"]
    for line in found.values():
        assert set(line) == {"id", "answer", "decision", "reason", "citations"}
        assert all(cited["article"] and cited["quote"] for cited in line["citations"])
    assert [line["decision"] for line in found.values()] == ["answer", "answer", "abstain", "handoff"]
    assert (found["none"]["reason"], found["person"]["reason"]) == ("no_answer", "asked_for_person")
    assert found["ja"]["citations"][0]["article"] == DEADLINE_JA
    assert found["en"]["citations"][0]["article"] == DEADLINE_EN
    assert "30" in found["ja"]["answer"]


def test_a_model_that_cannot_be_reached_costs_seconds_and_quotes_answer(asks: InProcessCli) -> None:
    began = time.monotonic()
    outcome = asks("ask", "返品の期限は何日ですか", "--json", **NOBODY)
    assert outcome.json["citations"][0]["article"] == DEADLINE_JA
    assert outcome.err == ""
    assert time.monotonic() - began < 30


def test_doctor_says_that_the_model_cannot_be_reached(asks: InProcessCli) -> None:
    outcome = asks("doctor", "--json", **NOBODY)
    assert outcome.refusal() == (
        "assistant: Not well: model; what is printed beside each says what mends it."
    )
    model = outcome.lines[-1]
    assert "check that its server can be reached" in model["says"]
    assert "sk-nobody" not in outcome.out


def test_doctor_finds_everything_well(asks: InProcessCli) -> None:
    outcome = asks("doctor", "--json")
    assert (outcome.code, outcome.err) == (0, "")
    parts = {finding["part"] for finding in outcome.lines if finding["well"]}
    assert parts == {
        *("settings", "data folder", "database", "index"),
        *("words ja", "words en", "model", "articles", "work", "reading"),
    }


def test_a_model_without_a_provider_is_told(asks: InProcessCli) -> None:
    outcome = asks("ask", "x", ASSISTANT_CHAT_MODEL="gpt")
    assert "write it as openai:gpt" in outcome.refusal()


def test_doctor_tells_which_articles_disagree(type_: InProcessCli, tmp_path: Path) -> None:
    for name, days in (("a.md", 30), ("b.md", 14)):
        text = f"未開封の商品の返品は、お届けから{days}日以内にお申し込みください。"
        (tmp_path / name).write_text(f"# 返品の期限\n\n{text}\n", encoding="utf-8")
    assert type_("ingest", str(tmp_path)).code == 0
    found = {finding["part"]: finding for finding in type_("doctor", "--json").lines}
    assert found["articles"]["well"]
    assert "disagree: a.md" in found["articles"]["says"]
    assert "b.md" in found["articles"]["says"]
