{{/*
The pod of a component. Takes (dict "root" $ "component" "server"|"worker" "values" .Values.server).

Memory of the pod for /tmp, a root that is never written, a user without rights. What waits for the
end of requests and files is `terminationGracePeriodSeconds`: the pause before SIGTERM (5 s), in
which the pod leaves the endpoints, then the grace, which requests and files have at the same time,
and 20 s for threads to notice.
*/}}
{{- define "sotto.pod" -}}
{{- $v := .root.Values -}}
{{- $scheme := ternary "HTTPS" "HTTP" (ne $v.tls.secretName "") -}}
metadata:
  labels:
    {{- include "sotto.selector" . | nindent 4 }}
    app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
    {{- if eq $v.workloadIdentity.kind "azure" }}
    azure.workload.identity/use: "true"
    {{- end }}
    {{- with $v.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    # The only container that `kubectl logs` and `exec` mean.
    kubectl.kubernetes.io/default-container: {{ .component }}
    {{- if $v.metrics.scrapeAnnotations }}
    prometheus.io/scrape: "true"
    prometheus.io/port: {{ $v.metrics.port | quote }}
    prometheus.io/path: /metrics
    {{- end }}
    {{- with $v.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "sotto.serviceAccountName" .root }}
  # A workload identity brings a token of its own, in a volume that its webhook adds.
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ add 25 (int .values.shutdownGraceSeconds) }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 10001
    runAsGroup: 10001
    fsGroup: 10001
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile: {type: RuntimeDefault}
  {{- with $v.image.pullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . }}
    {{- end }}
  {{- end }}
  containers:
    - name: {{ .component }}
      image: {{ include "sotto.image" .root | quote }}
      imagePullPolicy: {{ $v.image.pullPolicy }}
      {{- if eq .component "worker" }}
      args: [worker]
      {{- end }}
      securityContext:
        allowPrivilegeEscalation: false
        privileged: false
        readOnlyRootFilesystem: true
        runAsNonRoot: true
        capabilities: {drop: [ALL]}
      env:
        {{- include "sotto.environment" . | nindent 8 }}
      ports:
        {{- if eq .component "server" }}
        - {name: http, containerPort: 5000, protocol: TCP}
        {{- end }}
        - {name: metrics, containerPort: {{ $v.metrics.port }}, protocol: TCP}
      {{- if eq .component "server" }}
      startupProbe:
        httpGet: {path: /ready, port: http, scheme: {{ $scheme }}}
        periodSeconds: 2
        timeoutSeconds: 4
        failureThreshold: {{ div (add (int .values.startupSeconds) 1) 2 }}
      readinessProbe:
        httpGet: {path: /ready, port: http, scheme: {{ $scheme }}}
        periodSeconds: 5
        timeoutSeconds: 4
        failureThreshold: 3
      livenessProbe:
        httpGet: {path: /healthz, port: http, scheme: {{ $scheme }}}
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      lifecycle:
        preStop: {sleep: {seconds: 5}}
      {{- else }}
      startupProbe:
        httpGet: {path: /ready, port: metrics, scheme: HTTP}
        periodSeconds: 2
        timeoutSeconds: 4
        failureThreshold: {{ div (add (int .values.startupSeconds) 1) 2 }}
      readinessProbe:
        httpGet: {path: /ready, port: metrics, scheme: HTTP}
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 3
      livenessProbe:
        httpGet: {path: /healthz, port: metrics, scheme: HTTP}
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      {{- end }}
      resources:
        {{- include "sotto.resources" . | nindent 8 }}
      volumeMounts:
        - {name: tmp, mountPath: /tmp}
        {{- if eq $v.storage.kind "volume" }}
        - {name: data, mountPath: /data}
        {{- end }}
        {{- if $v.dropFolder.existingClaim }}
        - {name: audio, mountPath: /audio, readOnly: true}
        {{- end }}
        {{- if $v.models.existingClaim }}
        - {name: models, mountPath: /opt/sotto/models, readOnly: true}
        {{- end }}
        {{- if and $v.tls.secretName (eq .component "server") }}
        - {name: tls, mountPath: /tls, readOnly: true}
        {{- end }}
  volumes:
    - name: tmp
      emptyDir: {medium: Memory, sizeLimit: 64Mi}
    {{- if eq $v.storage.kind "volume" }}
    - name: data
      persistentVolumeClaim: {claimName: {{ include "sotto.claim" .root }}}
    {{- end }}
    {{- with $v.dropFolder.existingClaim }}
    - name: audio
      persistentVolumeClaim: {claimName: {{ . }}, readOnly: true}
    {{- end }}
    {{- with $v.models.existingClaim }}
    - name: models
      persistentVolumeClaim: {claimName: {{ . }}, readOnly: true}
    {{- end }}
    {{- if and $v.tls.secretName (eq .component "server") }}
    - name: tls
      secret: {secretName: {{ $v.tls.secretName }}, defaultMode: 288} # 0440: of the group
    {{- end }}
  topologySpreadConstraints:
    {{- range $key := list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
    - maxSkew: 1
      topologyKey: {{ $key }}
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "sotto.selector" $ | nindent 10 }}
    {{- end }}
  {{- with $v.runtimeClassName }}
  runtimeClassName: {{ . }}
  {{- end }}
  {{- with $v.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with $v.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $v.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $v.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{/* Resources of a component, with its GPUs. */}}
{{- define "sotto.resources" -}}
{{- $resources := deepCopy .values.resources -}}
{{- if gt (int .root.Values.gpu.count) 0 -}}
{{- $_ := set $resources.limits "nvidia.com/gpu" (.root.Values.gpu.count | toString) -}}
{{- end -}}
{{- toYaml $resources -}}
{{- end -}}
