"""A function writes no memory to disk when it crashes."""

import pytest
from core_dumps import AS_OTHERS, core_dumps_allowed, forbids_core_dumps
from runtime_api import HANDLER, run_function


@pytest.mark.parametrize(
    "handler",
    [HANDLER, "functions.aws_lambda.purge_schedule.handler"],
)
def test_a_function_forbids_core_dumps_before_its_first_event(model_folder, handler):
    settings = {"SOTTO_KEYS": "k", "SOTTO_MODEL_FOLDER": str(model_folder)}
    with core_dumps_allowed(), run_function(settings, AS_OTHERS, handler) as function:
        assert forbids_core_dumps(function.process.pid)
