"""Callers' identity: access tokens of the operator's identity provider (OpenID Connect)."""
