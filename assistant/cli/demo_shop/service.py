"""The sample shop's HTTP service: what docs/actions.md asks of a business's system."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from assistant.cli.demo_shop.orders import NewOrder, Refusal, ShopDatabase
from assistant.domain.actions import IdentityLevel
from assistant.domain.webhook_signatures import is_signed

#: Told of every code: to whom, and which.
PrintCode = Callable[[str, str], None]

MAX_BODY_BYTES = 64 * 1024
UNSIGNED = JSONResponse({"code": "unsigned"}, 401)
#: Fields of an order that a signed-in customer's lookup shows.
LOOKUP_FIELDS = ("id", "status", "items", "placed_at", "total", "eta")
ADDRESS = "東京都渋谷区神南1-2-3 こもれび荘201"
#: Orders to try the demo with; the customer `sato` is signed in at the site.
SAMPLE_ORDERS = (
    NewOrder(
        id="KM-482133",
        customer="sato",
        status="shipped",
        items=("リネンのシャツ", "木のスプーン 2本"),
        items_en=("Linen shirt", "Wooden spoons (2)"),
        total=8_640,
        postcode="150-0001",
        phone="09012345678",
        address=ADDRESS,
    ),
    NewOrder(
        id="KM-482207",
        customer="suzuki",
        status="accepted",
        items=("鋳物のフライパン",),
        items_en=("Cast-iron frying pan",),
        total=6_800,
        postcode="150-0001",
        phone="09012345678",
        address=ADDRESS,
    ),
    NewOrder(
        id="KM-482251",
        customer="suzuki",
        status="delayed",
        items=("ブランケット",),
        items_en=("Blanket",),
        total=5_400,
        postcode="150-0001",
        phone="09012345678",
        address=ADDRESS,
    ),
    NewOrder(
        id="KM-481990",
        customer="suzuki",
        status="delivered",
        items=("ルームシューズ",),
        items_en=("House slippers",),
        total=3_960,
        postcode="150-0001",
        phone="09012345678",
        address=ADDRESS,
    ),
)


def seed_samples(shop: ShopDatabase) -> None:
    for order in SAMPLE_ORDERS:
        shop.add_order(order)


def get_time() -> datetime:
    return datetime.now(UTC)


class ShopService:
    """The five calls of the contract."""

    def __init__(
        self, shop: ShopDatabase, secret: bytes, clock: Callable[[], datetime], print_code: PrintCode
    ) -> None:
        self._shop, self._secret, self._clock, self._print_code = shop, secret, clock, print_code

    async def run_tool(self, tool: str, request: Request) -> JSONResponse:
        body = await self._read_body(request)
        if body is None:
            return UNSIGNED
        if body["identity_level"] < IdentityLevel.CHANNEL_PROVEN and not body.get("agent"):
            return JSONResponse({"code": "identity"}, 403)
        return answer_tool(self._shop, tool, body)

    async def find_operation(self, request: Request) -> JSONResponse:
        body = await self._read_body(request)
        if body is None:
            return UNSIGNED
        known = self._shop.find_operation(str(body["idempotency_key"]))
        return JSONResponse({"code": "unknown_operation"}, 404) if known is None else _to_response(*known)

    async def verify_order(self, request: Request) -> JSONResponse:
        body = await self._read_body(request)
        if body is None:
            return UNSIGNED
        return JSONResponse({"match": self._shop.matches_proof(str(body["subject"]), body["proof"])})

    async def send_code(self, request: Request) -> JSONResponse:
        body = await self._read_body(request)
        if body is None:
            return UNSIGNED
        order = self._shop.find_order(str(body["subject"]))
        if order is not None:
            self._shop.add_mail(order["email"], str(body["code"]))
            self._print_code(order["email"], str(body["code"]))
        return JSONResponse({"sent": order is not None})

    async def lookup_customer(self, request: Request) -> JSONResponse:
        body = await self._read_body(request)
        if body is None:
            return UNSIGNED
        ids = [str(one["value"]) for one in body["identities"] if one["type"] == "web"]
        orders = [order for customer in ids for order in self._shop.list_orders(customer)]
        shown = [{name: _get_japanese(order[name]) for name in LOOKUP_FIELDS} for order in orders]
        return JSONResponse({"profile": {}, "orders": shown, "as_of": self._clock().isoformat()})

    async def _read_body(self, request: Request) -> dict[str, Any] | None:
        """The signed JSON object of a call; None: it is not from the assistant."""
        body = await request.body()
        is_ours = is_signed((self._secret,), request.headers, body, self._clock())
        value = json.loads(body) if is_ours and len(body) <= MAX_BODY_BYTES else None
        return value if isinstance(value, dict) else None


def _get_japanese(value: Any) -> Any:
    """A field as the agents of the shop see it."""
    return value["ja"] if isinstance(value, dict) else value


def ignore_code(_recipient: str, _code: str) -> None:
    """The mail is enough."""


def create_shop(
    shop: ShopDatabase,
    secret: bytes,
    clock: Callable[[], datetime] = get_time,
    *,
    print_code: PrintCode = ignore_code,
) -> FastAPI:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    service = ShopService(shop, secret, clock, print_code)
    for path, endpoint in (
        ("/tools/{tool}", service.run_tool),
        ("/operations", service.find_operation),
        ("/identity/verify", service.verify_order),
        ("/identity/code", service.send_code),
        ("/lookup", service.lookup_customer),
    ):
        app.add_api_route(path, endpoint, methods=["POST"], response_model=None)
    return app


def _to_response(status: int, answer: dict[str, Any]) -> JSONResponse:
    return JSONResponse(answer, status)


def answer_tool(shop: ShopDatabase, tool: str, body: dict[str, Any]) -> JSONResponse:
    """A read or a dry run is answered, a change is made once for its key."""
    arguments, is_dry_run = body["arguments"], body["dry_run"] is True
    order = str(arguments.get("order_number", ""))

    def run() -> dict[str, Any]:
        if tool == "order_status":
            return shop.describe_order(order)
        if tool == "cancel_order":
            return shop.cancel_order(order, is_dry_run=is_dry_run)
        if tool == "change_address":
            return shop.change_address(order, str(arguments.get("new_address", "")), is_dry_run=is_dry_run)
        if tool == "request_return":
            return shop.request_return(order, str(arguments.get("reason", "")), is_dry_run=is_dry_run)
        raise Refusal("no_such_tool")

    if tool != "order_status" and not is_dry_run:
        return _to_response(*shop.apply_change(str(body["idempotency_key"]), run))
    try:
        return JSONResponse({"result": run()})
    except Refusal as refusal:
        return JSONResponse({"code": refusal.code}, 409)
