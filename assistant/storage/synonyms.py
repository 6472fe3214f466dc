"""SQL for the synonyms of the knowledge base, and for the failed questions that propose some."""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

import sqlalchemy as sa

from assistant.domain.messages import Author
from assistant.domain.signals import Decision, Reason
from assistant.domain.synonyms import MAX_FAILED_QUESTIONS, FailedQuestion
from assistant.domain.turns import TurnRecord
from assistant.storage import tables as t
from assistant.storage.article_tables import articles, knowledge, synonyms
from assistant.storage.fulltext import search_chunks
from assistant.storage.row_mapping import from_json

#: Turns after a failed one in which its answer may be found.
MAX_TURNS_LATER = 2
#: The address of an article in an agent's message.
_ARTICLE_LINK = re.compile(r"/help/([^\s)\]>\"'?#]+)")


class SqlSynonyms:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def list_groups(self) -> Sequence[Sequence[str]]:
        """The groups of words that mean the same, in the order in which they were entered."""
        rows = self._connection.execute(sa.select(synonyms.c.words).order_by(synonyms.c.position))
        return rows.scalars().all()

    def save_groups(self, groups: Sequence[Sequence[str]]) -> None:
        """Replace all groups; every process takes them with the next version of the knowledge base."""
        self._connection.execute(synonyms.delete())
        if groups:
            rows = [{"position": place, "words": list(words)} for place, words in enumerate(groups)]
            self._connection.execute(synonyms.insert(), rows)
        if not self._connection.execute(knowledge.update().values(version=knowledge.c.version + 1)).rowcount:
            self._connection.execute(knowledge.insert().values(id=1, version=1))

    def contains_word(self, word: str) -> bool:
        """Whether an article has the word, as search spells it."""
        return bool(search_chunks(self._connection, [word], limit=1))

    def list_failed_questions(self) -> Sequence[FailedQuestion]:
        """The latest questions without an answer, each with an article that a later turn or an agent gave."""
        c = t.turns.c
        failed = sa.select(c.conversation, c.turn, c.seq, c.record).where(
            c.decision.in_((Decision.ABSTAIN, Decision.CLARIFY, Decision.OFFER, Decision.HANDOFF))
        )
        rows = self._connection.execute(failed.order_by(c.created_at.desc()).limit(MAX_FAILED_QUESTIONS))
        found: list[FailedQuestion] = []
        for row in rows.all():
            record = from_json(TurnRecord, row.record)
            is_unanswered = record.query and not any(source.shown for source in record.sources)
            if is_unanswered and record.verdict.reason in (None, Reason.NO_ANSWER, Reason.STUCK):
                found += (
                    FailedQuestion(
                        conversation=row.conversation, question=record.query, article=id_, title=title
                    )
                    for id_, title in self._list_later_articles(row.conversation, row.turn, row.seq)
                )
        return found

    def _list_later_articles(self, conversation: str, turn: int, seq: int) -> Iterator[tuple[str, str]]:
        """The best article shown in the next turns, and those that an agent linked: id, title."""
        c, m = t.turns.c, t.messages.c
        later = sa.select(c.record).where(
            c.conversation == conversation, c.turn > turn, c.turn <= turn + MAX_TURNS_LATER
        )
        for row in self._connection.execute(later.order_by(c.turn)):
            shown = [source for source in from_json(TurnRecord, row.record).sources if source.shown]
            if shown:
                yield shown[0].article, shown[0].title
                return
        written = sa.select(m.text).where(
            m.conversation == conversation, m.seq > seq, m.author == Author.AGENT
        )
        texts = self._connection.execute(written.order_by(m.seq)).scalars()
        linked = {unquote(id_) for text in texts for id_ in _ARTICLE_LINK.findall(text)}
        titles = sa.select(articles.c.id, articles.c.title).where(articles.c.id.in_(linked))
        for row in self._connection.execute(titles.order_by(articles.c.id)):
            yield row.id, row.title
