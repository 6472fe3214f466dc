"""Foreign desks as our adapters meet them: their APIs with errors, limits and repeats, and people in them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import httpx

from assistant.domain.channels import WebhookRequest

#: A callback: the bytes and the headers.
Callback = tuple[bytes, Mapping[str, str]]


@dataclass
class SimulatedTicket:
    """One handoff in the desk."""

    id: str
    key: str
    #: What people there see first.
    opening: str
    #: What came afterwards, with our key of each.
    messages: list[tuple[str, str]] = field(default_factory=list)
    is_open: bool = True

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.messages]


@dataclass
class SimulatedDesk:
    """Answers our adapter's calls; a test says what goes wrong and when."""

    #: Name of the desk, and the settings that reach it.
    name: ClassVar[str]
    settings: ClassVar[Mapping[str, str]]
    #: Whether it can be asked what its callbacks missed.
    can_be_asked: ClassVar[bool] = True

    #: What the next calls are answered with, before anything else happens.
    troubles: list[httpx.Response | Exception] = field(default_factory=list)
    is_down: bool = False
    #: Calls that were accepted although their answer never came.
    lost_answers: int = 0
    #: What our next customer's message is refused with.
    refusal: int | None = None
    calls: list[httpx.Request] = field(default_factory=list)
    tickets: dict[str, SimulatedTicket] = field(default_factory=dict)
    #: Counts ids.
    last_id: int = 1000

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self._handle))

    def _handle(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request)
        if self.is_down:
            raise httpx.ConnectError("down")
        if self.troubles:
            trouble = self.troubles.pop(0)
            if isinstance(trouble, Exception):
                raise trouble
            return trouble
        response = self.answer(request)
        if self.lost_answers and self.changes(request):
            self.lost_answers -= 1
            raise httpx.ReadTimeout("lost on the way back")
        return response

    def connect(self, adapter: Any) -> None:
        """For desks that are not reached by HTTP."""

    def next_id(self) -> int:
        self.last_id += 1
        return self.last_id

    def answer(self, request: httpx.Request) -> httpx.Response:
        raise NotImplementedError

    def changes(self, request: httpx.Request) -> bool:
        """Whether the call changes something there."""
        return request.method != "GET"

    # -- people there; each returns the callback

    def reply(self, ticket: SimulatedTicket, text: str, author: str = "Aiko") -> Callback:
        raise NotImplementedError

    def note(self, ticket: SimulatedTicket, text: str, author: str = "Aiko") -> Callback:
        raise NotImplementedError

    def close(self, ticket: SimulatedTicket) -> Callback:
        raise NotImplementedError

    def reopen(self, ticket: SimulatedTicket) -> Callback:
        raise NotImplementedError

    def sign(self, body: bytes) -> Mapping[str, str]:
        raise NotImplementedError

    def build_call(self, callback: Callback) -> WebhookRequest:
        body, headers = callback
        url = f"https://help.example.jp/v1/desks/{self.name}"
        return WebhookRequest(method="POST", url=url, headers=headers, query=self.query, body=body)

    @property
    def query(self) -> Mapping[str, str]:
        return {}


def encode_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def parse_body(request: httpx.Request) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(request.content or b"{}")
    return found
