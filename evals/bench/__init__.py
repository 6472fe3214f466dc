"""Speed benchmarks: each figure beside a floor or a competitor measured in the same run."""
