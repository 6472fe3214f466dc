"""The widget's two files: with the lead's colour in front, compressed, and sent again only when changed."""

import asyncio
import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter, Request, Response

from assistant.api.context import Ctx
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.domain.errors import Unavailable

router = APIRouter(include_in_schema=False, route_class=RateLimitedRoute)


@dataclass(frozen=True, slots=True)
class BuiltScript:
    plain: bytes
    compressed: bytes
    etag: str


@lru_cache(maxsize=8)
def _load_script(path: Path, modified: float, accent: str | None) -> BuiltScript:
    """The file as it was at *modified*; *accent* was checked to be a colour when it was stored."""
    plain = path.read_bytes()
    if accent:
        plain = f'var YORISOI_ACCENT="{accent}";\n'.encode() + plain
    etag = f'W/"{hashlib.sha256(plain).hexdigest()[:16]}"'
    return BuiltScript(plain, gzip.compress(plain, 9), etag)


async def _serve_script(request: Request, path: Path, accent: str | None = None) -> Response:
    try:
        modified = path.stat().st_mtime
    except FileNotFoundError:
        raise Unavailable("The front end is not built yet; run `make web` (or `make run`).") from None
    script = await asyncio.to_thread(_load_script, path, modified, accent)
    headers = {
        "Cache-Control": "no-cache",
        "ETag": script.etag,
        "Vary": "Accept-Encoding",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if script.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(script.plain, media_type="text/javascript", headers=headers)
    return Response(
        script.compressed, media_type="text/javascript", headers=headers | {"Content-Encoding": "gzip"}
    )


@router.get("/widget.js")
async def get_widget_script(request: Request, ctx: Ctx) -> Response:
    return await _serve_script(request, ctx.static / "widget.js", ctx.live.accent)


@router.get("/widget-panel.js")
async def get_panel_script(request: Request, ctx: Ctx) -> Response:
    """What is inside the chat, for the widget's first opening."""
    return await _serve_script(request, ctx.static / "widget-panel.js")
