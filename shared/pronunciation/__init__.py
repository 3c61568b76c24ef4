"""Pronunciation assessment: text and speech in, scores of words, syllables, phonemes out."""
