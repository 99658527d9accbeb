// Who owes is reminded: when, at which level, and when not.
#include "tests/domain/invoice_examples.h"

namespace leadstream::billing {
namespace {

using testing::Story;

// Issued on the 2nd of March 2026, due on the 16th.
Story Owed(const std::string& more = "") {
  Story story = NoInvoice();
  story.Given(Issued(more));
  return story;
}
RemindOfInvoiceRequest Remind() { return {}; }

TEST(RemindingOfAnInvoice, IsDueAWeekAfterTheDueDate) {
  Owed()
      .ThenDue("reminder", "2026-03-23T00:00:00Z")
      .At("2026-03-22T23:59:59Z")
      .When(Remind())
      .ThenRefused(REMINDER_NOT_DUE)
      .At("2026-03-23T00:00:00Z")
      .When(Remind())
      .Then<InvoiceReminded>(R"pb(
        reminder {
          level: 1
          date { year: 2026 month: 3 day: 23 }
          days_overdue: 7
          balance { currency_code: "EUR" units: 464 nanos: 400000000 }
        }
        number: "INV-2026-000001"
        account: "accounts/acme"
      )pb")
      .ThenState("reminder_level: 1 reminders { level: 1 }");
}

TEST(RemindingOfAnInvoice, GoesOnLevelByLevel) {
  Owed()
      .At("2026-03-23T00:00:00Z")
      .Given(Remind())
      .ThenDue("reminder", "2026-04-06T00:00:00Z")
      .When(Remind())
      .ThenRefused(REMINDER_NOT_DUE)
      .At("2026-04-06T00:00:00Z")
      .Given(Remind())
      .ThenDue("reminder", "2026-04-20T00:00:00Z")
      .At("2026-04-20T00:00:00Z")
      .Given(Remind())
      .ThenNotDue("reminder")
      .ThenState("reminder_level: 3");
}

TEST(RemindingOfAnInvoice, IsAsTheInvoiceSays) {
  Owed("invoice { reminder_days: 1 reminder_days: 100 }")
      .ThenDue("reminder", "2026-03-17T00:00:00Z")
      .At("2026-03-17T00:00:00Z")
      .Given(Remind())
      .ThenDue("reminder", "2026-06-24T00:00:00Z");
}

TEST(RemindingOfAnInvoice, EndsWhenNothingIsOwed) {
  Owed().Given(Pay("464.40", "r")).ThenNotDue("reminder");
  Owed().Given(CreditOf()).ThenNotDue("reminder");
  Owed().Given(Pay("500", "r")).ThenNotDue("reminder");
  Owed()
      .Given(Pay("464.40", "r"))
      .Given(Refund("0.01", "s"))
      .ThenDue("reminder", "2026-03-23T00:00:00Z");
}

TEST(RemindingOfAnInvoice, IsOfWhatIsLeft) {
  Owed()
      .Given(Pay("400", "r"))
      .At("2026-03-23T00:00:00Z")
      .When(Remind())
      .Then<InvoiceReminded>("reminder { balance { units: 64 nanos: 400000000 } }");
}

TEST(RemindingOfAnInvoice, IsHeldWhileTheBuyerDisputesIt) {
  Owed()
      .When(HoldFor("two desks are missing"))
      .Then<RemindersHeld>("hold { reason: 'two desks are missing' }")
      .ThenState("reminder_hold { reason: 'two desks are missing' }")
      .ThenNotDue("reminder")
      .At("2026-04-10T00:00:00Z")
      .When(Remind())
      .ThenRefused(REMINDER_NOT_DUE)
      .When(ResumeRemindersRequest())
      .Then<RemindersResumed>()
      .ThenDue("reminder", "2026-03-23T00:00:00Z");
}

// Whose day has passed meanwhile is left out.
TEST(RemindingOfAnInvoice, NeverSendsSeveralLettersAtOnce) {
  Owed()
      .At("2026-04-10T00:00:00Z")
      .When(Remind())
      .Then<InvoiceReminded>("reminder { level: 2 days_overdue: 25 }")
      .ThenDue("reminder", "2026-04-20T00:00:00Z");
}

TEST(RemindingOfAnInvoice, IsNotOfDraftsNorCreditNotes) {
  Drafted().ThenNotDue("reminder");
  Story story = NoInvoice();
  story.Given(Of<InvoiceIssued>("invoice { type: CREDIT_NOTE state: ISSUED }"))
      .ThenNotDue("reminder");
}

}  // namespace
}  // namespace leadstream::billing
