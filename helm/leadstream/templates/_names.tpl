{{/* Names and labels. `.` is the root, but where a service is named: a dict with `root` and `service`. */}}

{{- define "leadstream.services" -}}
[lead, opportunity, quoting, ordering, billing]
{{- end }}

{{/* Short enough that `<fullname>-opportunity-nodes` is a name. */}}
{{- define "leadstream.fullname" -}}
{{- if .Values.fullnameOverride }}{{ .Values.fullnameOverride | trunc 40 | trimSuffix "-" }}
{{- else if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "leadstream.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "leadstream.labels" -}}
{{ include "leadstream.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "leadstream.service.name" -}}
{{ include "leadstream.fullname" .root }}-{{ .service }}
{{- end }}

{{/* The headless Service: a DNS name for each node, and one that leads to all of them. */}}
{{- define "leadstream.service.nodes" -}}
{{ include "leadstream.service.name" . }}-nodes
{{- end }}

{{- define "leadstream.service.selector" -}}
{{ include "leadstream.selector" .root }}
app.kubernetes.io/component: {{ .service }}
{{- end }}

{{- define "leadstream.service.labels" -}}
{{ include "leadstream.labels" .root }}
app.kubernetes.io/component: {{ .service }}
{{- end }}

{{/* What holds for the nodes of this service: `nodes`, and over it `services.<name>`. */}}
{{- define "leadstream.service.values" -}}
{{- mergeOverwrite (deepCopy .root.Values.nodes) (deepCopy (index .root.Values.services .service)) | toYaml }}
{{- end }}

{{- define "leadstream.serviceAccount" -}}
{{- if .Values.serviceAccount.create }}{{ .Values.serviceAccount.name | default (include "leadstream.fullname" .) }}
{{- else }}{{ .Values.serviceAccount.name | default "default" }}
{{- end }}
{{- end }}

{{- define "leadstream.image" -}}
{{- with .Values.image }}{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}{{ end }}
{{- end }}
