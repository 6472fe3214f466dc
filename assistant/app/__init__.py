"""The composition root: the only place that knows every adapter; it wires them together and nothing else."""
