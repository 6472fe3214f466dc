"""Learned weights that are damaged are told, not used."""

from pathlib import Path

import numpy
import pytest

from assistant.domain.errors import SetupError
from assistant.models.embeddings.adapter_weights import TURNS, load_learned_tensors


def test_the_shipped_weights_can_be_read() -> None:
    assert len(load_learned_tensors(TURNS)) > 100


def test_a_cut_file_is_told(tmp_path: Path) -> None:
    cut = tmp_path / "turns.npz"
    cut.write_bytes(TURNS.read_bytes()[:100_000])
    with pytest.raises(SetupError, match="missing or cut off"):
        load_learned_tensors(cut)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="missing or cut off"):
        load_learned_tensors(tmp_path / "turns.npz")


def test_weights_that_are_no_numbers_are_told(tmp_path: Path) -> None:
    damaged = tmp_path / "turns.npz"
    tensors = load_learned_tensors(TURNS)
    name = next(name for name, values in tensors.items() if values.dtype.kind == "f")
    tensors[name] = numpy.full_like(tensors[name], numpy.nan)
    numpy.savez(damaged, **tensors)
    with pytest.raises(SetupError, match="damaged"):
        load_learned_tensors(damaged)
