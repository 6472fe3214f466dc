"""Which colleagues a private note names with ``@``."""

import unicodedata
from collections.abc import Iterable, Sequence

from assistant.domain.people import Agent

#: What stands before a name; Japanese keyboards write the wide one, which NFKC makes narrow.
AT = "@"


def find_mentioned_agents(text: str, agents: Sequence[Agent]) -> list[Agent]:
    """Those whose name, with or without its spaces, or address follows an ``@``; of several the longest.

    Two colleagues of one name are both meant. An ``@`` inside a word, as in an e-mail address, names nobody.
    """
    text = _normalize(text)
    names = [(name, agent) for agent in agents for name in _list_names(agent)]
    found: dict[str, Agent] = {}
    for at, mark in enumerate(text):
        if mark == AT and not _is_word(text[at - 1 : at]):
            fits = [(name, agent) for name, agent in names if _names_at(text, at + 1, name)]
            longest = max((len(name) for name, _ in fits), default=0)
            found |= {agent.id: agent for name, agent in fits if len(name) == longest}
    return list(found.values())


def _list_names(agent: Agent) -> Iterable[str]:
    name = _normalize(" ".join(agent.name.split()))
    return {name, name.replace(" ", ""), _normalize(agent.email)} - {""}


def _names_at(text: str, at: int, name: str) -> bool:
    """Whether *name* stands at *at*, and no longer word of Latin letters does."""
    after = text[at + len(name) : at + len(name) + 1]
    return text.startswith(name, at) and not (_is_word(name[-1]) and _is_word(after))


def _normalize(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _is_word(character: str) -> bool:
    return character.isascii() and character.isalnum()
