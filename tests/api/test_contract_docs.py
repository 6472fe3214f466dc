"""docs/contract.md names every call of the API, and no call that does not exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "contract.md").read_text("utf-8")
ROUTER = re.compile(r'^router = APIRouter\(\s*(?:prefix="([^"]*)")?', re.MULTILINE)
ROUTE = re.compile(r'@router\.(get|post|put|patch|delete)\(\s*"([^"]*)"')
CALL = re.compile(r"`(GET|POST|PUT|PATCH|DELETE) (/[^`?\s]*)`")


def one_name(path: str) -> str:
    return re.sub(r"\{\w+\}", "{}", path)


def test_the_contract_has_every_call_and_no_other() -> None:
    routes = set()
    for path in (ROOT / "assistant" / "api").glob("*.py"):
        text = path.read_text("utf-8")
        if router := ROUTER.search(text):
            found = ROUTE.findall(text)
            assert found, f"{path.name} has a router and no route that is found"
            routes |= {f"{method.upper()} {one_name((router[1] or '') + tail)}" for method, tail in found}
    assert {f"{method} {one_name(path)}" for method, path in CALL.findall(PAGE)} == routes
