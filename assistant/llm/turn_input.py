"""A customer's turn and what was said before it, as the token ids that the turn encoder reads together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.domain.messages import Author
from assistant.llm.reader_input import END, START, encode_ends

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from assistant.domain.turns import Said

#: Tokens of the turn, of the line before it and of each line before that.
MAX_TURN_TOKENS, MAX_LAST_TOKENS, MAX_EARLIER_TOKENS = 96, 56, 28
#: Lines before the turn that are read.
MAX_LINES = 5
#: What stands before a line, by who wrote it.
SPEAKERS = {Author.CUSTOMER: "customer: ", Author.ASSISTANT: "assistant: ", Author.AGENT: "agent: "}


def turn_ids(tokenizer: Tokenizer, text: str, lines: Sequence[Said]) -> tuple[list[int], int]:
    """The ids of *text* after *lines*, the latest line first, and the index behind the turn's tokens."""
    turn = [START, *encode_ends(tokenizer, "query: " + text, MAX_TURN_TOKENS), END]
    ids = list(turn)
    spoken = [line for line in lines if line.author in SPEAKERS]
    for place, line in enumerate(reversed(spoken[-MAX_LINES:])):
        most = MAX_EARLIER_TOKENS if place else MAX_LAST_TOKENS
        ids += [*encode_ends(tokenizer, SPEAKERS[line.author] + line.text, most), END]
    return ids, len(turn)
