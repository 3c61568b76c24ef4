"""The container host: one process for the API and batch work."""
