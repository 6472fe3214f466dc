"""Generated sheets in every CSV dialect and cell format, each with what a spreadsheet shows."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import product

from evals.world.document_siblings import SECRET, MadeDocument


def generate_sheets() -> Iterator[MadeDocument]:
    yield from _generate_dialects()
    yield from _generate_cells()


HEADERS = [
    *(("質問", "回答"), ("Question", "Answer"), ("Questions", "Answers"), ("Q.", "A."), ("Q", "A")),
    *(
        ("Article Title", "Article Body"),
        ("お客様からのご質問", "回答例"),
        ("【質問】", "【回答】"),
        ("問い合わせ内容", "回答文"),
    ),
    *(("FAQ Title", "Content"), ("質問（お客様の言葉）", "模範回答"), ("Customer question", "Our answer")),
]


def _generate_dialects() -> Iterator[MadeDocument]:
    answer = '30日以内、"未開封"に限り; 返品できます。'
    for (ask, reply), delimiter, encoding in product(
        HEADERS, ",;\t|", ("utf-8", "utf-8-sig", "cp932", "utf-16")
    ):
        if (HEADERS.index((ask, reply)) + ",;\t|".index(delimiter)) % 2 and encoding not in (
            "utf-8",
            "cp932",
        ):
            continue
        file = io.StringIO()
        writer = csv.writer(
            file, delimiter=delimiter, quoting=csv.QUOTE_ALL if delimiter == ";" else csv.QUOTE_MINIMAL
        )
        writer.writerows(
            [[ask, reply, "備考"], ["返品できますか", answer, "社内用"], ["送料, 税込で?", "550円", ""]]
        )
        yield MadeDocument(
            name=f"csv {ask} {delimiter!r} {encoding}",
            suffix=".csv",
            data=file.getvalue().encode(encoding),
            has=["返品できますか", answer, "送料, 税込で?", "550円"],
            lacks=["社内用", ask] if len(ask) > 2 else ["社内用"],
        )


CELLS: list[tuple[object, str, str]] = [
    *((0.1, "0%", "10%"), (0.005, "0.0%", "0.5%"), (0.1475, "0.00%", "14.75%"), (550, '"¥"#,##0', "¥550")),
    *(
        (1650, "[$¥-411]#,##0", "¥1,650"),
        (550, '#,##0"円"', "550円"),
        (12, '0"か月"', "12か月"),
        (7, "000", "007"),
    ),
    *(
        (120123456, "0000-000-000", "0120-123-456"),
        (4600008, "000-0000", "460-0008"),
        (1234.5, "#,##0.00", "1,234.50"),
    ),
    *(
        (312345678, "00-0000-0000", "03-1234-5678"),
        (14.5, "$#,##0.00", "$14.50"),
        (-500, "#,##0;▲#,##0", "▲500"),
    ),
    *(
        (time(9, 30), "h:mm", "9:30"),
        (time(9, 30), 'h"時"mm"分"', "9時30分"),
        (time(17, 0), "h:mm AM/PM", "5:00 PM"),
    ),
    *(
        (date(2026, 12, 28), 'yyyy"年"m"月"d"日"', "2026年12月28日"),
        (date(2026, 12, 28), 'm"月"d"日"', "12月28日"),
    ),
    *(
        (date(2026, 12, 28), "yyyy/m/d", "2026/12/28"),
        (date(2026, 12, 28), '[$-411]ggge"年"m"月"d"日"', "令和8年12月28日"),
    ),
    *(
        (date(2026, 12, 28), "m/d(aaa)", "12/28(月)"),
        (datetime(2026, 5, 1, 17, 0), "yyyy/m/d h:mm", "2026/5/1 17:00"),
    ),
    *(
        (2, "0.##", "2"),
        (1.5, '0.0"kg"', "1.5kg"),
        (3, 'General"個"', "3個"),
        (15, '"約"0"分"', "約15分"),
        (0.3, "General", "0.3"),
    ),
    *(
        (1234567, '#,##0,"千円"', "1,235千円"),
        (0, '#,##0;-#,##0;"無料"', "無料"),
        (1500, '"送料"#,##0"円(税込)"', "送料1,500円(税込)"),
    ),
]


def _generate_cells() -> Iterator[MadeDocument]:
    from openpyxl import Workbook  # type: ignore[import-untyped]

    for number, (value, code, shown) in enumerate(CELLS):
        book = Workbook()
        sheet = book.active
        sheet.append(["分類", "質問", "回答"])
        sheet.append(["料金", "いくらですか", value])
        sheet["C2"].number_format = code
        sheet.append(["", "いつですか", "翌日です。"])
        sheet.append(["社内", "隠し行", SECRET])
        sheet.row_dimensions[4].hidden = True
        sheet.merge_cells("A2:A3")
        file = io.BytesIO()
        book.save(file)
        yield MadeDocument(
            name=f"cell {number} {code}",
            suffix=".xlsx",
            data=file.getvalue(),
            has=[f"\n{shown}\n", "翌日です。"],
            lacks=["社内"],
        )
