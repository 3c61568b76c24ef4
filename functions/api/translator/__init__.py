"""Azure AI Translator's routes."""
