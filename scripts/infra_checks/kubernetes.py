"""Hold objects of Kubernetes against their schemas: in `.venv-infra`, JSON in, JSON out.

Standard input is `{"objects": […], "versions": ["1.30", …]}`. Standard output is a list of
findings, each a sentence. Kubernetes' own kinds are held against its schemas (kubernetes-validate,
strict: an unknown field is a fault). KEDA's and the Prometheus operator's kinds are read into
models that were made from their schemas, and must come out as they went in.
"""

import importlib
import json
import sys
from collections.abc import Iterator
from typing import Any

import kubernetes_validate
from pydantic import ValidationError

MODELS = {
    "keda.sh/v1alpha1": "cloudcoil.models.keda.v1alpha1",
    "monitoring.coreos.com/v1": "cloudcoil.models.prometheus_operator.v1",
}


def main() -> None:
    """Print the findings."""
    given = json.load(sys.stdin)
    found = [f for o in given["objects"] for f in _findings(o, given["versions"])]
    json.dump(found, sys.stdout)


def _findings(thing: dict[str, Any], versions: list[str]) -> Iterator[str]:
    name = f"{thing['kind']}/{thing['metadata']['name']}"
    if (module := MODELS.get(thing["apiVersion"])) is not None:
        yield from (f"{name}: {fault}" for fault in _model_faults(thing, module))
        return
    for version in versions:
        try:
            kubernetes_validate.validate(thing, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            path = ".".join(map(str, error.path))
            yield f"{name} ({version}): {path}: {error.message}"
        except kubernetes_validate.SchemaNotFoundError:
            yield f"{name} ({version}): no schema for {thing['apiVersion']}"


def _model_faults(thing: dict[str, Any], module: str) -> Iterator[str]:
    model = getattr(importlib.import_module(module), thing["kind"])
    try:
        read = model.model_validate(thing)
    except ValidationError as error:
        for fault in error.errors():
            yield f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}"
        return
    yield from _lost(thing, json.loads(read.model_dump_json(by_alias=True, exclude_none=True)))


def _lost(given: Any, kept: Any, path: str = "") -> Iterator[str]:
    """Fields that the model does not know: it leaves them out."""
    if isinstance(given, dict):
        for key, value in given.items():
            if not isinstance(kept, dict) or key not in kept:
                yield f"{path}{key}: no such field"
            else:
                yield from _lost(value, kept[key], f"{path}{key}.")
    elif isinstance(given, list):
        for index, value in enumerate(given):
            yield from _lost(value, kept[index], f"{path}{index}.")


if __name__ == "__main__":
    main()
