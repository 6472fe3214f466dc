"""Words that mean the same in a knowledge base, and proposals of such words from questions that failed."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from assistant.domain.errors import BadInput

MAX_GROUPS = 300
MAX_GROUP_WORDS = 10
MAX_WORD_CHARACTERS = 40
#: Failed questions that proposals are made from, the latest ones.
MAX_FAILED_QUESTIONS = 1_000
#: Conversations in which a word must have failed, and proposals that are listed.
MIN_CONVERSATIONS = 2
MAX_PROPOSALS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedQuestion:
    """A question that got no answer, and the article that was found for it afterwards."""

    conversation: str
    question: str
    article: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SynonymProposal:
    """A word that the help does not have, and the article that people who used it needed."""

    word: str
    article: str
    title: str
    conversations: int


def clean_groups(groups: Iterable[Iterable[str]]) -> list[list[str]]:
    """Groups as they are stored: trimmed words, each once; BadInput for what cannot be one."""
    cleaned: list[list[str]] = []
    for group in groups:
        words = list(dict.fromkeys(filter(None, (" ".join(word.split()) for word in group))))
        if not 2 <= len(words) <= MAX_GROUP_WORDS:
            raise BadInput(f"A group has 2 to {MAX_GROUP_WORDS} different words.")
        if any(len(word) > MAX_WORD_CHARACTERS or not word.isprintable() for word in words):
            raise BadInput(f"A word has at most {MAX_WORD_CHARACTERS} characters.")
        cleaned.append(words)
    if len(cleaned) > MAX_GROUPS:
        raise BadInput(f"There may be {MAX_GROUPS} groups.")
    return cleaned


def count_proposals(
    failed: Iterable[FailedQuestion],
    list_words: Callable[[str], Iterable[str]],
    is_known: Callable[[str], bool],
) -> Sequence[SynonymProposal]:
    """Unknown words of failed questions beside the article that helped, the most frequent first.

    A word counts once a conversation. *is_known*: whether articles have the word.
    """
    seen = {
        (word, one.article, one.title, one.conversation)
        for one in failed
        for word in list_words(one.question)
        if 2 <= len(word) <= MAX_WORD_CHARACTERS and word.isalpha()
    }
    counts = Counter((word, article, title) for word, article, title, _ in seen)
    frequent = [(key, count) for key, count in counts.items() if count >= MIN_CONVERSATIONS]
    known = {word: is_known(word) for word in {key[0] for key, _ in frequent}}
    proposals = [
        SynonymProposal(word=word, article=article, title=title, conversations=count)
        for (word, article, title), count in sorted(frequent, key=lambda item: (-item[1], item[0]))
        if not known[word]
    ]
    return proposals[:MAX_PROPOSALS]
