"""All settings, read once; with none set the service runs embedded on one machine."""

import json
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import NoDecode, SettingsConfigDict

from assistant.app.data_folder import MIN_KEY_CHARACTERS, load_or_create_key
from assistant.app.environment import export_library_variables
from assistant.app.sign_in_settings import SignInSettings
from assistant.conversation.templates import check_languages
from assistant.domain.errors import BadInput, SetupError
from assistant.domain.webhook_signatures import decode_secret

#: The model where only an OpenAI key is set: small, and asked not to reason before it answers.
DEFAULT_OPENAI_MODEL = "openai:gpt-5.4-mini"
#: What a model's parameters may be given for.
PURPOSES = ("all", "answer", "rewrite", "vote", "summary", "edit")


class Settings(SignInSettings):
    """The environment (and `.env`), validated; secrets are never printed."""

    model_config = SettingsConfigDict(
        env_prefix="ASSISTANT_",
        env_file=".env",
        extra="ignore",
        hide_input_in_errors=True,
        populate_by_name=True,
    )

    data_dir: Path = Path("data")
    #: Folder of prepared models; unset: in the data folder.
    models: Path | None = None
    database_url: str | None = None
    chroma_url: str | None = None
    #: Access to a Chroma server that asks for it, such as Chroma Cloud.
    chroma_token: SecretStr | None = None
    chroma_tenant: str | None = None
    chroma_database: str | None = None
    #: Name of a plug-in that wraps the search; unset: none.
    retriever: str | None = None
    chat_model: str | None = None
    #: Purpose -> parameters of the chat model, as JSON.
    chat_parameters: Annotated[dict[str, dict[str, Any]], NoDecode] = Field(default_factory=dict)
    openai_api_key: SecretStr | None = Field(
        None, validation_alias=AliasChoices("OPENAI_API_KEY", "openai_api_key")
    )
    openai_base_url: str | None = Field(
        None, validation_alias=AliasChoices("OPENAI_BASE_URL", "openai_base_url")
    )
    embeddings: str = "local"
    languages: Annotated[tuple[str, ...], NoDecode] = ("ja", "en")
    #: Name of the operator on help pages.
    name: str = Field("", max_length=80)
    secret_key: SecretStr | None = None
    #: Signs the `customer.id` of signed-in visitors; the secret key if unset.
    identity_secret: SecretStr | None = None
    public_url: str = "http://localhost:8000"
    policy: Path | None = None
    #: The business's own system, which does what the tools name; unset: nothing is done for customers.
    backend_url: str | None = None
    #: Signs the calls to it; `whsec_…` or any text of at least 24 bytes.
    backend_secret: SecretStr | None = None
    #: The foreign desk that handoffs go to, as zendesk or zendesk:ACCOUNT; unset: to our own agents.
    handoff_desk: str | None = None
    #: Folder of the tools; unset: those of the sample shop.
    tools: Path | None = None
    #: Allow private networks: ingesting from an intranet, and sending webhooks there, also over http.
    ingest_private: bool = False
    webhooks_private: bool = False
    #: Hours between resyncs of web sources while serving; 0: only on request.
    resync_hours: float = Field(6, ge=0, le=24 * 365)
    #: Origins that may embed the widget; `*` is any.
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = ("*",)
    #: Addresses or networks of trusted proxies (X-Forwarded-For); programs on this machine by default.
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = ("127.0.0.1", "::1")
    #: Bearer token for /metrics; unset: only programs on this machine.
    metrics_token: SecretStr | None = None
    #: Whether /docs and /openapi.json are public, or for this machine only.
    api_docs: Literal["public", "local"] = "local"
    #: Least level of what is logged.
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    #: Whether each request is logged.
    access_log: bool = False
    #: Where spans go: `otlp`, or a file; None: nowhere.
    traces: str | None = None
    #: Debounce: seconds without a further message until the assistant answers.
    quiet_seconds: float = Field(0.6, ge=0, le=10)
    #: Seconds after which an unanswered customer gets an acknowledgement and is queued.
    turn_deadline_seconds: float = Field(30, gt=0, le=600)
    #: Seconds without an agent's answer after which a conversation returns to the queue.
    agent_deadline_seconds: float = Field(600, gt=0)

    #: Days after which a closed conversation is erased; unset: never.
    retention_days: int | None = Field(None, ge=1)

    @field_validator("languages", "allowed_origins", "trusted_proxies", mode="before")
    @classmethod
    def split_list(cls, value: object) -> object:
        return (
            tuple(part.strip() for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("chat_parameters", mode="before")
    @classmethod
    def parse_parameters(cls, value: object) -> object:
        try:
            found = json.loads(value or "{}") if isinstance(value, str) else value
        except json.JSONDecodeError:
            found = None
        if not isinstance(found, dict) or not all(isinstance(inner, dict) for inner in found.values()):
            raise ValueError('write JSON such as {"answer": {"temperature": 0.2}}')
        if unknown := sorted(found.keys() - set(PURPOSES)):
            raise ValueError(f"{unknown[0]!r} is none of {', '.join(PURPOSES)}")
        return found

    @field_validator("languages")
    @classmethod
    def require_language(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise ValueError("name at least one language, for example ja,en")
        try:
            check_languages(value)
        except BadInput as exc:
            raise ValueError(str(exc)) from exc
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def validate_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            try:
                ip_network(one)
            except ValueError as exc:
                raise ValueError(f"{one!r} is no address and no network such as 10.0.0.0/8") from exc
        return value

    @field_validator("backend_secret")
    @classmethod
    def validate_backend_secret(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None:
            decode_secret(secret.get_secret_value())
        return secret

    @field_validator("secret_key", "identity_secret", "metrics_token")
    @classmethod
    def reject_placeholder(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and len(key.get_secret_value()) < MIN_KEY_CHARACTERS:  # every usual placeholder is
            raise ValueError(
                f"is a placeholder or too short; use at least {MIN_KEY_CHARACTERS} random characters"
            )
        return key

    @field_validator(
        "openai_api_key",
        "openai_base_url",
        "chat_model",
        "database_url",
        "models",
        "chroma_url",
        "chroma_token",
        "chroma_tenant",
        "chroma_database",
        "retriever",
        "metrics_token",
        "traces",
        "backend_url",
        "backend_secret",
        "handoff_desk",
        mode="before",
    )
    @classmethod
    def unset_empty(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("database_url")
    @classmethod
    def validate_database_url(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("sqlite:///", "postgresql://", "postgres://")):
            raise ValueError("begin it with postgresql:// or sqlite:///")
        return url

    @field_validator("backend_url")
    @classmethod
    def validate_backend_url(cls, url: str | None) -> str | None:
        parts = urlsplit(url or "http://unset")
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("give the address of your system as https://HOST/PATH")
        return url

    @field_validator("chroma_url")
    @classmethod
    def validate_chroma_url(cls, url: str | None) -> str | None:
        parts = urlsplit(url or "http://unset")
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
            raise ValueError("give the server's address as http://HOST:PORT")
        return url and url.rstrip("/")

    @property
    def postgres_url(self) -> str | None:
        """URL of the PostgreSQL database; None: SQLite at `database_path`."""
        url = self.database_url
        return f"postgresql://{url.partition('://')[2]}" if url and url.startswith("postgres") else None

    @property
    def database_path(self) -> Path:
        return (
            Path(self.database_url.removeprefix("sqlite:///"))
            if self.database_url
            else self.data_dir / "yorisoi.db"
        )

    @property
    def resync_interval(self) -> timedelta | None:
        """Interval of web resyncs; None: only on request."""
        return timedelta(hours=self.resync_hours) if self.resync_hours else None

    @property
    def models_dir(self) -> Path:
        return self.models or self.data_dir / "models"

    @property
    def effective_model(self) -> str:
        """The chat model in use: the setting; with only an OpenAI key its small model; else quotes."""
        return self.chat_model or (DEFAULT_OPENAI_MODEL if self.openai_api_key else "extractive")

    def load_signing_key(self) -> bytes:
        """The secret key; generated and stored in the data folder if not set."""
        return (
            self.secret_key.get_secret_value().encode()
            if self.secret_key
            else load_or_create_key(self.data_dir)
        )

    def load_backend_key(self) -> bytes | None:
        """Signs calls between this service and the business's system; None: there is none."""
        return decode_secret(self.backend_secret.get_secret_value()) if self.backend_secret else None

    def load_identity_key(self) -> bytes:
        """The key with which a site signs its customers' ids."""
        return (
            self.identity_secret.get_secret_value().encode()
            if self.identity_secret
            else self.load_signing_key()
        )


def load_settings() -> Settings:
    """The settings, or SetupError with one line per error."""
    try:
        export_library_variables()
        return Settings()  # type: ignore[call-arg]
    except ValidationError as exc:
        raise SetupError("; ".join(map(_format_error, exc.errors()))) from exc
    except UnicodeDecodeError as exc:
        raise SetupError("The file .env is not UTF-8; save it as UTF-8.") from exc


def _format_error(error: ErrorDetails) -> str:
    name = "_".join(map(str, error["loc"])).upper()
    prefix = "" if name.startswith("OPENAI_") else "ASSISTANT_"
    return f"{prefix}{name}: {error['msg'].removeprefix('Value error, ')}"
