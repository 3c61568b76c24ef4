"""The model of this server as the management API names it: a base model with an id.

Every instance gives one model one id, so that a job may name the model that another has listed.
"""

import uuid
from urllib.parse import urlsplit

_BASE_MODELS = uuid.UUID("9f0c7f52-3a55-4b8e-b5a0-6c1d0f6a2e57")


def base_model_id(model: str) -> str:
    """Id of a model by its name (UUID version 5, RFC 9562), in lower case."""
    return str(uuid.uuid5(_BASE_MODELS, model))


def names_model(address: str, model: str) -> bool:
    """Tell whether an address such as `https://host/speechtotext/models/base/<id>` is a model's.

    Only its last segment counts: the host may have had another name when it was listed.
    """
    try:
        path = urlsplit(address).path
    except ValueError:
        return False
    return path.rstrip("/").rpartition("/")[2].lower() in {base_model_id(model), model.lower()}
