"""Which of a customer's questions nobody has answered yet, as far as words tell."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.conversation.turn.burst import is_question, split_requests
from assistant.domain.confidential import mask_secrets
from assistant.domain.messages import Author, Message
from assistant.text.terms import extract_terms

#: Share of a question's terms that an answer has which is no answer to its neighbour.
MIN_SHARE = 0.5
#: The customer's last messages that are looked at, and questions that are shown.
MAX_MESSAGES = 20
MAX_QUESTIONS = 12
MAX_QUESTION_CHARACTERS = 200
#: Letters of a reply that may answer something; less is a greeting or "one moment".
MIN_REPLY_LETTERS = 8
#: Replies that put off: what they hold is no answer.
PUT_OFF = (
    "お待ちください",
    "お待ち下さい",
    "確認いたします",
    "確認します",
    "お調べします",
    "お調べいたします",
    "折り返し",
    "let me check",
    "one moment",
    "i'll look into",
    "i will look into",
    "please wait",
    "get back to you",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerQuestion:
    """One question out of a message; *answered_by*: the message that seems to answer it."""

    message: str
    text: str
    answered_by: str | None = None


def list_customer_questions(messages: Sequence[Message], answers: frozenset[str]) -> list[CustomerQuestion]:
    """The customer's questions in *messages*, in order, each with what seems to answer it.

    *answers*: ids of the assistant's replies that answered something. Where one question is open, any reply
    with words in it answers it; of several those are answered whose words it has, or all where each has them.
    """
    found: list[CustomerQuestion] = []
    public = [message for message in messages if not message.private]
    first = _find_first(public)
    for message in public[first:]:
        if message.author is Author.CUSTOMER:
            found += _split_questions(message)
        elif message.author is Author.AGENT or message.id in answers:
            found = _mark_answered(found, message)
    return found[-MAX_QUESTIONS:]


def _find_first(public: Sequence[Message]) -> int:
    theirs = [at for at, message in enumerate(public) if message.author is Author.CUSTOMER]
    return theirs[-MAX_MESSAGES:][0] if theirs else len(public)


def _split_questions(message: Message) -> list[CustomerQuestion]:
    asked = (request for request in split_requests(mask_secrets(message.text)) if is_question(request))
    return [
        CustomerQuestion(message=message.id, text=" ".join(request.split())[-MAX_QUESTION_CHARACTERS:])
        for request in dict.fromkeys(asked)
    ]


def _mark_answered(found: list[CustomerQuestion], reply: Message) -> list[CustomerQuestion]:
    if not _is_substantive(reply.text):
        return found
    waiting = [question for question in found if question.answered_by is None]
    said = extract_terms(reply.text)
    met = {id(one) for one in waiting if len(waiting) == 1 or _compute_share(one.text, said) >= MIN_SHARE}
    return [
        CustomerQuestion(message=one.message, text=one.text, answered_by=reply.id) if id(one) in met else one
        for one in found
    ]


def _compute_share(question: str, said: frozenset[str]) -> float:
    wanted = extract_terms(question)
    return len(wanted & said) / len(wanted) if wanted else 0.0


def _is_substantive(text: str) -> bool:
    folded = text.lower()
    sentences = [part for part in folded.replace("。", "\n").replace(". ", "\n").split("\n") if part.strip()]
    telling = [one for one in sentences if not is_question(one) and not any(put in one for put in PUT_OFF)]
    return sum(map(str.isalnum, "".join(telling))) >= MIN_REPLY_LETTERS
