"""Our own words in what a customer sends back: quoted in any form, so they are known by themselves."""

import re

from assistant.conversation.templates import LANGUAGES, render_template
from assistant.domain.unicode_forms import fold_compatibility

#: Characters of a line, without its spaces, that nobody writes by chance as we wrote them.
TELLING = 8
#: The same of our first sentence, which a mailer may have folded.
OPENING = 15
#: Of a line: none of ours is longer, so that what is longer is no quote.
MAX_LINE_CHARACTERS = 8_000
#: What stands before a quoted line.
_MARKS = re.compile(r"^[\W_]{1,20}")
#: What the sentence was in earlier versions, whose mails are still answered.
FORMER_DISCLOSURES = (
    "ヘルプの記事をもとに自動でお答えしています。担当者とはいつでもお話しいただけます。",
    "Answers are written automatically from our help articles. You can reach a person at any time.",
)


def strip_quoted_replies(text: str, ours: str) -> str:
    """*text* without the lines that stand in *ours*, what we sent before; "" when there is nothing else."""
    lines = text.split("\n")
    bare = [_normalize_line(_MARKS.sub("", line[:MAX_LINE_CHARACTERS])) for line in lines]
    quoted = [
        one and len(line) <= MAX_LINE_CHARACTERS
        for one, line in zip(_mark_quoted_lines(bare, _normalize_line(ours)), lines, strict=True)
    ]
    end = _find_disclosure_line(bare)
    if end == len(lines) and not any(quoted):
        return text
    return "\n".join(line for line, one in zip(lines[:end], quoted, strict=False) if not one).strip()


def _mark_quoted_lines(bare: list[str], known: str) -> list[bool]:
    quoted = [len(one) >= TELLING and one in known for one in bare]
    # A short line between quoted ones is part of the quote: a number of a choice, a source.
    for number, one in enumerate(bare):
        beside = quoted[max(number - 2, 0) : number] + quoted[number + 1 : number + 3]
        quoted[number] = quoted[number] or (any(beside) and 0 < len(one) < TELLING and one in known)
    return quoted


def _find_disclosure_line(bare: list[str]) -> int:
    """Where a message of ours begins, by the sentence that says what the assistant is."""
    ours = [render_template("disclosure", language) for language in LANGUAGES]
    built_in = [wording for sentences in LANGUAGES.values() for wording in sentences["disclosure"]]
    sentences = [*ours, *built_in, *FORMER_DISCLOSURES]
    openings = [_normalize_line(sentence) for sentence in sentences]
    begun = (
        number
        for number, one in enumerate(bare)
        if len(one) >= OPENING and any(opening.startswith(one[: len(opening)]) for opening in openings)
    )
    return next(begun, len(bare))


def _normalize_line(text: str) -> str:
    """Compared without spaces, line ends and forms of letters: mailers change those."""
    return re.sub(r"\s+", "", fold_compatibility(text))
