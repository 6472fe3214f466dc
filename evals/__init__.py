"""Measurements, training and fault injection; imports the product, never the reverse."""

import assistant  # noqa: F401 - before numpy: it says how many threads numpy takes
