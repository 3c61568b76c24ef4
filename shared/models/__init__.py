"""Models: which there are, where their weights come from, where they lie on disk."""
