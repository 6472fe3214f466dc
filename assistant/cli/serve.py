"""`serve`: the service, and with `--demo` everything that a first look needs."""

from __future__ import annotations

import asyncio
import gc
import resource
import secrets
import signal
import socket
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import typer

from assistant.cli.alone import place, several
from assistant.cli.output import bar, lines
from assistant.domain.errors import SetupError

if TYPE_CHECKING:
    from assistant.app import Service
    from assistant.cli.output import Steps
    from assistant.settings import Settings

SAMPLE = Path(__file__).parent.parent.parent / "knowledge_base"
DEMO_EMAIL = "demo@komorebi.example"
#: Requests are cut this long after a stop was asked for; streams end at once, clients come back.
GRACE_SECONDS = 3
#: What was sent must be taken within this, or the connection ends.
STUCK_SECONDS = 30


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=0, max=65535)] = 8000,
    demo: Annotated[bool, typer.Option(help="Load the sample help and make a demo agent.")] = False,
) -> None:
    """Run the service: chat, agent console, API."""
    from assistant.settings import load_settings, prepare_data_dir

    settings = load_settings()
    with _listen(host, port) as listener:
        prepare_data_dir(settings.data_dir)
        with place(settings):
            _run(_at(settings, listener), listener, demo)


def _at(settings: Settings, listener: socket.socket) -> Settings:
    """Settings with the address we listen on, where no public one is set."""
    if "public_url" in settings.model_fields_set:
        return settings
    address = f"http://localhost:{listener.getsockname()[1]}"
    return settings.model_copy(update={"public_url": address})


def _run(settings: Settings, listener: socket.socket, demo: bool) -> None:
    import uvloop

    # Every open stream is a file.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

    # Starting makes a great many objects that stay; collecting among them only takes time.
    gc.disable()
    uvloop.run(_serve(settings, listener, demo))


async def _serve(settings: Settings, listener: socket.socket, demo: bool) -> None:
    import uvicorn

    from assistant.app import create_app, make_service
    from assistant.cli.connections import Impatient
    from assistant.cli.knowledge import PREPARING
    from assistant.library import now
    from assistant.logs import set_up

    set_up()
    with bar(otherwise=lines()) as steps:
        service = await make_service(settings, partial(steps, PREPARING))
        password = await _prepare_demo(settings, service, steps) if demo else None
    if not several(settings):
        # We are the only ones who serve: what is still leased was in hand when the last process died.
        await service.knowledge.database.write(lambda store: store.due.end_leases(now()))
    config = uvicorn.Config(
        create_app(settings, service),
        http=Impatient,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        lifespan="off",
    )
    server = uvicorn.Server(config)
    # uvicorn raises the signal again when it is done; a wanted stop is no failure.
    setattr(server, "capture_signals", nullcontext)  # noqa: B010 - mypy knows no methods as values

    def stop() -> None:
        server.should_exit = True
        service.wire.hang_up()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    gc.freeze()
    gc.enable()
    async with service.running():
        _say_where(settings, password, demo)
        await server.serve(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    """The listening socket, or SetupError when the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Inherited by every connection: a reader that takes nothing for so long is cut off by the system.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, STUCK_SECONDS * 1000)
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except (OSError, UnicodeError) as exc:
        listener.close()
        why = exc.strerror if isinstance(exc, OSError) else "no name of a machine"
        raise SetupError(f"Cannot listen on {host}:{port} ({why}); try another one with --port.") from exc
    return listener


async def _prepare_demo(settings: Settings, service: Service, steps: Steps) -> str:
    """The sample help, indexed, and a demo agent; their password, kept in the data folder."""
    from assistant.cli.knowledge import take_in

    report = await take_in(service.knowledge, settings, [str(SAMPLE)], steps)
    if report.failed:
        raise SetupError(f"The sample help could not be read: {report.failed[0]}")
    return await _demo_agent(settings, service)


async def _demo_agent(settings: Settings, service: Service) -> str:
    from assistant.api.doors import hash_password
    from assistant.domain.people import Agent
    from assistant.library import now

    kept = settings.data_dir / "demo-agent.password"
    database = service.knowledge.database
    known = await database.read(lambda store: store.agents.get(DEMO_EMAIL))
    if known and kept.exists():
        return kept.read_text().strip()
    password = secrets.token_urlsafe(9)
    password_hash = hash_password(password)
    agent = known or Agent(id=uuid4().hex, email=DEMO_EMAIL, name="森 みどり", admin=True)
    if known:
        await database.write(lambda store: store.agents.set_password(agent.id, password_hash))
    else:
        await database.write(lambda store: store.agents.add(agent, password_hash, now()))
    kept.touch(mode=0o600)
    kept.write_text(password + "\n")
    return password


def _say_where(settings: Settings, password: str | None, demo: bool) -> None:
    url = settings.public_url
    lines = [
        "",
        f"  Shop with the chat   {url}/",
        f"  Agent console        {url}/console",
        f"  API                  {url}/docs",
    ]
    if demo:
        lines.insert(3, f"    sign in as         {DEMO_EMAIL}   password {password}")
    lines += ["", f"  Answers from {settings.model}; stop with Ctrl-C.", ""]
    print("\n".join(lines), flush=True)
