"""What a rehearsal found: rates with intervals, gates, coverage, and what flipped since the last run."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.domain.errors import BadInput
from assistant.domain.rehearsals import RESULT_VERSION, is_within_limit
from assistant.domain.statistics import ProportionEstimate, compute_rate
from assistant.rehearsal.personas import PERSONAS
from assistant.rehearsal.transcript_log import RehearsedConversation

#: Zero failures in n prove at most 3/n (95 %): the rule of three.
RULE_OF_THREE = 3.0
#: Articles without a question that are named.
MAX_NAMED_ARTICLES = 50
#: Flips, and customers whom something failed, in a comparison.
MAX_SHOWN_CONVERSATIONS = 30
ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredRate:
    name: str
    #: A language, or `ALL`.
    language: str
    estimate: ProportionEstimate
    #: None: no gate.
    limit: float | None = None

    @property
    def is_passed(self) -> bool:
        rate = self.estimate.rate
        return self.limit is None or rate is None or is_within_limit(self.name, rate, self.limit)

    def as_dict(self) -> dict[str, Any]:
        one = self.estimate
        row = {"measure": self.name, "language": self.language, "count": one.count, "total": one.total}
        interval = {"rate": one.rate, "low": one.low, "high": one.high, "proves_at_most": self.proves_at_most}
        return row | interval | {"limit": self.limit, "passed": self.is_passed}

    @property
    def proves_at_most(self) -> float | None:
        """What none of so many proves, by the rule of three; None: there was one, or nobody."""
        one = self.estimate
        return min(1.0, round(RULE_OF_THREE / one.total, 4)) if one.total and not one.count else None


def list_counts(conversations: Sequence[RehearsedConversation]) -> dict[str, tuple[int, int]]:
    """Measure -> (how many, of how many it applies to)."""
    judged: dict[str, list[bool | None]] = {
        "told": [one.is_told for one in conversations],
        "person": [one.is_person_reached for one in conversations],
        "false_handoff": [one.is_false_handoff for one in conversations],
        "false_answer": [one.is_false_answer for one in conversations],
        "promise": [bool(one.promises) for one in conversations],
        "same_reply": [one.repeated_replies > 0 for one in conversations],
        "leak": [bool(one.leaks) for one in conversations],
    }
    known = {name: [value for value in values if value is not None] for name, values in judged.items()}
    return {name: (sum(values), len(values)) for name, values in known.items()}


def measure_conversations(
    conversations: Sequence[RehearsedConversation], limits: Mapping[str, float]
) -> list[MeasuredRate]:
    """Every measure, for all and by language; the gates hold for all together."""
    languages = sorted({one.language for one in conversations})
    found = []
    for language in (ALL, *languages):
        some = [one for one in conversations if language in (ALL, one.language)]
        for name, (count, total) in list_counts(some).items():
            limit = limits.get(name) if language == ALL else None
            rate = MeasuredRate(
                name=name, language=language, estimate=compute_rate(count, total), limit=limit
            )
            found.append(rate)
    return found


def build_result(
    conversations: Sequence[RehearsedConversation],
    articles: Mapping[str, str],
    limits: Mapping[str, float],
    *,
    seed: int,
    seconds: float,
) -> dict[str, Any]:
    """The run as JSON; *articles*: id -> title of all that could be asked about."""
    measures = measure_conversations(conversations, limits)
    asked = {one.article for one in conversations if one.article}
    missing = [title for article, title in sorted(articles.items()) if article not in asked]
    wasted = [one.wasted_turns for one in conversations if one.wasted_turns is not None]
    return {
        "version": RESULT_VERSION,
        "seed": seed,
        "customers": len(conversations),
        "seconds": round(seconds, 1),
        "customers_per_minute": round(60 * len(conversations) / seconds, 1) if seconds else None,
        "passed": all(one.is_passed for one in measures),
        "failed_gates": [one.name for one in measures if not one.is_passed],
        "measures": [one.as_dict() for one in measures],
        "wasted_turns": round(sum(wasted) / len(wasted), 2) if wasted else None,
        "kept_for_people": sum(one.is_kept_for_people for one in conversations),
        "coverage": {
            "articles": len(articles),
            "articles_asked": len(asked & articles.keys()),
            "not_asked": missing[:MAX_NAMED_ARTICLES],
            "personas": _count_matrix(conversations),
            "decisions": dict(
                Counter(decision for one in conversations for decision in one.decisions).most_common()
            ),
        },
        "conversations": [one.as_dict() for one in conversations],
    }


def _count_matrix(conversations: Iterable[RehearsedConversation]) -> dict[str, dict[str, int]]:
    """Kind of goal -> persona -> customers; every persona is there, so that holes are seen."""
    found: dict[str, dict[str, int]] = {}
    for one in conversations:
        row = found.setdefault(one.kind, dict.fromkeys(PERSONAS, 0))
        row[one.persona] += 1
    return dict(sorted(found.items()))


def load_conversations(result: Mapping[str, Any]) -> list[RehearsedConversation]:
    """Those of a stored run; BadInput for what no run wrote."""
    try:
        if result["version"] != RESULT_VERSION:
            raise BadInput("The last run was of another version of the program; it is not compared.")
        return [RehearsedConversation.from_dict(row) for row in result["conversations"]]
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        raise BadInput("This is no result of `assistant rehearse --json`.") from exc


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationFlip:
    """A customer who fared otherwise than in the run before."""

    before: RehearsedConversation
    after: RehearsedConversation

    @property
    def is_worse(self) -> bool:
        return bool(set(self.after.failures) - set(self.before.failures))


def list_flips(
    before: Sequence[RehearsedConversation], after: Sequence[RehearsedConversation]
) -> list[ConversationFlip]:
    """Customers of both runs whose failures differ, the worse ones first."""
    known = {one.key: one for one in before}
    found = [
        ConversationFlip(before=known[one.key], after=one)
        for one in after
        if one.key in known and known[one.key].failures != one.failures
    ]
    return sorted(found, key=lambda flip: (not flip.is_worse, flip.after.key))


def build_comparison(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Two runs with the same customers, as the console shows them: rates, flips, and who was failed."""
    flips = list_flips(load_conversations(before), load_conversations(after))
    failed = [one for one in after["conversations"] if one["failures"]]
    return {
        "version": RESULT_VERSION,
        "customers": after["customers"],
        "passed": after["passed"],
        "failed_gates": after["failed_gates"],
        "before": [row for row in before["measures"] if row["language"] == ALL],
        "after": [row for row in after["measures"] if row["language"] == ALL],
        "changed": len(flips),
        "worse": sum(flip.is_worse for flip in flips),
        "flips": [
            {"worse": flip.is_worse, "before": flip.before.as_dict(), "after": flip.after.as_dict()}
            for flip in flips[:MAX_SHOWN_CONVERSATIONS]
        ],
        "failed": failed[:MAX_SHOWN_CONVERSATIONS],
    }
