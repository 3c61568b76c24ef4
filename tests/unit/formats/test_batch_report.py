"""Outcomes of inputs -> `report.json`."""

from shared.formats.batch_report import ReportEntry, batch_report

GOOD = ReportEntry("https://store.example/a.wav?sig=c2VjcmV0", succeeded=True)
BAD = ReportEntry(
    "https://store.example/b.wav?sig=c2VjcmV0",
    succeeded=False,
    error_message="Audio could not be decoded.",
    error_kind="InvalidAudio",
)


def test_one_good_and_one_bad_file():
    """The contract's example; addresses have lost their signatures."""
    assert batch_report(iter([GOOD, BAD])) == {
        "successfulTranscriptionsCount": 1,
        "failedTranscriptionsCount": 1,
        "details": [
            {"source": "https://store.example/a.wav", "status": "Succeeded"},
            {
                "source": "https://store.example/b.wav",
                "status": "Failed",
                "errorMessage": "Audio could not be decoded.",
                "errorKind": "InvalidAudio",
            },
        ],
    }


def test_a_job_without_files_has_an_empty_report():
    assert batch_report([]) == {
        "successfulTranscriptionsCount": 0,
        "failedTranscriptionsCount": 0,
        "details": [],
    }


def test_a_failure_without_a_reason_has_no_empty_members():
    (detail,) = batch_report([ReportEntry("b.wav", succeeded=False)])["details"]
    assert detail == {"source": "b.wav", "status": "Failed"}


def test_an_entry_does_not_show_its_source():
    """Else an error text that quotes it would."""
    assert "sig=" not in repr(BAD)
