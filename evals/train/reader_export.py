"""Exports what an adapted model learned as the product's files: models/embeddings/{reader,turns}.npz."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from assistant.models.embeddings.e5_input_scales import compute_scale_steps
from evals.train.reader_model import LowRankLinear, ReaderNetwork

Array = NDArray[np.float32]

#: Token ids, mask and starts, as in WindowBatch.
Inputs = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


def export_adapter(
    model: ReaderNetwork, samples: Sequence[Inputs], path: Path, heads: Mapping[str, int]
) -> None:
    """Write the learned tensors, with input scales for the product's quantised layers.

    *samples* are run for the scales; *heads*: rows of each head to write.
    """
    kept: dict[str, Any] = {}
    for name, layer in _list_dense_layers(model).items():
        kept[f"{name}.b"] = _convert_to_array(layer.bias).astype(np.float16)
        for part in ("down", "up"):
            values = _convert_to_array(getattr(layer, part))
            scale = np.maximum(np.abs(values).max(axis=1) / 127, 1e-12)
            kept[f"{name}.{part}"] = np.rint(values / scale[:, None]).astype(np.int8)
            kept[f"{name}.{part}.scale"] = scale.astype(np.float32)
    norms = {"emb.ln": model.norm}
    for i, layer in enumerate(model.layers):
        norms |= {f"l{i}.aln": layer.aln, f"l{i}.oln": layer.oln}
    for name, norm in norms.items():
        kept[f"{name}.w"], kept[f"{name}.b"] = _convert_to_array(norm.weight), _convert_to_array(norm.bias)
    kept["segment"] = _convert_to_array(model.segment)
    for name, rows in heads.items():
        head = getattr(model, name)
        kept[f"{name}.weight"] = _convert_to_array(head.weight)[:rows]
        kept[f"{name}.bias"] = _convert_to_array(head.bias)[:rows]
    for name, steps in _compute_input_scales(model, samples).items():
        kept[f"{name}.input"] = steps
    np.savez_compressed(path, **kept)
    print(f"wrote {path} ({path.stat().st_size // 1024} kB)", flush=True)


def _list_dense_layers(model: ReaderNetwork) -> dict[str, LowRankLinear]:
    parts = ("q", "k", "v", "ao", "fi", "fo")
    return {f"l{i}.{part}": getattr(layer, part) for i, layer in enumerate(model.layers) for part in parts}


def _convert_to_array(tensor: torch.Tensor) -> Array:
    return np.array(tensor.detach().float().numpy())


def _compute_input_scales(model: ReaderNetwork, samples: Sequence[Inputs]) -> dict[str, NDArray[np.int8]]:
    """The input scales of each dense layer, in eighths of powers of two (see evals/train/embedding.py)."""
    largest = _measure_largest_inputs(model, samples)
    dense = _list_dense_layers(model)
    found = {}
    for name, layer in dense.items():
        block, part = name.split(".")
        if part in "kv":
            continue
        # The product computes q, k and v in one layer.
        layers = [dense[f"{block}.{each}"] for each in ("q", "k", "v")] if part == "q" else [layer]
        matrix = np.concatenate(
            [
                _convert_to_array(each.weight) + _convert_to_array(each.up) @ _convert_to_array(each.down)
                for each in layers
            ]
        )
        found[f"{block}.qkv" if part == "q" else name] = compute_scale_steps(largest[name], matrix)
    return found


@torch.no_grad()
def _measure_largest_inputs(model: ReaderNetwork, samples: Sequence[Inputs]) -> dict[str, Array]:
    """The greatest magnitude of each input of each dense layer, over *samples*."""
    largest: dict[str, Array] = {}

    def build_hook(name: str) -> Callable[[nn.Module, tuple[torch.Tensor, ...]], None]:
        def record_input(_layer: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
            seen = inputs[0].float().abs().amax(dim=(0, 1)).numpy()
            largest[name] = np.maximum(largest.get(name, np.float32(0)), seen)

        return record_input

    hooks = [
        layer.register_forward_pre_hook(build_hook(name)) for name, layer in _list_dense_layers(model).items()
    ]
    for inputs in samples:
        model(*inputs)
    for hook in hooks:
        hook.remove()
    return largest
