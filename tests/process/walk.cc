#include "tests/process/walk.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <google/api/resource.pb.h>
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <iostream>
#include <set>

#include "cli/all_services.h"
#include "common/runtime/parked_reactions.h"
#include "common/runtime/resource_types.h"
#include "common/server/replicas.h"
#include "common/server/server.h"
#include "tests/process/commands.h"
#include "tests/process/invariants.h"
#include "tests/process/stillness.h"
#include "tests/process/sums.h"
#include "tests/process/watches.h"
#include "tests/process/world.h"
#include "tests/temporary_directory.h"

namespace leadstream::process {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

constexpr size_t kViolationsMax = 20;
constexpr const char* kActors[] = {"anna", "bela", "cili"};

std::string ReasonOf(const grpc::Status& status) {
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  details.ParseFromString(status.error_details());
  for (const auto& any : details.details()) {
    if (any.Is<google::rpc::ErrorInfo>()) any.UnpackTo(&info);
  }
  return info.reason();
}

// Whether the contract lists the reason for that service.
bool IsListed(const std::string& reason, const std::string& service) {
  for (const std::string& package : {service, std::string("common")}) {
    const auto* reasons = google::protobuf::DescriptorPool::generated_pool()->FindEnumTypeByName(
        absl::StrCat("leadstream.", package, ".v1.ErrorReason"));
    if (reasons == nullptr) continue;
    const auto* value = reasons->FindValueByName(reason);
    if (value != nullptr && value->number() != 0) return true;
  }
  return false;
}

// The type of the resource that a request is about ("leadstream.dev/Lead"); empty: none that
// exists.
std::string TargetType(const google::protobuf::Descriptor* request) {
  if (absl::StartsWith(request->name(), "Create")) return "";
  const FieldDescriptor* name = request->FindFieldByName("name");
  if (name != nullptr) return name->options().GetExtension(google::api::resource_reference).type();
  for (int i = 0; i < request->field_count(); ++i) {
    const auto* resource = request->field(i)->message_type();
    if (resource != nullptr && runtime::ResourceTypeOf(resource) != nullptr)
      return resource->options().GetExtension(google::api::resource).type();
  }
  return "";
}

class Walker {
 public:
  explicit Walker(const Options& options) : options_(options), dice_(options.seed) {}

  Result Run() {
    if (absl::Status started = Start(); !started.ok()) {
      Violated(started.ToString());
      return std::move(result_);
    }
    for (result_.steps = 1; result_.steps <= options_.steps && !failed(); ++result_.steps) {
      Step();
      if (result_.steps % options_.hurry == 0) Rest();
      if (result_.steps % options_.look_every == 0) Look();
    }
    --result_.steps;
    if (!failed()) Look();
    if (!failed()) WatchAll();
    Count();
    return std::move(result_);
  }

 private:
  bool failed() const { return !result_.violations.empty(); }
  void Violated(const std::string& what) {
    if (result_.violations.size() >= kViolationsMax) return;
    result_.violations.push_back(absl::StrCat("step ", result_.steps, ": ", what));
  }

  absl::Status Start() {
    for (domain::ServiceDefinition& definition : cli::AllServices())
      definitions_.push_back(runtime::WithParkedReactions(std::move(definition)));
    server::Options options;
    options.listen = "127.0.0.1:0";
    options.data = directory_.path() + "/data";
    options.partitions = 2;
    auto server = server::Server::Start(options, cli::AllServices());
    if (!server.ok()) return server.status();
    server_ = std::move(*server);
    channel_ = grpc::CreateChannel(absl::StrCat("127.0.0.1:", server_->port()),
                                   grpc::InsecureChannelCredentials());
    log_ = &server_->service("lead")->log();
    world_ = std::make_unique<World>(log_, &definitions_);
    sketcher_ = std::make_unique<Sketcher>(world_.get(), &dice_);
    std::set<std::string> told;
    for (const Told& one : ToldByReactions()) told.insert(one.method);
    for (const MethodDescriptor* method : AllMethods()) {
      if (told.contains(method->full_name()) || Exempt().contains(method->full_name())) continue;
      if (method->client_streaming() || method->server_streaming()) continue;
      (IsCommand(method) ? commands_ : reads_).push_back(method);
      // The way from a quote to its payment is longer than others, and gone more often.
      const std::string& service = method->service()->name();
      for (int i = 0;
           i < 2 && IsCommand(method) &&
           (service == "QuoteService" || service == "OrderService" || service == "InvoiceService");
           ++i)
        commands_.push_back(method);
    }
    return absl::OkStatus();
  }

  // Mostly commands, and of them first those that were never accepted.
  const MethodDescriptor* Choose() {
    const auto any_of = [this](const std::vector<const MethodDescriptor*>& methods) {
      return methods[dice_.Roll(static_cast<int64_t>(methods.size()))];
    };
    if (dice_.OneIn(10)) return any_of(reads_);
    if (dice_.OneIn(15)) {
      std::vector<const MethodDescriptor*> new_ones;
      for (const MethodDescriptor* one : commands_) {
        if (!result_.accepted_by_method.contains(one->full_name())) new_ones.push_back(one);
      }
      if (!new_ones.empty()) return any_of(new_ones);
    }
    const MethodDescriptor* method = any_of(commands_);
    for (int i = 0; i < 3 && result_.accepted_by_method.contains(method->full_name()); ++i) {
      // What destroys is chosen less often than what builds up.
      const bool destroys = absl::StartsWith(method->name(), "Delete") ||
                            absl::StartsWith(method->name(), "Merge") ||
                            absl::StartsWith(method->name(), "Retire");
      if (!destroys && !dice_.OneIn(3)) break;
      method = any_of(commands_);
    }
    return method;
  }

  // A resource that may accept it, if there is one; now and then any.
  std::string Target(const MethodDescriptor* method, const Shape* shape) {
    const std::string type = TargetType(method->input_type());
    if (type.empty()) return "";
    const bool any = dice_.OneIn(10);
    std::string name = sketcher_->AnyOf(type);
    for (int i = 0; i < 40 && !any && shape != nullptr && shape->suits && !name.empty() &&
                    !shape->suits(*world_->Find(name));
         ++i)
      name = sketcher_->AnyOf(type);
    return name;
  }

  void Step() {
    const MethodDescriptor* method = Choose();
    auto row = AllShapes().find(method->input_type());
    const Shape* shape = row == AllShapes().end() ? nullptr : &row->second;
    const std::string target = Target(method, shape);
    std::unique_ptr<Message> request(runtime::PrototypeOf(method->input_type())->New());
    sketcher_->Fill(target, request.get());
    if (shape != nullptr && shape->fit)
      shape->fit(target.empty() ? nullptr : world_->Find(target), *sketcher_, request.get());
    if (dice_.OneIn(8)) sketcher_->Damage(request.get());

    auto reply = Call(method, *request);
    const auto* id = request->GetDescriptor()->FindFieldByName("request_id");
    const bool is_repeatable = id != nullptr && reply != nullptr &&
                               !request->GetReflection()->GetString(*request, id).empty();
    if (is_repeatable && dice_.OneIn(4)) Repeat(method, *request, *reply);
  }

  // Null: it was refused.
  std::unique_ptr<Message> Call(const MethodDescriptor* method, const Message& request) {
    std::unique_ptr<Message> reply(runtime::PrototypeOf(method->output_type())->New());
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(30)));
    context.AddMetadata("leadstream-actor", kActors[dice_.Roll(3)]);
    const grpc::Status status =
        server::Call(channel_.get(), method, &context, request, reply.get());
    ++result_.calls;
    if (options_.verbose)
      std::cerr << result_.steps << " " << method->name() << " " << request.ShortDebugString()
                << " -> " << (status.ok() ? "accepted" : ReasonOf(status)) << "\n";
    if (status.ok()) {
      ++result_.accepted;
      ++result_.accepted_by_method[method->full_name()];
      return reply;
    }
    ++result_.refused;
    ++result_.refused_by_method[method->full_name()];
    CheckRefusal(method, request, status);
    return nullptr;
  }

  void CheckRefusal(const MethodDescriptor* method, const Message& request,
                    const grpc::Status& status) {
    const std::string reason = ReasonOf(status);
    ++result_.refused_by_reason[reason];
    const std::string what =
        absl::StrCat(method->name(), " ", request.ShortDebugString(), " was refused with code ",
                     status.error_code(), " ", reason, ": ", status.error_message());
    if (!IsListed(reason, runtime::ServiceOfType(method->full_name())))
      Violated(absl::StrCat("no contract lists this reason: ", what));
    switch (status.error_code()) {
      case grpc::StatusCode::INVALID_ARGUMENT:
      case grpc::StatusCode::NOT_FOUND:
      case grpc::StatusCode::ALREADY_EXISTS:
      case grpc::StatusCode::FAILED_PRECONDITION:
      case grpc::StatusCode::ABORTED:
      case grpc::StatusCode::OUT_OF_RANGE:
        break;
      case grpc::StatusCode::UNAVAILABLE:
        if (reason == "NEEDS_CHANGED") break;
        [[fallthrough]];
      default:
        Violated(absl::StrCat("nothing is broken: ", what));
    }
    // One reason, one code.
    auto [code, is_new] = codes_.emplace(reason, status.error_code());
    if (!is_new && code->second != status.error_code())
      Violated(absl::StrCat("with another code before: ", what));
  }

  // The same request under its id gets the same answer, whatever has happened since.
  void Repeat(const MethodDescriptor* method, const Message& request, const Message& first) {
    auto again = Call(method, request);
    if (again == nullptr || again->SerializeAsString() != first.SerializeAsString())
      Violated(absl::StrCat(method->name(), " ", request.ShortDebugString(), " was answered ",
                            first.ShortDebugString(), " and, repeated, ",
                            again == nullptr ? "refused" : again->ShortDebugString()));
  }

  // Waits for all that follows, and takes note of it.
  void Rest() {
    if (absl::Status still = AwaitStillness(*server_, definitions_, log_); !still.ok())
      return Violated(std::string(still.message()));
    std::vector<std::string> wrong;
    absl::Status read = world_->ReadOn(&wrong);
    if (!read.ok()) wrong.push_back(read.ToString());
    for (const std::string& what : wrong) Violated(what);
  }

  void Look() {
    Rest();
    for (const std::string& what : Broken(*world_)) Violated(what);
    for (const std::string& what : Differences(*server_, *world_)) Violated(what);
    for (const std::string& what : WrongSums(*server_, *world_)) Violated(what);
  }

  void WatchAll() {
    for (const MethodDescriptor* method : AllMethods()) {
      if (!method->server_streaming() || Exempt().contains(method->full_name())) continue;
      const std::string problem = Watch(channel_, method);
      ++(problem.empty() ? result_.accepted_by_method
                         : result_.refused_by_method)[method->full_name()];
      // A short walk may come to nothing that there is to watch.
      if (!problem.empty() && !absl::StartsWith(problem, "shows nothing"))
        Violated(absl::StrCat(method->name(), " ", problem));
    }
  }

  void Count() {
    result_.events = static_cast<int64_t>(world_->events().size());
    for (const Happened& happened : world_->events())
      ++result_.events_by_type[happened.record.type()];
    result_.quotes = static_cast<int64_t>(world_->Names("quotes").size());
    result_.orders = static_cast<int64_t>(world_->Names("orders").size());
    for (const std::string& name : world_->Names("invoices"))
      ++(absl::StrContains(name, "-cn") ? result_.credit_notes : result_.invoices);
    result_.payments = result_.events_by_type["leadstream.billing.v1.PaymentRecorded"];
  }

  const Options options_;
  domain::Dice dice_;
  Result result_;
  testing::TemporaryDirectory directory_;
  std::vector<domain::ServiceDefinition> definitions_;  // with parked reactions
  std::unique_ptr<server::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  log::EventLog* log_ = nullptr;
  std::unique_ptr<World> world_;
  std::unique_ptr<Sketcher> sketcher_;
  std::vector<const MethodDescriptor*> commands_, reads_;
  std::map<std::string, grpc::StatusCode> codes_;  // by reason
};

}  // namespace

Result Walk(const Options& options) { return Walker(options).Run(); }

std::vector<std::string> NeverAccepted(const std::vector<Result>& results) {
  std::set<std::string> accepted, happened, told;
  for (const Result& result : results) {
    for (const auto& [method, times] : result.accepted_by_method) accepted.insert(method);
    for (const auto& [type, times] : result.events_by_type) happened.insert(type);
  }
  std::vector<std::string> never;
  for (const Told& one : ToldByReactions()) {
    told.insert(one.method);
    if (!happened.contains(one.event))
      never.push_back(absl::StrCat("no reaction led to a ", one.event));
  }
  for (const MethodDescriptor* method : AllMethods()) {
    const std::string& name = method->full_name();
    if (told.contains(name) || Exempt().contains(name)) continue;
    if (!accepted.contains(name))
      never.push_back(absl::StrCat(name,
                                   " was never accepted: give it a row in tests/process, or "
                                   "an exemption with its reason in commands.cc"));
  }
  return never;
}

}  // namespace leadstream::process
