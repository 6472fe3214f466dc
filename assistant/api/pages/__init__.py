"""Pages for people: start page, console, widget file, articles of the help."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from assistant.api.article_html_cache import ArticleRenderer
from assistant.api.client_address import is_local_call
from assistant.api.context import ApiContext, Ctx, get_context
from assistant.api.errors import build_error_response
from assistant.api.pages.help import (
    render_article_page,
    render_help_centre,
    render_missing_page,
    render_start_page,
    select_language,
)
from assistant.api.pages.survey import router as survey
from assistant.api.pages.widget_scripts import router as widget_scripts
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.domain.errors import NotFound, Unavailable
from assistant.domain.hours import compute_business_day
from assistant.domain.knowledge import Article, HelpEntry

router = APIRouter(include_in_schema=False, route_class=RateLimitedRoute)

HERE = Path(__file__).parent
HEADERS = {"Cache-Control": "no-cache"}
_drawings = ArticleRenderer()
#: Paths of the API: errors are JSON, whatever the client accepts.
FOR_PROGRAMS = ("/v1/", "/healthz", "/readyz", "/metrics", "/openapi.json")

Lang = Annotated[str, Query(max_length=35)]


def mount_pages(app: FastAPI, static: Path) -> None:
    """Mount the built front end in *static* and the pages of this module."""
    app.include_router(router)
    app.include_router(widget_scripts)
    app.include_router(survey)
    for name in ("console", "demo", "docs"):
        files = StaticFiles(directory=static / name, check_dir=False)
        app.mount(f"/{name}", files, name=name)
    app.add_exception_handler(NotFound, _handle_not_found)
    app.add_exception_handler(404, _handle_not_found)


async def _handle_not_found(request: Request, exc: Exception) -> Response:
    """A page for browsers, JSON for programs."""
    person = "text/html" in request.headers.get("accept", "")
    if not person or request.url.path.startswith(FOR_PROGRAMS):
        return build_error_response(
            404, "not_found", exc.detail if isinstance(exc, HTTPException) else str(exc)
        )
    ctx = get_context(request)
    page = render_missing_page(_select_page_language(request, ctx), ctx.names)
    return HTMLResponse(page, status_code=404, headers=HEADERS)


def _select_page_language(request: Request, ctx: ApiContext, asked: str = "") -> str:
    """The page's language: *asked* in the address, else the browser's, if supported."""
    return select_language(asked or request.headers.get("accept-language", ""), ctx.languages)


def _serve_built_file(path: Path, media_type: str) -> Response:
    if not path.is_file():
        raise Unavailable("The front end is not built yet; run `make web` (or `make run`).")
    return FileResponse(path, media_type=media_type, headers=HEADERS)


@router.get("/")
async def show_start_page(request: Request, ctx: Ctx, lang: Lang = "") -> Response:
    """The sample shop in the demo, else a plain page with the chat."""
    if ctx.demo:
        return _serve_built_file(ctx.static / "demo" / "index.html", "text/html")
    return HTMLResponse(
        render_start_page(_select_page_language(request, ctx, lang), ctx.names), headers=HEADERS
    )


@router.get("/console")
@router.get("/console/")
async def show_console(ctx: Ctx) -> Response:
    return _serve_built_file(ctx.static / "console" / "index.html", "text/html")


@router.get("/docs")
@router.get("/docs/")
async def show_api_docs(request: Request, ctx: Ctx) -> Response:
    """Swagger UI from our own build: the usual page loads it from a CDN, which not every network reaches."""
    _require_docs_access(request, ctx)
    return _serve_built_file(ctx.static / "docs" / "index.html", "text/html")


@router.get("/openapi.json")
async def get_openapi_schema(request: Request, ctx: Ctx) -> Response:
    _require_docs_access(request, ctx)
    return JSONResponse(request.app.openapi())


def _require_docs_access(request: Request, ctx: ApiContext) -> None:
    if not ctx.public_docs and not is_local_call(request):
        raise NotFound("The API describes itself to this machine only; see ASSISTANT_API_DOCS.")


@router.get("/favicon.ico")
async def get_favicon() -> Response:
    return Response(status_code=204)


@router.get("/help/article.css")
async def get_article_stylesheet() -> Response:
    return FileResponse(HERE / "article.css", media_type="text/css", headers=HEADERS)


@router.get("/help")
@router.get("/help/")
async def show_help_centre(
    request: Request,
    ctx: Ctx,
    lang: Lang = "",
    q: Annotated[str, Query(max_length=200)] = "",
    tag: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """Every article that is valid today, those of a topic, or those that a search finds."""
    language = _select_page_language(request, ctx, lang)
    entries = await ctx.help_entries(compute_business_day(ctx.clock(), ctx.policy.zone))
    found = await _search_help(ctx, q.strip(), language, entries) if q.strip() else None
    page = render_help_centre(entries, language, ctx.names, asked=q.strip(), found=found, tag=tag)
    return HTMLResponse(page, headers=HEADERS)


async def _search_help(
    ctx: ApiContext, asked: str, language: str, entries: Sequence[HelpEntry]
) -> Sequence[HelpEntry]:
    """What a search finds among *entries*; while the assistant is away, titles that have the words."""
    try:
        found = await ctx.article_desk.search_help(asked, language)
    except Unavailable:
        words = asked.casefold().split()
        return [one for one in entries if all(word in one.title.casefold() for word in words)]
    valid = {one.id for one in entries}
    return [one for one in found if one.id in valid]


@router.get("/help/{article:path}")
async def show_article(article: str, ctx: Ctx) -> Response:
    """An article as customers read it; one with an address of its own redirects there."""
    found: Article | None = await ctx.article(article)
    if found is None:
        raise NotFound("There is no such article.")
    if found.url and found.url.startswith(("http://", "https://")):
        return RedirectResponse(found.url)
    entries = await ctx.help_entries(compute_business_day(ctx.clock(), ctx.policy.zone))
    page = render_article_page(found, await _drawings.get_html(found), ctx.names, entries)
    return HTMLResponse(page, headers=HEADERS)
