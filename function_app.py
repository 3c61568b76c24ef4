"""Entry point of Azure Functions, which loads one app object from the root of the project."""

import os
import sys
from pathlib import Path

# The worker puts the app's packages first on the path and this folder last, so an installed package
# called `shared` or `functions` would take precedence.
sys.path.insert(0, str(Path(__file__).resolve().parent))

from shared.privacy.core_dumps import forbid_core_dumps
from shared.privacy.telemetry_off import switch_telemetry_off

forbid_core_dumps()
switch_telemetry_off()

from functions.azure_app.start import create_function_app  # noqa: E402

app = create_function_app(os.environ)
