"""`serve`: the service, and with `--demo` everything for a first look."""

from __future__ import annotations

import asyncio
import gc
import resource
import signal
import socket
import sys
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.demo import EMAIL, SHOP, ensure_demo_agent, remove_demo_agent, with_demo_policy
from assistant.cli.instance_lock import hold_instance_lock
from assistant.domain.errors import SetupError

if TYPE_CHECKING:
    from fastapi import FastAPI
    from uvicorn import Server

    from assistant.app.settings import Settings
    from assistant.cli.demo_shop.running import DemoShop
    from assistant.ipc.worker_supervisor import LaunchedWorker, WorkerSupervisor

#: Seconds for open requests after a stop; streams end at once, and clients reconnect.
GRACE_SECONDS = 3
#: Seconds for running jobs after that.
STOP_SECONDS = 6
#: Seconds in which sent data must be received, or the connection is closed.
STUCK_SECONDS = 30


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=0, max=65535)] = 8000,
    demo: Annotated[bool, typer.Option(help="Load the sample help and make a demo agent.")] = False,
) -> None:
    """Run the service: chat, agent console, API."""
    from assistant.app.data_folder import prepare_data_dir
    from assistant.app.settings import load_settings

    settings = with_demo_policy(load_settings()) if demo else load_settings()
    with _open_listener(host, port) as listener:
        prepare_data_dir(settings.data_dir)
        with hold_instance_lock(settings):
            _run_processes(_set_public_url(settings, listener), listener, demo)


def _set_public_url(settings: Settings, listener: socket.socket) -> Settings:
    """The settings with the listening address as public URL, if none is set."""
    if "public_url" in settings.model_fields_set:
        return settings
    address = f"http://localhost:{listener.getsockname()[1]}"
    return settings.model_copy(update={"public_url": address})


def _run_processes(settings: Settings, listener: socket.socket, demo: bool) -> None:
    from assistant.ipc.worker_supervisor import launch_worker

    # Every open stream is a file descriptor.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

    # Launch the worker first: it loads its libraries while we load ours.
    launched = launch_worker()
    try:
        import uvloop

        # Startup creates many permanent objects; collecting garbage among them only costs time.
        gc.disable()
        uvloop.run(_serve_requests(settings, listener, demo, launched))
    finally:
        launched.process.kill()
        launched.process.wait()
        launched.end.close()


async def _serve_requests(
    settings: Settings, listener: socket.socket, demo: bool, launched: LaunchedWorker
) -> None:
    """Serve requests at once; print the addresses when the worker is ready. SetupError if it cannot start."""
    from assistant.app.logs import configure_logging
    from assistant.app.web_app import build_http_app, build_web_app, warm_up_routes
    from assistant.cli.demo_shop.running import open_demo_shop
    from assistant.ipc.rpc import RpcChannel
    from assistant.ipc.worker_supervisor import WorkerSupervisor
    from assistant.tracing import close_tracing, configure_tracing

    configure_logging(settings.log_level)
    _warn_of_unknown_settings()
    configure_tracing(settings.traces, "web")
    rpc = RpcChannel()
    demo_shop = open_demo_shop(settings) if demo else None
    settings = demo_shop.settings if demo_shop else settings
    tasks = {"demo_shop": demo_shop.run} if demo_shop else None
    web_app = build_web_app(settings, rpc, tasks, shop=SHOP if demo else None)
    supervisor = WorkerSupervisor(rpc, partial(rpc.call, "start", settings, demo))
    accompanied = asyncio.create_task(supervisor.run(launched))
    # In a thread, so that the worker is told to start while we work out our routes.
    app = await asyncio.to_thread(build_http_app, web_app, demo=demo)
    await warm_up_routes(app)
    server = _build_server(app)
    password = await (ensure_demo_agent if demo else remove_demo_agent)(settings, web_app.database)

    def stop_server() -> None:
        server.should_exit = True
        web_app.notifier.close_all()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop_server)
    gc.freeze()
    gc.enable()
    async with web_app.run_tasks():
        accompanied.add_done_callback(lambda _ended: stop_server())
        said = asyncio.create_task(_print_addresses(settings, supervisor, password, demo_shop))
        await server.serve(sockets=[listener])
        said.cancel()
        await supervisor.stop(STOP_SECONDS)
        await accompanied
    web_app.database.close()
    close_tracing()


def _warn_of_unknown_settings() -> None:
    import structlog

    from assistant.app.environment import list_unknown_settings, load_environment
    from assistant.app.settings import Settings

    for line in list_unknown_settings(load_environment(), Settings.model_fields):
        structlog.get_logger().warning("unknown setting", why=line)


def _build_server(app: FastAPI) -> Server:
    import uvicorn

    from assistant.cli.slow_client_guard import SlowClientGuard

    config = uvicorn.Config(
        app,
        http=SlowClientGuard,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # the application handles proxy headers itself, from the proxies in the settings
        timeout_graceful_shutdown=GRACE_SECONDS,
        lifespan="off",
    )
    server = uvicorn.Server(config)
    # uvicorn raises the signal again when it is done; a requested stop is no failure.
    setattr(server, "capture_signals", nullcontext)  # noqa: B010 - mypy knows no methods as values
    return server


def _open_listener(host: str, port: int) -> socket.socket:
    """The listening socket, or SetupError when the address is not available."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Inherited by every connection: the kernel closes it when the client receives nothing for so long.
    if sys.platform == "linux":
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, STUCK_SECONDS * 1000)
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except (OSError, UnicodeError) as exc:
        listener.close()
        why = exc.strerror if isinstance(exc, OSError) else "no name of a machine"
        raise SetupError(f"Cannot listen on {host}:{port} ({why}); try another one with --port.") from exc
    return listener


async def _print_addresses(
    settings: Settings, supervisor: WorkerSupervisor, password: str | None, shop: DemoShop | None
) -> None:
    """Print the addresses once everything is ready."""
    await supervisor.ready.wait()
    url = settings.public_url
    lines = [
        "",
        f"  {'Shop' if password else 'Page'} with the chat   {url}/",
        f"  Agent console        {url}/console",
        f"  API                  {url}/docs",
    ]
    if password is not None:
        lines.insert(3, f"    sign in as         {EMAIL}   password {password}")
    lines += ["", *(f"  {line}" for line in shop.describe_orders())] if shop else []
    lines += ["", f"  Answers from {settings.effective_model}; stop with Ctrl-C.", ""]
    print("\n".join(lines), flush=True)
