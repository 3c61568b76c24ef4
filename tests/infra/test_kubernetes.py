"""The Helm chart: Helm itself renders it, schemas and policies hold its objects."""

import json
import re
import subprocess
from copy import deepcopy
from dataclasses import fields

import pytest
import yaml
from chart_sets import AWS, AZURE, LOCAL, SETS, variables_set_by_chart
from deliberate_defaults_kubernetes import KUBERNETES
from manifest_policies import POLICIES, containers, environment_of, findings, of_kind

from scripts.chart_page import (
    CHART,
    PROJECT,
    PYTHON,
    SET_UPS,
    merged,
    render,
    set_values,
    written,
)
from shared.settings import Settings
from shared.settings.hosts import CONTAINER

VERSIONS = ["1.30", "1.33", "1.37"]  # the oldest that the chart accepts, one between, the newest
CHECKS = PROJECT / "scripts" / "infra_checks"
PAGE = (PROJECT / "docs" / "deploy-kubernetes.md").read_text("utf-8")
SCHEMA = json.loads((CHART / "values.schema.json").read_text("utf-8"))
OF_CONTAINER = {
    entry.metadata["key"]: entry.metadata
    for entry in fields(Settings)
    if CONTAINER in entry.metadata["hosts"]
}
COMPANIONS = {"AWS_REGION", "AWS_ENDPOINT_URL_S3"}  # read by AWS's own library
PASSED_ON = {"settings", "secretSettings"}  # names of the environment
KINDS = {
    "Deployment", "HorizontalPodAutoscaler", "Ingress", "NetworkPolicy", "PersistentVolumeClaim",
    "PodDisruptionBudget", "PodMonitor", "ScaledObject", "Service", "ServiceAccount",
    "StatefulSet", "TriggerAuthentication",
}  # fmt: skip


@pytest.fixture(params=SETS)
def objects(releases, request):
    """Objects of a release."""
    assert "error" not in releases[request.param], releases[request.param]["error"]
    return deepcopy(releases[request.param]["objects"])


def checked(program, given):
    done = subprocess.run(
        [PYTHON, CHECKS / program], input=json.dumps(given), text=True, capture_output=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def schema_faults(objects, versions=VERSIONS):
    return checked("kubernetes.py", {"objects": objects, "versions": versions})


# --- What Helm and the schemas say ---


def test_helm_finds_no_fault_in_the_chart():
    """Its severities: 1 is a hint, 2 a warning, 3 an error."""
    given = {"chart": str(CHART), "namespace": "speech", "version": "1.33", "lint": True}
    [found] = checked("helm.py", [given])
    assert max(found["severities"]) <= 1


def test_every_object_is_valid_in_each_version_of_kubernetes(releases):
    """KEDA's objects and the Prometheus operator's too, by models of their schemas."""
    every = [thing for answer in releases.values() for thing in answer["objects"]]
    assert {thing["kind"] for thing in every} == KINDS
    assert schema_faults(every) == []


@pytest.mark.parametrize(
    ("kind", "path", "value", "fault"),
    [
        ("StatefulSet", "spec.template.spec.containers.0.readOnly", True, "readOnly"),
        ("StatefulSet", "spec.replicas", "one", "spec.replicas"),
        ("NetworkPolicy", "spec.podSelectors", {}, "podSelectors"),
        ("ScaledObject", "spec.pollingIntervals", 15, "pollingIntervals: no such field"),
        ("ScaledObject", "spec.triggers.0.metadata.queueLength", 2, "valid string"),
        ("TriggerAuthentication", "spec.podIdentity.provider", "aws-pod", "provider"),
        ("PodMonitor", "spec.podMetricsEndpoints.0.intervals", "30s", "no such field"),
    ],
)
def test_a_fault_against_a_schema_is_found(releases, kind, path, value, fault):
    every = [thing for answer in releases.values() for thing in answer["objects"]]
    thing = deepcopy(of_kind(every, kind)[0])
    *parents, name = path.split(".")
    inner = thing
    for parent in parents:
        inner = inner[int(parent) if parent.isdigit() else parent]
    inner[name] = value
    assert fault in "\n".join(schema_faults([thing], ["1.33"]))


def test_the_oldest_kubernetes_is_the_one_of_the_chart():
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text("utf-8"))
    assert chart["kubeVersion"] == f">={VERSIONS[0]}.0-0"
    [answer] = render([LOCAL], version="1.29")
    assert "chart requires kubeVersion: >=1.30.0-0" in answer["error"]


def test_keda_reads_both_queues_and_counts_messages_that_workers_hold(releases):
    """The schema of KEDA has no names of a trigger's metadata, so they are written here.

    https://keda.sh/docs/2.16/scalers/aws-sqs/
    https://keda.sh/docs/2.16/scalers/azure-storage-queue/
    """
    found = {}
    for name in ("azure", "aws", "connection string, KEDA"):
        [scaled] = of_kind(releases[name]["objects"], "ScaledObject")
        found[name] = [
            (trigger["type"], trigger["metadata"]) for trigger in scaled["spec"]["triggers"]
        ]
    queue = "https://sqs.eu-central-1.amazonaws.com/123456789012/sotto-prod-work"
    sqs = {"queueLength": "2", "awsRegion": "eu-central-1", "scaleOnInFlight": "true"}
    account = {"queueLength": "2", "accountName": "stsottodata0a1b2c3d"}
    connection = {"queueLength": "2", "connectionFromEnv": "SOTTO_STORAGE"}
    assert found == {
        "aws": [
            ("aws-sqs-queue", sqs | {"queueURL": queue}),
            ("aws-sqs-queue", sqs | {"queueURL": f"{queue}-notices"}),
        ],
        "azure": [
            ("azure-queue", account | {"queueName": "work"}),
            ("azure-queue", account | {"queueName": "work-notices"}),
        ],
        "connection string, KEDA": [
            ("azure-queue", connection | {"queueName": "work"}),
            ("azure-queue", connection | {"queueName": "work-notices"}),
        ],
    }


# --- Policies ---


def test_a_release_keeps_every_policy(objects, request):
    expected = {}
    if request.node.callspec.id == "no network policy":
        expected = {"StatefulSet/sotto has no network policy of both directions"}
    assert set(findings(objects)) == set(expected)


DROPPED = object()


def plant(objects, path, value):
    """Put a value at a path of the object of a kind, or take away what is there."""
    [thing] = of_kind(objects, path[0])
    inner = thing
    for part in path[1:-1]:
        inner = inner[part]
    if value is DROPPED:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value


POD = ("StatefulSet", "spec", "template", "spec")
ONE = (*POD, "containers", 0)


@pytest.mark.parametrize(
    ("path", "value", "finding"),
    [
        ((*ONE, "securityContext", "readOnlyRootFilesystem"), DROPPED, "may write its root"),
        ((*ONE, "securityContext", "capabilities", "add"), ["ALL"], "has capabilities"),
        ((*ONE, "securityContext", "allowPrivilegeEscalation"), True, "gain privileges"),
        ((*POD, "securityContext", "runAsUser"), 0, "as user 10001"),
        ((*POD, "securityContext", "seccompProfile"), DROPPED, "no seccomp"),
        ((*POD, "automountServiceAccountToken"), DROPPED, "mounts a token"),
        ((*POD, "hostNetwork"), True, "shares a namespace"),
        ((*ONE, "env"), [{"name": "SOTTO_KEYS", "value": "k"}], "SOTTO_KEYS is in clear"),
        ((*ONE, "livenessProbe"), DROPPED, "no livenessProbe"),
        ((*ONE, "readinessProbe", "httpGet", "port"), "web", "a port that it has not"),
        ((*ONE, "readinessProbe", "httpGet", "scheme"), "HTTPS", "wrong scheme"),
        ((*ONE, "resources", "limits", "memory"), DROPPED, "no limits of memory"),
        ((*POD, "volumes", 0, "emptyDir", "sizeLimit"), DROPPED, "tmp has no size"),
        ((*POD, "terminationGracePeriodSeconds"), DROPPED, "killed before"),
        (("StatefulSet", "spec", "selector", "matchLabels", "a"), "other", "selects []"),
        (("NetworkPolicy", "spec", "podSelector", "matchLabels", "a"), "other", "one workload"),
        (("Service", "spec", "ports", 0, "targetPort"), "web", "does not lead"),
        ((*ONE, "volumeMounts", 1, "name"), "x", "mounted ['tmp', 'x']"),
        (("PersistentVolumeClaim", "metadata", "name"), "x", "claim of its data"),
        (("ServiceAccount", "metadata", "name"), "x", "service account was not made"),
        (("StatefulSet", "spec", "serviceName"), "x", "service was not made"),
        (("NetworkPolicy", "spec", "ingress", 0, "from"), DROPPED, "every caller"),
        (("NetworkPolicy", "spec", "egress", 0, "to"), DROPPED, "every address"),
        (("NetworkPolicy", "spec", "policyTypes"), ["Ingress"], "both directions"),
    ],
)
def test_a_planted_mistake_is_found(releases, path, value, finding):
    objects = deepcopy(releases["local"]["objects"])
    plant(objects, path, value)
    assert finding in "\n".join(_safely(objects))


def _safely(objects):
    """Findings of each policy; one that cannot read the planted object has none."""
    found = []
    for policy in POLICIES:
        try:
            found += policy(objects)
        except KeyError:
            continue
    return found


def test_a_volume_has_one_pod_that_kubernetes_never_doubles(releases):
    """A StatefulSet of one; without a volume pods are replaced one by one."""
    [workload] = of_kind(releases["local"]["objects"], "StatefulSet", "Deployment")
    assert (workload["kind"], workload["spec"]["replicas"]) == ("StatefulSet", 1)
    [claim] = of_kind(releases["local"]["objects"], "PersistentVolumeClaim")
    assert claim["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"
    assert claim["spec"]["accessModes"] == ["ReadWriteOnce"]
    for name in ("azure", "aws"):
        assert {
            w["kind"] for w in of_kind(releases[name]["objects"], "StatefulSet", "Deployment")
        } == {"Deployment"}


def test_workers_have_no_key_and_no_port_for_callers(releases):
    for name in ("azure", "aws", "connection string"):
        found = dict(containers(releases[name]["objects"]))
        worker = found["Deployment/sotto-worker: worker"]
        assert worker["args"] == ["worker"]
        assert "SOTTO_KEYS" not in {entry["name"] for entry in worker["env"]}
        assert [port["name"] for port in worker["ports"]] == ["metrics"]
        [policy] = [
            p for p in of_kind(releases[name]["objects"], "NetworkPolicy")
            if p["metadata"]["name"] == "sotto-worker"
        ]  # fmt: skip
        assert [rule["ports"] for rule in policy["spec"]["ingress"]] == [
            [{"port": "metrics", "protocol": "TCP"}]
        ]


def test_pods_reach_the_dns_service_alone_unless_networks_are_listed(releases):
    """Each set-up in a cloud lists port 443, and never the address of the node's metadata."""
    reached = {}
    for name in ("local", "gpu", "azure", "aws"):
        policies = of_kind(releases[name]["objects"], "NetworkPolicy")
        reached[name] = [rule for policy in policies for rule in policy["spec"]["egress"][1:]]
        for policy in policies:
            assert {p["port"] for p in policy["spec"]["egress"][0]["ports"]} == {53}
    block = {"ipBlock": {"cidr": "0.0.0.0/0", "except": ["169.254.0.0/16"]}}
    listed = {"to": [block], "ports": [{"port": 443, "protocol": "TCP"}]}
    assert reached == {"local": [], "gpu": [], "azure": [listed] * 2, "aws": [listed] * 2}


def test_an_identity_of_the_cloud_is_on_the_account_and_on_the_pods(releases):
    [azure] = of_kind(releases["azure"]["objects"], "ServiceAccount")
    [aws] = of_kind(releases["aws"]["objects"], "ServiceAccount")
    client = "00000000-0000-0000-0000-000000000000"
    role = "arn:aws:iam::123456789012:role/sotto-prod"
    assert azure["metadata"]["annotations"]["azure.workload.identity/client-id"] == client
    assert aws["metadata"]["annotations"]["eks.amazonaws.com/role-arn"] == role
    for workload in of_kind(releases["azure"]["objects"], "Deployment"):
        labels = workload["spec"]["template"]["metadata"]["labels"]
        assert labels["azure.workload.identity/use"] == "true"
    keda = {
        name: of_kind(releases[name]["objects"], "TriggerAuthentication")[0]["spec"]["podIdentity"]
        for name in ("azure", "aws", "aws, autoscaled")
    }
    assert keda == {
        "azure": {"provider": "azure-workload", "identityId": client},
        "aws": {"provider": "aws", "identityOwner": "keda"},
        "aws, autoscaled": {"provider": "aws", "identityOwner": "workload"},
    }


def test_a_gpu_is_a_limit_of_the_container(releases):
    [(_, container)] = containers(releases["gpu"]["objects"])
    assert container["resources"]["limits"]["nvidia.com/gpu"] == "1"
    environment = environment_of(container)
    assert (environment["SOTTO_DEVICE"], environment["SOTTO_COMPUTE_TYPE"]) == ("cuda", "float16")
    assert container["image"] == "registry.example/sotto:0.1.0-cuda12"


def test_a_digest_counts_before_the_tag(releases):
    [(_, container)] = containers(releases["everything"]["objects"])
    assert container["image"] == "registry.example/sotto@sha256:" + "0a" * 32


def test_the_notes_have_the_first_call(releases):
    local, public = releases["local"]["notes"], releases["ingress"]["notes"]
    route = "/speech/recognition/conversation/cognitiveservices/v1?language=en-US"
    assert f"http://127.0.0.1:5000{route}" in local
    assert f"https://speech.example{route}" in public
    assert "get secret sotto-keys -o jsonpath='{.data.SOTTO_KEYS}'" in local
    assert f'curl -k "https://127.0.0.1:5000{route}' in releases["everything"]["notes"]
    assert "No network policy" in releases["no network policy"]["notes"]


# --- Values that Helm refuses ---


REFUSED = [
    ({}, {}, "image.repository must name the image in your registry"),
    ({}, {"image": {"repository": "a"}}, "keys.existingSecret must name a Secret"),
    (LOCAL, {"keys": {"value": "k"}}, "'/keys': additional properties 'value'"),
    (LOCAL, {"image": {"digest": "sha256:1"}}, "'/image/digest'"),
    (LOCAL, {"server": {"replicas": 0}}, "'/server/replicas': minimum: got 0, want 1"),
    (LOCAL, {"server": {"replicas": "2"}}, "'/server/replicas': got string, want integer"),
    (LOCAL, {"server": {"replicas": 2}}, "on a volume belongs to one pod"),
    (LOCAL, {"server": {"autoscaling": {"enabled": True}}}, "belongs to one pod"),
    (LOCAL, {"workers": {"replicas": 1}}, "Raise server.workers instead"),
    (LOCAL, {"server": {"workers": 0}}, "server.workers must be at least 1"),
    (LOCAL, {"storage": {"kind": "gcs"}}, "'/storage/kind': value must be one of"),
    (LOCAL, {"storage": {"queue": "azure:work"}}, "with a volume they lie in its folder"),
    (LOCAL, {"service": {"type": "NodePort"}}, "service.type NodePort needs networkPolicy.ingress"),
    (LOCAL, {"persistence": {"size": "10"}}, "'/persistence/size'"),
    (LOCAL, {"persistence": {"accessMode": "ReadWriteMany"}}, "'/persistence/accessMode'"),
    (LOCAL, {"timeToLive": "a week"}, "'/timeToLive'"),
    (LOCAL, {"settings": {"SOTTO_KEYS": "k"}}, "additional properties 'SOTTO_KEYS'"),
    (LOCAL, {"settings": {"SOTTO_NEW": "1"}}, "additional properties 'SOTTO_NEW'"),
    (LOCAL, {"secretSettings": {"SOTTO_STORAGE": "x"}}, "got string, want object"),
    (LOCAL, {"oidc": {"issuers": ["https://a"]}}, "oidc.issuers needs oidc.audiences"),
    (LOCAL, {"oidc": {"audiences": ["a"]}}, "need oidc.issuers"),
    (LOCAL, {"ingress": {"enabled": True}}, "ingress.host must be"),
    (LOCAL, {"ingress": {"enabled": True, "host": "a.b"}}, "do not travel in clear text"),
    (LOCAL, {"device": "cuda"}, "device cuda needs gpu.count"),
    (LOCAL, {"gpu": {"count": 1}}, "gpu.count needs device cuda"),
    (LOCAL, {"allowedNetworks": ["10.0.0.0"]}, "'/allowedNetworks/0'"),
    (LOCAL, {"metrics": {"port": 80}}, "'/metrics/port': minimum: got 80, want 1,024"),
    (
        LOCAL,
        {"networkPolicy": {"egress": [{"cidr": "10.0.0.0/8"}]}},
        "missing property 'ports'",
    ),
    (LOCAL, {"server": {"resources": {"limits": {"cpu": None}}}}, "missing property 'cpu'"),
    (AZURE, {"storage": {"azureAccount": ""}}, "needs storage.azureAccount"),
    (AZURE, {"storage": {"jobs": "https://a/jobs?sig=x"}}, "'/storage/jobs'"),
    (AZURE, {"storage": {"dropFolders": ["a=b>c?sig=d"]}}, "'/storage/dropFolders/0'"),
    (AZURE, {"storage": {"queue": ""}}, "needs storage.jobs and storage.queue"),
    (AZURE, {"workloadIdentity": {"azureClientId": ""}}, "azureClientId, the client id"),
    (AZURE, {"workers": {"keda": {"enabled": False}}}, "no job would be worked on"),
    (AZURE, {"workers": {"keda": {"minReplicas": 20}}}, "must not be less than minReplicas"),
    (AZURE, {"persistence": {"existingClaim": "a"}}, "needs storage.kind volume"),
    (AZURE, {"dropFolder": {"existingClaim": "a"}}, "dropFolder.transcripts must be"),
    (
        AZURE,
        {"secretSettings": {"SOTTO_STORAGE": {"secret": "a", "key": "b"}}},
        "an identity or a connection string",
    ),
    (AWS, {"storage": {"deadLetters": ""}}, "needs storage.awsRegion and storage.deadLetters"),
    (AWS, {"workloadIdentity": {"awsRoleArn": ""}}, "needs workloadIdentity.awsRoleArn"),
    (AWS, {"serviceAccount": {"create": False}}, "needs a service account of its own"),
]


@pytest.fixture(scope="session")
def refusals():
    """Answer of Helm to each of the wrong values."""
    return render([merged(base, values) for base, values, _ in REFUSED])


@pytest.mark.parametrize("case", range(len(REFUSED)), ids=[row[2] for row in REFUSED])
def test_a_wrong_value_is_refused_with_its_name(refusals, case):
    assert REFUSED[case][2] in refusals[case]["error"]


def value_paths(values, part, prefix=""):
    """Paths of the values; maps whose names an operator chooses count as one value."""
    for name, value in values.items():
        known = part["properties"][name]
        yield f"{prefix}{name}"
        if known.get("properties") and name not in PASSED_ON:
            yield from value_paths(value, known, f"{prefix}{name}.")


def schema_paths(part, prefix=""):
    for name, inner in part["properties"].items():
        if name != "global":
            yield f"{prefix}{name}", inner
        if name not in PASSED_ON:
            yield from schema_paths({"properties": {}} | inner, f"{prefix}{name}.")


def test_the_schema_has_the_values_of_the_file_and_no_other():
    values = yaml.safe_load((CHART / "values.yaml").read_text("utf-8"))
    assert sorted(value_paths(values, SCHEMA)) == sorted(path for path, _ in schema_paths(SCHEMA))


def test_the_schema_describes_each_value_and_refuses_unknown_ones():
    quantities = {"cpu", "memory", "ephemeral-storage"}
    for path, part in schema_paths(SCHEMA):
        assert part.get("description") or path.split(".")[-1] in quantities, path
        if "properties" in part:
            assert part["additionalProperties"] is False, path


# --- Settings ---


def test_each_setting_of_the_container_host_has_a_value_or_a_reason(releases):
    ours = variables_set_by_chart(releases) - COMPANIONS
    assert ours <= set(OF_CONTAINER)
    assert set(OF_CONTAINER) - ours == set(KUBERNETES)
    assert all(KUBERNETES.values())


def test_settings_without_a_value_are_taken_by_name_secrets_from_a_secret():
    plain = SCHEMA["properties"]["settings"]["properties"]
    secret = set(SCHEMA["properties"]["secretSettings"]["properties"])
    assert set(plain) == {key for key in KUBERNETES if not OF_CONTAINER[key]["secret"]}
    assert secret - {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} == {
        key for key, about in OF_CONTAINER.items() if about["secret"] and key != "SOTTO_KEYS"
    }


def test_sotto_accepts_the_environment_of_every_container(releases):
    secrets = {
        "SOTTO_KEYS": "k", "SOTTO_AZURE_SPEECH_KEY": "k",
        "SOTTO_STORAGE": "UseDevelopmentStorage=true",
        "SOTTO_JOBS": "https://a.blob.core.windows.net/jobs?sig=x",
        "SOTTO_DROP_FOLDERS": "calls=/audio>https://a.blob.core.windows.net/calls?sig=x",
    }  # fmt: skip
    for name, answer in releases.items():
        for _, container in containers(answer["objects"]):
            settings = Settings.from_environment(environment_of(container, secrets))
            assert settings.batch, name
            assert settings.threads == int(container["resources"]["limits"]["cpu"]), name


def test_a_planted_mistake_of_scaling_is_found(releases):
    objects = deepcopy(releases["azure"]["objects"])
    plant(objects, ("ScaledObject", "spec", "scaleTargetRef", "name"), "other")
    plant(objects, ("TriggerAuthentication", "metadata", "name"), "other")
    name = "ScaledObject/sotto-worker"
    assert findings(objects) == [
        f"{name} scales nothing",
        f"{name}: its authentication was not made",
    ]
    objects = deepcopy(releases["azure"]["objects"])
    of_kind(objects, "Deployment")[0]["spec"]["replicas"] = 1
    assert findings(objects) == [f"{name}: each update would undo its scaling"]


# --- Pages and rules ---


def test_the_tables_of_the_page_are_current():
    assert written(PAGE) == PAGE


def test_each_values_file_is_a_set_up():
    assert set(SET_UPS) == {path.name for path in CHART.glob("values*.yaml")}


def test_the_commands_of_the_page_install_the_chart():
    """Those that it has in full, with the values files that they name."""
    commands = re.findall(r"^helm install (?:.*\\\n)*.*$", PAGE, re.MULTILINE)
    assert len(commands) == 2
    given = []
    for command in commands:
        values = {}
        for file in re.findall(r"--values \S+/(\S+)", command):
            values = merged(values, yaml.safe_load((CHART / file).read_text("utf-8")))
        given.append(set_values(values, command))
    assert [answer.get("error") for answer in render(given)] == [None, None]


def test_the_networks_of_the_page_become_rules():
    [example] = [
        yaml.safe_load(block)
        for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
        if "networkPolicy" in block
    ]
    [answer] = render([merged(LOCAL, example)])
    [policy] = of_kind(answer["objects"], "NetworkPolicy")
    reached = [rule["to"][0]["ipBlock"]["cidr"] for rule in policy["spec"]["egress"][1:]]
    assert reached == ["10.40.2.0/24", "10.1.0.0/16"]
