"""What can be quoted of a passage's Markdown."""

import pytest

from assistant.text.quotable import UnitKind, extract_units
from tests.answering.passages import DEADLINE, passage


def texts(markdown: str) -> list[str]:
    return [unit.text for unit in extract_units(passage(markdown), 0)]


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("**送料**は[こちら](a.md)で`確認`できます。", ["送料はこちらで`確認`できます。"]),
        ("一行目の途中で\n折り返します。", ["一行目の途中で折り返します。"]),
        ("A line that\nis wrapped.", ["A line that is wrapped."]),
        ("改行する。<br>次の行。", ["改行する。", "次の行。"]),
        ('<div class="note"><p>ご注意ください。</p></div>', ["ご注意ください。"]),
        ("![図](a.png)写真です。", ["写真です。"]),
        ("[:contents]\n\n[f:id:shop:2026p:plain]本文です。", ["本文です。"]),
        ("- 親\n  - 子の項目", ["親", "子の項目"]),
        ("---\n\n***", []),
        ("見える\u200b文\U000e0041です。", ["見える文です。"]),
    ],
)  # fmt: skip
def test_markdown_becomes_plain_words(markdown: str, expected: list[str]) -> None:
    assert texts(markdown) == expected


def test_headings_are_where_a_unit_stands_and_never_units() -> None:
    found = extract_units(passage("# 大\n\n本文。\n\n## 小\n\n続き。\n\n<h2>別</h2>\n\n最後。"), 0)
    assert [(u.text, u.headings) for u in found] == [
        ("本文。", ("大",)),
        ("続き。", ("大", "小")),
        ("最後。", ("大", "別")),
    ]


def test_rows_know_their_header_and_steps_their_number() -> None:
    found = extract_units(passage(DEADLINE), 0)
    row = next(u for u in found if u.kind is UnitKind.ROW)
    assert (row.header, row.cells) == (("状態", "期限", "返金額"), ("未開封", "30日以内", "全額"))
    assert [u.marker for u in found if u.kind is UnitKind.STEP] == ["1.", "2.", "3."]


def test_a_sentence_before_a_list_leads_in() -> None:
    assert [u.text for u in extract_units(passage(DEADLINE), 0) if u.leads_in] == [
        "返品は次の手順で申し込みます。"
    ]


def test_a_row_is_said_with_its_columns_names_and_without_empty_cells() -> None:
    [row] = extract_units(passage("| | Plus | Total |\n|---|---|---|\n| Price | £13 | |"), 0)
    assert row.format_text() == "Price, Plus: £13"
    assert row.format_text("; ") == "Price; Plus: £13"
    assert row.list_named_cells(keep_empty=True) == ["Price", "Plus: £13", "Total: "]
