"""Renders selected quotes as the Markdown of a reply, with citations."""

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.answering.quotes.selection import Quote
from assistant.conversation.templates import render_template
from assistant.domain.markdown import escape_markdown, remove_literal_marks
from assistant.domain.messages import Citation
from assistant.ports.answering import AnswerRequest, Draft
from assistant.text.quotable import Unit, UnitKind

#: (language of the reply, language of the article) -> note to the customer; "" is any other language.
_FOREIGN = {
    ("ja", "en"): "（英語の記事からの引用です。）",
    ("ja", ""): "（別の言語の記事からの引用です。）",
    ("en", "ja"): "(Quoted from an article in Japanese.)",
    ("en", ""): "(Quoted from an article in another language.)",
    ("ko", "ja"): "(일본어 도움말 문서를 인용했습니다. 한국어 문서는 없습니다.)",
    ("ko", "en"): "(영어 도움말 문서를 인용했습니다. 한국어 문서는 없습니다.)",
    ("ko", ""): "(다른 언어의 도움말 문서를 인용했습니다.)",
}

_NUMBER = re.compile(r"\[(\d+)\]")


def render_quotes(request: AnswerRequest, quotes: Sequence[Quote]) -> Draft:
    """Each quote with its ``[n]``; adjacent quotes of one source share a number."""
    if not quotes:
        return Draft(text="")
    runs = _group_runs(quotes)
    numbers, citations = _number_citations(request, runs)
    parts = [_render_run(run, number) for run, number in zip(runs, numbers, strict=True)]
    foreign = _build_foreign_note(request, quotes)
    return Draft(text="\n\n".join([*foreign, *parts]), citations=tuple(citations))


def prepend_yes_no(draft: Draft, request: AnswerRequest, says: bool | None) -> Draft:
    """The draft after a yes or a no; as it is where nothing says so for sure."""
    if says is None:
        return draft
    word = render_template("answer_yes" if says else "answer_no", request.language)
    gap = " " if word[-1].isascii() else ""
    return replace(draft, text=f"{word}{gap}{draft.text}")


def _group_runs(quotes: Sequence[Quote]) -> list[tuple[Unit, ...]]:
    runs: list[tuple[Unit, ...]] = []
    for quote in quotes:
        before = runs[-1][-1] if runs else None
        if before and _is_adjacent(before, quote.units[0]):
            runs[-1] = (*runs[-1], *quote.units)
        else:
            runs.append(quote.units)
    return runs


def _is_adjacent(before: Unit, unit: Unit) -> bool:
    return (before.passage, before.block, before.kind) == (unit.passage, unit.block, unit.kind) and (
        unit.kind is not UnitKind.SENTENCE or unit.place == before.place + 1
    )


def _number_citations(
    request: AnswerRequest, runs: Sequence[tuple[Unit, ...]]
) -> tuple[list[int], list[Citation]]:
    """The citation number of each run of quotes, and the sources: one per article with all its quotes."""
    numbers, found = list[int](), dict[str, Citation]()
    for run in runs:
        passage, quote = request.passages[run[0].passage], _format_quote(run)
        known = found.get(passage.article)
        if known is None:
            n = len(found) + 1
            known = Citation(n=n, article=passage.article, title=passage.title, url=passage.url, quote=quote)
        else:
            known = replace(known, quote=f"{known.quote}\n{quote}")
        found[passage.article] = known
        numbers.append(known.n)
    return numbers, list(found.values())


def _format_quote(run: Sequence[Unit]) -> str:
    """The quote as Markdown, in the article's words."""
    if all(unit.kind is UnitKind.SENTENCE for unit in run):
        return remove_literal_marks(_join_sentences(run))
    lines = (
        f"{_format_indent(unit)}{unit.text}" if unit.kind in (UnitKind.STEP, UnitKind.ITEM) else unit.text
        for unit in run
    )
    return remove_literal_marks("\n".join(lines))


def _join_sentences(sentences: Sequence[Unit]) -> str:
    text = ""
    for unit in sentences:
        text += (" " if text and text[-1].isascii() else "") + unit.text
    return text


def _render_run(run: Sequence[Unit], n: int) -> str:
    opening = [unit for unit in run if unit.kind is UnitKind.SENTENCE]
    rest = [unit for unit in run if unit.kind is not UnitKind.SENTENCE]
    parts = ["".join(_render_sentence(unit, n) for unit in opening).strip()]
    if rest and not opening and _needs_caption(rest[0]):
        parts.append(f"**{escape_markdown(rest[0].headings[-1])}**")
    if rest and rest[0].kind is UnitKind.ROW:
        parts.append(_render_table(rest, n))
    elif rest and len(run) == 1 and rest[0].kind is not UnitKind.CODE:
        parts.append(f"{_append_space(rest[0].text)}[{n}]")
    else:
        parts.append("\n".join(_render_list_item(unit, n) for unit in rest))
    return "\n\n".join(part for part in parts if part)


def _needs_caption(unit: Unit) -> bool:
    """Whether rows and items are incomplete without the heading above them."""
    if not unit.headings:
        return False
    return unit.kind is UnitKind.ROW or (unit.kind is UnitKind.ITEM and unit.text[-1] not in "。．.!！?？)）")


def _escape_words(text: str) -> str:
    """Text as Markdown; an article's own note numbers get round brackets: [1] looks like our citation."""
    return escape_markdown(_NUMBER.sub(r"(\1)", text))


def _render_sentence(unit: Unit, n: int) -> str:
    """The sentence with its citation number; an opening bracket after the number would make it a link."""
    text = _append_space(unit.text)
    text = f"\\{text}" if text.startswith("(") else text
    return f"{text}[{n}]" + (" " if unit.text[-1:].isascii() else "")


def _append_space(text: str) -> str:
    """Latin text has a space before its citation number."""
    text = _escape_words(text)
    return f"{text} " if text and text[-1].isascii() else text


def _render_list_item(unit: Unit, n: int) -> str:
    if unit.kind is UnitKind.CODE:
        fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", unit.text)), 3)
        return f"\n{fence}\n{unit.text}\n{fence}"
    line = _format_indent(unit) + _escape_words(unit.text)
    return f"{line} [{n}]" if unit.text[-1] not in ":：" else line


def _format_indent(unit: Unit) -> str:
    return "   " * unit.depth + f"{unit.marker} "


def _render_table(rows: Sequence[Unit], n: int) -> str:
    header = tuple(map(_escape_words, rows[0].header))
    lines = [header, ("---",) * len(header)]
    rows_of_cells = [[_escape_words(cell) for cell in row.cells] for row in rows]
    lines += [(*cells[:-1], f"{cells[-1]} [{n}]") for cells in rows_of_cells]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _build_foreign_note(request: AnswerRequest, quotes: Sequence[Quote]) -> list[str]:
    language = request.passages[quotes[0].units[0].passage].language
    if language == request.language:
        return []
    reply = request.language if (request.language, "") in _FOREIGN else "en"
    return [_FOREIGN.get((reply, language)) or _FOREIGN[reply, ""]]
