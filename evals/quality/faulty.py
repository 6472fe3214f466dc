"""``python -m evals faulty``: every fault of the fake model server, many turns each, over real HTTP.

Deadlines are scaled down so that the run takes minutes; nothing else differs from the product. A turn is good
when the customer gets a cited answer or an abstention (with the offer of a person) in time, and never
anything that must not be shown.
"""

import asyncio
import re
import time
from collections.abc import Sequence
from statistics import median

from assistant.answering.drafts.answerer import GroundedAnswerer
from assistant.answering.prompts import Prompt
from assistant.answering.quotes.answerer import ExtractiveAnswerer
from assistant.answering.quotes.ranker import QuoteRanker
from assistant.domain.knowledge import Passage
from assistant.models.chat import build_chat_model, build_http_client
from assistant.models.limits import ModelLimits
from assistant.ports.answering import AnswerRequest, Draft
from evals.data.support_sets import ROOT, load_passages
from evals.fakes.chat_server import FAULTS, serve_app

TURNS = 50
#: Scale of the product's deadlines.
SCALE = 0.06
LIMITS = ModelLimits(
    connect=3 * SCALE, first=8 * SCALE, between=5 * SCALE, total=30 * SCALE, pause=0.3 * SCALE, parallel=64
)
QUESTION = "未開封の商品の返品期限は何日ですか"
_NEVER = re.compile(
    r"evil|<script|onerror|90日|binding|canary|shit|Traceback|status_code|\{\"|data:|undefined|null|ください。ください"
)


def is_good(draft: Draft, shown: Sequence[str], seconds: float) -> bool:
    """Whether a turn was in time, without forbidden, empty or doubled text, and every text has its source."""
    texts = [*shown, draft.text]
    lines = [line for line in draft.text.split("\n") if line]
    return (
        seconds <= LIMITS.total + 1
        and not any(_NEVER.search(text) for text in texts)
        and (not draft.text or bool(draft.citations))
        and len(lines) == len(set(lines))
        and all(text.strip() for text in shown)
    )


async def run_turns(base: str, fault: str, passages: Sequence[Passage]) -> list[tuple[bool, float]]:
    """(good, seconds) of each turn.

    A few run concurrently, each with a model of its own so that no breaker helps.
    """
    places = asyncio.Semaphore(10)
    prompt, ranker = Prompt.from_file(ROOT / "prompts" / "answer.md"), QuoteRanker()

    async def run_turn() -> tuple[bool, float]:
        async with places, build_http_client(LIMITS) as http:
            url = "http://127.0.0.1:9/v1" if fault == "refused" else f"{base}/{fault}/v1"
            model = build_chat_model("openai:fake", base_url=url, limits=LIMITS, http=http)
            assert model
            quotes = ExtractiveAnswerer(ranker=ranker)
            answerer = GroundedAnswerer(model, prompt, fallback=quotes, ranker=ranker)
            seen: list[str] = []

            async def record_progress(text: str) -> None:
                seen.append(text)

            started = time.perf_counter()
            draft = await answerer.write_answer(
                AnswerRequest(question=QUESTION, language="ja", passages=passages), record_progress
            )
            spent = time.perf_counter() - started
            return is_good(draft, seen, spent), spent

    return list(await asyncio.gather(*(run_turn() for _ in range(TURNS))))


def main() -> None:
    print(f"\nFaults of a model's server, {TURNS} turns each, deadlines x {SCALE}: good, p50, longest (s)")
    passages = [
        p for p in load_passages(ROOT / "knowledge_base") if p.article == "ja/returns/return-deadline.md"
    ]
    good = total = 0
    with serve_app() as base:
        # Warm up: imports of the first call are not part of a turn.
        asyncio.run(run_turns(base, "server-error", passages))
        for fault in ("refused", *FAULTS):
            found = asyncio.run(run_turns(base, fault, passages))
            seconds = [spent for _, spent in found]
            kept = sum(fine for fine, _ in found)
            good, total = good + kept, total + len(found)
            print(
                f"  {fault:22} {kept:3}/{len(found)}  {median(seconds):.2f}  {max(seconds):.2f}", flush=True
            )
    print(f"  all {good}/{total} = {good / total:.4f}")


if __name__ == "__main__":
    main()
