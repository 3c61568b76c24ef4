"""The releases that the tests of the chart look at: the four set-ups, and combinations."""

from collections.abc import Mapping
from typing import Any

from manifest_policies import containers

from scripts.chart_page import SET_UPS, Values, merged, values_of

LOCAL, AZURE, AWS, GPU = map(values_of, SET_UPS)

_INGRESS: Values = {
    "ingress": {
        "enabled": True,
        "className": "nginx",
        "host": "speech.example",
        "tlsSecretName": "t",
    }
}
_NO_NETWORK: Values = {"networkPolicy": {"ingressNamespaces": [], "monitoringNamespaces": []}}
_EVERYTHING: Values = {
    "image": {"digest": "sha256:" + "0a" * 32, "pullSecrets": ["registry"]},
    "server": {"workers": 3, "shutdownGraceSeconds": 120},
    "persistence": {"existingClaim": "disk"},
    "dropFolder": {"existingClaim": "recordings"},
    "models": {"existingClaim": "weights"},
    "timeToLive": "P14D",
    "allowedNetworks": ["10.1.0.0/16", "fd00::/8"],
    "publicUrl": "https://speech.example",
    "oidc": {
        "issuers": ["https://login.example/a"], "audiences": ["api://sotto"],
        "jwks": "https://login.example/keys", "roles": ["caller"],
    },
    "tls": {"secretName": "certificate"},
    "metrics": {"scrapeAnnotations": False, "podMonitor": {"enabled": True, "labels": {"a": "b"}}},
    "traces": "http://collector.observability:4318",
    "settings": {"SOTTO_LOG_LEVEL": "warning", "SOTTO_QUEUE_LIMIT": 20, "SOTTO_DIARIZATION": False},
    "secretSettings": {"SOTTO_AZURE_SPEECH_KEY": {"secret": "azure", "key": "speech"}},
    "service": {"type": "LoadBalancer", "port": 443, "annotations": {"a/b": "c"}},
    "networkPolicy": {
        "ingressNetworks": ["10.2.0.0/16"],
        "egress": [{"cidr": "10.1.0.0/16", "ports": [443, 4318]}],
    },
    "serviceAccount": {"name": "speech", "annotations": {"a/b": "c"}},
    "runtimeClassName": "gvisor",
    "priorityClassName": "high",
    "nodeSelector": {"disk": "ssd"},
    "tolerations": [{"key": "speech", "operator": "Exists"}],
    "affinity": {"podAntiAffinity": {}},
    "podLabels": {"team": "speech"},
    "podAnnotations": {"a/b": "c"},
}  # fmt: skip
_AZURITE: Values = {
    "server": {"workers": 0},
    "workers": {"replicas": 2},
    "storage": {"kind": "azure", "jobs": "azure:jobs", "queue": "azure:work"},
    "secretSettings": {"SOTTO_STORAGE": {"secret": "azurite", "key": "connection"}},
    "dropFolder": {"existingClaim": "recordings", "transcripts": "azure:transcripts"},
    "timeToLive": "P7D",
    "networkPolicy": {"egress": [{"cidr": "10.0.0.0/8", "ports": [10000, 10001]}]},
}

SETS: dict[str, Values] = {
    "local": LOCAL,
    "azure": AZURE,
    "aws": AWS,
    "gpu": GPU,
    "everything": merged(LOCAL, _EVERYTHING),
    "ingress": merged(LOCAL, _INGRESS),
    "no callers": merged(LOCAL, _NO_NETWORK),
    "no network policy": merged(LOCAL, {"networkPolicy": {"enabled": False}}),
    "own account": merged(LOCAL, {"serviceAccount": {"create": False, "name": "mine"}}),
    "connection string": merged(LOCAL, _AZURITE),
    "connection string, KEDA": merged(
        merged(LOCAL, _AZURITE), {"workers": {"keda": {"enabled": True, "maxReplicas": 1}}}
    ),
    "azure with a GPU and ingress": merged(merged(AZURE, GPU), _INGRESS),
    "azure, signed containers": merged(
        AZURE,
        {
            "storage": {"jobs": ""},
            "secretSettings": {
                "SOTTO_JOBS": {"secret": "signed", "key": "jobs"},
                "SOTTO_DROP_FOLDERS": {"secret": "signed", "key": "folders"},
            },
        },
    ),
    "aws, fixed workers": merged(
        AWS, {"workers": {"replicas": 3, "keda": {"enabled": False}}, "server": {"replicas": 1}}
    ),
    "aws, autoscaled": merged(
        AWS,
        {
            "server": {"autoscaling": {"enabled": True}},
            "workers": {"keda": {"awsIdentityOwner": "workload"}},
            "dropFolder": {"existingClaim": "recordings", "transcripts": "s3://b/transcripts"},
            "storage": {
                "s3Endpoint": "https://s3.example",
                "dropFolders": ["calls=s3://in/calls>s3://out/calls"],
            },
        },
    ),
}


def variables_set_by_chart(releases: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """Return the variables that values of their own set, in any of the releases.

    Parameters
    ----------
    releases: the answer of Helm for each of `SETS`.
    """
    found = set()
    for name, values in SETS.items():
        passed_on = {*values.get("settings", {}), *values.get("secretSettings", {})}
        for _, container in containers(releases[name]["objects"]):
            found |= {entry["name"] for entry in container["env"]} - passed_on
    return found
