"""`assistant data import` shows what it would do, keeps it when told to, and takes it back."""

from pathlib import Path

import pytest

from assistant.cli.customer_data import build_preview, read_rows
from assistant.domain.errors import BadInput
from tests.harness import MONDAY_NOON

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
