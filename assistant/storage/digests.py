"""SQL for weekly digests and their mails."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from assistant.domain.digest import DigestMail, DigestMailState
from assistant.storage.insight_tables import digest_mails as mails
from assistant.storage.insight_tables import digests
from assistant.storage.statements import build_insert, build_insert_if_absent, build_update

C = mails.c


class SqlDigests:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, week: str, recipients: tuple[str, ...], now: datetime) -> bool:
        """Begin the digest of a week with its mails; False: another process did."""
        statement = build_insert_if_absent(self._connection, digests)
        if not self._connection.execute(statement, {"week": week, "created_at": now}).rowcount:
            return False
        for recipient in dict.fromkeys(recipients):
            row = {"week": week, "recipient": recipient, "state": DigestMailState.PENDING, "tries": 0}
            self._connection.execute(build_insert(mails), row | {"due_at": now})
        return True

    def claim_mail(self, now: datetime) -> DigestMail | None:
        """A mail that is due, from now on in the caller's hands alone."""
        due = sa.select(mails).where(C.state == DigestMailState.PENDING, C.due_at <= now)
        row = self._connection.execute(due.order_by(C.due_at).limit(1)).first()
        if row is None:
            return None
        free = sa.and_(C.week == row.week, C.recipient == row.recipient, C.state == DigestMailState.PENDING)
        taken = sa.update(mails).where(free).values(state=DigestMailState.SENDING, tries=row.tries + 1)
        if not self._connection.execute(taken).rowcount:
            return None
        return DigestMail(week=row.week, recipient=row.recipient, tries=row.tries + 1)

    def save_mail(
        self, mail: DigestMail, state: DigestMailState, now: datetime, why: str | None = None
    ) -> None:
        """What became of a try; *pending*: it is tried again, later with each try."""
        values = {"at_week": mail.week, "at_recipient": mail.recipient, "state": state, "why": why}
        later = now + timedelta(minutes=5 * 3**mail.tries)
        self._connection.execute(build_update(mails, "week", "recipient"), values | {"due_at": later})
