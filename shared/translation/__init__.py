"""Translation of text and of speech."""
