"""The embedding model computes the same on every processor.

The reference was computed without AVX-512 and VNNI: `valgrind --tool=none python -m evals train embedding
--reference FOLDER`. With 8-bit weights the cosine between the two kinds of processors was .994 to .997.
"""

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.llm.e5_graph import MAX_WEIGHT, quantize_rows
from assistant.llm.e5_model import NAME, prepared_e5
from assistant.llm.embeddings import meant
from assistant.llm.embeddings_onnx import opened

REFERENCE: dict[str, Any] = json.loads(Path(__file__).with_name("e5_reference.json").read_text("utf-8"))
MAX_DIFFERENCE = 1e-3


@pytest.mark.slow
async def test_vectors_are_those_of_an_older_processor(tmp_path: Path) -> None:
    assert REFERENCE["model"] == NAME
    embedder = opened(prepared_e5(tmp_path))
    for case in REFERENCE["texts"]:
        here = np.array((await meant(embedder, case["text"])).vector, np.float64)
        there = np.frombuffer(base64.b64decode(case["vector"]), np.float16).astype(np.float64)
        assert here @ there / np.linalg.norm(here) / np.linalg.norm(there) > 1 - MAX_DIFFERENCE, case["text"]


def test_two_products_of_a_weight_fit_into_sixteen_bits() -> None:
    values, scale = quantize_rows(np.array([[-3.0, 1.0, 2.9], [0.0, 0.0, 0.0]], np.float32), MAX_WEIGHT)
    assert 2 * 255 * int(np.abs(values.astype(int)).max()) <= 2**15 - 1
    assert values * scale[:, None] == pytest.approx(np.array([[-3.0, 1.0, 2.9], [0, 0, 0]]), abs=0.03)
