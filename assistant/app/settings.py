"""All settings, read once; with none set the service runs embedded on one machine."""

import json
import os
import re
import secrets
from contextlib import suppress
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import NoDecode, SettingsConfigDict

from assistant.app.sign_in_settings import SignInSettings
from assistant.domain.errors import SetupError
from assistant.domain.webhook_signatures import decode_secret

MIN_KEY_CHARACTERS = 16
#: The model where only an OpenAI key is set: small, and asked not to reason before it answers.
DEFAULT_OPENAI_MODEL = "openai:gpt-5.4-mini"
#: What a model's parameters may be given for.
PURPOSES = ("all", "answer", "rewrite", "vote", "summary")
#: Variables that libraries read themselves: of model vendors, tracing, proxies and certificates.
LIBRARY_VARIABLES = re.compile(
    r"(ANTHROPIC|GOOGLE|GEMINI|AZURE_OPENAI|MISTRAL|GROQ|DEEPSEEK|XAI|COHERE|TOGETHER|FIREWORKS|OPENROUTER"
    r"|OLLAMA|HF|HUGGINGFACEHUB|AWS|LANGSMITH|LANGCHAIN|OTEL|CHROMA)_.+|(HTTPS?|ALL|NO)_PROXY|SSL_CERT_(FILE|DIR)"
)


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
    database_url: str | None = None
    chroma_url: str | None = None
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
    #: Folder of the tools; unset: those of the sample shop.
    tools: Path | None = None
    #: Allow ingesting web addresses in private networks (an intranet's help centre).
    ingest_private: bool = False
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
        "chroma_url",
        "metrics_token",
        "traces",
        "backend_url",
        "backend_secret",
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
        return self.data_dir / "models"

    @property
    def effective_model(self) -> str:
        """The chat model in use: the setting; with only an OpenAI key its small model; else quotes."""
        return self.chat_model or (DEFAULT_OPENAI_MODEL if self.openai_api_key else "extractive")

    def load_signing_key(self) -> bytes:
        """The secret key; generated and stored in the data folder if not set."""
        return (
            self.secret_key.get_secret_value().encode()
            if self.secret_key
            else _load_or_create_key(self.data_dir)
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


def load_environment() -> dict[str, str]:
    """All variables of the environment and of `.env`: channels select theirs by name (`docs/channels.md`)."""
    kept = {name: value for name, value in dotenv_values(".env").items() if value is not None}
    return {**kept, **os.environ}


def export_library_variables() -> None:
    """Put variables of `.env` that libraries read themselves into the environment, which wins."""
    for name, value in load_environment().items():
        if LIBRARY_VARIABLES.fullmatch(name):
            os.environ.setdefault(name, value)


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


def prepare_data_dir(path: Path) -> None:
    """Create the data folder and test that it is writable, or SetupError."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        with suppress(PermissionError):  # another user's folder that we may write to
            path.chmod(0o700)  # customers' messages are private
            for file in path.glob("*.db*"):
                file.chmod(0o600)
        probe = path / f".probe-{secrets.token_hex(4)}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as exc:
        raise SetupError(
            f"The data folder {path} cannot be written to ({exc.strerror}); "
            "make it writable or set ASSISTANT_DATA_DIR to another folder."
        ) from exc


def _load_or_create_key(data_dir: Path) -> bytes:
    path = data_dir / "secret.key"
    if not path.exists() or len(path.read_bytes()) < MIN_KEY_CHARACTERS:
        # Written atomically: after a crash there must be no empty key.
        made = data_dir / f".secret-{secrets.token_hex(4)}"
        made.touch(mode=0o600)
        made.write_bytes(secrets.token_hex(32).encode())
        made.replace(path)
    return path.read_bytes()
