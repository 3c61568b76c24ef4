"""Messages between the Functions host and its worker, as far as the tests need them.

Names and types are those of the worker's protocol (Azure/azure-functions-language-worker-protobuf).
They are real protobuf classes, because the worker's code relies on how those behave. Field numbers
are made up: here no message leaves its process.
"""

from types import SimpleNamespace

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

# `T` one, `[T]` many, `{T}` a map from strings; `a/b` an enumeration; after `name|` comes a oneof.
FIELDS = {
    "StatusResult": "status:Failure/Success/Cancelled result:string exception:RpcException",
    "RpcException": "message:string stack_trace:string source:string type:string",
    "WorkerMetadata": "runtime_name:string runtime_version:string worker_version:string"
    " worker_bitness:string custom_properties:{string}",
    "WorkerInitRequest": "host_version:string capabilities:{string} function_app_directory:string",
    "WorkerInitResponse": "capabilities:{string} worker_metadata:WorkerMetadata"
    " result:StatusResult",
    "FunctionsMetadataRequest": "function_app_directory:string",
    "FunctionMetadataResponse": "use_default_metadata_indexing:bool result:StatusResult"
    " function_metadata_results:[RpcFunctionMetadata]",
    "RpcFunctionMetadata": "name:string function_id:string directory:string script_file:string"
    " entry_point:string language:string is_proxy:bool managed_dependency_enabled:bool"
    " bindings:{BindingInfo} raw_bindings:[string] properties:{string}"
    " retry_options:RpcRetryOptions",
    "RpcRetryOptions": "max_retry_count:int32",
    "BindingInfo": "type:string direction:in/out/inout data_type:undefined/string/binary/stream",
    "FunctionLoadRequest": "function_id:string metadata:RpcFunctionMetadata",
    "FunctionLoadResponse": "function_id:string result:StatusResult",
    "InvocationRequest": "invocation_id:string function_id:string trigger_metadata:{TypedData}"
    " input_data:[ParameterBinding] trace_context:RpcTraceContext retry_context:RetryContext",
    "InvocationResponse": "invocation_id:string result:StatusResult return_value:TypedData"
    " output_data:[ParameterBinding]",
    "RpcTraceContext": "trace_parent:string trace_state:string attributes:{string}",
    "RetryContext": "retry_count:int32 max_retry_count:int32 exception:RpcException",
    "ParameterBinding": "name:string rpc_data| data:TypedData",
    "TypedData": "data| string:string json:string bytes:bytes http:RpcHttp"
    " model_binding_data:ModelBindingData",
    "ModelBindingData": "version:string source:string content_type:string content:bytes",
    "RpcHttp": "method:string url:string headers:{string} query:{string} params:{string}"
    " body:TypedData rawBody:TypedData status_code:string",
}


def make_messages() -> SimpleNamespace:
    """Message classes by name, as the worker expects its `protos`."""
    file = descriptor_pb2.FileDescriptorProto(name="worker.proto", package="w", syntax="proto3")
    for name, fields in FIELDS.items():
        message = file.message_type.add(name=name)
        for word in fields.split():
            if word.endswith("|"):
                message.oneof_decl.add(name=word[:-1])
                continue
            field = _add_field(message, *word.split(":"))
            if message.oneof_decl:
                field.oneof_index = 0
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return SimpleNamespace(
        **{
            name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"w.{name}"))
            for name in FIELDS
        }
    )


def _add_field(message, name, kind):
    field = message.field.add(name=name, number=len(message.field) + 1, label=1)
    if kind[0] in "[{":
        field.label = 3
    element = kind.strip("[]{}")
    if kind[0] == "{":
        entry = message.nested_type.add(name=f"{name.title().replace('_', '')}Entry")
        entry.options.map_entry = True
        _add_field(entry, "key", "string")
        _add_field(entry, "value", element)
        field.type, field.type_name = field.TYPE_MESSAGE, f".w.{message.name}.{entry.name}"
    elif "/" in element:
        enum = message.enum_type.add(name=f"{name}_kind")
        for number, value in enumerate(element.split("/")):
            enum.value.add(name=value, number=number)
        field.type, field.type_name = field.TYPE_ENUM, f".w.{message.name}.{enum.name}"
    elif element in FIELDS:
        field.type, field.type_name = field.TYPE_MESSAGE, f".w.{element}"
    else:
        field.type = getattr(field, f"TYPE_{element.upper()}")
    return field
