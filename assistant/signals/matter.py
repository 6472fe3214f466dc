"""Extracts the customer's latest matter in their own words, with what later turns add to it."""

import re
from collections.abc import Sequence, Set

from assistant.domain.customer_facts import EXCERPT_SEPARATOR
from assistant.domain.signals import HumanRequest
from assistant.domain.turns import Utterance
from assistant.signals.bare_turn import SPOKEN_KINDS, detect_bare_turn
from assistant.signals.customer_lines import (
    Clause,
    CustomerLine,
    extract_bits,
    has_cue,
    has_number,
    has_reaction,
    parse_customer_lines,
)
from assistant.signals.human_request import find_human_request, remove_withdrawal
from assistant.text.characters import contains_japanese

MAX_REQUEST_CHARACTERS = 160
#: Most additions by later turns.
MAX_ADDITION_CHARACTERS = 120
MIN_ADDITION_CHARACTERS = 5
#: Share of words that an angry line has in common with the matter to count as about it.
MIN_SHARED_BITS_IN_ANGER = 2
#: Characters below which a change of topic may be an aside.
MIN_CHANGE_CHARACTERS = 12
#: Replies that announce a person, a call or a message: what comes next is ours.
PENDING = re.compile(
    r"折り?返|お?電話(?:いた|し|差し)|おつなぎ|引き?継|ご?連絡(?:いた|し|差し|を差)|希望の時間"
    r"|(?:お?調べ|確認)(?:し|いたし)?ます|(?:少々|しばらく)お?待ち"
    r"|\b(?:call(?:ed)? (?:you )?back|will (?:call|contact|write|be in touch|get back)|connect(?:ing)? you"
    r"|pass(?:ing)? (?:you|this|it) (?:on|to|over)|transfer(?:ring)? you|put you through"
    r"|(?:i'll|i will|let me|i'm going to) (?:check|look|find out|ask|see)|(?:one|a) moment|bear with)\b"
)
#: Longest line that is only understood with what it points at.
MAX_POINTING_CHARACTERS = 60
#: References to what was said before: "can I get it replaced?"
POINTS_BACK = re.compile(r"^(?:それ|これ|その|この|そちら|こちら|じゃあ|では)|\b(?:it|that|this|they|them)\b")


def extract_request(said: Sequence[Utterance]) -> str | None:
    """The matter in the customer's words; None if they have not said what it is about.

    A request for a person, thanks, giving up, numbers alone and random keys are not a matter.
    """
    lines = parse_customer_lines(said)
    lines = lines[find_matter_start(lines) :]
    told = [line for line in lines if line.substance and not line.is_abusive and _is_about_something(line)]
    distressed = next((line for line in told if line.is_distressed or line.tells_harm), None)
    first = distressed or next((line for line in told if _opens_matter(line)), told[0] if told else None)
    if first is None:
        return None
    ask = _join_clauses(first.substance, MAX_REQUEST_CHARACTERS)
    addition = _find_addition(first, told[told.index(first) + 1 :])
    return ask if addition is None else f"{ask}{EXCERPT_SEPARATOR}{addition}"


def asks_something(said: Sequence[Utterance]) -> bool:
    """Whether somebody must answer: a question or a trouble anywhere, or a matter in the sentence itself that
    takes back the wish for a person ("no agent needed, it is about my return")."""
    return any(
        clause.is_strong or (clause.is_substantive and remove_withdrawal(clause.comparable)[0])
        for line in parse_customer_lines(said)
        for clause in line.clauses
    )


def tells_matter(lines: Sequence[CustomerLine]) -> bool:
    """Whether a line says something of a matter, and not only who or whether anybody is there."""
    return any(line.substance and detect_bare_turn(line.comparable) not in SPOKEN_KINDS for line in lines)


def ends_settled(lines: Sequence[CustomerLine]) -> bool:
    """Whether the last words take what they got; who takes the person or the call that was offered waits."""
    last = lines[-1] if lines else None
    if last is None or not last.is_settled or has_reaction("reply_offers", last.reply):
        return False
    return not PENDING.search(last.reply) and not any(_asks_for_person(line) for line in lines[-2:])


def find_open_question(lines: Sequence[CustomerLine]) -> str | None:
    """The last question or demand; one in anger only if it says plainly what is wanted."""
    for line in reversed(lines):
        if line.is_abusive or line.is_settled:
            continue
        for clause in reversed(line.substance):
            wanted = has_cue("demand", clause.comparable)
            if clause.is_substantive and (wanted or ("?" in clause.comparable and not line.is_mere_anger)):
                return _join_clauses([clause], MAX_ADDITION_CHARACTERS)
    return None


def find_wish(lines: Sequence[CustomerLine]) -> str | None:
    """Their words for whom they want, or when they can be called, where these say more than "a person"."""
    for line in reversed(lines):
        if line.is_abusive or remove_withdrawal(line.comparable)[0]:
            continue
        for clause in reversed(line.clauses):
            if has_cue("wish_detail", clause.comparable) and _wants_contact(line, clause):
                return _join_clauses([clause], MAX_ADDITION_CHARACTERS)
    return None


def _wants_contact(line: CustomerLine, clause: Clause) -> bool:
    asked = find_human_request(clause.comparable).request is not HumanRequest.NONE
    return asked or has_cue("call_back", clause.comparable) or _asks_for_person(line)


def _asks_for_person(line: CustomerLine) -> bool:
    return line.signals is not None and line.signals.asked_for_person


def _is_about_something(line: CustomerLine) -> bool:
    """Anger alone is about us, unless it names a topic, what went wrong, or what is wanted."""
    words = " ".join(clause.comparable for clause in line.substance)
    return not line.is_mere_anger or _tells_matter(line) or has_cue("demand", words)


def _tells_matter(line: CustomerLine) -> bool:
    words = " ".join(clause.comparable for clause in line.substance)
    return line.topic is not None or has_cue("trouble", words)


def _opens_matter(line: CustomerLine) -> bool:
    """A word or two without a question may only introduce the matter."""
    if line.is_mere_anger and not _tells_matter(line):
        return False
    return line.is_strong or sum(len(clause.comparable) for clause in line.substance) >= MIN_CHANGE_CHARACTERS


def find_matter_start(lines: Sequence[CustomerLine]) -> int:
    """Index of the line where the current matter begins: after the last one was settled, or at a change."""
    opened, topic = 0, None
    for at, line in enumerate(lines):
        if not line.substance or line.is_abusive or line.is_mere_anger:
            continue
        settled = at > 0 and lines[at - 1].is_settled and any(one.substance for one in lines[opened:at])
        settled = settled and not _points_back(line)
        if topic is None and not settled:
            topic = line.topic
        elif settled or _is_another_matter(line, topic):
            opened, topic = at, line.topic
    return opened


def _points_back(line: CustomerLine) -> bool:
    """Whether a short line is about what was said before: alone it says nothing."""
    words = " ".join(clause.comparable for clause in line.substance)
    return len(words) < MAX_POINTING_CHARACTERS and POINTS_BACK.search(words) is not None


def _is_another_matter(line: CustomerLine, topic: str | None) -> bool:
    words = " ".join(clause.comparable for clause in line.substance)
    if len(words) < MIN_CHANGE_CHARACTERS or POINTS_BACK.search(words) or not line.is_strong:
        return False
    if has_cue("change", words):
        return True
    # Words of another topic may be about the same matter; with a number of its own it is another case.
    return line.topic not in (None, topic) and any(has_number(clause.comparable) for clause in line.clauses)


def _find_addition(first: CustomerLine, later: Sequence[CustomerLine]) -> str | None:
    """The last question or clarification about the same matter."""
    known = extract_bits(" ".join(clause.comparable for clause in first.substance))
    for line in reversed(later):
        kept = [] if line.is_settled else _select_additions(line, known)
        text = _join_clauses(kept, MAX_ADDITION_CHARACTERS) if kept else ""
        if len(text) >= MIN_ADDITION_CHARACTERS and text.casefold() not in first.comparable:
            return text
    return None


def _select_additions(line: CustomerLine, known: Set[str]) -> list[Clause]:
    """Clauses that ask or refer to the matter; of an angry line only the latter."""
    needed = MIN_SHARED_BITS_IN_ANGER if line.is_mere_anger else 1
    return [
        clause
        for clause in line.substance
        if clause.is_substantive
        and (
            (clause.is_strong and (not line.is_mere_anger or has_cue("demand", clause.comparable)))
            or len(known & extract_bits(clause.comparable)) >= needed
        )
    ]


def _join_clauses(clauses: Sequence[Clause], limit: int) -> str:
    clauses = list(clauses)
    while (
        len(clauses) > 1 and sum(len(clause.raw) for clause in clauses) > limit and not clauses[0].is_strong
    ):
        clauses = clauses[1:]
    japanese = any(contains_japanese(clause.raw) for clause in clauses)
    text = " ".join(("" if japanese else " ").join(clause.raw for clause in clauses).split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
