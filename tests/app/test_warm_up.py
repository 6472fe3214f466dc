"""What is done before the first request, so that it does not wait."""

from fastapi import APIRouter, FastAPI

from assistant.app.web_app import warm_up_routes


async def test_calls_are_worked_out_before_the_first_request() -> None:
    router, answered = APIRouter(), list[str]()

    @router.get("/healthz")
    async def answer() -> None:
        answered.append("healthz")

    app = FastAPI()
    app.include_router(router)
    await warm_up_routes(app)
    assert answered == ["healthz"]
