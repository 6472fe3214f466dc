"""The ingest run: incremental, per-document failures, stable ids, pruning; on files of a temporary folder."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from assistant.knowledge.ingest.run import IngestOptions, IngestReport, ingest_sources
from assistant.knowledge.loaders.reader import InProcessReader
from tests.knowledge.in_memory_index import InMemoryIndex
from tests.knowledge.office import xlsx
from tests.knowledge.site import LoopbackSite, SiteResponse


def count_tokens(text: str) -> int:
    return len(text) // 2 + 1


async def run(index: InMemoryIndex, *sources: str | Path, prune: bool = False) -> IngestReport:
    return await ingest_sources(
        [str(source) for source in sources],
        index=index,
        count_tokens=count_tokens,
        options=IngestOptions(prune=prune),
        reader=InProcessReader(),
    )


@pytest.fixture
def index() -> InMemoryIndex:
    return InMemoryIndex()


@pytest.fixture
def kb(tmp_path: Path) -> Path:
    return written(
        tmp_path / "kb",
        {
            "ja/returns/deadline.md": "---\ntitle: 返品の期限\n---\n30日以内です。\n",
            "en/returns/deadline.md": "---\ntitle: Return deadline\n---\n30 days.\n",
            "faq.csv": "質問,回答\n送料は？,500円です。\n営業時間は？,10時からです。\n",
            "README.md": "# How to write an article\n\nLike this.\n",
            "ja/.draft.md": "hidden",
            "node_modules/a/b.md": "not ours",
            "logo.png": b"\x89PNG",
        },
    )


def written(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


async def test_a_folder_becomes_articles_named_by_their_paths(index: InMemoryIndex, kb: Path) -> None:
    report = await run(index, kb)
    assert sorted(report.added) == [
        "en/returns/deadline.md",
        "faq.csv#2",
        "faq.csv#3",
        "ja/returns/deadline.md",
    ]
    assert (report.failed, report.warnings) == ([], [])
    assert {id: (article.title, article.language) for id, article in index.articles.items()} == {
        "ja/returns/deadline.md": ("返品の期限", "ja"),
        "en/returns/deadline.md": ("Return deadline", "en"),
        "faq.csv#2": ("送料は？", "ja"),
        "faq.csv#3": ("営業時間は？", "ja"),
    }
    assert [chunk.text for chunk in index.chunks["faq.csv#2"]] == ["500円です。"]


async def test_a_second_run_changes_nothing(index: InMemoryIndex, kb: Path) -> None:
    await run(index, kb)
    index.groups.clear()
    report = await run(index, kb, prune=True)
    assert len(report.unchanged) == 4
    assert (report.added, report.updated, report.removed, index.groups) == ([], [], [], [])


@pytest.mark.parametrize(
    "changed",
    [
        "---\ntitle: 返品の期限\n---\n14日以内です。\n",
        "---\ntitle: 返品の期限\ntags: [急ぎ]\n---\n30日以内です。\n",
    ],
    ids=["text", "facts"],
)
async def test_what_changed_is_updated_alone(index: InMemoryIndex, kb: Path, changed: str) -> None:
    await run(index, kb)
    (kb / "ja/returns/deadline.md").write_text(changed)
    assert (await run(index, kb)).updated == ["ja/returns/deadline.md"]


async def test_another_chunker_indexes_everything_anew(
    index: InMemoryIndex, kb: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await run(index, kb)
    monkeypatch.setattr("assistant.knowledge.ingest.article_builder.CHUNKER", "next")
    assert len((await run(index, kb)).updated) == 4


async def test_what_vanished_is_removed_only_with_prune(index: InMemoryIndex, kb: Path) -> None:
    await run(index, kb)
    (kb / "ja/returns/deadline.md").unlink()
    (kb / "faq.csv").write_text("質問,回答\n送料は？,500円です。\n")
    assert (await run(index, kb)).removed == []
    assert (await run(index, kb, prune=True)).removed == ["faq.csv#3", "ja/returns/deadline.md"]
    assert sorted(index.articles) == ["en/returns/deadline.md", "faq.csv#2"]


async def test_prune_never_touches_what_another_folder_brought(
    index: InMemoryIndex, kb: Path, tmp_path: Path
) -> None:
    other = written(tmp_path / "other", {"a.md": "A", "b.md": "B"})
    await run(index, kb, other)
    (other / "b.md").unlink()
    assert (await run(index, kb, prune=True)).removed == []
    assert (await run(index, kb / "ja", prune=True)).removed == []
    assert (await run(index, other, prune=True)).removed == ["b.md"]


async def test_an_emptied_folder_prunes_nothing_because_it_may_not_be_mounted(
    index: InMemoryIndex, kb: Path
) -> None:
    await run(index, kb)
    for path in kb.rglob("*.*"):
        if path.is_file():
            path.unlink()
    report = await run(index, kb, prune=True)
    assert (report.removed, len(index.articles)) == ([], 4)
    assert report.failed[0][1].startswith("no documents in this folder; it needs Markdown")


async def test_two_folders_with_the_same_names_get_ids_that_stay(
    index: InMemoryIndex, tmp_path: Path
) -> None:
    ja = written(tmp_path / "ja", {"faq.md": "よくある質問です。", "only.md": "これだけ。"})
    en = written(tmp_path / "en", {"faq.md": "Questions."})
    report = await run(index, ja, en)
    assert sorted(report.added) == ["en/faq.md", "faq.md", "only.md"]
    assert report.warnings == [
        (str(en), "1 ids carry the folder's name (en/faq.md …): another folder has these already")
    ]
    assert [index.articles[id].language for id in ("faq.md", "en/faq.md")] == ["ja", "en"]
    assert sorted((await run(index, en)).unchanged) == ["en/faq.md"]
    assert sorted((await run(index, en, ja, tmp_path, prune=True)).unchanged) == [
        "en/faq.md",
        "faq.md",
        "only.md",
    ]


async def test_a_folder_that_moved_changes_nothing(index: InMemoryIndex, kb: Path, tmp_path: Path) -> None:
    await run(index, kb)
    moved = kb.rename(tmp_path / "elsewhere")
    (moved / "en/returns/deadline.md").unlink()
    report = await run(index, moved, prune=True)
    assert (len(report.unchanged), report.removed) == (3, ["en/returns/deadline.md"])
    origin = index.articles["faq.csv#2"].origin
    assert origin is not None
    assert origin.location == f"{moved / 'faq.csv'}#2"


BROKEN = {
    "empty.md": (b"", "the file is empty; write something in it or delete it"),
    "broken.pdf": (b"%PDF-1.7 nothing", "it is a broken PDF; open it and save it again as PDF"),
    "picture.txt": (
        b"\x89PNG\x00\x01\x02" * 50,
        "it is not a text file; give Markdown, HTML, CSV, Excel, PDF or Word",
    ),
    "damaged.md": (
        ("返品" * 30).encode()[:-1] + b"!",
        "it is damaged UTF-8 (byte 177); save it again as UTF-8",
    ),
    "prices.xlsx": (xlsx({"A": [["a", "b", "c"]]}), "it has no question and answer columns; "),
}


async def test_each_bad_document_is_one_line_and_the_others_are_indexed(
    index: InMemoryIndex, kb: Path
) -> None:
    written(kb, {name: content for name, (content, _) in BROKEN.items()})
    report = await run(index, kb)
    assert len(report.added) == 4
    whys = dict(report.failed)
    assert whys.keys() == BROKEN.keys()
    for name, (_, why) in BROKEN.items():
        assert whys[name].startswith(why)
        assert "\n" not in whys[name]


async def test_a_document_that_fails_keeps_its_old_version_even_with_prune(
    index: InMemoryIndex, kb: Path
) -> None:
    await run(index, kb)
    (kb / "faq.csv").write_bytes(b"")
    report = await run(index, kb, prune=True)
    assert (report.failed[0][0], report.removed) == ("faq.csv", [])
    assert index.articles["faq.csv#2"].text == "500円です。"


async def test_a_file_of_200_megabytes_is_refused_without_reading_it(
    index: InMemoryIndex, kb: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (kb / "huge.txt").open("wb") as file:
        file.truncate(200_000_000)
    read: list[Path] = []
    whole = Path.read_bytes

    def noted(path: Path) -> bytes:
        read.append(path)
        return whole(path)

    monkeypatch.setattr(Path, "read_bytes", noted)
    report = await run(index, kb)
    assert report.failed == [("huge.txt", "it has 200 MB, more than 20 MB; split it")]
    assert kb / "huge.txt" not in read


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("nowhere", "there is no such file or folder; check the path"),
        ("kb/logo.png", "this kind of file cannot be read; give Markdown"),
        ("old.doc", "this kind of file cannot be read; save it as .docx"),
        ("ftp://example.com/a", "only http and https addresses are read"),
    ],
)
async def test_a_source_that_is_none_is_one_line_with_the_mend(
    index: InMemoryIndex, kb: Path, name: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(kb.parent)
    Path("old.doc").write_bytes(b"\xd0\xcf")
    report = await run(index, name, kb)
    assert len(report.added) == 4
    [(where, reason)] = report.failed
    assert where == name
    assert reason.startswith(why)


@pytest.mark.skipif(
    os.geteuid() == 0, reason="root may read everything; the refusal is asserted below as well"
)
async def test_an_unreadable_folder_is_one_line_and_prunes_nothing(index: InMemoryIndex, kb: Path) -> None:
    await run(index, kb)
    (kb / "ja").chmod(0)
    report = await run(index, kb, prune=True)
    (kb / "ja").chmod(0o755)
    assert report.failed == [(str(kb / "ja"), "no permission to read it; give this user read access")]
    assert "ja/returns/deadline.md" in index.articles


async def test_a_folder_that_refuses_to_be_listed_is_one_line_and_prunes_nothing(
    index: InMemoryIndex, kb: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await run(index, kb)
    listed = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("/ja"):
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(os, "scandir", refuse)
    report = await run(index, kb, prune=True)
    assert report.failed == [(str(kb / "ja"), "no permission to read it; give this user read access")]
    assert "ja/returns/deadline.md" in index.articles


async def test_links_out_of_the_folder_are_not_followed(
    index: InMemoryIndex, kb: Path, tmp_path: Path
) -> None:
    secret = written(tmp_path / "private", {"secret.md": "salary", "more/a.md": "b"})
    (kb / "link.md").symlink_to(secret / "secret.md")
    (kb / "folder").symlink_to(secret / "more")
    (kb / "loop").symlink_to(kb)
    (kb / "inside.md").symlink_to(kb / "en/returns/deadline.md")
    report = await run(index, kb)
    assert "inside.md" in report.added
    assert not {"link.md", "folder/a.md"} & set(report.added)
    assert (str(kb / "link.md"), "not read: the link leaves the folder") in report.warnings


async def test_a_named_file_is_read_whatever_its_name(index: InMemoryIndex, kb: Path) -> None:
    assert (await run(index, kb / "README.md", kb / "faq.csv")).added == [
        "README.md",
        "faq.csv#2",
        "faq.csv#3",
    ]
    (kb / "faq.csv").write_text("質問,回答\n送料は？,500円です。\n")
    assert (await run(index, kb / "faq.csv", prune=True)).removed == ["faq.csv#3"]


async def test_what_becomes_a_draft_is_no_longer_told_even_without_prune(
    index: InMemoryIndex, kb: Path
) -> None:
    await run(index, kb)
    (kb / "en/returns/deadline.md").write_text("---\ndraft: true\n---\nSoon.\n")
    (kb / "faq.csv").write_text("質問,回答,公開\n送料は？,500円です。,○\n返品は？,はい。,×\n")
    report = await run(index, kb)
    assert sorted(report.warnings) == [
        ("en/returns/deadline.md", "left out, customers are not meant to read it (draft: true)"),
        ("faq.csv#3", "left out, customers are not meant to read it (公開: ×)"),
    ]
    assert sorted(report.removed) == ["en/returns/deadline.md", "faq.csv#3"]
    assert report.vanished == []
    assert sorted(one.place for one in index.remarks) == ["en/returns/deadline.md", "faq.csv#3"]
    assert not {"en/returns/deadline.md", "faq.csv#3"} & index.articles.keys()


async def test_a_wrong_date_is_a_warning_about_its_article(index: InMemoryIndex, kb: Path) -> None:
    (kb / "a.md").write_text("---\nvalid_until: someday\n---\nText\n")
    report = await run(index, kb)
    assert report.warnings == [("a.md", "valid_until 'someday' is not a date such as 2026-09-30; ignored")]


async def test_a_title_comes_from_the_file_name_when_there_is_none(index: InMemoryIndex, kb: Path) -> None:
    written(kb, {"how-to_return.md": "Text only."})
    await run(index, kb)
    assert index.articles["how-to_return.md"].title == "how to return"


async def test_articles_are_stored_in_small_groups_while_reading(
    index: InMemoryIndex, tmp_path: Path
) -> None:
    many = written(tmp_path / "many", {f"{n:02}.md": f"Text {n}" for n in range(40)})
    steps: list[tuple[str, int, int]] = []
    await ingest_sources(
        [str(many)], index=index, count_tokens=count_tokens, progress=lambda *step: steps.append(step)
    )
    assert index.groups == [16, 16, 8]
    assert steps[0] == ("read", 0, 40)
    assert steps[40] == ("read", 40, 40)
    assert steps[-1] == ("embed", 40, 40)


# -- from the web ----------------------------------------------------------------------------------------


async def from_web(index: InMemoryIndex, address: str, *, prune: bool = False) -> IngestReport:
    options = IngestOptions(prune=prune, allow_private=True)
    return await ingest_sources(
        [address], index=index, count_tokens=count_tokens, options=options, reader=InProcessReader()
    )


def page(title: str, text: str) -> SiteResponse:
    body = (
        f"<html lang=en><title>{title}</title><body><main><h1>{title}</h1><p>{text}</p></main></body></html>"
    )
    return SiteResponse(body.encode(), headers={"ETag": f'"{hash(text)}"'})


async def test_a_page_is_an_article_under_its_address(index: InMemoryIndex, site: LoopbackSite) -> None:
    site.answers["/ja/returns"] = page("返品", "30日以内です。")
    address = site.address("/ja/returns")
    assert (await from_web(index, f"{address}#top")).added == [address]
    article = index.articles[address]
    assert (article.title, article.text, article.url, article.language) == (
        "返品",
        "30日以内です。",
        address,
        "ja",
    )


async def test_a_sheet_on_the_web_gives_an_article_per_row(index: InMemoryIndex, site: LoopbackSite) -> None:
    site.answers["/faq.csv"] = SiteResponse(
        "質問,回答\nA,a\nB,b\n".encode(), headers={"Content-Type": "text/csv"}
    )
    address = site.address("/faq.csv")
    assert (await from_web(index, address)).added == [f"{address}#2", f"{address}#3"]


async def test_a_sitemaps_pages_are_incremental_and_pruned_with_it(
    index: InMemoryIndex, site: LoopbackSite
) -> None:
    for name in "abc":
        site.answers[f"/{name}"] = page(name, f"Text of {name}.")
    site.answers["/sitemap.xml"] = sitemap_of(site, "/a", "/b", "/c", "/missing")
    report = await from_web(index, site.address("/sitemap.xml"), prune=True)
    assert report.added == [site.address(path) for path in ("/a", "/b", "/c")]
    assert report.failed == [
        (site.address("/missing"), "the server answers 404 Not Found; check the address")
    ]

    site.answers["/b"] = page("b", "Another text.")
    site.answers["/sitemap.xml"] = sitemap_of(site, "/a", "/b")
    report = await from_web(index, site.address("/sitemap.xml"), prune=True)
    assert (report.unchanged, report.updated) == ([site.address("/a")], [site.address("/b")])
    assert report.removed == [site.address("/c")]


async def test_a_page_that_stopped_answering_keeps_its_article(
    index: InMemoryIndex, site: LoopbackSite
) -> None:
    site.answers["/a"] = page("a", "Text.")
    await from_web(index, site.address("/a"))
    del site.answers["/a"]
    report = await from_web(index, site.address("/a"), prune=True)
    assert (len(report.failed), report.removed, list(index.articles)) == (1, [], [site.address("/a")])


async def test_an_unmodified_page_is_asked_for_again_by_another_chunker(
    index: InMemoryIndex, site: LoopbackSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.answers["/a"] = page("a", "Text.")
    await from_web(index, site.address("/a"))
    assert (await from_web(index, site.address("/a"))).unchanged == [site.address("/a")]
    for module in ("article_builder", "run"):
        monkeypatch.setattr(f"assistant.knowledge.ingest.{module}.CHUNKER", "next")
    assert (await from_web(index, site.address("/a"))).updated == [site.address("/a")]


async def test_a_private_address_is_refused_unless_the_operator_allows_it(
    index: InMemoryIndex, site: LoopbackSite
) -> None:
    report = await ingest_sources([site.address("/a")], index=index, count_tokens=count_tokens)
    assert report.failed[0][1].startswith(f"port {site.port} is refused")
    assert site.asked == []


def sitemap_of(site: LoopbackSite, *paths: str) -> SiteResponse:
    entries = "".join(f"<url><loc>{site.address(path)}</loc></url>" for path in paths)
    return SiteResponse(f"<urlset>{entries}</urlset>".encode(), headers={"Content-Type": "application/xml"})
