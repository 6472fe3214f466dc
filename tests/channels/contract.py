"""What every channel promises; each channel's tests inherit it (``class TestLine(ChannelContract)``)."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from assistant.domain.conversation import State
from assistant.domain.errors import BadInput, Conflict
from assistant.domain.messages import Author
from tests.channels.conftest import ChannelHarness
from tests.channels.platform import SimulatedPlatform
from tests.channels.things import Thing

TABLES = ("events", "threads", "conversations", "messages")
QUESTION = {"ja": "返品の期限はいつまでですか", "en": "What is the return deadline for an item?"}
FILES = {
    "画面.png": b"\x89PNG\r\n\x1a\n" + bytes(32),
    "送り状.pdf": b"%PDF-1.7\n" + bytes(8),
    "動き.gif": b"GIF89a" + bytes(8),
}
ANSWER = {"ja": "30日以内", "en": "within 30 days"}


class ChannelContract:
    """A channel gives its name, settings, platform, and how its app writes, signs and garbles."""

    name: str
    settings: Mapping[str, str]
    peer: str
    #: Only some apps put several events into a call.
    batches = True
    #: Bytes that this app could never mean.
    poison: tuple[bytes, ...] = (
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe{}",
        b"[" * 100_000,
        b'{"events": {"a": 1}}',
        b'{"entry": 7}',
        b'{"update_id": 1e999}',
        b'{"n": ' + b"9" * 5000 + b"}",
    )

    @abstractmethod
    def platform(self) -> SimulatedPlatform: ...

    @abstractmethod
    def sign(self, body: bytes) -> Mapping[str, str]: ...

    @abstractmethod
    def wrongly_signed(self, body: bytes) -> list[Mapping[str, str]]:
        """Headers that must not be believed."""

    @abstractmethod
    def message(self, text: str, message_id: str) -> bytes:
        """The call that carries one message."""

    def batch(self, texts: list[str]) -> bytes:
        """One call with several messages and a broken event between them."""
        raise NotImplementedError

    @abstractmethod
    def unknown(self) -> list[bytes]:
        """Calls of kinds that we do not know or need."""

    #: The beginning of ids that are longer than ours.
    long = "m" * 120
    #: What people send besides words.
    things: list[Thing] = []

    def thing(self, content: dict[str, Any], message_id: str) -> bytes:
        """The call that carries it."""
        raise NotImplementedError

    def words(self, one: object) -> str:
        """The words of something on the phone."""
        return str(one["text"])  # type: ignore[index]

    #: The files among FILES that the app takes from a business.
    carried: tuple[str, ...] = tuple(FILES)

    async def sent_file(self, scene: ChannelHarness, one: Any) -> bytes:
        """The content of a file on the phone; apps that load it get it from its address."""
        return one["file"] if isinstance(one["file"], bytes) else await scene.load_link(one["file"])

    # -- the promises

    @pytest.fixture
    def scene(self, make_scene: Callable[..., ChannelHarness]) -> ChannelHarness:
        return make_scene(self.platform(), self.settings, self.name, self.sign)

    def on_phone(self, scene: ChannelHarness) -> list[str]:
        return [self.words(one) for one in scene.platform.phone.get(self.peer, [])]

    async def nothing(self, scene: ChannelHarness) -> bool:
        return sum([await scene.count(table) for table in TABLES]) == 0

    @pytest.mark.parametrize("language", ["ja", "en"])
    async def test_from_question_to_the_agents_answer(self, scene: ChannelHarness, language: str) -> None:
        await scene.tell(self.message(QUESTION[language], "m1"))
        assert any(ANSWER[language] in text for text in self.on_phone(scene))
        person = {"ja": "担当者と話したいです", "en": "I want to talk to a person"}[language]
        await scene.tell(self.message(person, "m2"))
        conversation = await scene.conversation()
        assert (await scene.rig.state(conversation)).state is State.QUEUED
        mori = await scene.agent()
        await scene.rig.claim(conversation, mori)
        await scene.rig.reply(conversation, mori, "森です。Here is your number: A-1.")
        await scene.rig.work()
        assert self.on_phone(scene)[-1].strip().endswith("森です。Here is your number: A-1.")

    async def test_an_agents_file_arrives_or_is_refused_before_it_is_sent(
        self, scene: ChannelHarness
    ) -> None:
        await scene.tell(self.message("担当者と話したいです", "m1"))
        conversation, mori = await scene.conversation(), await scene.agent()
        await scene.rig.claim(conversation, mori)
        await scene.rig.work()
        heard, refused = len(scene.platform.phone[self.peer]), []
        for name, data in FILES.items():
            try:
                await scene.send_file(conversation, mori, name, data)
            except (BadInput, Conflict) as refusal:
                refused.append((name, refusal.details["reason"]))
        arrived = [await self.sent_file(scene, one) for one in scene.platform.phone[self.peer][heard:]]
        assert arrived == [FILES[name] for name in self.carried]
        reason = "channel_file_type" if self.carried else "channel"
        assert refused == [(name, reason) for name in FILES if name not in self.carried]
        shown = [m.text for m in await scene.rig.messages(conversation) if m.author is Author.AGENT]
        assert shown == list(self.carried)

    async def test_wrong_signatures_leave_no_trace(self, scene: ChannelHarness) -> None:
        body = self.message(QUESTION["ja"], "m1")
        for headers in self.wrongly_signed(body):
            response = await scene.post(body, headers)
            assert (response.status_code, response.json()["error"]["code"]) == (401, "unauthorized")
        assert await self.nothing(scene)

    async def test_changed_and_truncated_bytes_are_refused(self, scene: ChannelHarness) -> None:
        body = self.message(QUESTION["ja"], "m1")
        headers = self.sign(body)
        for changed in self.changed(body):
            assert (await scene.post(changed, headers)).status_code == 401
        assert await self.nothing(scene)

    def changed(self, body: bytes) -> list[bytes]:
        return [body[:-1], body + b" ", body.replace("返品".encode(), "送料".encode())]

    async def test_a_second_delivery_is_dropped(self, scene: ChannelHarness) -> None:
        body = self.message(QUESTION["ja"], "m1")
        for _ in range(3):
            await scene.tell(body)
        messages = await scene.rig.messages(await scene.conversation())
        assert [m.author for m in messages] == [Author.CUSTOMER, Author.ASSISTANT]
        assert len([text for text in self.on_phone(scene) if ANSWER["ja"] in text]) == 1

    async def test_one_broken_event_costs_no_other(self, scene: ChannelHarness) -> None:
        if not self.batches:
            pytest.skip("this app sends one event a call")
        assert (await scene.post(self.batch(["一つ目", "二つ目"]))).status_code == 200
        said = [m.text for m in await scene.rig.messages(await scene.conversation())]
        assert said == ["一つ目", "二つ目"]

    async def test_what_is_unknown_is_taken_and_ignored(self, scene: ChannelHarness) -> None:
        for body in self.unknown():
            response = await scene.post(body)
            assert response.status_code == 200, body
        assert await scene.count("messages") == 0

    async def test_whoever_sends_anything_hears_something_and_agents_see_what_came(
        self, scene: ChannelHarness
    ) -> None:
        for number, (content, kind, shown) in enumerate(self.things):
            heard = len(self.on_phone(scene))
            await scene.tell(self.thing(content, f"t{number}"))
            sent = [
                m for m in await scene.rig.messages(await scene.conversation()) if m.author is Author.CUSTOMER
            ]
            assert (len(sent), sent[-1].kind) == (number + 1, kind), content
            assert shown in sent[-1].text
            if kind != "sticker":
                assert "文章でお書き" in self.on_phone(scene)[heard], content
            scene.rig.clock.pass_(11 * 60)

    async def test_ids_of_any_length_are_kept_apart(self, scene: ChannelHarness) -> None:
        """Messenger's have a hundred characters and more, of which the first are often the same."""
        if not self.long:
            pytest.skip("its ids are numbers, or each message is a thread")
        first, second = (
            self.message(text, self.long + end) for text, end in ((QUESTION["ja"], "1"), ("送料は", "2"))
        )
        for body in (first, first, second, second):
            await scene.tell(body)
        said = [
            m for m in await scene.rig.messages(await scene.conversation()) if m.author is Author.CUSTOMER
        ]
        assert [m.text for m in said] == [QUESTION["ja"], "送料は"]
        assert len(self.on_phone(scene)) == 2

    async def test_half_characters_and_zeros_cost_nobody_a_message(self, scene: ChannelHarness) -> None:
        """JSON can say half of a surrogate pair, and databases cannot keep it."""
        body = self.message("返品の期限はHALFいつまでですか", "m1")
        await scene.tell(body.replace(b"HALF", self.half))
        assert "いつまで" in (await scene.rig.messages(await scene.conversation()))[0].text
        assert len(self.on_phone(scene)) == 1

    #: Half a character, as this app's calls can carry it.
    half = rb"\ud83d\u0000"

    async def test_poison_is_never_our_failure(self, scene: ChannelHarness) -> None:
        for body in self.poison:
            response = await scene.post(body)
            assert response.status_code in (200, 401, 413, 422), (body[:40], response.status_code)
        assert await scene.count("messages") == 0

    @pytest.mark.parametrize(
        "text",
        ["\x00あ", "𠮷野家👨‍👩‍👧‍👦", "‮evil", "<script>alert(1)</script>", "'; DROP TABLE x"],
        ids=ascii,
    )
    async def test_poison_text_is_only_text(self, scene: ChannelHarness, text: str) -> None:
        await scene.tell(self.message(text, "m1"))
        messages = await scene.rig.messages(await scene.conversation())
        assert messages[0].text == text.replace("\x00", "")

    async def test_too_large_a_call_is_refused(self, scene: ChannelHarness) -> None:
        response = await scene.post(b"x" * (17 * 1024 * 1024))
        assert response.status_code == 413

    async def test_the_widget_names_the_apps_that_take_a_code(self, scene: ChannelHarness) -> None:
        apps = (await scene.http.get("/v1/widget")).json()["apps"]
        assert apps == ([] if self.name == "email" else [self.name])  # a mail's signature stands beside it

    async def test_what_is_not_set_up_is_not_there(self, scene: ChannelHarness) -> None:
        response = await scene.http.post(scene.url + "/elsewhere", content=b"{}")
        assert response.status_code == 404
