"""The use cases of speech to text, for hosts."""
