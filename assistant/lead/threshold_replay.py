"""What a changed policy would have decided in conversations that were: each turn anew, after what really was.

The turns' signals and scores are as they were read then; only the decision is made again, once with each
policy, so a difference comes from the policies alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from assistant.conversation.turn.turn_input import build_past_turn
from assistant.domain.decide import decide_after_search, decide_before_search
from assistant.domain.policy import Policy
from assistant.domain.signals import Verdict
from assistant.domain.turns import History, TurnRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedDecision:
    conversation: str
    turn: int
    message_id: str
    before: Verdict
    after: Verdict


def replay_decisions(
    turns: Sequence[tuple[str, str, TurnRecord]], before: Policy, after: Policy
) -> Iterator[ChangedDecision]:
    """The turns, (conversation, channel, record) in order, that the policies decide differently."""
    for conversation, group in groupby(turns, key=lambda each: each[0]):
        records: list[TurnRecord] = []
        for _, channel, record in group:
            one = _decide_again(record, records, before.for_channel(channel))
            other = _decide_again(record, records, after.for_channel(channel))
            if (one.decision, one.reason) != (other.decision, other.reason):
                yield ChangedDecision(
                    conversation=conversation,
                    turn=record.turn,
                    message_id=record.message_id,
                    before=one,
                    after=other,
                )
            records.append(record)


def _decide_again(record: TurnRecord, earlier: Sequence[TurnRecord], policy: Policy) -> Verdict:
    history = History(turns=[build_past_turn(one) for one in earlier])
    score = max((source.score for source in record.sources), default=None)
    return decide_before_search(record.signals, history, policy) or decide_after_search(
        record.signals, history, policy, score
    )
