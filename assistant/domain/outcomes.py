"""How a conversation ended: one outcome each, with who ended it and why. Contained is not resolved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from assistant.domain.conversation import Outcome, State
from assistant.domain.signals import Decision, Reaction
from assistant.domain.turns import TurnRecord

#: From here on a customer who leaves was lost to frustration, unless they said that it is solved.
FRUSTRATION_THRESHOLD = 0.5
#: From here on words of thanks are meant the other way round.
SARCASM_THRESHOLD = 0.8
#: No contact about the same theme within these makes an answer durable.
DURABLE_WINDOWS = (timedelta(hours=72), timedelta(days=7))


class OutcomeKind(StrEnum):
    #: Answered, and the customer said so.
    CONFIRMED = "confirmed"
    #: Answered, and nothing more was said.
    ANSWERED = "answered"
    #: Left without an answer: after an abstention, an offer, frustration, or with a question open.
    ABANDONED = "abandoned"
    #: An agent called it solved, or the customer did after an agent's reply.
    RESOLVED_BY_PERSON = "resolved_by_person"
    #: An agent had it and it is not known to be solved.
    ENDED_BY_PERSON = "ended_by_person"
    TRANSFERRED_OUT = "transferred_out"
    SPAM = "spam"
    #: Nothing was asked.
    NO_REQUEST = "no_request"


#: What agents say of a conversation -> its outcome; any other word is `ENDED_BY_PERSON`.
AGENTS_WORDS = {
    Outcome.SOLVED.value: OutcomeKind.RESOLVED_BY_PERSON,
    Outcome.WORKAROUND.value: OutcomeKind.RESOLVED_BY_PERSON,
    Outcome.TRANSFERRED_OUT.value: OutcomeKind.TRANSFERRED_OUT,
    Outcome.SPAM.value: OutcomeKind.SPAM,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedConversation:
    """What is known of a conversation at its end."""

    #: The state before the end.
    state: State
    turns: Sequence[TurnRecord]
    #: What the agent said of it; None: no agent ended it.
    agents_word: str | None = None
    #: What the customer answered to "did that help?"; None: nothing.
    helped: bool | None = None
    #: The customer wrote anything.
    has_messages: bool = True
    #: The customer wrote last and nobody has replied.
    is_unanswered: bool = False
    #: A person wrote to the customer.
    has_agent_reply: bool = False
    #: The customer's last words to that person take what they got.
    takes_agents_reply: bool = False
    #: The customer's words tell of a matter: more than a greeting, a test, keys at random.
    tells_matter: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeRecord:
    """A row of the outcome ledger."""

    conversation: str
    kind: OutcomeKind
    #: customer, assistant or ``agent:ID``, as in the audit log.
    ended_by: str
    why: str
    ended_at: datetime
    #: Of the first and the last turn that was read; None: none was.
    frustration_start: float | None = None
    frustration_end: float | None = None


def classify_outcome(ended: EndedConversation) -> tuple[OutcomeKind, str]:
    """The outcome of a conversation, and why."""
    if ended.agents_word is not None:
        kind = AGENTS_WORDS.get(ended.agents_word, OutcomeKind.ENDED_BY_PERSON)
        return kind, ended.agents_word
    if not ended.has_messages:
        return OutcomeKind.NO_REQUEST, "nothing_said"
    if ended.state is State.QUEUED:
        return OutcomeKind.ABANDONED, "waiting"
    if ended.state is State.AGENT:
        return _classify_with_agent(ended)
    if ended.helped is not None:
        return _classify_by_customer(ended)
    if not ended.tells_matter and not any(map(_is_request, ended.turns)):
        return OutcomeKind.NO_REQUEST, "no_question"
    if ended.is_unanswered:
        return OutcomeKind.ABANDONED, "unanswered"
    return _classify_by_turns(ended)


def _classify_with_agent(ended: EndedConversation) -> tuple[OutcomeKind, str]:
    if not ended.has_agent_reply:
        return OutcomeKind.ABANDONED, "waiting"
    if ended.helped:
        return OutcomeKind.RESOLVED_BY_PERSON, "said_yes"
    if ended.takes_agents_reply and ended.helped is None:
        return OutcomeKind.RESOLVED_BY_PERSON, "thanked"
    return OutcomeKind.ENDED_BY_PERSON, "said_no" if ended.helped is False else "customer_left"


def _classify_by_customer(ended: EndedConversation) -> tuple[OutcomeKind, str]:
    if not ended.helped:
        return OutcomeKind.ABANDONED, "said_no"
    by_person = ended.has_agent_reply and not _list_requests(ended.turns)
    return (OutcomeKind.RESOLVED_BY_PERSON if by_person else OutcomeKind.CONFIRMED), "said_yes"


def _classify_by_turns(ended: EndedConversation) -> tuple[OutcomeKind, str]:
    """By the last request: thanks after "I do not know" confirm nothing."""
    requests = _list_requests(ended.turns)
    if not requests:
        return _classify_returned(ended) if ended.has_agent_reply else (OutcomeKind.NO_REQUEST, "no_question")
    last, after = requests[-1], ended.turns[-1]
    if last.verdict.decision is Decision.HANDOFF:
        if ended.has_agent_reply:
            return _classify_returned(ended)
        return OutcomeKind.ABANDONED, "handoff_cancelled"
    if not _has_answer(last):
        return OutcomeKind.ABANDONED, _WHY_ABANDONED.get(last.verdict.decision, "unanswered")
    frustration = after.signals.frustration
    if after is not last and _has_confirmed(after) and frustration < SARCASM_THRESHOLD:
        return OutcomeKind.CONFIRMED, "thanked"
    if frustration >= FRUSTRATION_THRESHOLD:
        return OutcomeKind.ABANDONED, "frustration"
    if last.verdict.decision is Decision.OFFER:
        return OutcomeKind.ABANDONED, "offer"
    return OutcomeKind.ANSWERED, "nothing_more_said"


def _classify_returned(ended: EndedConversation) -> tuple[OutcomeKind, str]:
    """An agent gave it back to the assistant, and nothing was asked since."""
    if ended.takes_agents_reply:
        return OutcomeKind.RESOLVED_BY_PERSON, "thanked"
    return OutcomeKind.ENDED_BY_PERSON, "returned"


_WHY_ABANDONED = {
    Decision.ABSTAIN: "abstention",
    Decision.OFFER: "offer",
    Decision.CLARIFY: "clarification",
    Decision.GUIDE: "guidance",
}


def _list_requests(turns: Sequence[TurnRecord]) -> list[TurnRecord]:
    """Turns that want something: no greeting, thanks or farewell."""
    return [turn for turn in turns if turn.signals.small_talk is None and not _is_acceptance(turn)]


def _is_acceptance(turn: TurnRecord) -> bool:
    """Takes the reply before it and asks nothing that was answered."""
    return turn.signals.reaction is Reaction.ACCEPTED and not _has_answer(turn)


def _is_request(turn: TurnRecord) -> bool:
    """Whether something was wanted, whatever the words: an article or a person came of it, or anger."""
    is_met = _has_answer(turn) or turn.verdict.decision is Decision.HANDOFF
    return is_met or turn.signals.frustration >= FRUSTRATION_THRESHOLD


def _has_confirmed(turn: TurnRecord) -> bool:
    """Thanks, or that it worked; a bare "ok" only says that it was read."""
    if turn.signals.small_talk == "ok":
        return False
    return turn.signals.reaction is Reaction.ACCEPTED or turn.signals.small_talk == "thanks"


def _has_answer(turn: TurnRecord) -> bool:
    """Whether the help was shown: an offer or guidance may come with an answer."""
    shown = any(source.shown for source in turn.sources)
    return shown and turn.verdict.decision in (Decision.ANSWER, Decision.OFFER, Decision.GUIDE)


def measure_frustration(turns: Sequence[TurnRecord]) -> tuple[float | None, float | None]:
    """At the start and at the end; (None, None) where no turn was read."""
    if not turns:
        return None, None
    return turns[0].signals.frustration, turns[-1].signals.frustration
