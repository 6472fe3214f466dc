"""Stores the converted E5 model in the data folder; verified at every start, rebuilt when damaged."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from assistant.domain.errors import SetupError
from assistant.models.embeddings.e5_onnx_export import Progress, write_graph, write_tokenizer
from assistant.models.embeddings.e5_weights import E5Weights, find_packaged_weights
from assistant.models.embeddings.token_projection import FILE as TOKEN_SPACE

#: Raise whenever the conversion changes: a new name is a new model and a new index.
NAME = "multilingual-e5-small-int7-v4"
SUMS = "checksums.json"
#: The principal directions of this model's token vectors.
TOKENS = Path(__file__).with_name("e5_token_projection.json")

#: Configuration files of the Hugging Face layout, beside graph and tokenizer.
DESCRIPTION: dict[str, dict[str, object]] = {
    "config.json": {
        "_name_or_path": NAME,
        "model_type": "bert",
        "hidden_size": 384,
        "max_position_embeddings": 512,
    },
    "config_sentence_transformers.json": {"prompts": {"query": "query: ", "passage": "passage: "}},
    "1_Pooling/config.json": {"word_embedding_dimension": 384, "pooling_mode_mean_tokens": True},
}


def prepare_e5(models: Path, progress: Progress | None = None) -> Path:
    """The model's folder under *models*; built from the packaged weights if missing or damaged."""
    folder = models / NAME
    if _is_intact(folder):
        return folder
    try:
        models.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f"{NAME}.", dir=models))
    except OSError as exc:
        raise SetupError(
            f"The embedding model cannot be kept in {models} ({exc.strerror}); make it writable."
        ) from exc
    try:
        _build_model(made, progress or (lambda _done, _total: None))
        _swap_folder(made, folder)
    except OSError as exc:
        raise SetupError(
            f"The embedding model could not be written to {models} ({exc.strerror}); it needs 150 MB."
        ) from exc
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return folder


def open_adapter(models: Path, learned: Path) -> tuple[Any, Any]:
    """The tokenizer, without truncation, and the ONNX session of the model adapted by *learned*."""
    from tokenizers import Tokenizer

    from assistant.models.embeddings.onnx import open_session

    folder = prepare_e5(models)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    return tokenizer, open_session(prepare_adapter(folder, learned), os.cpu_count() or 1)


def prepare_adapter(folder: Path, learned: Path) -> Path:
    """The graph of the model adapted by the weights in *learned*, built in the prepared model's *folder*.

    It shares the model's word vectors. Its name contains a hash of the weights, so that no file that another
    process reads is replaced; built when missing or damaged.
    """
    graph = folder / f"{learned.stem}-{_compute_checksum(learned)[:12]}.onnx"
    mark = graph.with_suffix(".json")
    try:
        sums = json.loads(mark.read_text(encoding="utf-8"))
        if graph.name in sums and all(
            _compute_checksum(folder / name) == value for name, value in sums.items()
        ):
            return graph
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        pass
    try:
        _build_adapter(folder, graph, mark, learned)
    except OSError as exc:
        raise SetupError(
            f"The graph of {learned.name} could not be written to {folder} ({exc.strerror}); it needs 25 MB."
        ) from exc
    return graph


def _build_adapter(folder: Path, graph: Path, mark: Path, learned: Path) -> None:
    from assistant.models.embeddings.adapter_weights import AdapterWeights
    from assistant.models.embeddings.e5_onnx_export import write_adapter_graph

    with tempfile.TemporaryDirectory(prefix=f"{learned.stem}.", dir=folder) as name:
        made = Path(name) / graph.name
        write_adapter_graph(AdapterWeights(find_packaged_weights(), learned), made, folder / "model.onnx")
        files = sorted(Path(name).iterdir(), reverse=True)
        made_mark = Path(name) / mark.name
        made_mark.write_text(
            json.dumps({path.name: _compute_checksum(path) for path in files}), encoding="utf-8"
        )
        # The tensors before the graph that refers to them, and last the file with their checksums.
        for path in (*files, made_mark):
            os.replace(path, folder / path.name)
    for old in folder.glob(f"{learned.stem}-*"):
        if not old.name.startswith(graph.stem):
            old.unlink(missing_ok=True)


def _build_model(folder: Path, progress: Progress) -> None:
    weights = E5Weights(find_packaged_weights())
    write_tokenizer(weights, folder / "tokenizer.json")
    write_graph(weights, folder / "model.onnx", progress)
    shutil.copyfile(TOKENS, folder / TOKEN_SPACE)
    for name, content in DESCRIPTION.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
    sums = {
        str(path.relative_to(folder)): _compute_checksum(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    (folder / SUMS).write_text(json.dumps(sums), encoding="utf-8")


def _swap_folder(made: Path, folder: Path) -> None:
    """Move the new folder into place; if another process has done so, its folder is used."""
    if folder.exists() and not _is_intact(folder):
        shutil.rmtree(folder, ignore_errors=True)
    try:
        os.rename(made, folder)
    except OSError:
        if not _is_intact(folder):
            raise


def _is_intact(folder: Path) -> bool:
    """Whether every file exists with the checksum with which it was written."""
    try:
        sums = json.loads((folder / SUMS).read_text(encoding="utf-8"))
        return bool(sums) and all(_compute_checksum(folder / name) == value for name, value in sums.items())
    except (OSError, ValueError, AttributeError):
        return False


def _compute_checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
