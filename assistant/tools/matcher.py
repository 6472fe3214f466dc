"""Recognizes what a customer wants done: words of each tool, then nearness to examples of wanting it."""

import asyncio
import math
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import numpy as np

from assistant.domain.actions import Tool, ToolMatch
from assistant.domain.errors import Unavailable
from assistant.domain.turns import TextEmbedding
from assistant.domain.unicode_forms import fold_compatibility

#: A longer message tells a story; what is wanted stands in one of its sentences.
MAX_MATCHED_CHARACTERS = 400
MAX_SENTENCES = 6
SENTENCE_END = re.compile(r"(?<=[。！？!?\n])\s*|(?<=[a-z0-9]\.)\s+")
#: A question that wants an explanation, in either language.
GENERAL_QUESTION = re.compile(
    r"いつまで|方法|やり方|手順|仕方|し方|とは|条件|料金|送料|手数料|かかりますか|どうなり|どうすれば|どうしたら|どうやって"
    r"|どうやる|書いてあ"
    r"|可能ですか|できますか|できるの|何日|何時|どこで(?!す)|どこから|場合|ルール|決まり|もらえますか"
    r"|\bhow (?:do|can|long|much|many|does|would|to|far)\b|\bwhat (?:is|are|does"
    r"|do|happens|if)\b|\buntil when\b|\bcan i\b|\bdo you\b|\bam i able\b"
    r"|\bis (?:there|it)\b|\bwho pays\b|\bpolicy\b|\bfees?\b|\bif i\b|\bdoes\b|\bwhat's the\b"
    r"|\bare (?:there|you)\b|\bwhen (?:can|do|does)\b|\bwhy\b"
)
#: Weights of the features below, then the bias: fitted on single messages by a writer who knew none of this
#: (evals/cases/actions/*.questions.jsonl), public sets and the sample help.
WEIGHTS = (57.0, 24.7, -1.1, 3.0)
BIAS = -1.8
#: From here on it is begun, or only offered.
SURE_SCORE = 0.6
OFFER_SCORE = 0.3


@dataclass(frozen=True, slots=True)
class _Examples:
    wanted: np.ndarray
    asked_about: np.ndarray


class ExampleMatcher:
    def __init__(
        self, tools: Mapping[str, Tool], embed_text: Callable[[str], Awaitable[TextEmbedding]]
    ) -> None:
        self._tools, self._embed_text = tools, embed_text
        self._words = {
            name: re.compile("|".join(tool.words.values()), re.IGNORECASE) for name, tool in tools.items()
        }
        self._unless = {
            name: re.compile("|".join(tool.unless.values()), re.IGNORECASE) for name, tool in tools.items()
        }
        self._numbers = [
            re.compile(slot.pattern, re.IGNORECASE)
            for tool in tools.values()
            for slot in tool.slots
            if slot.pattern
        ]
        self._purposes = {
            fold_compatibility(text).casefold(): name
            for name, tool in tools.items()
            for text in tool.purpose.values()
        }
        self._examples: dict[str, _Examples] | None = None
        self._lock = asyncio.Lock()

    async def find_tool(self, text: str) -> ToolMatch | None:
        """The likeliest tool of a message; None: it asks for none."""
        folded = fold_compatibility(text[: 4 * MAX_MATCHED_CHARACTERS]).strip()
        if (named := self._purposes.get(folded.casefold())) is not None:
            return ToolMatch(tool=named, score=1.0, is_sure=True)
        pieces = [folded] if len(folded) <= MAX_MATCHED_CHARACTERS else []
        if len(folded) > MAX_MATCHED_CHARACTERS // 4:
            pieces += [piece for piece in SENTENCE_END.split(folded) if piece.strip()][:MAX_SENTENCES]
        found: list[ToolMatch] = []
        for piece in pieces:
            try:
                found += await self._match_piece(piece[:MAX_MATCHED_CHARACTERS])
            except Unavailable:
                return None
        best = max(found, key=lambda match: match.score, default=None)
        return best if best is not None and best.score >= OFFER_SCORE else None

    async def compute_features(self, text: str) -> Mapping[str, tuple[float, ...]]:
        """Tool -> features of a piece of text, for the tools whose words it has."""
        names = [
            name
            for name, words in self._words.items()
            if words.search(text) and not self._unless[name].search(text)
        ]
        if not names:
            return {}
        examples = await self._load_examples()
        vector = np.asarray((await self._embed_text(text)).vector)
        away = max(_mean_of_best(one.asked_about @ vector) for one in examples.values())
        lowered = text.casefold()
        shared = (
            float(GENERAL_QUESTION.search(lowered) is not None),
            float(any(number.search(text) for number in self._numbers)),
        )
        near = {name: _mean_of_best(examples[name].wanted @ vector) for name in names}
        return {name: (near[name] - away, near[name] - 0.85, *shared) for name in names}

    async def warm_up(self) -> None:
        await self._load_examples()

    async def _match_piece(self, text: str) -> list[ToolMatch]:
        found = await self.compute_features(text)
        scores = {name: _compute_score(features) for name, features in found.items()}
        return [
            ToolMatch(tool=name, score=score, is_sure=score >= SURE_SCORE) for name, score in scores.items()
        ]

    async def _load_examples(self) -> dict[str, _Examples]:
        async with self._lock:
            if self._examples is None:
                self._examples = {
                    name: _Examples(
                        await self._embed_all(tool.examples), await self._embed_all(tool.contrast)
                    )
                    for name, tool in self._tools.items()
                }
            return self._examples

    async def _embed_all(self, texts: Mapping[str, tuple[str, ...]]) -> np.ndarray:
        """(texts, dimensions)"""
        return np.array([(await self._embed_text(one)).vector for many in texts.values() for one in many])


def _mean_of_best(similarities: np.ndarray) -> float:
    return float(np.sort(similarities)[-2:].mean())


def _compute_score(features: tuple[float, ...]) -> float:
    total = BIAS + sum(weight * value for weight, value in zip(WEIGHTS, features, strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
