"""The Azure Functions host: triggers, and adaptations to the platform."""
