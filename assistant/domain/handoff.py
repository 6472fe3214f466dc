"""The handoff packet, version 1: everything an agent needs to take over, built without a model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from assistant.domain.messages import Reply
from assistant.domain.people import Customer, PastConversation
from assistant.domain.signals import Evidence, Reason, Signals, Verdict
from assistant.domain.summaries import SUMMARIES
from assistant.domain.turns import TurnRecord, Utterance

VERSION = 1

#: Lines of the transcript that travel in the packet; the rest is one click away.
MAX_TRANSCRIPT_LINES = 12
LINE = "\n"

#: The last turns, and how frustrated one of them was that an agent must hear of.
MAX_OUTBURST_TURNS = 3
MIN_OUTBURST_FRUSTRATION = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerFacts:
    """What the customer's own words give away; nothing of it is verified."""

    #: What they want, in their words.
    ask: str | None = None
    topic: str | None = None
    #: Order numbers, dates, amounts, products, e-mail addresses, phone numbers.
    claimed: tuple[str, ...] = ()
    #: What an agent will need and nobody has said yet.
    missing: tuple[str, ...] = ()
    #: What was promised to the customer, each with who says so: ``agent: …``, ``customer says: …``.
    promises: tuple[str, ...] = ()


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
    return {
        "version": VERSION,
        "conversation": case.conversation,
        "epoch": case.epoch,
        "created_at": _format_timestamp(case.created_at),
        "channel": case.channel,
        "trigger": _build_trigger(case),
        "customer": _build_customer(case),
        "issue": {
            "ask": case.facts.ask,
            "summary": {language: _build_summary(case, language) for language in SUMMARIES},
            "topic": case.facts.topic,
            "urgency": compute_urgency(case.verdict, case.signals, find_outburst(case)),
        },
        "facts": {"claimed": list(case.facts.claimed), "verified": [], "missing": list(case.facts.missing)},
        "attempts": build_attempts(case.records, case.signals),
        "promises": list(case.facts.promises),
        "sentiment": [
            {"turn": record.turn, "frustration": round(record.signals.frustration, 2)}
            for record in case.records
        ],
        "transcript": _build_transcript(case.lines),
        "suggested": _build_suggestions(case.suggested),
        "told_customer": case.told_customer,
    }


def update_packet(
    packet: Mapping[str, Any],
    lines: Sequence[Utterance],
    facts: CustomerFacts,
    suggested: Sequence[Reply],
    summary: Mapping[str, str],
) -> dict[str, Any]:
    """The packet with what was said since, and with what took longer: suggested replies, a better summary."""
    issue = packet["issue"]
    better = {
        # The next step stands in a line of its own and stays.
        language: f"{text}\n{issue['summary'][language].rpartition(LINE)[2]}"
        for language, text in summary.items()
        if language in SUMMARIES
    }
    return {
        **packet,
        "issue": {**issue, "ask": issue["ask"] or facts.ask, "summary": issue["summary"] | better},
        "facts": {**packet["facts"], "claimed": list(facts.claimed), "missing": list(facts.missing)},
        "promises": list(facts.promises),
        "transcript": _build_transcript(lines),
        "suggested": _build_suggestions(suggested) or packet["suggested"],
    }


def _build_transcript(lines: Sequence[Utterance]) -> dict[str, Any]:
    last = [{"author": str(line.author), "text": line.text} for line in lines[-MAX_TRANSCRIPT_LINES:]]
    return {"messages": len(lines), "last": last}


def _build_suggestions(replies: Sequence[Reply]) -> list[dict[str, Any]]:
    return [
        {
            "text": reply.text,
            "citations": [{"n": cited.n, "article": cited.article} for cited in reply.citations],
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


def compute_urgency(verdict: Verdict, signals: Signals | None, angry: Signals | None = None) -> str:
    """low, normal, high or urgent, as the customer's words have it; *angry*: a turn before, if it was."""
    if signals is not None and signals.sensitive in ("harm", "fraud"):
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
            }
            for past in case.previous
        ],
    }


def _compute_familiarity(case: HandoffCase) -> float | None:
    """How much at home with bots: as kept for the customer, else as this conversation shows."""
    if case.customer is not None and case.customer.familiarity is not None:
        return round(case.customer.familiarity, 2)
    return None if case.signals is None else round(1 - case.signals.unfamiliarity, 2)


def _build_summary(case: HandoffCase, language: str) -> str:
    """What it is about, what was tried, why a person comes in; the next step in a line of its own."""
    if language in case.summary:
        return case.summary[language]
    words = SUMMARIES[language]
    parts = [words["ask"].format(ask=case.facts.ask) if case.facts.ask else words["none"]]
    searched = [record for record in case.records if record.query or record.sources]
    shown = dict.fromkeys(s.title or s.article for record in searched for s in record.sources if s.shown)
    if searched:
        parts.append(
            words["tried" if shown else "empty"].format(count=len(searched), articles=", ".join(shown))
        )
    if case.verdict.reason:
        parts.append(words[case.verdict.reason])
    if find_outburst(case) and case.verdict.reason is not Reason.FRUSTRATED:
        parts.append(words[Reason.FRUSTRATED])
    said = [line.text for line in case.lines if line.author == "customer" and line.text.strip()]
    if said and case.facts.ask and case.facts.ask not in said[-1]:
        parts.append(words["last"].format(last=" ".join(said[-1].split())[:120]))
    return ("" if language == "ja" else " ").join(parts) + "\n" + _select_next_step(case, words)


def _select_next_step(case: HandoffCase, words: Mapping[str, str]) -> str:
    """What the agent would best do first: the most pressing that applies."""
    sensitive = case.signals.sensitive if case.signals is not None else None
    phone = next((fact.partition(": ")[2] for fact in case.facts.claimed if fact.startswith("phone: ")), None)
    if sensitive in ("harm", "fraud"):
        return words["step_safety" if sensitive == "harm" else "step_fraud"]
    if case.facts.promises:
        return words["step_promise"].format(promise=case.facts.promises[-1].partition(": ")[2])
    if case.facts.ask is None:
        return words["step_call"].format(phone=phone) if phone else words["step_ask"]
    if case.facts.missing:
        missing = words["and"].join(words.get(need, need) for need in case.facts.missing)
        return words["step_missing"].format(missing=missing)
    if phone and case.verdict.reason is Reason.ASKED_FOR_PERSON:
        return words["step_call"].format(phone=phone)
    tried = any(record.sources for record in case.records)
    if tried and case.verdict.reason in (Reason.STUCK, Reason.FRUSTRATED):
        return words["step_other"]
    return words["step_answer"]
