"""Chunks: cut at headings, whole tables and lists, nothing lost, nothing too long."""

import re
import time

from hypothesis import example, given, settings
from hypothesis import strategies as st

from assistant.knowledge.ingest.chunking import ChunkSizes, split_into_chunks

SMALL = ChunkSizes(min_tokens=10, target_tokens=40, max_tokens=80)


def words(text: str) -> int:
    """A token counter: words, and every Japanese character."""
    return len(re.findall(r"[\u3000-\u9fff\uff00-\uffef]|[^\s\u3000-\u9fff\uff00-\uffef]+", text))


def cut(text: str, sizes: ChunkSizes = SMALL) -> list[tuple[tuple[str, ...], str]]:
    return [(chunk.headings, chunk.text) for chunk in split_into_chunks(text, words, sizes)]


LONG = "word " * 30
SHORT = "word " * 3


def test_a_chunk_knows_the_headings_above_it() -> None:
    text = f"{LONG}\n\n## Returns\n\n{LONG}\n\n### By *post*\n\n{LONG}\n\n## Delivery\n\n{LONG}\n"
    assert [headings for headings, _ in cut(text)] == [
        (),
        ("Returns",),
        ("Returns", "By post"),
        ("Delivery",),
    ]


def test_positions_and_tokens_are_told() -> None:
    chunks = split_into_chunks(f"{LONG}\n\n## A\n\n{LONG}", words, SMALL)
    assert [(chunk.position, chunk.tokens) for chunk in chunks] == [(0, 30), (1, 30)]


def test_short_neighbours_under_one_parent_are_one_chunk_with_their_headings() -> None:
    assert cut(f"## Fees\n\n### Card\n\nFree.\n\n### Store\n\n¥220.\n\n## Other\n\n{LONG}")[0] == (
        ("Fees",),
        "### Card\n\nFree.\n\n### Store\n\n¥220.",
    )


def test_short_sections_under_different_parents_stay_apart() -> None:
    assert len(cut("## A\n\n### B\n\nOne.\n\n## C\n\n### D\n\nTwo.")) == 2


def test_a_list_stays_with_the_sentence_that_announces_it() -> None:
    text = f"{LONG}\n\nYou need:\n\n- a box\n- tape\n"
    assert cut(text, ChunkSizes(min_tokens=1, target_tokens=32, max_tokens=80))[1] == (
        (),
        "You need:\n\n- a box\n- tape",
    )


def test_a_table_is_never_cut_when_it_fits() -> None:
    table = "| a | b |\n| --- | --- |\n" + "\n".join(f"| {n} | x |" for n in range(9))
    assert any(table in text for _, text in cut(f"{LONG}\n\n{table}\n\n{LONG}"))


def test_a_huge_table_is_cut_between_rows_and_each_part_has_the_header() -> None:
    rows = [f"| item {n} | {n} yen |" for n in range(100)]
    chunks = cut("## Prices\n\nAll prices:\n\n| item | price |\n| --- | --- |\n" + "\n".join(rows))
    assert len(chunks) > 10
    assert chunks[0][1].startswith("All prices:\n\n| item | price |\n| --- | --- |\n| item 0 |")
    assert all("| item | price |\n| --- | --- |\n" in text for _, text in chunks)
    assert [row for _, text in chunks for row in text.split("\n") if row in rows] == rows


def test_a_huge_list_is_cut_between_items() -> None:
    items = [f"- step {n} of the list\n  with a second line" for n in range(40)]
    chunks = cut("\n".join(items))
    assert all(text.startswith("- step") and text.endswith("second line") for _, text in chunks)
    assert "\n".join(text for _, text in chunks) == "\n".join(items)


def test_a_huge_code_block_keeps_its_fences() -> None:
    chunks = cut("```python\n" + "\n".join(f"line {n}" for n in range(100)) + "\n```")
    assert len(chunks) > 1
    assert all(text.startswith("```python\nline") and text.endswith("\n```") for _, text in chunks)


def test_a_long_paragraph_is_cut_at_its_sentences() -> None:
    chunks = cut("返品の期限は三十日以内です。" * 20)
    assert len(chunks) > 2
    assert all(text.endswith("です。") for _, text in chunks)


def test_one_endless_line_is_cut_hard() -> None:
    assert [words(text) for _, text in cut("漢" * 200)] == [76, 76, 48]


def test_a_hostile_line_of_list_marks_is_plain_text() -> None:
    started = time.monotonic()
    assert cut("Before.\n\n" + "- " * 50_000 + "end")[0][1].startswith("Before.")
    assert time.monotonic() - started < 5


def test_headings_without_text_are_not_lost() -> None:
    assert cut("## Only\n\n### Headings\n") == [(("Only",), "### Headings")]


MARKDOWN = st.lists(
    st.one_of(
        st.text("あいう漢字。！ abc.!?", min_size=1, max_size=200),
        st.builds(
            "{} {}".format, st.sampled_from(["#", "##", "###", "######"]), st.text("見出しabc", max_size=9)
        ),
        st.lists(st.text("項目 abc", min_size=1, max_size=40), min_size=1, max_size=30).map(
            lambda items: "\n".join(f"- {item}" for item in items)
        ),
        st.lists(st.text("セル abc", min_size=1, max_size=20), min_size=1, max_size=30).map(
            lambda cells: "| a | b |\n|---|---|\n" + "\n".join(f"| {cell} | 1 |" for cell in cells)
        ),
        st.text("code {}\n", max_size=200).map(lambda code: f"```\n{code}\n```"),
        st.sampled_from(
            [
                "---",
                "===",
                "> quote\n> more",
                "[a]: https://e.com",
                "    indented",
                "<div>",
                "`",
                "```",
                "1. x",
            ]
        ),
    ),
    max_size=12,
).map("\n\n".join)


@settings(max_examples=100, deadline=None)
@example("# \n\n#")
@example("a\n===\n\n| a |\n|---|")
@given(MARKDOWN)
def test_no_text_is_lost_and_no_chunk_is_too_long(text: str) -> None:
    chunks = split_into_chunks(text, words, SMALL)
    told = "".join(part for chunk in chunks for part in (*chunk.headings, chunk.text))
    # Sections of the same name one after the other may share one heading.
    headings, body = re.findall(r"^#+ (.*)$", text, re.M), re.sub(r"^#+ .*$", "", text, flags=re.M)
    assert all(set(re.findall(r"[^\s#]", heading)) <= set(told) for heading in headings)
    for character in set(re.findall(r"[^\s#=\-|`*_>]", body)):
        assert told.count(character) >= body.count(character)
    assert all(0 < chunk.tokens <= SMALL.max_tokens and words(chunk.text) <= chunk.tokens for chunk in chunks)
    assert [chunk.position for chunk in chunks] == list(range(len(chunks)))
