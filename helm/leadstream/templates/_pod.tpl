{{/* What every pod has: a restricted one, in the words of Kubernetes' pod security standards. */}}

{{- define "leadstream.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "leadstream.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{- define "leadstream.pullSecrets" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- end }}

{{/*
How long a node may take to end, of which each part is bounded by the node itself (common/server/server.cc, common/runtime/service.cc):
    the pause                 new calls go elsewhere                                  termination.pauseSeconds
  + 10 s                      partitions are handed over to the other replicas
  + 20 s                      calls under way are finished, or passed on
  + the margin                the read model's memory goes to the disk                termination.marginSeconds
A node that is killed earlier loses nothing; its partitions then change hands by silence, in a second, instead of in the time of one append.
*/}}
{{- define "leadstream.gracePeriodSeconds" -}}
{{ add .Values.termination.pauseSeconds 10 20 .Values.termination.marginSeconds }}
{{- end }}
