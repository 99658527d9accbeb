// leadstream reminders: what is planned, and whose owner is to be reminded of it now.
#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>
#include <absl/time/time.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <utility>
#include <vector>

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/pages.h"
#include "leadstream/lead/v1/activity_service.pb.h"

namespace leadstream::cli {
namespace {

using lead::v1::Activity;
using lead::v1::ListActivitiesRequest;
using lead::v1::ListActivitiesResponse;

struct RemindersOptions {
  std::string server = "localhost:7400";
  std::string owner;
};

std::string Day(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%d %H:%M", absl::FromUnixSeconds(time.seconds()),
                          absl::UTCTimeZone());
}

// 2026-03-02 09:00  CALL     leads/4711            Call Anna, anna, due 2026-03-02 17:00
// activities/...
void Print(const Activity& activity) {
  std::string about = activity.subject();
  if (!activity.owner().empty()) absl::StrAppend(&about, ", ", activity.owner());
  if (activity.has_due_time()) absl::StrAppend(&about, ", due ", Day(activity.due_time()));
  std::printf("%s  %-8s %-46s  %s  %s\n", Day(activity.remind_time()).c_str(),
              Activity::Type_Name(activity.type()).c_str(), activity.regarding().c_str(),
              about.c_str(), activity.name().c_str());
}

absl::Status Remind(const RemindersOptions& options, Client* client) {
  ListActivitiesRequest request;
  request.set_filter("reminder_due = true");
  if (!options.owner.empty()) {
    const std::string owner = absl::StrReplaceAll(options.owner, {{"\\", "\\\\"}, {"\"", "\\\""}});
    request.set_filter(absl::StrCat("reminder_due = true AND owner = \"", owner, "\""));
  }
  std::vector<Activity> due;
  absl::Status status =
      EachPage<ListActivitiesResponse>(client, request, [&due](const ListActivitiesResponse& page) {
        due.insert(due.end(), page.activities().begin(), page.activities().end());
      });
  if (!status.ok()) return status;
  // By the index of what is due they come by their age.
  std::sort(due.begin(), due.end(), [](const Activity& a, const Activity& b) {
    return std::pair(a.remind_time().seconds(), a.name()) <
           std::pair(b.remind_time().seconds(), b.name());
  });
  for (const Activity& activity : due) Print(activity);
  return absl::OkStatus();
}

}  // namespace

void AddReminders(CLI::App* app, Run* run) {
  auto options = std::make_shared<RemindersOptions>();
  CLI::App* reminders = app->add_subcommand(
      "reminders", "Planned activities of which somebody is to be reminded now");
  reminders->add_option("--owner", options->owner, "whose; everybody's where it is not given");
  AddServerFlag(reminders, &options->server)->capture_default_str();
  reminders->callback([options, run] {
    *run = [options] {
      return WithClient(options->server, "leadstream reminders",
                        [&](Client* client) { return Remind(*options, client); });
    };
  });
}

}  // namespace leadstream::cli
