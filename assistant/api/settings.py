"""Settings that leads change in the console: what is in force, who changed it, what a change would do."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query

from assistant.api.auth import CurrentAgent, CurrentLead
from assistant.api.context import ApiContext, Ctx
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.api.schemas import format_timestamp
from assistant.api.setting_responses import (
    HoursOut,
    ReplayedTurnOut,
    ReplayOut,
    SentenceOut,
    SettingChangeOut,
    SettingHistoryOut,
    SettingOut,
    SettingsOut,
)
from assistant.api.setting_schemas import ChangesIn, ReplayIn
from assistant.conversation.templates import LANGUAGES, format_moment, is_editable, list_variables
from assistant.conversation.templates import render_template as words
from assistant.domain.confidential import mask_secrets
from assistant.domain.setting_changes import SettingChange
from assistant.lead.settings import change_settings
from assistant.lead.threshold_replay import ChangedDecision, replay_decisions
from assistant.ports.storage.store import Store

router = APIRouter(prefix="/v1/agent/settings", tags=["lead"], route_class=RateLimitedRoute)

#: Conversations of so many days, and at most so many turns of them, are decided again.
REPLAY_DAYS = 30
MAX_REPLAYED_TURNS = 5_000
#: Changed turns that are shown.
MAX_SHOWN_TURNS = 50
MAX_TURN_CHARACTERS = 200
MAX_LISTED_CHANGES = 50
#: What deadlines are computed from, and by when every process has the new values.
MOVING_DEADLINES = {"policy.sla", "policy.hours"}
IN_FORCE = timedelta(seconds=3)


@router.get("")
async def get_settings(_inside: CurrentAgent, ctx: Ctx) -> SettingsOut:
    """Every setting with its value in force, the product's own, and who changed it when."""
    current = await ctx.database.read(lambda store: store.settings.load_current())
    live = ctx.live
    settings = [
        SettingOut(
            key=f"policy.{name}",
            value=value,
            default=default,
            in_file=name in live.file_keys,
            change=_serialize_change(current.get(f"policy.{name}")),
        )
        for name, (value, default) in live.describe_policy().items()
    ]
    logo = current.get("logo")
    looks = {"accent": (live.accent, None), "logo": (logo.value if logo else None, None)} | {
        f"name.{language}": (ctx.names.get(language), None) for language in ctx.languages
    }
    settings += [
        SettingOut(
            key=key, value=value, default=default, in_file=False, change=_serialize_change(current.get(key))
        )
        for key, (value, default) in looks.items()
    ]
    return {
        "settings": settings,
        "sentences": _list_sentences(current, ctx.languages),
        "file": live.file,
        "problem": live.problem,
    }


def _list_sentences(current: Mapping[str, SettingChange], languages: Sequence[str]) -> list[SentenceOut]:
    """The sentences of the languages that are spoken; ours in Japanese and English are always there."""
    found = []
    for language in dict.fromkeys(("ja", "en", *languages)):
        for situation, wordings in LANGUAGES[language].items():
            if not is_editable(situation):
                continue
            key = f"sentence.{language}.{situation}"
            change = current.get(key)
            own = change.value if change and change.value is not None else None
            found.append(
                SentenceOut(
                    key=key,
                    situation=situation,
                    language=language,
                    wordings=own or list(wordings),
                    default=list(wordings),
                    variables=list_variables(situation, language),
                    change=_serialize_change(change),
                )
            )
    return found


def _serialize_change(change: SettingChange | None) -> SettingChangeOut | None:
    if change is None:
        return None
    at = format_timestamp(change.created_at)
    value = change.value and "image" if change.key == "logo" else change.value  # the picture itself is large
    return {"id": change.id, "by": change.agent_name, "at": at, "value": value}


@router.post("")
async def save_settings(body: ChangesIn, inside: CurrentLead, ctx: Ctx) -> SettingsOut:
    """Change settings, all or none; 409 `setting_changed` if a colleague changed one meanwhile."""
    now = ctx.clock()
    changes = ctx.live.clean_changes({one.key: one.value for one in body.changes})

    def check_and_change(store: Store) -> None:
        ctx.live.check_changes(_get_values(store), changes)
        bases = {one.key: one.base for one in body.changes}
        change_settings(store, changes, bases, inside.agent, now)
        if changes.keys() & MOVING_DEADLINES:
            store.sla.schedule_updates(now + IN_FORCE)

    await ctx.database.write(check_and_change)
    await ctx.live.load_changes()
    return await get_settings(inside, ctx)


def _get_values(store: Store) -> dict[str, Any]:
    return {key: one.value for key, one in store.settings.load_current().items()}


@router.get("/history")
async def list_setting_changes(
    _inside: CurrentAgent, ctx: Ctx, key: Annotated[str, Query(max_length=80)]
) -> SettingHistoryOut:
    """Who changed a setting to what, newest first."""
    found = await ctx.database.read(lambda store: store.settings.list_changes(key, limit=MAX_LISTED_CHANGES))
    return {"changes": [change for one in found if (change := _serialize_change(one))]}


@router.post("/replay")
async def replay_settings(body: ReplayIn, _inside: CurrentLead, ctx: Ctx) -> ReplayOut:
    """What changed thresholds would have decided in the last 30 days; nothing is stored."""
    since = ctx.clock() - timedelta(days=REPLAY_DAYS)

    def replay(store: Store) -> ReplayOut:
        after = ctx.live.check_changes(_get_values(store), body.changes)
        turns = store.turns.list_recent(since, limit=MAX_REPLAYED_TURNS)
        changed = list(replay_decisions(turns, ctx.policy, after))
        kinds = Counter((str(one.before.decision), str(one.after.decision)) for one in changed)
        return {
            "days": REPLAY_DAYS,
            "conversations": len({conversation for conversation, _, _ in turns}),
            "turns": len(turns),
            "changed": len(changed),
            "kinds": [(*kind, count) for kind, count in kinds.most_common()],
            "examples": [_serialize_turn(store, one) for one in changed[:MAX_SHOWN_TURNS]],
        }

    return await ctx.database.read(replay)


def _serialize_turn(store: Store, one: ChangedDecision) -> ReplayedTurnOut:
    message = store.messages.get(one.conversation, one.message_id)
    text = mask_secrets(message.text)[:MAX_TURN_CHARACTERS] if message else ""
    return {
        "conversation": one.conversation,
        "text": text,
        "before": str(one.before.decision),
        "before_reason": one.before.reason and str(one.before.reason),
        "after": str(one.after.decision),
        "after_reason": one.after.reason and str(one.after.reason),
    }


@router.post("/hours")
async def preview_hours(body: ReplayIn, _inside: CurrentLead, ctx: Ctx) -> HoursOut:
    """What changed hours say at this moment, in the assistant's words; nothing is stored."""
    current = await ctx.database.read(_get_values)
    return _serialize_hours(ctx, body.changes, current)


def _serialize_hours(ctx: ApiContext, changes: Mapping[str, Any], current: Mapping[str, Any]) -> HoursOut:
    hours, now = ctx.live.check_changes(current, changes).hours, ctx.clock()
    opening = hours.find_next_opening(now)
    said = {}
    for language in ctx.languages:
        if hours.is_open(now):
            said[language] = ""
        elif opening is None:
            said[language] = words("outside_hours_unknown", language)
        else:
            moment = format_moment(opening, now, language, zone=hours.zone)
            said[language] = words("outside_hours", language, opening=moment)
    return {"open": hours.is_open(now), "next_opening": format_timestamp(opening), "said": said}
