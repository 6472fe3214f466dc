"""Sentences, words, quantities and personal data of Japanese and English text."""
