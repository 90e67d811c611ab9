/** Alloy takes the place of promtail, whose life has ended. */
export const alloyText = `// /etc/alloy/config.alloy: the journal to Loki. Alloy's user needs the groups adm and systemd-journal. Under ten machines
// journalctl is enough. By the documentation of loki.source.journal, loki.relabel and loki.write.
loki.relabel "journal" {
  forward_to = []
  rule {
    source_labels = ["__journal__systemd_unit"]
    target_label  = "unit"
  }
  rule {
    source_labels = ["__journal_priority_keyword"]
    target_label  = "level"
  }
  rule {
    // As in Prometheus, so that Grafana can go from one to the other.
    source_labels = ["__journal__hostname"]
    regex         = "([^.]+).*"
    target_label  = "instance"
  }
}
loki.source.journal "journal" {
  max_age       = "12h"
  labels        = { job = "systemd-journal" }
  relabel_rules = loki.relabel.journal.rules
  forward_to    = [loki.write.monitoring.receiver]
}
loki.write "monitoring" {
  endpoint {
    url = "http://monitoring.wg2:3100/loki/api/v1/push"
  }
}
`;

/** Traces are of programs that call each other; a machine has none. */
export const otelText = `# Only for services that call each other; nothing of this suite makes or needs a trace. Jaeger takes OTLP itself.
# For the OpenTelemetry Collector from 0.144 on; before, otlp_grpc was called otlp.
receivers:
  otlp:
    protocols:
      grpc: { endpoint: '127.0.0.1:4317' }
      http: { endpoint: '127.0.0.1:4318' }
processors:
  memory_limiter: { check_interval: 1s, limit_mib: 400 }
exporters:
  otlp_grpc/jaeger:
    endpoint: 'localhost:14317'
    tls: { insecure: true }
    sending_queue: { batch: { flush_timeout: 1s } }
service:
  pipelines:
    traces: { receivers: [otlp], processors: [memory_limiter], exporters: [otlp_grpc/jaeger] }
`;
