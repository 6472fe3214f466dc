"""Ids that stay, whatever else is ingested, and what counts as vanished."""

from pathlib import Path

import pytest

from assistant.domain.knowledge import Origin
from assistant.knowledge.ingest.article_ids import ArticleIds


def origin(source: Path, relative: str) -> Origin:
    return Origin(source=str(source), location=str(source / relative))


@pytest.fixture
def ja(tmp_path: Path) -> Path:
    return folder(tmp_path / "ja")


@pytest.fixture
def en(tmp_path: Path) -> Path:
    return folder(tmp_path / "en")


def folder(path: Path) -> Path:
    path.mkdir(parents=True)
    return path


def test_an_id_is_the_first_candidate_that_is_free(ja: Path, en: Path) -> None:
    places = ArticleIds({"faq.md": origin(ja, "faq.md"), "en/faq.md": origin(ja.parent / "x/en", "faq.md")})
    (ja.parent / "x/en").mkdir(parents=True)
    candidates = ["faq.md", "en/faq.md", "help/en/faq.md"]
    assert places.assign_id(candidates, origin(en, "faq.md")) == "help/en/faq.md"
    assert places.prefixed == {str(en): ["help/en/faq.md"]}


def test_a_file_keeps_its_id_when_it_is_reached_another_way(ja: Path) -> None:
    before = Origin(source=str(ja.parent), location=str(ja / "faq.md"))
    places = ArticleIds({"ja/faq.md": before})
    assert places.assign_id(["faq.md"], origin(ja, "faq.md")) == "ja/faq.md"


def test_a_folder_that_moved_keeps_its_ids_and_what_it_lost_vanished(ja: Path) -> None:
    gone = Path("/gone/ja")
    places = ArticleIds({"faq.md": origin(gone, "faq.md"), "old.md": origin(gone, "old.md")})
    now = origin(ja, "faq.md")
    assert places.assign_id(["faq.md", "ja/faq.md"], now) == "faq.md"
    assert places.moved == {"faq.md": now}
    assert places.list_vanished() == ["old.md"]


def test_only_what_was_read_and_not_seen_vanished(ja: Path, en: Path) -> None:
    sheet = Origin(source=str(ja), location=f"{ja / 'faq.csv'}#3")
    places = ArticleIds(
        {
            "seen.md": origin(ja, "seen.md"),
            "gone.md": origin(ja, "gone.md"),
            "broken.md": origin(ja, "broken.md"),
            "faq.csv#3": sheet,
            "locked/a.md": origin(ja, "locked/a.md"),
            "other.md": origin(en, "other.md"),
            "https://e.com/a": Origin(source="https://e.com/sitemap.xml", location="https://e.com/a"),
        }
    )
    places.mark_read(str(ja))
    places.mark_seen(str(ja / "seen.md"))
    for doubtful in ("broken.md", "faq.csv", "locked"):
        places.mark_doubtful(str(ja / doubtful))
    assert places.list_vanished() == ["gone.md"]
    places.mark_read("https://e.com/sitemap.xml")
    assert places.list_vanished() == ["gone.md", "https://e.com/a"]
