{{/* What a schema cannot say, all of it at once. */}}
{{- define "leadstream.refuseWhatIsMissing" -}}
{{- $missing := list }}
{{- $v := .Values }}
{{- if and (not $v.strimzi.enabled) (not $v.kafka.bootstrapServers) }}
{{- $missing = append $missing "kafka.bootstrapServers: where Kafka is, [HOST:PORT, ...]; or strimzi.enabled=true, which makes one" }}
{{- end }}
{{- if and $v.strimzi.enabled $v.kafka.bootstrapServers }}
{{- $missing = append $missing "strimzi.enabled or kafka.bootstrapServers: one of them, not both" }}
{{- end }}
{{- if and $v.kafka.sasl.mechanism (not $v.kafka.sasl.existingSecret) (not $v.strimzi.enabled) }}
{{- $missing = append $missing "kafka.sasl.existingSecret: the Secret with the user's name and password" }}
{{- end }}
{{- if not $v.insecure }}
{{- if and (not $v.tls.existingSecret) (not $v.tls.certManager.enabled) }}
{{- $missing = append $missing "tls.existingSecret or tls.certManager.enabled: without a certificate nothing is served" }}
{{- end }}
{{- if and $v.tls.certManager.enabled (not $v.tls.certManager.issuerRef.name) }}
{{- $missing = append $missing "tls.certManager.issuerRef.name: who signs the certificates" }}
{{- end }}
{{- if not $v.auth.jwt.issuer }}
{{- $missing = append $missing "auth.jwt.issuer: whose tokens are believed" }}
{{- end }}
{{- if not (or $v.auth.jwt.jwksUrl $v.auth.jwt.jwksConfigMap) }}
{{- $missing = append $missing "auth.jwt.jwksUrl or auth.jwt.jwksConfigMap: the issuer's keys" }}
{{- end }}
{{- end }}
{{- if and $v.gateway.enabled (not $v.gateway.parentRefs) }}
{{- $missing = append $missing "gateway.parentRefs: which Gateway takes the routes" }}
{{- end }}
{{- if and $v.gateway.backendTLS.enabled (not $v.gateway.backendTLS.caConfigMap) }}
{{- $missing = append $missing "gateway.backendTLS.caConfigMap: who signed the nodes' certificates" }}
{{- end }}
{{- if $missing }}
{{- fail (printf "\n\nThis cannot be installed yet. Say\n  - %s\n\n(insecure=true serves plain text without authentication: for trying it out only.)\n" (join "\n  - " $missing)) }}
{{- end }}
{{- end }}
