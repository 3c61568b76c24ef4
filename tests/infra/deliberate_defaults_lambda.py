"""Settings of functions that the Terraform module leaves at their defaults, each with the reason.

The module's variable `settings` sets any of them but those that it refuses as secrets.
"""

_OPERATOR = "a matter of taste or of measurement: the variable `settings` sets it"
_OTHER_SERVICE = "text would leave the deployment: an operator opts in with `settings`"
_NO_SECRET = "a secret of another service, which an environment variable would show"

LAMBDA = {
    "SOTTO_MODEL_FOLDER": "the image says where its models are",
    "SOTTO_ENGINE": "the image has the default engine only",
    "SOTTO_COMPUTE_TYPE": _OPERATOR,
    "SOTTO_CONTEXT": _OPERATOR,
    "SOTTO_THREADS": "0 follows the memory of the function",
    "SOTTO_CONCURRENCY": "an environment serves one request at a time",
    "SOTTO_FILE_INSTANCE": "files and requests have functions of their own",
    "SOTTO_QUEUE_LIMIT": "an environment serves one request at a time",
    "SOTTO_VOICES": "voices that are not in the image are left out",
    "SOTTO_AZURE_SPEECH_ENDPOINT": _OTHER_SERVICE,
    "SOTTO_AZURE_SPEECH_KEY": _NO_SECRET,
    "SOTTO_AZURE_SPEECH_REGION": _OTHER_SERVICE,
    "SOTTO_DIARIZATION": _OPERATOR,
    "SOTTO_PRONUNCIATION": _OPERATOR,
    "SOTTO_TRANSLATORS": _OTHER_SERVICE,
    "SOTTO_TRANSLATION_MODELS": "the image has none",
    "SOTTO_AZURE_TRANSLATOR_ENDPOINT": _OTHER_SERVICE,
    "SOTTO_AZURE_TRANSLATOR_KEY": _NO_SECRET,
    "SOTTO_AZURE_TRANSLATOR_REGION": _OTHER_SERVICE,
    "SOTTO_MAX_UPLOAD_BYTES": "of an audioUrl: a function's memory has room for the default",
    "SOTTO_UPLOAD_MEMORY_BYTES": "a quarter of the function's memory",
    "SOTTO_MAX_AUDIO_S": "the time of an invocation is the narrower limit",
    "SOTTO_BATCH": "on: the deployment has buckets and queues for it",
    "SOTTO_KEYS": "the keys are in the secret that SOTTO_KEYS_SECRET names",
    "SOTTO_CORS_ORIGINS": _OPERATOR,
    "SOTTO_LOG_LEVEL": _OPERATOR,
}
"""Of the four functions."""
