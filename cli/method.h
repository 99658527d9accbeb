// Methods of the services, and what is asked of them, as people type it.
#pragma once

#include <absl/status/statusor.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <string>
#include <vector>

namespace leadstream::cli {

// "QualifyLead", "InvoiceService/RecordPayment" or "leadstream.lead.v1.LeadService/QualifyLead": as
// much of its full name as tells it from others. NotFound: there is none. InvalidArgument: there
// are several. Unimplemented: it does not answer once.
absl::StatusOr<const google::protobuf::MethodDescriptor*> FindMethod(const std::string& asked);

// InvalidArgument: the text is not the message as JSON.
absl::Status ReadJson(const std::string& text, google::protobuf::Message* message);

// FIELD=VALUE (request_text.h), JSON, or -: JSON from the standard input; one after the other.
absl::Status ReadRequest(const std::vector<std::string>& words, google::protobuf::Message* request);

}  // namespace leadstream::cli
