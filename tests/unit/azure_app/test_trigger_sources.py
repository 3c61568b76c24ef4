"""Which account, containers and queue the triggers of a function app watch."""

import azure.functions as func
import pytest

from functions.azure_app.batch_triggers import create_blueprints
from functions.azure_app.platform_limits import function_app_settings
from functions.azure_app.trigger_sources import TriggerSources, trigger_sources
from shared.errors import ConfigurationError
from shared.jobs.batch_setup import configured_addresses
from shared.transcription.scripted_transcriber import ScriptedTranscriber

CONNECTION = "DefaultEndpointsProtocol=https;AccountName=ours;AccountKey=a2V5"
BATCH = {
    "SOTTO_KEYS": "k",
    "SOTTO_JOBS": "azure:jobs",
    "SOTTO_QUEUE": "azure:work",
    "SOTTO_DROP_FOLDERS": "calls=azure:audio>azure:transcripts",
}


def sources(environment):
    """Return the sources that are watched in such an environment."""
    environment = BATCH | environment
    settings = function_app_settings(environment)
    return trigger_sources(settings, configured_addresses(settings), environment)


def test_the_account_of_the_host_is_meant_where_no_other_is_named():
    environment = {"AzureWebJobsStorage": CONNECTION}
    assert function_app_settings(BATCH | environment).storage_connection == CONNECTION
    assert sources(environment) == TriggerSources("AzureWebJobsStorage", "work", {"calls": "audio"})


@pytest.mark.parametrize(
    "given",
    [
        {"AzureWebJobsStorage__accountName": "hosts"},
        {
            "AzureWebJobsStorage__blobServiceUri": "https://hosts.blob.core.windows.net",
            "AzureWebJobsStorage__queueServiceUri": "https://hosts.queue.core.windows.net",
        },
    ],
)
def test_the_host_reaches_its_account_by_identity(given):
    settings = function_app_settings(BATCH | given)
    assert settings.storage_connection is None
    assert settings.blob_service == "https://hosts.blob.core.windows.net"
    assert settings.queue_service == "https://hosts.queue.core.windows.net"


@pytest.mark.parametrize(
    "given",
    [
        {"SOTTO_STORAGE": CONNECTION},
        {
            "SOTTO_STORAGE__blobServiceUri": "https://ours.blob.core.windows.net",
            "SOTTO_STORAGE__queueServiceUri": "https://ours.queue.core.windows.net",
        },
    ],
)
def test_an_account_of_our_own_hides_the_hosts(given):
    environment = {"AzureWebJobsStorage": "AccountName=hosts;AccountKey=a2V5"} | given
    assert sources(environment).connection == "SOTTO_STORAGE"
    assert "hosts" not in str(function_app_settings(BATCH | environment).storage_connection)


def test_an_input_may_be_written_as_an_address_of_that_account():
    url = "https://ours.blob.core.windows.net/audio"
    found = sources(
        {"SOTTO_STORAGE": CONNECTION, "SOTTO_DROP_FOLDERS": f"calls={url}>azure:transcripts"}
    )
    assert found.containers == {"calls": "audio"}


@pytest.mark.parametrize(
    "address",
    ["https://others.blob.core.windows.net/audio", "s3://bucket/audio", "/srv/audio"],
)
def test_an_input_that_no_trigger_can_read_from_stops_the_start(address):
    with pytest.raises(ConfigurationError, match="SOTTO_DROP_FOLDERS") as stopped:
        sources({"SOTTO_STORAGE": CONNECTION, "SOTTO_DROP_FOLDERS": f"calls={address}>azure:out"})
    assert address not in str(stopped.value)


@pytest.mark.parametrize("address", ["/srv/queue", "https://sqs.eu-west-1.amazonaws.com/1/work"])
def test_a_queue_that_no_trigger_can_read_from_stops_the_start(address):
    with pytest.raises(ConfigurationError, match="SOTTO_QUEUE must be `azure:name`"):
        sources({"SOTTO_STORAGE": CONNECTION, "SOTTO_QUEUE": address})


def test_without_a_place_for_jobs_there_are_no_batch_triggers():
    environment = {"SOTTO_KEYS": "k", "AzureWebJobsStorage": CONNECTION}
    settings = function_app_settings(environment)
    assert create_blueprints(settings, environment, ScriptedTranscriber([])) == []


def test_outputs_that_would_be_inputs_stop_the_start():
    environment = BATCH | {
        "AzureWebJobsStorage": CONNECTION,
        "SOTTO_DROP_FOLDERS": "calls=azure:audio>azure:audio",
    }
    with pytest.raises(ConfigurationError, match="transcribed as audio"):
        create_blueprints(function_app_settings(environment), environment, ScriptedTranscriber([]))


@pytest.mark.parametrize(
    ("setting", "source"),
    [("", "EventGrid"), ("event_grid", "EventGrid"), ("polling", "LogsAndContainerScan")],
)
def test_the_source_of_blob_triggers_is_a_setting(setting, source):
    triggers = triggers_in({"SOTTO_BLOB_TRIGGER": setting})
    assert set(triggers) == {"drop_calls", "work", "notices", "buried", "purge"}
    assert triggers["drop_calls"].source == source


def test_events_in_a_queue_have_one_function_for_all_folders():
    triggers = triggers_in({"SOTTO_BLOB_TRIGGER": "queue"})
    assert set(triggers) == {"dropped", "work", "notices", "buried", "purge"}
    assert triggers["dropped"].queue_name == "work-dropped"
    assert triggers["dropped"].connection == "AzureWebJobsStorage"


def test_without_a_drop_folder_no_queue_of_events_is_read():
    triggers = triggers_in({"SOTTO_BLOB_TRIGGER": "queue", "SOTTO_DROP_FOLDERS": ""})
    assert set(triggers) == {"work", "notices", "buried", "purge"}


def triggers_in(environment):
    """Triggers of a function app in such an environment, by the name of the function."""
    environment = BATCH | {"AzureWebJobsStorage": CONNECTION} | environment
    app = func.FunctionApp()
    settings = function_app_settings(environment)
    for blueprint in create_blueprints(settings, environment, ScriptedTranscriber([])):
        app.register_functions(blueprint)
    return {f.get_function_name(): f.get_trigger() for f in app.get_functions()}
