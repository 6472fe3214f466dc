"""Embedding models: any ONNX model, hosted models, and the bundled E5."""
