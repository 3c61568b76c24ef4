"""Whisper engines: the port, its adapters, and their common parts."""
