"""Data for training and measuring: loading, generation, embedding."""
