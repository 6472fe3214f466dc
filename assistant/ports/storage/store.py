"""A database transaction and its stores.

Synchronous on purpose: a step inside a transaction cannot await, so no transaction is open while a model
computes.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from assistant.ports.storage.actions import ActionStore, CustomerFactStore, IdentityProofStore
from assistant.ports.storage.articles import KnowledgeStore
from assistant.ports.storage.cases import CaseStore, ImprovementStore
from assistant.ports.storage.conversations import (
    ConversationStore,
    FeedbackStore,
    HandoffStore,
    MessageStore,
    TurnStore,
)
from assistant.ports.storage.desk import (
    BulkChangeStore,
    CallbackStore,
    CustomerNoteStore,
    DraftUseStore,
    FollowerStore,
    MentionStore,
    SavedReplyStore,
    SearchStore,
    SlaStore,
    TagStore,
    TeamStore,
    ViewStore,
)
from assistant.ports.storage.foreign_desks import DeskLinkStore
from assistant.ports.storage.insight import (
    DigestStore,
    GapStore,
    OutcomeStore,
    QuestionStore,
    ReportStore,
    SurveyStore,
    ThemeStore,
)
from assistant.ports.storage.jobs import JobQueue, Journal
from assistant.ports.storage.knowledge import (
    ArticleLifecycleStore,
    CollectionStore,
    SourceStore,
    SynonymStore,
)
from assistant.ports.storage.lead import (
    ArticleDraftStore,
    RehearsalStore,
    ReplyVerdictStore,
    SettingStore,
)
from assistant.ports.storage.messaging import DeliveryStore, MediaStore, ThreadStore
from assistant.ports.storage.metrics import MetricsStore, SpendingStore
from assistant.ports.storage.people import (
    AccountStore,
    AgentStore,
    AuditLog,
    CustomerLinkStore,
    CustomerStore,
    ErasureStore,
    SignInStore,
)
from assistant.ports.storage.proactive import (
    ConsentStore,
    ProactiveStore,
    PurchaseScoreStore,
)
from assistant.ports.storage.webhooks import WebhookStore

T = TypeVar("T")

S_co = TypeVar("S_co", covariant=True)


class Database(Protocol[S_co]):
    """Runs a step in one transaction: committed when it returns, rolled back when it raises."""

    async def write(self, step: Callable[[S_co], T]) -> T: ...
    async def read(self, step: Callable[[S_co], T]) -> T: ...


class CollectionsTransaction(Protocol):
    """A store whose transaction has the vector collections."""

    @property
    def collections(self) -> CollectionStore: ...


class ArticlesTransaction(Protocol):
    """A store whose transaction has the knowledge base."""

    @property
    def article_lifecycle(self) -> ArticleLifecycleStore: ...

    @property
    def sources(self) -> SourceStore: ...

    @property
    def articles(self) -> KnowledgeStore: ...


class WordsTransaction(ArticlesTransaction, Protocol):
    """The knowledge base with the words that mean the same in it."""

    @property
    def synonyms(self) -> SynonymStore: ...


class Store(Protocol):
    """All stores of conversations, inside one transaction.

    So many members because each group of tables has a small store of its own, and all share a transaction.
    """

    def begin_savepoint(self) -> AbstractContextManager[None]: ...  # InternalError; commits by itself

    @property
    def conversations(self) -> ConversationStore: ...
    @property
    def messages(self) -> MessageStore: ...
    @property
    def customers(self) -> CustomerStore: ...
    @property
    def agents(self) -> AgentStore: ...
    @property
    def turns(self) -> TurnStore: ...
    @property
    def handoffs(self) -> HandoffStore: ...
    @property
    def feedback(self) -> FeedbackStore: ...
    @property
    def outcomes(self) -> OutcomeStore: ...
    @property
    def questions(self) -> QuestionStore: ...
    @property
    def themes(self) -> ThemeStore: ...
    @property
    def gaps(self) -> GapStore: ...
    @property
    def cases(self) -> CaseStore: ...
    @property
    def improvements(self) -> ImprovementStore: ...
    @property
    def webhooks(self) -> WebhookStore: ...
    @property
    def report(self) -> ReportStore: ...
    @property
    def digests(self) -> DigestStore: ...
    @property
    def surveys(self) -> SurveyStore: ...
    @property
    def jobs(self) -> JobQueue: ...
    @property
    def journal(self) -> Journal: ...
    @property
    def erasure(self) -> ErasureStore: ...
    @property
    def audit(self) -> AuditLog: ...
    @property
    def metrics(self) -> MetricsStore: ...
    @property
    def threads(self) -> ThreadStore: ...
    @property
    def deliveries(self) -> DeliveryStore: ...
    @property
    def media(self) -> MediaStore: ...
    @property
    def links(self) -> CustomerLinkStore: ...
    @property
    def spending(self) -> SpendingStore: ...
    @property
    def actions(self) -> ActionStore: ...
    @property
    def identity_proofs(self) -> IdentityProofStore: ...
    @property
    def customer_facts(self) -> CustomerFactStore: ...
    @property
    def sources(self) -> SourceStore: ...
    @property
    def article_lifecycle(self) -> ArticleLifecycleStore: ...
    @property
    def article_drafts(self) -> ArticleDraftStore: ...
    @property
    def settings(self) -> SettingStore: ...
    @property
    def rehearsals(self) -> RehearsalStore: ...
    @property
    def reply_verdicts(self) -> ReplyVerdictStore: ...
    @property
    def articles(self) -> KnowledgeStore: ...
    @property
    def accounts(self) -> AccountStore: ...
    @property
    def sign_ins(self) -> SignInStore: ...
    @property
    def search(self) -> SearchStore: ...
    @property
    def tags(self) -> TagStore: ...
    @property
    def views(self) -> ViewStore: ...
    @property
    def saved_replies(self) -> SavedReplyStore: ...
    @property
    def followers(self) -> FollowerStore: ...
    @property
    def mentions(self) -> MentionStore: ...
    @property
    def bulk_changes(self) -> BulkChangeStore: ...
    @property
    def callbacks(self) -> CallbackStore: ...
    @property
    def customer_notes(self) -> CustomerNoteStore: ...
    @property
    def draft_uses(self) -> DraftUseStore: ...
    @property
    def teams(self) -> TeamStore: ...
    @property
    def sla(self) -> SlaStore: ...
    @property
    def synonyms(self) -> SynonymStore: ...
    @property
    def desk_links(self) -> DeskLinkStore: ...
    @property
    def consents(self) -> ConsentStore: ...
    @property
    def proactive(self) -> ProactiveStore: ...
    @property
    def purchase_scores(self) -> PurchaseScoreStore: ...
