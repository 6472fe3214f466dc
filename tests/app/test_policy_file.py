"""Policies read from YAML."""

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.app.hours_file import find_default_zone, format_hours
from assistant.app.policy_file import load_policy, parse_policy
from assistant.app.proactive_file import load_built_in_rules
from assistant.app.sla_file import format_sla
from assistant.domain.errors import SetupError
from assistant.domain.policy import Policy
from assistant.domain.proactive import ProactivePolicy
from assistant.domain.signals import TOPICS
from assistant.signals.circumstances import SELF_HARM_PARTS
from assistant.signals.cues import load_cues

WHOLE = """
offer_frustration: 0.4
max_failed_turns: 2
people_only: [harm, points]
priorities: {frustrated: urgent}
hours:
  zone: Asia/Tokyo
  days: {mon: "10:00-18:00", Saturday: "10:00-15:00"}
  holidays: [2026-01-01]
channels:
  line: {max_failed_turns: 1}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "policy.yaml"
    path.write_text(text, "utf-8")
    return path


def test_a_whole_policy(tmp_path: Path) -> None:
    policy = load_policy(written(tmp_path, WHOLE))
    assert policy.offer_frustration == 0.4
    assert policy.people_only == {"harm", "points"}
    assert policy.hours.days == {0: ("10:00", "18:00"), 5: ("10:00", "15:00")}
    assert policy.for_channel("line").max_failed_turns == 1
    assert policy.for_channel("line").offer_frustration == 0.4
    assert policy.for_channel("web").max_failed_turns == 2


def test_no_file_and_an_empty_file_are_the_built_in_policy(tmp_path: Path) -> None:
    built_in = replace(Policy(), proactive=ProactivePolicy(rules=load_built_in_rules()))
    assert load_policy(None) == built_in
    assert load_policy(written(tmp_path, "")) == built_in


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("offer_frustation: 0.4", "unknown key 'offer_frustation'"),
        ("offer_frustration: high", "expected a number from 0 to 1, not 'high'"),
        ("offer_frustration: 1.4", "expected a number from 0 to 1, not 1.4"),
        ("max_failed_turns: 0", "from 1 to 100"),
        ("offer_frustration: .nan", "expected a number from 0 to 1"),
        ("queue_limit: 1000000000000", "from 1 to 100000"),
        ("queue_limit: 1.0e+300", "from 1 to 100000"),
        ("presence_seconds: 5", "from 60 to 86400"),
        ("waiting_news_minutes: {web: 10000000}", "from 0 to 525600"),
        ("idle_close_minutes: {web: -1}", "from 0 to 525600"),
        ("surveys: {csat: 99999999999}", "from 1 to 3650"),
        ("budgets: {day: {tokens: 1000000000000000}}", "from 0 to"),
        ("prices: {m: {input: .inf, output: 1}}", "expected input and output"),
        ("people_only: harm", "expected a list"),
        ("people_only: [legal, fraud]", "harm must stay"),
        ("channels: {line: {people_only: []}}", "harm must stay"),
        ("people_only: [harm, weather]", "unknown topic 'weather'"),
        ("helplines: {ja: ' '}", "must be a sentence of 1 to 500"),
        ('helplines: {ja: "\\u200b\\u3164"}', "must be a sentence of 1 to 500"),
        ("helplines: {../x: call us}", "is no language"),
        ("hours: {days: {mon: [" + "'10:00-10:00'," * 25 + "]}}", "at most 24 spans"),
        ("hours: {holidays: [" + "2026-01-01/2026-12-31," * 11 + "]}", "at most 3660 days"),
        ("priorities: {harm: top}", "must be one of urgent, high, normal, low"),
        ("offer_frustration: 0.9", "must rise"),
        ("hours: {zone: Tokyo}", "unknown time zone"),
        ("hours: {days: {funday: '10:00-18:00'}}", "unknown day"),
        ("hours: {days: {mon: morning}}", "expected hours like"),
        ("hours: {holidays: [soon]}", "expected dates like"),
        ("hours: {public_holidays: mars}", "known are japan"),
        ("sla: {first_reply: 5}", "expected a list"),
        ("sla: [{name: a}]", "set first_reply, next_reply or resolution"),
        ("sla: [{first_reply: 5}]", "name must be 1 to 60"),
        ("sla: [{name: a, first_reply: soon}]", "expected whole minutes"),
        ("sla: [{name: a, resolution: 999999}]", "expected whole minutes from 1 to"),
        ("sla: [{name: a, first_reply: 5, priority: top}]", "must be one of urgent"),
        ("sla: [{name: a, first_reply: 5, colour: red}]", "unknown key 'colour'"),
        ("sla: [{name: a, first_reply: 5, team: [x]}]", "team must be 1 to 60"),
        ("sla: [{name: a, first_reply: 5}, {name: a, next_reply: 5}]", "two rules are called 'a'"),
        ("[1, 2]", "expected `key: value` lines"),
        ("a: [", "not YAML"),
        ("channels: {line: {max_failed_turns: x}}", "channels.line"),
    ],
)
def test_a_mistake_is_one_clear_line(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(SetupError) as caught:
        load_policy(written(tmp_path, text))
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_language_loses_its_helpline() -> None:
    policy = parse_policy({"helplines": {"en": "Call \u202e112."}})
    assert policy.helplines == {**Policy().helplines, "en": "Call 112."}


def test_the_known_topics_are_those_that_are_read() -> None:
    kinds = {cue.kind for table in ("topic", "circumstances") for cue in load_cues(table)}
    assert kinds - {"urgency", "self_harm", *SELF_HARM_PARTS} == TOPICS


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="cannot be read"):
        load_policy(tmp_path / "none.yaml")


def test_service_levels_and_public_holidays_are_written_as_they_are_read() -> None:
    rules = [
        {"name": "急ぎ", "priority": "urgent", "first_reply": 15, "around_the_clock": True},
        {"name": "all", "team": "t", "next_reply": 30, "resolution": 480, "around_the_clock": False},
    ]
    hours = {"days": {"mon": "10:00-18:00"}, "public_holidays": "japan", "holidays": [], "special": {}}
    policy = parse_policy({"sla": rules, "hours": hours})
    assert format_sla(policy.sla) == rules
    assert format_hours(policy.hours) == hours
    assert "2026-09-22" in policy.hours.public_holidays  # between two holidays
    assert "2026-09-24" not in policy.hours.public_holidays


HOURS = """
zone: Asia/Tokyo
hours:
  days:
    mon-fri: "10:00-12:00, 13:00〜18:00"
    土: ["9:30-12:00", "13:00-24:00"]
    sunday: closed
  holidays: [2026-12-29/2027-01-03, 2026-11-23]
  special: {2026-12-28: "10:00-15:00"}
"""


def test_hours_as_shops_write_them(tmp_path: Path) -> None:
    hours = load_policy(written(tmp_path, HOURS)).hours
    assert hours.days[4] == ("10:00", "12:00", "13:00", "18:00")
    assert hours.days[5] == ("09:30", "12:00", "13:00", "24:00")
    assert hours.days[6] == ()
    assert {"2026-12-31", "2027-01-03", "2026-11-23"} <= hours.holidays
    assert len(hours.holidays) == 7
    assert hours.special == {"2026-12-28": ("10:00", "15:00")}


@pytest.mark.parametrize(
    ("text", "business", "hours"),
    [
        ("", "UTC", "UTC"),
        ("zone: Asia/Seoul", "Asia/Seoul", "Asia/Seoul"),
        ("hours: {zone: Asia/Seoul}", "Asia/Seoul", "Asia/Seoul"),
        ("zone: Asia/Seoul\nhours: {days: {mon: 10:00-18:00}}", "Asia/Seoul", "Asia/Seoul"),
        ("zone: Asia/Seoul\nhours: {zone: Asia/Tokyo}", "Asia/Seoul", "Asia/Tokyo"),
        ("zone: Asia/Seoul\nchannels: {line: {max_failed_turns: 1}}", "Asia/Seoul", "Asia/Seoul"),
    ],
)
def test_there_is_one_business_time_zone(tmp_path: Path, text: str, business: str, hours: str) -> None:
    policy = load_policy(written(tmp_path, text), "UTC")
    assert (policy.zone, policy.hours.zone) == (business, hours)
    assert policy.for_channel("line").zone == business


@pytest.mark.parametrize(
    ("machine", "languages", "zone"),
    [
        ("Europe/Berlin", ("ja", "en"), "Europe/Berlin"),
        (":America/New_York", ("en",), "America/New_York"),
        ("UTC", ("ja", "en"), "Asia/Tokyo"),
        ("Etc/UTC", ("en", "ja"), "UTC"),
        ("Nowhere/Town", ("ja",), "Asia/Tokyo"),
    ],
)
def test_the_zone_is_the_machines_or_the_first_languages(
    monkeypatch: pytest.MonkeyPatch, machine: str, languages: tuple[str, ...], zone: str
) -> None:
    monkeypatch.setenv("TZ", machine)
    assert find_default_zone(languages) == zone


@pytest.mark.parametrize(
    ("days", "complaint"),
    [
        ("{mon: '13:00-18:00, 10:00-12:00'}", "must follow each other"),
        ("{mon: '10:00-14:00, 13:00-18:00'}", "must follow each other"),
        ("{mon: '25:00-26:00'}", "past midnight"),
        ("{mon: '22:00-40:00'}", "past midnight"),
        ("{mon: '10:60-18:00'}", "expected hours like"),
        ("{mon: 10:00}", "expected hours like"),
        ("{mon-tue-wed: '10:00-18:00'}", "unknown day"),
        (f"{{mon: '10:00{' ' * 200}-18:00'}}", "at most 200 characters"),
        (f"{{mon: ['10:00{' ' * 200}-18:00']}}", "at most 200 characters"),
        (f"{{'mon{' ' * 200}-fri': '10:00-18:00'}}", "at most 200 characters"),
        ("{" + ", ".join(f"'mon{' ' * n}': closed" for n in range(21)) + "}", "at most 20 lines"),
        ("{}\n  public_holidays: [japan]", "known are japan"),
        ("{}\n  holidays: 2026-01-01", "a list of dates"),
        ("{}\n  holidays: [2026-01-03/2026-01-01]", "must follow the first"),
    ],
)
def test_hours_that_cannot_be_meant(tmp_path: Path, days: str, complaint: str) -> None:
    with pytest.raises(SetupError, match=complaint):
        load_policy(written(tmp_path, f"hours:\n  days: {days}\n"))


def test_the_example_in_the_documentation_is_what_it_says(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "hours.md").read_text("utf-8")
    hours = load_policy(written(tmp_path, page.split("```yaml\n")[1].split("```")[0])).hours
    assert hours.days[3] == ("10:00", "12:00", "13:00", "18:00")
    assert (hours.days[4], hours.days[5], hours.days[6]) == (("22:00", "06:00"), ("10:00", "24:00"), ())
    assert "2026-12-31" in hours.holidays
    assert hours.special == {"2026-12-28": ("10:00", "15:00")}


@pytest.mark.parametrize("days", ["sat,sun", "mon, tue", "sunset", "monkey", "月・火", "wednesdayfriday"])
def test_a_day_that_is_none_is_not_guessed(tmp_path: Path, days: str) -> None:
    with pytest.raises(SetupError, match="unknown day"):
        load_policy(written(tmp_path, f'hours:\n  days: {{"{days}": "10:00-18:00"}}\n'))


@pytest.mark.parametrize("days", ["Mon", "Mondays", "mon.", "月", "月曜", "月曜日"])
def test_a_day_by_any_of_its_names(tmp_path: Path, days: str) -> None:
    policy = load_policy(written(tmp_path, f'hours:\n  days: {{"{days}": "10:00-18:00"}}\n'))
    assert list(policy.hours.days) == [0]


@pytest.mark.parametrize("day", ["tues", "Weds", "wednesday", "thur", "thurs", "Thursday", "Saturday", "sun"])
def test_a_day_as_english_shortens_it(tmp_path: Path, day: str) -> None:
    policy = load_policy(written(tmp_path, f'hours:\n  days: {{"{day}": "10:00-18:00"}}\n'))
    assert len(policy.hours.days) == 1


def test_minutes_of_waiting_news_add_to_the_built_in_ones() -> None:
    policy = parse_policy({"waiting_news_minutes": {"line": 20, "web": 5}})
    found = {name: policy.get_waiting_news_minutes(name) for name in ("web", "line", "email", "telegram")}
    assert found == {"web": 5, "line": 20, "email": 0, "telegram": 10}
    for wrong in (-1, 1.5, True, "3"):
        with pytest.raises(SetupError, match=r"waiting_news_minutes.web: expected a whole number from 0"):
            parse_policy({"waiting_news_minutes": {"web": wrong}})
