// What tests that go through gRPC include, compiled once (tests/CMakeLists.txt). No test relies on
// it: each includes what it uses.
#pragma once

#include "leadstream/billing/v1/invoice_service.pb.h"
#include "leadstream/lead/v1/account_service.pb.h"
#include "leadstream/lead/v1/lead_service.pb.h"
#include "leadstream/opportunity/v1/opportunity_service.pb.h"
#include "leadstream/ordering/v1/order_service.pb.h"
#include "leadstream/quoting/v1/quote_service.pb.h"
#include "tests/prelude.h"
#include "tests/server/serving.h"
