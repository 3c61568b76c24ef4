"""What keeps content out of logs and libraries from phoning home."""
