"""Dates of a certificate."""

from datetime import datetime
from pathlib import Path

from cryptography import x509


def validity(file: Path) -> tuple[datetime, datetime]:
    """Return the first and the last moment of the first certificate of a PEM file, in UTC.

    Raises
    ------
    ValueError: there is none in it.
    """
    certificate = x509.load_pem_x509_certificates(file.read_bytes())[0]
    return certificate.not_valid_before_utc, certificate.not_valid_after_utc
