"""``python -m evals world``: realistic inputs through the real entrances, a line each.

``--siblings`` runs generated variants of the same kinds instead and prints the share that is right. Modules
of this package give ``CASES: list[Case]`` and, where they have variants, ``async siblings(place)``.
"""

import argparse
import asyncio
import importlib
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

from evals.world.cases import CasePlace, WorldCase, open_place

#: Modules of this package; a missing one has no cases.
MODULES = ("documents", "mail", "apps")
#: Wrong variants printed per kind.
SHOWN = 20


def main() -> None:
    parser = argparse.ArgumentParser(prog="evals world", description=__doc__)
    parser.add_argument("--inputs", type=Path, default=Path("../shared/cases/real_world"))
    parser.add_argument("--only", default="", help="files whose names begin so, or a module")
    parser.add_argument("--siblings", action="store_true", help="generated inputs of the same kinds")
    options = parser.parse_args()
    if not options.inputs.is_dir():
        raise SystemExit(f"evals world: there is no folder {options.inputs}; give --inputs.")
    with TemporaryDirectory(prefix="yorisoi-world-") as scratch:
        run = _run_siblings if options.siblings else _run_cases
        wrong = asyncio.run(run(options.inputs, Path(scratch), options.only))
    if wrong:
        raise SystemExit(1)


def load_modules() -> dict[str, ModuleType]:
    found = {}
    for name in MODULES:
        if (Path(__file__).parent / f"{name}.py").exists():
            found[name] = importlib.import_module(f"evals.world.{name}")
    return found


async def _run_cases(inputs: Path, scratch: Path, only: str) -> int:
    """Run the cases; returns how many failed."""
    cases = {name: module.CASES for name, module in load_modules().items()}
    known = {file for some in cases.values() for case in some for file in case.files}
    wrong = total = 0
    async with open_place(inputs.resolve(), scratch) as place:
        for name, some in cases.items():
            for case in sorted(some, key=lambda one: one.files):
                if only in ("", name) or any(file.startswith(only) for file in case.files):
                    total += 1
                    wrong += not await _run_case(place, case)
    for path in sorted(inputs.iterdir()):
        if path.name not in known | {"README.md"} and (not only or path.name.startswith(only)):
            total += 1
            wrong += 1
            print(f"none   {path.name}: no case runs it")
    print(f"{total - wrong} of {total} right")
    return wrong


async def _run_case(place: CasePlace, case: WorldCase) -> bool:
    paths = [place.inputs / file for file in case.files]
    missing = [path.name for path in paths if not path.exists()]
    problems: Sequence[str] = [f"{name} is not there" for name in missing]
    if not missing:
        problems = await case.check(place, paths)
    print(f"{'wrong' if problems else 'ok':6} {' '.join(case.files)}: {case.says}", flush=True)
    for problem in problems:
        print(f"         {problem}", flush=True)
    return not problems


async def _run_siblings(inputs: Path, scratch: Path, only: str) -> int:
    wrong = 0
    async with open_place(inputs.resolve(), scratch) as place:
        for name, module in load_modules().items():
            if only not in ("", name) or not hasattr(module, "siblings"):
                continue
            made = await module.siblings(place)
            failed = [one for one in made if one.wrong is not None]
            lost = sum(one.lost for one in made)
            print(f"{name}: {len(made) - len(failed)} of {len(made)} right, {lost} lost", flush=True)
            for one in failed[:SHOWN]:
                print(f"  {'lost' if one.lost else 'wrong'}: {one.name}: {one.wrong}")
            wrong += len(failed)
    return wrong
