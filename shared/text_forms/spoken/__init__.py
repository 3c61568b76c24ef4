"""Verbalisation of written words: `$5.50` to `five dollars fifty cents`."""

from shared.text_forms.spoken.reading import Reading
from shared.text_forms.spoken.rules import spoken_words

__all__ = ["Reading", "spoken_words"]
