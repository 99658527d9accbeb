// The text that Prometheus reads, to the character.
#include "common/ops/exposition.h"

#include <gtest/gtest.h>

namespace leadstream::ops {
namespace {

TEST(Exposition, IsGroupedByNameWithItsHelpAndType) {
  Exposition out;
  out.AddCounter("b_total", "What happened.", {{"context", "lead"}}, 3);
  out.AddGauge("a", "How it stands.", {}, 0.25);
  out.AddCounter("b_total", "What happened.", {{"context", "billing"}}, 1'041);
  EXPECT_EQ(out.Text(),
            "# HELP a How it stands.\n"
            "# TYPE a gauge\n"
            "a 0.25\n"
            "# HELP b_total What happened.\n"
            "# TYPE b_total counter\n"
            "b_total{context=\"lead\"} 3\n"
            "b_total{context=\"billing\"} 1041\n");
}

TEST(Exposition, QuotesWhatLabelsHold) {
  Exposition out;
  out.AddGauge("a", "A.", {{"version", "1 \"beta\"\\\n2"}}, 1);
  EXPECT_NE(out.Text().find(R"(a{version="1 \"beta\"\\\n2"} 1)"), std::string::npos) << out.Text();
}

TEST(Exposition, OfADurationIsInSecondsAndCumulative) {
  telemetry::Histogram durations(telemetry::Durations());
  durations.Observe(100'000);         // 100 µs: within the first bound
  durations.Observe(2'000'000);       // 2 ms
  durations.Observe(60'000'000'000);  // a minute: above all
  Exposition out;
  out.AddHistogram("took_seconds", "How long.", {{"context", "lead"}}, durations);
  const std::string text = out.Text();
  for (const char* line : {
           "took_seconds_count{context=\"lead\"} 3\n",
           "took_seconds_sum{context=\"lead\"} 60.0021\n",
           "took_seconds_bucket{context=\"lead\",le=\"0.0001\"} 1\n",
           "took_seconds_bucket{context=\"lead\",le=\"0.001\"} 1\n",
           "took_seconds_bucket{context=\"lead\",le=\"0.0025\"} 2\n",
           "took_seconds_bucket{context=\"lead\",le=\"10\"} 2\n",
           "took_seconds_bucket{context=\"lead\",le=\"+Inf\"} 3\n",
       })
    EXPECT_NE(text.find(line), std::string::npos) << line << "\nis missing in\n" << text;
}

TEST(Exposition, OfSizesCountsThings) {
  telemetry::Histogram sizes(telemetry::Sizes());
  sizes.Observe(1);
  sizes.Observe(3);
  Exposition out;
  out.AddHistogram("group", "How many.", {}, sizes);
  EXPECT_NE(out.Text().find("group_sum 4\n"), std::string::npos) << out.Text();
  EXPECT_NE(out.Text().find("group_bucket{le=\"4\"} 2\n"), std::string::npos) << out.Text();
}

}  // namespace
}  // namespace leadstream::ops
