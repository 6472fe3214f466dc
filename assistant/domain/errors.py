"""The errors that callers handle; a class's docstring is its default message.

AssistantError
├── BadInput 422            the caller sent something that cannot be used
│   └── TooLarge 413
├── Unauthorized 401 · Forbidden 403
├── NotFound 404
├── Conflict 409
│   ├── ConversationClosed · AlreadyClaimed · NotOwner · NotQueued · NotClosed
├── RateLimited 429
├── Unavailable 503         a part that we depend on does not answer
│   └── ModelUnavailable · IndexUnavailable · RetryLater
├── InternalError 500       a fault of ours in one piece of work; the rest goes on
├── Undeliverable 502       an app refuses a message for good
└── SetupError              for the operator to fix; commands print it in one line and exit 1
"""

from typing import Any


class AssistantError(Exception):
    """Something went wrong."""

    status = 500
    code = "error"

    def __init__(self, message: str | None = None, **details: Any) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())
        #: Extra facts for the caller, put beside code and message.
        self.details = details


class BadInput(AssistantError):
    """The request cannot be used as it is."""

    status, code = 422, "bad_input"


class TooLarge(BadInput):
    """That is too long; shorten it and send it again."""

    status, code = 413, "too_large"


class Unauthorized(AssistantError):
    """Sign in, or send a valid token."""

    status, code = 401, "unauthorized"


class Forbidden(AssistantError):
    """This is not allowed for this account."""

    status, code = 403, "forbidden"


class NotFound(AssistantError):
    """There is nothing here under that name."""

    status, code = 404, "not_found"


class Conflict(AssistantError):
    """That does not fit the present state."""

    status, code = 409, "conflict"


class ConversationClosed(Conflict):
    """This conversation is closed; start a new one."""

    code = "conversation_closed"


class AlreadyClaimed(Conflict):
    """Another agent already has this conversation."""

    code = "already_claimed"


class NotOwner(Conflict):
    """Claim the conversation first: only its agent may do this."""

    code = "not_owner"


class NotQueued(Conflict):
    """This conversation is not waiting for a person."""

    code = "not_queued"


class NotClosed(Conflict):
    """Only a closed conversation can be opened again."""

    code = "not_closed"


class RateLimited(AssistantError):
    """Too many requests; wait a little and try again."""

    status, code = 429, "too_many_requests"


class Unavailable(AssistantError):
    """A part of the service does not answer just now; try again shortly."""

    status, code = 503, "unavailable"


class ModelUnavailable(Unavailable):
    """The chat model does not answer."""

    code = "model_unavailable"


class IndexUnavailable(Unavailable):
    """The search index does not answer."""

    code = "index_unavailable"


class RetryLater(Unavailable):
    """The messaging app did not take the message; it is tried again."""

    code = "not_yet"

    def __init__(self, message: str | None = None, *, after: float | None = None) -> None:
        super().__init__(message)
        #: Seconds that the app asked us to wait.
        self.after = after


class InternalError(AssistantError):
    """Something of ours failed; see the log."""

    code = "broken"


class Undeliverable(AssistantError):
    """The messaging app refuses the message."""

    status, code = 502, "undeliverable"

    def __init__(self, message: str | None = None, *, gone: bool = False) -> None:
        super().__init__(message)
        #: Nothing else will reach this person either.
        self.gone = gone


class SetupError(AssistantError):
    """The installation needs a hand."""

    code = "setup"
