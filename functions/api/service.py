"""What the routers of one app share."""

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
    from shared.synthesis.speaker import Speaker
    from shared.translation.chain import TranslatorChain


@dataclass(frozen=True, slots=True)
class SpeechService:
    """Settings, access and recognition of one app; made once, by `create_app`.

    admission: of requests that recognise, translate or speak, all together.
    translators, speaker: who translates and speaks, made at the first call.
    management_limit: of requests to jobs, web hooks and models, all together.
    """

    settings: Settings
    transcriber: Transcriber
    authenticator: Authenticator
    admission: Admission
    threads: RequestThreads
    translators: "Callable[[], TranslatorChain]"
    speaker: "Callable[[], Speaker]"
    management_limit: RateLimit = field(default_factory=RateLimit)
