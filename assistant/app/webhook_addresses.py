"""Where outgoing webhooks may go: https, and no private network unless the operator allows it."""

from assistant.domain.errors import BadInput
from assistant.knowledge.ingest.addresses import resolve_public_addresses
from assistant.knowledge.ingest.web import parse_allowed_url

SETTING = "ASSISTANT_WEBHOOKS_PRIVATE"


class WebhookAddresses:
    """Checks addresses when they are set, and again before every call, because names change."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private

    async def check_url(self, address: str) -> None:
        """BadInput unless it may be called."""
        url = parse_allowed_url(address, any_port=True)
        if url.scheme != "https" and not self._allow_private:
            raise BadInput(f"A webhook goes to an https address; set {SETTING}=1 to allow http.")
        await self.resolve_host(url.host, url.port or 443)

    async def resolve_host(self, host: str, port: int) -> list[str]:
        """The addresses that the name leads to now; BadInput if one of them is private."""
        allow = self._allow_private
        return await resolve_public_addresses(host, port, allow_private=allow, setting=SETTING)
