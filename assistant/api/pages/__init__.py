"""The pages a person opens: the demo shop, the console, the widget file, articles of the help."""

from functools import lru_cache
from html import escape
from pathlib import Path
from string import Template

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles

from assistant.api.addresses import is_local
from assistant.api.context import Context, Ctx
from assistant.api.drawings import Drawings
from assistant.api.limited import LimitedRoute
from assistant.domain.errors import NotFound, Unavailable
from assistant.domain.knowledge import Article

router = APIRouter(include_in_schema=False, route_class=LimitedRoute)

HERE = Path(__file__).parent
HEADERS = {"Cache-Control": "no-cache"}
_drawings = Drawings()
WORDS = {"ja": ("こもれび商店", "最終更新: {}"), "en": ("Komorebi Store", "Last updated: {}")}


def mount(app: FastAPI, static: Path) -> None:
    """Serve the built front end from *static* and the pages of this module."""
    app.include_router(router)
    for name in ("console", "demo", "docs"):
        files = StaticFiles(directory=static / name, check_dir=False)
        app.mount(f"/{name}", files, name=name)


def _built(path: Path, media_type: str) -> Response:
    if not path.is_file():
        raise Unavailable("The front end is not built yet; run `make web` (or `make run`).")
    return FileResponse(path, media_type=media_type, headers=HEADERS)


@router.get("/")
async def demo(ctx: Ctx) -> Response:
    return _built(ctx.static / "demo" / "index.html", "text/html")


@router.get("/console")
@router.get("/console/")
async def console(ctx: Ctx) -> Response:
    return _built(ctx.static / "console" / "index.html", "text/html")


@router.get("/docs")
@router.get("/docs/")
async def docs(request: Request, ctx: Ctx) -> Response:
    """Swagger UI from our own build: the usual page loads it from a CDN, which not every network reaches."""
    _for_readers_of_the_api(request, ctx)
    return _built(ctx.static / "docs" / "index.html", "text/html")


@router.get("/openapi.json")
async def description(request: Request, ctx: Ctx) -> Response:
    _for_readers_of_the_api(request, ctx)
    return JSONResponse(request.app.openapi())


def _for_readers_of_the_api(request: Request, ctx: Context) -> None:
    if not ctx.public_docs and not is_local(request):
        raise NotFound("The API describes itself to this machine only; see ASSISTANT_API_DOCS.")


@router.get("/widget.js")
async def widget(ctx: Ctx) -> Response:
    response = _built(ctx.static / "widget.js", "text/javascript")
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@router.get("/favicon.ico")
async def icon() -> Response:
    return Response(status_code=204)


@router.get("/help/article.css")
async def stylesheet() -> Response:
    return FileResponse(HERE / "article.css", media_type="text/css", headers=HEADERS)


@router.get("/help/{article:path}")
async def article(article: str, ctx: Ctx) -> Response:
    """An article as the customer reads it; one that lives elsewhere is opened there."""
    found: Article | None = await ctx.article(article)
    if found is None:
        raise NotFound("There is no such article.")
    if found.url and found.url.startswith(("http://", "https://")):
        return RedirectResponse(found.url)
    return HTMLResponse(await _page(found), headers=HEADERS)


async def _page(article: Article) -> str:
    home, updated = WORDS.get(article.language, WORDS["en"])
    return _template().substitute(
        language=escape(article.language),
        title=escape(article.title),
        home=escape(home),
        updated=escape(updated.format(article.updated)) if article.updated else "",
        body=await _drawings.of(article),
    )


@lru_cache(maxsize=1)
def _template() -> Template:
    return Template((HERE / "article.html").read_text("utf-8"))
