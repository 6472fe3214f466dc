"""What the API says of itself: tags, operation ids, the text of `/docs`."""

from typing import Any

from fastapi.routing import APIRoute

SUMMARY = "Answers customers from a knowledge base and hands over to people."
DESCRIPTION = """
Customers' pages, agents' consoles and programs use the same calls. What they promise, event by event and
field by field, is in `docs/contract.md`; how often they may be made in `docs/limits.md`.

- JSON in UTF-8; times in RFC 3339, UTC. Ignore keys that you do not know.
- Every error is `{"error": {"code", "message"}}`; go by `code`.
- `RateLimit` and `RateLimit-Policy` tell how many calls are left; 429 and 503 carry `Retry-After`.
- Names of operations and of types stay the same between releases, so clients can be generated from
  `/openapi.json`.
"""
TAGS: list[dict[str, Any]] = [
    {"name": "customer", "description": "The web chat, with the token of its conversation."},
    {"name": "channels", "description": "Webhooks of messaging apps, with the app's own signature."},
    {"name": "business", "description": "Events of the business's own systems, signed (Standard Webhooks)."},
    {"name": "agent", "description": "The desk: inbox, conversations, knowledge base, numbers."},
    {"name": "lead", "description": "What support leads write: articles and settings."},
    {"name": "people", "description": "The team's accounts, and one's own password and tokens."},
    {"name": "operations", "description": "Liveness, readiness, metrics."},
]


def build_operation_id(route: APIRoute) -> str:
    """The name of the route's function: `tests/api/test_openapi.py` sees that each is there once."""
    return route.name
