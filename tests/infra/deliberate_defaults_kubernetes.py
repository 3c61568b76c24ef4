"""Settings of the container host that the chart has no value for, each with the reason.

They stay at their defaults; the chart's `settings` and `secretSettings` take them by name.
"""

_TUNING = "the default is measured; a value is a choice of one installation"
_SERVICE = "off until an operator lets text leave the cluster"

KUBERNETES = {
    "SOTTO_ENGINE": "the image has the default engine only",
    "SOTTO_CONTEXT": _TUNING,
    "SOTTO_CONCURRENCY": _TUNING,
    "SOTTO_FILE_INSTANCE": _TUNING,
    "SOTTO_QUEUE_LIMIT": _TUNING,
    "SOTTO_SESSION_LIMIT": _TUNING,
    "SOTTO_VOICES": "follows the models that are in the image",
    "SOTTO_AZURE_SPEECH_ENDPOINT": _SERVICE,
    "SOTTO_AZURE_SPEECH_KEY": f"{_SERVICE}; by secretSettings",
    "SOTTO_AZURE_SPEECH_REGION": _SERVICE,
    "SOTTO_DIARIZATION": "its models are in the image",
    "SOTTO_PRONUNCIATION": "its models are in the image",
    "SOTTO_TRANSLATORS": "the default has those that stay in the pod",
    "SOTTO_TRANSLATION_MODELS": "none is in the image",
    "SOTTO_AZURE_TRANSLATOR_ENDPOINT": _SERVICE,
    "SOTTO_AZURE_TRANSLATOR_KEY": f"{_SERVICE}; by secretSettings",
    "SOTTO_AZURE_TRANSLATOR_REGION": _SERVICE,
    "SOTTO_MAX_UPLOAD_BYTES": "the memory of the pod bounds uploads together",
    "SOTTO_UPLOAD_MEMORY_BYTES": "the default is a quarter of the memory limit of the container",
    "SOTTO_MAX_AUDIO_S": _TUNING,
    "SOTTO_LEASE_S": _TUNING,
    "SOTTO_STORAGE": "a connection string is a secret: by secretSettings, or better an identity",
    "SOTTO_CORS_ORIGINS": "every origin needs a key; narrow it where browsers are clients",
    "SOTTO_LOG_LEVEL": "the default is for operation",
}
