"""The store that a transaction step gets: one small object per group of tables."""

import sqlalchemy as sa

from assistant.storage.accounts import SqlAccounts
from assistant.storage.actions import SqlActions, SqlIdentityProofs
from assistant.storage.article_drafts import SqlArticleDrafts
from assistant.storage.article_lifecycle import SqlArticleLifecycle
from assistant.storage.articles import SqlArticles
from assistant.storage.audit import SqlAudit
from assistant.storage.bulk_changes import SqlBulkChanges
from assistant.storage.callbacks import SqlCallbacks
from assistant.storage.cases import SqlCases
from assistant.storage.channels import SqlDeliveries, SqlMedia, SqlThreads
from assistant.storage.consents import SqlConsents
from assistant.storage.conversations import SqlConversations, SqlMessages
from assistant.storage.customer_facts import SqlCustomerFacts
from assistant.storage.customer_notes import SqlCustomerNotes, SqlDraftUses
from assistant.storage.desk_items import SqlSavedReplies, SqlTags, SqlViews
from assistant.storage.digests import SqlDigests
from assistant.storage.erasure import SqlErasure
from assistant.storage.following import SqlFollowers, SqlMentions
from assistant.storage.foreign_desks import SqlDeskLinks
from assistant.storage.gaps import SqlGaps
from assistant.storage.handoffs import SqlHandoffs
from assistant.storage.improvements import SqlImprovements
from assistant.storage.jobs import SqlJobQueue, SqlJournal
from assistant.storage.links import SqlLinks
from assistant.storage.metrics import SqlFeedback, SqlMetrics
from assistant.storage.outcomes import SqlOutcomes
from assistant.storage.people import SqlAgents, SqlCustomers
from assistant.storage.proactive import SqlProactive
from assistant.storage.purchase_scores import SqlPurchaseScores
from assistant.storage.rehearsals import SqlRehearsals
from assistant.storage.reply_verdicts import SqlReplyVerdicts
from assistant.storage.report import SqlReport
from assistant.storage.savepoint import Savepoint
from assistant.storage.search import SqlSearch
from assistant.storage.setting_changes import SqlSettings
from assistant.storage.sign_ins import SqlSignIns
from assistant.storage.sla import SqlSla
from assistant.storage.sources import SqlSources
from assistant.storage.spending import SqlSpending
from assistant.storage.surveys import SqlSurveys
from assistant.storage.synonyms import SqlSynonyms
from assistant.storage.teams import SqlTeams
from assistant.storage.themes import SqlQuestions, SqlThemes
from assistant.storage.turns import SqlTurns
from assistant.storage.vector_collections import SqlCollections
from assistant.storage.webhooks import SqlWebhooks


class SqlStore:
    def __init__(self, connection: sa.Connection) -> None:
        self.articles = SqlArticles(connection)
        self.article_lifecycle = SqlArticleLifecycle(connection)
        self.sources = SqlSources(connection)
        self.synonyms = SqlSynonyms(connection)
        self.collections = SqlCollections(connection)
        self.conversations = SqlConversations(connection)
        self.messages = SqlMessages(connection)
        self.customers = SqlCustomers(connection)
        self.agents = SqlAgents(connection)
        self.turns = SqlTurns(connection)
        self.handoffs = SqlHandoffs(connection)
        self.feedback = SqlFeedback(connection)
        self._add_insight(connection)
        self.jobs = SqlJobQueue(connection)
        self.journal = SqlJournal(connection)
        self.erasure = SqlErasure(connection)
        self.audit = SqlAudit(connection)
        self.metrics = SqlMetrics(connection)
        self.threads = SqlThreads(connection)
        self.deliveries = SqlDeliveries(connection)
        self.media = SqlMedia(connection)
        self.links = SqlLinks(connection)
        self.spending = SqlSpending(connection)
        self.article_drafts = SqlArticleDrafts(connection)
        self.settings = SqlSettings(connection)
        self.accounts, self.sign_ins = SqlAccounts(connection), SqlSignIns(connection)
        self.reply_verdicts = SqlReplyVerdicts(connection)
        self._open_desk_stores(connection)
        self._connection = connection

    def _open_desk_stores(self, connection: sa.Connection) -> None:
        self.search = SqlSearch(connection)
        self.tags, self.views = SqlTags(connection), SqlViews(connection)
        self.saved_replies = SqlSavedReplies(connection)
        self.followers = SqlFollowers(connection)
        self.mentions = SqlMentions(connection)
        self.bulk_changes = SqlBulkChanges(connection)
        self.callbacks = SqlCallbacks(connection)
        self.customer_notes = SqlCustomerNotes(connection)
        self.draft_uses = SqlDraftUses(connection)
        self.teams = SqlTeams(connection)
        self.sla = SqlSla(connection)
        self.actions = SqlActions(connection)
        self.identity_proofs = SqlIdentityProofs(connection)
        self.customer_facts = SqlCustomerFacts(connection)
        self.desk_links = SqlDeskLinks(connection)
        self.consents = SqlConsents(connection)
        self.proactive = SqlProactive(connection)
        self.purchase_scores = SqlPurchaseScores(connection)

    def _add_insight(self, connection: sa.Connection) -> None:
        """What is known of conversations that ended, and what is done about it."""
        self.outcomes = SqlOutcomes(connection)
        self.questions = SqlQuestions(connection)
        self.themes = SqlThemes(connection)
        self.cases = SqlCases(connection)
        self.improvements = SqlImprovements(connection)
        self.webhooks = SqlWebhooks(connection)
        self.gaps = SqlGaps(connection)
        self.report = SqlReport(connection)
        self.digests = SqlDigests(connection)
        self.surveys = SqlSurveys(connection)

    @property
    def rehearsals(self) -> SqlRehearsals:
        return SqlRehearsals(self._connection)

    def begin_savepoint(self) -> Savepoint:
        """A savepoint for work whose failure must not roll back the rest of the transaction."""
        return Savepoint(self._connection)
