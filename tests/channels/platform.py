"""A messaging app as our channel meets it: its API with errors, limits and repeats, and phones that sign."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx


@dataclass
class SimulatedPlatform:
    """Answers our channel's calls; a test says what goes wrong and when."""

    #: What the next calls are answered with, before anything else happens.
    troubles: list[httpx.Response | Exception] = field(default_factory=list)
    #: Every call that came through, oldest first.
    calls: list[httpx.Request] = field(default_factory=list)
    #: What stands on the phone of each person.
    phone: dict[str, list[Any]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    #: Calls that were accepted although their answer never came.
    lost_answers: int = 0
    #: Idempotency keys that were seen.
    keys: set[str] = field(default_factory=set)

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self._handle))

    def _handle(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request)
        if self.troubles and not self.is_courtesy(request):
            trouble = self.troubles.pop(0)
            if isinstance(trouble, Exception):
                raise trouble
            return trouble
        response = self.answer(request)
        if self.lost_answers and not self.is_courtesy(request):
            self.lost_answers -= 1
            raise httpx.ReadTimeout("lost on the way back")
        return response

    def answer(self, request: httpx.Request) -> httpx.Response:
        raise NotImplementedError

    def is_courtesy(self, request: httpx.Request) -> bool:
        """Calls that are no message: no trouble is spent on them."""
        return False

    def arrive(self, peer: str, what: Any) -> None:
        self.phone.setdefault(peer, []).append(what)

    def texts(self, peer: str) -> list[str]:
        """The words on a phone, in order."""
        return [str(one["text"]) for one in self.phone.get(peer, [])]


def sent(request: httpx.Request) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(request.content)
    return found


def body_of(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


Signer = Callable[[bytes], Mapping[str, str]]
