"""The use cases of speech to text that hosts call."""
