"""Base class of trackers: declared settings, authorized calls, answers that are not understood."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

import httpx

from assistant.domain.errors import SetupError
from assistant.domain.trackers import IssueTrouble
from assistant.ports.trackers import TrackerFailed
from assistant.trackers import build_variable_name
from assistant.trackers.http import SECRET_QUERY, fetch_json

T = TypeVar("T")

#: After a character that would call somebody or point somewhere in the tracker's own markup.
WORD_JOINER = "\N{WORD JOINER}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerSetting:
    """An environment variable of a tracker, without its prefix ``ASSISTANT_TRACKER_<NAME>_``."""

    name: str
    default: str = ""
    is_required: bool = True


class BaseTracker:
    """What all trackers share; a derived class has a name, settings and the three calls of the port."""

    name: ClassVar[str]
    settings: ClassVar[tuple[TrackerSetting, ...]]

    def __init__(self, values: Mapping[str, str], client: httpx.AsyncClient) -> None:
        self._values, self._client = values, client
        missing = [
            build_variable_name(self.name, one.name)
            for one in self.settings
            if one.is_required and not (values.get(one.name) or one.default)
        ]
        if missing:
            raise SetupError(f"{self.name}: set {', '.join(missing)} (docs/trackers.md).")

    def get_setting(self, name: str) -> str:
        """The value, or its default."""
        defaults = {one.name: one.default for one in self.settings}
        return self._values.get(name) or defaults[name]

    @property
    def base_url(self) -> str:
        return self.get_setting("URL").rstrip("/")

    def build_headers(self) -> Mapping[str, str]:
        """Sent with every call: the credentials."""
        return {}

    def build_secret_query(self) -> Mapping[str, str]:
        """Credentials that an API takes in its address only; no log shows them."""
        return {}

    async def fetch(self, method: str, path: str, parse: Callable[[Any], T], **how: Any) -> T:
        """*parse* of the JSON that is answered; TrackerFailed."""
        how |= {
            "headers": dict(self.build_headers()),
            "extensions": {SECRET_QUERY: self.build_secret_query()},
        }
        answer = await fetch_json(self._client, method, f"{self.base_url}{path}", **how)
        try:
            return parse(answer)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError) as exc:
            raise TrackerFailed(IssueTrouble.UNAVAILABLE, "the answer is not understood") from exc


def defuse_references(text: str) -> str:
    """*text* that mentions nobody and refers to no other issue, whatever was typed into it."""
    return text.replace("@", "@" + WORD_JOINER).replace("#", "#" + WORD_JOINER)
