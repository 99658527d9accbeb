// Every metric that a server exports, by name. Base units; labels are small closed sets, never the
// id of anything. The names are part of the product: dashboards and alerts rest on them.
#pragma once

#include "common/log/kafka_statistics.h"
#include "common/ops/exposition.h"
#include "common/ops/otlp_exporter.h"
#include "common/ops/sampler.h"
#include "common/telemetry/rpc_counters.h"

namespace leadstream::ops {

void AddServiceMetrics(runtime::Service& service, const Sample& sample, Exposition* out);
void AddRpcMetrics(const telemetry::RpcCounters& rpcs, Exposition* out);
void AddKafkaMetrics(const log::KafkaCounters& kafka, Exposition* out);
void AddSpanMetrics(const OtlpExporter& spans, Exposition* out);
// CPU, memory, open files, and when it began: of /proc/self.
void AddProcessMetrics(Exposition* out);

}  // namespace leadstream::ops
