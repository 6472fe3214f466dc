"""Traces by OpenTelemetry, where they are switched on; where not, nothing of it is imported.

The trace of a conversation has the conversation's id, in both processes: whoever knows one finds the other.
Spans hold names, counts and times, never what somebody wrote.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Span, Tracer

OTLP = "otlp"
CONVERSATION = re.compile(r"[0-9a-f]{32}")
_tracer: Tracer | None = None
_provider: TracerProvider | None = None
_trace_id: ContextVar[int | None] = ContextVar("trace_id", default=None)


class SpanHandle:
    """A span, or nothing where traces are off."""

    __slots__ = ("_span",)

    def __init__(self, span: Span | None = None) -> None:
        self._span = span

    def set_attributes(self, attributes: Mapping[str, Any]) -> None:
        """None is left out."""
        if self._span is not None:
            self._span.set_attributes(
                {name: value for name, value in attributes.items() if value is not None}
            )

    def end_span(self, error: str = "") -> None:
        if self._span is not None:
            if error:
                self._span.set_attribute("error.type", error)
            self._span.end()


def configure_tracing(target: str | None, service: str) -> None:
    """Export spans to *target*: ``otlp``, to OTEL_EXPORTER_OTLP_ENDPOINT; or a file of JSON lines."""
    global _tracer, _provider
    if target is None:
        return
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.id_generator import RandomIdGenerator

    class ConversationIds(RandomIdGenerator):
        def generate_trace_id(self) -> int:
            return _trace_id.get() or super().generate_trace_id()

    resource = Resource.create({"service.name": "yorisoi", "service.instance.id": service})
    _provider = TracerProvider(resource=resource, id_generator=ConversationIds(), shutdown_on_exit=True)
    _provider.add_span_processor(BatchSpanProcessor(_build_exporter(target), schedule_delay_millis=1000))
    _tracer = _provider.get_tracer("yorisoi")


def _build_exporter(target: str) -> SpanExporter:
    if target == OTLP:
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

        return OTLPSpanExporter()
    from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

    class FileExporter(SpanExporter):
        def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
            # Both processes append whole lines.
            with open(target, "a", encoding="utf-8") as file:
                file.write("".join(span.to_json(indent=None) + "\n" for span in spans))
            return SpanExportResult.SUCCESS

    return FileExporter()


def close_tracing() -> None:
    """Export what is left."""
    global _tracer, _provider
    if _provider is not None:
        _provider.shutdown()
    _tracer = _provider = None


def open_span(name: str, attributes: Mapping[str, Any], conversation: str = "") -> SpanHandle:
    """A span inside the current one; with another *conversation*, the first of its trace in this context."""
    if _tracer is None:
        return SpanHandle()
    from opentelemetry import trace
    from opentelemetry.context import Context

    wanted = int(conversation, 16) if CONVERSATION.fullmatch(conversation) else None
    if wanted:
        attributes = {**attributes, "gen_ai.conversation.id": conversation}
    if not wanted or trace.get_current_span().get_span_context().trace_id == wanted:
        return SpanHandle(_tracer.start_span(name, attributes=dict(attributes)))
    token = _trace_id.set(wanted)
    try:
        return SpanHandle(_tracer.start_span(name, context=Context(), attributes=dict(attributes)))
    finally:
        _trace_id.reset(token)


@contextmanager
def start_inner_span(name: str) -> Iterator[SpanHandle]:
    """A span inside the current one; nothing outside of any, for what also runs by the clock."""
    if _tracer is None:
        yield SpanHandle()
        return
    from opentelemetry import trace

    if not trace.get_current_span().get_span_context().is_valid:
        yield SpanHandle()
        return
    with start_span(name) as handle:
        yield handle


@contextmanager
def start_span(
    name: str, attributes: Mapping[str, Any] | None = None, *, conversation: str = ""
) -> Iterator[SpanHandle]:
    """A span around what runs in this context; an exception ends it as an error, named by its class."""
    handle = open_span(name, attributes or {}, conversation)
    if handle._span is None:
        yield handle
        return
    from opentelemetry import trace

    outer = sys.exception()  # of a handler that we are called in
    try:
        with trace.use_span(handle._span, record_exception=False, set_status_on_exception=False):
            yield handle
    finally:
        error = sys.exception()
        handle.end_span(type(error).__name__ if error and error is not outer else "")
