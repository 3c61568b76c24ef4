"""The container host: one process that serves everything."""
