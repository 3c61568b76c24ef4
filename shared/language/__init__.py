"""Locales, languages, and which one is spoken."""
