"""Lets respx, which knows httpx, answer for httpx2, which the OpenAI client speaks."""

import httpx
import httpx2
import respx

_ERRORS = {
    httpx.ConnectTimeout: httpx2.ConnectTimeout,
    httpx.ReadTimeout: httpx2.ReadTimeout,
    httpx.ConnectError: httpx2.ConnectError,
    httpx.ReadError: httpx2.ReadError,
}


class RespxTransport(httpx2.AsyncBaseTransport):
    """A transport for ``httpx2.AsyncClient`` whose answers are the routes of a respx router."""

    def __init__(self, router: respx.MockRouter) -> None:
        self._router = router

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        asked = httpx.Request(
            request.method, str(request.url), headers=request.headers.raw, content=await request.aread()
        )
        try:
            answer = await self._router.async_handler(asked)
        except httpx.TransportError as error:
            raise _ERRORS.get(type(error), httpx2.TransportError)(str(error), request=request) from error
        content = await answer.aread()
        return httpx2.Response(answer.status_code, headers=answer.headers.raw, content=content)


def client(router: respx.MockRouter) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=RespxTransport(router))
