"""The handoff packet, version 1: everything an agent needs to take over, built without a model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from assistant.domain.conversation import Priority
from assistant.domain.customer_facts import CustomerFacts
from assistant.domain.handoff_summary import (
    Situation,
    SummaryParts,
    read_situation,
    render_summary,
    select_next_step,
    update_summary,
)
from assistant.domain.messages import Author, Reply
from assistant.domain.packet_customer import build_packet_customer, format_timestamp
from assistant.domain.people import Customer, PastConversation
from assistant.domain.signals import (
    FEELING_THRESHOLD,
    FEELINGS,
    MAX_RECENT_TURNS,
    Signals,
    Verdict,
    fold_feelings,
    select_most_serious,
)
from assistant.domain.suggested_replies import is_said_already
from assistant.domain.summaries import SUMMARIES
from assistant.domain.turns import TurnRecord, Utterance

VERSION = 1

#: Lines of the transcript that travel in the packet; the rest is one click away.
MAX_TRANSCRIPT_LINES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffCase:
    """All that is known when a conversation is handed over; what is unknown stays empty."""

    conversation: str
    epoch: int
    created_at: datetime
    channel: str
    verdict: Verdict
    #: button, matcher, policy, model, watchdog or agent.
    decided_by: str = "policy"
    #: The last turn as it was read; None: nobody has, and its words alone tell (`facts`).
    signals: Signals | None = None
    #: The place in the queue, which the packet gives as the urgency.
    priority: Priority = Priority.NORMAL
    customer: Customer | None = None
    previous: Sequence[PastConversation] = ()
    lines: Sequence[Utterance] = ()
    records: Sequence[TurnRecord] = ()
    #: Where this episode begins: what was felt before is over.
    first_turn: int = 0
    facts: CustomerFacts = field(default_factory=CustomerFacts)
    #: What is proven of them, and the changes that they were shown.
    verified: Sequence[str] = ()
    actions: Sequence[Mapping[str, Any]] = ()
    #: What was done for them, as they were told, with the time.
    done: Sequence[str] = ()
    suggested: Sequence[Reply] = ()
    told_customer: str | None = None


def build_packet(case: HandoffCase) -> dict[str, Any]:
    """The packet as contract.md shows it: every key always there, nothing invented."""
    packet = {
        "version": VERSION,
        "conversation": case.conversation,
        "epoch": case.epoch,
        "created_at": format_timestamp(case.created_at),
        "channel": case.channel,
        "trigger": _build_trigger(case),
        "customer": build_packet_customer(case.customer, case.previous, case.signals),
        "issue": {
            "ask": case.facts.ask,
            "summary": _build_summaries(case),
            "topic": case.facts.topic,
            "urgency": str(case.priority),
            "sensitive": _get_sensitive(case),
        },
        "facts": {
            "claimed": list(case.facts.claimed),
            "verified": list(case.verified),
            "missing": list(case.facts.missing),
        },
        "actions": [dict(one) for one in case.actions],
        "attempts": build_attempts(case.records, case.signals),
        "promises": list(case.facts.promises),
        "sentiment": [build_feelings(record.signals) | {"turn": record.turn} for record in case.records],
        "feelings": build_recent_feelings(case),
        "harassing_messages": [],
        "transcript": _build_transcript(case.lines),
        "suggested": [],
        "told_customer": case.told_customer,
    }
    if tells_distress(packet):
        return packet
    fresh = [reply for reply in case.suggested if not is_said_already(reply, case.lines)]
    return {**packet, "suggested": _build_suggestions(fresh)}


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketNews:
    """What is known since a packet was built."""

    lines: Sequence[Utterance]
    facts: CustomerFacts
    priority: Priority
    suggested: Sequence[Reply] = ()
    summary: Mapping[str, str] = field(default_factory=dict)


def update_packet(packet: Mapping[str, Any], news: PacketNews) -> dict[str, Any]:
    """The packet with what was said since, and with what took longer: suggested replies, a better summary."""
    issue, facts = packet["issue"], news.facts
    ask = facts.ask or issue["ask"]
    topic, suggested = (
        issue["topic"] or facts.topic,
        _build_suggestions(news.suggested) or packet["suggested"],
    )
    step = select_next_step(read_situation(packet), replace(facts, ask=ask))
    summaries = {
        language: update_summary(text, language, (issue["ask"], ask), step, news.summary.get(language))
        for language, text in issue["summary"].items()
    }
    return {
        **packet,
        "issue": {**issue, "ask": ask, "topic": topic, "summary": summaries, "urgency": str(news.priority)},
        "facts": {**packet["facts"], "claimed": list(facts.claimed), "missing": list(facts.missing)},
        "promises": list(facts.promises),
        "transcript": _build_transcript(news.lines),
        "suggested": [] if tells_distress(packet) else suggested,
    }


def merge_signals(
    packet: Mapping[str, Any], signals: Signals, priority: Priority, messages: Sequence[str] = ()
) -> dict[str, Any]:
    """The packet with what *signals* tell: feelings only rise, a topic gives way to a graver.

    *messages*: ids of what was read; the packet keeps those of harassment.
    """
    known, issue = packet.get("feelings") or {}, packet["issue"]
    felt, sensitive = fold_feelings([signals]), select_most_serious(issue.get("sensitive"), signals.sensitive)
    read = messages if signals.harassment >= FEELING_THRESHOLD else ()
    return {
        **packet,
        "issue": {**issue, "sensitive": sensitive, "urgency": str(priority)},
        "feelings": {name: max(known.get(name, 0.0), felt[name]) for name in FEELINGS},
        "harassing_messages": list(dict.fromkeys([*packet.get("harassing_messages", []), *read])),
    }


def tells_distress(packet: Mapping[str, Any]) -> bool:
    """Whether somebody in distress is to be helped, and nothing of the help suggested."""
    return read_situation(packet).is_distressed


def _build_summaries(case: HandoffCase) -> dict[str, str]:
    searched = [record for record in case.records if record.query or record.sources]
    shown = dict.fromkeys(s.title or s.article for record in searched for s in record.sources if s.shown)
    situation = Situation(
        reason=case.verdict.reason,
        feelings=build_recent_feelings(case),
        sensitive=_get_sensitive(case),
        is_tried=any(record.sources for record in case.records),
        promises=tuple(promise for past in case.previous for promise in past.promises),
        is_done=bool(case.done),
    )
    telling = SummaryParts(
        ask=case.facts.ask,
        searches=len(searched),
        articles=tuple(shown),
        done=tuple(case.done),
        is_settled=case.facts.is_settled,
        is_angry=find_outburst(case) is not None,
        last=next((text for line in reversed(case.lines) if (text := _get_words(line))), ""),
    )
    step = select_next_step(situation, case.facts)
    return {language: render_summary(telling, situation, step, language) for language in SUMMARIES}


def _build_transcript(lines: Sequence[Utterance]) -> dict[str, Any]:
    last = [{"author": str(line.author), "text": line.text} for line in lines[-MAX_TRANSCRIPT_LINES:]]
    return {"messages": len(lines), "last": last}


def _build_suggestions(replies: Sequence[Reply]) -> list[dict[str, Any]]:
    return [
        {
            "text": reply.text,
            "citations": [
                {"n": cited.n, "article": cited.article, "title": cited.title, "url": cited.url}
                for cited in reply.citations
            ],
        }
        for reply in replies
    ]


def build_attempts(records: Sequence[TurnRecord], now: Signals | None = None) -> list[dict[str, Any]]:
    """What the assistant tried, with how the customer took it: told by the turn after."""
    last = now if records and now is not None and now.turn > records[-1].turn else None
    following = [*(record.signals for record in records[1:]), last]
    return [
        {
            "turn": record.turn,
            "query": record.query or None,
            "sources": [
                {"article": source.article, "score": round(source.score, 2), "shown": source.shown}
                for source in record.sources
            ],
            "reaction": str(then.reaction) if then is not None and then.reaction is not None else None,
        }
        for record, then in zip(records, following, strict=False)
        if record.query or record.sources
    ]


def find_outburst(case: HandoffCase) -> Signals | None:
    """The most frustrated of the last turns: who asks for a person calmly may have been angry just before."""
    angry = [signals for signals in _list_recent(case) if signals.frustration >= FEELING_THRESHOLD]
    return max(angry, key=lambda signals: signals.frustration, default=None)


def _get_sensitive(case: HandoffCase) -> str | None:
    read = case.signals.sensitive if case.signals is not None else None
    return select_most_serious(read, case.facts.sensitive)


def _get_words(line: Utterance) -> str:
    return line.text.strip() if line.author is Author.CUSTOMER else ""


def build_feelings(signals: Signals) -> dict[str, float]:
    """What a turn was said in, 0–1 each."""
    return {name: round(value, 2) for name, value in fold_feelings([signals]).items()}


def build_recent_feelings(case: HandoffCase) -> dict[str, float]:
    """The strongest of each feeling in the last turns; distress is remembered for the whole episode."""
    distress = max((turn.distress for turn in _list_episode(case)), default=0.0)
    felt = fold_feelings(_list_recent(case)) | {"distress": distress}
    return {name: round(value, 3) for name, value in felt.items()}


def _list_recent(case: HandoffCase) -> list[Signals]:
    """The last recorded turns of this episode, and the one that led to the handoff."""
    return _list_episode(case)[-MAX_RECENT_TURNS - 1 :]


def _list_episode(case: HandoffCase) -> list[Signals]:
    read = [record.signals for record in case.records if record.turn >= case.first_turn]
    return [*read, case.signals or case.facts.signals]


def _build_trigger(case: HandoffCase) -> dict[str, Any]:
    verdict, angry = case.verdict, find_outburst(case)
    words = [item for item in angry.evidence if item.kind == "frustration" and item.text] if angry else []
    evidence = dict.fromkeys([*verdict.evidence, *words])
    return {
        "reason": str(verdict.reason) if verdict.reason else None,
        "decided_by": case.decided_by,
        "score": None if verdict.score is None else round(verdict.score, 2),
        "threshold": verdict.threshold,
        "evidence": [item.as_dict() for item in evidence],
    }
