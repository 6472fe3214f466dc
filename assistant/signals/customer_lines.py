"""Parses a customer's messages into clauses that say something of a matter."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from assistant.domain.messages import Author
from assistant.domain.signals import FEELING_THRESHOLD, HumanRequest, Signals, is_distressed
from assistant.domain.turns import Utterance
from assistant.signals import cues, normalization
from assistant.signals.human_request import find_human_request, remove_withdrawal
from assistant.signals.small_talk import detect_small_talk
from assistant.signals.topic import detect_topic
from assistant.text.characters import contains_japanese

#: Lines that are read from both ends.
MAX_LINES = 60
#: Separators of statements within a clause: "the plate is broken, so get me a person".
PARTS = re.compile(r"[、,;]|(?<=ので)|(?<=から)|(?<=けど)|(?<=が)(?=[^、]{4})|\b(?:because|but|so|and)\b")
JAPANESE_WORD = re.compile(r"[一-龠々]{1,}|[ァ-ヴー]{2,}|[a-z][a-z0-9]+")
JAPANESE_LETTERS = re.compile(r"[一-龠々ァ-ヴーぁ-ゖa-z]")
ENGLISH_WORD = re.compile(r"[^\W\d_](?:[\w'-]*\w)?")
#: Random keys: repeated keys, keyboard rows, impossible letter sequences. Possessive throughout: with plain
#: repetitions fifty characters took seconds.
RANDOM_KEYS = re.compile(
    r"^(?:(.)\1{3,}+\W*+$"
    r"|\W*+(?:(?>[a-z]*?(?:asdf|sdfg|dfgh|fghj|ghjk|hjkl|qwer|wert|zxcv|xcvb|cvbn|jkl;)[a-z;]*+)\W*+)++$"
    r"|(?=[a-z;]++$)[a-z;]*?[bcdfghjklmnpqrstvwxz;]{6}"
    r"|(?=[a-zぁ-ん]++$)[a-z]*+[ぁ-ん]++[a-z])"
)
#: Words for the person asked for; beside a request for a person they are not a matter.
PERSON_WORDS = re.compile(
    r"担当|オペレーター|有人|人間|スタッフ|係の|責任者|上司|店長|電話|お?話(?:し|を|が|の|でき|せ)|つな(?:い|が|ぎ|げ)|繋|代わ|替わ|かわって"
    r"|方(?:に|と|から|へ|を|が|の)|どなた|誰か|人(?:に|と|を|が|から|の)|お願い"
    r"|\b(?:agents?|humans?|persons?|people|representatives?|operators?|advis[eo]rs?|someone|somebody|anyone|anybody"
    r"|whoever|whichever|who|manager|supervisor|boss|team|staff|colleague|handler|speak|talk|connect|transfer|call|ring|phone"
    r"|put|through|pass|real|live|help)\b"
)
MIN_WORDS_BESIDE_PERSON = 4
CASE_NUMBERS = frozenset({"order number", "tracking number", "booking number"})
#: Reasons for which a person is wanted.
ABOUT = re.compile(
    r"[一-龠々ァ-ヴーa-z0-9](?:の(?:件|こと|話)|について|に関し)"
    r"|\b(?:about|regarding|concerning|re:) (?:my|the|a|an|our)\b"
)
#: Names of numbers; beside the number alone they are not a matter.
NUMBER_NAME = re.compile(
    r"[一-龠々ァ-ヴー]{0,8}番号(?:は|が|の)?"
    r"|\b(?:(?:my|the|it'?s|order|card|tracking|booking|account|phone|customer) )*"
    r"(?:number|no\.?|id|code)(?: is)?\b"
)
FULL_STOP = re.compile(r"(?<=[A-Za-z0-9)\"”'][.…])\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Clause:
    """A sentence of the customer."""

    raw: str
    comparable: str
    #: Whether it says something of a matter.
    is_substantive: bool
    #: Whether it asks for something or reports a problem.
    is_strong: bool


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """A message and what it says of a matter."""

    clauses: tuple[Clause, ...]
    comparable: str
    topic: str | None
    #: Our previous message.
    reply: str
    #: Whether it only thanks or accepts.
    is_settled: bool
    #: Signals of the turn; None if it was not read.
    signals: Signals | None = None

    @property
    def substance(self) -> tuple[Clause, ...]:
        """Its clauses from the first to the last that say something."""
        places = [at for at, clause in enumerate(self.clauses) if clause.is_substantive]
        return self.clauses[places[0] : places[-1] + 1] if places else ()

    @property
    def is_strong(self) -> bool:
        return any(clause.is_strong for clause in self.substance)

    @property
    def is_abusive(self) -> bool:
        return self.signals is not None and self.signals.harassment >= FEELING_THRESHOLD

    @property
    def is_distressed(self) -> bool:
        return self.signals is not None and is_distressed(self.signals)

    @property
    def tells_harm(self) -> bool:
        return self.signals is not None and self.signals.sensitive == "harm"

    @property
    def is_mere_anger(self) -> bool:
        """Whether it is anger at us without a complaint about a thing."""
        read = self.signals
        return read is not None and read.frustration >= FEELING_THRESHOLD > read.complaint


def parse_customer_lines(said: Sequence[Utterance]) -> list[CustomerLine]:
    found, reply = [], ""
    for line in said:
        if line.author is Author.CUSTOMER:
            found.append(_parse_line(line, reply))
        else:
            reply = normalization.normalize_text(normalization.clip_text(line.text))
    return found if len(found) <= MAX_LINES else [*found[: MAX_LINES // 2], *found[-MAX_LINES // 2 :]]


def _parse_line(line: Utterance, reply: str) -> CustomerLine:
    clipped = normalization.clip_text(line.text)
    asks = line.signals is not None and line.signals.asked_for_person
    clauses = tuple(_parse_clause(piece, asks_for_person=asks) for piece in _split_sentences(clipped))
    comparable = normalization.normalize_text(clipped)
    if any(has_cue("given_up", clause.comparable) for clause in clauses) and "?" not in comparable:
        clauses = tuple(replace(clause, is_substantive=False, is_strong=False) for clause in clauses)
    telling = " ".join(clause.comparable for clause in clauses if clause.is_substantive)
    return CustomerLine(
        clauses=clauses,
        comparable=comparable,
        topic=detect_topic(telling),
        reply=reply,
        is_settled=_is_settled(comparable),
        signals=line.signals,
    )


def _split_sentences(text: str) -> list[str]:
    """Clauses, also at English full stops."""
    return [
        piece.strip()
        for clause in normalization.split_clauses(text)
        for piece in FULL_STOP.split(clause)
        if piece.strip()
    ]


def _is_settled(comparable: str) -> bool:
    if detect_small_talk(comparable) in ("thanks", "bye"):
        return True
    unsettled = has_cue("request", comparable) or has_cue("trouble", comparable)
    if unsettled or has_reaction("declined", comparable) or has_reaction("rejected", comparable):
        return False
    return has_reaction("accepted", comparable)


def _parse_clause(raw: str, *, asks_for_person: bool) -> Clause:
    comparable = _remove_opener(normalization.normalize_text(raw)[: cues.MAX_CLAUSE_CHARACTERS])
    rest = strip_claims(comparable)
    if rest != comparable:
        rest = NUMBER_NAME.sub(" ", rest).strip()
    substantive = _is_substantive(comparable, rest, asks_for_person=asks_for_person)
    strong = substantive and (has_cue("request", rest) or has_cue("trouble", rest))
    return Clause(_trim_opener(raw), comparable, substantive, strong)


def _is_substantive(comparable: str, rest: str, *, asks_for_person: bool) -> bool:
    if not has_content(rest) or RANDOM_KEYS.match(rest) or detect_small_talk(rest) is not None:
        return False
    if any(has_cue(kind, rest) for kind in ("given_up", "about_us", "about_chat")):
        return False
    if has_reaction("consent", rest) and not _has_matter(rest):
        return False
    withdrawn, beside = remove_withdrawal(rest)
    if withdrawn:
        return any(_has_matter(part) or has_cue("request", part) for part in PARTS.split(beside))
    if has_reaction("declined", rest) and PERSON_WORDS.search(rest):
        return False
    request = find_human_request(comparable).request
    if request is HumanRequest.NONE and not (asks_for_person and has_cue("request", rest)):
        return True
    if ABOUT.search(rest):
        return True
    content = extract_words(PERSON_WORDS.sub(" ", rest))
    if request is HumanRequest.VAGUE and len(content) >= MIN_WORDS_BESIDE_PERSON:
        return True
    # Words beside the request may say what it is about.
    return any(
        _has_matter(part)
        for part in PARTS.split(rest)
        if part and find_human_request(part).request is HumanRequest.NONE and not PERSON_WORDS.search(part)
    )


def _has_matter(part: str) -> bool:
    return has_content(part) and (detect_topic(part) is not None or has_cue("trouble", part))


def has_content(text: str) -> bool:
    """Whether a text has content words, beyond numbers and common words."""
    if contains_japanese(text):
        words = JAPANESE_WORD.findall(text)
        return (bool(words) and len(JAPANESE_LETTERS.findall(text)) >= 4) or detect_topic(text) is not None
    return len(extract_words(text)) >= 2 or detect_topic(text) is not None


def extract_words(text: str) -> list[str]:
    """Content words, without common ones."""
    if contains_japanese(text):
        return [word for word in JAPANESE_WORD.findall(text) if len(word) > 1]
    stop_words = cues.load_words("matter")["stop"]
    return [word for word in ENGLISH_WORD.findall(text) if word not in stop_words and len(word) > 1]


def has_number(comparable: str) -> bool:
    """Whether a text has the number of an order, a parcel or a booking."""
    return any(cue.kind in CASE_NUMBERS and cue.pattern.search(comparable) for cue in cues.load_cues("facts"))


def extract_bits(text: str) -> set[str]:
    """Units for comparing two texts: words, for Japanese character bigrams."""
    return {
        word[at : at + 2] if contains_japanese(word) else word
        for word in extract_words(text)
        for at in range(max(1, len(word) - 1))
    }


def strip_claims(comparable: str) -> str:
    """The text without numbers, addresses and dates."""
    for cue in cues.load_cues("facts"):
        if cue.kind != "product":
            comparable = cue.pattern.sub(" ", comparable)
    return " ".join(comparable.split())


def has_reaction(kind: str, comparable: str) -> bool:
    return any(cue.kind == kind and cue.find_match(comparable) for cue in cues.load_cues("reactions"))


@cache
def _load_kind(kind: str) -> tuple[cues.Cue, ...]:
    return tuple(cue for cue in cues.load_cues("matter") if cue.kind == kind)


def has_cue(kind: str, text: str) -> bool:
    return any(cue.find_match(text) for cue in _load_kind(kind))


def _remove_opener(comparable: str) -> str:
    for cue in _load_kind("opener"):
        comparable = cue.pattern.sub("", comparable, count=1)
    return comparable.strip()


def _trim_opener(raw: str) -> str:
    """The clause in its original form, without a greeting in front."""
    found = next((cue.pattern.match(raw) for cue in _load_kind("opener") if cue.pattern.match(raw)), None)
    return raw[found.end() :].strip() if found else raw.strip()
