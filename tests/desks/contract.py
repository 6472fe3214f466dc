"""What every foreign desk promises; each desk's tests inherit it (``class TestSlack(DeskContract)``)."""

from abc import abstractmethod
from contextlib import suppress

import httpx
import pytest

from assistant.conversation.inbound import customer_actions
from assistant.domain.channels import WebhookRequest
from assistant.domain.conversation import State
from assistant.domain.errors import BadInput, Unauthorized
from assistant.domain.foreign_desks import LinkState
from assistant.domain.messages import Author
from evals.world.desks import Callback, SimulatedDesk
from tests.desks.conftest import DeskScene
from tests.harness import Harness

TROUBLES: tuple[httpx.Response | Exception, ...] = (
    httpx.Response(401, json={"error": "credentials"}),
    httpx.Response(409, json={"error": "conflict"}),
    httpx.Response(429, headers={"Retry-After": "90"}, json={"error": "slow down"}),
    httpx.Response(500, text="<html>Oops</html>"),
    httpx.Response(502, text="<html>Bad gateway</html>"),
    httpx.ReadTimeout("slow"),
)
POISON = (b"", b"{", b"[]", b"null", b"\xff\xfe{}", b"[" * 5_000, b'{"event": 7}', b'{"data": []}')


class DeskContract:
    #: Answers that mean something else there.
    means_success: tuple[int, ...] = ()

    @abstractmethod
    def desk(self) -> SimulatedDesk: ...

    @pytest.fixture
    async def scene(self, rig: Harness) -> DeskScene:
        return await DeskScene.start(rig, self.desk())

    async def test_from_the_handoff_to_the_end(self, scene: DeskScene) -> None:
        ticket = await scene.hand_over()
        owner = f"desk:{scene.desk.name}"
        assert await scene.state() == (State.AGENT, owner)
        assert f"/v1/desks/packets/{(await scene.link()).id}" in ticket.opening
        assert "担当者と話したい" in ticket.opening
        await scene.say("返品の期限はいつまでですか。カードは4111 1111 1111 1111です")
        assert len(ticket.texts) == 1
        assert "返品の期限" in ticket.texts[0]
        assert "4111 1111" not in ticket.texts[0]
        last = (await scene.rig.messages(scene.conversation))[-1]
        assert last.author is Author.CUSTOMER  # the assistant is silent
        await scene.hear(
            scene.desk.note(ticket, "在庫を確認中"), scene.desk.reply(ticket, "愛子です。30日です。")
        )
        assert await scene.replies() == ["愛子です。30日です。"]
        assert any("在庫を確認中" in note.text for note in await scene.notes())
        await scene.hear(scene.desk.close(ticket))
        assert (await scene.state())[0] is State.CLOSED
        assert (await scene.link()).state is LinkState.CLOSED
        assert not ticket.is_open
        assert len(ticket.texts) == 1

    async def test_callbacks_that_come_twice_and_in_another_order(self, scene: DeskScene) -> None:
        ticket = await scene.hand_over()
        first = scene.desk.reply(ticket, "一つ目")
        second = scene.desk.reply(ticket, "二つ目")
        end = scene.desk.close(ticket)
        await scene.hear(end, second, first, second, first, end)
        assert await scene.replies() == ["一つ目", "二つ目"]
        await scene.hear(second, first)
        assert await scene.replies() == ["一つ目", "二つ目"]
        assert (await scene.state())[0] is State.CLOSED

    async def test_what_callbacks_missed_is_asked_for(self, scene: DeskScene) -> None:
        ticket = await scene.hand_over()
        scene.desk.reply(ticket, "届かなかった返信")
        scene.desk.reply(ticket, "その次")
        late = scene.desk.close(ticket)
        await scene.wait(2_000, steps=2)
        assert await scene.replies() == ["届かなかった返信", "その次"]
        assert (await scene.state())[0] is State.CLOSED
        await scene.hear(late)
        assert await scene.replies() == ["届かなかった返信", "その次"]

    async def test_trouble_delays_and_loses_nothing(self, scene: DeskScene) -> None:
        troubles = [one for one in TROUBLES if getattr(one, "status_code", 0) not in self.means_success]
        scene.desk.troubles += troubles
        await scene.rig.ask(scene.conversation, "担当者と話したいです")
        assert await scene.state() == (State.QUEUED, None)  # our own people may take it meanwhile
        assert "credentials" in ((await scene.link()).why or "")
        await scene.wait(1_800, steps=12)
        assert len(scene.desk.tickets) == 1
        scene.desk.troubles += troubles
        await scene.say("一つ目です")
        await scene.say("二つ目です")
        await scene.wait(1_800, steps=12)
        assert [text[-5:] for text in scene.ticket.texts] == ["一つ目です", "二つ目です"]
        assert (await scene.link()).why is None

    async def test_answers_that_are_lost_on_the_way_back_double_nothing(self, scene: DeskScene) -> None:
        scene.desk.lost_answers = 1
        await scene.rig.ask(scene.conversation, "担当者と話したいです")
        await scene.wait(300, steps=6)
        scene.desk.lost_answers = 1
        await scene.say("一度だけです")
        await scene.wait(300, steps=6)
        assert len(scene.desk.tickets) == 1
        assert len(scene.ticket.texts) == 1
        mori = await scene.rig.hire()
        scene.desk.lost_answers = 1
        await scene.rig.claim(scene.conversation, mori)
        await scene.wait(300, steps=6)
        assert not scene.ticket.is_open
        assert len(scene.ticket.texts) == 1

    async def test_two_hours_down(self, scene: DeskScene) -> None:
        ticket = await scene.hand_over()
        scene.desk.is_down = True
        said = [f"{number:02d}番目です" for number in range(8)]
        for text in said:
            await scene.say(text)
            await scene.wait(900, steps=3)
        scene.desk.is_down = False
        scene.desk.reply(ticket, "お待たせしました")
        await scene.wait(1_200, steps=8)
        assert [text[-6:] for text in ticket.texts] == said
        assert await scene.replies() == ["お待たせしました"]

    async def test_a_message_that_is_refused_is_shown_and_costs_no_other(self, scene: DeskScene) -> None:
        ticket = await scene.hand_over()
        scene.desk.refusal = 422
        await scene.say("入らないものです")
        await scene.say("次のものです")
        assert [text[-6:] for text in ticket.texts] == ["次のものです"]
        assert any("届きませんでした" in note.text for note in await scene.notes())
        assert await scene.rig.database.read(lambda store: store.jobs.count_dead_letters()) == 1

    async def test_a_ticket_that_is_gone_brings_the_conversation_back(self, scene: DeskScene) -> None:
        await scene.hand_over()
        scene.desk.refusal = 404
        await scene.say("まだですか")
        assert await scene.state() == (State.QUEUED, None)
        assert (await scene.link()).state is LinkState.FAILED

    async def test_taking_it_back_fences_the_desk(self, scene: DeskScene) -> None:
        ticket = await scene.hand_over()
        mori = await scene.rig.hire()
        await scene.rig.claim(scene.conversation, mori)
        await scene.rig.work()
        assert (await scene.link()).state is LinkState.TAKEN_BACK
        assert not ticket.is_open
        await scene.hear(scene.desk.reply(ticket, "もう遅い返信"), scene.desk.close(ticket))
        assert await scene.replies() == []
        assert any("もう遅い返信" in note.text for note in await scene.notes())
        assert await scene.state() == (State.AGENT, mori.id)
        await scene.say("森さんに聞いています")
        assert ticket.texts == []

    async def test_taken_back_it_stays_so_though_it_was_ended_before_the_desk_heard(
        self, scene: DeskScene
    ) -> None:
        ticket = await scene.hand_over()
        mori = await scene.rig.hire()
        await scene.rig.claim(scene.conversation, mori)
        await scene.rig.resolve(scene.conversation, mori)
        await scene.rig.work()
        assert (await scene.link()).state is LinkState.TAKEN_BACK
        await scene.hear(scene.desk.reply(ticket, "もう遅い返信"))
        assert await scene.replies() == []
        assert (await scene.state())[0] is State.CLOSED

    async def test_reopened_there_it_goes_on_here(self, scene: DeskScene) -> None:
        ticket = await scene.hand_over()
        await scene.hear(scene.desk.close(ticket))
        await scene.hear(scene.desk.reopen(ticket))
        assert await scene.state() == (State.AGENT, f"desk:{scene.desk.name}")
        await scene.hear(scene.desk.reply(ticket, "続きです"))
        assert (await scene.replies())[-1] == "続きです"
        await scene.say("ありがとうございます")
        assert len(ticket.texts) == 1

    async def test_the_customer_ends_it(self, scene: DeskScene) -> None:
        ticket = await scene.hand_over()
        await scene.rig.say(scene.conversation, "解決しました")
        rig = scene.rig
        await rig.database.write(
            lambda store: customer_actions.close_conversation(
                store, scene.conversation, rig.policy, rig.assistant.pick_facts, rig.clock()
            )
        )
        await rig.work()
        assert len(ticket.texts) == 1
        assert not ticket.is_open
        assert (await scene.link()).state is LinkState.CLOSED

    async def test_only_signed_calls_are_believed(self, scene: DeskScene) -> None:
        ticket = await scene.hand_over()
        body, headers = scene.desk.reply(ticket, "偽の返信")
        for wrong in self.wrongly_signed(scene.desk, (body, headers)):
            with pytest.raises(Unauthorized):
                scene.rig.desks[scene.desk.name].inbound(wrong)

    def wrongly_signed(self, desk: SimulatedDesk, callback: Callback) -> list[WebhookRequest]:
        body, headers = callback
        return [desk.build_call((body + b" ", headers)), desk.build_call((body, {}))]

    async def test_bytes_that_mean_nothing_are_no_event(self, scene: DeskScene) -> None:
        for body in POISON:
            call = scene.desk.build_call((body, scene.desk.sign(body)))
            with suppress(BadInput):
                assert not scene.rig.desks[scene.desk.name].inbound(call).events

    async def test_a_reply_whose_callback_was_missed_comes_before_the_next(self, scene: DeskScene) -> None:
        ticket = await scene.hand_over()
        scene.desk.reply(ticket, "一つ目、知らせは届かず")
        await scene.hear(scene.desk.reply(ticket, "二つ目"))
        assert await scene.replies() == ["一つ目、知らせは届かず", "二つ目"]

    async def test_what_is_said_after_a_first_try_is_not_lost(self, scene: DeskScene) -> None:
        scene.desk.lost_answers = 1
        await scene.rig.ask(scene.conversation, "担当者と話したいです")
        await scene.rig.say(scene.conversation, "待っている間のものです")
        await scene.wait(300, steps=6)
        assert [text[-11:] for text in scene.ticket.texts] == ["待っている間のものです"]
