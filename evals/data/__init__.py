"""The data that is measured on and learned from: read, made, embedded."""
