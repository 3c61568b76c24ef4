"""Render a chart with Helm itself: `python helm.py < requests.json`, in `.venv-infra`.

Standard input is a list of `{"chart": folder, "values": {…}, "release": name, "namespace": name,
"version": of Kubernetes}`. Standard output is a list, in the same order, of `{"objects": […],
"notes": text}`, or `{"error": text}` where Helm refuses the values. `objects` are what Helm sent.
"""

import asyncio
import json
import sys
from typing import Any

import helm_sdkpy
from cluster_stand_in import cluster_stand_in


def main() -> None:
    """Answer the requests of standard input."""
    print(json.dumps([_answer(request) for request in json.load(sys.stdin)]))


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    with cluster_stand_in(request["version"]) as cluster:
        configuration = helm_sdkpy.Configuration(
            namespace=request["namespace"], kubeconfig=cluster.kubeconfig()
        )
        if request.get("lint"):
            return asyncio.run(helm_sdkpy.Lint(configuration).run(request["chart"]))
        install = helm_sdkpy.Install(configuration)
        try:
            asyncio.run(
                install.run(request["release"], request["chart"], request["values"], wait=False)
            )
        except helm_sdkpy.HelmError as error:
            return {"error": str(error)}
        return {"objects": cluster.created, "notes": cluster.record["info"]["notes"]}


if __name__ == "__main__":
    main()
