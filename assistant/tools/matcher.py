"""Recognizes what a customer wants done: words of each tool, then nearness to examples of wanting it."""

import asyncio
import math
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from assistant.domain.actions import Tool, ToolMatch
from assistant.domain.errors import Unavailable
from assistant.domain.turns import TextEmbedding
from assistant.domain.unicode_forms import fold_compatibility
from assistant.tools import word_gates

#: A longer message tells a story; what is wanted stands in one of its sentences.
MAX_MATCHED_CHARACTERS = 400
MAX_SENTENCES = 6
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
#: Log-odds by which the likeliest leads; with less it is asked which is meant.
MIN_LEAD = 0.5


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
        folded = word_gates.remove_date_changes(word_gates.select_button_wish(folded))
        pieces = [folded] if len(folded) <= MAX_MATCHED_CHARACTERS else []
        if len(folded) > MAX_MATCHED_CHARACTERS // 4:
            pieces += word_gates.split_sentences(folded)[:MAX_SENTENCES]
        try:
            found = [match for piece in pieces for match in await self._match_piece(piece)]
            best = _select_match(found)
            return await self._find_alternatives(best, folded) if best and best.is_sure else best
        except Unavailable:
            return None

    async def compute_features(self, text: str) -> Mapping[str, tuple[float, ...]]:
        """Tool -> features of a piece of text, for the tools whose words it has."""
        wanted = word_gates.remove_given_values(text)
        names = self._list_candidates(wanted)
        if not names:
            return {}
        examples = await self._load_examples()
        vector = np.asarray((await self._embed_text(self._remove_numbers(wanted))).vector)
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

    def _list_candidates(self, text: str) -> list[str]:
        """Tools whose words *text* has, in what it wants where it wants something."""
        for said in map(word_gates.add_katakana, (word_gates.remove_statements(text), text)):
            names = [
                name
                for name, words in self._words.items()
                if words.search(said) and not self._unless[name].search(said)
            ]
            if any(self._words[name].search(self._remove_numbers(said)) for name in names):
                return names
        return names

    def _remove_numbers(self, text: str) -> str:
        """*text* without order numbers, unless it says nothing else."""
        rest = text
        for number in self._numbers:
            rest = number.sub(" ", rest)
        rest = " ".join(rest.split())
        return rest if any(character.isalpha() for character in rest) else text

    async def _find_alternatives(self, best: ToolMatch, text: str) -> ToolMatch:
        """*best*, not begun where the words name another beside it: "cancel it or change the address"."""
        parts = word_gates.split_alternatives(text[:MAX_MATCHED_CHARACTERS])[:MAX_SENTENCES]
        if len(parts) < 2:
            return best
        each = [_select_match(await self._match_piece(part)) for part in parts]
        named = {one.tool for one in each if one is not None and one.is_sure} - {best.tool}
        return replace(best, is_sure=False, others=tuple(sorted(named))) if named else best

    async def _match_piece(self, text: str) -> list[ToolMatch]:
        text = text[:MAX_MATCHED_CHARACTERS]
        found = await self.compute_features(text)
        scores = {name: _compute_score(features) for name, features in found.items()}
        return [
            ToolMatch(
                tool=name,
                score=score,
                is_sure=score >= SURE_SCORE and not word_gates.asks_help_only(text, self._words[name]),
            )
            for name, score in scores.items()
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


def _select_match(found: Sequence[ToolMatch]) -> ToolMatch | None:
    """The likeliest; not begun where another is as likely."""
    ordered = sorted(found, key=lambda match: match.score, reverse=True)
    if not ordered or ordered[0].score < OFFER_SCORE:
        return None
    best = ordered[0]
    if not best.is_sure:
        return best
    lead = _compute_log_odds(best.score) - MIN_LEAD
    near = [one.tool for one in ordered if one.tool != best.tool and _compute_log_odds(one.score) > lead]
    return replace(best, is_sure=not near, others=tuple(dict.fromkeys(near)))


def _mean_of_best(similarities: np.ndarray) -> float:
    return float(np.sort(similarities)[-2:].mean())


def _compute_score(features: tuple[float, ...]) -> float:
    total = BIAS + sum(weight * value for weight, value in zip(WEIGHTS, features, strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def _compute_log_odds(score: float) -> float:
    return math.log(score / (1 - score))
