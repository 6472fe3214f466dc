"""Speed: every figure beside a floor or a rival of the same run."""
