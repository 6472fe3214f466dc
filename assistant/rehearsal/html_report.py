"""A rehearsal's result as one HTML page without scripts; every text in it is escaped."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from assistant.rehearsal.rendering import render_summary
from assistant.rehearsal.report import ConversationFlip
from assistant.rehearsal.transcript_log import RehearsedConversation

STYLE = """
body{font:16px/1.6 system-ui,sans-serif;max-width:76rem;margin:2rem auto;padding:0 1rem}
body{color:#222;background:#fff}
pre{overflow-x:auto;padding:1rem;background:#f5f5f2;border-radius:8px}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:1rem}
@media(max-width:50rem){.pair{grid-template-columns:1fr}}
.talk{min-width:0;padding:.5rem 1rem;border:1px solid #ddd;border-radius:8px}
.talk p{margin:.4rem 0;white-space:pre-wrap;overflow-wrap:anywhere}
.customer{padding:.3rem .8rem;background:#e6efe9;border-radius:10px;margin-left:2rem!important}
small{color:#555}summary{cursor:pointer;padding:.4rem 0}
"""


def render_html(
    result: Mapping[str, Any],
    conversations: Sequence[RehearsedConversation],
    flips: Sequence[ConversationFlip] | None,
) -> str:
    """*flips*: None where there is no run before."""
    failed = [one for one in conversations if one.failures]
    parts = ["<h1>Rehearsal</h1>", f"<pre>{escape(render_summary(result))}</pre>"]
    if flips is not None:
        parts.append(f"<h2>Otherwise than in the last run: {len(flips)}</h2>")
        parts += [_render_pair(flip) for flip in flips]
    parts.append(f"<h2>Customers whom something failed: {len(failed)}</h2>")
    parts += [_render_talk(one) for one in failed]
    parts.append("<h2>All others</h2>")
    parts += [_render_talk(one) for one in conversations if not one.failures]
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>{STYLE}</style>'
    return (
        f'<!doctype html><html lang="en"><title>Rehearsal</title>{head}<main>{"".join(parts)}</main></html>'
    )


def _render_pair(flip: ConversationFlip) -> str:
    sign = "Worse" if flip.is_worse else "Better"
    sides = "".join(
        f'<div class="talk"><b>{name}: {_name_failures(one)}</b>{_render_lines(one)}</div>'
        for name, one in (("Before", flip.before), ("After", flip.after))
    )
    return f'<h3>{sign}: {escape(flip.after.key)}</h3><div class="pair">{sides}</div>'


def _name_failures(one: RehearsedConversation) -> str:
    return escape(", ".join(one.failures) or "ok")


def _render_talk(one: RehearsedConversation) -> str:
    summary = f"<summary>{escape(one.key)}: {_name_failures(one)}</summary>"
    return f'<details>{summary}<div class="talk">{_render_lines(one)}</div></details>'


def _render_lines(one: RehearsedConversation) -> str:
    fact = f"<p><small>To be told: {escape(one.fact)}</small></p>" if one.fact else ""
    lines = "".join(
        f'<p class="{escape(line.author)}" lang="{escape(one.language)}">{escape(line.text)}</p>'
        + (f"<p><small>{escape(line.note)}</small></p>" if line.note else "")
        for line in one.lines
    )
    found = "".join(f"<p><b>{escape(text)}</b></p>" for text in (*one.promises, *one.leaks))
    return fact + lines + found
