#include "cli/inquiries/email.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <algorithm>

#include "cli/inquiries/draft.h"
#include "cli/inquiries/email_message.h"
#include "cli/inquiries/identity.h"
#include "cli/inquiries/letter.h"
#include "cli/inquiries/purchase.h"
#include "cli/inquiries/words.h"

namespace leadstream::inquiries {
namespace {

// "2 (offer.pdf, plan.dwg)"
std::string Listed(std::vector<std::string> attachments) {
  const size_t count = attachments.size();
  attachments.erase(std::remove(attachments.begin(), attachments.end(), ""), attachments.end());
  return attachments.empty() ? absl::StrCat(count)
                             : absl::StrCat(count, " (", absl::StrJoin(attachments, ", "), ")");
}

Draft DraftOf(const EmailMessage& message, const std::string& file) {
  const Letter letter = ReadLetter(message.text, message.name);
  Draft draft;
  draft.source = lead::v1::Lead::EMAIL;
  draft.reference = message.id.empty() ? absl::StrCat(file, ":", message.line)
                                       : absl::StrCat("<", message.id, ">");
  draft.full_name = message.name.empty() ? letter.name : message.name;
  draft.emails.push_back(message.address);
  draft.job_title = letter.job_title;
  draft.company = letter.company;
  draft.phones = letter.phones;
  draft.website = letter.website;
  draft.language = message.language;
  draft.subject = WithoutReplyPrefixes(message.subject);
  draft.need = TellingSentence(letter.body);
  ReadStatements(letter.body, &draft);
  draft.message = message.text;
  if (message.time)
    draft.time = absl::FormatTime("%Y-%m-%d %H:%M:%SZ", *message.time, absl::UTCTimeZone());
  if (!message.attachments.empty())
    draft.remarks.emplace_back("Attachments", Listed(message.attachments));
  return draft;
}

}  // namespace

absl::Status ReadEmails(absl::string_view bytes, const std::string& name, const Options& options,
                        const Sink& sink) {
  bool any = false;
  ReadMessages(bytes, options.encoding, [&](const EmailMessage& message) {
    any = true;
    Inquiry inquiry{.file = name, .line = message.line, .request = {}};
    std::string reason;
    if (!Finish(DraftOf(message, name), options, inquiry.request.mutable_lead(), &reason)) {
      sink.rejected({name, message.line, reason});
      return;
    }
    const std::string content =
        absl::StrCat(message.address, "\n", message.subject, "\n",
                     message.time ? absl::ToUnixSeconds(*message.time) : 0, "\n", message.text);
    inquiry.request.set_lead_id(message.id.empty() ? IdOfMessageWithoutId(content)
                                                   : IdOfMessage(message.id));
    sink.inquiry(std::move(inquiry));
  });
  if (!any) sink.rejected({name, 1, "no e-mail message in it"});
  return absl::OkStatus();
}

}  // namespace leadstream::inquiries
