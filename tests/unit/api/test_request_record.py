"""The fields of the log line of a request or a session."""

from functions.api.request_record import RequestRecord
from shared.transcript import RecognitionCost


def test_the_cost_of_a_session_is_the_sum_of_its_turns():
    record = RequestRecord(request_id="00", n_turns=2)
    record.add_cost(RecognitionCost(4.0, n_segments=2, queue_s=0.1, recognition_s=1.0))
    record.add_cost(RecognitionCost(6.0, n_segments=1, n_retries=1, recognition_s=1.0))
    fields = record.fields()
    assert (fields["audio_ms"], fields["recognition_ms"], fields["rtf"]) == (10_000, 2000, 0.2)
    assert (fields["n_segments"], fields["n_retries"], fields["queue_ms"]) == (3, 1, 100)


def test_a_session_without_a_turn_has_no_cost():
    assert "audio_ms" not in RequestRecord(request_id="00").fields()
