"""Makes values from outside storable: every text and every foreign id passes here."""

import hashlib
import re
from typing import Any

import sqlalchemy as sa

from assistant.storage.failures import redact_error

#: Has the form of our hash of an id.
HASHED = re.compile(r"[0-9a-f]{64}")


class ForeignId(sa.TypeDecorator[str]):
    """An id of another system, of any length; overlong ones are stored as their hash.

    A value that must be sent back in full is stored elsewhere: in a thread's `context`, or its `whole`
    address.
    """

    impl = sa.String
    cache_ok = True

    def __init__(self, length: int = 64) -> None:
        super().__init__(length)
        self.length = length

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else fit_id(value, self.length)


class Label(sa.TypeDecorator[str]):
    """A text from outside that nothing depends on, such as a locale; overlong ones are cut."""

    impl = sa.String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else value[: self.length]


def fit_id(id_: str, length: int = 64) -> str:
    """*id_*, or its hash where it is too long or not storable; a hash stays unchanged."""
    return id_ if len(id_) <= length and clean_text(id_) == id_ else _hash_id(id_)


def fit_foreign_id(id_: str, length: int = 64) -> str:
    """As `fit_id` for ids from outside, where a text with the form of our hash is hashed too, to avoid
    collisions.
    """
    return _hash_id(id_) if HASHED.fullmatch(id_) else fit_id(id_, length)


def _hash_id(id_: str) -> str:
    return hashlib.sha256(id_.encode("utf-8", "surrogatepass")).hexdigest()


def clean_text(text: str) -> str:
    """The text as every database can store it: without NUL and lone surrogates."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def prepare_engine(engine: sa.Engine) -> None:
    """Sanitize every value that goes to the database, and every error message that comes from it."""
    sa.event.listen(engine, "before_cursor_execute", _clean_parameters, retval=True)
    sa.event.listen(engine, "handle_error", redact_error)


def _clean_parameters(
    _connection: object, _cursor: object, statement: str, parameters: Any, _context: object, _many: bool
) -> tuple[str, Any]:
    return statement, _clean_value(parameters)


def _clean_value(value: Any) -> Any:
    """*value*, or each value in it, storable; the same object where nothing changed."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {key: _clean_value(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_clean_value(each) for each in value)
    return value
