#include "tests/domain/story.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>
#include <google/protobuf/util/time_util.h>

namespace leadstream::testing {
namespace {

using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;
using google::protobuf::util::TimeUtil;

void SetString(Message* message, const char* field_name, const std::string& value) {
  const auto* field = message->GetDescriptor()->FindFieldByName(field_name);
  if (field != nullptr) message->GetReflection()->SetString(message, field, value);
}

void SetTime(Message* message, const char* field_name, const google::protobuf::Timestamp& time) {
  const auto* field = message->GetDescriptor()->FindFieldByName(field_name);
  if (field != nullptr) message->GetReflection()->MutableMessage(message, field)->CopyFrom(time);
}

void ExpectContains(const Message& actual, absl::string_view subset) {
  std::unique_ptr<Message> expected(actual.New());
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(std::string(subset), expected.get()))
      << subset;
  MessageDifferencer differencer;
  differencer.set_scope(MessageDifferencer::PARTIAL);
  std::string difference;
  differencer.ReportDifferencesToString(&difference);
  EXPECT_TRUE(differencer.Compare(*expected, actual)) << difference << "in:\n"
                                                      << actual.DebugString();
}

}  // namespace

std::optional<std::string> RememberedFacts::Get(absl::string_view key) const {
  auto at = facts_.find(std::string(key));
  if (at == facts_.end()) return std::nullopt;
  return at->second;
}

Story::Story(domain::Aggregate aggregate)
    : aggregate_(std::move(aggregate)), state_(aggregate_.prototype().New()) {
  context_.actor = "tester";
  Named(absl::StrCat(aggregate_.collection(), "/test"));
  At("2026-03-02T09:00:00Z");
}

Story& Story::At(absl::string_view time) {
  EXPECT_TRUE(TimeUtil::FromString(std::string(time), &context_.now)) << time;
  return *this;
}

Story& Story::As(absl::string_view actor) {
  context_.actor = std::string(actor);
  return *this;
}

Story& Story::Named(absl::string_view name) {
  context_.name = std::string(name);
  return *this;
}

Story& Story::Knows(absl::string_view name, const Message& resource) {
  std::shared_ptr<Message> copy(resource.New());
  copy->CopyFrom(resource);
  SetString(copy.get(), "name", std::string(name));
  found_[std::string(name)] = std::move(copy);
  return *this;
}

Story& Story::Given(const Message& command_or_event) {
  if (aggregate_.FindFold(command_or_event.GetDescriptor()->full_name()) != nullptr) {
    Fold(command_or_event);
    return *this;
  }
  When(command_or_event);
  if (!decision_->accepted()) {
    ADD_FAILURE() << "given " << command_or_event.GetDescriptor()->name()
                  << ", but it was refused: " << decision_->refusal().reason << ": "
                  << decision_->refusal().message << " " << bad_fields();
  }
  return *this;
}

Story& Story::When(const Message& request) {
  const domain::Command* command = aggregate_.FindCommand(request.GetDescriptor());
  if (command == nullptr) {
    ADD_FAILURE() << request.GetDescriptor()->full_name() << " is not a command of "
                  << aggregate_.collection();
    return *this;
  }
  EXPECT_EQ(command->creates, revision_ == 0)
      << request.GetDescriptor()->name() << ": the resource "
      << (revision_ == 0 ? "does not exist" : "exists");
  // The machinery refuses a command whose needs it cannot find, so the rules never see one.
  for (const std::string& name : domain::StillNeeded(*command, *state_, request, found_)) {
    if (absl::EndsWith(name, "/-")) {
      found_[name] = nullptr;  // of a collection there may be none
    } else {
      ADD_FAILURE() << "say Knows(\"" << name << "\", ...)";
    }
  }
  context_.found = &found_;  // here, as a story may have been moved since it began
  context_.facts = &facts_;
  decision_.emplace(command->decide(*state_, request, context_));
  if (decision_->accepted()) Fold(decision_->event());
  return *this;
}

void Story::Fold(const Message& event) {
  const domain::Fold* fold = aggregate_.FindFold(event.GetDescriptor()->full_name());
  ASSERT_NE(fold, nullptr) << event.GetDescriptor()->full_name() << " has no fold in "
                           << aggregate_.collection();
  fold->evolve(event, state_.get());
  ++revision_;
  deleted_ = fold->deletes;
  if (revision_ == 1) {
    SetString(state_.get(), "name", context_.name);
    SetString(state_.get(), "uid", "uid");
    SetString(state_.get(), "creator", context_.actor);
    SetTime(state_.get(), "create_time", context_.now);
  }
  SetString(state_.get(), "etag", absl::StrCat(revision_));
  SetTime(state_.get(), "update_time", context_.now);
  if (fold->remember) fold->remember(event, *state_, &facts_);
}

Story& Story::ThenEvent(const std::string& type, absl::string_view subset) {
  if (!decision_->accepted()) {
    ADD_FAILURE() << "expected " << type << ", but it was refused: " << decision_->refusal().reason
                  << ": " << decision_->refusal().message << " " << bad_fields();
    return *this;
  }
  EXPECT_EQ(decision_->event().GetDescriptor()->full_name(), type);
  if (!subset.empty() && decision_->event().GetDescriptor()->full_name() == type)
    ExpectContains(decision_->event(), subset);
  return *this;
}

Story& Story::ThenState(absl::string_view subset) {
  ExpectContains(*state_, subset);
  return *this;
}

std::optional<absl::Time> Story::DueOf(absl::string_view timer) const {
  const domain::Timer* found = aggregate_.FindTimer(timer);
  EXPECT_NE(found, nullptr) << timer;
  return found == nullptr || deleted_ ? std::nullopt : found->due(*state_);
}

Story& Story::ThenDue(absl::string_view timer, absl::string_view time) {
  absl::Time expected;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, time, &expected, nullptr)) << time;
  const auto due = DueOf(timer);
  EXPECT_TRUE(due.has_value()) << timer << " is not due";
  if (due) {
    EXPECT_EQ(*due, expected) << timer;
  }
  return *this;
}

Story& Story::ThenNotDue(absl::string_view timer) {
  const auto due = DueOf(timer);
  EXPECT_FALSE(due.has_value()) << timer << " is due at " << *due;
  return *this;
}

Story& Story::ThenRefusedWith(const std::string& reason) {
  if (decision_->accepted()) {
    ADD_FAILURE() << "expected a refusal with " << reason
                  << ", but it was accepted: " << decision_->event().ShortDebugString();
  } else {
    EXPECT_EQ(decision_->refusal().reason, reason) << decision_->refusal().message;
    EXPECT_FALSE(decision_->refusal().message.empty()) << "a refusal says what would help";
  }
  return *this;
}

std::string Story::bad_fields() const {
  return absl::StrJoin(
      decision_->refusal().fields, ",",
      [](std::string* out, const domain::FieldViolation& bad) { out->append(bad.field); });
}

}  // namespace leadstream::testing
