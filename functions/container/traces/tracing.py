"""Adapter of OpenTelemetry: a span for each request and each file, with their stages below.

A span has the name of an event, as attributes the fields of the log line that the allow-list
permits, and times. It never has an event, an exception, a link or a state of the caller's trace.

Nothing but `SOTTO_TRACES` decides whether and where traces go: variables of OpenTelemetry are
removed before it is imported, and no provider of the process is set, so that no other library
traces through it.
"""

import os
from collections.abc import Mapping, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any

from functions.api.request_record import EndedRequest
from functions.container.traces.ended_file import EndedFile
from shared.errors import ConfigurationError
from shared.privacy.log_fields import keep_allowed_fields
from shared.settings import Settings
from shared.stages import Stage, StageName
from shared.version import VERSION

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.trace import Span, SpanKind

# A collector that does not answer loses traces; no request waits for it.
_TIMEOUT_S = 5.0
_QUEUED_SPANS = 2_048
_SENT_AT_ONCE = 512
_SEND_EVERY_MS = 5_000

_PATH = "/v1/traces"
_PREFIX = "sotto."
_MILLISECOND_NS = 1_000_000
# Of the line itself; a span has its own name and times.
_OF_THE_LINE = frozenset({"event", "level", "timestamp", "n_fields_dropped"})


class Tracing:
    """Sends spans to a collector, in batches and from a thread.

    Raises
    ------
    ConfigurationError: OpenTelemetry is not installed.
    """

    def __init__(self, collector: str) -> None:
        remove_variables(os.environ)
        try:
            import requests  # noqa: PLC0415
            from opentelemetry.exporter.otlp.proto.http import Compression  # noqa: PLC0415
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
                OTLPSpanExporter,
            )
            from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
            from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
            from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
            from opentelemetry.sdk.trace.sampling import ALWAYS_ON, ParentBased  # noqa: PLC0415
        except ImportError:
            raise ConfigurationError(
                "SOTTO_TRACES needs OpenTelemetry: pip install -r requirements/telemetry.txt"
            ) from None
        session = requests.Session()
        session.trust_env = False  # neither proxies nor passwords of the environment
        exporter = OTLPSpanExporter(
            f"{collector.rstrip('/')}{_PATH}",
            # The standard variable of OpenSSL, for a collector with a private certificate.
            certificate_file=os.environ.get("SSL_CERT_FILE"),
            timeout=_TIMEOUT_S,
            compression=Compression.Gzip,
            session=session,
        )
        # Not `Resource.create`, which adds the host, the process and its command line.
        resource = Resource({"service.name": "sotto", "service.version": VERSION})
        self._provider = TracerProvider(
            sampler=ParentBased(ALWAYS_ON), resource=resource, shutdown_on_exit=False
        )
        self._provider.add_span_processor(
            BatchSpanProcessor(exporter, _QUEUED_SPANS, _SEND_EVERY_MS, _SENT_AT_ONCE)
        )
        self._tracer = self._provider.get_tracer("sotto", VERSION)

    def request_ended(self, request: EndedRequest) -> None:
        """Make the span of a request or session, below the caller's where it sent `traceparent`."""
        from opentelemetry.trace import SpanKind  # noqa: PLC0415

        self._trace(
            request, SpanKind.SERVER, _parent(request.traceparent), request.fields.get("queue_ms")
        )

    def file_ended(self, file: EndedFile) -> None:
        """Make the span of a file. A message has no trace of the request that made its job."""
        from opentelemetry.trace import SpanKind  # noqa: PLC0415

        self._trace(file, SpanKind.CONSUMER, None, file.fields.get("queue_ms"))

    def close(self) -> None:
        """Send what is left, for as long as one call may take."""
        self._provider.shutdown()

    def _trace(
        self,
        ended: EndedRequest | EndedFile,
        kind: "SpanKind",
        parent: "Context | None",
        queue_ms: float | None,
    ) -> None:
        from opentelemetry.trace import Status, StatusCode, set_span_in_context  # noqa: PLC0415

        fields = keep_allowed_fields(None, "", dict(ended.fields))
        span: Span = self._tracer.start_span(
            str(fields["event"]),
            context=parent,
            kind=kind,
            attributes=_attributes(fields),
            start_time=ended.start_ns,
        )
        if _has_failed(fields):
            span.set_status(Status(StatusCode.ERROR))
        for stage in _with_wait(ended.stages, queue_ms):
            self._tracer.start_span(
                stage.name.value, context=set_span_in_context(span), start_time=stage.start_ns
            ).end(stage.end_ns)
        span.end(ended.end_ns)


def remove_variables(environment: MutableMapping[str, str]) -> None:
    """Remove the variables of OpenTelemetry, which name collectors, attributes and plug-ins."""
    for name in [name for name in environment if name.startswith("OTEL_")]:
        del environment[name]


def open_tracing(settings: Settings) -> Tracing | None:
    """Traces of the settings; None without a collector.

    Raises
    ------
    ConfigurationError: OpenTelemetry is not installed.
    """
    return None if settings.traces is None else Tracing(settings.traces)


def _parent(traceparent: str) -> "Context | None":
    """Context of the caller's span. Its `tracestate` is free text, and is left out."""
    if not traceparent:
        return None
    from opentelemetry.trace.propagation.tracecontext import (  # noqa: PLC0415
        TraceContextTextMapPropagator,
    )

    return TraceContextTextMapPropagator().extract({"traceparent": traceparent})


def _attributes(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{_PREFIX}{name}": value for name, value in fields.items() if name not in _OF_THE_LINE}


def _has_failed(fields: Mapping[str, Any]) -> bool:
    return fields["event"] == "file_failed" or int(fields.get("status", 0)) >= 500


def _with_wait(stages: Sequence[Stage], queue_ms: float | None) -> list[Stage]:
    """Add the wait for slots, whose pauses are known as a sum: it is shown where it began."""
    recognising = next((one for one in stages if one.name is StageName.RECOGNISE), None)
    if not queue_ms or recognising is None:
        return [*stages]
    end_ns = min(recognising.end_ns, recognising.start_ns + round(queue_ms * _MILLISECOND_NS))
    return [*stages, Stage(StageName.WAIT, recognising.start_ns, end_ns)]
