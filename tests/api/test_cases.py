"""Cases over HTTP: agents take them, leads give them to others."""

from assistant.storage.store import SqlStore
from tests.api.conftest import ApiClient

URL = "/v1/agent/insight/cases"


async def open_case(client: ApiClient) -> str:
    """A customer ends the chat and gives the lowest score; returns the case."""
    talk = await client.open()
    await talk.say("返品の期限は？")
    await talk.answered()
    await talk.post("close")
    await talk.post("feedback", {"kind": "csat", "value": 1})
    await client.rig.work()
    mori = await client.hire("Looker")
    (case,) = (await client.http.get(URL, headers=mori)).json()["cases"]
    return str(case["id"])


async def test_a_case_shows_what_its_customer_answered_again(client: ApiClient) -> None:
    case, mori = await open_case(client), await client.hire()

    def answer_again(store: SqlStore) -> None:
        about = {
            "conversation": store.cases.load_row(case).case.conversation,
            "message": None,
            "comment": None,
        }
        now = client.rig.clock()
        store.feedback.add(about | {"kind": "again_nps", "value": 9, "created_at": now})
        store.feedback.add(about | {"kind": "again_csat", "value": 5, "created_at": now})

    assert (await client.http.get(f"{URL}/{case}", headers=mori)).json()["again"] is None
    await client.rig.database.write(answer_again)
    found = (await client.http.get(f"{URL}/{case}", headers=mori)).json()
    assert (found["value"], found["again"]) == (1, {"kind": "csat", "value": 5})


async def test_an_agent_takes_a_case_and_only_a_lead_gives_it_away(client: ApiClient) -> None:
    case = await open_case(client)
    mori, lead = await client.hire(), await client.hire("Lead", admin=True)
    taken = await client.http.post(f"{URL}/{case}", json={"step": "contact"}, headers=mori)
    found = taken.json()
    assert (found["state"], found["trigger"], found["value"]) == ("contacted", "csat", 1)
    give = {"owner": "lead@shop.example"}
    assert (await client.http.post(f"{URL}/{case}", json=give, headers=mori)).status_code == 403
    given = await client.http.post(f"{URL}/{case}", json=give, headers=lead)
    assert given.json()["owner"] not in (None, found["owner"])
    for body, status in [
        ({"step": "tell"}, 409),
        ({"step": "resolve"}, 422),
        ({"due_at": "2026-12-01"}, 422),
    ]:
        answer = await client.http.post(f"{URL}/{case}", json=body, headers=mori)
        assert answer.status_code == status, body
    assert (await client.http.get(f"{URL}?state=open", headers=mori)).json() == {"cases": []}
    assert (await client.http.get(URL)).status_code == 401
