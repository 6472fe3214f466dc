"""Tools that an MCP server carries out; what comes back is hostile."""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx2
import structlog
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolResult

from assistant.domain.actions import AnswerKind, ToolAnswer
from assistant.domain.tool_sources import McpOperation
from assistant.ports.actions import ToolCall
from assistant.tools.api_calls import convert_value
from assistant.tools.http_answers import MAX_RESPONSE_BYTES, parse_object
from assistant.tools.mcp_client import CLIENT_ERRORS, find_cause, open_session

log = structlog.get_logger()

#: Errors of JSON-RPC: it heard us and did nothing.
UNKNOWN_METHOD = -32601
BAD_ARGUMENTS = -32602
#: Where a server's code for a change that was not made stands.
CODE_FIELD = "code"
#: The field of an answer that is text and no data.
TEXT_FIELD = "text"
KEY_NAME = "yorisoi/idempotency-key"


class McpCaller:
    """Calls tools, each in a session of its own; *tokens*: variables of the environment by name."""

    def __init__(self, tokens: Mapping[str, str], transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self._tokens, self._transport = tokens, transport
        #: Sessions that end while nobody waits for them: a process may take seconds to be stopped.
        self._ending: set[asyncio.Task[ToolAnswer]] = set()

    async def call_operation(self, call: ToolCall, operation: McpOperation) -> ToolAnswer:
        """The answer to one call; arguments were checked before.

        A dry run cannot be asked for: the effect is what the arguments say.
        """
        if call.is_dry_run:
            return ToolAnswer(kind=AnswerKind.OK)
        arguments = _build_arguments(call, operation)
        if arguments is None:
            return ToolAnswer(kind=AnswerKind.REFUSED, code="bad_arguments")
        is_sent = asyncio.Event()
        task = asyncio.create_task(self._call_tool(call, operation, arguments, is_sent))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
        try:
            done, _ = await asyncio.wait({task}, timeout=call.tool.timeout_seconds)
        finally:
            task.cancel()
        if not done:
            log.warning("an MCP server did not answer", tool=call.tool.name)
            return _build_lost_answer(call, is_sent)
        return task.result()

    async def _call_tool(
        self, call: ToolCall, operation: McpOperation, arguments: Mapping[str, Any], is_sent: asyncio.Event
    ) -> ToolAnswer:
        answer = None
        try:
            async with open_session(
                operation.server, self._tokens, call.tool.timeout_seconds, self._transport
            ) as client:
                is_sent.set()
                try:
                    meta: Any = {KEY_NAME: call.key} if call.key else None
                    result = await client.call_tool(operation.tool, dict(arguments), meta=meta)
                    answer = _read_result(call, result)
                except MCPError as error:
                    answer = _read_error(call, error.error.code)
        except CLIENT_ERRORS as error:
            log.warning("an MCP server failed", tool=call.tool.name, why=type(find_cause(error)).__name__)
        return answer or _build_lost_answer(call, is_sent)


def _build_arguments(call: ToolCall, operation: McpOperation) -> dict[str, Any] | None:
    """None where one is none of its type."""
    values = {}
    for slot, text in call.arguments.items():
        argument = operation.arguments.get(slot)
        value = None if argument is None else convert_value(argument, text)
        if argument is None or value is None:
            return None
        values[argument.name] = value
    return values


def _read_result(call: ToolCall, result: CallToolResult) -> ToolAnswer | None:
    """What was done, or refused with a code that the tool's file has a sentence for; None: nobody knows.

    An error of a tool does not say whether something was changed before it.
    """
    fields = parse_result_fields(result)
    if fields is None:
        log.warning("an MCP server answers too much", tool=call.tool.name)
        return None
    if not result.is_error:
        return ToolAnswer(kind=AnswerKind.OK, fields=fields)
    code = fields.get(CODE_FIELD)
    known = isinstance(code, str) and code in call.tool.refusals
    return ToolAnswer(kind=AnswerKind.REFUSED, code=str(code)) if known else None


def parse_result_fields(result: CallToolResult) -> Mapping[str, Any] | None:
    """The data of a result, or its text as the field `text`; None: it is too long."""
    texts = [part.text for part in result.content if part.type == "text"]
    if sum(map(len, texts)) > MAX_RESPONSE_BYTES:
        return None
    if isinstance(result.structured_content, dict):
        return result.structured_content
    text = "\n".join(texts)
    return parse_object(text.encode()) or {TEXT_FIELD: text}


def _read_error(call: ToolCall, code: int) -> ToolAnswer | None:
    """What an error of the protocol says for sure: it knows no such tool, or not these arguments."""
    log.warning("an MCP server refuses a call", tool=call.tool.name, code=code)
    if code == BAD_ARGUMENTS:
        return ToolAnswer(kind=AnswerKind.REFUSED, code="bad_arguments")
    return ToolAnswer(kind=AnswerKind.UNREACHED) if code == UNKNOWN_METHOD else None


def _build_lost_answer(call: ToolCall, is_sent: asyncio.Event) -> ToolAnswer:
    """Certainly not done before the call was sent; after that a person finds out."""
    is_lost_change = call.tool.is_write and is_sent.is_set()
    return ToolAnswer(kind=AnswerKind.UNKNOWN if is_lost_change else AnswerKind.UNREACHED)
