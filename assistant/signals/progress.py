"""Progress of a conversation: repeated questions, rejected replies, replies without answers."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.domain.evidence_reasons import EvidenceReason
from assistant.domain.messages import Author
from assistant.domain.signals import Evidence, Reaction, Reason
from assistant.domain.turns import History, PastTurn
from assistant.signals import cues, normalization

#: Thresholds from which two questions are the same: Dice of character bigrams, cosine of vectors.
MIN_SAME_WORDS = 0.42
MIN_SAME_MEANING = 0.915
MIN_SAME_REPLY = 0.8
#: Earlier questions that a question is compared with.
LOOK_BACK = 4
#: Lines searched for replies.
WITHIN = 40
#: Longest plain acceptance: a longer text says more than yes.
MAX_CONSENT_CHARACTERS = 60
#: Fewest comparable characters of a question.
MIN_QUESTION_CHARACTERS = 5

LETTERS = re.compile(r"[\w]+")
FILLERS = re.compile(
    r"ください|下さい|ですか|ますか|でしょうか|です|ます|ました|について|どう(?:すれ|し)?(?:ば)?|いい|したい|教えて|あの|はい|いえ|すみません"
    r"|\b(?:the|an?|is|are|i|my|me|to|do|does|how|what|can|could|you|please|it|of|in|for|and|on|this|that|want|need)\b"
)

#: Weight of each sign; they are combined by noisy-or.
WEIGHTS = {
    "same": 0.5,
    "rejected": 0.45,
    "no_answer": 0.3,
    "same_reply": 0.4,
    "same_articles": 0.25,
    "failed_before": 0.3,
}


@dataclass(frozen=True, slots=True)
class ProgressSignal:
    """How the turn takes the previous reply, and whether the conversation goes in circles."""

    reaction: Reaction | None
    no_progress: float
    evidence: tuple[Evidence, ...]
    #: Similarity to an earlier question, 0–1.
    sameness: float = 0.0
    #: Accepts a person who was just offered.
    consents: bool = False
    #: Consecutive replies, up to the previous one, without an answer or repeating one.
    empty_replies: int = 0


def score_progress(
    comparable: str,
    history: History,
    turn: int,
    vector: Sequence[float] | None = None,
    *,
    small_talk: str | None = None,
) -> ProgressSignal:
    reply = find_last_reply(history)
    if reply is None:
        return ProgressSignal(None, 0.0, ())
    said = {
        hit.cue.kind: hit for hit in cues.find_hits("reactions", normalization.split_clauses(comparable)[:8])
    }
    offered = matches_cue("reply_offers", reply)
    same, earlier = score_repetition(comparable, history, vector)
    empty = list_empty_replies(history)
    reaction = _detect_reaction(said, offered=offered, same=same, small_talk=small_talk)
    signs = _collect_signs(
        reaction, history, no_answer=empty[-1:] == ["none"], repeated=empty[-1:] == ["again"]
    )
    evidence = _build_evidence(signs, said, earlier, turn)
    return ProgressSignal(
        reaction,
        0.0 if reaction is Reaction.ACCEPTED or small_talk else combine_noisy_or(signs.values()),
        evidence,
        same,
        consents=offered
        and len(comparable) <= MAX_CONSENT_CHARACTERS
        and "consent" in said
        and not {"declined", "new_question"} & said.keys(),
        empty_replies=len(empty),
    )


def combine_noisy_or(weights: Iterable[float]) -> float:
    """1 - ∏(1 - p): the probability that at least one sign is right."""
    missed = 1.0
    for weight in weights:
        missed *= 1.0 - weight
    return 1.0 - missed


def find_last_reply(history: History) -> str | None:
    """The last message of the assistant or an agent."""
    for line in reversed(history.lines):
        if line.author in (Author.ASSISTANT, Author.AGENT):
            return line.text
    return None


def is_abstention(reply: str) -> bool:
    return matches_cue("reply_abstains", reply)


def matches_cue(kind: str, reply: str) -> bool:
    clauses = normalization.split_clauses(normalization.normalize_text(normalization.clip_text(reply)))[-6:]
    return any(
        cue.find_match(clause)
        for cue in cues.load_cues("reactions")
        if cue.kind == kind
        for clause in clauses
    )


def score_repetition(
    comparable: str, history: History, vector: Sequence[float] | None
) -> tuple[float, PastTurn | str | None]:
    """Similarity to the customer's last questions, 0–1 with .5 as "the same", and the most similar one."""
    best, which = 0.0, None
    pairs = extract_bigrams(comparable)
    for said in [line.text for line in history.lines if line.author is Author.CUSTOMER][-LOOK_BACK:]:
        score = (
            compute_dice(pairs, extract_bigrams(normalization.normalize_text(normalization.clip_text(said))))
            / MIN_SAME_WORDS
            / 2
        )
        if score > best:
            best, which = min(score, 1.0), said
    if vector is not None and len(pairs) >= MIN_QUESTION_CHARACTERS:
        for past in history.turns[-LOOK_BACK:]:
            if past.vector is not None and past.query:
                score = (
                    0.5
                    + (compute_cosine(vector, past.vector) - MIN_SAME_MEANING) / (1 - MIN_SAME_MEANING) / 2
                )
                if score > best:
                    best, which = min(score, 1.0), past.query
    return max(0.0, best), which


def extract_bigrams(comparable: str) -> frozenset[str]:
    bare = "".join(LETTERS.findall(FILLERS.sub(" ", comparable[: normalization.WINDOW])))
    return (
        frozenset(bare[i : i + 2] for i in range(len(bare) - 1))
        if len(bare) >= MIN_QUESTION_CHARACTERS
        else frozenset()
    )


def compute_dice(one: frozenset[str], other: frozenset[str]) -> float:
    """Dice's coefficient."""
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


def compute_cosine(one: Sequence[float], other: Sequence[float]) -> float:
    norm = math.sqrt(math.sumprod(one, one) * math.sumprod(other, other)) if hasattr(math, "sumprod") else 1.0
    return sum(a * b for a, b in zip(one, other, strict=True)) / (norm or 1.0)


def _detect_reaction(
    said: dict[str, cues.Hit], *, offered: bool, same: float, small_talk: str | None
) -> Reaction | None:
    if small_talk == "declined" or "withdrawn" in said or (offered and "declined" in said):
        return Reaction.DECLINED
    if "rejected" in said:
        return Reaction.REJECTED
    if "accepted" in said or small_talk in ("thanks", "ok"):
        return Reaction.ACCEPTED
    if same >= 0.5:
        return Reaction.REPHRASED
    return None if small_talk else Reaction.MOVED_ON


def list_empty_replies(history: History) -> list[str]:
    """The trailing replies that brought nothing: ``none`` no answer, ``again`` a repeated one.

    An agent's message ends the streak.
    """
    spoken = list(history.lines)[-WITHIN:]
    by_agent = max((place for place, line in enumerate(spoken) if line.author is Author.AGENT), default=-1)
    since = [line.text for line in spoken[by_agent + 1 :] if line.author is Author.ASSISTANT]
    replies = since[-LOOK_BACK - 2 :]
    pairs = [
        extract_bigrams(normalization.normalize_text(normalization.clip_text(reply))) for reply in replies
    ]
    row: list[str] = []
    for place in range(len(replies) - 1, -1, -1):
        if is_abstention(replies[place]):
            row.append("none")
        elif any(compute_dice(pairs[place], earlier) >= MIN_SAME_REPLY for earlier in pairs[:place]):
            row.append("again")
        else:
            break
    return row[::-1]


def _collect_signs(
    reaction: Reaction | None, history: History, *, no_answer: bool, repeated: bool
) -> dict[str, float]:
    signs = {}
    if reaction is Reaction.REPHRASED:
        signs["same"] = WEIGHTS["same"]
    if reaction is Reaction.REJECTED:
        signs["rejected"] = WEIGHTS["rejected"]
    if no_answer or (history.turns and history.turns[-1].reason is Reason.NO_ANSWER):
        signs["no_answer"] = WEIGHTS["no_answer"]
    if repeated:
        signs["same_reply"] = WEIGHTS["same_reply"]
    shown = [set(turn.articles) for turn in history.turns[-2:] if turn.articles]
    if len(shown) == 2 and shown[0] & shown[1] and reaction is not Reaction.ACCEPTED:
        signs["same_articles"] = WEIGHTS["same_articles"]
    before = [t for t in history.turns[-3:] if t.signals.reaction in (Reaction.REJECTED, Reaction.REPHRASED)]
    if before and signs:
        signs["failed_before"] = 1 - (1 - WEIGHTS["failed_before"]) ** len(before)
    return signs


def _build_evidence(
    signs: dict[str, float], said: dict[str, cues.Hit], earlier: object, turn: int
) -> tuple[Evidence, ...]:
    found = []
    if "same" in signs and earlier is not None:
        found.append((EvidenceReason.ASKS_SAME_AGAIN, f"{earlier}"[:80]))
    if "rejected" in signs:
        found.append((EvidenceReason.REPLY_DID_NOT_HELP, said["rejected"].words))
    if "no_answer" in signs:
        found.append((EvidenceReason.NO_ANSWER_BEFORE, ""))
    if "same_reply" in signs:
        found.append((EvidenceReason.SAME_REPLY_AGAIN, ""))
    if "same_articles" in signs:
        found.append((EvidenceReason.SAME_ARTICLES_AGAIN, ""))
    return tuple(Evidence(turn=turn, text=words, why=why, kind="no_progress") for why, words in found)
