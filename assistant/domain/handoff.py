"""The handoff packet, version 1: everything an agent needs to take over, built without a model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from assistant.domain.customer_facts import CustomerFacts
from assistant.domain.handoff_summary import (
    FEELING_THRESHOLD,
    Situation,
    SummaryParts,
    read_situation,
    render_summary,
    select_next_step,
    update_summary,
)
from assistant.domain.messages import Author, Reply
from assistant.domain.people import Customer, PastConversation
from assistant.domain.signals import Evidence, Reason, Signals, Verdict
from assistant.domain.suggested_replies import is_said_already
from assistant.domain.summaries import SUMMARIES
from assistant.domain.turns import TurnRecord, Utterance

VERSION = 1

#: Lines of the transcript that travel in the packet; the rest is one click away.
MAX_TRANSCRIPT_LINES = 12

#: The last turns, and how frustrated one of them was that an agent must hear of.
MAX_OUTBURST_TURNS = 3
MIN_OUTBURST_FRUSTRATION = 0.5

#: What of a turn's feelings travels in the packet.
FEELINGS = ("frustration", "worry", "distress", "harassment", "complaint", "reply_missed")


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
    signals: Signals | None = None
    customer: Customer | None = None
    previous: Sequence[PastConversation] = ()
    lines: Sequence[Utterance] = ()
    records: Sequence[TurnRecord] = ()
    facts: CustomerFacts = field(default_factory=CustomerFacts)
    #: Language -> summary by a model; a missing language is summed up from quotes.
    summary: Mapping[str, str] = field(default_factory=dict)
    suggested: Sequence[Reply] = ()
    told_customer: str | None = None


def build_packet(case: HandoffCase) -> dict[str, Any]:
    """The packet as contract.md shows it: every key always there, nothing invented."""
    packet = {
        "version": VERSION,
        "conversation": case.conversation,
        "epoch": case.epoch,
        "created_at": _format_timestamp(case.created_at),
        "channel": case.channel,
        "trigger": _build_trigger(case),
        "customer": _build_customer(case),
        "issue": {
            "ask": case.facts.ask,
            "summary": _build_summaries(case),
            "topic": case.facts.topic,
            "urgency": compute_urgency(
                case.verdict, case.signals or Signals(sensitive=case.facts.sensitive), find_outburst(case)
            ),
            "sensitive": _get_sensitive(case),
        },
        "facts": {"claimed": list(case.facts.claimed), "verified": [], "missing": list(case.facts.missing)},
        "attempts": build_attempts(case.records, case.signals),
        "promises": list(case.facts.promises),
        "sentiment": [build_feelings(record.signals) | {"turn": record.turn} for record in case.records],
        "feelings": build_recent_feelings(case),
        "transcript": _build_transcript(case.lines),
        "suggested": [],
        "told_customer": case.told_customer,
    }
    if is_distressed(packet):
        return packet
    fresh = [reply for reply in case.suggested if not is_said_already(reply, case.lines)]
    return {**packet, "suggested": _build_suggestions(fresh)}


def update_packet(
    packet: Mapping[str, Any],
    lines: Sequence[Utterance],
    facts: CustomerFacts,
    suggested: Sequence[Reply],
    summary: Mapping[str, str],
) -> dict[str, Any]:
    """The packet with what was said since, and with what took longer: suggested replies, a better summary."""
    issue = packet["issue"]
    ask = facts.ask or issue["ask"]
    step = select_next_step(read_situation(packet), replace(facts, ask=ask))
    summaries = {
        language: update_summary(text, language, (issue["ask"], ask), step, summary.get(language))
        for language, text in issue["summary"].items()
    }
    return {
        **packet,
        "issue": {**issue, "ask": ask, "topic": issue["topic"] or facts.topic, "summary": summaries},
        "facts": {**packet["facts"], "claimed": list(facts.claimed), "missing": list(facts.missing)},
        "promises": list(facts.promises),
        "transcript": _build_transcript(lines),
        "suggested": _build_suggestions(suggested) or packet["suggested"],
    }


def is_distressed(packet: Mapping[str, Any]) -> bool:
    """Whether somebody in distress is to be helped, and nothing of the help suggested."""
    situation = read_situation(packet)
    return situation.sensitive == "harm" or situation.has_feeling("distress")


def _build_summaries(case: HandoffCase) -> dict[str, str]:
    searched = [record for record in case.records if record.query or record.sources]
    shown = dict.fromkeys(s.title or s.article for record in searched for s in record.sources if s.shown)
    situation = Situation(
        reason=case.verdict.reason,
        feelings=build_recent_feelings(case),
        sensitive=_get_sensitive(case),
        is_tried=any(record.sources for record in case.records),
        promises=tuple(promise for past in case.previous for promise in past.promises),
    )
    telling = SummaryParts(
        ask=case.facts.ask,
        searches=len(searched),
        articles=tuple(shown),
        is_angry=find_outburst(case) is not None,
        last=next((text for line in reversed(case.lines) if (text := _get_words(line))), ""),
    )
    step = select_next_step(situation, case.facts)
    return {
        language: case.summary.get(language) or render_summary(telling, situation, step, language)
        for language in SUMMARIES
    }


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
    turns = [
        *(record.signals for record in case.records[-MAX_OUTBURST_TURNS:]),
        *([case.signals] if case.signals else ()),
    ]
    angry = [signals for signals in turns if signals.frustration >= MIN_OUTBURST_FRUSTRATION]
    return max(angry, key=lambda signals: signals.frustration, default=None)


def _get_sensitive(case: HandoffCase) -> str | None:
    read = case.signals.sensitive if case.signals is not None else None
    return read or case.facts.sensitive


def _get_words(line: Utterance) -> str:
    return line.text.strip() if line.author is Author.CUSTOMER else ""


def build_feelings(signals: Signals) -> dict[str, float]:
    """What a turn was said in, 0–1 each."""
    return {name: round(getattr(signals, name), 2) for name in FEELINGS}


def build_recent_feelings(case: HandoffCase) -> dict[str, float]:
    """The strongest of each feeling in the last turns."""
    turns = [record.signals for record in case.records[-MAX_OUTBURST_TURNS:]]
    turns += [case.signals] if case.signals is not None else []
    read = [build_feelings(signals) for signals in turns]
    return {name: max((feelings[name] for feelings in read), default=0.0) for name in FEELINGS}


def compute_urgency(verdict: Verdict, signals: Signals | None, angry: Signals | None = None) -> str:
    """low, normal, high or urgent, as the customer's words have it; *angry*: a turn before, if it was."""
    if signals is not None and signals.sensitive in ("harm", "fraud"):
        return "urgent"
    if signals is not None and signals.distress >= FEELING_THRESHOLD:
        return "urgent"
    pressing = signals is not None and (signals.urgency >= 0.5 or signals.frustration >= 0.8)
    pressing = pressing or (angry is not None and angry.frustration >= 0.8)
    if pressing or verdict.reason in (Reason.FRUSTRATED, Reason.SENSITIVE_TOPIC):
        return "high"
    return "normal"


def _format_timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _build_trigger(case: HandoffCase) -> dict[str, Any]:
    verdict, angry = case.verdict, find_outburst(case)
    words = [item for item in angry.evidence if item.kind == "frustration" and item.text] if angry else []
    evidence = dict.fromkeys([*verdict.evidence, *words])
    return {
        "reason": str(verdict.reason) if verdict.reason else None,
        "decided_by": case.decided_by,
        "score": None if verdict.score is None else round(verdict.score, 2),
        "threshold": verdict.threshold,
        "evidence": [_build_evidence(item) for item in evidence],
    }


def _build_evidence(item: Evidence) -> dict[str, Any]:
    return {"turn": item.turn, "text": item.text, "why": item.why}


def _build_customer(case: HandoffCase) -> dict[str, Any]:
    who = case.customer
    return {
        "id": who.id if who else None,
        "name": who.name if who else None,
        "locale": who.locale if who else None,
        "verified": who.verified if who else False,
        "familiarity": _compute_familiarity(case),
        "identities": [{"channel": i.channel, "id": i.id} for i in who.identities] if who else [],
        "attributes": dict(who.attributes) if who else {},
        "previous": [
            {
                "conversation": past.conversation,
                "closed_at": _format_timestamp(past.closed_at) if past.closed_at else None,
                "summary": past.summary,
                "csat": past.csat,
                "notes": list(past.notes),
                "promises": list(past.promises),
            }
            for past in case.previous
        ],
    }


def _compute_familiarity(case: HandoffCase) -> float | None:
    """How much at home with bots: as kept for the customer, else as this conversation shows."""
    if case.customer is not None and case.customer.familiarity is not None:
        return round(case.customer.familiarity, 2)
    return None if case.signals is None else round(1 - case.signals.unfamiliarity, 2)
