#include "common/ops/exposition.h"

#include <prometheus/text_serializer.h>

#include <limits>

namespace leadstream::ops {

using prometheus::MetricType;

prometheus::ClientMetric& Exposition::Add(const std::string& name, const std::string& help,
                                          MetricType type, const Labels& labels) {
  prometheus::MetricFamily& family = families_[name];
  family.name = name;
  family.help = help;
  family.type = type;
  prometheus::ClientMetric& metric = family.metric.emplace_back();
  for (const auto& [label, value] : labels) metric.label.push_back({label, value});
  return metric;
}

void Exposition::AddCounter(const std::string& name, const std::string& help, const Labels& labels,
                            double value) {
  Add(name, help, MetricType::Counter, labels).counter.value = value;
}

void Exposition::AddGauge(const std::string& name, const std::string& help, const Labels& labels,
                          double value) {
  Add(name, help, MetricType::Gauge, labels).gauge.value = value;
}

void Exposition::AddHistogram(const std::string& name, const std::string& help,
                              const Labels& labels, const telemetry::Histogram& histogram) {
  auto& out = Add(name, help, MetricType::Histogram, labels).histogram;
  const telemetry::Scale& scale = histogram.scale();
  const std::vector<int64_t> buckets = histogram.buckets();
  uint64_t cumulative = 0;
  for (size_t i = 0; i < buckets.size(); ++i) {
    cumulative += static_cast<uint64_t>(buckets[i]);
    const double bound = i < scale.bounds.size()
                             ? static_cast<double>(scale.bounds[i]) / scale.per_base_unit
                             : std::numeric_limits<double>::infinity();
    out.bucket.push_back({cumulative, bound});
  }
  out.sample_count = cumulative;
  out.sample_sum = static_cast<double>(histogram.sum()) / scale.per_base_unit;
}

std::string Exposition::Text() const {
  std::vector<prometheus::MetricFamily> families;
  for (const auto& [name, family] : families_) families.push_back(family);
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace leadstream::ops
