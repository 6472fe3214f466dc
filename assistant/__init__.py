"""Yorisoi: a customer service assistant that answers from a knowledge base and hands over to people."""

__version__ = "0.1.0"
