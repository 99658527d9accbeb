#include <cstdlib>
#include <map>
#include <string>

#include "common/ops/metrics.h"

namespace leadstream::ops {
namespace {

using runtime::Counters;
using runtime::Service;

struct View {
  Service& service;
  const Sample& sample;
};

enum class Kind { kCounter, kGauge };

struct Row {
  Kind kind;
  const char* name;
  const char* help;
  const char* outcome;  // a label; null: there is none
  double (*value)(const View&);
};

double PartitionsWritten(const View& view) {
  int written = 0;
  for (int i = 0; i < view.service.model().partitions(); ++i)
    written += view.service.replica().Writes(i);
  return written;
}

template <telemetry::Counter Counters::*kCounted>
double Count(const View& view) {
  return static_cast<double>((view.service.counters().*kCounted).value());
}
template <telemetry::Gauge Counters::*kGauged>
double Now(const View& view) {
  return static_cast<double>((view.service.counters().*kGauged).value());
}

constexpr char kCommands[] = "Commands that were answered, where they were asked.";
constexpr char kReactions[] = "Reactions to an event that had something to do.";
constexpr char kTimers[] = "Commands that were issued because their time had come.";

const Row kRows[] = {
    {Kind::kCounter, "leadstream_commands_total", kCommands, "accepted",
     Count<&Counters::commands_accepted>},
    {Kind::kCounter, "leadstream_commands_total", kCommands, "repeated",
     Count<&Counters::commands_repeated>},
    {Kind::kCounter, "leadstream_commands_total", kCommands, "refused",
     Count<&Counters::commands_refused>},
    {Kind::kCounter, "leadstream_commands_total", kCommands, "failed",
     Count<&Counters::commands_failed>},
    {Kind::kGauge, "leadstream_queue_depth", "Commands that wait, or are with another node.",
     nullptr, Now<&Counters::queue_depth>},
    {Kind::kGauge, "leadstream_queue_depth_max", "Commands that may wait; more are told to retry.",
     nullptr,
     [](const View& view) { return static_cast<double>(view.service.options().queue_depth_max); }},
    {Kind::kGauge, "leadstream_partitions", "Partitions of the context's topic.", nullptr,
     [](const View& view) { return static_cast<double>(view.service.model().partitions()); }},
    {Kind::kGauge, "leadstream_partitions_written", "Partitions that this node writes now.",
     nullptr, PartitionsWritten},
    {Kind::kGauge, "leadstream_partitions_without_writer",
     "Partitions that no node is known to write, as this node sees it.", nullptr,
     Now<&Counters::partitions_without_writer>},
    {Kind::kGauge, "leadstream_partitions_stopped",
     "Partitions that stand still on this node, at a record that cannot be read.", nullptr,
     Now<&Counters::partitions_stopped>},
    {Kind::kGauge, "leadstream_follower_lag_events",
     "Records of other writers in the log that this node has not folded yet.", nullptr,
     [](const View& view) { return static_cast<double>(view.sample.lag_events); }},
    {Kind::kGauge, "leadstream_follower_lag_seconds",
     "For how long there has been something that this node has not folded.", nullptr,
     [](const View& view) { return absl::ToDoubleSeconds(view.sample.lag); }},
    {Kind::kGauge, "leadstream_caught_up",
     "1 if the read model shows all that was answered before this node started.", nullptr,
     [](const View& view) { return view.service.caught_up() ? 1.0 : 0.0; }},
    {Kind::kCounter, "leadstream_claims_total", "Valid claims that made this node a writer.",
     nullptr, Count<&Counters::claims>},
    {Kind::kCounter, "leadstream_fences_total",
     "Claims of others by which this node ceased to write, without having handed over.", nullptr,
     Count<&Counters::fences>},
    {Kind::kGauge, "leadstream_reaction_lag_events",
     "Records that this node has to look at for its reactions, and has not dealt with.", nullptr,
     [](const View& view) { return static_cast<double>(view.sample.reaction_lag_events); }},
    {Kind::kCounter, "leadstream_reactions_total", kReactions, "done",
     Count<&Counters::reactions_done>},
    {Kind::kCounter, "leadstream_reactions_total", kReactions, "parked",
     Count<&Counters::reactions_parked>},
    {Kind::kCounter, "leadstream_reactions_total", kReactions, "retried",
     Count<&Counters::reactions_retried>},
    {Kind::kGauge, "leadstream_parked_reactions", "Reactions that wait for an operator.", nullptr,
     [](const View& view) { return static_cast<double>(view.sample.parked_reactions); }},
    {Kind::kCounter, "leadstream_timers_issued_total", kTimers, "accepted",
     Count<&Counters::timers_accepted>},
    {Kind::kCounter, "leadstream_timers_issued_total", kTimers, "refused",
     Count<&Counters::timers_refused>},
    {Kind::kCounter, "leadstream_timers_issued_total", kTimers, "failed",
     Count<&Counters::timers_failed>},
    {Kind::kGauge, "leadstream_watches", "Open watches.", nullptr, Now<&Counters::watches>},
    {Kind::kCounter, "leadstream_events_folded_total", "Events taken into the read model.", nullptr,
     [](const View& view) {
       return static_cast<double>(view.service.model().events_folded().value());
     }},
};

struct RocksdbRow {
  Kind kind;
  const char* name;
  const char* help;
  const char* property;
};

const RocksdbRow kRocksdbRows[] = {
    {Kind::kGauge, "leadstream_rocksdb_block_cache_bytes",
     "Used of the block cache, which all read models of a process share.",
     "rocksdb.block-cache-usage"},
    {Kind::kGauge, "leadstream_rocksdb_memtable_bytes", "Memory tables, flushed ones included.",
     "rocksdb.size-all-mem-tables"},
    {Kind::kGauge, "leadstream_rocksdb_live_sst_bytes", "Files of the read model.",
     "rocksdb.live-sst-files-size"},
    {Kind::kGauge, "leadstream_rocksdb_pending_compaction_bytes",
     "What compaction still has to rewrite, as it estimates.",
     "rocksdb.estimate-pending-compaction-bytes"},
    {Kind::kGauge, "leadstream_rocksdb_write_stopped", "1 while writes wait for compaction.",
     "rocksdb.is-write-stopped"},
    {Kind::kCounter, "leadstream_rocksdb_background_errors_total",
     "Flushes and compactions that failed.", "rocksdb.background-errors"},
};

// Stops and slow-downs since it was opened.
double WriteStalls(rocksdb::DB* db) {
  std::map<std::string, std::string> statistics;
  if (!db->GetMapProperty(rocksdb::DB::Properties::kCFStats, &statistics)) return 0;
  double stalls = 0;
  for (const char* key : {"io_stalls.total_stop", "io_stalls.total_slowdown"}) {
    auto at = statistics.find(key);
    if (at != statistics.end()) stalls += std::strtod(at->second.c_str(), nullptr);
  }
  return stalls;
}

void Put(Kind kind, const char* name, const char* help, const Exposition::Labels& labels,
         double value, Exposition* out) {
  if (kind == Kind::kCounter) return out->AddCounter(name, help, labels, value);
  out->AddGauge(name, help, labels, value);
}

}  // namespace

void AddServiceMetrics(Service& service, const Sample& sample, Exposition* out) {
  const View view{service, sample};
  const Exposition::Labels context = {{"context", service.name()}};
  for (const Row& row : kRows) {
    Exposition::Labels labels = context;
    if (row.outcome != nullptr) labels.emplace_back("outcome", row.outcome);
    Put(row.kind, row.name, row.help, labels, row.value(view), out);
  }
  const Counters& counters = service.counters();
  out->AddHistogram("leadstream_group_commands", "Commands decided and appended together.", context,
                    counters.group_commands);
  out->AddHistogram("leadstream_append_duration_seconds",
                    "From handing a group to the log until the log has it.", context,
                    counters.append_duration);
  out->AddHistogram("leadstream_apply_duration_seconds",
                    "To take a batch of events into the read model.", context,
                    service.model().apply_duration());
  rocksdb::DB* db = service.model().db();
  for (const RocksdbRow& row : kRocksdbRows) {
    uint64_t value = 0;
    if (db->GetIntProperty(row.property, &value))
      Put(row.kind, row.name, row.help, context, static_cast<double>(value), out);
  }
  out->AddCounter("leadstream_rocksdb_write_stalls_total",
                  "Times that writes were slowed down or stopped until compaction came after them.",
                  context, WriteStalls(db));
}

}  // namespace leadstream::ops
