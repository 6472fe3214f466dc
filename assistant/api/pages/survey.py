"""The survey of a mail as a page: opening it counts nothing, so that scanners of mail cannot answer."""

from html import escape
from pathlib import Path
from string import Template
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from assistant.api.context import ApiContext, Ctx
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.conversation.inbound.customer_actions import Rating, save_rating
from assistant.conversation.surveys import Survey, build_survey
from assistant.conversation.templates import render_template as words
from assistant.domain.errors import BadInput, NotFound
from assistant.domain.signed_links import SURVEY_LINK, is_link_valid
from assistant.ports.storage.store import Store

router = APIRouter(include_in_schema=False, route_class=RateLimitedRoute)

TEMPLATE = Path(__file__).with_name("survey.html")
PRIVATE = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}
#: As much as the chat takes.
MAX_COMMENT_CHARACTERS = 2_000
MAX_FORM_BYTES = 4 * MAX_COMMENT_CHARACTERS * 3

Until = Annotated[str, Query(max_length=12)]
Signature = Annotated[str, Query(max_length=64)]


@router.get("/survey/{conversation}")
async def show_survey(conversation: str, until: Until, signature: Signature, ctx: Ctx) -> Response:
    """The question with its answers; nothing is stored."""
    _require_valid_link(ctx, conversation, until, signature)

    def load(store: Store) -> tuple[str, Survey | None]:
        found = store.conversations.get(conversation)
        return found.language, build_survey(store, found, ctx.clock())

    language, survey = await ctx.database.read(load)
    return _render_page(language, _render_form(survey, language) if survey else _render_over(language))


@router.post("/survey/{conversation}")
async def answer_survey(
    conversation: str, until: Until, signature: Signature, ctx: Ctx, request: Request
) -> Response:
    """Store the answer, once; what is sent without one, or with one that is none, is asked again."""
    _require_valid_link(ctx, conversation, until, signature)
    value, comment = _parse_form(await request.body())
    now = ctx.clock()

    def save(store: Store) -> tuple[str, str]:
        found = store.conversations.get(conversation)
        survey = build_survey(store, found, now)
        if survey is None:
            return found.language, _render_over(found.language)
        if value not in [str(number) for number, _ in survey.options]:
            return found.language, _render_form(survey, found.language, comment, is_missing=True)
        rating = Rating(kind=survey.kind, value=int(value), comment=comment or None)
        save_rating(store, found.id, rating, now)
        return found.language, f'<p role="status">{escape(words("csat_thanks", found.language))}</p>'

    language, body = await ctx.database.write(save)
    ctx.notifier.notify(conversation)
    return _render_page(language, body)


def _require_valid_link(ctx: ApiContext, conversation: str, until: str, signature: str) -> None:
    if not is_link_valid(ctx.link_key, SURVEY_LINK, conversation, until, signature, ctx.clock()):
        raise NotFound("This link is not valid, or not any more.")


def _parse_form(body: bytes) -> tuple[str, str]:
    """The chosen number, as it was sent, and the comment."""
    if len(body) > MAX_FORM_BYTES:
        raise BadInput("The form is too large.")
    try:
        fields = parse_qs(body.decode("ascii", "replace"), max_num_fields=5, errors="replace")
    except ValueError as exc:
        raise BadInput("The form has too many fields.") from exc
    comment = fields.get("comment", [""])[0].strip()[:MAX_COMMENT_CHARACTERS]
    return fields.get("value", [""])[0], comment.replace("\0", "")


def _render_page(language: str, body: str) -> Response:
    title = escape(words("survey_page_title", language))
    page = Template(TEMPLATE.read_text("utf-8")).substitute(
        language=escape(language), title=title, body=f"<h1>{title}</h1>\n{body}"
    )
    return HTMLResponse(page, headers=PRIVATE)


def _render_over(language: str) -> str:
    return f'<p role="status">{escape(words("survey_page_over", language))}</p>'


def _render_form(survey: Survey, language: str, comment: str = "", *, is_missing: bool = False) -> str:
    low, high = survey.ends or ("", "")
    named = dict(zip((survey.options[0][0], survey.options[-1][0]), (low, high), strict=True))
    options = "\n".join(
        f'<label><input type="radio" name="value" value="{value}" required>'
        f"<span>{escape(label)}{_render_end(named[value]) if named.get(value) else ''}</span></label>"
        for value, label in survey.options
    )
    missing = f'<p role="alert">{escape(words("survey_page_choose", language))}</p>' if is_missing else ""
    asked = escape(words("csat_comment", language))
    return (
        f'{missing}<form class="survey" method="post"><fieldset><legend>{escape(survey.question)}</legend>\n'
        f"{options}\n</fieldset>\n"
        f'<label>{asked}<textarea name="comment" rows="3" maxlength="{MAX_COMMENT_CHARACTERS}">'
        f"{escape(comment)}</textarea></label>\n"
        f"<button>{escape(words('survey_page_send', language))}</button></form>"
    )


def _render_end(name: str) -> str:
    return f" <small>{escape(name)}</small>"
