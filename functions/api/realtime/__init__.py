"""Real-time speech over WebSocket, as the Speech SDK speaks it."""
