"""Ends a child process with its parent."""

import ctypes
import signal
import sys

#: Option of prctl(2): the signal that we get when our parent dies.
PR_SET_PDEATHSIG = 1


def terminate_with_parent() -> None:
    """End this process with its parent, even if that is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
