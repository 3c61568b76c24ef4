"""Which parts of a job are not served yet: the one place that says so."""

from shared.jobs.job import JobOptions


def unavailable(options: JobOptions) -> str | None:
    """Say what a job asks for that this release does not do; None where it does all of it."""
    if options.language_per_phrase:
        return "languageIdentification.mode Continuous is not available on this server."
    return None
