"""Policies that every object of a release keeps: each function returns its findings as sentences.

A policy takes all objects of a release, as Helm sends them.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

Thing = dict[str, Any]

WORKLOADS = {"Deployment", "StatefulSet", "Job", "CronJob", "DaemonSet"}
SECRETS = {"SOTTO_KEYS", "SOTTO_STORAGE", "SOTTO_AZURE_SPEECH_KEY", "SOTTO_AZURE_TRANSLATOR_KEY"}


def pods(objects: Iterable[Thing]) -> Iterator[tuple[str, Thing]]:
    """Return the pod template of each workload, with its name."""
    for thing in objects:
        if thing["kind"] in WORKLOADS:
            yield f"{thing['kind']}/{thing['metadata']['name']}", thing["spec"]["template"]


def containers(objects: Iterable[Thing]) -> Iterator[tuple[str, Thing]]:
    """Return each container, those that start before the others too."""
    for name, pod in pods(objects):
        spec = pod["spec"]
        for container in [*spec.get("initContainers", []), *spec["containers"]]:
            yield f"{name}: {container['name']}", container


def of_kind(objects: Iterable[Thing], *kinds: str) -> list[Thing]:
    """Return the objects of some kinds."""
    return [thing for thing in objects if thing["kind"] in kinds]


def locked_down(objects: list[Thing]) -> Iterator[str]:
    """A root that is not written, a user without rights, no capability, the default seccomp."""
    for name, pod in pods(objects):
        context = pod["spec"].get("securityContext", {})
        if context.get("runAsNonRoot") is not True or context.get("runAsUser") != 10001:
            yield f"{name} does not run as user 10001"
        if context.get("seccompProfile") != {"type": "RuntimeDefault"}:
            yield f"{name} has no seccomp profile"
        if pod["spec"].get("automountServiceAccountToken") is not False:
            yield f"{name} mounts a token of its service account"
        if any(pod["spec"].get(f"host{part}") for part in ("Network", "PID", "IPC")):
            yield f"{name} shares a namespace of its node"
    for name, container in containers(objects):
        context = container.get("securityContext", {})
        if context.get("readOnlyRootFilesystem") is not True:
            yield f"{name} may write its root"
        if context.get("allowPrivilegeEscalation") is not False or context.get("privileged"):
            yield f"{name} may gain privileges"
        if context.get("capabilities") != {"drop": ["ALL"]}:
            yield f"{name} has capabilities"


def no_secret_in_clear(objects: list[Thing]) -> Iterator[str]:
    """Secrets come by reference; no object is a Secret, and none has a signature of an address."""
    for thing in of_kind(objects, "Secret"):
        yield f"Secret/{thing['metadata']['name']} was made by the chart"
    for name, container in containers(objects):
        for entry in container["env"]:
            if entry["name"] in SECRETS and "value" in entry:
                yield f"{name}: {entry['name']} is in clear text"
            if "sig=" in entry.get("value", "") or "AccountKey=" in entry.get("value", ""):
                yield f"{name}: {entry['name']} has a credential"


def probed(objects: list[Thing]) -> Iterator[str]:
    """Each container has three probes, on ports that it has, with the scheme that it serves."""
    for name, container in containers(objects):
        names = {port["name"] for port in container["ports"]}
        variables = {entry["name"] for entry in container["env"]}
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            get = container.get(probe, {}).get("httpGet")
            if get is None:
                yield f"{name} has no {probe}"
            elif get["port"] not in names:
                yield f"{name}: {probe} is on a port that it has not"
            elif get["port"] == "http" and get["scheme"] != (
                "HTTPS" if "SOTTO_TLS_CERT" in variables else "HTTP"
            ):
                yield f"{name}: {probe} has the wrong scheme"


def bounded(objects: list[Thing]) -> Iterator[str]:
    """Each container has requests and limits, each volume in memory a size."""
    for name, container in containers(objects):
        for part in ("requests", "limits"):
            for resource in ("cpu", "memory"):
                if resource not in container.get("resources", {}).get(part, {}):
                    yield f"{name} has no {part} of {resource}"
    for name, pod in pods(objects):
        for volume in pod["spec"]["volumes"]:
            if "emptyDir" in volume and "sizeLimit" not in volume["emptyDir"]:
                yield f"{name}: {volume['name']} has no size"


def ends_in_time(objects: list[Thing]) -> Iterator[str]:
    """A pod may end its requests and files before it is killed."""
    for name, pod in pods(objects):
        [container] = pod["spec"]["containers"]
        grace_s = int(environment_of(container)["SOTTO_SHUTDOWN_GRACE_S"])
        pause_s = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {"seconds": 0})
        least_s = pause_s["seconds"] + grace_s + 10
        if pod["spec"].get("terminationGracePeriodSeconds", 30) < least_s:
            yield f"{name} is killed before its work may end"


def selected(objects: list[Thing]) -> Iterator[str]:
    """Selectors match the pods that they mean, and no others."""
    templates = {name: pod["metadata"]["labels"] for name, pod in pods(objects)}
    for thing in of_kind(objects, *WORKLOADS):
        name = f"{thing['kind']}/{thing['metadata']['name']}"
        chosen = _matched(thing["spec"]["selector"]["matchLabels"], templates)
        if chosen != [name]:
            yield f"{name} selects {chosen}"
    for thing in of_kind(objects, "PodDisruptionBudget", "NetworkPolicy"):
        name = f"{thing['kind']}/{thing['metadata']['name']}"
        selector = thing["spec"].get("podSelector") or thing["spec"]["selector"]
        if len(_matched(selector["matchLabels"], templates)) != 1:
            yield f"{name} does not select one workload"
    for thing in of_kind(objects, "Service"):
        chosen = _matched(thing["spec"]["selector"], templates)
        ports = {port["name"] for c in _containers_of(objects, chosen) for port in c["ports"]}
        if len(chosen) != 1 or not {p["targetPort"] for p in thing["spec"]["ports"]} <= ports:
            yield f"Service/{thing['metadata']['name']} does not lead to a port of one workload"
    for thing in of_kind(objects, "PodMonitor"):
        chosen = _matched(thing["spec"]["selector"]["matchLabels"], templates)
        if sorted(chosen) != sorted(templates):
            yield f"PodMonitor/{thing['metadata']['name']} does not select every workload"


def mounted(objects: list[Thing]) -> Iterator[str]:
    """Volumes are mounted, and the claim and the account of a pod are those that were made."""
    claims = _names(objects, "PersistentVolumeClaim")
    accounts = _names(objects, "ServiceAccount")
    for name, pod in pods(objects):
        spec = pod["spec"]
        volumes = {volume["name"] for volume in spec["volumes"]}
        for container in spec["containers"]:
            mounts = [mount["name"] for mount in container["volumeMounts"]]
            if set(mounts) != volumes:
                yield f"{name}: volumes {sorted(volumes)}, mounted {sorted(mounts)}"
        data = [v["persistentVolumeClaim"] for v in spec["volumes"] if v["name"] == "data"]
        if data and claims and {claim["claimName"] for claim in data} != claims:
            yield f"{name}: the claim of its data was not made"
        if accounts and spec["serviceAccountName"] not in accounts:
            yield f"{name}: its service account was not made"


def served(objects: list[Thing]) -> Iterator[str]:
    """The service that a StatefulSet or an Ingress names was made."""
    services = _names(objects, "Service")
    for thing in of_kind(objects, "StatefulSet"):
        if thing["spec"]["serviceName"] not in services:
            yield f"StatefulSet/{thing['metadata']['name']}: its service was not made"
    for thing in of_kind(objects, "Ingress"):
        paths = [path for rule in thing["spec"]["rules"] for path in rule["http"]["paths"]]
        if not {path["backend"]["service"]["name"] for path in paths} <= services:
            yield f"Ingress/{thing['metadata']['name']} leads nowhere"


def scaled(objects: list[Thing]) -> Iterator[str]:
    """An autoscaler has a target, which leaves the number of pods to it, and its identity."""
    workloads = {
        (thing["kind"], thing["metadata"]["name"]): thing for thing in of_kind(objects, *WORKLOADS)
    }
    for thing in of_kind(objects, "HorizontalPodAutoscaler", "ScaledObject"):
        name = f"{thing['kind']}/{thing['metadata']['name']}"
        target = thing["spec"]["scaleTargetRef"]
        workload = workloads.get((target["kind"], target["name"]))
        if workload is None:
            yield f"{name} scales nothing"
        elif "replicas" in workload["spec"]:
            yield f"{name}: each update would undo its scaling"
        references = {
            trigger["authenticationRef"]["name"]
            for trigger in thing["spec"].get("triggers", [])
            if "authenticationRef" in trigger
        }
        if not references <= _names(objects, "TriggerAuthentication"):
            yield f"{name}: its authentication was not made"


def closed(objects: list[Thing]) -> Iterator[str]:
    """Every workload has a network policy: named sources for named ports, DNS, listed networks."""
    policies = of_kind(objects, "NetworkPolicy")
    for name, pod in pods(objects):
        labels = {name: pod["metadata"]["labels"]}
        own = [p for p in policies if _matched(p["spec"]["podSelector"]["matchLabels"], labels)]
        if not own or any(set(p["spec"]["policyTypes"]) != {"Ingress", "Egress"} for p in own):
            yield f"{name} has no network policy of both directions"
        ports = {port["name"] for c in pod["spec"]["containers"] for port in c["ports"]}
        for policy in own:
            for rule in policy["spec"].get("ingress", []):
                if not rule.get("from") or not {p["port"] for p in rule["ports"]} <= ports:
                    yield f"{name} is open to every caller, or on a port that it has not"
            for rule in policy["spec"]["egress"]:
                if not rule.get("to") or not rule.get("ports"):
                    yield f"{name} may reach every address or port"


POLICIES: tuple[Callable[[list[Thing]], Iterator[str]], ...] = (
    locked_down, no_secret_in_clear, probed, bounded, ends_in_time, selected, mounted, served,
    scaled, closed,
)  # fmt: skip


def findings(objects: list[Thing]) -> list[str]:
    """Return the findings of all policies."""
    return [finding for policy in POLICIES for finding in policy(objects)]


def environment_of(container: Thing, secrets: dict[str, str] | None = None) -> dict[str, str]:
    """Return the environment that a node gives the container.

    Parameters
    ----------
    secrets: values of variables that come from a Secret; one that is missing stays out.
    """
    environment = {}
    for entry in container["env"]:
        if "value" in entry:
            environment[entry["name"]] = entry["value"]
        elif "resourceFieldRef" in entry["valueFrom"]:
            assert entry["valueFrom"]["resourceFieldRef"]["resource"] == "limits.cpu"
            environment[entry["name"]] = str(container["resources"]["limits"]["cpu"])
        elif entry["name"] in (secrets or {}):
            environment[entry["name"]] = (secrets or {})[entry["name"]]
    return environment


def _names(objects: list[Thing], kind: str) -> set[str]:
    return {thing["metadata"]["name"] for thing in of_kind(objects, kind)}


def _matched(selector: Thing, templates: dict[str, Thing]) -> list[str]:
    return [name for name, labels in templates.items() if selector.items() <= labels.items()]


def _containers_of(objects: list[Thing], names: list[str]) -> Iterator[Thing]:
    for name, pod in pods(objects):
        if name in names:
            yield from pod["spec"]["containers"]
