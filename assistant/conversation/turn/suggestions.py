"""Drafts for agents: what the knowledge base says to what the customer asks, article by article."""

from assistant.conversation.turn.think import Mind
from assistant.domain.conversation import Conversation
from assistant.ports.answering import AnswerRequest, Draft

#: Drafts that an agent is shown, and passages they are made from.
SUGGESTIONS, PASSAGES = 3, 6


async def suggest(mind: Mind, conversation: Conversation, question: str) -> list[Draft]:
    """Up to three drafts, best first; never sent by themselves. Unavailable when nothing can be searched."""
    passages = await mind.retriever.search(question, language=conversation.language, limit=PASSAGES)
    articles = list(dict.fromkeys(passage.article for passage in passages))[:SUGGESTIONS]
    drafts, allowance = [], mind.allowance_of(conversation)
    for article in articles:
        own = [passage for passage in passages if passage.article == article]
        ask = AnswerRequest(
            question=question, language=conversation.language, passages=own, allowance=allowance
        )
        drafts.append(await mind.answerer.write_answer(ask, _unseen))
    return [draft for draft in drafts if draft.text]


async def _unseen(_text: str) -> None:
    """A suggestion is shown when it is whole."""
