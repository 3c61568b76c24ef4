"""Which parts of a job are not served yet: the one place that says so."""

from shared.jobs.job import JobOptions


def unavailable(options: JobOptions) -> str | None:
    """Say what a job asks for that this release does not do; None where it does all of it."""
    if options.max_speakers is not None:
        return "Diarization is not available on this server."
    if len(options.locales) > 1:
        return "Language identification is not available on this server."
    return None
