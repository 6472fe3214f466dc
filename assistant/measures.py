"""Histograms and counters of this process for Prometheus; `/metrics` shows those of both processes."""

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

#: Names must not be in both: the two are printed one after the other.
WEB = CollectorRegistry()
WORKER = CollectorRegistry()

HTTP_SECONDS = Histogram(
    "http_server_request_duration_seconds",
    "Requests until the response is sent; streams until it begins.",
    ["method", "route", "status"],
    registry=WEB,
)
CHANNEL_CALLS = Counter(
    "assistant_channel_calls", "Webhook calls by outcome.", ["channel", "outcome"], registry=WEB
)
JOB_SECONDS = Histogram(
    "assistant_job_duration_seconds",
    "Jobs: turns, deliveries and others.",
    ["kind", "outcome"],
    registry=WORKER,
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60),
)
SEARCH_SECONDS = Histogram("assistant_search_duration_seconds", "Searches of the help.", registry=WORKER)
MODEL_SECONDS = Histogram(
    "gen_ai_client_operation_duration_seconds",
    "Calls of chat models.",
    ["model", "outcome"],
    registry=WORKER,
    buckets=(0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60),
)
FIRST_TOKEN_SECONDS = Histogram(
    "assistant_first_token_seconds",
    "Calls of chat models until the first word.",
    ["model"],
    registry=WORKER,
    buckets=(0.1, 0.25, 0.5, 1, 2, 4, 8),
)
MODEL_TOKENS = Counter(
    "gen_ai_client_tokens", "Tokens as providers count them.", ["model", "type"], registry=WORKER
)


def render_registry(registry: CollectorRegistry) -> bytes:
    """The Prometheus text format."""
    return generate_latest(registry)
