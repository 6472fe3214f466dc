"""Generated PDF pages whose stream order differs from reading order, each with its expected text."""

import io
from collections.abc import Callable, Iterator
from typing import Any

from evals.world.document_siblings import MadeDocument

SIZE = 11
LEFT = ("返品は商品の到着後三十日以内に", "お申し込みください。開封された", "商品は対象になりません。")
RIGHT = ("送料は全国一律五百五十円です。", "沖縄への配送だけは千百円を頂き", "ます。代引きは使えません。")
TABLE = (
    ("地域", "60サイズ", "80サイズ"),
    ("関東", "550円", "770円"),
    ("北海道", "1,100円", ""),
    ("沖縄", "", "1,650円"),
)
Draw = Callable[[Any], None]


def generate_papers() -> Iterator[MadeDocument]:
    for order in ("by column", "by row", "right first"):
        for title in ("", "ご利用案内"):
            yield _build_paper(
                f"columns {order} {title}", _build_columns(order, title), has=["".join(LEFT), "".join(RIGHT)]
            )
    rows = ["| 関東 | 550円 | 770円 |", "| 北海道 | 1,100円 |  |", "| 沖縄 |  | 1,650円 |"]
    for ruled in (True, False):
        yield _build_paper(f"table ruled={ruled}", _build_table(ruled=ruled), has=rows)
    yield _build_paper(
        "vertical", _draw_vertical, has=["未開封の商品は三十日以内なら返品することができます。"]
    )
    yield _build_paper("furigana", _draw_furigana, has=["返品は三十日以内です。"], lacks=["へんぴん"])
    yield _build_paper("struck", _draw_struck, has=["送料は550円です。"], lacks=["770"])
    for pages in (1, 2, 5):
        made = _build_running_heads(pages)
        yield _build_paper(
            f"running heads {pages}", made, has=["第1条の文です。"], lacks=["2026年5月版", "- 1 -"]
        )


def _build_paper(name: str, draw: Draw, *, has: list[str], lacks: list[str] | None = None) -> MadeDocument:
    from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # type: ignore[import-untyped]
    from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    file = io.BytesIO()
    canvas = Canvas(file)
    canvas.setFont("HeiseiMin-W3", SIZE)
    draw(canvas)
    canvas.save()
    return MadeDocument(name=f"pdf {name}", suffix=".pdf", data=file.getvalue(), has=has, lacks=lacks or [])


def _build_columns(order: str, title: str) -> Draw:
    def draw_columns(canvas: Any) -> None:
        if title:
            canvas.drawString(220, 780, title)
        left = [(60, 740 - 16 * at, text) for at, text in enumerate(LEFT)]
        right = [(310, 740 - 16 * at, text) for at, text in enumerate(RIGHT)]
        pairs = [line for both in zip(left, right, strict=True) for line in both]
        lines = {"by column": [*left, *right], "by row": pairs, "right first": [*right, *left]}[order]
        for x, y, text in lines:
            canvas.drawString(x, y, text)

    return draw_columns


def _build_table(*, ruled: bool) -> Draw:
    def draw_table(canvas: Any) -> None:
        canvas.drawString(60, 780, "送料は下の表のとおりです。")
        for row, cells in enumerate(TABLE):
            for column, cell in enumerate(cells):
                canvas.drawString(66 + 130 * column, 735 - 22 * row, cell)
        if ruled:
            canvas.grid([60 + 130 * n for n in range(4)], [750 - 22 * n for n in range(5)])

    return draw_table


def _draw_vertical(canvas: Any) -> None:
    for column, text in enumerate(("未開封の商品は三十日以内", "なら返品することができ", "ます。")):
        for at, letter in enumerate(text):
            canvas.drawString(500 - 24 * column, 740 - 13 * at, letter)


def _draw_furigana(canvas: Any) -> None:
    canvas.drawString(60, 700, "返品は三十日以内です。")
    canvas.setFont("HeiseiMin-W3", SIZE / 2)
    canvas.drawString(60, 700 + SIZE, "へんぴん")


def _draw_struck(canvas: Any) -> None:
    canvas.drawString(60, 700, "送料は770円550円です。")
    canvas.line(60 + 3 * SIZE, 704, 60 + 5.5 * SIZE, 704)


def _build_running_heads(pages: int) -> Draw:
    def draw_pages(canvas: Any) -> None:
        for number in range(1, pages + 1):
            canvas.setFont("HeiseiMin-W3", SIZE)
            canvas.drawString(60, 805, "こもれび商店 利用規約")
            canvas.drawString(60, 700, f"第{number}条の文です。")
            canvas.drawString(60, 680, "ご不明な点はお問い合わせください。")
            canvas.drawString(60, 30, "2026年5月版")
            canvas.drawString(500, 30, f"- {number} -")
            canvas.showPage()

    return draw_pages
