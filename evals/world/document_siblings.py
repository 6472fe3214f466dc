"""Generated documents from markup, cell formats, table spans and dialects, each with its expected text."""

# ruff: noqa: E501

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

SECRET = "社内メモ45日"
FACT = "未開封の商品は30日以内なら返品できます。"


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeDocument:
    name: str
    suffix: str
    data: bytes
    has: Sequence[str] = ()
    lacks: Sequence[str] = ()


def generate_documents() -> Iterator[MadeDocument]:
    """All documents, the same on every run."""
    # PDF generation needs a library that only tests have.
    from evals.world import document_papers, document_sheets

    yield from _generate_remarks()
    yield from _generate_struck()
    yield from _generate_drafts()
    yield from _generate_templates()
    yield from _generate_collapsed()
    yield from _generate_tables()
    yield from document_sheets.generate_sheets()
    yield from document_papers.generate_papers()


# -- authoring syntax -----------------------------------------------------------------------------------

REMARKS = {
    "html": "<!-- {} -->",
    "html-open": "<!-- {}",
    "mdx": "{{/* {} */}}",
    "obsidian": "%%{}%%",
    "liquid": "{{% comment %}}{}{{% endcomment %}}",
    "liquid-trim": "{{%- comment -%}}\n{}\n{{%- endcomment -%}}",
    "jinja": "{{# {} #}}",
    "hugo": "{{{{/* {} */}}}}",
    "hugo-shortcode": "{{{{% comment %}}}}{}{{{{% /comment %}}}}",
    "hugo-angle": "{{{{< comment >}}}}\n{}\n{{{{< /comment >}}}}",
    "handlebars": "{{{{!-- {} --}}}}",
    "critic": "{{>>{}<<}}",
    "critic-deleted": "{{--{}--}}",
    "link": "\n\n[//]: # ({})\n\n",
    "link-named": "\n\n[comment]: <> ({})\n\n",
    "myst": "\n% {}\n",
    "container": "\n\n::: comment\n{}\n:::\n\n",
    "tex": "\\begin{{comment}}\n{}\n\\end{{comment}}",
    "erb": "<%# {} %>",
}
PLACES = {
    "below": "# 返品\n\n{fact}\n\n{mark}\n",
    "above": "# 返品\n\n{mark}\n\n{fact}\n",
    "behind": "# 返品\n\n{fact} {mark}\n",
    "in a list": "# 返品\n\n- {fact} {mark}\n",
}
INLINE_ONLY = {"link", "link-named", "myst", "container", "html-open"}


def _generate_remarks() -> Iterator[MadeDocument]:
    for (name, mark), (where, page), suffix in product(REMARKS.items(), PLACES.items(), (".md", ".mdx")):
        if (name in INLINE_ONLY and where in ("behind", "in a list")) or (
            name == "html-open" and where == "above"
        ):
            continue
        text = page.format(fact=FACT, mark=mark.format(SECRET))
        yield MadeDocument(
            name=f"remark {name} {where} {suffix}",
            suffix=suffix,
            data=text.encode(),
            has=[FACT],
            lacks=["社内"],
        )


STRUCK = {
    "tildes": "~~{}~~",
    "del": "<del>{}</del>",
    "s": "<s>{}</s>",
    "strike": "<strike>{}</strike>",
    "style": '<span style="text-decoration: line-through">{}</span>',
    "style-line": '<span style="color:red;text-decoration-line:line-through;">{}</span>',
    "del with date": '<del datetime="2026-01-01">{}</del>',
}


def _generate_struck() -> Iterator[MadeDocument]:
    pages = {
        ".md": ("# 送料\n\n送料は{}550円です。\n", "| 地域 | 送料 |\n|---|---|\n| 関東 | {}550円です。 |\n"),
        ".html": (
            "<main><h1>送料</h1><p>送料は{}550円です。</p></main>",
            "<table><tr><th>地域</th><th>送料</th></tr><tr><td>関東</td><td>{}550円です。</td></tr></table>",
        ),
    }
    for (name, mark), (suffix, texts) in product(STRUCK.items(), pages.items()):
        if name == "tildes" and suffix == ".html":
            continue
        for number, text in enumerate(texts):
            data = text.format(mark.format("770円")).encode()
            yield MadeDocument(
                name=f"struck {name} {suffix} {number}",
                suffix=suffix,
                data=data,
                has=["550円です。"],
                lacks=["770"],
            )


STANDINGS = [
    *(
        ("draft", "true"),
        ("status", "draft"),
        ("Status", "In Review"),
        ("visibility", "internal"),
        ("published", "false"),
    ),
    *(
        ("private", "yes"),
        ("unlisted", "true"),
        ("audience", "staff"),
        ("archived", "true"),
        ("state", "Archived"),
    ),
    *(
        ("下書き", "true"),
        ("公開状態", "非公開"),
        ("ステータス", "下書き"),
        ("公開範囲", "社内のみ"),
        ("公開", "×"),
    ),
    *(
        ("状態", "作成中"),
        ("社外秘", "○"),
        ("公開設定", "限定公開"),
        ("公開", "いいえ"),
        ("status", "承認待ち"),
    ),
]


def _generate_drafts() -> Iterator[MadeDocument]:
    for name, value in STANDINGS:
        text = f'---\ntitle: 予定\n{name}: "{value}"\n---\n{SECRET}\n'
        yield MadeDocument(
            name=f"draft {name}: {value} .md", suffix=".md", data=text.encode(), lacks=["社内メモ"]
        )
        rows = f"質問,回答,{name}\n返品は？,{FACT},\n予定は？,{SECRET},{value}\n"
        yield MadeDocument(
            name=f"draft {name}: {value} .csv",
            suffix=".csv",
            data=rows.encode(),
            has=[FACT],
            lacks=["社内メモ"],
        )


TEMPLATES = {
    "liquid": "期限は{{ site.days }}日です。",
    "handlebars": "期限は{{days}}日です。",
    "triple": "期限は{{{days}}}日です。",
    "hugo": "期限は{{< param days >}}日です。",
    "hugo-percent": "期限は{{% param days %}}日です。",
    "dollar": "期限は${days}日です。",
    "erb": "期限は<%= days %>日です。",
    "piped": "期限は{{ days | default: 30 }}日です。",
}
BLOCKS = {
    "vuepress": ":::tip {title}\n{fact}\n:::",
    "docusaurus": ":::tip[{title}]\n{fact}\n:::",
    "quarto": '::: {{.callout-note title="{title}"}}\n{fact}\n:::',
    "mkdocs": '!!! note "{title}"\n    {fact}\n',
    "mkdocs-folded": '??? note "{title}"\n    {fact}\n',
    "mkdocs-tab": '=== "{title}"\n\n    {fact}\n',
    "myst": "```{{note}} {title}\n{fact}\n```",
    "github": "> [!NOTE] {title}\n> {fact}",
    "gitbook": '{{% tab title="{title}" %}}\n{fact}\n{{% endtab %}}',
    "hugo-tab": '{{{{< tab "{title}" >}}}}{fact}{{{{< /tab >}}}}',
    "hugo-box": '{{{{% alert title="{title}" %}}}}\n{fact}\n{{{{% /alert %}}}}',
    "mdx": '<TabItem value="a" label="{title}">\n\n{fact}\n\n</TabItem>',
    "mdx-box": '<Callout type="info" title="{title}">{fact}</Callout>',
}
SYNTAX = ("{{", "{%", "}}", "%}", ":::", "!!!", "???", "[!", "===", "```", "<Tab", "<Call", "title=")


def _generate_templates() -> Iterator[MadeDocument]:
    for name, sentence in TEMPLATES.items():
        for where, page in {"beside": "{0}{1}", "above": "{1}\n\n{0}", "listed": "- {1}\n- {0}"}.items():
            data = ("# 返品\n\n" + page.replace("{0}", FACT).replace("{1}", sentence) + "\n").encode()
            yield MadeDocument(
                name=f"template {name} {where}", suffix=".md", data=data, has=[FACT], lacks=["期限は", "days"]
            )
    for name, block in BLOCKS.items():
        for suffix in (".md", ".mdx"):
            data = f"# 返品\n\n{block.format(title='店頭の場合', fact=FACT)}\n".encode()
            yield MadeDocument(
                name=f"block {name} {suffix}",
                suffix=suffix,
                data=data,
                has=[FACT, "店頭の場合"],
                lacks=SYNTAX,
            )


# -- pages ----------------------------------------------------------------------------------------------

ASKS = {
    "button": '<h3><button aria-expanded="false" aria-controls="a1">返品できますか</button></h3>',
    "bare button": "<div><button>返品できますか</button></div>",
    "link": '<p><a href="#a1" data-toggle="collapse">返品できますか</a></p>',
    "term": "<dl><dt>返品できますか</dt>",
    "heading": '<h3 class="accordion-title">返品できますか</h3>',
}
HIDES = (
    "hidden",
    'hidden="until-found"',
    'style="display:none"',
    'style="display: none;" aria-hidden="true"',
    'aria-hidden="true"',
)


def _generate_collapsed() -> Iterator[MadeDocument]:
    for (name, ask), hide in product(ASKS.items(), HIDES):
        answer = (
            f"<dd {hide}>{FACT}</dd></dl>" if name == "term" else f'<div id="a1" {hide}><p>{FACT}</p></div>'
        )
        page = f"<title>FAQ</title><main><h1>よくある質問</h1><p>質問を押すと答えが開きます。</p>{ask}{answer}</main>"
        secret = f'<div class="internal-note" {hide}>{SECRET}</div>'
        data = page.replace("</main>", secret + "</main>").encode()
        yield MadeDocument(
            name=f"collapsed {name} {hide}",
            suffix=".html",
            data=data,
            has=[FACT, "返品できますか"],
            lacks=["社内"],
        )


def _generate_tables() -> Iterator[MadeDocument]:
    """Grids with random merged cells; each row must contain everything that applies to it."""
    for seed in range(40):
        chance = random.Random(seed)
        width, height = chance.randint(2, 5), chance.randint(2, 6)
        rows, grid = _build_spanned_grid(chance, width, height)
        head = "".join(f"<th>列{column}</th>" for column in range(width))
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        wanted = ["| " + " | ".join(row) + " |" for row in grid]
        page = f"<main><h1>表</h1><p>下の表をご覧ください。</p><table><tr>{head}</tr>{body}</table></main>"
        yield MadeDocument(name=f"spans {seed} html", suffix=".html", data=page.encode(), has=wanted)
        text = f"# 表\n\n下の表をご覧ください。\n\n<table><tr>{head}</tr>{body}</table>\n"
        yield MadeDocument(name=f"spans {seed} md", suffix=".md", data=text.encode(), has=wanted)


def _build_spanned_grid(chance: random.Random, width: int, height: int) -> tuple[list[str], list[list[str]]]:
    grid = [["" for _ in range(width)] for _ in range(height)]
    rows = ["" for _ in range(height)]
    for row, column in product(range(height), range(width)):
        if grid[row][column]:
            continue
        wide = chance.choice((1, 1, 1, 2)) if column < width - 1 and not (column == 0 and width == 2) else 1
        while any(grid[row][column + over] for over in range(wide)):
            wide -= 1
        high = chance.randint(1, min(3, height - row)) if chance.random() < 0.4 else 1
        words = f"値{row}{column}"
        for down, over in product(range(high), range(wide)):
            grid[row + down][column + over] = words
        rows[row] += f'<td rowspan="{high}" colspan="{wide}">{words}</td>'
    return rows, grid
