"""Errors are `{"error": {"code", "message"}}` with their status, never a stack trace."""

from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from assistant.domain.errors import AssistantError

log = structlog.get_logger()

CODES = {
    400: "bad_request",
    401: "unauthorized",
    404: "not_found",
    405: "method_not_allowed",
    408: "too_slow",
    413: "too_large",
}


def install_error_handlers(app: FastAPI) -> None:
    app.add_exception_handler(AssistantError, _handle_assistant_error)
    app.add_exception_handler(RequestValidationError, _handle_validation_error)
    app.add_exception_handler(HTTPException, _handle_http_error)
    app.add_exception_handler(Exception, _handle_unexpected_error)


def build_error_response(status: int, code: str, message: str, **details: Any) -> JSONResponse:
    retry_after = details.pop("retry_after", 5 if status == 503 else None)
    headers = {"Retry-After": str(retry_after)} if retry_after is not None else None
    body = {"error": {"code": code, "message": message, **details}}
    return JSONResponse(body, status_code=status, headers=headers)


async def _handle_assistant_error(_request: Request, exc: Exception) -> JSONResponse:
    assert isinstance(exc, AssistantError)
    return build_error_response(exc.status, exc.code, str(exc), **exc.details)


async def _handle_validation_error(_request: Request, exc: Exception) -> JSONResponse:
    assert isinstance(exc, RequestValidationError)
    if any(one["type"] == "json_invalid" for one in exc.errors()):
        return build_error_response(400, "bad_request", "The body is not valid JSON.")
    first = exc.errors()[0]
    where = ".".join(str(part) for part in first["loc"] if part != "body")
    return build_error_response(422, "bad_input", f"{where}: {first['msg']}" if where else str(first["msg"]))


async def _handle_http_error(_request: Request, exc: Exception) -> JSONResponse:
    assert isinstance(exc, HTTPException)
    answer = build_error_response(exc.status_code, CODES.get(exc.status_code, "error"), str(exc.detail))
    answer.headers.update(exc.headers or {})
    return answer


async def _handle_unexpected_error(request: Request, exc: Exception) -> JSONResponse:
    log.error("request failed", path=request.url.path, exc_info=exc)
    return build_error_response(500, "error", "Something went wrong on our side; it has been noted.")
