{{/* Combinations of values that the schema cannot refuse, each with a sentence. */}}
{{- define "sotto.check" -}}
{{- $v := .Values -}}
{{- if not $v.image.repository -}}
{{- fail "image.repository must name the image in your registry: there is no public one. Build it with `docker build`, see docs/container-image.md." -}}
{{- end -}}
{{- if not $v.keys.existingSecret -}}
{{- fail "keys.existingSecret must name a Secret with the keys that clients present. Make one: kubectl create secret generic sotto-keys --from-literal=SOTTO_KEYS=\"$(openssl rand -hex 32)\"" -}}
{{- end -}}
{{- if eq $v.storage.kind "volume" -}}
{{- if or (gt (int $v.server.replicas) 1) $v.server.autoscaling.enabled -}}
{{- fail "server.replicas and server.autoscaling need storage.kind azure or aws: the queue on a volume belongs to one pod." -}}
{{- end -}}
{{- if include "sotto.hasWorkers" . -}}
{{- fail "workers.replicas and workers.keda need storage.kind azure or aws: the queue on a volume belongs to one pod. Raise server.workers instead." -}}
{{- end -}}
{{- if or $v.storage.jobs $v.storage.queue $v.storage.deadLetters $v.storage.dropFolders -}}
{{- fail "storage.jobs, queue, deadLetters and dropFolders need storage.kind azure or aws: with a volume they lie in its folder." -}}
{{- end -}}
{{- else -}}
{{- $signed := hasKey $v.secretSettings "SOTTO_JOBS" -}}
{{- if not (and (or $v.storage.jobs $signed) $v.storage.queue) -}}
{{- fail (printf "storage.kind %s needs storage.jobs and storage.queue: the container of the jobs, and the queue of the work." $v.storage.kind) -}}
{{- end -}}
{{- if and $v.storage.jobs $signed -}}
{{- fail "storage.jobs and secretSettings.SOTTO_JOBS exclude each other." -}}
{{- end -}}
{{- if and (eq (int $v.server.workers) 0) (not (include "sotto.hasWorkers" .)) -}}
{{- fail "server.workers is 0: set workers.replicas or workers.keda.enabled, or no job would be worked on." -}}
{{- end -}}
{{- if $v.persistence.existingClaim -}}
{{- fail "persistence.existingClaim needs storage.kind volume." -}}
{{- end -}}
{{- end -}}
{{- if and (eq $v.storage.kind "volume") (eq (int $v.server.workers) 0) -}}
{{- fail "server.workers must be at least 1 with storage.kind volume: no other pod can take the work." -}}
{{- end -}}
{{- if eq $v.storage.kind "azure" -}}
{{- if not (or $v.storage.azureAccount (hasKey $v.secretSettings "SOTTO_STORAGE")) -}}
{{- fail "storage.kind azure needs storage.azureAccount, the name of the storage account, or its connection string as secretSettings.SOTTO_STORAGE." -}}
{{- end -}}
{{- if and $v.storage.azureAccount (hasKey $v.secretSettings "SOTTO_STORAGE") -}}
{{- fail "storage.azureAccount and secretSettings.SOTTO_STORAGE exclude each other: an identity or a connection string." -}}
{{- end -}}
{{- end -}}
{{- if eq $v.storage.kind "aws" -}}
{{- if not (and $v.storage.awsRegion $v.storage.deadLetters) -}}
{{- fail "storage.kind aws needs storage.awsRegion and storage.deadLetters, the address of the dead-letter queue." -}}
{{- end -}}
{{- end -}}
{{- if and (eq $v.workloadIdentity.kind "azure") (not $v.workloadIdentity.azureClientId) -}}
{{- fail "workloadIdentity.kind azure needs workloadIdentity.azureClientId, the client id of the managed identity." -}}
{{- end -}}
{{- if and (eq $v.workloadIdentity.kind "aws") (not $v.workloadIdentity.awsRoleArn) -}}
{{- fail "workloadIdentity.kind aws needs workloadIdentity.awsRoleArn, the ARN of the role." -}}
{{- end -}}
{{- if and (ne $v.workloadIdentity.kind "none") (not (or $v.serviceAccount.create $v.serviceAccount.name)) -}}
{{- fail "workloadIdentity needs a service account of its own: leave serviceAccount.create on, or name one." -}}
{{- end -}}
{{- if and (hasKey $v.secretSettings "SOTTO_DROP_FOLDERS") (or $v.dropFolder.existingClaim $v.storage.dropFolders) -}}
{{- fail "secretSettings.SOTTO_DROP_FOLDERS excludes dropFolder.existingClaim and storage.dropFolders." -}}
{{- end -}}
{{- if and (ne $v.service.type "ClusterIP") $v.networkPolicy.enabled (not $v.networkPolicy.ingressNetworks) -}}
{{- fail (printf "service.type %s needs networkPolicy.ingressNetworks, the networks of the callers, or the network policy would refuse them." $v.service.type) -}}
{{- end -}}
{{- if $v.dropFolder.existingClaim -}}
{{- if and (ne $v.storage.kind "volume") (not $v.dropFolder.transcripts) -}}
{{- fail "dropFolder.transcripts must be the container of the transcripts, since storage.kind is not volume." -}}
{{- end -}}
{{- end -}}
{{- if $v.ingress.enabled -}}
{{- if not $v.ingress.host -}}
{{- fail "ingress.host must be the public name of the service." -}}
{{- end -}}
{{- if not $v.ingress.tlsSecretName -}}
{{- fail "ingress.tlsSecretName must name a Secret with the certificate: keys and audio do not travel in clear text." -}}
{{- end -}}
{{- if and $v.networkPolicy.enabled (not $v.networkPolicy.ingressNamespaces) -}}
{{- fail "networkPolicy.ingressNamespaces must name the namespace of the ingress controller, or the network policy would refuse it." -}}
{{- end -}}
{{- end -}}
{{- if and $v.oidc.issuers (not $v.oidc.audiences) -}}
{{- fail "oidc.issuers needs oidc.audiences: without it a token that was issued for another service would be accepted." -}}
{{- end -}}
{{- if and (not $v.oidc.issuers) (or $v.oidc.audiences $v.oidc.jwks $v.oidc.roles) -}}
{{- fail "oidc.audiences, jwks and roles need oidc.issuers." -}}
{{- end -}}
{{- if and $v.server.autoscaling.enabled (lt (int $v.server.autoscaling.maxReplicas) (int $v.server.autoscaling.minReplicas)) -}}
{{- fail "server.autoscaling.maxReplicas must not be less than minReplicas." -}}
{{- end -}}
{{- if and $v.workers.keda.enabled (lt (int $v.workers.keda.maxReplicas) (int $v.workers.keda.minReplicas)) -}}
{{- fail "workers.keda.maxReplicas must not be less than minReplicas." -}}
{{- end -}}
{{- if and (eq $v.device "cuda") (eq (int $v.gpu.count) 0) -}}
{{- fail "device cuda needs gpu.count, the number of GPUs of a pod." -}}
{{- end -}}
{{- if and (gt (int $v.gpu.count) 0) (ne $v.device "cuda") -}}
{{- fail "gpu.count needs device cuda: the pod would hold a GPU and not use it." -}}
{{- end -}}
{{- end -}}
