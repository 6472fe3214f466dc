"""Sentences, words, amounts and personal data of Japanese and English text; below knowledge and answering."""
