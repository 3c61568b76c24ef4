"""Audio in: any format to 16 kHz blocks, channels, voice activity."""
