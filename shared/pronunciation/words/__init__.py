"""Phonemes of English words: reference text, dictionary, grapheme to phoneme, syllables."""
