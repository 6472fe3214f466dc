"""What may be suggested: to agents a reply in prose with its sources, to customers titles that come near."""

import re
from collections.abc import Sequence

from assistant.conversation.turn.burst import select_own_language
from assistant.domain.decide import UNHELPED
from assistant.domain.knowledge import Passage
from assistant.domain.policy import Policy
from assistant.domain.signals import Signals
from assistant.domain.suggested_replies import SOURCE_MARKER
from assistant.domain.turns import History
from assistant.ports.answering import Draft

NOT_PROSE = re.compile(r"^[^\S\n]*\||```|^#{1,6} |</?[a-z]+>", re.MULTILINE)
SENTENCE_END = re.compile(r"[。．.!?！？)）」]\s*$", re.MULTILINE)

#: Articles that are named when none answers for sure.
MAX_RELATED_TITLES = 3


def is_suggestible(draft: Draft, passages: Sequence[Passage], language: str) -> bool:
    """Whether *draft*, written from *passages*, is fit to be sent as it stands."""
    cited = {citation.article for citation in draft.citations}
    languages = {passage.language for passage in passages if passage.article in cited}
    return bool(cited) and languages == {language} and is_prose(draft.text)


def is_prose(text: str) -> bool:
    """Sentences or a list of them, as an agent would write; no table, code or heading."""
    plain = SOURCE_MARKER.sub("", text).strip()
    return bool(plain) and NOT_PROSE.search(plain) is None and SENTENCE_END.search(plain) is not None


def list_related_titles(
    passages: Sequence[Passage], query: str, language: str, policy: Policy
) -> tuple[str, ...]:
    """Titles of articles that may be meant, when none is sure enough to answer from."""
    near = [passage for passage in passages if passage.score >= policy.clarify_score]
    own = select_own_language(near, language)
    titles = dict.fromkeys(passage.title for passage in own if passage.title != query)
    return tuple(titles)[:MAX_RELATED_TITLES]


def drop_unhelpful(passages: Sequence[Passage], signals: Signals, history: History) -> Sequence[Passage]:
    """Passages without the articles of the last reply, where that reply did not help."""
    if signals.reaction not in UNHELPED or not history.turns:
        return passages
    return [passage for passage in passages if passage.article not in history.turns[-1].articles]
