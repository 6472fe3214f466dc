"""Tools that are operations of another HTTP API; what comes back is hostile."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx
import structlog

from assistant.domain.actions import AnswerKind, ToolAnswer
from assistant.domain.tool_sources import ApiOperation, ArgumentKind, ArgumentPlace, RemoteArgument
from assistant.ports.actions import ToolCall
from assistant.tools.http_answers import MAX_CONNECT_SECONDS, UNREACHED, parse_object, read_body

log = structlog.get_logger()

#: It heard us and did nothing: the request does not fit its data.
REFUSALS = (400, 404, 409, 410, 412, 422)
#: It heard us and did nothing: we may not, or not now.
UNAVAILABLE = (401, 403, 405, 407, 415, 429)


class ApiCaller:
    """Calls operations; *tokens*: variables of the environment by name."""

    def __init__(self, tokens: Mapping[str, str], transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._tokens = tokens
        self._client = httpx.AsyncClient(transport=transport, follow_redirects=False)

    async def call_operation(self, call: ToolCall, operation: ApiOperation) -> ToolAnswer:
        """The answer to one call; arguments were checked before.

        A dry run cannot be asked for: the effect is what the arguments say.
        """
        if call.is_dry_run:
            return ToolAnswer(kind=AnswerKind.OK)
        tool, lost = call.tool, AnswerKind.UNKNOWN if call.tool.is_write else AnswerKind.UNREACHED
        request = self._build_request(call, operation)
        if request is None:
            return ToolAnswer(kind=AnswerKind.REFUSED, code="bad_arguments")
        try:
            async with asyncio.timeout(tool.timeout_seconds):
                response = await self._client.send(request, stream=True)
                try:
                    body = await read_body(response)
                finally:
                    await response.aclose()
        except UNREACHED as error:
            log.warning("a tool was not reached", tool=tool.name, why=type(error).__name__)
            return ToolAnswer(kind=AnswerKind.UNREACHED)
        except (httpx.HTTPError, TimeoutError) as error:
            log.warning("a tool did not answer", tool=tool.name, why=type(error).__name__)
            return ToolAnswer(kind=lost)
        answer = _parse_answer(response.status_code, body, lost)
        if answer.kind not in (AnswerKind.OK, AnswerKind.REFUSED):
            log.warning("a tool answers nothing of use", tool=tool.name, status=response.status_code)
        return answer

    def _build_request(self, call: ToolCall, operation: ApiOperation) -> httpx.Request | None:
        """None where an argument would lead to another operation, or is none of its type."""
        url, query, body = operation.url, {}, {}
        for slot, text in call.arguments.items():
            argument = operation.arguments.get(slot)
            value = None if argument is None else convert_value(argument, text)
            if argument is None or value is None:
                return None
            if argument.place is ArgumentPlace.PATH:
                if text in ("", ".", ".."):
                    return None
                url = url.replace(f"{{{argument.name}}}", quote(text, safe=""))
            elif argument.place is ArgumentPlace.QUERY:
                query[argument.name] = text
            else:
                body[argument.name] = value
        headers = {"accept": "application/json"}
        if token := self._tokens.get(operation.token, ""):
            headers["authorization"] = f"Bearer {token}"
        if call.key:
            headers["idempotency-key"] = call.key
        seconds = call.tool.timeout_seconds
        timeout = httpx.Timeout(seconds, connect=min(seconds, MAX_CONNECT_SECONDS))
        content = json.dumps(body, ensure_ascii=False).encode() if body else None
        if content is not None:
            headers["content-type"] = "application/json"
        return self._client.build_request(
            operation.method, url, params=query or None, content=content, headers=headers, timeout=timeout
        )


def convert_value(argument: RemoteArgument, text: str) -> Any:
    """A customer's words as the JSON value that is asked for; None where they are none."""
    try:
        if argument.kind is ArgumentKind.INTEGER:
            return int(text) if text.isascii() and len(text) <= 18 else None
        if argument.kind is ArgumentKind.NUMBER:
            number = float(text) if text.isascii() and len(text) <= 32 else None
            return number if number is not None and abs(number) < float("inf") else None
    except ValueError:
        return None
    if argument.kind is ArgumentKind.BOOLEAN:
        return {"true": True, "false": False}.get(text)
    return text


def _parse_answer(status: int, body: bytes | None, lost: AnswerKind) -> ToolAnswer:
    """Done, refused with a code, certainly not done, or *lost*: a page of a proxy, an error on its side."""
    if status in UNAVAILABLE:
        return ToolAnswer(kind=AnswerKind.UNREACHED)
    data = None if body is None else parse_object(body)
    if 200 <= status < 300:
        if status == 204 or body == b"":
            return ToolAnswer(kind=AnswerKind.OK)
        return ToolAnswer(kind=lost) if data is None else ToolAnswer(kind=AnswerKind.OK, fields=data)
    if status in REFUSALS:
        code = (data or {}).get("code")
        return ToolAnswer(kind=AnswerKind.REFUSED, code=code[:64] if isinstance(code, str) else str(status))
    return ToolAnswer(kind=lost)
