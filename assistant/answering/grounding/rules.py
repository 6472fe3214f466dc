"""Exact grounding rules: whether a drafted sentence may be shown, with the reason if not."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from assistant.answering.grounding.negation import (
    are_opposite,
    count_negations,
    find_opposite_word,
    is_negated,
    split_clauses,
)
from assistant.domain.knowledge import Passage
from assistant.domain.withheld_reasons import WithheldReason
from assistant.text.characters import KANA, KANJI, is_japanese
from assistant.text.exact_facts import find_unfounded_names, find_unfounded_numbers
from assistant.text.quotable import Unit, UnitKind, extract_units
from assistant.text.terms import compute_overlap, compute_rarity, extract_terms, normalize_text

#: Share of a sentence's terms that the passage must contain.
MIN_SHARED = 0.5
#: Cosine from which a paraphrase counts as supported. Multilingual E5 gives paraphrases .93 and more,
#: invented rules on the same topic .88 (English) or .92 (Japanese) and less, nine times in ten.
MIN_SHARED_OF_PARAPHRASE = 0.35
MIN_COSINE_OF_PARAPHRASE = {"ja": 0.945, "en": 0.925}
#: The same for a promise, which must be nearly in the passage's words.
MIN_SHARED_TO_PROMISE = 0.9
_ALIGNED = 3
#: Fewest letters of a sentence that makes a statement.
_MIN_SENTENCE_LETTERS = 12
#: Share of a sentence's terms that a unit about the same thing contains.
_SAME_THING = 0.6
#: Share of terms from which two clauses are about the same thing.
_SAME_CLAUSE = 0.6

_FLAGS = re.IGNORECASE | re.VERBOSE
_MARKUP = re.compile(r"<[A-Za-z/!][^>]*>?|!\[|\]\(|javascript:|data:text|&#\w+;", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s\])）」]+|(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.-]+", re.IGNORECASE)
#: An action announced for after the reply, which nobody will do.
_PROMISE = re.compile(
    r"""\b(i|we)(\ will|'ll|\ shall|\ promise|\ guarantee
      |\ have\ just|'ve\ just|('m|\ am|'re|\ are)\ going\ to)\b
    |\b(i|i've|i\ have)\ (\w+\ )?(refunded|cancell?ed|sent|booked|processed|issued|arranged|applied|credited
      |upgraded|escalated|notified)\b
    |\b(legally\ binding|you\ have\ my\ word|it's\ a\ deal)\b|\b(deal|agreed)[.!]
    |後ほど|折り返し|のちほど|後日|ただちに|至急
    |(連絡|返金|送付|手配|対応|発送|お送り|確認|返信|キャンセル|処理|変更|交換|お電話|補償|保証|約束)(を|は)?
      (させて)?(いただ(きます|く)|いたします|致します|します|しておきます|しました|いたしました)""",
    _FLAGS,
)
#: A stream that was delivered twice: 返品は返品は, 返返品品はは.
_STUTTER = re.compile(r"((?:(?!\d)\S){5,})\1|(?:([^\W\d_])\2){3}")
#: A question: the customer's own words repeated, or the prompt's; answers ask nothing.
_QUESTION = re.compile(r"[?？]$|(ます|です|でしょう|ません)か。?$|[:：]$")
_REQUEST = re.compile(r"(いただけ|ください|願え)(ます|ません)(でしょう)?か。?$")
#: 返品は!: a topic or an object without a predicate.
_UNFINISHED = re.compile(r"(?:[はをへ]|(?<!す)が)[!！。．.]?$")
#: Profanity, whatever a document or a customer says.
_PROFANE = re.compile(
    r"""\b(shit\w*|bullshit|fuck\w*|damn(it|ed)?|bitch\w*|bastards?|asshole\w*|arsehole\w*|crap|cunts?
      |piss(ed)?\ off|goddamn\w*|dumbass\w*|motherfuck\w*)\b
    |くそったれ|クソ(野郎|っ?たれ|みたい)|くたばれ|死ね|馬鹿野郎|バカ野郎|ばかやろう
    |ふざけるな|ボケ(が|野郎)|カス野郎""",
    _FLAGS,
)
_JAPANESE = re.compile(f"[{KANA}{KANJI}]")
_LATIN = re.compile(r"[A-Za-z]")


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundingSource:
    """A passage, preprocessed once for all sentences of a draft."""

    passage: Passage
    units: tuple[Unit, ...]
    #: Text of each unit with the title and headings above it.
    texts: tuple[str, ...]

    @classmethod
    def from_passage(cls, passage: Passage) -> "GroundingSource":
        every = tuple(extract_units(passage, 0))
        heads = f"{passage.title} {' '.join(passage.headings)}"
        return cls(
            passage=passage,
            units=every,
            texts=tuple(f"{heads} {_format_unit_with_heading(unit)}" for unit in every),
        )

    def contains_sentence(self, sentence: str) -> bool:
        """Whether one of the passage's units is the sentence, spaces aside."""
        words = _strip_spaces(sentence)
        return len(words) >= _MIN_SENTENCE_LETTERS and words in map(_strip_spaces, self.unit_texts)

    @property
    def unit_texts(self) -> list[str]:
        """Each unit in words, as its meaning is read."""
        # The classifier learned from rows in this form, their empty cells named.
        return [
            " ; ".join(unit.list_named_cells(keep_empty=True)) if unit.cells else unit.text
            for unit in self.units
        ]

    @property
    def heading(self) -> str:
        return " > ".join((self.passage.title, *self.passage.headings))

    @property
    def text(self) -> str:
        return f"{self.passage.title}\n{' '.join(self.passage.headings)}\n{self.passage.text}"


@lru_cache(maxsize=4096)
def _strip_spaces(text: str) -> str:
    """The text without spaces and full stop, which do not matter; digits and signs do."""
    return re.sub(r"\s+", "", normalize_text(text)).rstrip("。.")


def _format_unit_with_heading(unit: Unit) -> str:
    if not unit.cells:
        return f"{unit.headings[-1] if unit.headings else ''} {unit.text}"
    return " ".join(unit.list_named_cells(" ", keep_empty=True))


def find_objection(
    sentence: str, source: GroundingSource, language: str, least: float = MIN_SHARED
) -> str | None:
    """Why *sentence* may not be shown as supported by *source*, by rules alone; None if it may."""
    if reason := find_unfit_reason(sentence, language):
        return reason
    aligned = _align_units(sentence, source)
    if not aligned:
        return WithheldReason.NOT_IN_PASSAGE
    share = _compute_shared_share(sentence, aligned, source)
    if share < MIN_SHARED_TO_PROMISE and makes_promise(sentence):
        return WithheldReason.PROMISES_ACT
    if reason := _find_inexact_fact(sentence, aligned, source) or _find_contradiction(
        sentence, aligned, source
    ):
        return reason
    if share < least and is_japanese(sentence) == is_japanese(source.passage.text):
        return WithheldReason.HARDLY_SUPPORTED.with_detail(f"{share:.0%}")
    return None


def find_wrong_fact(sentence: str, source: GroundingSource, nearest: Sequence[int] = ()) -> str | None:
    """A number, date, address or name that the passage lacks, where the sentence states such facts."""
    aligned = _align_units(sentence, source)
    if not aligned:
        return WithheldReason.NOT_IN_PASSAGE
    return _find_inexact_fact(sentence, [*aligned, *(i for i in nearest if i not in aligned)], source)


def compute_rule_features(sentence: str, source: GroundingSource) -> list[float]:
    """Seven features of the rules for the classifier, in the order in which it was trained."""
    aligned = _align_units(sentence, source)
    if not aligned:
        return [0.0] * 7
    same = is_japanese(sentence) == is_japanese(source.passage.text)
    return [
        float(_is_negation_flipped(sentence, [_get_polar_text(source, i) for i in aligned])),
        float(bool(find_opposite_word(sentence, source.texts[aligned[0]]))),
        float(makes_promise(sentence)),
        _compute_shared_share(sentence, aligned, source),
        float(is_negated(sentence)),
        float(is_negated(source.units[aligned[0]].text)),
        float(bool(find_unfounded_names(sentence, source.text, same_language=same))),
    ]


def makes_unsupported_promise(sentence: str, source: GroundingSource) -> bool:
    """Whether it makes a promise that the passage does not make in the same words."""
    return (
        makes_promise(sentence)
        and _compute_shared_share(sentence, _align_units(sentence, source), source) < MIN_SHARED_TO_PROMISE
    )


def makes_promise(sentence: str) -> bool:
    """Whether it says that somebody will do something, or has just done it."""
    return bool(_PROMISE.search(normalize_text(sentence)))


def find_unfit_reason(sentence: str, language: str) -> str | None:
    """Why the sentence is unfit, whatever the passage says."""
    if _MARKUP.search(sentence):
        return WithheldReason.MARKUP
    if "\ufffd" in sentence or _STUTTER.search(sentence):
        return WithheldReason.GARBLED
    if not re.search(r"[^\W\d_]", sentence):
        return WithheldReason.NO_WORDS
    if _UNFINISHED.search(sentence.strip()):
        return WithheldReason.UNFINISHED
    if _PROFANE.search(normalize_text(sentence)):
        return WithheldReason.PROFANITY
    if _QUESTION.search(sentence.strip()) and not _REQUEST.search(sentence.strip()):
        return WithheldReason.QUESTION
    return WithheldReason.OTHER_LANGUAGE if is_other_language(sentence, language) else None


def is_other_language(sentence: str, language: str) -> bool:
    """Whether it is in another language: by script, which only tells Japanese apart."""
    words = re.sub(r"[「『\"“`][^」』\"”`]*[」』\"”`]", "", sentence)
    if language == "ja":
        return not is_japanese(sentence) and len(_LATIN.findall(words)) > 12
    return len(_JAPANESE.findall(words)) > len(_LATIN.findall(words))


def find_nearest_texts(sentence: str, source: GroundingSource) -> list[str]:
    """The texts of the units that share most terms with *sentence*."""
    return [source.units[i].text for i in _align_units(sentence, source)]


def find_evidence(sentence: str, source: GroundingSource, rank: int) -> Unit:
    """The unit that shares most terms with *sentence*; its passage has this *rank*."""
    return replace(source.units[_align_units(sentence, source)[0]], passage=rank)


def _align_units(sentence: str, source: GroundingSource) -> list[int]:
    """The units that share most terms with the sentence, best first."""
    wanted, having = extract_terms(sentence), [extract_terms(text) for text in source.texts]
    weights = compute_rarity(having)
    own = [extract_terms(unit.text) for unit in source.units]
    shared = [compute_overlap(wanted, had, weights) for had in having]
    closeness = [share + 0.1 * _compute_jaccard(wanted, had) for share, had in zip(shared, own, strict=True)]
    best = sorted(range(len(shared)), key=closeness.__getitem__, reverse=True)[:_ALIGNED]
    return [i for i in best if shared[i] > 0] or list(range(len(shared)))[:_ALIGNED]


def _find_inexact_fact(sentence: str, aligned: Sequence[int], source: GroundingSource) -> str | None:
    near = " ".join(source.texts[i] for i in aligned)
    if wrong := find_unfounded_numbers(sentence, near):
        return WithheldReason.NUMBER_NOT_IN_PASSAGE.with_detail(", ".join(wrong))
    addresses = [one for one in _ADDRESS.findall(sentence) if one.rstrip(".,。") not in source.text]
    if addresses:
        return WithheldReason.ADDRESS_NOT_IN_PASSAGE.with_detail(addresses[0])
    same = is_japanese(sentence) == is_japanese(source.passage.text)
    if names := find_unfounded_names(sentence, source.text, same_language=same):
        return WithheldReason.NAME_NOT_IN_PASSAGE.with_detail(names[0])
    return None


def _find_contradiction(sentence: str, aligned: Sequence[int], source: GroundingSource) -> str | None:
    same = is_japanese(sentence) == is_japanese(source.passage.text)
    best = source.texts[aligned[0]]
    if same and (word := find_opposite_word(sentence, best)):
        return WithheldReason.OPPOSITE_OF_PASSAGE.with_detail(word)
    if _is_negation_flipped(sentence, [_get_polar_text(source, i) for i in aligned]):
        return WithheldReason.NEGATED_OTHERWISE
    return None


def _is_negation_flipped(sentence: str, near: Sequence[str]) -> bool:
    """Whether a clause is negative where the same clause of the passage is positive, or the reverse."""
    shared = _compute_coverage(extract_terms(sentence), extract_terms(near[0]))
    if shared >= _SAME_THING and are_opposite(sentence, near[0]):
        return True
    known = [(extract_terms(clause), clause) for text in near for clause in split_clauses(text)]
    for clause in split_clauses(sentence):
        wanted = extract_terms(clause)
        same = max(known, key=lambda pair: _compute_jaccard(wanted, pair[0]), default=None)
        if (
            wanted
            and same
            and _compute_jaccard(wanted, same[0]) >= _SAME_CLAUSE
            and count_negations(clause) != count_negations(same[1])
        ):
            return True
    return False


def _get_polar_text(source: GroundingSource, i: int) -> str:
    """The text of a unit that is positive or negative; for a table row the heading counts too."""
    unit = source.units[i]
    if unit.kind is not UnitKind.ROW or is_negated(unit.text):
        return unit.text
    heading = unit.headings[-1] if unit.headings else source.passage.title
    return f"{heading} {unit.text}"


def _compute_coverage(wanted: frozenset[str], had: frozenset[str]) -> float:
    return len(wanted & had) / len(wanted) if wanted else 0.0


def _compute_jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one or other else 0.0


def _compute_shared_share(sentence: str, aligned: Sequence[int], source: GroundingSource) -> float:
    """Share of the sentence's terms in the aligned units; meaningless across languages."""
    near = extract_terms(" ".join(source.texts[i] for i in aligned))
    wanted = extract_terms(sentence)
    # Terms of the topic do not count: an invented rule names the topic too.
    said = wanted - extract_terms(source.passage.title)
    return _compute_coverage(said if len(said) > 1 else wanted, near)
