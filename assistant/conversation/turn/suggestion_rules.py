"""What may be suggested to an agent as a reply: prose in the customer's language, with its sources."""

import re
from collections.abc import Sequence

from assistant.domain.knowledge import Passage
from assistant.domain.suggested_replies import SOURCE_MARKER
from assistant.ports.answering import Draft

NOT_PROSE = re.compile(r"^\s*\||```|^#{1,6} |</?[a-z]+>", re.MULTILINE)
SENTENCE_END = re.compile(r"[。．.!?！？)）」]\s*$", re.MULTILINE)


def is_suggestible(draft: Draft, passages: Sequence[Passage], language: str) -> bool:
    """Whether *draft*, written from *passages*, is fit to be sent as it stands."""
    cited = {citation.article for citation in draft.citations}
    languages = {passage.language for passage in passages if passage.article in cited}
    return bool(cited) and languages == {language} and is_prose(draft.text)


def is_prose(text: str) -> bool:
    """Sentences or a list of them, as an agent would write; no table, code or heading."""
    plain = SOURCE_MARKER.sub("", text).strip()
    return bool(plain) and NOT_PROSE.search(plain) is None and SENTENCE_END.search(plain) is not None
