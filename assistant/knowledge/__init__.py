"""Documents in, passages out: loaders, chunking, words, vectors, hybrid search."""
