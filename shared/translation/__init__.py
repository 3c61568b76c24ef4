"""Text, and speech, in other languages."""
