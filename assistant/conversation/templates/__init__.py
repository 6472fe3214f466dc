"""The fixed sentences of the assistant: a table per language, filled strictly; not when to say what."""

from datetime import datetime
from string import Template
from zoneinfo import ZoneInfo

from assistant.conversation.templates import en, ja

LANGUAGES: dict[str, dict[str, tuple[str, ...]]] = {"ja": ja.SENTENCES, "en": en.SENTENCES}

#: Spoken to customers whose language has no sentences here.
FALLBACK = "en"

CSAT_SCALE = (1, 2, 3, 4, 5)


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


def select_templates(language: str) -> dict[str, tuple[str, ...]]:
    return LANGUAGES.get(language.split("-")[0].lower(), LANGUAGES[FALLBACK])


def format_moment(when: datetime, now: datetime, language: str, *, zone: str = "Asia/Tokyo") -> str:
    """A time of opening as one says it: today, tomorrow, or the date."""
    local, today = when.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
    clock = f"{local.hour}:{local:%M}"
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


def list_csat_options(language: str) -> list[tuple[int, str]]:
    return [(value, render_template(f"csat_{value}", language)) for value in CSAT_SCALE]
