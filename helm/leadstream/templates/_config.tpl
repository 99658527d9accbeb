{{/* What a node is told: a file of flags for what is no secret, the environment for what is. */}}

{{- define "leadstream.tls.secret" -}}
{{- if .root.Values.tls.certManager.enabled }}{{ include "leadstream.service.name" . }}-tls
{{- else }}{{ .root.Values.tls.existingSecret }}
{{- end }}
{{- end }}

{{- define "leadstream.kafka.servers" -}}
{{- if .Values.strimzi.enabled }}{{ .Values.strimzi.cluster }}-kafka-bootstrap:9093
{{- else }}{{ join "," .Values.kafka.bootstrapServers }}
{{- end }}
{{- end }}

{{- define "leadstream.kafka.log" -}}
kafka://{{ include "leadstream.kafka.servers" . }}{{ with .Values.kafka.prefix }}/{{ . }}{{ end }}
{{- end }}

{{- define "leadstream.topicPrefix" -}}
{{ with .Values.kafka.prefix }}{{ . }}.{{ end }}leadstream.
{{- end }}

{{/* How Kafka is reached, whoever made it: {tls, caSecret, caKey, clientSecret, mechanism, secret, usernameKey, passwordKey, username}. */}}
{{- define "leadstream.kafka.access" -}}
{{- $kafka := .Values.kafka }}
{{- if .Values.strimzi.enabled }}
tls: true
caSecret: {{ .Values.strimzi.cluster }}-cluster-ca-cert
caKey: ca.crt
clientSecret: ""
mechanism: SCRAM-SHA-512
username: {{ include "leadstream.fullname" . }}
secret: {{ include "leadstream.fullname" . }}
usernameKey: ""
passwordKey: password
{{- else }}
tls: {{ $kafka.tls.enabled }}
caSecret: {{ $kafka.tls.caSecret | quote }}
caKey: {{ $kafka.tls.caKey }}
clientSecret: {{ $kafka.tls.clientSecret | quote }}
mechanism: {{ $kafka.sasl.mechanism | quote }}
username: ""
secret: {{ $kafka.sasl.existingSecret | quote }}
usernameKey: {{ $kafka.sasl.usernameKey }}
passwordKey: {{ $kafka.sasl.passwordKey }}
{{- end }}
{{- end }}

{{/* LEADSTREAM_KAFKA_PROPERTY, and the secrets that Kubernetes puts into it. */}}
{{- define "leadstream.kafka.env" -}}
{{- $access := include "leadstream.kafka.access" . | fromYaml }}
{{- $properties := list }}
{{- range $name, $value := .Values.kafka.properties }}
{{- $properties = append $properties (printf "%s=%v" $name $value) }}
{{- end }}
{{- $protocol := ternary "SSL" "PLAINTEXT" $access.tls }}
{{- if $access.mechanism }}
{{- $protocol = printf "SASL_%s" $protocol }}
{{- end }}
{{- if ne $protocol "PLAINTEXT" }}
{{- $properties = append $properties (printf "security.protocol=%s" (lower $protocol)) }}
{{- end }}
{{- if and $access.tls $access.caSecret }}
{{- $properties = append $properties (printf "ssl.ca.location=/etc/leadstream/kafka-ca/%s" $access.caKey) }}
{{- end }}
{{- if and $access.tls $access.clientSecret }}
{{- $properties = append $properties "ssl.certificate.location=/etc/leadstream/kafka-client/tls.crt" }}
{{- $properties = append $properties "ssl.key.location=/etc/leadstream/kafka-client/tls.key" }}
{{- end }}
{{- if $access.mechanism }}
{{- $properties = append $properties (printf "sasl.mechanism=%s" $access.mechanism) }}
{{- $properties = append $properties "sasl.username=$(KAFKA_USERNAME)" }}
{{- $properties = append $properties "sasl.password=$(KAFKA_PASSWORD)" }}
- name: KAFKA_USERNAME
{{- if $access.username }}
  value: {{ $access.username }}
{{- else }}
  valueFrom: {secretKeyRef: {name: {{ $access.secret }}, key: {{ $access.usernameKey }}}}
{{- end }}
- name: KAFKA_PASSWORD
  valueFrom: {secretKeyRef: {name: {{ $access.secret }}, key: {{ $access.passwordKey }}}}
{{- end }}
{{- with $properties }}
- name: LEADSTREAM_KAFKA_PROPERTY
  value: {{ join ";" . | quote }}
{{- end }}
{{- end }}

{{- define "leadstream.kafka.mounts" -}}
{{- $access := include "leadstream.kafka.access" . | fromYaml }}
{{- if and $access.tls $access.caSecret }}
- {name: kafka-ca, mountPath: /etc/leadstream/kafka-ca, readOnly: true}
{{- end }}
{{- if and $access.tls $access.clientSecret }}
- {name: kafka-client, mountPath: /etc/leadstream/kafka-client, readOnly: true}
{{- end }}
{{- end }}

{{- define "leadstream.kafka.volumes" -}}
{{- $access := include "leadstream.kafka.access" . | fromYaml }}
{{- if and $access.tls $access.caSecret }}
- name: kafka-ca
  secret: {secretName: {{ $access.caSecret }}, items: [{key: {{ $access.caKey }}, path: {{ $access.caKey }}}]}
{{- end }}
{{- if and $access.tls $access.clientSecret }}
- name: kafka-client
  secret: {secretName: {{ $access.clientSecret }}, defaultMode: 0440}
{{- end }}
{{- end }}

{{/* The file that --config names. */}}
{{- define "leadstream.service.config" -}}
{{- $root := .root }}
{{- $values := include "leadstream.service.values" . | fromYaml }}
listen: 0.0.0.0:7400
ops: 0.0.0.0:9464
data: /var/lib/leadstream
log: {{ include "leadstream.kafka.log" $root }}
{{- if $root.Values.kafka.allowWeakTopics }}
allow-weak-topics: true
{{- end }}
log-level: {{ $values.logLevel }}
queue-depth-max: {{ int64 $values.queueDepthMax }}
message-bytes-max: {{ int64 $values.messageBytesMax }}
writer-silence-ms-max: {{ int64 $values.writerSilenceMsMax }}
{{- with $root.Values.monitoring.traces.endpoint }}
otlp-endpoint: {{ . }}
trace-sample-ratio: {{ $root.Values.monitoring.traces.sampleRatio }}
{{- end }}
peer:
{{- range include "leadstream.services" $root | fromYamlArray }}
  - {{ . }}=dns:///{{ include "leadstream.service.nodes" (dict "root" $root "service" .) }}.{{ $root.Release.Namespace }}.svc:7400
{{- end }}
{{- if $root.Values.insecure }}
insecure: true
{{- else }}
tls-certificate: /etc/leadstream/tls/tls.crt
tls-key: /etc/leadstream/tls/tls.key
tls-ca: /etc/leadstream/tls/ca.crt
tls-client-ca: /etc/leadstream/tls/ca.crt
jwt-issuer: {{ $root.Values.auth.jwt.issuer }}
jwt-audience: {{ $root.Values.auth.jwt.audience }}
jwks: {{ $root.Values.auth.jwt.jwksUrl | default "/etc/leadstream/jwks/jwks.json" }}
jwt-roles-claim: {{ $root.Values.auth.jwt.rolesClaim }}
auth-policy: /etc/leadstream/policy/policy.yaml
calls-per-second-max: {{ int64 $values.callsPerSecondMax }}
{{- end }}
{{- end }}
