// leadstream state METHOD: what a service would have answered at a moment.
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <thread>

#include "cli/all_services.h"
#include "cli/analyst_commands.h"
#include "cli/history/history.h"
#include "cli/history/open.h"
#include "cli/history/scratch.h"
#include "cli/history/when.h"
#include "cli/history_flags.h"
#include "cli/method.h"
#include "cli/progress.h"
#include "cli/replay/replay.h"
#include "cli/show.h"
#include "common/domain/validation.h"
#include "common/log/position.h"
#include "common/runtime/model_reader.h"
#include "common/runtime/parked_reactions.h"
#include "common/runtime/resource_types.h"
#include "common/server/model_list.h"
#include "common/store/list.h"

namespace leadstream::cli {
namespace {

using domain::Refusal;
using domain::ServiceDefinition;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

struct StateFlags {
  server::Options log;
  std::string method, as_of;
  std::vector<std::string> request;
  int threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
};

absl::Status ToStatus(const Refusal& refusal) {
  std::string text = refusal.message;
  for (const auto& violation : refusal.fields)
    absl::StrAppend(&text, "\n  ", violation.field, ": ", violation.description);
  return absl::InvalidArgumentError(text);
}

absl::StatusOr<ServiceDefinition> ServiceOf(const MethodDescriptor& method) {
  for (const ServiceDefinition& service : AllServices()) {
    const auto& names = service.grpc_services;
    if (std::count(names.begin(), names.end(), method.service()->full_name()) > 0)
      return runtime::WithParkedReactions(service);
  }
  return absl::NotFoundError(absl::StrCat("no service answers ", method.full_name()));
}

// The resources that a List answers; null: it is none.
const FieldDescriptor* ItemsOf(const MethodDescriptor& method, const store::Schema& schema) {
  if (!absl::StartsWith(method.name(), "List")) return nullptr;
  for (int i = 0; i < method.output_type()->field_count(); ++i) {
    const FieldDescriptor* field = method.output_type()->field(i);
    if (field->is_repeated() && field->message_type() != nullptr &&
        schema.OfResource(field->message_type()) != nullptr)
      return field;
  }
  return nullptr;
}

const domain::Query* QueryOf(const MethodDescriptor& method, const ServiceDefinition& service) {
  for (const domain::Query& query : service.queries) {
    if (query.request == method.input_type()) return &query;
  }
  return nullptr;
}

// All pages as one; of a request with a page size, so many.
absl::Status AnswerList(const store::ReadModel& model, const FieldDescriptor* items,
                        Message* request, Message* response) {
  // Nobody but this process ever sees a token.
  const store::PageTokens tokens("leadstream state");
  const store::Collection& collection = *model.schema().OfResource(items->message_type());
  const FieldDescriptor* token = response->GetDescriptor()->FindFieldByName("next_page_token");
  const FieldDescriptor* asked = request->GetDescriptor()->FindFieldByName("page_token");
  const FieldDescriptor* size = request->GetDescriptor()->FindFieldByName("page_size");
  const int wanted = request->GetReflection()->GetInt32(*request, size);
  const auto& reflection = *response->GetReflection();
  for (;;) {
    const int left =
        wanted == 0 ? store::kPageSizeMax : wanted - reflection.FieldSize(*response, items);
    request->GetReflection()->SetInt32(request, size, std::min(left, store::kPageSizeMax));
    std::unique_ptr<Message> page(response->New());
    if (auto refusal = server::List(model, tokens, collection, *request, page.get()))
      return ToStatus(*refusal);
    std::string next = reflection.GetString(*page, token);
    reflection.ClearField(page.get(), token);
    response->MergeFrom(*page);
    if (next.empty() || (wanted > 0 && reflection.FieldSize(*response, items) >= wanted))
      return absl::OkStatus();
    request->GetReflection()->SetString(request, asked, std::move(next));
  }
}

absl::StatusOr<std::unique_ptr<store::ReadModel>> FoldUpTo(const StateFlags& flags,
                                                           const std::string& service,
                                                           const store::Schema* schema,
                                                           absl::Time time, log::EventLog* log,
                                                           const std::string& directory) {
  auto ends = log->Ends(log::TopicOf(service));
  if (!ends.ok()) return ends.status();
  replay::ReadOnlyLog read_only(log, 0);
  ProgressBar bar("folding");
  replay::ReplayOptions options;
  options.directory = absl::StrCat(directory, "/", service);
  options.threads = flags.threads;
  options.until = time;
  options.progress = [&bar](int64_t done, int64_t all) {
    bar.Show(static_cast<size_t>(done), static_cast<size_t>(all));
  };
  return replay::Fold(&read_only, service, schema, *ends, options);
}

absl::Status Answer(const StateFlags& flags) {
  auto method = FindMethod(flags.method);
  if (!method.ok()) return method.status();
  auto service = ServiceOf(**method);
  if (!service.ok()) return service.status();
  const store::Schema schema(*service);
  const FieldDescriptor* items = ItemsOf(**method, schema);
  const domain::Query* query = QueryOf(**method, *service);
  if (items == nullptr && query == nullptr)
    return absl::UnimplementedError(
        absl::StrCat(flags.method,
                     " cannot be asked of a moment: lists can, and what reads one service, such as "
                     "GetPipeline; a single resource: leadstream get --as-of"));
  std::unique_ptr<Message> request(runtime::PrototypeOf((*method)->input_type())->New());
  std::unique_ptr<Message> response(runtime::PrototypeOf((*method)->output_type())->New());
  if (absl::Status read = ReadRequest(flags.request, request.get()); !read.ok()) return read;
  if (auto bad = domain::Validate(*request); !bad.empty())
    return absl::InvalidArgumentError(absl::StrCat(bad[0].field, ": ", bad[0].description));
  if (server::ReadTimeOf(*request))
    return absl::InvalidArgumentError("read_time: here --as-of says the moment");

  auto log = history::OpenForReading(flags.log);
  if (!log.ok()) return log.status();
  absl::StatusOr<absl::Time> time = absl::Now();
  if (!flags.as_of.empty()) time = history::ParseWhen(log->get(), flags.as_of);
  if (!time.ok()) return time.status();
  const history::Scratch scratch;
  if (scratch.path().empty())
    return absl::UnavailableError("no directory for temporary files can be made");
  auto model = FoldUpTo(flags, service->name, &schema, *time, log->get(), scratch.path());
  if (!model.ok()) return model.status();
  if (items != nullptr) {
    absl::Status listed = AnswerList(**model, items, request.get(), response.get());
    if (!listed.ok()) return listed;
  } else {
    const runtime::ModelReader reader(model->get(), absl::ToUnixMicros(*time));
    if (auto refusal = query->answer(*request, reader, response.get())) return ToStatus(*refusal);
  }
  std::fputs(ToJson(*response, true).c_str(), stdout);
  return absl::OkStatus();
}

}  // namespace

void AddState(CLI::App* app, Run* run) {
  auto flags = std::make_shared<StateFlags>();
  CLI::App* command = app->add_subcommand(
      "state", "What a service would have answered then: a list, the pipeline, a forecast");
  command
      ->add_option("METHOD", flags->method,
                   "a method that reads one service, such as ListLeads, GetPipeline, GetForecast")
      ->required();
  command->add_option("REQUEST", flags->request,
                      "FIELD=VALUE ..., such as filter='state = OPEN' order_by='score desc'; or "
                      "JSON; a list is answered whole, or, with page_size, its first");
  command->add_option("--as-of", flags->as_of,
                      "a time (2026-03-01T09:30:00Z), the beginning of a day (2026-03-01), UTC, or "
                      "when the event at a position (lead/3:1041) was recorded; not said: now");
  command->add_option("--threads", flags->threads)->check(CLI::Range(1, 64))->capture_default_str();
  AddHistoryFlags(command, &flags->log);
  command->callback([flags, run] { *run = [flags] { return ExitOf(Answer(*flags)); }; });
}

}  // namespace leadstream::cli
