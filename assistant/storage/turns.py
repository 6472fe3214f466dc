"""SQL for turn records: how replies were made, one row per turn."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from assistant.domain.signals import FEELINGS, MAX_RECENT_TURNS
from assistant.domain.turns import TurnRecord
from assistant.storage import tables as t
from assistant.storage.row_mapping import from_json, to_json
from assistant.storage.statements import build_delete, build_insert, build_select, build_update

#: Characters of a question that are kept for themes.
MAX_QUESTION = 500
LATER_TURNS = build_select(t.turns, "conversation").where(t.turns.c.seq > sa.bindparam("after"))
LATER_TURNS = LATER_TURNS.order_by(t.turns.c.turn)
COUNTED_TURNS = sa.select(sa.func.count(), sa.func.max(t.turns.c.seq))
COUNTED_TURNS = COUNTED_TURNS.where(t.turns.c.conversation == sa.bindparam("conversation"))


class SqlTurns:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, conversation: str, seq: int, record: TurnRecord, now: datetime) -> None:
        row = {
            "conversation": conversation,
            "turn": record.turn,
            "seq": seq,
            "record": to_json(TurnRecord, record),
            "created_at": now,
            "decision": record.verdict.decision,
        }
        self._connection.execute(build_insert(t.turns), row)
        if record.question:
            self._add_question(conversation, record, now)

    def _add_question(self, conversation: str, record: TurnRecord, now: datetime) -> None:
        """What the turn asked, for themes; `insight/` embeds it later."""
        row = {"conversation": conversation, "turn": record.turn, "asked_at": now}
        row |= {"language": record.signals.language, "decision": record.verdict.decision}
        self._connection.execute(build_insert(t.questions), row | {"text": record.question[:MAX_QUESTION]})

    def list_all(self, conversation: str, *, after: int = 0) -> Sequence[TurnRecord]:
        """The turns whose messages come after seq *after*, in order."""
        rows = self._connection.execute(LATER_TURNS, {"conversation": conversation, "after": after})
        return [from_json(TurnRecord, row.record) for row in rows]

    def list_recent(self, since: datetime, *, limit: int) -> Sequence[tuple[str, str, TurnRecord]]:
        """(conversation, channel, turn) of the last turns since *since*, each conversation's in order."""
        c = t.turns.c
        newest = sa.select(t.turns, t.conversations.c.channel).join(t.conversations)
        newest = newest.where(c.created_at >= since).order_by(c.created_at.desc()).limit(limit)
        rows = self._connection.execute(newest).all()
        found = [(row.conversation, row.channel, from_json(TurnRecord, row.record)) for row in rows]
        return sorted(found, key=lambda each: (each[0], each[2].turn))

    def redact_turn(self, conversation: str, seq: int) -> None:
        """Redact the turn of a deleted message *seq*: numbers and decision stay, words go."""
        c = t.turns.c
        its = sa.select(c.turn, c.record).where(c.conversation == conversation, c.seq >= seq)
        row = self._connection.execute(its.order_by(c.turn).limit(1)).first()
        if row is None:
            return
        record = from_json(TurnRecord, row.record)
        record = replace(
            record,
            query="",
            signals=replace(record.signals, evidence=()),
            verdict=replace(record.verdict, evidence=()),
        )
        theirs = {"conversation": conversation, "turn": row.turn}
        self._connection.execute(build_delete(t.questions, *theirs), theirs)
        values = {"at_conversation": conversation, "at_turn": row.turn, "record": to_json(TurnRecord, record)}
        self._connection.execute(build_update(t.turns, "conversation", "turn"), values)

    def load_recent_feelings(self, conversations: Sequence[str]) -> dict[str, dict[str, float]]:
        """Conversation -> the highest value of each feeling in its last turns; without unread turns."""
        c = t.turns.c
        last = sa.select(c.conversation, sa.func.max(c.turn).label("turn"))
        newest = last.where(c.conversation.in_(conversations)).group_by(c.conversation).subquery()
        recent = c.turn > newest.c.turn - MAX_RECENT_TURNS
        query = sa.select(c.conversation, c.record).join(
            newest, sa.and_(c.conversation == newest.c.conversation, recent)
        )
        found: dict[str, dict[str, float]] = {}
        for row in self._connection.execute(query):
            known = found.setdefault(row.conversation, dict.fromkeys(FEELINGS, 0.0))
            signals = row.record["signals"]
            for name in FEELINGS:
                known[name] = max(known[name], signals.get(name, 0.0))
        return found

    def count_turns(self, conversation: str) -> int:
        return self.load_turn_counts(conversation)[0]

    def find_last_answered_seq(self, conversation: str) -> int:
        """Seq of the last customer message that a turn covers."""
        return self.load_turn_counts(conversation)[1]

    def load_turn_counts(self, conversation: str) -> tuple[int, int]:
        """What `count_turns` and `find_last_answered_seq` tell, in one query."""
        count, last = self._connection.execute(COUNTED_TURNS, {"conversation": conversation}).one()
        return count, last or 0
