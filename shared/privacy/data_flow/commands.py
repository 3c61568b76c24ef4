"""Features of the command line that work on files and texts of the person at the terminal."""

from shared.privacy.data_flow.entries import (
    LOCALLY_SPOKEN,
    LOCALLY_TRANSLATED,
    MEMORY,
    to_azure_voices,
    to_translators,
)
from shared.privacy.data_flow.flow import Command, Data, Feature, Flow, Place, Stay

_SHOWN = (Place.TERMINAL, Place.NAMED_FILES)

COMMANDS: tuple[Feature, ...] = (
    Feature(
        "Transcription on the command line",
        (Command("transcribe"),),
        (
            Flow((Data.AUDIO,), MEMORY, Stay.FILE, source=Place.NAMED_FILES),
            Flow((Data.TEXT,), MEMORY, Stay.FILE, source=Place.TERMINAL),
            Flow((Data.EMBEDDINGS,), MEMORY, Stay.LABELLING, settings=("SOTTO_DIARIZATION",)),
            Flow(
                (Data.TRANSCRIPT,),
                LOCALLY_TRANSLATED,
                Stay.FILE,
                settings=("SOTTO_TRANSLATORS",),
            ),
            Flow((Data.TRANSCRIPT, Data.TRANSLATION), _SHOWN, Stay.OPERATOR),
            Flow((Data.FILE_NAMES, Data.MEASURES), (Place.TERMINAL,), Stay.RECEIVER),
            *to_translators(Data.TRANSCRIPT),
        ),
    ),
    Feature(
        "Text to speech on the command line",
        (Command("speak"),),
        (
            Flow(
                (Data.TEXT,),
                LOCALLY_SPOKEN,
                Stay.FILE,
                source=Place.TERMINAL,
                settings=("SOTTO_VOICES",),
            ),
            Flow((Data.SPEECH,), _SHOWN, Stay.OPERATOR),
            to_azure_voices(Data.TEXT),
        ),
    ),
    Feature(
        "Translation on the command line",
        (Command("translate"),),
        (
            Flow(
                (Data.TEXT,),
                LOCALLY_TRANSLATED,
                Stay.FILE,
                source=Place.TERMINAL,
                settings=("SOTTO_TRANSLATORS",),
            ),
            Flow((Data.TRANSLATION,), (Place.TERMINAL,), Stay.RECEIVER),
            *to_translators(Data.TEXT),
        ),
    ),
    Feature(
        "Completion of a shell",
        (Command("completion"),),
        (Flow((Data.NOTHING,), (Place.TERMINAL,), Stay.RECEIVER),),
    ),
)
