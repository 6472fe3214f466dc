"""``python -m evals fuzz [--only TARGET] [--seconds 60]``: parsers under atheris, from seeds/.

A parser may refuse (an AssistantError, Unreadable); any other exception, or ten seconds without a result, is
a finding: its bytes are saved in fuzz-finds/. It needs atheris (``uv pip install --group fuzz``), on Linux.
"""

import argparse
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

SEEDS = Path(__file__).with_name("seeds")
FINDS = Path("fuzz-finds")
#: Most bytes of an input; tests cover larger ones.
MAX_BYTES = 4096
MAX_SECONDS = 10
CHANNELS = ("line", "whatsapp", "messenger", "instagram", "sms", "telegram", "slack", "email")
LOADERS = (".md", ".txt", ".html", ".csv")
TEXTS = ("reply", "stream", "facts", "mask", "signals")
TARGETS = (*CHANNELS, *LOADERS, *TEXTS)

Target = Callable[[bytes], object]


def build_channel_target(name: str) -> Target:
    """The parser of an app's webhook after signature verification."""
    import httpx

    from assistant.channels.base import ChannelConfig
    from assistant.channels.registry import CHANNELS as KINDS
    from assistant.domain.channels import WebhookRequest

    values = {setting.name: "shop@shop.example" for setting in KINDS[name].settings}
    values |= {"SMTP_URL": "smtps://u:p@shop.example", "IMAP_URL": ""}
    wiring = ChannelConfig(
        account="", values=values, client=httpx.AsyncClient(), public_url="https://shop.example"
    )
    made = KINDS[name](wiring)
    form = "application/x-www-form-urlencoded" if name == "sms" else "application/json"

    def parse_call(body: bytes) -> object:
        kind = "multipart/form-data; boundary=b" if name == "email" and body[:2] == b"--" else form
        call = WebhookRequest(
            method="POST", url="https://shop.example", headers={"content-type": kind}, query={}, body=body
        )
        return made.answer_challenge(call), made.parse_webhook(call)  # type: ignore[attr-defined]

    return parse_call


def build_loader_target(suffix: str) -> Target:
    from assistant.knowledge.ingest.chunking import split_into_chunks
    from assistant.knowledge.loaders import LOADERS as LOAD

    def load_document(data: bytes) -> object:
        return [list(split_into_chunks(document.text, len)) for document in LOAD[suffix](data)]

    return load_document


def build_text_target(name: str) -> Target:
    """Functions that process customers' and models' text."""
    from assistant.answering.drafts.stream_splitter import StreamSplitter
    from assistant.answering.grounding.rules import find_unfit_reason
    from assistant.api.reply_html import render_reply
    from assistant.signals.language import detect_language
    from assistant.text.exact_facts import extract_numbers, normalize_digits
    from assistant.text.pii_masking import PiiMask

    def split_stream(said: str) -> object:
        splitter = StreamSplitter()
        pieces = [piece for char in said for piece in splitter.feed_text(char)] + splitter.flush_rest()
        return [find_unfit_reason(piece.text, "ja") for piece in pieces]

    def mask_and_unmask(said: str) -> object:
        hidden = PiiMask()
        return hidden.unmask_text(hidden.mask_text(said))

    readers: dict[str, Callable[[str], object]] = {
        "reply": partial(render_reply, allowed_hosts=("shop.example",)),
        "stream": split_stream,
        "facts": lambda said: extract_numbers(normalize_digits(said)),
        "mask": mask_and_unmask,
        "signals": lambda said: detect_language(said, ("ja", "en")),
    }
    return lambda data: readers[name](data.decode("utf-8", "surrogateescape"))


def build_target(name: str) -> Target:
    if name in CHANNELS:
        return build_channel_target(name)
    return build_loader_target(name) if name in LOADERS else build_text_target(name)


def run_fuzzer(name: str, options: list[str]) -> None:
    """Never returns: the fuzzer ends the process."""
    import atheris  # type: ignore[import-not-found,import-untyped,unused-ignore]

    with atheris.instrument_imports(include=["assistant"]):
        from assistant.domain.errors import AssistantError
        from assistant.knowledge.loaders import Unreadable

        parse = build_target(name)

    def run_once(data: bytes) -> None:
        try:
            parse(data)
        except (AssistantError, Unreadable):
            return

    atheris.Setup([sys.argv[0], *options], run_once)
    atheris.Fuzz()


def main() -> None:
    parser = argparse.ArgumentParser(prog="evals fuzz", description=__doc__)
    parser.add_argument("--only", action="append", choices=TARGETS, help="one parser")
    parser.add_argument("--seconds", type=int, default=60, help="for each parser")
    options = parser.parse_args()
    FINDS.mkdir(exist_ok=True)
    found = [name for name in options.only or TARGETS if not _survives_fuzzing(name, options.seconds)]
    raise SystemExit(1 if found else 0)


def _survives_fuzzing(name: str, seconds: int) -> bool:
    limits = [f"-max_total_time={seconds}", f"-max_len={MAX_BYTES}", f"-timeout={MAX_SECONDS}"]
    with TemporaryDirectory() as grown:
        folders = [grown, str(SEEDS / name.strip("."))] if (SEEDS / name.strip(".")).exists() else [grown]
        command = [
            sys.executable,
            "-m",
            "evals.faults.fuzz",
            name,
            *limits,
            f"-artifact_prefix={FINDS}/{name}-",
        ]
        done = subprocess.run([*command, *folders], capture_output=True, text=True, check=False)
    lines = done.stderr.strip().splitlines()
    runs = next((line for line in reversed(lines) if line.startswith("Done ")), "")
    print(f"  {name:10} {'holds' if done.returncode == 0 else 'FOUND'}  {runs}", flush=True)
    if done.returncode:
        print("\n".join(lines[-25:]))
    return done.returncode == 0


if __name__ == "__main__":
    run_fuzzer(sys.argv[1], sys.argv[2:])
