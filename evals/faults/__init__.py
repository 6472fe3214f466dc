"""``python -m evals faults``: injects faults into the running service and checks it from outside."""


def main() -> None:
    from evals.faults.run import main as run  # its own modules are programs too

    run()
