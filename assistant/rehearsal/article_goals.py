"""Goals out of the operator's own articles: a question for each heading and table, and what must be told."""

import re
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import groupby
from random import Random

from assistant.domain.knowledge import Passage
from assistant.domain.markdown import strip_markdown
from assistant.rehearsal.goals import ArticleFact, CustomerGoal, GoalKind
from assistant.rehearsal.phrases import SPOKEN_LANGUAGES, choose_phrase
from assistant.text.exact_facts import extract_numbers
from assistant.text.quotable import Unit, UnitKind, extract_units
from assistant.text.terms import extract_terms

MIN_FACT_CHARACTERS = 8
MAX_FACT_CHARACTERS = 260
MAX_CELL_CHARACTERS = 80
#: Share of the words of a fact that a reply must have.
MIN_TOLD_SHARE = 0.6
#: The same where the reply has its numbers too.
MIN_SHARE_BESIDE_NUMBERS = 0.25
#: With fewer words that are not in the question, all words of the fact count.
MIN_NEW_WORDS = 2
_IN_AMOUNTS = re.compile(r"\d|^(?:以内|日以|日間|営業|業日|まで|から|以上|未満|within|day|hour|month|yen)$")
_QUESTION = re.compile(r"(?:か|の|\?|？)$|^(?:how|what|when|where|which|who|why|can|do|does|is|are)\b", re.I)
_WHEN = re.compile(
    r"(?:とき|時|場合|たら|なら|れば|ない|ません)$|^(?:if|when|after|before|i|my|we|you|it|the)\b", re.I
)
#: Headings that nobody would ask about.
_NAMES_NOTHING = re.compile(
    r"^(?:よくある.*|ご?注意.*|その他.*|概要|はじめに|関連.*|手順.*|まず.*|ご?確認.*|.*ください"
    r"|notes?.*|other.*|overview|see also.*|steps.*|please.*|good to know|before you.*|common .*)$",
    re.I,
)


def list_article_goals(passages: Sequence[Passage]) -> list[CustomerGoal]:
    """Goals in the order of the articles, of those in a language that simulated customers speak."""
    found: dict[str, CustomerGoal] = {}
    for passage in passages:
        if passage.language in SPOKEN_LANGUAGES:
            for fact in _list_facts(passage):
                goal = build_goal(fact, passage.language)
                found.setdefault(goal.key, goal)
    return list(found.values())


def _list_facts(passage: Passage) -> Iterator[ArticleFact]:
    units = [unit for unit in extract_units(passage, 0) if not unit.leads_in]
    for headings, group in groupby(units, key=lambda unit: unit.headings):
        some = list(group)
        heading = headings[-1] if headings else ""
        if _NAMES_NOTHING.match(heading):
            continue
        first = some[0]
        if first.kind is not UnitKind.ROW and _is_fact(first):
            yield _build_fact(passage, heading, strip_markdown(first.text))
        yield from list(_list_cell_facts(passage, heading, some))[:1]


def _is_fact(unit: Unit) -> bool:
    size = len(unit.text)
    return unit.kind is not UnitKind.CODE and MIN_FACT_CHARACTERS <= size <= MAX_FACT_CHARACTERS


def _list_cell_facts(passage: Passage, heading: str, units: Sequence[Unit]) -> Iterator[ArticleFact]:
    """A cell of each table that has an amount, a date or a duration; which one depends on the article."""
    rows = [unit for unit in units if unit.kind is UnitKind.ROW and len(unit.cells) > 1]
    told = [
        (row, column)
        for row in rows
        for column in range(1, min(len(row.cells), len(row.header)))
        if len(row.cells[column]) <= MAX_CELL_CHARACTERS and extract_numbers(row.cells[column])
    ]
    if told:
        row, column = told[_hash_number(passage.article + heading) % len(told)]
        yield _build_fact(
            passage,
            heading,
            strip_markdown(row.cells[column]),
            row=strip_markdown(row.cells[0]),
            column=strip_markdown(row.header[column]),
        )


def _build_fact(passage: Passage, heading: str, text: str, row: str = "", column: str = "") -> ArticleFact:
    return ArticleFact(
        article=passage.article,
        title=passage.title,
        heading=strip_markdown(heading),
        text=text,
        row=row,
        column=column,
    )


def build_goal(fact: ArticleFact, language: str) -> CustomerGoal:
    """The question, then with the title of its article, then by the title alone."""
    where = f"{fact.row}/{fact.column}" if fact.row else fact.heading
    key = f"{language}:{fact.article}#{where}"
    rng = Random(_hash_number(key))
    title, heading = fact.title, fact.heading or fact.title
    if fact.row:
        first = choose_phrase(rng, language, "ask", "cell", row=fact.row, column=fact.column)
        subject = f"{fact.row} {fact.column}"
    else:
        first, subject = _ask_heading(rng, language, title, fact.heading), heading
    exact = "more" if fact.heading else "title"
    more = choose_phrase(rng, language, "ask", exact, title=title, heading=subject)
    last = choose_phrase(rng, language, "ask", "last", title=title, heading=subject)
    return CustomerGoal(
        key=key, kind=GoalKind.FACT, language=language, tellings=(first, more, last), fact=fact
    )


def _ask_heading(rng: Random, language: str, title: str, heading: str) -> str:
    subject = (heading or title).rstrip("?？。")
    if _QUESTION.search(heading or title):
        return choose_phrase(rng, language, "ask", "question", heading=subject)
    if not heading:
        return choose_phrase(rng, language, "ask", "title", title=title)
    if _WHEN.search(subject):
        return choose_phrase(rng, language, "ask", "when", heading=subject)
    return choose_phrase(rng, language, "ask", "thing", heading=_fit_sentence(subject, language))


def _fit_sentence(heading: str, language: str) -> str:
    """An English heading as it stands inside a sentence."""
    is_plain = heading[:1].isupper() and heading[1:2].islower()
    return heading[:1].lower() + heading[1:] if language == "en" and is_plain else heading


def is_told(fact: ArticleFact, asked: str, reply: str) -> bool:
    """Whether a reply tells the fact: its numbers that were not in the question, and enough of its words."""
    text = strip_markdown(reply)
    numbers = extract_numbers(fact.text) - extract_numbers(asked)
    words = _list_words(fact.text) - _list_words(asked)
    if len(words) < MIN_NEW_WORDS:  # nearly all of it is in the question: then the whole of it counts
        words = _list_words(fact.text)
    share = len(words & _list_words(text)) / max(1, len(words))
    if numbers:
        has_numbers = numbers <= extract_numbers(text)
        return has_numbers and (bool(fact.row) or share >= MIN_SHARE_BESIDE_NUMBERS)
    return share >= MIN_TOLD_SHARE


def _list_words(text: str) -> set[str]:
    """The terms without amounts and what stands around them, which are compared as numbers."""
    return {term for term in extract_terms(text) if not _IN_AMOUNTS.search(term)}


def _hash_number(text: str) -> int:
    return int(sha256(text.encode()).hexdigest()[:12], 16)
