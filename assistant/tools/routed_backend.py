"""Sends each tool to what carries it out, and looks at what every answer is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import structlog

from assistant.domain.actions import AnswerKind, Tool, ToolAnswer
from assistant.domain.errors import BadInput
from assistant.domain.people import Identity
from assistant.domain.tool_sources import McpOperation
from assistant.ports.actions import CustomerRecord, ToolBackend, ToolCall
from assistant.tools.api_calls import ApiCaller
from assistant.tools.catalogue import check_arguments

if TYPE_CHECKING:  # its package is an extra
    from assistant.tools.mcp_calls import McpCaller

log = structlog.get_logger()


class RoutedBackend:
    """Implements `ToolBackend`: proofs and data of customers are asked of the business's system alone."""

    def __init__(self, business: ToolBackend, apis: ApiCaller, servers: McpCaller | None) -> None:
        self._business, self._apis, self._servers = business, apis, servers
        self.verify_order = business.verify_order
        self.send_code = business.send_code

    async def call_tool(self, call: ToolCall) -> ToolAnswer:
        tool = call.tool
        if tool.source is None:
            return _refuse_other_subject(call, await self._business.call_tool(call))
        arguments = {slot.name for slot in tool.slots} & call.arguments.keys()
        if arguments != call.arguments.keys() or not (call.is_dry_run or _fits(call)):
            return ToolAnswer(kind=AnswerKind.REFUSED, code="bad_arguments")
        if isinstance(tool.source, McpOperation):
            assert self._servers is not None, "it is there where a tool needs it"
            return _refuse_other_subject(call, await self._servers.call_operation(call, tool.source))
        return _refuse_other_subject(call, await self._apis.call_operation(call, tool.source))

    async def find_operation(self, key: str, tool: Tool) -> ToolAnswer:
        """Another API cannot be asked what became of a call: a person finds out."""
        if tool.source is not None:
            return ToolAnswer(kind=AnswerKind.UNKNOWN)
        return await self._business.find_operation(key, tool)

    async def lookup_customer(self, identities: Sequence[Identity]) -> CustomerRecord | None:
        return await self._business.lookup_customer(identities)


def _fits(call: ToolCall) -> bool:
    try:
        check_arguments(call.tool, call.arguments)
    except BadInput as error:
        log.warning("arguments of a tool do not fit", tool=call.tool.name, why=str(error))
        return False
    return True


def _refuse_other_subject(call: ToolCall, answer: ToolAnswer) -> ToolAnswer:
    """Nothing of a result that says it is about somebody else's order."""
    tool, known = call.tool, call.arguments.get(call.tool.subject)
    names = {tool.subject}
    if tool.source is not None:
        names.add(tool.source.arguments[tool.subject].name)
    told = [answer.fields[name] for name in names if name in answer.fields]
    if known is None or all(str(one).casefold() == known.casefold() for one in told):
        return answer
    log.error("a tool answers about another order", tool=tool.name)
    is_change = tool.is_write and not call.is_dry_run
    return ToolAnswer(kind=AnswerKind.UNKNOWN if is_change else AnswerKind.UNREACHED)
