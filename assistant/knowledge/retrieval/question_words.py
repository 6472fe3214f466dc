"""Words of the knowledge base that a question means but spells otherwise; added to what is searched for.

Words written in kana, names in another script, abbreviations, and the synonyms that a support lead entered.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

import yaml

from assistant.domain.knowledge import ChunkWords, Passage
from assistant.domain.unicode_forms import fold_compatibility
from assistant.ports.knowledge import Retriever
from assistant.ports.storage.store import Database, WordsTransaction
from assistant.text.characters import KANJI
from assistant.text.morphemes import has_tokenizer, split_morphemes
from assistant.text.segmentation import tokenize_text
from assistant.text.transliteration import (
    MIN_CONSONANTS,
    extract_consonants,
    is_same_sound,
    list_latin_spellings,
    spell_katakana,
)

ABBREVIATIONS = Path(__file__).with_name("abbreviations.yaml")
#: Characters of a question that are looked at, and words that are added to it.
MAX_CHARACTERS = 400
MAX_WORDS = 8
#: Kanji per kana up to which a question counts as written in kana.
MAX_KANJI_SHARE = 0.1
#: Kana of a reading, within a run and where a word begins.
MIN_READING = 4
MIN_READING_AT_START = 3
#: Words of one reading that are added, the most frequent first.
MAX_HOMOPHONES = 2
#: Kana of the longest reading.
MAX_READING = 16

_KANJI = re.compile(f"[{KANJI}]")
_KANA = re.compile("[ぁ-ゖー]")
_KANA_RUN = re.compile("[ぁ-ゖー]{3,}")
_KATAKANA_WORD = re.compile("[ァ-ヺー]{3,}")
_LATIN_WORD = re.compile("[a-z]{3,}")
_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
#: What a word may follow within a run of kana.
_PARTICLES = "はがをにのでともへやお"
_NAMED_KINDS = frozenset({"普通名詞", "固有名詞", "一般", "名詞的"})


@dataclass(frozen=True, slots=True)
class LanguageWords:
    """The words of the articles in one language, and how they are found by their sound."""

    #: Word -> chunks that have it.
    counts: Counter[str] = field(default_factory=Counter)
    #: Hiragana -> the words that are read so.
    readings: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    #: Consonants -> (sound, word), of katakana and of Latin words.
    sounds: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))

    def add_words(self, words: Iterable[str]) -> None:
        """Count the words of one chunk."""
        for word in set(words):
            if word not in self.counts:
                for reading in list_readings(word):
                    self.readings[reading].append(word)
                for sound in list_sounds(word):
                    self.sounds[extract_consonants(sound)].append((sound, word))
            self.counts[word] += 1

    def contains(self, phrase: str) -> bool:
        """Whether all words of *phrase* occur in articles."""
        return all(word in self.counts for word in tokenize_text(phrase))


class QuestionWords:
    """The words of a knowledge base; grows with it, and forgets removed words at the next start."""

    def __init__(self) -> None:
        self._languages: defaultdict[str, LanguageWords] = defaultdict(LanguageWords)
        self._known: set[int] = set()
        self._synonyms: Sequence[Sequence[str]] = ()

    async def load_changes(self, database: Database[WordsTransaction]) -> None:
        """Load the words of new chunks, and the synonyms."""

        def load(store: WordsTransaction) -> tuple[list[ChunkWords], Sequence[Sequence[str]]]:
            new = self.list_missing_chunks(store.articles.list_chunk_ids())
            return list(store.articles.load_chunk_words(new)), store.synonyms.list_groups()

        chunks, groups = await database.read(load)
        await asyncio.to_thread(self.add_chunks, chunks)
        self.set_synonyms(groups)

    def list_missing_chunks(self, chunks: Iterable[int]) -> list[int]:
        return [chunk for chunk in chunks if chunk not in self._known]

    def add_chunks(self, chunks: Iterable[ChunkWords]) -> None:
        for chunk in chunks:
            terms = f"{chunk.terms.title} {chunk.terms.headings} {chunk.terms.body}"
            self._languages[chunk.language].add_words(terms.split())
            self._known.add(chunk.chunk)

    def set_synonyms(self, groups: Sequence[Sequence[str]]) -> None:
        """The groups of words that mean the same in this knowledge base."""
        self._synonyms = groups

    def expand_question(self, question: str, language: str | None) -> str:
        """*question*, followed by the words of the knowledge base that it means."""
        words = self.list_words(question, language)
        return f"{question} {' '.join(words)}" if words else question

    def list_words(self, question: str, language: str | None) -> list[str]:
        """The words to add, the surest first."""
        asked = fold_compatibility(question[:MAX_CHARACTERS]).casefold()
        found = dict.fromkeys(_list_group_words(asked, self._synonyms))
        for known in self._select_languages(language):
            groups = (group for group in load_abbreviations() if not _contains_said(asked, group, known))
            found |= dict.fromkeys(word for word in _list_group_words(asked, groups) if known.contains(word))
            found |= dict.fromkeys(_list_kana_words(asked, known))
            found |= dict.fromkeys(_list_words_by_sound(asked, known))
        return [word for word in found if word.casefold() not in asked][:MAX_WORDS]

    def _select_languages(self, language: str | None) -> list[LanguageWords]:
        names = [language] if language in self._languages else list(self._languages)
        return [self._languages[name] for name in names if name is not None]


class ExpandingRetriever:
    """A Retriever that also searches for, and reads with, the words that a question means; never shown."""

    def __init__(self, retriever: Retriever, words: QuestionWords) -> None:
        self._retriever, self._words = retriever, words

    async def search(self, question: str, *, language: str | None = None, limit: int = 5) -> list[Passage]:
        asked = self._words.expand_question(question, language)
        return await self._retriever.search(asked, language=language, limit=limit)


def list_readings(word: str) -> Iterator[str]:
    """How a word is read, in hiragana, and its stem: 申し込み is もうしこみ and もうしこ."""
    if not has_tokenizer() or not (_KANJI.search(word) or _KATAKANA_WORD.fullmatch(word)):
        return
    parts = split_morphemes(word)
    kinds = [part.part_of_speech() for part in parts]
    if any(kind[1] not in _NAMED_KINDS for kind in kinds[:1]) or any(kind[1] == "数詞" for kind in kinds):
        return
    reading = "".join(part.reading_form() for part in parts).translate(_TO_HIRAGANA)
    if not _KANA_RUN.fullmatch(reading):
        return
    yield reading
    if _KANA.match(word[-1]) and len(reading) > MIN_READING_AT_START:
        yield reading[:-1]


def list_sounds(word: str) -> list[str]:
    """How a katakana or Latin word sounds; none for any other word, and for one with too few consonants."""
    if _KATAKANA_WORD.fullmatch(word):
        sounds = [spell_katakana(word)]
    else:
        sounds = list_latin_spellings(word) if _LATIN_WORD.fullmatch(word) else []
    return [sound for sound in sounds if len(extract_consonants(sound)) >= MIN_CONSONANTS]


@cache
def load_abbreviations() -> Sequence[Sequence[str]]:
    """The shipped groups of words that mean the same anywhere."""
    groups = yaml.safe_load(ABBREVIATIONS.read_text("utf-8"))
    return tuple(tuple(map(str, group)) for group in groups)


def _list_group_words(asked: str, groups: Iterable[Sequence[str]]) -> Iterator[str]:
    """The other words of each group of which the question has one."""
    for group in groups:
        if any(_says(asked, word) for word in group):
            yield from group


def _contains_said(asked: str, group: Sequence[str], known: LanguageWords) -> bool:
    """Whether the help itself uses the question's word of a group: then it needs no other."""
    return any(_says(asked, word) and known.contains(word) for word in group)


def _says(asked: str, word: str) -> bool:
    return _compile_word(word).search(asked) is not None


@lru_cache(maxsize=8_192)
def _compile_word(word: str) -> re.Pattern[str]:
    """A pattern of a whole word: not within a longer one of its script."""
    folded = fold_compatibility(word).casefold()
    sides = []
    for letter in (folded[:1], folded[-1:]):
        script = next((s for s in ("[a-z0-9]", "[ァ-ヺー]") if re.match(s, letter)), "(?!)")
        sides.append(script)
    return re.compile(f"(?<!{sides[0]}){re.escape(folded)}(?!{sides[1]})")


def _list_kana_words(asked: str, known: LanguageWords) -> Iterator[str]:
    """The words that a question in kana spells; none where it has kanji."""
    kana = asked.translate(_TO_HIRAGANA)
    if len(_KANJI.findall(kana)) > MAX_KANJI_SHARE * len(_KANA.findall(kana)):
        return
    for run in _KANA_RUN.findall(kana):
        place, is_start = 0, True
        while place < len(run):
            least = MIN_READING_AT_START if is_start or run[place - 1] in _PARTICLES else MIN_READING
            reading = _find_longest_reading(run[place : place + MAX_READING], known, least)
            words = known.readings.get(reading, [])
            yield from sorted(words, key=lambda word: -known.counts[word])[:MAX_HOMOPHONES]
            place, is_start = place + (len(reading) or 1), bool(reading)


def _find_longest_reading(kana: str, known: LanguageWords, least: int) -> str:
    """The longest reading that *kana* begins with; "" for none."""
    return next((kana[:end] for end in range(len(kana), least - 1, -1) if kana[:end] in known.readings), "")


def _list_words_by_sound(asked: str, known: LanguageWords) -> Iterator[str]:
    """Names of articles for names of the question that are in the other script and in no article."""
    for pattern, other in ((_KATAKANA_WORD, _LATIN_WORD), (_LATIN_WORD, _KATAKANA_WORD)):
        for said in pattern.findall(asked):
            if known.contains(said):
                continue
            for sound in list_sounds(said):
                near = known.sounds.get(extract_consonants(sound), ())
                yield from (
                    word for alike, word in near if other.fullmatch(word) and is_same_sound(sound, alike)
                )
