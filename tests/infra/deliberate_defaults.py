"""Settings of Sotto that a deployment leaves at their defaults, each with the reason.

A host's settings are those that its templates set and those that are listed here; the test of
parity allows no third kind. A parameter for further settings (`settings`) sets any of them.
"""

_OPERATOR = "a matter of taste or of measurement: the parameter `settings` sets it"
_OTHER_SERVICE = "text would leave the deployment: an operator opts in with `settings`"
_NO_SECRET = "a secret of another service: an operator adds it to the vault"

FUNCTIONS = {
    "SOTTO_ENGINE": "the package has the default engine only",
    "SOTTO_COMPUTE_TYPE": _OPERATOR,
    "SOTTO_CONTEXT": _OPERATOR,
    "SOTTO_THREADS": "every core of the instance",
    "SOTTO_CONCURRENCY": "an instance has one core or two, which one segment uses",
    "SOTTO_FILE_INSTANCE": "functions of files run on instances of their own",
    "SOTTO_VOICES": "the package has no voices unless its switch puts them there",
    "SOTTO_AZURE_SPEECH_ENDPOINT": _OTHER_SERVICE,
    "SOTTO_AZURE_SPEECH_KEY": _NO_SECRET,
    "SOTTO_AZURE_SPEECH_REGION": _OTHER_SERVICE,
    "SOTTO_DIARIZATION": _OPERATOR,
    "SOTTO_PRONUNCIATION": _OPERATOR,
    "SOTTO_TRANSLATORS": _OTHER_SERVICE,
    "SOTTO_TRANSLATION_MODELS": "the package has none unless its switch puts them there",
    "SOTTO_AZURE_TRANSLATOR_ENDPOINT": _OTHER_SERVICE,
    "SOTTO_AZURE_TRANSLATOR_KEY": _NO_SECRET,
    "SOTTO_AZURE_TRANSLATOR_REGION": _OTHER_SERVICE,
    "SOTTO_UPLOAD_MEMORY_BYTES": "a quarter of the instance's memory",
    "SOTTO_MAX_AUDIO_S": _OPERATOR,
    "SOTTO_BATCH": "on: the deployment has containers and queues for it",
    "SOTTO_STORAGE": "a connection string with a key: the deployment has identities only",
    "SOTTO_CORS_ORIGINS": _OPERATOR,
    "SOTTO_LOG_LEVEL": _OPERATOR,
}
"""Of the function app."""
