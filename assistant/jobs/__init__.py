"""Work that goes on while the service runs: the loop over due jobs, and what is done at intervals."""
