#include "cli/cluster.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>
#include <absl/time/clock.h>
#include <google/protobuf/struct.pb.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "cli/all_services.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/parallel.h"
#include "cli/show.h"
#include "common/runtime/resource_types.h"
#include "common/server/replicas.h"

namespace leadstream::cli {
namespace {

using common::v1::NodeIdentity;
using common::v1::NodeStatus;
using common::v1::PartitionStatus;

// A node that is paused says nothing at all.
constexpr absl::Duration kAnswerMax = absl::Seconds(3);
constexpr size_t kInFlight = 16;

struct Question {
  std::string service, address;
};

struct Answer {
  grpc::Status problem;
  NodeStatus status;
};

Answer Ask(const Question& question) {
  Answer answer;
  common::v1::GetNodeStatusRequest request;
  request.set_service(absl::StrCat("services/", question.service));
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + kAnswerMax));
  auto credentials = ClientCredentials(question.address);
  std::map<std::string, std::string> metadata;
  absl::Status ready = credentials.status();
  if (ready.ok()) ready = AddToken(&metadata);
  if (!ready.ok()) {
    answer.problem = {grpc::StatusCode::INVALID_ARGUMENT, std::string(ready.message())};
    return answer;
  }
  for (const auto& [key, value] : metadata) context.AddMetadata(key, value);
  const auto channel = grpc::CreateChannel(question.address, *credentials);
  answer.problem = server::Call(channel.get(), runtime::MethodTaking(request.GetDescriptor()),
                                &context, request, &answer.status);
  return answer;
}

std::string ProblemOf(const grpc::Status& status) {
  if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED)
    return absl::StrCat("no answer within ", absl::FormatDuration(kAnswerMax));
  return status.error_message();
}

// Of all nodes, whose addresses may change and may be told by others before they are reached.
class Inquiry {
 public:
  void Add(Question question) {
    if (question.address.empty() || !asked_.emplace(question.service, question.address).second)
      return;
    questions_.push_back(std::move(question));
  }

  void Run() {
    while (!questions_.empty()) {
      const std::vector<Question> round = std::exchange(questions_, {});
      std::vector<Answer> answers(round.size());
      EachInParallel(round.size(), kInFlight, [&](size_t i) { answers[i] = Ask(round[i]); });
      for (size_t i = 0; i < round.size(); ++i) Take(round[i], answers[i]);
    }
  }

  // The nodes of a service: those that answered, and those that should have.
  std::vector<NodeView> NodesOf(const std::string& service) const {
    std::map<std::string, NodeView> nodes;  // by name; what has none, by address
    for (const NodeView& node : answered_) {
      if (node.status.service() == absl::StrCat("services/", service)) nodes[node.node] = node;
    }
    for (const auto& [question, problem] : failed_) {
      if (question.service != service) continue;
      auto named = names_.find({service, question.address});
      const std::string name = named == names_.end() ? "" : named->second;
      nodes.try_emplace(name.empty() ? question.address : name,
                        NodeView{name, question.address, false, problem, {}});
    }
    std::vector<NodeView> listed;
    for (auto& [key, node] : nodes) listed.push_back(std::move(node));
    return listed;
  }

  bool any_answered() const { return !answered_.empty(); }
  std::string first_problem() const {
    return failed_.empty() ? "no node has a service of Leadstream"
                           : absl::StrCat(failed_[0].first.address, ": ", failed_[0].second);
  }

 private:
  void Take(const Question& question, const Answer& answer) {
    // An address given without a service is asked for each; it need not have them all.
    if (answer.problem.error_code() == grpc::StatusCode::NOT_FOUND) return;
    if (!answer.problem.ok()) {
      failed_.emplace_back(question, ProblemOf(answer.problem));
      return;
    }
    answered_.push_back(
        {answer.status.node().node(), answer.status.node().address(), true, "", answer.status});
    for (const NodeIdentity& peer : answer.status.peers()) AddNode(question.service, peer);
    for (const PartitionStatus& partition : answer.status.partitions())
      AddNode(question.service, partition.writer());
  }
  void AddNode(const std::string& service, const NodeIdentity& node) {
    names_[{service, node.address()}] = node.node();
    Add({service, node.address()});
  }

  std::set<std::pair<std::string, std::string>> asked_;
  std::map<std::pair<std::string, std::string>, std::string> names_;
  std::vector<Question> questions_;
  std::vector<NodeView> answered_;
  std::vector<std::pair<Question, std::string>> failed_;
};

int64_t LagOf(const PartitionStatus& partition) {
  return std::max<int64_t>(0, partition.end_offset() - partition.next_offset());
}
int64_t LagOf(const NodeStatus& status) {
  int64_t lag = 0;
  for (const PartitionStatus& partition : status.partitions()) lag += LagOf(partition);
  return lag;
}

void Summarize(ServiceView* view) {
  int64_t read_most = -1;
  for (const NodeView& node : view->nodes) {
    int64_t read = 0;
    for (const PartitionStatus& partition : node.status.partitions()) {
      const auto number = static_cast<size_t>(partition.partition());
      if (view->partitions.size() <= number) view->partitions.resize(number + 1);
      PartitionView& known = view->partitions[number];
      known.written = known.written || partition.writes();
      if (!partition.stopped().empty()) known.stopped = partition.stopped();
      const int64_t end = std::max(known.status.end_offset(), partition.end_offset());
      if (partition.next_offset() >= known.status.next_offset()) known.status = partition;
      known.status.set_end_offset(end);
      read += partition.next_offset();
    }
    if (node.reached && read > read_most) {
      read_most = read;
      view->parked_reactions = node.status.parked_reactions();
    }
  }
  for (const PartitionView& partition : view->partitions)
    view->records += partition.status.end_offset();
}

std::string NameOf(const NodeView& node) { return node.node.empty() ? node.address : node.node; }

const PartitionStatus* PartitionOf(const NodeView& node, int number) {
  for (const PartitionStatus& partition : node.status.partitions()) {
    if (partition.partition() == number) return &partition;
  }
  return nullptr;
}

// "lead-1 0, lead-2 17": how far each node that was reached is behind the log's end.
std::string LagsOf(const ServiceView& service, int number) {
  std::vector<std::string> lags;
  for (const NodeView& node : service.nodes) {
    if (const PartitionStatus* partition = PartitionOf(node, number); partition != nullptr)
      lags.push_back(absl::StrCat(NameOf(node), " ", LagOf(*partition)));
  }
  return absl::StrJoin(lags, ", ");
}

std::string StateOf(const NodeView& node) {
  if (!node.reached) return "unreachable";
  if (!node.status.caught_up()) return "catching up";
  return node.status.serving() ? "ready" : "waiting for writers";
}

std::string StateInWords(const NodeView& node) {
  if (!node.reached) return absl::StrCat("unreachable: ", node.problem);
  const auto writes =
      std::count_if(node.status.partitions().begin(), node.status.partitions().end(),
                    [](const PartitionStatus& one) { return one.writes(); });
  return absl::StrCat(StateOf(node), ", writes ", writes, ", ", LagOf(node.status), " behind");
}

using google::protobuf::Struct;
using google::protobuf::Value;

Value ToValue(const std::string& text) {
  Value value;
  value.set_string_value(text);
  return value;
}
Value ToValue(int64_t number) {
  Value value;
  value.set_number_value(static_cast<double>(number));
  return value;
}
Value ToValue(bool flag) {
  Value value;
  value.set_bool_value(flag);
  return value;
}

void AddPartition(const ServiceView& service, const PartitionView& partition, Struct* out) {
  auto& fields = *out->mutable_fields();
  fields["partition"] = ToValue(int64_t{partition.status.partition()});
  fields["writer"] = ToValue(partition.status.writer().node());
  fields["address"] = ToValue(partition.status.writer().address());
  fields["epoch"] = ToValue(partition.status.epoch());
  fields["end_offset"] = ToValue(partition.status.end_offset());
  fields["written"] = ToValue(partition.written);
  if (!partition.stopped.empty()) fields["stopped"] = ToValue(partition.stopped);
  Struct* lags = fields["lag"].mutable_struct_value();
  for (const NodeView& node : service.nodes) {
    if (const auto* its = PartitionOf(node, partition.status.partition()); its != nullptr)
      (*lags->mutable_fields())[NameOf(node)] = ToValue(LagOf(*its));
  }
}

void AddNode(const NodeView& node, Struct* out) {
  auto& fields = *out->mutable_fields();
  fields["node"] = ToValue(node.node);
  fields["address"] = ToValue(node.address);
  fields["state"] = ToValue(StateOf(node));
  if (node.reached) fields["lag"] = ToValue(LagOf(node.status));
  if (!node.reached) fields["problem"] = ToValue(node.problem);
}

}  // namespace

bool ServiceView::well() const {
  return std::all_of(nodes.begin(), nodes.end(),
                     [](const NodeView& node) { return node.reached && node.status.serving(); }) &&
         std::all_of(partitions.begin(), partitions.end(), [](const PartitionView& partition) {
           return partition.written && partition.stopped.empty();
         });
}

absl::StatusOr<std::vector<ServiceView>> LookAtCluster(const Addresses& addresses) {
  Inquiry inquiry;
  const std::vector<domain::ServiceDefinition> definitions = AllServices();
  for (const auto& [service, targets] : addresses) {
    for (const absl::string_view target : absl::StrSplit(targets, ',', absl::SkipWhitespace())) {
      for (const domain::ServiceDefinition& definition : definitions) {
        if (service.empty() || service == definition.name)
          inquiry.Add({definition.name, std::string(target)});
      }
    }
  }
  inquiry.Run();
  if (!inquiry.any_answered())
    return absl::UnavailableError(absl::StrCat("no node answers: ", inquiry.first_problem()));
  std::vector<ServiceView> services;
  for (const domain::ServiceDefinition& definition : definitions) {
    ServiceView view{definition.name, inquiry.NodesOf(definition.name), {}, 0, 0};
    if (view.nodes.empty()) continue;
    Summarize(&view);
    services.push_back(std::move(view));
  }
  return services;
}

std::string ToText(const std::vector<ServiceView>& services) {
  std::string text;
  absl::StrAppendFormat(&text, "%-12s %9s  %-14s %-21s %6s %9s  %s\n", "service", "partition",
                        "writer", "address", "epoch", "end", "lag");
  for (const ServiceView& service : services) {
    for (const PartitionView& partition : service.partitions) {
      const PartitionStatus& status = partition.status;
      const std::string writer = status.epoch() == 0 ? "nobody yet" : status.writer().node();
      absl::StrAppendFormat(&text, "%-12s %9d  %-14s %-21s %6d %9d  %s%s\n", service.service,
                            status.partition(), writer, status.writer().address(), status.epoch(),
                            status.end_offset(), LagsOf(service, status.partition()),
                            partition.written ? "" : "  NOT WRITTEN now");
      if (!partition.stopped.empty())
        absl::StrAppend(&text, "  STANDS STILL: ", partition.stopped, "\n");
    }
  }
  for (const ServiceView& service : services) {
    absl::StrAppendFormat(&text, "\n%s: %d nodes, %d partitions, %d records, %d parked reactions\n",
                          service.service, service.nodes.size(), service.partitions.size(),
                          service.records, service.parked_reactions);
    for (const NodeView& node : service.nodes) {
      absl::StrAppendFormat(&text, "  %-14s %-21s  %s\n", node.node.empty() ? "?" : node.node,
                            node.address, StateInWords(node));
    }
  }
  return text;
}

std::string ToJson(const std::vector<ServiceView>& services) {
  Struct root;
  auto* list = (*root.mutable_fields())["services"].mutable_list_value();
  for (const ServiceView& service : services) {
    auto& fields = *list->add_values()->mutable_struct_value()->mutable_fields();
    fields["service"] = ToValue(service.service);
    fields["well"] = ToValue(service.well());
    fields["records"] = ToValue(service.records);
    fields["parked_reactions"] = ToValue(service.parked_reactions);
    auto* nodes = fields["nodes"].mutable_list_value();
    for (const NodeView& node : service.nodes)
      AddNode(node, nodes->add_values()->mutable_struct_value());
    auto* partitions = fields["partitions"].mutable_list_value();
    for (const PartitionView& partition : service.partitions)
      AddPartition(service, partition, partitions->add_values()->mutable_struct_value());
  }
  return ToJson(root, false);
}

namespace {

struct ClusterCommand {
  std::string server = "127.0.0.1:7400";
  bool json = false;
};

int RunCluster(const ClusterCommand& command) {
  auto addresses = ParseAddresses(command.server);
  absl::Status status = addresses.status();
  if (status.ok()) {
    auto services = LookAtCluster(*addresses);
    if (services.ok()) {
      std::fputs(
          command.json ? absl::StrCat(ToJson(*services), "\n").c_str() : ToText(*services).c_str(),
          stdout);
      const bool well = std::all_of(services->begin(), services->end(),
                                    [](const ServiceView& service) { return service.well(); });
      return well ? 0 : 1;
    }
    status = services.status();
  }
  return ExitOf(status);
}

}  // namespace

void AddCluster(CLI::App* app, Run* run) {
  auto command = std::make_shared<ClusterCommand>();
  CLI::App* cluster = app->add_subcommand(
      "cluster",
      "Show who writes what, how far each node is, and what waits for an operator; exit "
      "code 1 if a node is missing, or a partition has no writer or stands still");
  AddServerFlag(cluster, &command->server)->capture_default_str();
  cluster->add_flag("--json", command->json, "one JSON object");
  cluster->callback([command, run] { *run = [command] { return RunCluster(*command); }; });
}

}  // namespace leadstream::cli
