"""`scripts/run-several` ends all that it started, however it is stopped."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

#: In place of a workshop, which takes a minute: says when it is there, and when it is ended.
PROGRAM = """
import contextlib, time
from evals.faults import several

class Workshop:
    def __init__(self, folder, stack, prepared):
        stack.callback(print, "servers ended", flush=True)
        {preparing}

    @contextlib.contextmanager
    def open_site(self, postgres):
        try:
            yield self
        finally:
            print("services ended", flush=True)

    urls = ["http://here"]

several.Workshop = Workshop
several.main()
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize(
    ("preparing", "waits_for", "ended"),
    [
        ("print('preparing', flush=True); time.sleep(60)", "preparing", "servers ended"),
        ("pass", "sign in", "services ended servers ended"),
    ],
)
def test_whatever_stops_it_ends_what_it_started(
    number: signal.Signals, preparing: str, waits_for: str, ended: str
) -> None:
    command = [sys.executable, "-c", PROGRAM.format(preparing=preparing)]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while waits_for not in process.stdout.readline():
            assert process.poll() is None
        process.send_signal(number)
        said, _ = process.communicate(timeout=20)
    assert " ".join(said.split()) == ended
    assert process.returncode == 0
