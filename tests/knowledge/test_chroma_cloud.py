"""A Chroma server that asks for a token, as Chroma Cloud does; tenant and database are its or named."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from assistant.app.settings import Settings
from assistant.app.vector_index import build_chroma_access
from assistant.domain.errors import IndexUnavailable
from assistant.knowledge.vectors.chroma_server import ChromaAccess, open_server_collection

TOKEN = "ck-of-the-shop"
COLLECTION: dict[str, Any] = {
    "id": "8a5f6b1e-0000-4000-8000-000000000001",
    "name": "passages-x",
    "configuration_json": {},
    "metadata": None,
    "dimension": None,
    "tenant": "t",
    "database": "d",
    "version": 0,
    "log_position": 0,
}


class CloudHandler(BaseHTTPRequestHandler):
    """As much of the protocol as opening a collection needs."""

    paths: list[str] = []

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.paths.append(self.path)
        if not self.path.endswith("/heartbeat") and self.headers.get("x-chroma-token") != TOKEN:
            self.send_json(401, {"error": "Unauthorized", "message": "no such token"})
        elif self.path.endswith("/identity"):
            self.send_json(200, {"user_id": "u", "tenant": "t-of-token", "databases": ["d-of-token"]})
        elif self.path.endswith("/collections"):
            self.send_json(200, COLLECTION)
        elif self.path.endswith("/get"):
            self.send_json(200, {"ids": [], "embeddings": [], "include": ["embeddings"]})
        else:
            name = self.path.rpartition("/")[2]
            self.send_json(200, {"id": COLLECTION["id"], "name": name, "tenant": "t"})

    do_GET = do_POST = answer

    def send_json(self, status: int, data: dict[str, Any]) -> None:
        body = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """No output."""


@pytest.fixture
def url() -> Iterator[str]:
    CloudHandler.paths = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), CloudHandler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


async def open_and_close(access: ChromaAccess) -> list[str]:
    index = open_server_collection(access, "passages-x", 8)
    await index.close()
    return [path for path in CloudHandler.paths if path.endswith("/collections")]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("tenant", "database", "path"),
    [
        (None, None, "/api/v2/tenants/t-of-token/databases/d-of-token/collections"),
        ("shop", "help", "/api/v2/tenants/shop/databases/help/collections"),
    ],
)
async def test_tenant_and_database_are_named_or_the_tokens(
    url: str, tenant: str | None, database: str | None, path: str
) -> None:
    access = ChromaAccess(url=url, token=TOKEN, tenant=tenant, database=database)
    assert await open_and_close(access) == [path]


@pytest.mark.slow
async def test_a_wrong_token_is_said_without_the_token(url: str) -> None:
    with pytest.raises(IndexUnavailable, match="ASSISTANT_CHROMA_TOKEN") as refused:
        await open_and_close(ChromaAccess(url=url, token="ck-wrong-one"))
    assert "ck-wrong-one" not in str(refused.value)
    assert "ck-wrong-one" not in repr(ChromaAccess(url=url, token="ck-wrong-one"))


def test_the_settings_name_the_server() -> None:
    settings = Settings(  # type: ignore[call-arg]
        chroma_url="https://api.trychroma.com",
        chroma_token=TOKEN,  # type: ignore[arg-type]
        chroma_tenant="shop",
        chroma_database="help",
    )
    assert build_chroma_access(settings) == ChromaAccess(
        url="https://api.trychroma.com", token=TOKEN, tenant="shop", database="help"
    )
    assert build_chroma_access(Settings()) is None  # type: ignore[call-arg]
