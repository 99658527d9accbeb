// Metrics on their way to Prometheus, in its text format. Samples of one name come together,
// whatever order they were added in.
#pragma once

#include <prometheus/metric_family.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "common/telemetry/counter.h"

namespace leadstream::ops {

class Exposition {
 public:
  using Labels = std::vector<std::pair<std::string, std::string>>;

  void AddCounter(const std::string& name, const std::string& help, const Labels& labels,
                  double value);
  void AddGauge(const std::string& name, const std::string& help, const Labels& labels,
                double value);
  void AddHistogram(const std::string& name, const std::string& help, const Labels& labels,
                    const telemetry::Histogram& histogram);
  std::string Text() const;

 private:
  prometheus::ClientMetric& Add(const std::string& name, const std::string& help,
                                prometheus::MetricType type, const Labels& labels);

  std::map<std::string, prometheus::MetricFamily> families_;
};

}  // namespace leadstream::ops
