"""Mail as the world sends it: quotes, character sets, marks of machines, forwards, threads."""

from evals.world.cases import Case

CASES: list[Case] = []
