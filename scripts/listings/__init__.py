"""Readers of the templates: which resources a deployment makes, and which roles are in it."""
