"""Runs the sample shop's system beside `serve --demo`, on this machine only."""

import secrets
import socket
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass

import uvicorn
from pydantic import SecretStr

from assistant.app.settings import Settings
from assistant.cli.demo_shop.orders import ShopDatabase
from assistant.cli.demo_shop.service import SAMPLE_ORDERS, create_shop, seed_samples


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoShop:
    settings: Settings
    listener: socket.socket
    database: ShopDatabase
    secret: bytes

    async def run(self) -> None:
        """Serve until cancelled."""
        app = create_shop(self.database, self.secret, print_code=print_code)
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")
        server = uvicorn.Server(config)
        # The service's own handler stops it.
        setattr(server, "capture_signals", nullcontext)  # noqa: B010 - mypy knows no methods as values
        await server.serve(sockets=[self.listener.dup()])

    def describe_orders(self) -> Sequence[str]:
        """What to try it with, a line each."""
        first = SAMPLE_ORDERS[0]
        proof = f"postcode {first.postcode}, or phone ending {first.phone[-4:]}"
        return [f"Orders to try ({proof}):", *(f"  {order.id}  {order.status}" for order in SAMPLE_ORDERS)]


def open_demo_shop(settings: Settings) -> DemoShop | None:
    """The sample shop with its orders, and the settings that lead to it; None where another is set."""
    if settings.backend_url is not None:
        return None
    listener = socket.create_server(("127.0.0.1", 0))
    secret = secrets.token_hex(32)
    database = ShopDatabase(settings.data_dir / "demo-shop.db")
    seed_samples(database)
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    changed = settings.model_copy(update={"backend_url": address, "backend_secret": SecretStr(secret)})
    return DemoShop(settings=changed, listener=listener, database=database, secret=secret.encode())


def print_code(recipient: str, code: str) -> None:
    """Nobody reads the sample customers' mail: their codes are shown here."""
    print(f"  The sample shop wrote to {recipient}: the code is {code}", flush=True)
