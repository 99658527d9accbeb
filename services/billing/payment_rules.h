// What payments leave to pay.
#pragma once

#include <google/type/money.pb.h>

#include "leadstream/billing/v1/invoice.pb.h"

namespace leadstream::billing {

// What is owed once so much of the invoice is paid and credited in all.
google::type::Money BalanceOf(const v1::Invoice& invoice, const google::type::Money& paid,
                              const google::type::Money& credited);
v1::Invoice::PaymentState PaymentStateOf(const google::type::Money& paid,
                                         const google::type::Money& balance);

}  // namespace leadstream::billing
