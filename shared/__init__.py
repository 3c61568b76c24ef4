"""What the system knows, in the field's words. Imports no trigger and no web framework."""
