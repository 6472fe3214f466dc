"""Encodes a customer's turn and the lines before it as token ids for the turn encoder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.answering.reader.encoding import END, START, encode_ends
from assistant.domain.messages import Author

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from assistant.domain.turns import Utterance

#: Tokens of the turn, of the line before it and of each earlier line.
MAX_TURN_TOKENS = 96
MAX_LAST_TOKENS = 56
MAX_EARLIER_TOKENS = 28
#: Lines before the turn that are read.
MAX_LINES = 5
#: Author -> prefix of a line.
SPEAKERS = {Author.CUSTOMER: "customer: ", Author.ASSISTANT: "assistant: ", Author.AGENT: "agent: "}


def encode_turn(tokenizer: Tokenizer, text: str, lines: Sequence[Utterance]) -> tuple[list[int], int]:
    """The ids of *text* after *lines*, the latest line first, and the index after the turn's last token."""
    turn = [START, *encode_ends(tokenizer, "query: " + text, MAX_TURN_TOKENS), END]
    ids = list(turn)
    spoken = [line for line in lines if line.author in SPEAKERS]
    for place, line in enumerate(reversed(spoken[-MAX_LINES:])):
        max_tokens = MAX_EARLIER_TOKENS if place else MAX_LAST_TOKENS
        ids += [*encode_ends(tokenizer, SPEAKERS[line.author] + line.text, max_tokens), END]
    return ids, len(turn)
