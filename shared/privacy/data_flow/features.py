"""All features. A new route, trigger or command needs a row in the module of its kind."""

from shared.privacy.data_flow.answers import ANSWERS
from shared.privacy.data_flow.batch import BATCH
from shared.privacy.data_flow.commands import COMMANDS
from shared.privacy.data_flow.entries import MEMORY
from shared.privacy.data_flow.flow import Condition, Data, Feature, Flow, Place, Stay
from shared.privacy.data_flow.operation import OPERATION

EVERY_REQUEST: tuple[Flow, ...] = (
    Flow(
        (Data.KEYS, Data.TOKENS),
        MEMORY,
        Stay.REQUEST,
        settings=("SOTTO_KEYS", "SOTTO_OIDC_ISSUER"),
    ),
    # A request for signing keys: no token leaves.
    Flow(
        (Data.NOTHING,),
        (Place.ISSUER,),
        Stay.RECEIVER,
        only_with=Condition("SOTTO_OIDC_ISSUER"),
        settings=("SOTTO_OIDC_JWKS",),
    ),
    Flow((Data.MEASURES,), (Place.LOG,), Stay.RECEIVER, settings=("SOTTO_LOG_LEVEL",)),
    Flow((Data.MEASURES,), (Place.COLLECTOR,), Stay.RECEIVER, only_with=Condition("SOTTO_TRACES")),
)
"""Flows of each request and each piece of work, whatever its feature."""


FEATURES: tuple[Feature, ...] = (*ANSWERS, *BATCH, *OPERATION, *COMMANDS)
"""Features with their entries and flows, in the order of the page."""
