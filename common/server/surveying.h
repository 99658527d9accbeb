// Answers surveys: asks every service that has a part of the answer.
#pragma once

#include <google/protobuf/descriptor.h>

#include "common/domain/survey.h"
#include "common/runtime/service.h"
#include "common/server/table_service.h"

namespace leadstream::server {

// A survey waits for others, so it has threads of its own: what it asks of this process is answered
// by those that answer every slow read.
UnaryHandler SurveyHandler(runtime::Service* service, const domain::Survey* survey,
                           const google::protobuf::MethodDescriptor* method);

}  // namespace leadstream::server
