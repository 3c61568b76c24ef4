"""Locales, candidate languages, and sequences of languages."""
