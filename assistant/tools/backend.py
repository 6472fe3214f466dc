"""The business's system over HTTP: signed calls with a deadline; what comes back is hostile."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx
import structlog

from assistant.domain.actions import AnswerKind, Tool, ToolAnswer
from assistant.domain.errors import BadInput
from assistant.domain.people import Identity
from assistant.domain.webhook_signatures import sign_payload
from assistant.ports.actions import CustomerRecord, ToolCall
from assistant.ports.clock import Clock
from assistant.tools.catalogue import check_arguments
from assistant.tools.http_answers import MAX_CONNECT_SECONDS, UNREACHED, parse_object, read_body

log = structlog.get_logger()

MAX_LOOKUP_SECONDS = 2.0
MAX_VERIFY_SECONDS = 5.0
#: How long a lookup is believed, and how long one that failed is not made again.
MAX_LOOKUP_AGE_SECONDS = 60.0
MAX_FAILURE_AGE_SECONDS = 10.0
#: Lookups that are kept.
MAX_LOOKUPS = 1_000


class HttpToolBackend:
    """Implements `ToolBackend`; docs/actions.md has the contract."""

    def __init__(
        self, url: str, secret: bytes, clock: Clock, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._url, self._secret, self._clock = url.rstrip("/"), secret, clock
        self._client = httpx.AsyncClient(transport=transport, follow_redirects=False)
        self._known: dict[str, tuple[datetime, CustomerRecord | None]] = {}

    async def call_tool(self, call: ToolCall) -> ToolAnswer:
        tool = call.tool
        allowed = {slot.name for slot in tool.slots}
        arguments = {name: value for name, value in call.arguments.items() if name in allowed}
        if not call.is_dry_run:
            try:
                check_arguments(tool, arguments)
            except BadInput as error:
                log.warning("arguments of a tool do not fit", tool=tool.name, why=str(error))
                return ToolAnswer(kind=AnswerKind.REFUSED, code="bad_arguments")
        body: dict[str, Any] = {
            "arguments": arguments,
            "identity_level": int(call.level),
            "dry_run": call.is_dry_run,
            "idempotency_key": call.key,
        }
        if call.agent:
            body["agent"] = call.agent
        path, is_change = f"tools/{tool.name}", tool.is_write and not call.is_dry_run
        return await self._call(path, body, tool, call.key or uuid4().hex, is_change=is_change)

    async def find_operation(self, key: str, tool: Tool) -> ToolAnswer:
        """What became of a change; UNKNOWN where the system never heard of it, or cannot be asked."""
        answer = await self._call("operations", {"idempotency_key": key}, tool, uuid4().hex, is_change=False)
        known = answer.kind is AnswerKind.OK or (
            answer.kind is AnswerKind.REFUSED and answer.code != "unknown_operation"
        )
        return answer if known else ToolAnswer(kind=AnswerKind.UNKNOWN)

    async def verify_order(self, subject: str, proof: Mapping[str, str]) -> bool | None:
        data = await self._post(
            "identity/verify", {"subject": subject, "proof": dict(proof)}, MAX_VERIFY_SECONDS
        )
        return None if data is None else data.get("match") is True

    async def send_code(self, subject: str, code: str, language: str) -> bool:
        body = {"subject": subject, "code": code, "language": language}
        data = await self._post("identity/code", body, MAX_VERIFY_SECONDS)
        return data is not None and data.get("sent") is True

    async def lookup_customer(self, identities: Sequence[Identity]) -> CustomerRecord | None:
        """What is known of a customer, a minute old at most; None: no answer in `MAX_LOOKUP_SECONDS`."""
        named = [{"type": one.channel, "value": one.id} for one in identities]
        key = json.dumps(named, sort_keys=True)
        if (known := self._known.get(key)) is not None:
            asked_at, record = known
            lasts = MAX_LOOKUP_AGE_SECONDS if record is not None else MAX_FAILURE_AGE_SECONDS
            if (self._clock() - asked_at).total_seconds() < lasts:
                return record
        body = {"identities": named, "want": ["profile", "orders"]}
        data = await self._post("lookup", body, MAX_LOOKUP_SECONDS)
        record = _parse_record(data) if data is not None else None
        self._known.pop(key, None)  # the newest stands last
        self._known[key] = (self._clock(), record)
        while len(self._known) > MAX_LOOKUPS:
            self._known.pop(next(iter(self._known)))
        return record

    async def _call(
        self, path: str, body: Mapping[str, Any], tool: Tool, message_id: str, *, is_change: bool
    ) -> ToolAnswer:
        """The answer to a call; what may have been done without our hearing of it is UNKNOWN."""
        try:
            status, data = await self._send(path, body, message_id, tool.timeout_seconds)
        except UNREACHED as error:
            log.warning("a tool was not reached", tool=tool.name, why=type(error).__name__)
            return ToolAnswer(kind=AnswerKind.UNREACHED)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            log.warning("a tool did not answer", tool=tool.name, why=type(error).__name__)
            return ToolAnswer(kind=AnswerKind.UNKNOWN if is_change else AnswerKind.UNREACHED)
        return _parse_answer(status, data, is_change=is_change)

    async def _post(self, path: str, body: Mapping[str, Any], seconds: float) -> dict[str, Any] | None:
        """The answer's object; None where there is none."""
        try:
            status, data = await self._send(path, body, uuid4().hex, seconds)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            log.warning("the business's system does not answer", path=path, why=type(error).__name__)
            return None
        return data if status == 200 and data is not None else None

    async def _send(
        self, path: str, body: Mapping[str, Any], message_id: str, seconds: float
    ) -> tuple[int, dict[str, Any] | None]:
        content = json.dumps(body, ensure_ascii=False).encode()
        headers = sign_payload(self._secret, message_id, self._clock(), content)
        headers["content-type"] = "application/json"
        timeout = httpx.Timeout(seconds, connect=min(seconds, MAX_CONNECT_SECONDS))
        async with asyncio.timeout(seconds):
            request = self._client.stream(
                "POST", f"{self._url}/{path}", content=content, headers=headers, timeout=timeout
            )
            async with request as response:
                answer = await read_body(response)
        return response.status_code, None if answer is None else parse_object(answer)


def _parse_answer(status: int, data: Mapping[str, Any] | None, *, is_change: bool) -> ToolAnswer:
    """200 with a result; 409 or 422 with a code; anything else tells nothing."""
    lost = AnswerKind.UNKNOWN if is_change else AnswerKind.UNREACHED
    if data is None:
        return ToolAnswer(kind=lost)
    if status == 200 and isinstance(data.get("result"), dict):
        return ToolAnswer(kind=AnswerKind.OK, fields=data["result"])
    code = data.get("code")
    if status in (404, 409, 422) and isinstance(code, str):
        return ToolAnswer(kind=AnswerKind.REFUSED, code=code[:64])
    return ToolAnswer(kind=lost)


def _parse_record(data: Mapping[str, Any]) -> CustomerRecord:
    profile, orders, as_of = data.get("profile"), data.get("orders"), data.get("as_of")
    return CustomerRecord(
        profile=profile if isinstance(profile, dict) else {},
        orders=[order for order in orders if isinstance(order, dict)] if isinstance(orders, list) else [],
        as_of=as_of[:40] if isinstance(as_of, str) else "",
    )
