"""Settings that leads change in the console, in force in this process while it runs.

Over the product's own values come the console's, and over those the policy file: what it sets, the console
shows and does not change.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import structlog

from assistant.app.digest_file import format_digest
from assistant.app.hours_file import find_default_zone, format_days, format_hours, parse_days
from assistant.app.policy_file import COUNTS, NUMBERS, build_default_policy, load_policy_rows, parse_policy
from assistant.app.settings import Settings
from assistant.app.sla_file import format_sla
from assistant.conversation.templates import check_wordings, set_overrides
from assistant.domain.digest import DigestRules
from assistant.domain.errors import BadInput, SetupError, Unavailable
from assistant.domain.hours import BusinessHours
from assistant.domain.logo import Logo, parse_logo
from assistant.domain.policy import Policy
from assistant.ports.storage.store import Database, Store
from assistant.text.characters import clean_line, clean_text

log = structlog.get_logger()

#: Keys of the policy file that the console changes too.
POLICY_KEYS = NUMBERS | COUNTS.keys() | {"people_only", "hours", "helplines", "sla", "digest", "proactive_on"}
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
MAX_NAME_CHARACTERS = 80
MAX_PROBLEM_CHARACTERS = 400
#: Of lists and mappings in each other: hours of special days are a list in two mappings.
MAX_LEVELS = 4
#: Seconds between two looks for changes by other processes.
POLL_SECONDS = 1.0


class LivePolicy(Policy):
    """A policy whose every value is that of the one that is in force now."""

    def __init__(self, current: Policy) -> None:
        self.put_in_force(current)

    def put_in_force(self, current: Policy) -> None:
        object.__setattr__(self, "_current", current)

    def __getattribute__(self, name: str) -> Any:
        own = name in ("_current", "put_in_force") or name.startswith("__")
        return object.__getattribute__(self, name) if own else getattr(self._current, name)


class LiveNames(Mapping[str, str]):
    """Language -> the operator's name on pages."""

    def __init__(self, built_in: Mapping[str, str]) -> None:
        self._built_in = built_in
        self.own: Mapping[str, str] = {}

    def __getitem__(self, language: str) -> str:
        return self.own.get(language) or self._built_in[language]

    def __iter__(self) -> Iterator[str]:
        return iter(self._built_in)

    def __len__(self) -> int:
        return len(self._built_in)


class LiveSettings:
    """What is in force, and what a change would make of it."""

    def __init__(
        self, settings: Settings, database: Database[Store], names: Mapping[str, str] | None = None
    ) -> None:
        self._database, self._version = database, -1
        #: The policy file's name, without the server's folders.
        self.file = settings.policy.name if settings.policy else None
        self._rows = load_policy_rows(settings.policy)
        self._built_in = build_default_policy(find_default_zone(settings.languages))
        parse_policy(self._rows, str(settings.policy), self._built_in)  # an error names the whole path
        self.policy = LivePolicy(self._build_policy({}))
        self.names = LiveNames(names or dict.fromkeys(settings.languages, settings.name))
        #: The chat's colour; None: the product's own.
        self.accent: str | None = None
        #: In the chat's header; None: the product's own mark.
        self.logo: Logo | None = None
        #: Why the console's values are not in force; None: they are.
        self.problem: str | None = None

    @property
    def file_keys(self) -> frozenset[str]:
        """What the policy file sets."""
        return frozenset(self._rows)

    def clean_changes(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """The changes as they are stored: no invisible or control characters, a name in one line."""
        return {
            key: clean_line(value)
            if key.startswith("name.") and isinstance(value, str)
            else _clean_words(value)
            for key, value in changes.items()
        }

    def check_changes(self, current: Mapping[str, Any], changes: Mapping[str, Any]) -> Policy:
        """The policy that *changes* would put in force; BadInput with what to fix."""
        values = {key: value for key, value in {**current, **changes}.items() if value is not None}
        for key, value in changes.items():
            self._check_key(key, _clean_words(value))
        try:
            return self._build_policy(values)
        except SetupError as exc:
            raise BadInput(str(exc)[:MAX_PROBLEM_CHARACTERS]) from exc

    def _check_key(self, key: str, value: Any) -> None:
        group, _, name = key.partition(".")
        if group == "policy" and name in self.file_keys:
            raise BadInput(f"{name} is set in {self.file}; change it there.")
        if group == "policy" and name in POLICY_KEYS:
            return
        if group == "sentence" and value is not None:
            language, _, situation = name.partition(".")
            check_wordings(situation, language, value)
        elif key in ("accent", "logo") or (group == "name" and name in self.names):
            _check_look(group, value)
        elif group != "sentence":
            raise BadInput(f"There is no setting {key[:80]!r}.")

    def _build_policy(self, values: Mapping[str, Any]) -> Policy:
        """SetupError when the values do not fit together."""
        rows = {
            key.removeprefix("policy."): value for key, value in values.items() if key.startswith("policy.")
        }
        own = {key: value for key, value in rows.items() if key not in self._rows}
        policy = parse_policy(own, "settings", self._built_in) if own else self._built_in
        return parse_policy(self._rows, self.file or "policy", policy)

    def parse_days(self, value: Mapping[str, str]) -> Mapping[int, tuple[str, ...]]:
        """Weekdays with hours, as a policy file has them; BadInput with what to fix."""
        try:
            return parse_days(value, "hours")
        except SetupError as exc:
            raise BadInput(str(exc)[:MAX_PROBLEM_CHARACTERS]) from exc

    def format_days(self, days: Mapping[int, tuple[str, ...]]) -> Mapping[str, str]:
        return format_days(days)

    def describe_policy(self) -> Mapping[str, tuple[Any, Any]]:
        """Key -> (value in force, the product's own), as a policy file has them."""
        return {
            key: (_to_json(getattr(self.policy, key)), _to_json(getattr(self._built_in, key)))
            for key in sorted(POLICY_KEYS)
        }

    async def load_changes(self) -> bool:
        """Put in force what is stored; returns whether anything changed."""
        version = await self._database.read(lambda store: store.settings.load_version())
        if version == self._version:
            return False
        current = await self._database.read(lambda store: store.settings.load_current())
        values = {key: one.value for key, one in current.items() if one.value is not None}
        try:
            self.policy.put_in_force(self._build_policy(values))
            self.problem = None
        except SetupError as exc:  # the file has changed since, and the two do not fit together
            self.policy.put_in_force(self._build_policy({}))
            self.problem = str(exc)
            log.warning("settings of the console are not in force", why=self.problem)
        self._apply_words(values)
        self._version = version
        return True

    def _apply_words(self, values: Mapping[str, Any]) -> None:
        overrides: dict[str, dict[str, tuple[str, ...]]] = {}
        for key, value in values.items():
            if key.startswith("sentence."):
                _, language, situation = key.split(".", 2)
                with suppress(BadInput):  # of another version of the program
                    overrides.setdefault(language, {})[situation] = check_wordings(situation, language, value)
        set_overrides(overrides)
        self.accent = values.get("accent")
        self.logo = parse_logo(values["logo"]) if "logo" in values else None
        self.names.own = {key[5:]: value for key, value in values.items() if key.startswith("name.")}

    async def poll_changes(self) -> None:
        """Put changes by other processes in force until cancelled."""
        while True:
            with suppress(Unavailable):  # the next round tries again
                await self.load_changes()
            await asyncio.sleep(POLL_SECONDS)


def _check_look(group: str, value: Any) -> None:
    if value is None:
        return
    if group == "logo":
        parse_logo(value)
    elif group == "accent" and not (isinstance(value, str) and COLOUR.fullmatch(value)):
        raise BadInput("Write the colour as #1d5a48.")
    elif group == "name" and not (isinstance(value, str) and 0 < len(value) <= MAX_NAME_CHARACTERS):
        raise BadInput(f"The name has 1 to {MAX_NAME_CHARACTERS} characters.")


def _clean_words(value: Any, levels: int = MAX_LEVELS) -> Any:
    """The same value with its words cleaned, keys too; BadInput for lists in lists in lists."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list | dict) and not levels:
        raise BadInput("This value has too many levels.")
    if isinstance(value, list):
        return [_clean_words(one, levels - 1) for one in value]
    if isinstance(value, dict):
        return {clean_text(key): _clean_words(one, levels - 1) for key, one in value.items()}
    return value


def _to_json(value: Any) -> Any:
    if isinstance(value, BusinessHours):
        return format_hours(value)
    if isinstance(value, DigestRules):
        return format_digest(value)
    if isinstance(value, tuple):
        return format_sla(value)
    if isinstance(value, frozenset):
        return sorted(value)
    return dict(value) if isinstance(value, Mapping) else value
