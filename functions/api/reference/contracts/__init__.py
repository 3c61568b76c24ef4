"""The contracts: the models of each, and its operations."""
