"""Drafts for agents: what the knowledge base says to what is asked, article by article; texts edited."""

from assistant.conversation.turn.suggestion_rules import is_prose
from assistant.conversation.turn.think import TurnDependencies
from assistant.domain.conversation import Conversation
from assistant.domain.text_edits import EditedText, TextEdit
from assistant.ports.answering import AnswerRequest, Draft, ignore_progress

#: Drafts that an agent is shown, and passages they are made from.
MAX_SUGGESTIONS = 3
MAX_PASSAGES = 6


async def draft_suggestions(mind: TurnDependencies, conversation: Conversation, question: str) -> list[Draft]:
    """Up to three drafts, best first, or none: of passages that answer for sure and are in their language.

    Never sent by themselves. Unavailable when nothing can be searched.
    """
    found = await mind.retriever.search(question, language=conversation.language, limit=MAX_PASSAGES)
    policy = mind.policy.for_channel(conversation.channel)
    passages = [
        passage
        for passage in found
        if passage.score >= policy.frustrated_answer_score and passage.language == conversation.language
    ]
    articles = list(dict.fromkeys(passage.article for passage in passages))[:MAX_SUGGESTIONS]
    drafts, allowance = [], mind.build_budget(conversation)
    for article in articles:
        own = [passage for passage in passages if passage.article == article]
        ask = AnswerRequest(
            question=question, language=conversation.language, passages=own, allowance=allowance
        )
        drafts.append(await mind.answerer.write_answer(ask, ignore_progress))
    return [draft for draft in drafts if draft.citations and is_prose(draft.text)]


async def edit_text(mind: TurnDependencies, conversation: Conversation, edit: TextEdit) -> EditedText:
    """The text translated or rephrased, charged to the conversation; a problem where there is no model."""
    if mind.edit_text is None:
        return EditedText(problem="no_model")
    return await mind.edit_text(edit, mind.build_budget(conversation))
