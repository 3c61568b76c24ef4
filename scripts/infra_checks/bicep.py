"""Read Bicep templates and hold them against Azure's types; print the result as JSON.

    .venv-infra/bin/python scripts/infra_checks/bicep.py TEMPLATES [--types FOLDER]

`documents` has the templates as data (`bicep_syntax`). With `--types` also `findings`,
`missing_versions`, `unchecked` and `counts` (`bicep_resources`).
"""

import argparse
import json
import sys
from pathlib import Path

from bicep_resources import check_resources
from bicep_syntax import read_folder
from bicep_types import TypeData


def main() -> int:
    """Print one object."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("templates", type=Path, help="folder of templates")
    parser.add_argument("--types", type=Path, help="folder of Azure's resource types")
    arguments = parser.parse_args()
    documents = read_folder(arguments.templates)
    printed: dict[str, object] = {"documents": documents}
    if arguments.types:
        templates = {path: one for path, one in documents.items() if path.endswith(".bicep")}
        report = check_resources(templates, TypeData(arguments.types))
        printed |= {**vars(report), "counts": dict(report.counts)}
    json.dump(printed, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
