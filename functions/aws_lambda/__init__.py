"""The AWS Lambda host: one module per kind of event, each with a `handler`."""
