"""SQL of calls that were agreed on."""

from collections.abc import Sequence

import sqlalchemy as sa

from assistant.domain.callbacks import OPEN_CALLBACKS, Callback, CallbackState
from assistant.storage.desk_tables import callbacks
from assistant.storage.statements import build_select, build_upsert

C = callbacks.c
OPEN = C.state.in_(OPEN_CALLBACKS)
COLUMNS = tuple(callbacks.c)


class SqlCallbacks:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def save(self, callback: Callback) -> None:
        """Add it, or store how it stands."""
        row = {column.name: getattr(callback, column.name) for column in COLUMNS}
        statement = build_upsert(self._connection, callbacks, "state", "outcome", "note")
        self._connection.execute(statement, row)

    def get(self, callback: str) -> Callback | None:
        row = self._connection.execute(build_select(callbacks, "id"), {"id": callback}).first()
        return None if row is None else _parse_callback(row)

    def list_by_conversation(self, conversation: str) -> Sequence[Callback]:
        """The earliest first."""
        query = sa.select(callbacks).where(C.conversation == conversation).order_by(C.slot_from, C.id)
        return [_parse_callback(row) for row in self._connection.execute(query)]

    def load_next(self, conversations: Sequence[str]) -> dict[str, Callback]:
        """Conversation -> the earliest call that nobody has made yet."""
        query = sa.select(callbacks).where(C.conversation.in_(conversations), OPEN)
        rows = self._connection.execute(query.order_by(C.slot_from.desc(), C.id.desc()))
        return {row.conversation: _parse_callback(row) for row in rows}

    def count_open(self) -> int:
        """Calls that nobody has made yet."""
        query = sa.select(sa.func.count()).select_from(callbacks).where(OPEN)
        return int(self._connection.execute(query).scalar_one())

    def count_missed(self) -> int:
        """Calls whose time is over and that nobody has made."""
        query = sa.select(sa.func.count()).select_from(callbacks).where(C.state == CallbackState.MISSED)
        return int(self._connection.execute(query).scalar_one())


def _parse_callback(row: sa.Row[tuple[object, ...]]) -> Callback:
    values = {column.name: getattr(row, column.name) for column in COLUMNS}
    return Callback(**values | {"state": CallbackState(values["state"])})
