"""A worker process of Azure Functions: Microsoft's worker code, spoken to by lines of JSON.

Everything that a function app meets is `azure-functions-runtime`, the package Azure runs: finding
and loading the functions, taking and giving HTTP. Only the gRPC loop around it, which is on no
index, is replaced: commands come on standard input, answers go to the descriptor given.
"""

import asyncio
import json
import logging
import os
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlsplit

project, answers = sys.argv[1], os.fdopen(int(sys.argv[2]), "w", buffering=1)
here = str(Path(__file__).parent)
sys.path = [path for path in sys.path if path != here]
if sys.argv[3:]:  # packages that the app brings, then those of the worker
    sys.path[:0] = [str(Path(project, ".python_packages/lib/site-packages")), sys.argv[3]]
sys.path.append(here)
import azure_functions_runtime  # noqa: E402
from worker_messages import make_messages  # noqa: E402

# As in Azure: the app's packages first, the folder of the project last.
sys.path.remove(here)
sys.path.append(project)
protos = make_messages()


def answer(**fields):
    answers.write(json.dumps(fields) + "\n")


class ToHost(logging.Handler):
    """Log records go to the host, as long as the app leaves this handler where it is."""

    def emit(self, record):
        """Send the record's message on."""
        answer(kind="log", text=self.format(record))


async def ask(name, **fields):
    """Hand the worker one request of the host, as its gRPC loop does; return the response."""
    words = f"{name}_request".split("_")
    message = getattr(protos, "".join(word.title() for word in words))(**fields)
    request = SimpleNamespace(**{f"{name}_request": message})
    properties = {"host": "127.0.0.1", "protos": protos}
    handle = getattr(azure_functions_runtime, f"{name}_request")
    try:
        response = await handle(SimpleNamespace(name=name, request=request, properties=properties))
    except Exception as error:
        answer(kind="failure", of=name, text=repr(error.__context__ or error))
        raise
    if response.result.status != protos.StatusResult.Success:
        failed = response.result.exception
        answer(kind="failure", of=name, text=failed.message, stack=failed.stack_trace)
    return response


async def start():
    """Initialise (which indexes the app), ask for the functions, load each."""
    azure_functions_runtime.start_threadpool_executor()
    response = await ask("worker_init", host_version="4.1000.0", function_app_directory=project)
    listed = await ask("functions_metadata", function_app_directory=project)
    functions = {}
    for function in listed.function_metadata_results:
        await ask("function_load", function_id=function.function_id, metadata=function)
        functions[function.name] = {
            "id": function.function_id,
            "bindings": [json.loads(binding) for binding in function.raw_bindings],
        }
    answer(kind="started", functions=functions, uri=response.capabilities["HttpUri"])


def typed(value):
    """Data as the host types what is no HTTP: text is text, the rest JSON."""
    if isinstance(value, str):
        return protos.TypedData(string=value)
    return protos.TypedData(json=json.dumps(value))


def typed_input(command):
    """Return the input of a trigger; of HTTP the address, since its body has another channel."""
    if url := command.get("url"):
        query = dict(parse_qsl(urlsplit(url).query))
        return protos.TypedData(
            http=protos.RpcHttp(
                method=command["method"], url=url, headers=command["headers"], query=query
            )
        )
    if blob := command.get("blob"):
        content = json.dumps(blob).encode()
        return protos.TypedData(
            model_binding_data=protos.ModelBindingData(
                version="1.0", source="AzureStorageBlobs", content_type="application/json",
                content=content,
            )
        )  # fmt: skip
    return typed(command.get("data", {}))


async def invoke(command):
    """Tell the worker of an invocation."""
    given = protos.ParameterBinding(name=command["parameter"], data=typed_input(command))
    response = await ask(
        "invocation", invocation_id=command["id"], function_id=command["function"],
        input_data=[given],
        trigger_metadata={name: typed(v) for name, v in command.get("metadata", {}).items()},
    )  # fmt: skip
    ok = response.result.status == protos.StatusResult.Success
    answer(kind="invoked", id=command["id"], ok=ok)


async def main():
    loop, over = asyncio.get_running_loop(), asyncio.Event()
    logging.getLogger().addHandler(ToHost())
    logging.getLogger().setLevel(logging.INFO)
    await start()

    def follow():
        for line in sys.stdin:
            asyncio.run_coroutine_threadsafe(invoke(json.loads(line)), loop)
        loop.call_soon_threadsafe(over.set)

    threading.Thread(target=follow, daemon=True).start()
    await over.wait()
    sys.stderr.flush()
    os._exit(0)  # the host promises no more either


asyncio.run(main())
