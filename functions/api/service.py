"""What the routers of one app share."""

from dataclasses import dataclass, field

from functions.api.authentication import Authenticator
from functions.api.rate_limit import RateLimit
from functions.api.recogniser import Recogniser
from functions.api.recognition_threads import RecognitionThreads
from shared.settings import Settings


@dataclass(frozen=True, slots=True)
class SpeechService:
    """Settings, access and recognition of one app; made once, by `create_app`.

    management_limit: of requests to jobs, web hooks and models, all together.
    """

    settings: Settings
    recogniser: Recogniser
    authenticator: Authenticator
    threads: RecognitionThreads
    management_limit: RateLimit = field(default_factory=RateLimit)
