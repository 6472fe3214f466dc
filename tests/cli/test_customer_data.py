"""`assistant data import` shows what it would do, keeps it when told to, and takes it back."""

from pathlib import Path

import pytest

from assistant.cli.backup import ERASURE_REACH
from assistant.cli.customer_data import apply_import, build_preview, read_rows, undo_import
from assistant.domain.errors import BadInput, NotFound
from assistant.storage.audit import SqlAudit
from tests.cli.conftest import InProcessCli
from tests.harness import MONDAY_NOON, memory_database

TABLE = "会員番号,メールアドレス,ランク\n1,a@x.jp,金\n2,B@x.jp,銀\n3,b@x.jp,銅\n4,,木\n"


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "customers.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_two_customers_on_one_address_are_left_out(tmp_path: Path, encoding: str) -> None:
    rows = read_rows(write(tmp_path, TABLE, encoding))
    preview = build_preview(rows, ["rank=ランク"], "", "crm", MONDAY_NOON)
    assert (preview.identity_column, preview.nameless, preview.ambiguous) == ("メールアドレス", 1, ["b@x.jp"])
    assert [(fact.identity, fact.key, fact.value) for fact in preview.facts] == [("a@x.jp", "rank", "金")]


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    rows = read_rows(write(tmp_path, TABLE))
    with pytest.raises(BadInput, match="no column 'mail'"):
        build_preview(rows, [], "email=mail", "crm", MONDAY_NOON)
    with pytest.raises(BadInput, match="KEY=COLUMN"):
        build_preview(rows, ["rank"], "", "crm", MONDAY_NOON)


def test_without_anything_that_tells_whom_it_is_about_nothing_is_read(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="whom a row is about"):
        build_preview(read_rows(write(tmp_path, "a,b\n1,2\n")), [], "", "crm", MONDAY_NOON)


@pytest.mark.parametrize(
    "text", ["email,Plan,Plan\x01\na@x.jp,1,2\n", f"email,{'x' * 64}a,{'x' * 64}b\na@x.jp,1,2\n"]
)
def test_columns_that_would_be_the_same_fact_are_refused(tmp_path: Path, text: str) -> None:
    rows = read_rows(write(tmp_path, text))
    with pytest.raises(BadInput, match="would all be the fact"):
        build_preview(rows, [], "", "crm", MONDAY_NOON)
    with pytest.raises(BadInput, match="would all be the fact 'plan'"):
        build_preview(rows, [f"plan={column}" for column in list(rows[0])[1:]], "", "crm", MONDAY_NOON)


def test_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="several columns 'Plan'"):
        read_rows(write(tmp_path, "email,Plan,Plan \na@x.jp,1,2\n"))


def test_euc_jp_is_read_as_what_it_is_or_not_at_all(tmp_path: Path) -> None:
    assert read_rows(write(tmp_path, TABLE, "euc_jp"))[0] == {
        "会員番号": "1",
        "メールアドレス": "a@x.jp",
        "ランク": "金",
    }
    either = write(tmp_path, "email,name\na@x.jp,山田\n", "euc_jp")
    with pytest.raises(BadInput, match="--encoding"):
        read_rows(either)
    assert read_rows(either, "euc_jp")[0]["name"] == "山田"
    with pytest.raises(BadInput, match="cannot be read as klingon"):
        read_rows(either, "klingon")
    with pytest.raises(BadInput, match="neither UTF-8"):
        read_rows(write(tmp_path, TABLE, "utf-16"))


@pytest.mark.parametrize("rest", ["", '3,"b"\n'])
def test_a_quote_without_an_end_swallows_no_rows(tmp_path: Path, rest: str) -> None:
    file = write(tmp_path, f'email,plan\na@x.jp,"gold"\nb@x.jp,"silver\nc@x.jp,tin\n{rest}')
    with pytest.raises(BadInput, match="in line 3"):
        read_rows(file)


async def test_an_import_is_taken_back_with_its_entry_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = memory_database()
    rows = read_rows(write(tmp_path, "email,plan\nsato@x.jp,gold\n"))
    preview = build_preview(rows, [], "", "crm", MONDAY_NOON)
    made = await apply_import(database, "crm", preview.facts, MONDAY_NOON)

    def fail(*_args: object, **_details: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(SqlAudit, "append_entry", fail)
    with pytest.raises(OSError, match="disk full"):
        await undo_import(database, made, MONDAY_NOON)
    monkeypatch.undo()
    assert await undo_import(database, made, MONDAY_NOON) == 1
    entries = await database.read(lambda store: store.audit.list_entries())
    assert [entry.action for entry in entries] == ["import facts", "undo import"]
    with pytest.raises(NotFound):
        await undo_import(database, made, MONDAY_NOON)


def test_an_import_is_kept_and_those_in_it_can_be_erased(type_: InProcessCli, tmp_path: Path) -> None:
    file = write(tmp_path, "email,plan\nSato@x.jp,gold\nito@x.jp,tin\n")
    assert "Kept as import" in type_("data", "import", str(file), "--apply").out
    assert type_("erase", "sato@X.jp").out == f"Erased 0 customers: 2 rows.\n{ERASURE_REACH}\n"
    assert "Nobody is known" in type_("erase", "sato@x.jp").refusal()
    assert type_("erase", "email:ito@x.jp").out == f"Erased 0 customers: 2 rows.\n{ERASURE_REACH}\n"
