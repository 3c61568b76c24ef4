{{/* Rules of checkov that do not fit, each with the reason. */}}
{{- define "sotto.skippedRules" -}}
checkov.io/skip1: CKV_K8S_35=Sotto reads its keys from the environment and nowhere else
checkov.io/skip2: CKV_K8S_15=a node pulls a tag once, so that it starts without the registry; image.digest pins the content
{{- if not .Values.image.digest }}
checkov.io/skip3: CKV_K8S_43=image.digest pins the image; a first try needs a tag only
{{- end }}
{{- end -}}
