"""The OpenID Connect provider of the settings."""

from typing import TYPE_CHECKING

from assistant.app.sign_in_settings import SignInSettings
from assistant.domain.errors import SetupError

if TYPE_CHECKING:
    from assistant.api.oidc_provider import OidcProvider


def build_oidc_provider(settings: SignInSettings, public_url: str) -> "OidcProvider | None":
    """None without settings; SetupError for some of them."""
    issuer, client_id, secret = settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret
    if not (issuer or client_id or secret):
        return None
    if not (issuer and client_id and secret):
        raise SetupError(
            "ASSISTANT_OIDC_ISSUER, ASSISTANT_OIDC_CLIENT_ID and ASSISTANT_OIDC_CLIENT_SECRET go together."
        )
    if settings.oidc_create and not settings.oidc_domains:
        raise SetupError(
            "ASSISTANT_OIDC_CREATE needs ASSISTANT_OIDC_DOMAINS: the domains of addresses that get an account"
            " (shop.example)."
        )
    from assistant.api.oidc_provider import OidcProvider

    return OidcProvider(
        issuer=issuer,
        client_id=client_id,
        client_secret=secret.get_secret_value(),
        redirect_uri=f"{public_url.rstrip('/')}/v1/agent/oidc/callback",
        domains=frozenset(settings.oidc_domains) if settings.oidc_create else frozenset(),
    )
