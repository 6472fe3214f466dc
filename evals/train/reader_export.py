"""Writes what the reader learned as the product reads it: assistant/models/embeddings/reader.npz."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from assistant.models.embeddings.e5_input_scales import compute_scale_steps
from evals.train.reader_model import Batch, LowRank, Reader

if TYPE_CHECKING:
    from evals.train.reader_examples import Example

Array = NDArray[np.float32]

#: Questions and windows of each that are read for the input scales.
SCALED_QUESTIONS, SCALED_WINDOWS = 60, 2
#: Rows of the heads that the product uses.
HEADS = {"token_head": 2, "window_head": 1}


def export(model: Reader, groups: Sequence[Example], path: Path) -> None:
    """Write the learned tensors, with the input scales of the product's quantised layers."""
    kept: dict[str, Any] = {}
    for name, layer in _dense(model).items():
        kept[f"{name}.b"] = _numbers(layer.bias).astype(np.float16)
        for part in ("down", "up"):
            values = _numbers(getattr(layer, part))
            scale = np.maximum(np.abs(values).max(axis=1) / 127, 1e-12)
            kept[f"{name}.{part}"] = np.rint(values / scale[:, None]).astype(np.int8)
            kept[f"{name}.{part}.scale"] = scale.astype(np.float32)
    norms = {"emb.ln": model.norm}
    for i, layer in enumerate(model.layers):
        norms |= {f"l{i}.aln": layer.aln, f"l{i}.oln": layer.oln}
    for name, norm in norms.items():
        kept[f"{name}.w"], kept[f"{name}.b"] = _numbers(norm.weight), _numbers(norm.bias)
    kept["segment"] = _numbers(model.segment)
    for name, rows in HEADS.items():
        head = getattr(model, name)
        kept[f"{name}.weight"] = _numbers(head.weight)[:rows]
        kept[f"{name}.bias"] = _numbers(head.bias)[:rows]
    for name, steps in _input_scales(model, groups).items():
        kept[f"{name}.input"] = steps
    np.savez_compressed(path, **kept)
    print(f"wrote {path} ({path.stat().st_size // 1024} kB)", flush=True)


def _dense(model: Reader) -> dict[str, LowRank]:
    parts = ("q", "k", "v", "ao", "fi", "fo")
    return {f"l{i}.{part}": getattr(layer, part) for i, layer in enumerate(model.layers) for part in parts}


def _numbers(tensor: torch.Tensor) -> Array:
    return np.array(tensor.detach().float().numpy())


def _input_scales(model: Reader, groups: Sequence[Example]) -> dict[str, NDArray[np.int8]]:
    """Of each dense layer's inputs, in eighths of powers of two (see evals/train/embedding.py)."""
    largest = _largest_inputs(model, groups)
    dense = _dense(model)
    found = {}
    for name, layer in dense.items():
        block, part = name.split(".")
        if part in "kv":
            continue
        # The product reads q, k and v in one layer.
        layers = [dense[f"{block}.{each}"] for each in ("q", "k", "v")] if part == "q" else [layer]
        matrix = np.concatenate(
            [_numbers(each.weight) + _numbers(each.up) @ _numbers(each.down) for each in layers]
        )
        found[f"{block}.qkv" if part == "q" else name] = compute_scale_steps(largest[name], matrix)
    return found


@torch.no_grad()
def _largest_inputs(model: Reader, groups: Sequence[Example]) -> dict[str, Array]:
    """The greatest magnitude of each input of each dense layer, over the first windows of *groups*."""
    largest: dict[str, Array] = {}

    def watch(name: str) -> Callable[[nn.Module, tuple[torch.Tensor, ...]], None]:
        def hook(_layer: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
            seen = inputs[0].float().abs().amax(dim=(0, 1)).numpy()
            largest[name] = np.maximum(largest.get(name, np.float32(0)), seen)

        return hook

    hooks = [layer.register_forward_pre_hook(watch(name)) for name, layer in _dense(model).items()]
    for group in groups[:SCALED_QUESTIONS]:
        for window in group["windows"][:SCALED_WINDOWS]:
            batch = Batch.of([[window]])
            model(batch.ids, batch.mask, batch.starts)
    for hook in hooks:
        hook.remove()
    return largest
