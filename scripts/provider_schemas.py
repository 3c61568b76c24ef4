"""Write the schemas of the Terraform providers that infra/ uses into .venv-infra, once.

    .venv-infra/bin/python scripts/provider_schemas.py [--wheels FOLDER]

Terraform's own schemas come with the providers, from a registry that the checks do not need. The
Python packages of CDK Terrain carry the same schemas: each is generated from one version of one
provider. Their archive has a class for each resource, data source, ephemeral resource and nested
block; a comment says of each field whether it is required, optional or computed, a method says of
which type it is, and the documentation whether it is a block. From these a compact file is written
for each provider, `.venv-infra/provider-schemas/<provider>.json`:

    {"provider": "azurerm", "version": "5.10.0",
     "provider_config": block, "resource": {type: block}, "data": {...}, "ephemeral": {...}}

A block is {name: field}; a field is one of
    {"type": cty type, "required" | "optional" | "computed": true}
    {"block": block, "nesting": "single" | "list" | "set", "most": 1, "required": true}
    {"object": block, "nesting": "single" | "list" | "set" | "map", "required" | ...}

These sources lack what the providers check at run time: values of enumerations, lengths and ranges,
arguments that exclude each other, the least number of blocks beyond one, and which attributes are
sensitive.
"""

import argparse
import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Name of the provider -> its package on PyPI. A new version is downloaded when the pin changes.
PACKAGES = {
    "azurerm": ("cdktn-provider-azurerm", "18.9.0"),
    "azapi": ("cdktn-provider-azapi", "1.0.0"),
    "aws": ("cdktn-provider-aws", "25.8.1"),
}

CLASS = re.compile(
    r"^class (?P<name>\w+) extends cdktn\."
    r"(?P<base>Complex(?:Object|List|Map)|Terraform\w+)\b.*?^}",
    re.MULTILINE | re.DOTALL,
)
FIELD = re.compile(
    r"// (?P<name>\w+) - computed: (?P<computed>\w+), optional: (?P<optional>\w+), "
    r"required: (?P<required>\w+)\n(?P<body>.*?)(?=\n    // \w+ - computed:|\n    // ===|\Z)",
    re.DOTALL,
)
HCL_FUNCTION = re.compile(r"^function (\w+)ToHclTerraform\(.*?^}", re.MULTILINE | re.DOTALL)
HCL_FIELD = re.compile(
    r'^ +"?(?P<name>\w+)"?: \{\n +value: .*\n +isBlock: (?P<block>\w+),\n'
    r' +type: "(?P<type>\w+)",\n +storageClassType: "(?P<storage>\w+)"',
    re.MULTILINE,
)
NESTED = re.compile(r'= new (?P<class>[\w.]+)\(this, "\w+"(?:, (?P<set>true|false))?\)')
GETTER = re.compile(
    r"return (?:cdktn\.Token\.\w+\()?(?P<set>cdktn\.Fn\.tolist\()?this\.(?P<getter>\w+)\("
)
INTERFACE = re.compile(r"^export interface (\w+) .*?^}", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^\s+\* (\w+) block$", re.MULTILINE)
RESOURCE_TYPE = re.compile(r'static tfResourceType = "(\w+)"')
PROVIDER_VERSION = re.compile(r"providerVersion: '([\d.]+)'")

GETTERS: dict[str, Any] = {
    "getStringAttribute": "string",
    "getNumberAttribute": "number",
    "getBooleanAttribute": "bool",
    "getListAttribute": ["list", "string"],
    "getNumberListAttribute": ["list", "number"],
    "getStringMapAttribute": ["map", "string"],
    "getNumberMapAttribute": ["map", "number"],
    "getBooleanMapAttribute": ["map", "bool"],
    "getAnyMapAttribute": "dynamic",
    "interpolationForAttribute": "dynamic",
}
MAPS: dict[str, Any] = {
    "cdktn.StringMap": ["map", "string"],
    "cdktn.NumberMap": ["map", "number"],
    "cdktn.BooleanMap": ["map", "bool"],
    "cdktn.AnyMap": "dynamic",
    "cdktn.StringMapList": ["list", ["map", "string"]],
}
KINDS = {
    "TerraformResource": "resource",
    "TerraformDataSource": "data",
    "TerraformEphemeralResource": "ephemeral",
    "TerraformProvider": "provider_config",
}
SUFFIXES = re.compile(r"(OutputReference|List|Map)$")


class SchemaUnreadable(ValueError):
    """The package is not written as this reader expects; its new version needs another reader."""


class Module:
    """One file of the package: the classes of a resource and of its nested blocks."""

    def __init__(self, text: str, declarations: str) -> None:
        # Of a nested attribute the methods say, too, that it is a block.
        self.blocks = {
            match[1]: set(BLOCK.findall(match[0])) for match in INTERFACE.finditer(declarations)
        }
        self.classes = {match["name"]: match for match in CLASS.finditer(text)}
        # The function is named for the class, with a first letter in lower case.
        self.hcl = {match[1].lower(): match[0] for match in HCL_FUNCTION.finditer(text)}

    def block(self, class_name: str) -> dict[str, Any]:
        """Give the fields of a class, by their names in Terraform."""
        text = self.classes[class_name][0]
        stem = SUFFIXES.sub("", class_name)
        if "synthesizeHclAttributes" in text:
            hcl_text, interface = text, f"{class_name}Config"
        else:
            hcl_text, interface = self.hcl.get(stem.lower(), ""), stem
        hcl = {match["name"]: match for match in HCL_FIELD.finditer(hcl_text)}
        blocks = self.blocks.get(interface, set())
        return {
            match["name"]: self._field(match, hcl.get(match["name"]), block=match["name"] in blocks)
            for match in FIELD.finditer(text)
        }

    def _field(
        self, match: re.Match[str], hcl: re.Match[str] | None, *, block: bool
    ) -> dict[str, Any]:
        flags = {
            name: True for name in ("required", "optional", "computed") if match[name] == "true"
        }
        nested = NESTED.search(match["body"])
        if nested and nested["class"] in MAPS:
            return {"type": MAPS[nested["class"]], **flags}
        if nested:
            return self._nested(nested, hcl, flags, block=block)
        getter = GETTER.search(match["body"])
        if getter is None or getter["getter"] not in GETTERS:
            raise SchemaUnreadable(
                f"the type of {match['name']} is not known: {match['body'][:80]}"
            )
        kind = GETTERS[getter["getter"]]
        if isinstance(kind, list) and kind[0] == "list":
            is_set = bool(getter["set"]) or (hcl is not None and hcl["type"] == "set")
            kind = ["set" if is_set else "list", kind[1]]
        return {"type": kind, **flags}

    def _nested(
        self,
        nested: re.Match[str],
        hcl: re.Match[str] | None,
        flags: dict[str, bool],
        *,
        block: bool,
    ) -> dict[str, Any]:
        name = nested["class"]
        stem = SUFFIXES.sub("", name)
        if f"{stem}OutputReference" not in self.classes:
            return {"type": "dynamic", **flags}  # a list in a list: no template sets one
        fields = self.block(f"{stem}OutputReference")
        if name.endswith("List"):
            nesting, most = ("set" if nested["set"] == "true" else "list"), 0
        elif name.endswith("Map"):
            nesting, most = "map", 0
        elif hcl is not None and hcl["type"] in {"list", "set"}:
            nesting, most = hcl["type"], 1
        else:
            nesting, most = "single", 0
        if block:
            field = {"block": fields, "nesting": nesting}
            if most:
                field["most"] = most
            if flags.get("required"):
                field["required"] = True
            return field
        # A list of one object is a list all the same where its elements are named.
        return {"object": fields, "nesting": nesting, **flags}


def read_schemas(archive: bytes, provider: str) -> dict[str, Any]:
    """Read the archive of a package (a gzipped tar).

    Raises:
        SchemaUnreadable: the archive has no version of its provider, or a field of an unknown type.
    """
    schemas: dict[str, Any] = {
        "provider": provider,
        "version": "",
        "provider_config": {},
        "resource": {},
        "data": {},
        "ephemeral": {},
    }
    for text, declarations in _modules(archive):
        module = Module(text, declarations)
        version = PROVIDER_VERSION.search(text)
        if version:
            schemas["version"] = version[1]
        for name, match in module.classes.items():
            kind = KINDS.get(match["base"])
            if kind == "provider_config":
                schemas[kind] = _provider_config(module, match[0])
            elif kind:
                type_name = RESOURCE_TYPE.search(match[0])
                if type_name is None:
                    raise SchemaUnreadable(f"{name} has no type")
                schemas[kind][type_name[1]] = module.block(name)
    if not schemas["version"]:
        raise SchemaUnreadable(f"no version of the provider {provider}")
    return schemas


def _modules(archive: bytes) -> Iterator[tuple[str, str]]:
    """Give the code and the declarations of each module, which stand next to each other."""
    texts: dict[str, dict[str, str]] = {}
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        for member in files:
            path = re.fullmatch(r"package/lib/([\w-]+)/index\.(js|d\.ts)", member.name)
            content = files.extractfile(member) if path else None
            if path and content:
                module = texts.setdefault(path[1], {})
                module[path[2]] = content.read().decode()
                if len(module) == 2:
                    del texts[path[1]]
                    yield module["js"], module["d.ts"]
    if texts:
        raise SchemaUnreadable(f"only code or declarations of {', '.join(sorted(texts))}")


def _provider_config(module: Module, text: str) -> dict[str, Any]:
    """Give the fields of a provider's own block, which its class keeps without nested classes."""
    fields: dict[str, Any] = {}
    flags = {match["name"]: match for match in FIELD.finditer(text)}
    for match in HCL_FIELD.finditer(text):
        name = match["name"]
        required = name in flags and flags[name]["required"] == "true"
        fields[name] = _configured(module, match, required=required)
    return fields


def _configured(module: Module, match: re.Match[str], *, required: bool) -> dict[str, Any]:
    flag = {"required": True} if required else {"optional": True}
    storage = match["storage"]
    if storage[0].isupper():
        stem = SUFFIXES.sub("", storage).lower()
        nested = {
            field["name"]: _configured(module, field, required=False)
            for field in HCL_FIELD.finditer(module.hcl.get(stem, ""))
        }
        nesting = {"list": "list", "set": "set"}.get(match["type"], "single")
        if match["block"] == "true":
            return {"block": nested, "nesting": nesting} | ({"required": True} if required else {})
        return {"object": nested, "nesting": nesting, **flag}
    simple = {"string": "string", "boolean": "bool", "number": "number", "any": "dynamic"}
    element = re.fullmatch(r"(string|boolean|number|any)(List|Map)?", storage)
    if element is None:
        raise SchemaUnreadable(f"the type {storage} of {match['name']} is not known")
    kind: Any = simple[element[1]]
    if element[2] and kind != "dynamic":
        kind = ["map" if element[2] == "Map" else match["type"], kind]
    return {"type": kind, **flag}


def read_wheel(path: Path) -> bytes:
    """Read the archive that a wheel carries."""
    with zipfile.ZipFile(path) as wheel:
        names = [name for name in wheel.namelist() if name.endswith(".jsii.tgz")]
        if len(names) != 1:
            raise SchemaUnreadable(f"{path.name} has {len(names)} archives")
        return wheel.read(names[0])


def fetch_wheel(package: str, version: str, folder: Path) -> Path:
    """Find the wheel of a package in a folder, or download it to there with pip."""
    pattern = f"{package.replace('-', '_')}-{version}-*.whl"
    if not list(folder.glob(pattern)):
        subprocess.run(
            [
                *[sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"],
                *["--disable-pip-version-check", "--only-binary", ":all:"],
                *["--dest", str(folder), f"{package}=={version}"],
            ],
            check=True,
        )
    return next(folder.glob(pattern))


def main() -> None:
    """Write the files that are missing or come from another version of their package."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--wheels", type=Path, help="a folder that has the wheels, or keeps them")
    arguments = parser.parse_args()
    folder = Path(sys.prefix) / "provider-schemas"
    folder.mkdir(exist_ok=True)
    for provider, (package, version) in PACKAGES.items():
        path, pin = folder / f"{provider}.json", f"{package}=={version}"
        if path.exists() and json.loads(path.read_text())["package"] == pin:
            continue
        sys.stdout.write(f"reading the schema of {provider} from {pin}\n")
        with tempfile.TemporaryDirectory() as temporary:
            wheel = fetch_wheel(package, version, arguments.wheels or Path(temporary))
            schemas = {"package": pin} | read_schemas(read_wheel(wheel), provider)
        # The file is complete under its name, or it is not there.
        partial = path.with_suffix(".partial")
        partial.write_text(json.dumps(schemas, separators=(",", ":")))
        partial.replace(path)


if __name__ == "__main__":
    main()
