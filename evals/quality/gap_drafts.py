"""Articles drafted without a model from what agents answered, as three readers judged them.

``evals/cases/gaps.jsonl``, by a writer who saw neither code nor rules, has in each line the question of a gap
with the conversations in which agents answered it. ``--drafts FILE`` writes a text for readers: of each gap
the conversations, the product's draft and a trivial one (the longest answer of one agent), in random order.
``evals/cases/gap_verdicts.jsonl`` has their word on each: as it is, a light edit, a heavy one, or no use. A
verdict counts only while the draft is the one that was judged.
"""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.insight.gap_articles import AgentStatement, extract_statements, select_sentences
from assistant.text.pii_masking import mask_pii
from evals.data.dialogues import load_json_lines
from evals.data.embedding_cache import CachingEmbedder

CASES = Path(__file__).parents[1] / "cases" / "gaps.jsonl"
VERDICTS = CASES.with_name("gap_verdicts.jsonl")
#: Looked at while the rules were made.
LOOKED_AT = ("g1", "g2", "g3", "g4", "g10", "g11")
APPROVED = ("asis", "light")
MAJORITY = 2


def measure_drafts(readers_text: Path | None = None, cases: Path = CASES) -> list[str]:
    """Lines of the report; *readers_text* is written for readers, if given."""
    if not cases.exists():
        return [f"drafts: {cases.name} is not written yet"]
    gaps = [gap for gap in load_json_lines(cases) if gap["id"] not in LOOKED_AT]
    drafts = asyncio.run(_draft_all(gaps))
    if readers_text:
        readers_text.write_text("\n\n".join(map(render_for_readers, gaps, drafts)), "utf-8")
    verdicts = list(load_json_lines(VERDICTS)) if VERDICTS.exists() else []
    return [
        f"drafts, {len(gaps)} gaps: {len([d for d in drafts if d['product']])} drafted",
        *(_describe(kind, gaps, drafts, verdicts) for kind in ("product", "one agent")),
    ]


def _describe(
    kind: str,
    gaps: Sequence[Mapping[str, Any]],
    drafts: Sequence[Mapping[str, str]],
    verdicts: Sequence[Mapping[str, Any]],
) -> str:
    current = {(gap["id"], sign_draft(draft[kind])) for gap, draft in zip(gaps, drafts, strict=True)}
    said: dict[str, list[str]] = {}
    for one in verdicts:
        if (one["id"], one["draft"]) in current:
            said.setdefault(one["id"], []).append(one["verdict"])
    approved = sum(sum(word in APPROVED for word in words) >= MAJORITY for words in said.values())
    each = Counter(word for words in said.values() for word in words)
    told = ", ".join(f"{word} {count}" for word, count in each.most_common())
    return f"   {kind}: approved or lightly edited by two of three readers {approved} of {len(said)} ({told})"


def sign_draft(text: str) -> str:
    """What a verdict names the judged text by."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def is_product_first(gap: str) -> bool:
    """Which draft of a gap readers see first: by chance, and the same each time."""
    return hashlib.sha256(gap.encode()).digest()[0] % 2 == 0


def render_for_readers(gap: Mapping[str, Any], draft: Mapping[str, str]) -> str:
    talks = "\n".join(
        "\n".join(
            (
                f"-- conversation {n}",
                *(f"customer: {t}" for t in talk["customer"]),
                *(f"agent: {t}" for t in talk["agent"]),
            )
        )
        for n, talk in enumerate(gap["conversations"], start=1)
    )
    order = ("product", "one agent") if is_product_first(gap["id"]) else ("one agent", "product")
    shown = "\n".join(f"** DRAFT {n} **\n{draft[kind]}" for n, kind in enumerate(order, start=1))
    return f"=== {gap['id']} ({gap['trade']})\nQuestion: {gap['question']}\n{talks}\n{shown}"


async def _draft_all(gaps: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    embedder = CachingEmbedder()
    return [await _draft(gap, embedder) for gap in gaps]


async def _draft(gap: Mapping[str, Any], embedder: CachingEmbedder) -> dict[str, str]:
    said: list[AgentStatement] = []
    for n, talk in enumerate(gap["conversations"]):
        for message in talk["agent"]:
            said += extract_statements(f"c{n}", f"m{n}", mask_pii(message))
    vectors = (
        await embedder.embed_passages([one.text for one in said])
        if said
        else np.zeros((0, embedder.dimensions), np.float32)
    )
    chosen = select_sentences(said, vectors)
    answers = ["\n".join(map(mask_pii, talk["agent"])) for talk in gap["conversations"]]
    return {
        "product": "\n".join(f"{'(!) ' if one.personal else ''}{one.text}" for one in chosen),
        "one agent": max(answers, key=len),
    }
