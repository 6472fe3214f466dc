"""The fixed sentences of the assistant: a catalogue per language, filled strictly; not when to say what."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from string import Template
from zoneinfo import ZoneInfo

from assistant.domain.errors import BadInput
from assistant.domain.hours import JAPAN

#: A TOML file for each language.
FOLDER = Path(__file__).parent


def _load_catalogue(file: Path) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    """Situation -> wordings, and the widget's words of a language that the widget does not bring."""
    rows = tomllib.loads(file.read_text("utf-8"))
    widget = rows.pop("widget", {})
    return {situation: tuple(wordings) for situation, wordings in rows.items()}, widget


_CATALOGUES = {file.stem: _load_catalogue(file) for file in sorted(FOLDER.glob("*.toml"))}
LANGUAGES: dict[str, dict[str, tuple[str, ...]]] = {name: rows for name, (rows, _) in _CATALOGUES.items()}
#: Language -> key of web/widget/text.ts -> words.
WIDGET_WORDS: dict[str, dict[str, str]] = {name: words for name, (_, words) in _CATALOGUES.items()}

#: Spoken to customers whose language has no sentences here.
FALLBACK = "en"

#: Where whoever speaks a language is sure to live; others may look at another clock.
HOME_ZONES = {"ja": JAPAN}

CSAT_SCALE = (1, 2, 3, 4, 5)

#: What leads may not reword: parts of other sentences, words that customers send back to us by a button, and
#: what no customer reads.
FIXED = (
    "button_",
    "issue_",
    "sent_",
    "tool_",
    "moment_",
    "zone_",
    "weekdays",
    "person_number",
    *(f"csat_{value}" for value in CSAT_SCALE),
)
MAX_WORDINGS = 8
MAX_WORDING_CHARACTERS = 1_000
#: Language -> situation -> a lead's own wordings, in place of ours; of this process, set as settings load.
_overrides: dict[str, Mapping[str, tuple[str, ...]]] = {}


class TemplateMismatch(LookupError):
    """A situation that has no sentence, or values that do not fit it: a mistake in the program."""


def render_template(situation: str, language: str, *, variant: int = 0, **values: str) -> str:
    """The sentence for *situation*; counting *variant* up (the turn number) goes round its wordings."""
    sentences = select_templates(language).get(situation)
    if sentences is None:
        raise TemplateMismatch(f"nothing to say for {situation!r}")
    template = Template(sentences[variant % len(sentences)])
    wanted = set(template.get_identifiers())
    if wanted != values.keys():
        raise TemplateMismatch(f"{situation!r} takes {sorted(wanted)}, got {sorted(values)}")
    return template.substitute(values)


def select_templates(language: str) -> Mapping[str, tuple[str, ...]]:
    spoken = language.split("-")[0].lower()
    spoken = spoken if spoken in LANGUAGES else FALLBACK
    own = _overrides.get(spoken)
    return {**LANGUAGES[spoken], **own} if own else LANGUAGES[spoken]


def set_overrides(overrides: Mapping[str, Mapping[str, tuple[str, ...]]]) -> None:
    """Use a lead's wordings, checked by `check_wordings`, in place of all set before."""
    _overrides.clear()
    _overrides.update(overrides)


def is_editable(situation: str) -> bool:
    return not situation.startswith(FIXED)


def list_variables(situation: str, language: str) -> list[str]:
    """What a sentence is filled with, in the order in which ours has it."""
    found = (name for text in LANGUAGES[language][situation] for name in Template(text).get_identifiers())
    return list(dict.fromkeys(found))


def check_wordings(situation: str, language: str, wordings: object) -> tuple[str, ...]:
    """A lead's wordings of a sentence, or BadInput with what to fix."""
    if situation not in LANGUAGES.get(language, {}) or not is_editable(situation):
        raise BadInput(f"{situation} in {language} is no sentence that can be changed.")
    if (
        not isinstance(wordings, Sequence)
        or isinstance(wordings, str)
        or not 0 < len(wordings) <= MAX_WORDINGS
    ):
        raise BadInput(f"Write 1 to {MAX_WORDINGS} wordings.")
    wanted = set(list_variables(situation, language))
    for text in wordings:
        if not isinstance(text, str) or not text.strip() or len(text) > MAX_WORDING_CHARACTERS:
            raise BadInput(f"A wording has 1 to {MAX_WORDING_CHARACTERS} characters.")
        template = Template(text)
        if not template.is_valid() or set(template.get_identifiers()) != wanted:
            names = " ".join(f"${{{name}}}" for name in sorted(wanted))
            raise BadInput(
                f"Each wording needs exactly these placeholders: {names}."
                if wanted
                else "This sentence has no placeholders; write $$ for a dollar sign."
            )
    return tuple(text.strip() for text in wordings)


def format_moment(when: datetime, now: datetime, language: str, *, zone: str = JAPAN) -> str:
    """A time of opening as one says it: today, tomorrow, the date; whose clock, if not theirs."""
    local, today = when.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
    clock = f"{local.hour}:{local:%M}"
    if HOME_ZONES.get(language.split("-")[0].lower()) != zone:
        clock += render_template("moment_zone", language, zone=_name_zone(local, language))
    days = (local.date() - today).days
    if days in (0, 1):
        return render_template(("moment_today", "moment_tomorrow")[days], language, time=clock)
    return render_template(
        "moment_date",
        language,
        time=clock,
        month=str(local.month),
        day=str(local.day),
        weekday=render_template("weekdays", language).split()[local.weekday()],
    )


def _name_zone(local: datetime, language: str) -> str:
    """A name that everybody understands, else the distance to UTC at that moment."""
    if str(local.tzinfo) == JAPAN:
        return render_template("zone_japan", language)
    minutes = int((local.utcoffset() or timedelta()).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def list_csat_options(language: str) -> list[tuple[int, str]]:
    return [(value, render_template(f"csat_{value}", language)) for value in CSAT_SCALE]


def check_languages(languages: Sequence[str]) -> None:
    """BadInput for a language that has no sentences."""
    if unknown := [language for language in languages if language not in LANGUAGES]:
        raise BadInput(f"there are no sentences in {unknown[0]!r}; there are {', '.join(LANGUAGES)}")
