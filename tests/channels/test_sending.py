"""Between us and the apps' servers: what counts as sent, how long it may take, who gets our credentials."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from assistant.channels import http
from assistant.channels.allowed_hosts import FileHosts
from assistant.channels.base import BaseChannel
from assistant.domain.channels import DeliveryState
from assistant.domain.errors import Undeliverable
from tests.channels import test_contracts as apps
from tests.channels.conftest import ChannelHarness
from tests.channels.contract import QUESTION, ChannelContract
from tests.channels.platform import SimulatedPlatform

APPS = [
    apps.TestLine,
    apps.TestWhatsApp,
    apps.TestMessenger,
    apps.TestInstagram,
    apps.TestTelegram,
    apps.TestSms,
    apps.TestSlack,
]


def opened(
    kind: type[ChannelContract], make_scene: Callable[..., ChannelHarness]
) -> tuple[Any, ChannelHarness]:
    app = kind()
    return app, make_scene(app.platform(), app.settings, app.name, app.sign)


def channel_of(scene: ChannelHarness) -> Any:
    return next(iter(scene.rig.channels.values()))


@pytest.mark.parametrize(
    "body", [b"", b"<html>thanks</html>", b"[]", b"null", b'{"result": [], "messages": {}}']
)
@pytest.mark.parametrize("kind", APPS, ids=lambda kind: kind.name)
async def test_what_an_app_accepts_is_sent_whatever_its_answer_looks_like(
    make_scene: Callable[..., ChannelHarness], kind: type[ChannelContract], body: bytes
) -> None:
    app, scene = opened(kind, make_scene)
    scene.platform.troubles.append(httpx.Response(200, content=body))
    await scene.tell(app.message(QUESTION["ja"], "m1"))
    scene.rig.clock.pass_(600)
    await scene.rig.work()
    assert [one.state for one in await scene.deliveries()] == [DeliveryState.SENT]
    assert app.on_phone(scene) == []  # not sent a second time


@pytest.mark.parametrize("kind", APPS, ids=lambda kind: kind.name)
async def test_a_redirect_is_no_acceptance(
    make_scene: Callable[..., ChannelHarness], kind: type[ChannelContract]
) -> None:
    app, scene = opened(kind, make_scene)
    scene.platform.troubles.append(httpx.Response(302, headers={"location": "https://evil.example/"}))
    await scene.tell(app.message(QUESTION["ja"], "m1"))
    assert [one.state for one in await scene.deliveries()] == [DeliveryState.FAILED]


@pytest.mark.parametrize("kind", APPS, ids=lambda kind: kind.name)
async def test_a_send_has_a_deadline_however_slowly_the_answer_drips(
    make_scene: Callable[..., ChannelHarness], kind: type[ChannelContract], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def drip() -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(0.05)
            yield b" "

    monkeypatch.setattr(http, "CALL_SECONDS", 0.2)
    app, scene = opened(kind, make_scene)
    slow = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200, content=drip())))
    channel_of(scene)._client = slow
    async with asyncio.timeout(60):  # without a deadline it would never end
        await scene.tell(app.message(QUESTION["ja"], "m1"))
    assert [one.state for one in await scene.deliveries()] == [DeliveryState.WAITING]


# -- files

ELSEWHERE = [
    "https://evil.example/a",
    "https://fbcdn.net.evil.example/a",
    "https://evilfbcdn.net/a",
    "https://graph.facebook.com@evil.example/a",
    "https://graph.facebook.com:8443/a",
    "http://scontent.fbcdn.net/a",
    "https://169.254.169.254/latest",
    "file:///etc/passwd",
    "https://",
    "",
]


@pytest.mark.parametrize("url", ELSEWHERE)
@pytest.mark.parametrize("kind", [apps.TestMessenger, apps.TestInstagram, apps.TestSms, apps.TestSlack])
async def test_no_other_server_gets_a_call(
    make_scene: Callable[..., ChannelHarness], kind: type[ChannelContract], url: str
) -> None:
    _, scene = opened(kind, make_scene)
    with pytest.raises(Undeliverable, match="do not call"):
        await channel_of(scene).fetch_media(url)
    assert scene.platform.calls == []


class FileServer(SimulatedPlatform):
    """Answers every call with a file, or sends it on once."""

    def __init__(self, onward: str = "") -> None:
        super().__init__()
        self.onward = onward

    def answer(self, request: httpx.Request) -> httpx.Response:
        if self.onward and len(self.calls) == 1:
            return httpx.Response(307, headers={"location": self.onward})
        return httpx.Response(200, content=b"file")


@pytest.mark.parametrize(
    ("url", "onward", "tokens"),
    [
        ("https://scontent.xx.fbcdn.net/a", "", [False]),
        ("https://lookaside.fbsbx.com/a", "", [True]),
        ("https://graph.facebook.com/a", "https://cdn.fbsbx.com/b", [True, False]),
    ],
)
async def test_our_token_goes_only_where_it_is_asked_for(
    make_scene: Callable[..., ChannelHarness], url: str, onward: str, tokens: list[bool]
) -> None:
    app, platform = apps.TestWhatsApp(), FileServer(onward)
    scene = make_scene(platform, app.settings, app.name, app.sign)
    assert await channel_of(scene)._download_file(url) == b"file"
    assert ["authorization" in call.headers for call in platform.calls] == tokens


async def test_twilio_sends_us_on_to_its_own_files_and_nowhere_else(
    make_scene: Callable[..., ChannelHarness],
) -> None:
    app = apps.TestSms()
    platform = FileServer("https://mms.twiliocdn.com/a")
    channel: BaseChannel = channel_of(make_scene(platform, app.settings, app.name, app.sign))
    assert await channel.fetch_media("https://api.twilio.com/2010-04-01/Media/ME1") == b"file"
    assert ["authorization" in call.headers for call in platform.calls] == [True, False]
    astray: BaseChannel = channel_of(
        make_scene(FileServer("https://evil.example/a"), app.settings, app.name, app.sign)
    )
    with pytest.raises(Undeliverable):
        await astray.fetch_media("https://api.twilio.com/2010-04-01/Media/ME1")


def test_an_operators_substitute_for_the_api_is_known_by_host_and_port() -> None:
    hosts = FileHosts(api="http://127.0.0.1:9000/v1")
    assert hosts.is_trusted("http://127.0.0.1:9000/a/file")
    assert not hosts.is_allowed("http://127.0.0.1:9001/a/file")
    assert not hosts.is_allowed("http://127.0.0.1:9000@evil.example/")
    assert not hosts.is_allowed("not an address")


# -- calls to us


async def test_calls_are_read_in_threads_of_their_own(
    make_scene: Callable[..., ChannelHarness], monkeypatch: pytest.MonkeyPatch
) -> None:
    names: list[str] = []
    app, scene = opened(apps.TestLine, make_scene)
    channel = channel_of(scene)
    for step in ("verify_webhook", "parse_webhook"):
        real = getattr(channel, step)

        def noted(call: Any, real: Any = real) -> Any:
            names.append(threading.current_thread().name)
            return real(call)

        monkeypatch.setattr(channel, step, noted)
    await scene.tell(app.message(QUESTION["ja"], "m1"))
    assert len(names) == 2
    assert all(name.startswith("webhook") for name in names)


@pytest.mark.parametrize("kind", APPS, ids=lambda kind: kind.name)
async def test_a_call_larger_than_the_app_could_mean_is_refused(
    make_scene: Callable[..., ChannelHarness], kind: type[ChannelContract]
) -> None:
    app, scene = opened(kind, make_scene)
    body = app.message("x" * (channel_of(scene).max_webhook_bytes), "m1")
    assert (await scene.post(body)).status_code == 413
    assert await scene.count("messages") == 0


async def test_an_event_that_is_nested_too_deep_costs_no_other(
    make_scene: Callable[..., ChannelHarness],
) -> None:
    app, scene = opened(apps.TestWhatsApp, make_scene)
    deep: dict[str, Any] = {}
    for _ in range(200):
        deep = {"a": deep}
    good = [app.one(text, f"g{n}") for n, text in enumerate(("一つ目", "二つ目"))]
    bad = app.one("x", "bad") | {"text": {"body": deep}}
    assert (await scene.post(app.call([good[0], bad, good[1]]))).status_code == 200
    said = [m.text for m in await scene.rig.messages(await scene.conversation())]
    assert said[0] == "一つ目"
    assert said[-1] == "二つ目"
