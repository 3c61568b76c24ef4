"""Logs without content, libraries without telemetry, crashes without core dumps."""
