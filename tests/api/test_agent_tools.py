"""Over HTTP: agents see the tools, read, propose on their own authority, and take it back."""

from dataclasses import replace

from assistant.conversation.actions.agent_tools import AgentTools
from assistant.conversation.actions.identity import IdentityCheck
from tests.actions_harness import TOOLS, ShopSide
from tests.api.conftest import ApiClient

ORDER = {"order_number": "KM-482133"}


async def test_agents_use_tools_in_their_conversations(client: ApiClient) -> None:
    rig, context, shop = client.rig, client.app.state.context, ShopSide(client.rig.clock)
    shop.add(ORDER["order_number"], "accepted")
    agent, talk = await client.hire(), await client.open()
    assert (await client.http.get("/v1/agent/tools", headers=agent)).json() == {"tools": []}
    identity = IdentityCheck(database=rig.database, backend=shop.backend, clock=rig.clock)
    tools = AgentTools(
        database=rig.database, backend=shop.backend, tools=TOOLS, identity=identity, clock=rig.clock
    )
    client.app.state.context = replace(context, agent_tools=tools)
    listed = (await client.http.get("/v1/agent/tools", headers=agent)).json()["tools"]
    assert {one["name"]: one["effect"] for one in listed}["order_status"] == "read"
    url = f"/v1/agent/conversations/{talk.id}"
    body = {"arguments": ORDER, "authority": "agent"}
    early = await client.http.post(f"{url}/tools/order_status", json=body, headers=agent)
    assert early.status_code == 409
    await client.http.post(f"{url}/claim", headers=agent)
    read = (await client.http.post(f"{url}/tools/order_status", json=body, headers=agent)).json()
    assert read["done"]
    assert read["proposal"] is None
    shown = (await client.http.post(f"{url}/tools/cancel_order", json=body, headers=agent)).json()
    taken_back = await client.http.post(
        f"{url}/proposals/{shown['proposal']}", json={"answer": "no"}, headers=agent
    )
    assert taken_back.status_code == 200
    (action,) = (await client.http.get(url, headers=agent)).json()["actions"]
    assert (action["effect"], action["state"]) == (shown["text"], "declined")
    assert action["agent"]
    denied = body | {"authority": "customer"}
    refused = await client.http.post(f"{url}/tools/order_status", json=denied, headers=agent)
    assert refused.status_code == 403
