"""An OpenAPI document becomes files to review; what it says is hostile, and so is what its API answers."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from assistant.cli.tool_drafts import parse_classes, render_api_drafts, write_drafts
from assistant.cli.tools import fetch_document, read_document
from assistant.domain.actions import AnswerKind, Effect, IdentityLevel, Tool, ToolAnswer
from assistant.domain.errors import BadInput, SetupError, TooLarge
from assistant.domain.tool_sources import ApiOperation
from assistant.ports.actions import ToolBackend, ToolCall
from assistant.tools.api_calls import ApiCaller
from assistant.tools.catalogue import load_all_tools, load_tool, load_tools
from assistant.tools.openapi_import import MAX_DOCUMENT_BYTES, OpenApiDocument
from assistant.tools.routed_backend import RoutedBackend

ORDER_ID = {
    "name": "orderId",
    "in": "path",
    "required": True,
    "description": "注文番号",
    "schema": {"type": "string", "pattern": "^KM-[0-9]{6}$"},
}
GIFT: dict[str, Any] = {"type": "object", "required": ["gift", "count"]}
GIFT["properties"] = {"gift": {"type": "boolean"}, "count": {"type": "integer"}, "note": {"type": "string"}}
ORDER = {"status": {"type": "string", "title": "状況"}, "eta": {"type": "string", "format": "date"}}
PATH = "/orders/{orderId}"
ARGUMENTS = {"order_id": "KM-123456"}


def json_of(schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": "", "content": {"application/json": {"schema": schema}}}


def build_document(**changes: Any) -> dict[str, Any]:
    item = {
        "parameters": [ORDER_ID],
        "get": {
            "operationId": "getOrder",
            "summary": "注文の状況を調べる",
            "responses": {"200": json_of({"$ref": "#/components/schemas/Order"})},
        },
        "delete": {"operationId": "cancelOrder", "summary": "Cancel an order", "responses": {"204": {}}},
        "patch": {
            "operationId": "../../setGift",
            "summary": "Wrap <b onclick=x>it</b> ${secret} [now](https://evil.example)\n# `a`",
            "requestBody": json_of(GIFT),
            "responses": {"200": {}},
        },
    }
    document = {
        "openapi": "3.0.3",
        "servers": [{"url": "https://api.example.jp/v1"}],
        "paths": {PATH: item, "/me": {"get": {"operationId": "getMe", "responses": {}}}},
        "components": {"schemas": {"Order": {"type": "object", "properties": ORDER}}},
    }
    return document | changes


def import_into(
    folder: Path,
    document: dict[str, Any] | None = None,
    *,
    only: list[str] | None = None,
    classes: list[str] | None = None,
    **options: Any,
) -> list[str]:
    content = json.dumps(document or build_document()).encode()
    options = {"server": "", "token": ""} | options
    found = render_api_drafts(content, "api.json", parse_classes(classes or []), **options)
    return write_drafts(found, folder, only or [])


def test_operations_become_tools_that_wait_for_a_review(tmp_path: Path) -> None:
    lines = import_into(tmp_path, token="TOOL_TOKEN_SHOP")
    tools = load_all_tools(tmp_path)
    effects = {name: tool.effect for name, tool in tools.items()}
    assert effects == {
        "get_order": Effect.READ,
        "cancel_order": Effect.IRREVERSIBLE,
        "set_gift": Effect.WRITE,
    }
    assert load_tools(tmp_path) == {}
    assert any("GET /me" in line and "whose data" in line for line in lines)
    read = tools["get_order"]
    assert (read.subject, read.result_fields) == ("order_id", {"status": "text", "eta": "date"})
    assert read.slots[0].ask == {
        "ja": "注文番号をお送りください。",
        "en": "Please send: 注文番号.",
        "ko": "Please send: 注文番号.",
    }
    assert [slot.kind.value for slot in tools["set_gift"].slots] == ["number", "choice", "number"]
    assert isinstance(read.source, ApiOperation)
    assert read.source.token == "TOOL_TOKEN_SHOP"


def test_the_operators_word_stays(tmp_path: Path) -> None:
    import_into(tmp_path)
    file = tmp_path / "get_order.yaml"
    text = file.read_text("utf-8").replace("effect: read", "effect: write").replace("reviewed: false", "")
    data = yaml.safe_load(text) | {
        "confirm": {"ja": "x", "en": "x"},
        "consent_words": {"ja": "注文", "en": "order"},
    }
    file.write_text(yaml.safe_dump(data), "utf-8")
    assert "left as it is: get_order.yaml" in import_into(tmp_path)
    assert load_tools(tmp_path)["get_order"].effect is Effect.WRITE


def test_hostile_words_of_a_document_are_plain_words(tmp_path: Path) -> None:
    import_into(tmp_path)
    tool = load_tool(tmp_path / "set_gift.yaml")
    assert "<" not in tool.purpose["en"]
    assert "evil" not in tool.purpose["en"]
    assert "$${secret}" in tool.confirm["en"]
    assert "\\[now\\]" in tool.confirm["en"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"components": {"x": {"$ref": "https://evil.example/x.json#/a"}}}, "refers to elsewhere"),
        ({"components": {"x": [{"$ref": "other.yaml#/a"}]}}, "refers to elsewhere"),
        ({"openapi": "2.0"}, "no OpenAPI 3"),
        ({"servers": [{"url": "/v1"}]}, "--server"),
    ],
)
def test_a_document_that_cannot_be_used_is_refused(
    tmp_path: Path, changes: dict[str, Any], says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        import_into(tmp_path, build_document(**changes))
    assert list(tmp_path.iterdir()) == []


def test_an_api_without_tls_is_refused_and_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"api\.url"):
        import_into(tmp_path, server="http://169.254.169.254/latest")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"[" * 50_000, b"\xff\xfe", b"- a\n", b"{" * 50_000, b"a: *b"])
def test_what_is_no_document_is_told_in_a_line(content: bytes) -> None:
    with pytest.raises(BadInput, match="document"):
        OpenApiDocument(content)


def test_references_in_a_circle_lead_to_nothing(tmp_path: Path) -> None:
    loop = {"$ref": "#/components/schemas/Order"}
    lines = import_into(tmp_path, build_document(components={"schemas": {"Order": loop}}))
    assert any("getOrder" in line or "no fields" in line for line in lines)


async def test_five_megabytes_are_refused_from_a_file_and_from_an_address(tmp_path: Path) -> None:
    file = tmp_path / "api.json"
    file.write_bytes(b" " * 5_000_000)
    with pytest.raises(TooLarge):
        read_document(str(file), allow_private=False)
    transport = httpx.MockTransport(lambda _request: httpx.Response(200, content=b" " * 5_000_000))
    with pytest.raises(TooLarge):
        await fetch_document("https://127.0.0.1/api.json", allow_private=True, inner=transport)
    assert MAX_DOCUMENT_BYTES < 5_000_000


async def test_a_private_address_is_not_fetched() -> None:
    transport = httpx.MockTransport(lambda _request: httpx.Response(200, content=b"{}"))
    with pytest.raises(Exception, match=r"private|not public|network"):
        await fetch_document("http://127.0.0.1/api.json", allow_private=False, inner=transport)


def test_a_pattern_that_may_take_forever_is_left_out(tmp_path: Path) -> None:
    slow = ORDER_ID | {"schema": {"type": "string", "pattern": "^(a+)+$"}}
    document = build_document()
    document["paths"][PATH]["parameters"] = [slow]
    import_into(tmp_path, document)
    assert load_tool(tmp_path / "get_order.yaml").slots[0].pattern == ""


class NoBusiness:
    """A system that must not be asked for what another API does."""

    def __getattr__(self, name: str) -> Any:
        async def refuse(*_args: Any) -> Any:
            raise AssertionError(name)

        return refuse


Answer = Callable[[httpx.Request], httpx.Response]


async def run(tool: Tool, answer: Answer, **changes: Any) -> ToolAnswer:
    caller = ApiCaller({"TOOL_TOKEN_SHOP": "t0ken"}, httpx.MockTransport(answer))
    business: ToolBackend = NoBusiness()
    values: dict[str, Any] = {"arguments": ARGUMENTS, "level": IdentityLevel.SITE_SIGNED, "key": "k1"}
    return await RoutedBackend(business, caller, None).call_tool(ToolCall(tool=tool, **values | changes))


@pytest.fixture
def tools(tmp_path: Path) -> dict[str, Tool]:
    import_into(tmp_path, token="TOOL_TOKEN_SHOP")
    return dict(load_all_tools(tmp_path))


async def test_a_call_has_its_arguments_where_they_belong(tools: dict[str, Tool]) -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"status": "packed"})

    arguments = ARGUMENTS | {"gift": "true", "count": "2"}
    told = await run(tools["set_gift"], answer, arguments=arguments)
    assert told == ToolAnswer(kind=AnswerKind.OK, fields={"status": "packed"})
    (request,) = seen
    assert (request.method, str(request.url)) == ("PATCH", "https://api.example.jp/v1/orders/KM-123456")
    assert json.loads(request.content) == {"gift": True, "count": 2}
    assert request.headers["authorization"] == "Bearer t0ken"
    assert request.headers["idempotency-key"] == "k1"


@pytest.mark.parametrize("value", ["..", "../../admin", "KM-123456/refund", "KM-12345", ""])
async def test_an_argument_leads_to_no_other_operation(tools: dict[str, Tool], value: str) -> None:
    told = await run(tools["get_order"], lambda _: httpx.Response(500), arguments={"order_id": value})
    assert told == ToolAnswer(kind=AnswerKind.REFUSED, code="bad_arguments")


@pytest.mark.parametrize(
    ("response", "read", "write"),
    [
        (httpx.Response(200, text="<html>Sign in</html>"), AnswerKind.UNREACHED, AnswerKind.UNKNOWN),
        (httpx.Response(200, content=b'{"a":"' + b"x" * 5_000_000 + b'"}'), AnswerKind.UNREACHED,
         AnswerKind.UNKNOWN),
        (httpx.Response(302, headers={"location": "http://10.0.0.1"}), AnswerKind.UNREACHED,
         AnswerKind.UNKNOWN),
        (httpx.Response(500), AnswerKind.UNREACHED, AnswerKind.UNKNOWN),
        (httpx.Response(403), AnswerKind.UNREACHED, AnswerKind.UNREACHED),
        (httpx.Response(409, json={"code": "shipped"}), AnswerKind.REFUSED, AnswerKind.REFUSED),
        (httpx.Response(200, json={"orderId": "KM-999999"}), AnswerKind.UNREACHED, AnswerKind.UNKNOWN),
        (httpx.Response(200, json={"orderId": "km-123456"}), AnswerKind.OK, AnswerKind.OK),
        (httpx.Response(204), AnswerKind.OK, AnswerKind.OK),
    ],
)  # fmt: skip
async def test_only_what_surely_happened_is_told(
    tools: dict[str, Tool], response: httpx.Response, read: AnswerKind, write: AnswerKind
) -> None:
    def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(response.status_code, headers=response.headers, content=response.content)

    assert (await run(tools["get_order"], answer)).kind is read
    assert (await run(tools["cancel_order"], answer)).kind is write


async def test_a_dry_run_calls_nothing_and_nobody_is_asked_what_became_of_it(tools: dict[str, Tool]) -> None:
    def answer(_request: httpx.Request) -> httpx.Response:
        raise AssertionError

    assert (await run(tools["cancel_order"], answer, is_dry_run=True)).kind is AnswerKind.OK
    backend = RoutedBackend(NoBusiness(), ApiCaller({}), None)
    assert (await backend.find_operation("k1", tools["cancel_order"])).kind is AnswerKind.UNKNOWN
