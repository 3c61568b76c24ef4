"""Whisper engines: the port, its adapters, and what they share."""
