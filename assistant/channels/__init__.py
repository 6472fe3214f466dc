"""Messaging apps: one file each, siblings never import each other; the table of them is in `table.py`."""
