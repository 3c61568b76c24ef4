"""Dependencies that the routers of one app share."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from functions.api.admission import Admission
from functions.api.authentication import Authenticator
from functions.api.management.rate_limit import RateLimit
from functions.api.request_threads import RequestThreads
from shared.settings import Settings
from shared.transcription.transcriber import Transcriber

if TYPE_CHECKING:
    from shared.synthesis.speech_synthesis import SpeechSynthesis
    from shared.translation.chain import TranslatorChain


@dataclass(frozen=True, slots=True)
class SpeechService:
    """Settings, access and recognition of one app; created once, by `create_app`.

    admission: shared by all requests that recognise, translate or synthesise.
    translators, synthesis: text translation and speech synthesis, created at the first call.
    management_limit: shared by all requests to jobs, web hooks and models.
    """

    settings: Settings
    transcriber: Transcriber
    authenticator: Authenticator
    admission: Admission
    threads: RequestThreads
    translators: "Callable[[], TranslatorChain]"
    synthesis: "Callable[[], SpeechSynthesis]"
    management_limit: RateLimit = field(default_factory=RateLimit)
