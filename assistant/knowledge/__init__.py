"""Documents to passages: loaders, chunking, indexing, hybrid retrieval."""
