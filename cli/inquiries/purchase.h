// What an inquiry says of buying: with what money, who decides, and when. On it hangs whether a
// lead is qualified, so what is not said for certain goes to the remarks, in the inquiry's words.
#pragma once

#include <absl/strings/string_view.h>

#include "cli/inquiries/draft.h"
#include "cli/inquiries/remarks.h"
#include "leadstream/lead/v1/lead.pb.h"

namespace leadstream::inquiries {

// Fills the budget, the decision maker and the time frame of a lead that has its person already:
// "Do you decide? Yes" names them.
void FillPurchase(const Draft& draft, lead::v1::Lead* lead, Remarks* remarks);

// Looks for what a text says outright, and puts it where the draft has nothing yet. English,
// Hungarian, German, French, Polish and Japanese:
//   Budget: 12 000 EUR
//   Our budget is 5 million Ft.
//   Döntéshozó: Kiss Ilona
//   Zeitrahmen: dieses Jahr
void ReadStatements(absl::string_view text, Draft* draft);

}  // namespace leadstream::inquiries
