"""Whatever follows from the description of the API, and whatever contradicts it: never an error of ours.

`YORISOI_EXAMPLES=500 pytest tests/api/test_description.py` is the long form.
"""

import asyncio
import os
from collections.abc import Iterator
from itertools import cycle
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import one_of
from schemathesis import APIOperation, Case, GenerationMode

from tests.api.conftest import ApiClient

EXAMPLES = int(os.environ.get("YORISOI_EXAMPLES", "4"))
Operation = APIOperation[Any, Any, Any, Any]
#: Streams do not end.
STREAMS = ("/events",)


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_no_call_that_the_description_leads_to_is_an_error_of_ours(client: ApiClient) -> None:
    talk, agent = await client.open(), await client.hire()
    description = (await client.http.get("/openapi.json")).json()
    base, known = str(client.http.base_url).rstrip("/"), {"conversation": talk.id}
    wrong, existing = list[str](), cycle([True, False])

    def told(case: Case[Any]) -> None:
        """As a customer or as an agent, every second time about a conversation that exists."""
        if set(case.path_parameters or ()) == set(known) and next(existing):
            case.path_parameters = known
        headers = agent if "/agent" in case.path else talk.headers
        headers = headers | {"X-Forwarded-For": f"10.1.{uuid4().int % 256}.{uuid4().int % 256}"}
        answer = case.call(base_url=base, headers=headers, timeout=10)
        if answer.status_code >= 500:
            wrong.append(f"{case.method} {case.formatted_path} {case.body!r:.200} {answer.status_code}")

    for operation in _operations(description):
        await asyncio.to_thread(_tried, operation, told)
    assert wrong == []


def _operations(description: dict[str, Any]) -> Iterator[Operation]:
    for result in schemathesis.openapi.from_dict(description).get_all_operations():
        operation: Operation = result.ok()  # type: ignore[union-attr] # what is no description fails here
        if not operation.path.endswith(STREAMS):
            yield operation


def _tried(operation: Operation, told: Any) -> None:
    modes = [operation.as_strategy(generation_mode=mode) for mode in GenerationMode]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=one_of(modes))
    def run(case: Case[Any]) -> None:
        told(case)

    run()
