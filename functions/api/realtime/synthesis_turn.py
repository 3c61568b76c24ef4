"""The work of a turn of synthesis: SSML in, encoded speech out. It blocks."""

from collections.abc import Generator

import structlog

from functions.api.incoming_body import ClientDisconnected
from functions.api.realtime.actions import (
    SpeechPiece,
    SynthesisEnded,
    SynthesisRequest,
    TurnEvent,
    TurnFailed,
)
from functions.api.service import SpeechService
from shared.errors import SpeechError
from shared.privacy.log_fields import exception_fields
from shared.scheduling import CheckCancelled


def synthesis_events(
    service: SpeechService, request: SynthesisRequest, check_cancelled: CheckCancelled
) -> Generator[TurnEvent]:
    """Yield the speech as it is made, then its end; or a failure."""
    # Imported on use: only synthesis needs it.
    from shared.synthesis.encoded import encode_speech  # noqa: PLC0415
    from shared.synthesis.output_formats import find_output_format  # noqa: PLC0415
    from shared.synthesis.ssml import read_ssml  # noqa: PLC0415

    try:
        output = find_output_format(request.output_format)
        synthesis = service.synthesis()
        lines = synthesis.assign_voices(read_ssml(request.ssml))
        for piece in encode_speech(synthesis, lines, output.encoding, check_cancelled):
            yield SpeechPiece(piece)
        yield SynthesisEnded()
    except ClientDisconnected:
        raise
    except SpeechError as error:
        yield TurnFailed("BadRequest", str(error))
    except Exception as error:  # noqa: BLE001 - a client waits for the end of its turn
        structlog.get_logger().error("synthesis_failed", **exception_fields(error))
        yield TurnFailed("Error", "The synthesis failed.")
