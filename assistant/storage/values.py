"""Makes what comes from outside fit: every text, and every id that another system gave, passes here."""

import hashlib
import re
from typing import Any

import sqlalchemy as sa

from assistant.storage.failures import redact_error

#: Looks like one of our hashes of an id.
HASHED = re.compile(r"[0-9a-f]{64}")


class ForeignId(sa.TypeDecorator[str]):
    """An id that another system gave, of any length; overlong ones are stored as their hash.

    What must be sent back in full is kept elsewhere: in a thread's `context`, or its `whole` address.
    """

    impl = sa.String
    cache_ok = True

    def __init__(self, length: int = 64) -> None:
        super().__init__(length)
        self.length = length

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else fit_id(value, self.length)


class Label(sa.TypeDecorator[str]):
    """A word from outside that nothing depends on, such as a locale; what is too long is cut."""

    impl = sa.String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else value[: self.length]


def fit_id(id_: str, length: int = 64) -> str:
    """*id_* itself, or its hash where it is longer or cannot be stored; what was fitted stays as it is."""
    return id_ if len(id_) <= length and clean_text(id_) == id_ else _hash_id(id_)


def fit_foreign_id(id_: str, length: int = 64) -> str:
    """The same for an id that never comes from our own tables: it is nobody else's hash either."""
    return _hash_id(id_) if HASHED.fullmatch(id_) else fit_id(id_, length)


def _hash_id(id_: str) -> str:
    return hashlib.sha256(id_.encode("utf-8", "surrogatepass")).hexdigest()


def clean_text(text: str) -> str:
    """The text as every database can keep it: without NUL and half characters."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def prepare_engine(engine: sa.Engine) -> None:
    """Let nothing reach the database that it cannot keep, nor come back from it what a log must not hold."""
    sa.event.listen(engine, "before_cursor_execute", _clean_parameters, retval=True)
    sa.event.listen(engine, "handle_error", redact_error)


def _clean_parameters(
    _connection: object, _cursor: object, statement: str, parameters: Any, _context: object, _many: bool
) -> tuple[str, Any]:
    return statement, _clean_value(parameters)


def _clean_value(value: Any) -> Any:
    """*value*, or each value in it, storable; the same object where nothing had to be done."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {key: _clean_value(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_clean_value(each) for each in value)
    return value
