"""A burst may ask several things: its requests, what each of them finds, and one reply out of several."""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from assistant.domain.knowledge import Passage
from assistant.domain.messages import Citation
from assistant.ports.answering import Draft
from assistant.ports.knowledge import Retriever

#: Requests of one burst that are answered one by one; more are one muddle.
MAX_REQUESTS = 4
#: Letters of a request that can be searched for by itself.
MIN_REQUEST_LETTERS = 3
#: Characters of a burst that are taken apart.
MAX_SPLIT_CHARACTERS = 2_000

#: Sentences of one burst that are read one by one.
MAX_SENTENCES = 12

_SENTENCE_END = re.compile(r"(?<=[。！？!?])(?![。！？!?])|(?<=\.)(?=\s)")
_ASKS = re.compile(
    r"""[?？][\s!！?？」』)]{0,40}$
    | (か|かな|でしょう|ください|下さい|(教え|おしえ)て|(知り|しり)たい(です|のですが|んですが)?)[。.、\s]*$
    | ^\W*(what|how|when|where|which|why|who|can|could|may|do|does|did|is|are|will|would|should)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_LEADS = re.compile(
    r"^(あと|それと|それから|ちなみに|また|さらに|and|also|plus|oh,?\s+and)[、,\s]*", re.IGNORECASE
)
_CITED = re.compile(r"\[(\d+)\]")


class RequestFinding(NamedTuple):
    """A request of a burst, and the passages that it finds, best first."""

    text: str
    passages: Sequence[Passage]

    @property
    def score(self) -> float:
        return max((passage.score for passage in self.passages), default=0.0)


def select_own_language(passages: Sequence[Passage], language: str) -> Sequence[Passage]:
    """The passages in *language*; all of them where none is."""
    return [passage for passage in passages if passage.language == language] or passages


def split_requests(text: str) -> list[str]:
    """What a burst asks, in order: each message, and each question of a message with what leads up to it."""
    requests: list[str] = []
    for line in text[:MAX_SPLIT_CHARACTERS].split("\n"):
        held = ""
        for sentence in _SENTENCE_END.split(line):
            held += sentence
            if is_question(sentence):
                requests.append(held)
                held = ""
        if held.strip():
            requests.append(held)
    trimmed = (_LEADS.sub("", request.strip()) for request in requests)
    return [request for request in trimmed if sum(map(str.isalnum, request)) >= MIN_REQUEST_LETTERS]


def select_questions_beside(text: str, is_wish: Callable[[str], bool]) -> str:
    """What a burst asks besides its wish for a person, one question a line; "" for nothing."""
    lines = [_SENTENCE_END.split(line) for line in text[:MAX_SPLIT_CHARACTERS].split("\n")]
    if not 2 <= sum(bool(sentence.strip()) for line in lines for sentence in line) <= MAX_SENTENCES:
        return ""
    rest = "\n".join("".join(s for s in line if s.strip() and not is_wish(s)) for line in lines)
    return "\n".join(filter(is_question, split_requests(rest)))


def is_question(sentence: str) -> bool:
    return _ASKS.search(sentence.strip()) is not None


def contains_question(text: str) -> bool:
    """Whether one of its sentences asks."""
    lines = text[:MAX_SPLIT_CHARACTERS].split("\n")
    return any(is_question(sentence) for line in lines for sentence in _SENTENCE_END.split(line))


async def search_requests(
    retriever: Retriever, text: str, *, language: str, limit: int, min_score: float
) -> list[RequestFinding]:
    """The requests of *text* that each have an answer of their own; [] unless there are two at least.

    Requests that find the same article are one. Unavailable as the retriever.
    """
    requests = list(dict.fromkeys(split_requests(text)))
    if not 2 <= len(requests) <= MAX_REQUESTS:
        return []
    searches = (retriever.search(request, language=language, limit=limit) for request in requests)
    found: dict[str, RequestFinding] = {}
    for request, passages in zip(requests, await asyncio.gather(*searches), strict=True):
        finding = RequestFinding(request, passages)
        if finding.score >= min_score:
            found.setdefault(passages[0].article, finding)
    return list(found.values()) if len(found) > 1 else []


def merge_drafts(drafts: Sequence[Draft]) -> Draft:
    """One draft that says all of them in turn, its sources numbered through."""
    drafts = [draft for draft in drafts if draft.text]
    if not drafts:
        return Draft(text="", model="")
    sources: dict[str, Citation] = {}
    texts: list[str] = []
    for draft in drafts:
        numbers = {citation.n: _add_source(sources, citation) for citation in draft.citations}
        texts.append(_renumber(draft.text, numbers))
    costs = [draft.cost for draft in drafts if draft.cost is not None]
    return replace(
        drafts[0],
        text="\n\n".join(texts),
        citations=tuple(sources.values()),
        withheld=tuple(one for draft in drafts for one in draft.withheld),
        tokens=sum(draft.tokens for draft in drafts),
        cost=sum(costs) if costs else None,
        instead=next((draft.instead for draft in drafts if draft.instead), ""),
    )


def _add_source(sources: dict[str, Citation], citation: Citation) -> int:
    """Its number among all; an article that is there already keeps its number and gets this quote too."""
    known = sources.get(citation.article)
    if known is None:
        sources[citation.article] = replace(citation, n=len(sources) + 1)
    elif citation.quote not in known.quote:
        sources[citation.article] = replace(known, quote=f"{known.quote}\n{citation.quote}")
    return sources[citation.article].n


def _renumber(text: str, numbers: dict[int, int]) -> str:
    return _CITED.sub(
        lambda found: f"[{numbers[int(found[1])]}]" if int(found[1]) in numbers else found[0], text
    )
