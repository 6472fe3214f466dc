"""The given documents through `ingest` and, where an answer is expected, through a conversation."""

from assistant.knowledge.loaders import Unreadable
from assistant.knowledge.loaders.reader import ChildProcessReader
from evals.world import document_siblings
from evals.world.cases import CasePlace, SiblingResult, WorldCase
from evals.world.document_checks import Check, check_answers, check_reading, check_sitemap, find_missing

URLSET = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>'
PAGE = "<html><title>{0}</title><body><main><h1>{0}</h1><p>{1}</p></main></body></html>"
NO_SYNTAX = (
    "{{",
    "{%",
    "}}",
    "%}",
    ":::",
    "import ",
    "export ",
    "[[",
    "]]",
    "[^",
    "{#",
    "{:",
    "<Tab",
    "<Doc",
)
MARKS = "authors' marks are gone, their words stay"


def build_case(file: str, says: str, check: Check) -> WorldCase:
    return WorldCase(files=(file,), says=says, check=check)


TERSE = {
    "送料はいくらですか": "550円",
    "返品はできますか": "はい。",
    "代引きは使えますか": "不可",
    "営業開始は何時ですか": "9:30",
    "保証期間は何か月ですか": "12か月",
    "電話番号は何番ですか": "0120-000-123",
    "会員の割引率はいくらですか": "10%",
    "返金はいつですか": "7日後",
}
SECTIONS = {
    "送料はいくらですか": "全国一律550円",
    "代引きは使えますか": "不可",
    "営業時間は？": "平日9:00〜18:00",
}
BESIDE = {
    "店舗の駐車場は何台ですか": "30台",
    "ペットと入店できますか": "不可",
    "工房体験の定員は何名ですか": "12名",
}
SMALLEST = {"送料はいくらですか": "550円", "返品はできますか": "お届けから14日以内"}

CASES = [
    build_case("01a-terse-answers.csv", "terse answers are the answers", check_answers(TERSE)),
    build_case("01c-terse-sections.md", "terse sections are the answers", check_answers(SECTIONS)),
    build_case(
        "01e-terse-beside-sample-kb.csv", "also beside other help", check_answers(BESIDE, beside_sample=True)
    ),
    build_case("01f-terse-smallest.csv", "also alone", check_answers(SMALLEST)),
    build_case(
        "08a-draft-rows.csv",
        "draft rows are left out",
        check_reading("アプリから", lacks=["9800円"], warns="下書き"),
    ),
    build_case(
        "08c-status-draft.md", "a draft is left out", check_reading(lacks=["来月から"], warns="status: draft")
    ),
    build_case(
        "08d-visibility-internal.md",
        "internal is left out",
        check_reading(lacks=["社内の手順"], warns="left out"),
    ),
    build_case(
        "09a-mdx-comment.md",
        MARKS,
        check_reading("14日以内に", "iPhone", "送料はお客様負担", lacks=("社内", *NO_SYNTAX)),
    ),
    build_case(
        "09b-obsidian-comment.md",
        MARKS,
        check_reading(
            "注文履歴の画面",
            "14日以内",
            "送料はお客様負担",
            lacks=("社内", "%%", "^block", "[!", "==", *NO_SYNTAX),
        ),
    ),
    build_case("09c-jekyll-comment.md", MARKS, check_reading("30日以内", lacks=["社内", "45日", "comment"])),
    build_case(
        "09e-hidden-text-ruby-strike-rowspan.docx",
        "what Word hides, strikes out or deleted is gone",
        check_reading(
            *("30日以内です", "550円です", "公開の文", "次の返品の手順です", "| 沖縄 | 80 | 1,650円 |"),
            lacks=["社内", "770円550", "14日", "移動前", "へんぴん"],
        ),
    ),
    build_case(
        "10a-rowspan.html", "merged cells", check_reading("| 関東 | 80 | 770円 |", "| 沖縄 | 80 | 1,650円 |")
    ),
    build_case(
        "10d-merged-cells.xlsx",
        "merged cells",
        check_reading("未開封に限り", "開封後は不良品", "配送日数は", "配送"),
    ),
    build_case(
        "10e-layout-table.html",
        "the page's frame is gone",
        check_reading("| 未開封 | できます |", lacks=["ホーム"]),
    ),
    build_case(
        "11a-typed-cells.xlsx",
        "cells as Excel shows them",
        check_reading(
            *("10%", "0.5%", "¥550", "9:30", "2026年12月28日", "0120-123-456", "1,234.50", "2026/5/1 17:00"),
            *("12か月", "0.3"),
            lacks=["00:00", "0.1\n", "0.005"],
        ),
    ),
    build_case(
        "12a-ruby.html",
        "furigana",
        check_reading("未開封の商品は、14日以内なら返品できます。", lacks=["へんぴん"]),
    ),
    build_case(
        "13a-accordion-hidden.html",
        "collapsed answers",
        check_reading("14日以内", "550円", "注文履歴から", "領収書"),
    ),
    build_case(
        "13b-tabs-hidden.html", "tabs", check_reading("iPhone", "App Store", "Android", "Google Play")
    ),
    build_case("14a-two-articles.html", "both articles", check_reading("14日以内", "550円です")),
    build_case(
        "15a-hugo-shortcodes.md",
        MARKS,
        check_reading(
            "1,100円です", "お盆は2日", "関東", "沖縄", lacks=("送料は円", *NO_SYNTAX), warns="template"
        ),
    ),
    build_case(
        "15b-liquid.md",
        MARKS,
        check_reading("未開封に限ります", lacks=("期限は日", "toc", *NO_SYNTAX), warns="return_days"),
    ),
    build_case("15c-gitbook.md", MARKS, check_reading("開封後は返品できません", "iPhone", lacks=NO_SYNTAX)),
    build_case(
        "15e-footnotes.md",
        MARKS,
        check_reading("2年です。", "購入日から数えます", "6か月", lacks=("*[API]", *NO_SYNTAX)),
    ),
    build_case(
        "15g-docusaurus.mdx", MARKS, check_reading("14日以内に", "Android", lacks=("社内", *NO_SYNTAX))
    ),
    build_case(
        "16a-two-columns.pdf",
        "each column whole",
        check_reading(
            "accepted within 30 days of delivery if the item is unopened",
            "costs 550 yen in Japan and 1,100 yen to Okinawa",
        ),
    ),
    build_case(
        "16c-table.pdf",
        "a table's cells",
        check_reading("| 北海道 | 1,100円 |", "| 沖縄 | 1,320円 | 1,650円 |"),
    ),
    build_case(
        "16e-mixed-scan.pdf",
        "scanned pages are named",
        check_reading("550円", warns="2 of 3 pages have no text"),
    ),
    build_case(
        "17a-strike.html",
        "old prices are not told",
        check_reading("550円です", lacks=["770", "900", "1,000", "無料"]),
    ),
    build_case(
        "19a-sitemap-index.xml",
        "a part that is gone stops no other",
        check_sitemap(
            "30日です",
            pages={
                "/s2/one.xml": URLSET.format("<url><loc>/a</loc></url>"),
                "/s2/empty.xml": URLSET.format(""),
                "/a": PAGE.format("返品", "期限は30日です。"),
            },
            warns=["gone.xml", "empty.xml"],
        ),
    ),
    build_case(
        "19b-sitemap-relative-and-other-host.xml",
        "what is elsewhere is named",
        check_sitemap(
            "30日です", pages={"/a": PAGE.format("返品", "期限は30日です。")}, warns=["localhost:8127/b"]
        ),
    ),
    build_case(
        "20a-unquoted-comma.csv", "no answer is cut", check_reading('Just say "hi", ok?', warns="row 3")
    ),
    build_case(
        "20b-zendesk-export.csv",
        "an export",
        check_reading("14 days", "return", lacks=["Ends soon"], warns="draft"),
    ),
    build_case(
        "20c-questions-answers.csv", "plural headers", check_reading("Can I return?", lacks=["Questions"])
    ),
    build_case(
        "20f-semicolon-quoted-header.csv",
        "quoted header",
        check_reading("Yes, within 14 days", lacks=["as the customer"]),
    ),
    build_case(
        "21a-cookie-banners.html",
        "no banner",
        check_reading("14日以内", lacks=["Cookie", "クッキー", "privacy", "©", "cookies"]),
    ),
]


async def siblings(_place: CasePlace) -> list[SiblingResult]:
    """Generated documents through the child process that parses them."""
    found = []
    async with ChildProcessReader() as reader:
        for made in document_siblings.generate_documents():
            try:
                documents = await reader.parse_documents(made.suffix, made.data)
            except Unreadable as exc:
                found.append(SiblingResult(name=made.name, wrong=f"not read: {exc}", lost=True))
                continue
            text = "\n".join(f"{one.title}\n{one.text}" for one in documents)
            wrong = find_missing(text, made.has, made.lacks)
            found.append(SiblingResult(name=made.name, wrong="; ".join(wrong)[:200] or None))
    return found
