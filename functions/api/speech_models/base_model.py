"""The model of this server as base models of the management API.

All instances derive the same ids from a model, so that a job may name a model that another instance
listed: one id for the model, and one for each locale that it is listed for.
"""

import uuid
from functools import cache
from urllib.parse import urlsplit

from shared.language.locales import supported_locales

_BASE_MODELS = uuid.UUID("9f0c7f52-3a55-4b8e-b5a0-6c1d0f6a2e57")


def base_model_id(model: str, locale: str | None = None) -> str:
    """Id of a model, or of a model for a locale (UUID version 5, RFC 9562), in lower case."""
    return str(uuid.uuid5(_BASE_MODELS, model if locale is None else f"{model}\n{locale}"))


def names_model(address: str, model: str) -> bool:
    """Whether an address such as `https://host/speechtotext/models/base/<id>` names a model.

    Only its last segment counts: the host may have had another name when it listed the model.
    """
    try:
        path = urlsplit(address).path
    except ValueError:
        return False
    return path.rstrip("/").rpartition("/")[2].lower() in _names_of(model)


@cache
def _names_of(model: str) -> frozenset[str]:
    ids = (base_model_id(model, locale) for locale in (None, *supported_locales()))
    return frozenset({*ids, model.lower()})
