"""SQL for gaps of the help, their evidence and their drafts."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from assistant.domain.errors import NotFound
from assistant.domain.gaps import DraftSentence, Gap, GapEvidence, GapKind, GapState
from assistant.domain.signals import Decision, Reaction
from assistant.storage import tables as t
from assistant.storage.statements import build_insert, build_insert_if_absent, build_select, build_upsert

#: Gaps of a list.
MAX_LISTED_GAPS = 200


class SqlGaps:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get(self, gap: str) -> Gap:
        """The gap, or NotFound. In a write transaction its row stays locked until the end."""
        writes = self._connection.get_execution_options().get("write", False)
        query = build_select(t.gaps, "id", hold=writes)
        row = self._connection.execute(query, {"id": gap}).mappings().first()
        if row is None:
            raise NotFound("There is no such gap.")
        return _parse_gap(row)

    def list_in_states(self, states: Sequence[GapState]) -> Sequence[Gap]:
        """Gaps in these states, newest change first."""
        c = t.gaps.c
        query = sa.select(t.gaps).where(c.state.in_(list(states))).order_by(c.updated_at.desc(), c.id)
        rows = self._connection.execute(query.limit(MAX_LISTED_GAPS)).mappings()
        return [_parse_gap(row) for row in rows]

    def save(self, gap: Gap) -> None:
        self._connection.execute(build_upsert(self._connection, t.gaps), asdict(gap))

    def list_unanswered(self, since: datetime) -> Mapping[tuple[str, int], str]:
        """(conversation, turn) -> why the help did not answer it: declined, rejected or disliked."""
        c = t.turns.c
        declined = sa.select(c.conversation, c.turn).where(
            c.created_at >= since, c.decision == Decision.ABSTAIN
        )
        found = {(row.conversation, row.turn): "declined" for row in self._connection.execute(declined)}
        found |= dict.fromkeys(self._list_rejected(since), "rejected")
        return found | dict.fromkeys(self._list_disliked(since), "disliked")

    def _list_rejected(self, since: datetime) -> Sequence[tuple[str, int]]:
        """Answers that the customer's next turn refuses."""
        answered, after = t.turns.alias("answered"), t.turns.alias("after")
        following = sa.and_(
            after.c.conversation == answered.c.conversation, after.c.turn == answered.c.turn + 1
        )
        # In the text of the record, so that not every record of months is parsed.
        refuses = sa.type_coerce(after.c.record, sa.Text).like(f'%"reaction":"{Reaction.REJECTED}"%')
        query = (
            sa.select(answered.c.conversation, answered.c.turn)
            .select_from(after.join(answered, following))
            .where(after.c.created_at >= since, refuses, answered.c.decision == Decision.ANSWER)
        )
        return [(row.conversation, row.turn) for row in self._connection.execute(query)]

    def _list_disliked(self, since: datetime) -> Sequence[tuple[str, int]]:
        """Turns whose reply got a thumb down."""
        f, c = t.feedback.c, t.turns.c
        query = (
            sa.select(c.conversation, c.turn, c.record, f.message)
            .select_from(t.turns.join(t.feedback, c.conversation == f.conversation))
            .where(f.kind == "thumb", f.value < 0, f.message.is_not(None), f.created_at >= since)
        )
        rows = self._connection.execute(query)
        return [(row.conversation, row.turn) for row in rows if row.record.get("reply_id") == row.message]

    def load_assigned(self) -> Mapping[tuple[str, int], str]:
        """(conversation, turn) -> its gap."""
        c = t.gap_evidence.c
        rows = self._connection.execute(sa.select(c.conversation, c.turn, c.gap))
        return {(row.conversation, row.turn): row.gap for row in rows}

    def add_evidence(self, gap: str, evidence: Mapping[tuple[str, int], str]) -> None:
        """Give (conversation, turn) -> why to *gap*; what another gap has stays there."""
        for (conversation, turn), why in evidence.items():
            row = {"conversation": conversation, "turn": turn, "gap": gap, "why": why}
            self._connection.execute(build_insert_if_absent(self._connection, t.gap_evidence), row)

    def list_evidence(self, gaps: Sequence[str]) -> Sequence[GapEvidence]:
        """Evidence of these gaps with its words, newest first."""
        e, q = t.gap_evidence.c, t.questions.c
        same = sa.and_(e.conversation == q.conversation, e.turn == q.turn)
        query = (
            sa.select(e.gap, e.conversation, e.turn, e.why, q.asked_at, q.text)
            .select_from(t.gap_evidence.join(t.questions, same))
            .where(e.gap.in_(gaps))
            .order_by(q.asked_at.desc())
        )
        return [GapEvidence(**row) for row in self._connection.execute(query).mappings()]

    def replace_sentences(self, gap: str, sentences: Sequence[DraftSentence]) -> None:
        """Replace the draft's sentences."""
        self._connection.execute(sa.delete(t.gap_sentences).where(t.gap_sentences.c.gap == gap))
        for position, sentence in enumerate(sentences):
            row = {"gap": gap, "position": position} | asdict(sentence)
            self._connection.execute(build_insert(t.gap_sentences), row)

    def list_sentences(self, gap: str) -> Sequence[DraftSentence]:
        c = t.gap_sentences.c
        query = sa.select(c.conversation, c.message, c.text, c.personal).where(c.gap == gap)
        rows = self._connection.execute(query.order_by(c.position)).mappings()
        return [DraftSentence(**row) for row in rows]


def _parse_gap(row: Any) -> Gap:
    return Gap(**{**row, "kind": GapKind(row["kind"]), "state": GapState(row["state"])})
