"""The declared flow of data, held against the routes, the triggers and the commands."""

import argparse
import ast
from dataclasses import fields
from pathlib import Path

import azure.functions as func
import pytest

from functions.api.app import create_app
from functions.api.realtime.sessions import Sessions
from functions.azure_app import batch_triggers, http, warm_up
from functions.azure_app.platform_limits import function_app_settings
from functions.command_line.main import _parser
from shared.jobs.batch_services import BatchServices
from shared.jobs.batch_setup import local_addresses, open_batch
from shared.privacy.data_flow.features import EVERY_REQUEST, FEATURES
from shared.privacy.data_flow.flow import (
    IN_MEMORY,
    Command,
    Condition,
    Data,
    Feature,
    Flow,
    Place,
    Platform,
    Route,
    Socket,
    Stay,
    Trigger,
)
from shared.settings import Settings
from shared.storage.work_queue import Lane
from shared.transcription.scripted_transcriber import ScriptedTranscriber

PROJECT = Path(__file__).resolve().parents[3]
ADVICE = "add a row to shared/privacy/data_flow, and run scripts/data_flow.py --write"
DECLARED = {entry for feature in FEATURES for entry in feature.entries}
FUNCTION_APP = {
    "SOTTO_KEYS": "k",
    "SOTTO_JOBS": "azure:jobs",
    "SOTTO_QUEUE": "azure:work",
    "SOTTO_DROP_FOLDERS": "calls=azure:audio>azure:transcripts",
    "AzureWebJobsStorage": "DefaultEndpointsProtocol=https;AccountName=ours;AccountKey=a2V5",
}
TRACES = PROJECT / "tests" / "privacy"
# Features with content that nothing is stored of, and the request of a system-call trace.
TRACED = {
    "Short audio": ("traced_host.py", "short audio, {name} {form}"),
    "Fast transcription": ("traced_host.py", "fast transcription, {name} {form}"),
    "OpenAI's transcription": ("traced_host.py", "OpenAI, {name} speakers"),
    "Audio by address (`audioUrl`)": ("traced_host.py", "fast transcription, {name} audioUrl"),
    "Real time": ("test_realtime_no_trace.py", "continuous"),
    "Pronunciation assessment": ("traced_host.py", "short audio, {name} assessed"),
    "Speaker labels": ("traced_host.py", "fast transcription, {name} speakers"),
    "Text to speech": ("test_speech_no_trace.py", "openai"),
    "Translation of text": ("test_translation_no_trace.py", "3.0, html"),
    "Privacy check": ("test_privacy_check.py", "--audio"),
    "Speech translation": ("test_translation_no_trace.py", "speech, voice"),
}
# Commands run for the person at the terminal, under no trace.
UNTRACED = {
    "Assessment on the command line",
    "Calibration of a model",
    "Translation on the command line",
}


def routes_of(app):
    """Routes of an app and of the routers within it."""

    def walk(routes):
        for route in routes:
            inner = getattr(route, "original_router", None)
            yield from walk(inner.routes) if inner is not None else (route,)

    for route in walk(app.routes):
        methods = getattr(route, "methods", None)
        if methods is None:
            yield Socket(route.path)
        for method in methods or ():
            yield Route("GET" if method == "HEAD" else method, route.path)


def undeclared(entries):
    """Entries without a feature, with the advice that the failure shows."""
    return [f"{entry}: {ADVICE}" for entry in sorted(entries, key=str) if entry not in DECLARED]


def declared(kind, platform=None):
    """Declared entries of one kind, of one platform."""
    return {
        entry
        for entry in DECLARED
        if isinstance(entry, kind) and (platform is None or entry.platform is platform)
    }


@pytest.fixture(params=["with jobs", "without jobs"])
def batch(request, tmp_path):
    """Batch services on folders, or none: the routes of jobs refuse then."""
    if request.param == "without jobs":
        yield None
        return
    settings = Settings(data_folder=tmp_path)
    services = open_batch(settings, local_addresses(settings))
    yield services
    services.queue.close()


def test_each_route_has_its_row_and_each_row_its_route(batch: BatchServices | None):
    app = create_app(
        Settings(),
        ScriptedTranscriber(),
        batch,
        sessions=Sessions(1),
        exposition=lambda: (b"", "text/plain"),
    )
    found = set(routes_of(app))
    assert len(found) > 80
    assert undeclared(found) == []
    assert declared(Route) | declared(Socket) <= found


def test_a_host_without_sockets_has_no_further_route_but_their_refusals():
    found = set(routes_of(create_app(Settings(), ScriptedTranscriber())))
    refusals = {Route("GET", entry.path) for entry in declared(Socket)}
    assert undeclared(found - refusals) == []


def names_of_functions(blob_trigger):
    """Names of the functions of an app whose drop folder is called `calls`."""
    environment = FUNCTION_APP | {"SOTTO_BLOB_TRIGGER": blob_trigger}
    settings, transcriber = function_app_settings(environment), ScriptedTranscriber()
    app = func.FunctionApp()
    for blueprint in (
        http.create_blueprint(create_app(settings, transcriber)),
        warm_up.create_blueprint(transcriber.load),
        *batch_triggers.create_blueprints(settings, environment, transcriber),
    ):
        app.register_functions(blueprint)
    return {one.get_function_name().replace("calls", "{folder}") for one in app.get_functions()}


def test_each_function_of_a_function_app_has_its_row():
    """Under each way to notice a dropped file."""
    found = set().union(*map(names_of_functions, ("event_grid", "polling", "queue")))
    triggers = {Trigger(Platform.FUNCTIONS, name) for name in found}
    assert len(found) >= 7
    assert undeclared(triggers) == []
    assert declared(Trigger, Platform.FUNCTIONS) == triggers


def test_each_handler_of_lambda_has_its_row():
    found = set()
    for module in (PROJECT / "functions" / "aws_lambda").glob("*.py"):
        for node in ast.parse(module.read_text()).body:
            assigned = [target.id for target in getattr(node, "targets", ())]
            if "handler" in (*assigned, getattr(node, "name", None)):
                found.add(Trigger(Platform.LAMBDA, module.stem))
    assert len(found) >= 4
    assert undeclared(found) == []
    assert declared(Trigger, Platform.LAMBDA) == found


def names_of_threads(module):
    """Names that the threads of a module's subclasses of `Thread` have, one for each lane."""
    for node in ast.walk(ast.parse(module.read_text())):
        if not isinstance(node, ast.ClassDef) or "threading.Thread" not in map(
            ast.unparse, node.bases
        ):
            continue
        for call in (one for one in ast.walk(node) if isinstance(one, ast.Call)):
            if ast.unparse(call.func) == "super().__init__":
                (written,) = (word.value for word in call.keywords if word.arg == "name")
                code = compile(ast.Expression(written), module.name, "eval")
                yield from {eval(code, {"lane": lane}) for lane in Lane}  # noqa: S307 - our code


def test_each_background_thread_of_the_container_has_its_row():
    """By the name of the thread; a worker has one for each lane of the queue."""
    modules = (PROJECT / "functions" / "container").glob("*.py")
    found = {name for module in modules for name in names_of_threads(module)}
    triggers = {Trigger(Platform.CONTAINER, name) for name in found}
    assert {"worker-files", "worker-notices"} <= found
    assert undeclared(triggers) == []
    assert declared(Trigger, Platform.CONTAINER) == triggers


def commands_of(parser, words=""):
    """Words of all commands of a parser and of the parsers of its commands."""
    nested = [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]
    for action in nested:
        for name, command in action.choices.items():
            yield from commands_of(command, f"{words} {name}".strip())
    if not nested:
        yield words


def test_each_command_has_its_row():
    found = {Command(words) for words in commands_of(_parser())}
    assert len(found) >= 9
    assert undeclared(found) == []
    assert declared(Command) == found


def test_a_feature_has_one_name_and_a_row_of_its_own():
    names = [feature.name for feature in FEATURES]
    assert len(names) == len(set(names))
    assert all(feature.entries and feature.flows for feature in FEATURES)


def test_settings_of_the_flows_are_settings_of_the_code():
    named = {entry.metadata["key"]: entry.metadata["accepts"] for entry in fields(Settings)}
    for flow in (*EVERY_REQUEST, *(flow for feature in FEATURES for flow in feature.flows)):
        assert set(flow.settings) <= named.keys()
        if flow.only_with is not None:
            assert all(
                f"`{value}`" in named[flow.only_with.setting] for value in flow.only_with.values
            )


def test_a_flow_to_a_service_needs_a_setting_that_names_it():
    """Cloud services, the identity provider and the collector get nothing by default."""
    services = {
        Place.AZURE_SPEECH, Place.AZURE_TRANSLATOR, Place.AMAZON_TRANSLATE, Place.ISSUER,
        Place.COLLECTOR,
    }  # fmt: skip
    flows = [*EVERY_REQUEST, *(flow for feature in FEATURES for flow in feature.flows)]
    leaving = [flow for flow in flows if not services.isdisjoint(flow.to)]
    assert {place for flow in leaving for place in flow.to} == services
    assert [flow for flow in leaving if flow.only_with is None] == []
    defaults = {entry.metadata["key"]: entry.default for entry in fields(Settings)}
    for condition in (flow.only_with for flow in leaving):
        assert not set(condition.values or {True}) & set(defaults[condition.setting] or ()), (
            condition
        )


def test_voice_embeddings_are_in_memory_alone():
    flows = [flow for feature in FEATURES for flow in feature.flows if Data.EMBEDDINGS in flow.data]
    assert {flow.to for flow in flows} == {(Place.MEMORY,)}


def test_each_feature_that_keeps_content_in_memory_is_shown_by_a_trace_of_system_calls():
    in_memory = {one.name for one in FEATURES if one.has_content and one.is_in_memory}
    assert "Audio by address (`audioUrl`)" not in in_memory  # the address goes to its server
    assert in_memory - UNTRACED <= TRACED.keys()
    for feature, (file, request) in TRACED.items():
        assert f'"{request}"' in (TRACES / file).read_text(), feature


def test_a_feature_that_stores_or_sends_is_not_in_memory():
    def feature(*flows):
        return Feature("one", (Command("one"),), flows)

    kept = Flow((Data.AUDIO,), (Place.MEMORY,), Stay.REQUEST)
    sent = Flow((Data.TEXT,), (Place.AZURE_SPEECH,), Stay.RECEIVER)
    optional = Flow((Data.TEXT,), (Place.HOOK,), Stay.RECEIVER, only_with=Condition("SOTTO_KEYS"))
    assert feature(kept, optional).is_in_memory
    assert not feature(kept, sent).is_in_memory
    assert Place.JOBS not in IN_MEMORY
    assert not feature(Flow((Data.MEASURES,), (Place.LOG,), Stay.RECEIVER)).has_content
