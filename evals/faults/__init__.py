"""``python -m evals faults``: breaks the running service on purpose, and looks at it from outside."""


def main() -> None:
    from evals.faults.run import main as run  # its own modules are programs, too

    run()
