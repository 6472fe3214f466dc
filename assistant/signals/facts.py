"""Extracts unverified claims from a customer's words: order numbers, dates, amounts, products, addresses."""

import re
from collections.abc import Iterator, Sequence

from assistant.domain.confidential import mask_secrets
from assistant.domain.handoff import CustomerFacts
from assistant.domain.messages import Author
from assistant.domain.signals import HumanRequest
from assistant.domain.turns import Utterance
from assistant.signals import cues, normalization
from assistant.signals.human_request import find_human_request
from assistant.signals.small_talk import detect_small_talk

MAX_FACTS = 20
MAX_PROMISES = 5
MAX_REQUEST_CHARACTERS = 160
#: A shorter text, or one that refers back, continues the topic: "can I get it replaced?"
MIN_FACT_CHARACTERS = 12
POINTS_BACK = re.compile(r"^(?:それ|これ|その|この|そちら|こちら|じゃあ|では)|\b(?:it|that|this|they|them)\b")

#: Need of the topic table -> kinds of claims that fulfil it.
FULFILS = {
    "order number": ("order number",),
    "registered e-mail address": ("e-mail",),
    "product": ("product",),
    "amount": ("amount",),
}


def detect_topic(comparable: str) -> str | None:
    return next(
        (cue.kind for cue in cues.load_cues("topic") if cue.find_match(comparable[: normalization.WINDOW])),
        None,
    )


def pick_facts(said: Sequence[Utterance]) -> CustomerFacts:
    """The customer's request and claims in *said*, and what an agent still has to ask."""
    lines = [mask_secrets(line.text) for line in said if line.author is Author.CUSTOMER]
    near = [normalization.normalize_text(normalization.clip_text(line)) for line in lines]
    claimed = list(
        dict.fromkeys(
            fact for line, folded in zip(lines, near, strict=True) for fact in extract_claims(line, folded)
        )
    )
    opened = _find_topic_start(near)
    topic = next((found for line in near[opened:] if (found := detect_topic(line))), None)
    kinds = {fact.split(":")[0] for fact in claimed}
    return CustomerFacts(
        ask=extract_request(lines[opened:], near[opened:]),
        topic=topic,
        claimed=tuple(claimed[:MAX_FACTS]),
        missing=tuple(need for need in list_needs(topic) if not kinds & set(FULFILS.get(need, ()))),
        promises=tuple(extract_promises(said))[-MAX_PROMISES:],
    )


def extract_promises(said: Sequence[Utterance]) -> Iterator[str]:
    """Promises by an agent in this conversation, and earlier promises that the customer reports."""
    who = {Author.AGENT: ("ours", "agent"), Author.CUSTOMER: ("told", "customer says")}
    for line in said:
        if line.author not in who:
            continue
        kind, name = who[line.author]
        for clause in normalization.split_clauses(normalization.clip_text(line.text)):
            folded = normalization.normalize_text(clause)[: cues.MAX_CLAUSE_CHARACTERS]
            if any(cue.find_match(folded) for cue in cues.load_cues("promises") if cue.kind == kind):
                yield f"{name}: {' '.join(clause.split())[:MAX_REQUEST_CHARACTERS]}"


def list_needs(topic: str | None) -> list[str]:
    """The needs of a topic that can be extracted from text."""
    found = next((cue.why for cue in cues.load_cues("topic") if cue.kind == topic), "")
    return [need.strip() for need in found.split(",") if need.strip() in FULFILS]


def extract_claims(raw: str, folded: str) -> list[str]:
    """``kind: value`` for every claim in a line; text matched by one kind is not matched by another."""
    found, rest = [], folded
    for cue in cues.load_cues("facts"):
        for match in cue.pattern.finditer(rest):
            value = next((group for group in match.groups() if group), match[0])
            found.append(f"{cue.kind}: {_restore_case(value.strip(), raw)}")
        rest = cue.pattern.sub(" ", rest)
    return found


def _find_topic_start(near: Sequence[str]) -> int:
    """Index of the line where the customer's current topic begins: after their last change of topic."""
    opened, topic = 0, None
    for at, folded in enumerate(near):
        # An order number alone does not change the topic.
        rest = _strip_claims(folded)
        found = detect_topic(rest)
        if found is None or found == topic:
            continue
        if topic is None:
            topic = found
        elif len(rest) >= MIN_FACT_CHARACTERS and not POINTS_BACK.search(rest):
            opened, topic = at, found
    return opened


def _strip_claims(folded: str) -> str:
    for cue in cues.load_cues("facts"):
        folded = cue.pattern.sub(" ", folded)
    return " ".join(folded.split())


def extract_request(lines: Sequence[str], near: Sequence[str]) -> str | None:
    """The customer's first request in their words, without courtesies and mere requests for a person."""
    said = [
        " ".join(line.split())
        for line, folded in zip(lines, near, strict=True)
        if folded and detect_small_talk(folded) is None
    ]
    wanting = [
        line
        for line in said
        if find_human_request(normalization.normalize_text(line)).request is HumanRequest.NONE
        or len(line) > 60
    ]
    whole = [line for line in wanting if len(line) >= 8]
    best = next(iter(whole or wanting or said), None)
    return (
        best
        if best is None or len(best) <= MAX_REQUEST_CHARACTERS
        else best[: MAX_REQUEST_CHARACTERS - 1] + "…"
    )


def _restore_case(value: str, raw: str) -> str:
    """The value in its original capitalisation."""
    at = raw.casefold().find(value)
    return raw[at : at + len(value)] if at >= 0 else value
