#include "tests/bench/leads.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include <array>

#include "common/runtime/ids.h"

namespace leadstream::bench {
namespace {

using lead::v1::Lead;

constexpr std::array kGiven = {"Anna",  "Péter", "Judit", "Jan",    "Lucie",  "Marek",
                               "Elena", "Jonas", "Sofia", "Bálint", "Katrin", "Tomáš"};
constexpr std::array kFamily = {"Kovács", "Novák",    "Müller", "Horváth", "Nagy",
                                "Wagner", "Dvořák",   "Rossi",  "Szabó",   "Fischer",
                                "Tóth",   "Kowalska", "Berg"};
constexpr std::array kTrade = {"Malom", "Vitrum", "Nordlicht", "Alpin",  "Duna",  "Sirius",
                               "Falco", "Orbis",  "Terra",     "Lignum", "Castor"};
constexpr std::array kForm = {"Kft.", "GmbH", "s.r.o.", "AG", "Zrt.", "SpA", "AB"};
constexpr std::array kTopic = {"Annual plan for the sales team", "Replacement of the old CRM",
                               "Pilot at one site", "Quote for on-premises use",
                               "Migration from spreadsheets"};
constexpr std::array kNeed = {
    "They keep offers in spreadsheets and lose track of who promised what; want one place by the "
    "end of the quarter.",
    "Two plants, one price list. Needs discounts by volume, and invoices in HUF and EUR.",
    "Saw the demo at the fair, wants it tried by five people before the board decides in autumn.",
};
constexpr std::array kSource = {Lead::WEB, Lead::EMAIL,    Lead::TRADE_SHOW,
                                Lead::WEB, Lead::REFERRAL, Lead::PHONE};
constexpr std::array kOwner = {"anna", "bela", "cecil", "dora", "emil"};
constexpr int kScores = 100;

// The next of a table, each table at a pace of its own.
template <typename Table>
auto Pick(const Table& table, uint64_t number, uint64_t pace) {
  return table[static_cast<size_t>(number / pace % table.size())];
}

}  // namespace

lead::v1::CreateLeadRequest CreateLead(uint64_t number, const std::string& run) {
  lead::v1::CreateLeadRequest request;
  Lead& lead = *request.mutable_lead();
  lead.set_topic(absl::StrCat(Pick(kTopic, number, 1), ", ", 5 + number % 195, " seats"));
  lead.mutable_person()->set_given_name(Pick(kGiven, number, 1));
  lead.mutable_person()->set_family_name(Pick(kFamily, number, 1));
  lead.mutable_person()->set_job_title("Head of sales");
  lead.set_company(
      absl::StrCat(Pick(kTrade, number, 1), " ", number / 7, " ", Pick(kForm, number, 1)));
  lead.add_emails(absl::StrCat("buyer", number, "@", "customer", number / 7, ".example"));
  lead.add_phones()->set_number(
      absl::StrFormat("+36 20 %03d %04d", number / 10'000 % 1'000, number % 10'000));
  lead.mutable_address()->set_city("Győr");
  lead.mutable_address()->set_country("HU");
  lead.set_source(Pick(kSource, number, 1));
  lead.mutable_source_detail()->set_page("https://www.example.com/contact");
  lead.set_owner(Pick(kOwner, number, 3));
  lead.set_score(static_cast<int>(number * 37 % kScores));
  lead.set_need(Pick(kNeed, number, 1));
  request.set_request_id(runtime::UuidOf({run, absl::StrCat(number)}));
  return request;
}

}  // namespace leadstream::bench
