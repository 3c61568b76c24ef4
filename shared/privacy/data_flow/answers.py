"""Features that answer a request from memory."""

from shared.privacy.data_flow.entries import (
    CLIENT,
    LOCALLY_SPOKEN,
    LOCALLY_TRANSLATED,
    MEMORY,
    WORK_ON_FILES,
    to_azure_voices,
    to_translators,
)
from shared.privacy.data_flow.flow import Data, Feature, Flow, Place, Route, Socket, Stay

_SHORT_AUDIO = tuple(
    Route("POST", f"/speech/recognition/{mode}/cognitiveservices/v1")
    for mode in ("conversation", "interactive", "dictation")
)
_FAST_TRANSCRIPTION = Route("POST", "/speechtotext/transcriptions:transcribe")
_SPEECH_TRANSLATION = Route("POST", "/sotto/v1/speech-translations")
_OPENAI_TRANSCRIPTION = Route("POST", "/v1/audio/transcriptions")
_OPENAI_TRANSLATION = Route("POST", "/v1/audio/translations")
_SOCKETS = tuple(
    Socket(path)
    for path in (
        "/speech/recognition/conversation/cognitiveservices/v1",
        "/speech/recognition/interactive/cognitiveservices/v1",
        "/speech/recognition/dictation/cognitiveservices/v1",
        "/speech/universal/v2",
        "/speech/translation/cognitiveservices/v1",
    )
)
_OPENAI_SOCKET = Socket("/v1/realtime")
_SPEAKING_SOCKET = Socket("/cognitiveservices/websocket/v1")

ANSWERS: tuple[Feature, ...] = (
    Feature(
        "Short audio",
        _SHORT_AUDIO,
        (
            Flow((Data.AUDIO,), MEMORY, Stay.REQUEST, source=Place.CLIENT),
            Flow((Data.TRANSCRIPT,), CLIENT, Stay.REQUEST),
        ),
    ),
    Feature(
        "Fast transcription",
        (_FAST_TRANSCRIPTION,),
        (
            Flow(
                (Data.AUDIO, Data.FILE_NAMES, Data.TEXT),
                MEMORY,
                Stay.REQUEST,
                source=Place.CLIENT,
                settings=("SOTTO_MAX_UPLOAD_BYTES", "SOTTO_UPLOAD_MEMORY_BYTES"),
            ),
            Flow((Data.TRANSCRIPT,), CLIENT, Stay.REQUEST),
        ),
    ),
    Feature(
        "OpenAI's transcription",
        (_OPENAI_TRANSCRIPTION,),
        (
            Flow(
                (Data.AUDIO, Data.FILE_NAMES, Data.TEXT),
                MEMORY,
                Stay.REQUEST,
                source=Place.CLIENT,
                settings=("SOTTO_MAX_UPLOAD_BYTES", "SOTTO_UPLOAD_MEMORY_BYTES"),
            ),
            Flow((Data.TRANSCRIPT,), CLIENT, Stay.REQUEST),
        ),
    ),
    Feature(
        "Audio by address (`audioUrl`)",
        (_FAST_TRANSCRIPTION, _SPEECH_TRANSLATION),
        (
            Flow(
                (Data.ADDRESSES,),
                (Place.MEMORY, Place.NAMED_SERVER),
                Stay.REQUEST,
                source=Place.CLIENT,
                settings=("SOTTO_ALLOWED_NETWORKS",),
            ),
            Flow((Data.AUDIO,), MEMORY, Stay.REQUEST, source=Place.NAMED_SERVER),
        ),
    ),
    Feature(
        "Real time",
        (*_SOCKETS, _OPENAI_SOCKET),
        (
            Flow((Data.AUDIO, Data.TEXT), MEMORY, Stay.TURN, source=Place.CLIENT),
            Flow((Data.TRANSCRIPT,), CLIENT, Stay.TURN),
        ),
    ),
    Feature(
        "Pronunciation assessment",
        (*_SHORT_AUDIO, *_SOCKETS),
        (
            Flow(
                (Data.AUDIO, Data.TEXT),
                MEMORY,
                Stay.CALL,
                source=Place.CLIENT,
                settings=("SOTTO_PRONUNCIATION",),
            ),
            Flow((Data.SCORES,), CLIENT, Stay.CALL),
        ),
    ),
    Feature(
        "Speaker labels",
        (
            _FAST_TRANSCRIPTION,
            _SPEECH_TRANSLATION,
            _OPENAI_TRANSCRIPTION,
            *_SOCKETS,
            *WORK_ON_FILES,
        ),
        (Flow((Data.EMBEDDINGS,), MEMORY, Stay.LABELLING, settings=("SOTTO_DIARIZATION",)),),
    ),
    Feature(
        "Text to speech",
        (
            Route("POST", "/cognitiveservices/v1"),
            Route("POST", "/v1/audio/speech"),
            _SPEAKING_SOCKET,
        ),
        (
            Flow(
                (Data.TEXT,),
                LOCALLY_SPOKEN,
                Stay.CALL,
                source=Place.CLIENT,
                settings=("SOTTO_VOICES",),
            ),
            Flow((Data.SPEECH,), CLIENT, Stay.CALL),
            to_azure_voices(Data.TEXT),
        ),
    ),
    Feature(
        "Translation of text",
        tuple(
            Route("POST", f"/{name}")
            for name in ("translate", "detect", "breaksentence", "transliterate")
        ),
        (
            Flow(
                (Data.TEXT,),
                LOCALLY_TRANSLATED,
                Stay.REQUEST,
                source=Place.CLIENT,
                settings=("SOTTO_TRANSLATORS",),
            ),
            Flow((Data.TRANSLATION,), CLIENT, Stay.REQUEST),
            *to_translators(Data.TEXT),
        ),
    ),
    Feature(
        "Speech translation",
        (
            _SPEECH_TRANSLATION,
            _FAST_TRANSCRIPTION,
            _OPENAI_TRANSLATION,
            *_SOCKETS,
        ),
        (
            Flow((Data.AUDIO, Data.FILE_NAMES), MEMORY, Stay.CALL, source=Place.CLIENT),
            Flow(
                (Data.TRANSCRIPT,),
                LOCALLY_TRANSLATED,
                Stay.CALL,
                settings=("SOTTO_TRANSLATORS",),
            ),
            Flow((Data.TRANSCRIPT, Data.TRANSLATION, Data.SPEECH), CLIENT, Stay.CALL),
            *to_translators(Data.TRANSCRIPT),
            to_azure_voices(Data.TRANSLATION),
        ),
    ),
)
