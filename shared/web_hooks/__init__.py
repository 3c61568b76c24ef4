"""Web hooks: subscriptions, their notifications, and the delivery of these."""
