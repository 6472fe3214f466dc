"""Texts to vectors: any ONNX model, hosted models, and the bundled E5."""
