"""Yorisoi: a customer service assistant that answers from a knowledge base and hands over to people."""

import os

# Our matrices are small: two threads of numpy gain nothing on a free machine and wait for each other on a
# busy one. Read when numpy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.2.0"
