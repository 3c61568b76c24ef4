"""App settings of the function app: each exists, and each that exists has its place."""

from dataclasses import fields

import deliberate_defaults
from bicep_settings import bicep_settings
from bicep_templates import strings, templates

from shared.settings import Settings
from shared.settings.hosts import FUNCTIONS

KEYS = {one.metadata["key"]: one.metadata for one in fields(Settings)}
OF_FUNCTIONS = {key for key, about in KEYS.items() if FUNCTIONS in about["hosts"]}

# Settings that Azure's identity library and the trigger read in their own names.
OF_AZURE = {"SOTTO_STORAGE__credential", "SOTTO_STORAGE__clientId"}


def ours():
    """Names of Sotto's own settings that the templates set."""
    return {one for one in bicep_settings() if one.startswith("SOTTO_")}


def test_the_template_sets_settings_that_the_function_app_has():
    assert ours() - OF_AZURE <= OF_FUNCTIONS
    assert ours() >= OF_AZURE


def test_every_setting_of_the_function_app_is_set_or_deliberately_default():
    assert ours() - OF_AZURE | set(deliberate_defaults.FUNCTIONS) == OF_FUNCTIONS


def test_no_setting_is_both_set_and_deliberately_default():
    assert ours() & set(deliberate_defaults.FUNCTIONS) == set()


def test_a_default_is_deliberate_for_a_reason():
    assert all(len(reason) > 10 for reason in deliberate_defaults.FUNCTIONS.values())


def test_the_settings_of_azure_are_those_of_an_identity():
    others = bicep_settings() - ours()
    assert others == {
        "AZURE_CLIENT_ID",
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
        "APPLICATIONINSIGHTS_CONNECTION_STRING",
        "AzureWebJobsDisableHomepage",
        "AzureWebJobsStorage__accountName",
        "AzureWebJobsStorage__clientId",
        "AzureWebJobsStorage__credential",
        "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT",
    }


def test_a_secret_is_a_reference_into_the_vault():
    """Of the settings that hold secrets: the others are addresses without a signature."""
    values = {
        one["key"]["value"]: one["value"]
        for document in templates().values()
        for whole in walk(document)
        for one in whole["properties"]
        if one["key"].get("value") in {key for key, about in KEYS.items() if about["secret"]}
    }
    assert set(values) == {"SOTTO_KEYS", "SOTTO_JOBS", "SOTTO_DROP_FOLDERS"}
    assert next(strings(values["SOTTO_KEYS"])).startswith("@Microsoft.KeyVault(")
    assert next(strings(values["SOTTO_JOBS"])) == "azure:"


def test_sotto_reads_the_values_that_the_template_gives():
    """The literal ones, with an example for each that a deployment knows."""
    folder = "calls=azure:audio-calls>azure:transcripts-calls"
    settings = Settings.from_environment(
        {
            "SOTTO_KEYS": "a-key-of-a-client",
            "SOTTO_JOBS": "azure:jobs",
            "SOTTO_QUEUE": "azure:work",
            "SOTTO_DROP_FOLDERS": folder,
            "SOTTO_BLOB_TRIGGER": "queue",
            "SOTTO_TIME_TO_LIVE": "P7D",
            "SOTTO_PURGE_EVERY_S": "300",
            "SOTTO_STORAGE__blobServiceUri": "https://stsottodata.blob.core.windows.net",
            "SOTTO_OIDC_ISSUER": "",
            "SOTTO_ALLOWED_NETWORKS": "",
            "SOTTO_MAX_UPLOAD_BYTES": "100000000",
            "SOTTO_QUEUE_LIMIT": "8",
        }
    )
    assert settings.drop_folders[0].input == "azure:audio-calls"
    assert settings.blob_trigger == "queue"


def walk(part):
    """All objects inside."""
    if isinstance(part, dict):
        if part.get("kind") == "object":
            yield part
        for inner in part.values():
            yield from walk(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from walk(inner)
