"""Prometheus metrics, computed from the database on request, so that they survive restarts."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from prometheus_client import (
    CollectorRegistry,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from assistant.domain.budgets import ModelUsage
from assistant.domain.conversation import State
from assistant.domain.inbox import InboxFilter
from assistant.ports.storage.store import Store

#: Seconds between two counts, which read whole tables.
COUNTED_SECONDS = 5.0
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


class MetricTotals(NamedTuple):
    """All counts at one moment."""

    turns: Mapping[str, int]
    handoffs: Mapping[str, int]
    states: Mapping[str, int]
    streams: int
    #: Spending on models.
    spent: ModelUsage
    #: Deliveries by channel and state.
    deliveries: Mapping[tuple[str, str], int]
    #: Waiting time of the longest waiting customer, in seconds.
    longest_wait: float


def count_totals(store: Store, streams: int, now: datetime) -> MetricTotals:
    """Counts over all time, by a fixed number of queries."""
    waiting = store.conversations.list_inbox(InboxFilter(state=State.QUEUED), after=None, limit=200)
    since = [one.waiting_since for one in waiting if one.waiting_since]
    return MetricTotals(
        turns=store.metrics.count_decisions(BEGINNING, now),
        handoffs=store.metrics.count_handoff_reasons(),
        states=store.conversations.count_by_state(""),
        streams=streams,
        # in zones where it is tomorrow already
        spent=store.spending.sum_between(BEGINNING, now + timedelta(days=1)),
        deliveries=store.deliveries.count_by_state(),
        longest_wait=(now - min(since)).total_seconds() if since else 0.0,
    )


def render_metrics(found: MetricTotals, restarts: Mapping[str, int] = MappingProxyType({})) -> bytes:
    """The Prometheus text format."""
    registry = CollectorRegistry()
    for collector in (ProcessCollector, PlatformCollector):
        collector(registry=registry)
    GCCollector(registry=registry)
    registry.register(_TotalsCollector(found, restarts))
    return generate_latest(registry)


class _TotalsCollector(Collector):
    def __init__(self, found: MetricTotals, restarts: Mapping[str, int]) -> None:
        self._found, self._restarts = found, restarts

    def collect(self) -> Iterable[Metric]:
        found = self._found
        yield _build_counter("assistant_turns", "Customer turns by decision.", "decision", found.turns)
        yield _build_channel_gauge(
            "assistant_deliveries", "Messages to apps by state.", "state", found.deliveries
        )
        yield _build_counter("assistant_task_restarts", "Tasks started again.", "task", self._restarts)
        yield _build_counter("assistant_handoffs", "Handoffs by reason.", "reason", found.handoffs)
        yield CounterMetricFamily("assistant_model_calls", "Calls of models.", value=found.spent.calls)
        yield CounterMetricFamily("assistant_model_tokens", "Tokens of models.", value=found.spent.tokens)
        yield CounterMetricFamily("assistant_model_cost", "What models cost.", value=found.spent.cost)
        conversations = GaugeMetricFamily(
            "assistant_conversations", "Open conversations by state.", labels=["state"]
        )
        for state in (State.ASSISTANT, State.QUEUED, State.AGENT):
            conversations.add_metric([state], found.states.get(state, 0))
        yield conversations
        yield GaugeMetricFamily("assistant_streams", "Open event streams.", value=found.streams)
        yield GaugeMetricFamily(
            "assistant_longest_wait_seconds",
            "How long the longest waiting has waited.",
            value=found.longest_wait,
        )

    def describe(self) -> Iterator[Metric]:
        return iter(())


def _build_channel_gauge(
    name: str, says: str, label: str, values: Mapping[tuple[str, str], int]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, says, labels=["channel", label])
    for (channel, value), count in sorted(values.items()):
        family.add_metric([channel, value], count)
    return family


def _build_counter(name: str, says: str, label: str, values: Mapping[str, int]) -> CounterMetricFamily:
    family = CounterMetricFamily(name, says, labels=[label])
    for value, count in sorted(values.items()):
        family.add_metric([value], count)
    return family
