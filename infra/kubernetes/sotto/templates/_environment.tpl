{{/*
The environment of a container: docs/settings.md has each variable. Keys and other secrets come
from Secrets by reference. Takes what "sotto.pod" takes.
*/}}
{{- define "sotto.environment" -}}
{{- $v := .root.Values -}}
- {name: SOTTO_MODEL, value: {{ $v.model | quote }}}
- {name: SOTTO_MODEL_FOLDER, value: /opt/sotto/models}
- {name: SOTTO_COMPUTE_TYPE, value: {{ $v.computeType }}}
- {name: SOTTO_DEVICE, value: {{ $v.device }}}
# A process sees the cores of its node, not its own limit.
- name: SOTTO_THREADS
  valueFrom: {resourceFieldRef: {resource: limits.cpu, divisor: "1"}}
- {name: SOTTO_BATCH, value: "true"}
{{- if eq $v.storage.kind "volume" }}
- {name: SOTTO_DATA_FOLDER, value: /data/sotto}
{{- else }}
{{- with $v.storage.jobs }}
- {name: SOTTO_JOBS, value: {{ . | quote }}}
{{- end }}
- {name: SOTTO_QUEUE, value: {{ $v.storage.queue | quote }}}
{{- end }}
{{- if and (eq $v.storage.kind "azure") $v.storage.azureAccount }}
- {name: SOTTO_STORAGE__blobServiceUri, value: "https://{{ $v.storage.azureAccount }}.blob.core.windows.net"}
- {name: SOTTO_STORAGE__queueServiceUri, value: "https://{{ $v.storage.azureAccount }}.queue.core.windows.net"}
{{- end }}
{{- if eq $v.storage.kind "aws" }}
- {name: SOTTO_DEAD_LETTERS, value: {{ $v.storage.deadLetters | quote }}}
- {name: AWS_REGION, value: {{ $v.storage.awsRegion }}}
{{- with $v.storage.s3Endpoint }}
- {name: AWS_ENDPOINT_URL_S3, value: {{ . | quote }}}
{{- end }}
{{- end }}
{{- $folders := $v.storage.dropFolders -}}
{{- if $v.dropFolder.existingClaim -}}
{{- $folders = append $folders (printf "audio=/audio>%s" (include "sotto.transcripts" .root)) -}}
{{- end -}}
{{- with $folders }}
- {name: SOTTO_DROP_FOLDERS, value: {{ join "," . | quote }}}
{{- end }}
{{- with $v.timeToLive }}
- {name: SOTTO_TIME_TO_LIVE, value: {{ . }}}
{{- end }}
- {name: SOTTO_PURGE_EVERY_S, value: {{ $v.purgeEverySeconds | quote }}}
- {name: SOTTO_SHUTDOWN_GRACE_S, value: {{ .values.shutdownGraceSeconds | quote }}}
- {name: SOTTO_METRICS_PORT, value: {{ $v.metrics.port | quote }}}
{{- with $v.allowedNetworks }}
- {name: SOTTO_ALLOWED_NETWORKS, value: {{ join "," . | quote }}}
{{- end }}
{{- with $v.traces }}
- {name: SOTTO_TRACES, value: {{ . | quote }}}
{{- end }}
{{- if eq .component "server" }}
- {name: SOTTO_HOST, value: 0.0.0.0}
- {name: SOTTO_PORT, value: "5000"}
- {name: SOTTO_WORKERS, value: {{ .values.workers | quote }}}
- name: SOTTO_KEYS
  valueFrom: {secretKeyRef: {name: {{ $v.keys.existingSecret }}, key: {{ $v.keys.secretKey }}}}
{{- if $v.tls.secretName }}
- {name: SOTTO_TLS_TERMINATED, value: "false"}
- {name: SOTTO_TLS_CERT, value: /tls/tls.crt}
- {name: SOTTO_TLS_KEY, value: /tls/tls.key}
{{- else }}
- {name: SOTTO_TLS_TERMINATED, value: "true"}
{{- end }}
{{- if $v.publicUrl }}
- {name: SOTTO_PUBLIC_URL, value: {{ $v.publicUrl | quote }}}
{{- else if $v.ingress.enabled }}
- {name: SOTTO_PUBLIC_URL, value: "https://{{ $v.ingress.host }}"}
{{- end }}
{{- with $v.oidc.issuers }}
- {name: SOTTO_OIDC_ISSUER, value: {{ join "," . | quote }}}
- {name: SOTTO_OIDC_AUDIENCE, value: {{ join "," $v.oidc.audiences | quote }}}
{{- end }}
{{- with $v.oidc.jwks }}
- {name: SOTTO_OIDC_JWKS, value: {{ . | quote }}}
{{- end }}
{{- with $v.oidc.roles }}
- {name: SOTTO_OIDC_ROLES, value: {{ join "," . | quote }}}
{{- end }}
{{- end }}
{{- range $name, $value := $v.settings }}
- {name: {{ $name }}, value: {{ $value | toString | quote }}}
{{- end }}
{{- range $name, $reference := $v.secretSettings }}
- name: {{ $name }}
  valueFrom: {secretKeyRef: {name: {{ $reference.secret }}, key: {{ $reference.key }}}}
{{- end }}
{{- end -}}

{{/* Where the transcripts of a mounted drop folder go. */}}
{{- define "sotto.transcripts" -}}
{{- if eq .Values.storage.kind "volume" -}}
/data/sotto/containers/transcripts
{{- else -}}
{{ .Values.dropFolder.transcripts }}
{{- end -}}
{{- end -}}
