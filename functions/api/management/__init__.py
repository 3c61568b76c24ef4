"""What all routes of the management API share: versions, bodies, filters, pages, rates."""
