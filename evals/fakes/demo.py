"""``make run MODEL=demo``: the demo with the fake model server instead of a real model.

``python -m evals.fakes.demo FAULT`` lets it fail in one of the ways of `chat_server.py`: ``make run
MODEL=xss``. A real model's name, with a colon, or ``extractive`` starts the demo with that. Further
arguments go to ``assistant serve``; settings of the environment and of ``.env`` apply, except the model.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence

from evals.bench.service import ASSISTANT
from evals.fakes.chat_server import FAULTS, create_fake, serve_app

#: Seconds between a few characters: a fast model's pace.
PACE = 0.03


def main(words: Sequence[str]) -> int:
    fault = words[0] if words else "demo"
    if ":" in fault or fault == "extractive":
        return _serve_demo({"ASSISTANT_CHAT_MODEL": fault}, words[1:])
    if fault not in ("demo", *FAULTS):
        print(
            f"evals.fakes.demo: MODEL is provider:name, extractive, demo or one of {', '.join(FAULTS)}",
            file=sys.stderr,
        )
        return 2
    with serve_app(create_fake(pace=PACE)) as url:
        base = f"{url}/v1" if fault == "demo" else f"{url}/{fault}/v1"
        model = {
            "ASSISTANT_CHAT_MODEL": f"openai:{fault}",
            "OPENAI_BASE_URL": base,
            "OPENAI_API_KEY": "sk-none",
        }
        return _serve_demo(model, words[1:])


def _serve_demo(model: Mapping[str, str], words: Sequence[str]) -> int:
    service = subprocess.Popen([ASSISTANT, "serve", "--demo", *words], env=os.environ | dict(model))
    # Ctrl-C reaches the service by itself; we end after it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: service.terminate())
    return service.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
