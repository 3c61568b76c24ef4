"""A stand-in for the API of a cluster: it takes what Helm sends, and has nothing before.

Helm's library renders a chart only on the way into a cluster. This server answers the calls of an
installation: the version, the lists of kinds, 404 for each object that Helm looks for, 201 for
each that it creates. It checks nothing: the schemas do.
"""

import base64
import gzip
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KINDS = {
    "v1": ("ConfigMap", "PersistentVolumeClaim", "Pod", "Secret", "Service", "ServiceAccount"),
    "apps/v1": ("Deployment", "StatefulSet"),
    "autoscaling/v2": ("HorizontalPodAutoscaler",),
    "batch/v1": ("CronJob", "Job"),
    "keda.sh/v1alpha1": ("ScaledObject", "TriggerAuthentication"),
    "monitoring.coreos.com/v1": ("PodMonitor",),
    "networking.k8s.io/v1": ("Ingress", "NetworkPolicy"),
    "policy/v1": ("PodDisruptionBudget",),
    "rbac.authorization.k8s.io/v1": ("Role", "RoleBinding"),
}
"""The kinds that this cluster knows, by group and version: more than those of the chart."""


class ClusterStandIn:
    """The objects that were created, in order, and Helm's record of the release.

    Parameters
    ----------
    url: the address of the API.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.created: list[dict[str, Any]] = []
        self.record: dict[str, Any] = {}

    def kubeconfig(self) -> str:
        """Return a kubeconfig, as text, that names this cluster."""
        return (
            "apiVersion: v1\n"
            "kind: Config\n"
            "current-context: here\n"
            f"clusters: [{{name: here, cluster: {{server: '{self.url}'}}}}]\n"
            "contexts: [{name: here, context: {cluster: here, user: me}}]\n"
            "users: [{name: me, user: {}}]\n"
        )


@contextmanager
def cluster_stand_in(version: str) -> Iterator[ClusterStandIn]:
    """Serve on a free port of loopback.

    Parameters
    ----------
    version: of Kubernetes, such as `1.33`.
    """
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    cluster = ClusterStandIn(f"http://127.0.0.1:{server.server_address[1]}")
    server.cluster = cluster  # type: ignore[attr-defined]
    server.version = version  # type: ignore[attr-defined]
    # The time that its end takes.
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield cluster
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer in one piece: else each waits for an acknowledgement

    def do_GET(self) -> None:
        """Answer a look-up: the version, kinds, no objects."""
        path = self.path.partition("?")[0]
        found = self._found(path)
        if found is None:
            self._missing()
        else:
            self._answer(200, found)

    def do_POST(self) -> None:
        """Keep what is created."""
        body, kind = self._body(), self.headers["Content-Type"]
        cluster: ClusterStandIn = self.server.cluster  # type: ignore[attr-defined]
        if kind == "application/json":
            cluster.created.append(json.loads(body))
        else:  # Helm's own record, in protocol buffers: a compressed JSON text in a secret
            [packed] = re.findall(rb"H4sI[A-Za-z0-9+/]+=*", body)
            cluster.record = json.loads(gzip.decompress(base64.b64decode(packed)))
        self._send(201, body, kind)

    def do_PUT(self) -> None:
        """Answer with what was sent."""
        self._send(200, self._body(), self.headers["Content-Type"])

    def do_PATCH(self) -> None:
        """Answer with what was sent."""
        self.do_PUT()

    def do_DELETE(self) -> None:
        """Have nothing to delete."""
        self._missing()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
        """Write nothing: standard output has the findings alone."""

    def _found(self, path: str) -> dict[str, Any] | None:
        if path == "/version":
            major, minor = self.server.version.split(".")[:2]  # type: ignore[attr-defined]
            return {"major": major, "minor": minor, "gitVersion": f"v{major}.{minor}.0"}
        if path == "/api":
            return {"kind": "APIVersions", "versions": ["v1"]}
        if path == "/apis":
            groups = [_group(name) for name in KINDS if "/" in name]
            return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}
        if (listed := re.fullmatch(r"/apis?/(v1|[^/]+/[^/]+)", path)) and listed[1] in KINDS:
            return _resources(listed[1])
        if path.endswith("/secrets"):
            return {"kind": "SecretList", "apiVersion": "v1", "items": []}
        return None

    def _missing(self) -> None:
        status = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 404}
        self._answer(404, status | {"reason": "NotFound", "message": "not found"})

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers["Content-Length"]))

    def _answer(self, status: int, value: dict[str, Any]) -> None:
        self._send(status, json.dumps(value).encode(), "application/json")

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _group(name: str) -> dict[str, Any]:
    group, _, version = name.partition("/")
    entry = {"groupVersion": name, "version": version}
    return {"name": group, "versions": [entry], "preferredVersion": entry}


def _resources(group_version: str) -> dict[str, Any]:
    verbs = ["create", "delete", "get", "list", "patch", "update", "watch"]
    return {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": group_version,
        "resources": [
            {
                "name": _plural(kind),
                "singularName": kind.lower(),
                "kind": kind,
                "namespaced": True,
                "verbs": verbs,
            }
            for kind in KINDS[group_version]
        ],
    }


def _plural(kind: str) -> str:
    name = kind.lower()
    return name[:-1] + "ies" if name.endswith("y") else name + ("es" if name.endswith("s") else "s")
