"""Common parts of the management API: versions, bodies, filters, pages, rate limit."""
