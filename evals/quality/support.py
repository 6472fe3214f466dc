"""``python -m evals support``: what the grounding check catches and passes, on held-out data.

Labelled replies by AUROC beside word overlap and plain cosine; our own true and false sentences.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence
from statistics import mean, median

from assistant.answering.drafts.draft import DraftInProgress
from assistant.answering.drafts.stream_splitter import DraftPiece
from assistant.answering.grounding.checker import EncodedTexts, GroundingChecker
from assistant.answering.grounding.classifier import load_classifiers
from assistant.answering.grounding.rules import GroundingSource
from assistant.answering.quotes.ranker import QuoteRanker
from assistant.domain.knowledge import Passage
from assistant.ports.answering import AnswerRequest
from assistant.text.pii_masking import PiiMask
from evals.data.embedding_cache import CachingEmbedder
from evals.data.embedding_fixture import FreshTokenVectors
from evals.data.support_sets import (
    JUDGED,
    LANGUAGE_OF,
    TRUE,
    JudgedReply,
    list_own_cases,
    list_paraphrase_cases,
    split_halves,
)
from evals.quality.scores import compute_auroc
from evals.train.grounding_features import GroundingFeaturizer, build_source, compute_overlaps


def main() -> None:
    report_judged()
    report_own()


def report_judged() -> None:
    print("\nJudged replies, held-out third, AUROC: set, replies, the check | plain: overlap F1, cosine")
    print("  | stronger: share of the reply's words, cosine to the best sentence")
    scales = GroundingFeaturizer()
    for name, read in JUDGED.items():
        language = LANGUAGE_OF[name]
        held = [one for one in read() if one.is_held]
        pairs = [(one.said, build_source(one, language)) for one in held]
        weighed = scales.compute_features(pairs)
        head = load_classifiers()[language]
        rated = [
            (
                one,
                head.compute_probability(w.classifier_features, w.difference_vector),
                float(w.classifier_features[8]),
            )
            for one, w in zip(held, weighed, strict=True)
            if w
        ]
        kept = [one for one, *_ in rated]
        f1, share = zip(*compute_overlaps(kept, language == "ja"), strict=True)
        columns = [
            [p for _, p, _ in rated],
            f1,
            compute_cosines(kept),
            share,
            [nearest for *_, nearest in rated],
        ]
        areas = [compute_auroc(column, [one.supported for one in kept]) for column in columns]
        print(f"  {name:10} {len(kept):5} ", *(f" {area:.3f}" for area in areas))


def compute_cosines(judged: Sequence[JudgedReply]) -> list[float]:
    """Cosine of each reply with its whole source text."""
    embedder = CachingEmbedder()
    said = asyncio.run(embedder.embed_passages([one.said for one in judged]))
    known = asyncio.run(embedder.embed_passages([" ".join(one.known)[:2000] for one in judged]))
    return [float(cosine) for cosine in (said * known).sum(axis=1)]


class SentenceCheck:
    """The product's check of single sentences."""

    def __init__(self) -> None:
        embedder = CachingEmbedder()
        self._readings, self._ranker = (
            EncodedTexts(embedder, FreshTokenVectors(embedder)),
            QuoteRanker(embedder),
        )

    async def find_withholding_reason(
        self, sentence: str, language: str, passages: Sequence[Passage]
    ) -> str | None:
        """Why the sentence is withheld with these passages; None: it is shown."""
        sources = [GroundingSource.from_passage(passage) for passage in passages]
        writing = DraftInProgress(
            request=AnswerRequest(question="", language=language, passages=passages),
            sources=sources,
            mask=PiiMask(),
            evidence=GroundingChecker(self._readings, sources, language),
            likeness=self._ranker.compute_likeness,
        )
        piece = DraftPiece(text=sentence, cited=(1,), mark="", opens_line=False)
        return None if await writing.add_piece(piece) else writing.withheld[0].why


def report_own(half: str = "held") -> None:
    print("\nOur own sentences, held-out articles and words: kind, language, cases, withheld; by words alone")
    found = asyncio.run(list_verdicts(half))
    kinds: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for kind, language, _, why in found:
        kinds[kind, language].append(why is not None)
    for (kind, language), some in sorted(kinds.items()):
        print(f"  {kind:20} {language}  {len(some):5}  {mean(some):.3f}")
    for name, holds in (("true", True), ("false", False)):
        for language in ("ja", "en"):
            some = [w is not None for k, lang, _, w in found if lang == language and (k in TRUE) is holds]
            print(f"  all {name:16} {language}  {len(some):5}  {mean(some):.3f}")


async def list_verdicts(half: str) -> list[tuple[str, str, str, str | None]]:
    """(kind, language, sentence, why withheld) of every case of ours."""
    check, found, times = SentenceCheck(), list[tuple[str, str, str, str | None]](), list[float]()
    for case in list_own_cases(half):
        started = time.perf_counter()
        why = await check.find_withholding_reason(case.sentence, case.language, [case.passage])
        times.append(time.perf_counter() - started)
        found.append((case.kind, case.language, case.sentence, why))
    for group in list_paraphrase_cases(half, split_halves()[half]):
        first = group[0]
        why = await check.find_withholding_reason(
            first.sentence, first.language, [case.passage for case in group]
        )
        found.append((first.kind, first.language, first.sentence, why))
    print(f"  a check with everything embedded: p50 {1000 * median(times):.1f} ms")
    return found


if __name__ == "__main__":
    main()
