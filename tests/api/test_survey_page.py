"""The survey of a mail as a page: opening it counts nothing, sending it counts once."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from assistant.conversation.inbound import customer_actions
from assistant.domain.policy import Policy
from assistant.domain.signed_links import SURVEY_LINK, sign_link
from assistant.storage.store import SqlStore
from tests.api.conftest import application
from tests.harness import Harness

KEY = b"signs links"


async def load_answers(rig: Harness, talk: str) -> list[tuple[int, str | None]]:
    def step(store: SqlStore) -> list[tuple[int, str | None]]:
        rows = store.feedback._connection.exec_driver_sql("SELECT value, comment FROM feedback")
        return [(row.value, row.comment) for row in rows]

    return await rig.database.read(step)


@pytest.mark.parametrize(
    ("kind", "answer", "named"), [("nps", 0, "まったく思わない"), ("csat", 5, "とても満足")]
)
async def test_a_survey_is_answered_by_sending_it_and_never_by_opening_it(
    rig: Harness, tmp_path: Path, kind: str, answer: int, named: str
) -> None:
    rig = Harness(rig.database, policy=replace(Policy(), surveys={kind: 1}))
    talk = (await rig.open()).conversation.id
    await rig.ask(talk, "返品の期限は？")
    await rig.database.write(
        lambda store: customer_actions.close_conversation(
            store, talk, rig.policy, rig.assistant.pick_facts, rig.clock()
        )
    )
    app = application(rig, {}, tmp_path)
    app.state.context = replace(app.state.context, link_key=KEY)
    path = f"/survey/{sign_link(KEY, SURVEY_LINK, talk, rig.clock() + timedelta(days=7))}"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test") as http:
        page = await http.get(f"{path}&value={answer}")
        assert named in page.text
        assert f'type="radio" name="value" value="{answer}"' in page.text
        assert page.headers["cache-control"] == "private, no-store"
        assert (await http.head(path)).status_code == 405
        for wrong in ("value=11", "value=", "value=%EF%BC%95", "comment=%3Cb%3E"):
            asked_again = await http.post(path, content=wrong, headers=form)
            assert 'role="alert"' in asked_again.text
        assert "&lt;b&gt;</textarea>" in asked_again.text
        assert (await http.get(path[:-1] + "x")).status_code == 404
        assert (await http.post(path, content="&".join(["a=1"] * 9), headers=form)).status_code == 422
        assert await load_answers(rig, talk) == []
        sent = f"value={answer}&comment=%E9%81%85%E3%81%84"
        assert "ありがとうございました" in (await http.post(path, content=sent, headers=form)).text
        again = await http.post(path, content="value=1", headers=form)
        assert "回答済み" in again.text
        assert "回答済み" in (await http.get(path)).text
    assert await load_answers(rig, talk) == [(answer, "遅い")]
