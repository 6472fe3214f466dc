"""Replies that are suggested to an agent: nothing that the customer was given already."""

import re
from collections.abc import Sequence

from assistant.domain.messages import Author, Reply
from assistant.domain.turns import Utterance

#: ``[1]``, which says where a sentence stands; ``[1](…)`` is a link.
SOURCE_MARKER = re.compile(r"\s?\[\d{1,2}\](?!\()")


def is_said_already(reply: Reply, lines: Sequence[Utterance]) -> bool:
    """Whether the customer was given all that *reply* quotes: what did not help is not suggested again."""
    said = SOURCE_MARKER.sub("", "\n".join(line.text for line in lines if line.author is not Author.CUSTOMER))
    given = " ".join(said.split())
    quotes = [" ".join(line.split()) for cited in reply.citations for line in cited.quote.split("\n")]
    return any(quotes) and all(quote in given for quote in quotes)
