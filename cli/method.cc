#include "cli/method.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <google/protobuf/util/json_util.h>

#include <iostream>
#include <iterator>

#include "cli/all_services.h"
#include "cli/request_text.h"

namespace leadstream::cli {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

absl::Status ReadJson(const std::string& text, Message* request) {
  const auto read = google::protobuf::util::JsonStringToMessage(text, request);
  if (read.ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("that is no ", request->GetDescriptor()->name(), ": ",
                   absl::string_view(read.message().data(), read.message().size())));
}

absl::StatusOr<const MethodDescriptor*> FindMethod(const std::string& asked) {
  std::vector<std::string> found;
  const MethodDescriptor* method = nullptr;
  std::vector<std::string> services = {"leadstream.common.v1.ReactionService",
                                       "leadstream.common.v1.NodeService"};
  for (const domain::ServiceDefinition& definition : AllServices())
    services.insert(services.end(), definition.grpc_services.begin(),
                    definition.grpc_services.end());
  for (const std::string& service : services) {
    const auto* descriptor =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(service);
    for (int i = 0; i < descriptor->method_count(); ++i) {
      const std::string name = absl::StrCat(".", service, "/", descriptor->method(i)->name());
      if (!absl::EndsWith(name, absl::StrCat("/", asked)) &&
          !absl::EndsWith(name, absl::StrCat(".", asked)))
        continue;
      method = descriptor->method(i);
      found.push_back(name.substr(1));
    }
  }
  if (found.empty()) return absl::NotFoundError(absl::StrCat("there is no method ", asked));
  if (found.size() > 1)
    return absl::InvalidArgumentError(absl::StrCat("which one: ", absl::StrJoin(found, ", "), "?"));
  if (method->client_streaming() || method->server_streaming())
    return absl::UnimplementedError(absl::StrCat(asked,
                                                 " is a stream; leadstream calls only "
                                                 "methods that answer once"));
  return method;
}

absl::Status ReadRequest(const std::vector<std::string>& words, Message* request) {
  for (const std::string& word : words) {
    absl::Status status;
    if (word == "-") {
      status = ReadJson(
          std::string(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()),
          request);
    } else if (absl::StartsWith(word, "{")) {
      status = ReadJson(word, request);
    } else {
      status = SetField(word, request);
    }
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace leadstream::cli
