"""Whatever comes from outside, both databases take it, and know it again."""

import sqlalchemy as sa

from assistant.domain.people import Customer
from assistant.storage.database import SqlDatabase
from assistant.storage.schema import Json, metadata
from assistant.storage.store import SqlStore
from assistant.storage.values import clean_text, fit_foreign_id, fit_id
from tests.harness import Harness

HOSTILE = "a\x00b\ud800c\U0001f600"
TEXTS = [
    column
    for table in metadata.sorted_tables
    for column in table.columns
    if isinstance(column.type, sa.String | Json) or isinstance(getattr(column.type, "impl", None), sa.String)
]


def test_every_text_may_hold_zeros_and_half_characters(database: SqlDatabase[SqlStore]) -> None:
    assert len(TEXTS) > 100
    with database.engine.begin() as connection:
        for column in TEXTS:
            found = connection.execute(sa.select(column).where(column == HOSTILE))
            assert found.all() == []
            connection.execute(sa.update(column.table).where(column == HOSTILE).values({column: HOSTILE}))


async def test_what_cannot_be_kept_is_left_out(rig: Harness) -> None:
    customer = Customer(id="c1", created_at=rig.clock(), name=HOSTILE, locale="x" * 300)
    await rig.database.write(lambda store: store.customers.add(customer))
    found = await rig.database.read(lambda store: store.customers.get("c1"))
    assert (found.name, found.locale) == ("ab?c\U0001f600", "x" * 35)


def test_an_id_is_fitted_once_and_for_all() -> None:
    ids = ["short", "x" * 64, "x" * 65, "y" * 65, "x\x00", "x\ud800", "x\udfff"]
    fitted = [fit_id(id_) for id_ in ids]
    assert [len(id_) <= 64 and clean_text(id_) == id_ for id_ in fitted] == [True] * len(ids)
    assert len(set(fitted)) == len(ids)
    assert [fit_id(id_) for id_ in fitted] == fitted
    assert fit_foreign_id(fit_id("x" * 65)) != fit_foreign_id("x" * 65)
