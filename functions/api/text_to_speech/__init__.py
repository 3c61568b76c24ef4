"""Text to speech: SSML in, audio out."""
