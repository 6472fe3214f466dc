"""A rehearsal's result in plain text: gates, intervals, coverage, and transcripts side by side."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from assistant.domain.rehearsals import WANTED_MEASURES
from assistant.rehearsal.report import ALL, ConversationFlip
from assistant.rehearsal.transcript_log import RehearsedConversation

MEASURE_NAMES = {
    "told": "the article's fact was told",
    "person": "a person was reached in time",
    "false_handoff": "handed over without need",
    "false_answer": "answered what no help holds",
    "promise": "said what no shown article says",
    "same_reply": "the same reply twice",
    "leak": "told what belongs to others",
}
COLUMN_WIDTH = 58
MAX_NAMED = 10


def render_summary(result: Mapping[str, Any]) -> str:
    """Gates, rates with 95 % intervals, what zero proves, and coverage."""
    speed, wasted = result["customers_per_minute"], result["wasted_turns"]
    lines = [
        f"{result['customers']} simulated customers in {result['seconds']} s"
        f" ({speed} a minute), seed {result['seed']}",
        "",
        *(_render_measure(row) for row in result["measures"] if row["language"] == ALL),
        "",
    ]
    for language in sorted({row["language"] for row in result["measures"]} - {ALL}):
        rows = [row for row in result["measures"] if row["language"] == language]
        lines.append(f"{language}: " + ", ".join(f"{row['measure']} {_render_share(row)}" for row in rows))
    lines += ["", f"turns wasted before the answer or the person: {wasted if wasted is not None else '–'}"]
    if result["kept_for_people"]:
        lines.append(f"questions of the help that the policy keeps for people: {result['kept_for_people']}")
    lines += ["", *_render_coverage(result["coverage"]), ""]
    failed = result["failed_gates"]
    lines.append("All gates passed." if result["passed"] else f"Gates failed: {', '.join(failed)}.")
    return "\n".join(lines)


def _render_measure(row: Mapping[str, Any]) -> str:
    sign = "ok  " if row["passed"] else "FAIL"
    parts = [f"{sign} {MEASURE_NAMES[row['measure']]:<32} {_render_share(row)}"]
    if row["total"]:
        parts.append(f"95 %: {row['low']:.1%}–{row['high']:.1%}")
    if row["limit"] is not None:
        parts.append(f"{'at least' if row['measure'] in WANTED_MEASURES else 'at most'} {row['limit']:.0%}")
    if row["proves_at_most"] is not None and row["measure"] not in WANTED_MEASURES:
        parts.append(f"0 of {row['total']} proves at most {row['proves_at_most']:.1%} (rule of three)")
    return "  ".join(parts)


def _render_share(row: Mapping[str, Any]) -> str:
    return f"{row['count']}/{row['total']}" + (f" = {row['rate']:.0%}" if row["total"] else "")


def _render_coverage(coverage: Mapping[str, Any]) -> Iterator[str]:
    yield f"Articles asked about: {coverage['articles_asked']} of {coverage['articles']}"
    if missing := coverage["not_asked"]:
        more = coverage["articles"] - coverage["articles_asked"] - MAX_NAMED
        yield "  not: " + "; ".join(missing[:MAX_NAMED]) + (f"; and {more} more" if more > 0 else "")
    matrix: Mapping[str, Mapping[str, int]] = coverage["personas"]
    names = list(next(iter(matrix.values()), {}))
    yield "Customers by goal and persona:"
    yield f"  {'':<14}" + " ".join(f"{name[:9]:>9}" for name in names)
    for kind, row in matrix.items():
        yield f"  {kind:<14}" + " ".join(f"{row[name] or '·':>9}" for name in names)
    yield "Decisions: " + ", ".join(f"{name} {count}" for name, count in coverage["decisions"].items())


def render_conversation(one: RehearsedConversation) -> str:
    """The transcript with what was decided."""
    return "\n".join((_render_title(one), *_list_transcript_lines(one)))


def _render_title(one: RehearsedConversation) -> str:
    what = ", ".join(MEASURE_NAMES[name] for name in one.failures if name not in WANTED_MEASURES)
    missed = ", ".join(f"not: {MEASURE_NAMES[name]}" for name in one.failures if name in WANTED_MEASURES)
    return f"{one.key}: " + (", ".join(filter(None, (missed, what))) or "ok")


def _list_transcript_lines(one: RehearsedConversation) -> Iterator[str]:
    if one.fact:
        yield f"(to be told: {one.fact})"
    for line in one.lines:
        yield f"{'>' if line.author == 'customer' else '<'} {' '.join(line.text.split())}"
        if line.note:
            yield f"    [{line.note}]"
    yield from (f"(said without an article: {promise})" for promise in one.promises)
    yield from (f"(LEAK: {leak})" for leak in one.leaks)


def render_flips(flips: Sequence[ConversationFlip]) -> str:
    """Who fared otherwise than in the last run, both transcripts beside each other."""
    if not flips:
        return "Nobody fared otherwise than in the last run."
    worse = sum(flip.is_worse for flip in flips)
    head = f"{len(flips)} customers fared otherwise than in the last run, {worse} of them worse:"
    return "\n\n".join((head, *(_render_flip(flip) for flip in flips)))


def _render_flip(flip: ConversationFlip) -> str:
    left, right = (
        [line for text in ("", *_list_transcript_lines(one)) for line in _wrap_cells(text)]
        for one in (flip.before, flip.after)
    )
    rows = [f"{_pad(before)} | {after}".rstrip() for before, after in zip_longest(left, right, fillvalue="")]
    before, after = (", ".join(one.failures) or "ok" for one in (flip.before, flip.after))
    sign = "WORSE" if flip.is_worse else "better"
    return "\n".join(
        (f"{sign}: {flip.after.key}", f"{_pad('before: ' + before)} | after: {after}", *rows[1:])
    )


def _measure_width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _pad(text: str) -> str:
    return text + " " * max(0, COLUMN_WIDTH - _measure_width(text))


def _wrap_cells(text: str) -> list[str]:
    """Lines of at most a column; Japanese has no spaces and is cut anywhere."""
    lines, line = [], ""
    for char in text:
        if _measure_width(line + char) > COLUMN_WIDTH:
            cut = line.rfind(" ") + 1 if char != " " and line.rfind(" ") > COLUMN_WIDTH // 2 else len(line)
            lines.append(line[:cut])
            line = "  " + line[cut:]
        line += char
    return [*lines, line]
