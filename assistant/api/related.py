"""What helps with an open conversation: open questions, solved cases like it, fitting saved replies."""

from collections.abc import Sequence

from assistant.api.copilot_responses import FittingReplyOut, RelatedOut, SolvedCaseOut
from assistant.api.schemas import format_timestamp
from assistant.conversation.desk import find_question
from assistant.domain.conversation import Conversation, Outcome, State
from assistant.domain.inbox import InboxFilter
from assistant.domain.messages import Author
from assistant.domain.signals import Decision
from assistant.ports.signals import FactPicker
from assistant.ports.storage.store import Store
from assistant.text.open_questions import CustomerQuestion, list_customer_questions
from assistant.text.pii_masking import mask_pii
from assistant.text.related import build_case_queries, score_texts

SOLVED = (Outcome.SOLVED, Outcome.WORKAROUND)
#: Of solved cases and of saved replies that are shown.
MAX_CASES = 3
MAX_REPLIES = 2
#: The last messages that are looked at for open questions.
MAX_MESSAGES = 200
#: Conversations that one search finds.
MAX_CANDIDATES = 15
#: From which share of the question's terms on a case or a saved reply is shown.
MIN_CASE_SCORE = 0.3
MIN_REPLY_SCORE = 0.3
MAX_ASK_CHARACTERS = 200
MAX_REPLY_CHARACTERS = 1_000


def load_related(store: Store, conversation: Conversation, agent: str, pick_facts: FactPicker) -> RelatedOut:
    question = find_question(store, conversation.id, pick_facts)
    return {
        "questions": [
            {"message": one.message, "text": one.text, "answered_by": one.answered_by}
            for one in _load_questions(store, conversation)
        ],
        "cases": _find_solved_cases(store, conversation, question) if question else [],
        "replies": _find_fitting_replies(store, conversation, agent, question) if question else [],
    }


def _load_questions(store: Store, conversation: Conversation) -> list[CustomerQuestion]:
    records = store.turns.list_all(conversation.id)
    answers = frozenset(
        record.reply_id
        for record in records
        if record.reply_id and record.verdict.decision is Decision.ANSWER
    )
    since = max(conversation.episode_from, conversation.seq - MAX_MESSAGES)
    messages = store.messages.list_public(conversation.id, after=since)
    return list_customer_questions(messages, answers)


def _find_solved_cases(store: Store, conversation: Conversation, question: str) -> list[SolvedCaseOut]:
    """Of other customers, the nearest first; personal data in them is masked."""
    found = [one for one in _search_cases(store, conversation, question) if one.outcome in SOLVED]
    asked = store.handoffs.load_last_packets([one.id for one in found])
    said = store.messages.load_last_customer_texts([one.id for one in found])
    asks = [
        (asked.get(one.id, {}).get("issue", {}).get("ask") or said.get(one.id) or "")[:MAX_ASK_CHARACTERS]
        for one in found
    ]
    ranked = sorted(zip(score_texts(question, asks), asks, found, strict=True), key=lambda one: -one[0])
    cases = [
        _build_case(store, one, ask) for score, ask, one in ranked[:MAX_CASES] if score >= MIN_CASE_SCORE
    ]
    return [case for case in cases if case is not None]


def _search_cases(store: Store, conversation: Conversation, question: str) -> Sequence[Conversation]:
    """Closed conversations of others in which words of the question stand together, newest first."""
    wanted = InboxFilter(state=State.CLOSED, language=conversation.language)
    found: dict[str, None] = {}
    for query in build_case_queries(question):
        hits = store.search.find_conversations(query, wanted, before=None, limit=MAX_CANDIDATES)
        found.update(dict.fromkeys(hit.conversation for hit in hits))
    others = store.conversations.list_existing([one for one in found if one != conversation.id])
    return [one for one in others if one.customer != conversation.customer]


def _build_case(store: Store, conversation: Conversation, ask: str) -> SolvedCaseOut | None:
    """None where no agent wrote what helped."""
    written = [
        message.text
        for message in store.messages.list_public(conversation.id)
        if message.author is Author.AGENT and message.text.strip()
    ]
    if not written:
        return None
    reply = max(written, key=len)[:MAX_REPLY_CHARACTERS]
    return {
        "conversation": conversation.id,
        "ask": mask_pii(ask),
        "reply": mask_pii(reply),
        "outcome": conversation.outcome or "",
        "closed_at": format_timestamp(conversation.closed_at),
    }


def _find_fitting_replies(
    store: Store, conversation: Conversation, agent: str, question: str
) -> list[FittingReplyOut]:
    replies = [
        reply
        for reply in store.saved_replies.list_visible(agent)
        if reply.language in (None, conversation.language)
    ]
    scores = score_texts(question, [f"{reply.name}\n{reply.text}" for reply in replies])
    ranked = sorted(zip(scores, replies, strict=True), key=lambda one: -one[0])[:MAX_REPLIES]
    return [
        {"id": reply.id, "name": reply.name, "text": reply.text}
        for score, reply in ranked
        if score >= MIN_REPLY_SCORE
    ]
