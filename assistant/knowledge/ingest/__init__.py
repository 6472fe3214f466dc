"""Incremental ingest: read documents, split into chunks, index."""
