"""Logs without content, and libraries without telemetry."""
