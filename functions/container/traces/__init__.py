"""OpenTelemetry traces of the container host and of `sotto worker`, where `SOTTO_TRACES` is set."""
