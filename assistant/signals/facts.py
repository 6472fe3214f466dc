"""What a customer's words claim: order numbers, dates, sums, products, addresses; unverified."""

import re
from collections.abc import Iterator, Sequence

from assistant.domain.confidential import hidden
from assistant.domain.handoff import Facts
from assistant.domain.messages import Author
from assistant.domain.signals import Wish
from assistant.domain.turns import Said
from assistant.signals import cues, normalization
from assistant.signals.human_request import find_wish
from assistant.signals.small_talk import small_talk_of

MOST_FACTS, MOST_PROMISES = 20, 5
LONGEST_ASK = 160
#: A few words, or words that point back, go on with what was said before: "can I get it replaced?"
STANDS_ALONE = 12
POINTS_BACK = re.compile(r"^(?:それ|これ|その|この|そちら|こちら|じゃあ|では)|\b(?:it|that|this|they|them)\b")

#: What fulfils a need of the topic table.
FULFILS = {
    "order number": ("order number",),
    "registered e-mail address": ("e-mail",),
    "product": ("product",),
    "amount": ("amount",),
}


def topic_of(comparable: str) -> str | None:
    return next(
        (cue.kind for cue in cues.cues("topic") if cue.find(comparable[: normalization.WINDOW])), None
    )


def pick_facts(said: Sequence[Said]) -> Facts:
    """What the customer's lines among *said* want and claim, and what an agent will still have to ask."""
    lines = [hidden(line.text) for line in said if line.author is Author.CUSTOMER]
    near = [normalization.comparable(normalization.window(line)) for line in lines]
    claimed = list(
        dict.fromkeys(fact for line, folded in zip(lines, near, strict=True) for fact in claims(line, folded))
    )
    opened = _last_matter(near)
    topic = next((found for line in near[opened:] if (found := topic_of(line))), None)
    kinds = {fact.split(":")[0] for fact in claimed}
    return Facts(
        ask=ask_of(lines[opened:], near[opened:]),
        topic=topic,
        claimed=tuple(claimed[:MOST_FACTS]),
        missing=tuple(need for need in needs(topic) if not kinds & set(FULFILS.get(need, ()))),
        promises=tuple(promises(said))[-MOST_PROMISES:],
    )


def promises(said: Sequence[Said]) -> Iterator[str]:
    """What an agent promised in this conversation, and what the customer says was promised before."""
    who = {Author.AGENT: ("ours", "agent"), Author.CUSTOMER: ("told", "customer says")}
    for line in said:
        if line.author not in who:
            continue
        kind, name = who[line.author]
        for clause in normalization.clauses(normalization.window(line.text)):
            folded = normalization.comparable(clause)[: cues.LONGEST_CLAUSE]
            if any(cue.find(folded) for cue in cues.cues("promises") if cue.kind == kind):
                yield f"{name}: {' '.join(clause.split())[:LONGEST_ASK]}"


def needs(topic: str | None) -> list[str]:
    """What an agent will want to know for a topic and can be picked out of words."""
    found = next((cue.why for cue in cues.cues("topic") if cue.kind == topic), "")
    return [need.strip() for need in found.split(",") if need.strip() in FULFILS]


def claims(raw: str, folded: str) -> list[str]:
    """``kind: value`` for every fact in a line; what one kind took is not read again as another."""
    found, rest = [], folded
    for cue in cues.cues("facts"):
        for match in cue.pattern.finditer(rest):
            value = next((group for group in match.groups() if group), match[0])
            found.append(f"{cue.kind}: {_as_written(value.strip(), raw)}")
        rest = cue.pattern.sub(" ", rest)
    return found


def _last_matter(near: Sequence[str]) -> int:
    """Where the customer began with what they want now: at their last change to another topic."""
    opened, topic = 0, None
    for at, folded in enumerate(near):
        # Whoever only hands in an order number has not changed the topic.
        rest = _without_claims(folded)
        found = topic_of(rest)
        if found is None or found == topic:
            continue
        if topic is None:
            topic = found
        elif len(rest) >= STANDS_ALONE and not POINTS_BACK.search(rest):
            opened, topic = at, found
    return opened


def _without_claims(folded: str) -> str:
    for cue in cues.cues("facts"):
        folded = cue.pattern.sub(" ", folded)
    return " ".join(folded.split())


def ask_of(lines: Sequence[str], near: Sequence[str]) -> str | None:
    """The first thing wanted, in the customer's words: no courtesy, no mere call for a person."""
    said = [
        " ".join(line.split())
        for line, folded in zip(lines, near, strict=True)
        if folded and small_talk_of(folded) is None
    ]
    wanting = [
        line for line in said if find_wish(normalization.comparable(line)).wish is Wish.NONE or len(line) > 60
    ]
    whole = [line for line in wanting if len(line) >= 8]
    best = next(iter(whole or wanting or said), None)
    return best if best is None or len(best) <= LONGEST_ASK else best[: LONGEST_ASK - 1] + "…"


def _as_written(value: str, raw: str) -> str:
    """The value with the capitals that it was written with."""
    at = raw.casefold().find(value)
    return raw[at : at + len(value)] if at >= 0 else value
