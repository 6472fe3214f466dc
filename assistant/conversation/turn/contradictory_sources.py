"""When the help says one thing in two ways: both are told with their sources, and a person is offered."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from assistant.conversation.templates import render_template
from assistant.domain.knowledge import Dispute, Passage
from assistant.domain.markdown import escape_markdown
from assistant.domain.messages import Citation
from assistant.domain.signals import Decision, Reason, Verdict
from assistant.ports.answering import Draft


class DisputedPassage(NamedTuple):
    """A passage that an answer rests on, and what contradicts it."""

    passage: Passage
    dispute: Dispute


def find_dispute(citations: Sequence[Citation], passages: Sequence[Passage]) -> DisputedPassage | None:
    """The first cited sentence that another article contradicts."""
    for citation in citations:
        for passage in passages:
            if passage.article != citation.article:
                continue
            for dispute in passage.disputes:
                if _is_contained(citation.quote, dispute.text):
                    return DisputedPassage(passage, dispute)
    return None


def quote_both_sides(draft: Draft, found: DisputedPassage, language: str) -> Draft:
    """What both articles say, instead of one of them as if it were sure."""
    passage, dispute = found
    sides = (
        (passage.article, passage.title, passage.url, dispute.text),
        (dispute.article, dispute.title, dispute.url, dispute.other),
    )
    citations = tuple(
        Citation(n=n, article=article, title=title, url=url, quote=text)
        for n, (article, title, url, text) in enumerate(sides, start=1)
    )
    lines = [
        render_template(
            "disputed_side",
            language,
            title=escape_markdown(one.title),
            text=escape_markdown(" ".join(one.quote.split())),
            n=str(one.n),
        )
        for one in citations
    ]
    text = "\n".join((render_template("disputed", language), "", *lines))
    return replace(draft, text=text, citations=citations)


def downgrade_to_offer(verdict: Verdict) -> Verdict:
    """An answer that is none becomes an offer of a person; stronger decisions stay."""
    if verdict.decision is not Decision.ANSWER:
        return verdict
    return replace(verdict, decision=Decision.OFFER, reason=Reason.NO_ANSWER)


def _is_contained(one: str, other: str) -> bool:
    """Whether one is in the other, Markdown and spaces aside."""
    here, there = _strip_punctuation(one), _strip_punctuation(other)
    return bool(here and there) and (here in there or there in here)


def _strip_punctuation(text: str) -> str:
    return "".join(filter(str.isalnum, text))
