"""Render a chart with Helm itself: `python helm.py < requests.json`, in `.venv-infra`.

Standard input is a list of `{"chart": folder, "values": {…}, "release": name, "namespace": name,
"version": of Kubernetes}`; with `"lint": true` it is linted. Standard output is a list, in the same
order, of `{"objects": […], "notes": text}`, or `{"error": text}` where Helm refuses. `objects` are
those that Helm sent to the cluster.
"""

import asyncio
import json
import sys
from typing import Any

import helm_sdkpy
from cluster_stand_in import cluster_stand_in


def main() -> None:
    """Answer the requests of standard input."""
    json.dump([_answer(request) for request in json.load(sys.stdin)], sys.stdout)


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    with cluster_stand_in(request["version"]) as cluster:
        configuration = helm_sdkpy.Configuration(request["namespace"], cluster.kubeconfig())
        try:
            if request.get("lint"):
                found = asyncio.run(helm_sdkpy.Lint(configuration).run(request["chart"]))
                return {"severities": [message["Severity"] for message in found["Messages"]]}
            install = helm_sdkpy.Install(configuration)
            asyncio.run(
                install.run(request["release"], request["chart"], request["values"], wait=False)
            )
        except helm_sdkpy.HelmError as error:
            return {"error": str(error)}
        return {"objects": cluster.created, "notes": cluster.record["info"]["notes"]}


if __name__ == "__main__":
    main()
