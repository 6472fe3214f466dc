"""Example questions that the knowledge base answers, as suggestions for new customers."""

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import chain, zip_longest

#: Number of examples.
EXAMPLES = 3
#: Longest title that fits a button, in characters.
MAX_TITLE_CHARACTERS = {"ja": 24, "en": 48}

QUESTION = re.compile(r"[?？]$|(?:ですか|ますか|ませんか|でしょうか|には)$")


class ExampleQuestions:
    """Article titles by language, spread over the knowledge base's folders."""

    def __init__(self) -> None:
        self._by_language: dict[str, tuple[str, ...]] = {}

    def select_questions(self, titles: Sequence[tuple[str, str, str]]) -> None:
        """Select from (id, title, language) of every valid article."""
        groups: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for article, title, language in titles:
            if len(title) <= MAX_TITLE_CHARACTERS.get(language, MAX_TITLE_CHARACTERS["en"]):
                groups[language][article.rpartition("/")[0]].append(title)
        self._by_language = {language: _spread_over_folders(folders) for language, folders in groups.items()}

    def __call__(self, language: str) -> tuple[str, ...]:
        return self._by_language.get(language, ())


def _spread_over_folders(folders: dict[str, list[str]]) -> tuple[str, ...]:
    """Titles that are questions first, then round-robin over the folders, largest first."""
    fullest = sorted(folders.values(), key=len, reverse=True)
    rounds = [title for title in chain.from_iterable(zip_longest(*fullest)) if title]
    return tuple(sorted(rounds, key=lambda title: not QUESTION.search(title))[:EXAMPLES])
