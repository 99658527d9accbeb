// Activities: planned, done, canceled; and who asked not to be called or written to.
#include "services/lead/activity_rules.h"

#include <absl/strings/str_join.h>

#include "tests/domain/lead_examples.h"

namespace leadstream::lead {
namespace {

CreateActivityRequest Plan(const std::string& more = "") {
  auto create = Of<CreateActivityRequest>(
      "activity { type: CALL regarding: 'leads/anna' subject: 'Call Anna' owner: 'bela' }");
  create.mutable_activity()->MergeFrom(Of<Activity>(more));
  return create;
}

Story Activities() {
  Story story(ActivityAggregate());
  story.At("2026-03-02T10:00:00Z")
      .Knows("leads/anna", Lead())
      .Knows("contacts/anna", Contact())
      .Knows("leads/silent", Of<Lead>("consents { do_not_call: true }"))
      .Knows("contacts/peter", Of<Contact>("consents { do_not_email: true }"));
  return story;
}

UpdateActivityRequest Update(const std::string& activity, const std::string& mask = "") {
  UpdateActivityRequest update;
  *update.mutable_activity() = Of<Activity>(activity);
  if (!mask.empty()) update.mutable_update_mask()->add_paths(mask);
  return update;
}

TEST(AnActivity, IsPlannedThenDone) {
  Activities()
      .When(Plan("due_time { seconds: 1772532000 }"))
      .Then<ActivityCreated>()
      .ThenState("state: PLANNED type: CALL regarding: 'leads/anna' owner: 'bela'")
      .When(Of<CompleteActivityRequest>("outcome: 'wants 40 seats'"))
      .Then<ActivityCompleted>("outcome: 'wants 40 seats'")
      .ThenState("state: DONE done_time { seconds: 1772445600 } outcome: 'wants 40 seats'");
}

// 2026-03-02T11:00:00Z.
constexpr char kReminder[] = "remind_time { seconds: 1772449200 }";

TEST(AReminder, IsAnEventWhenItsTimeHasCome) {
  Activities()
      .Given(Plan(kReminder))
      .ThenDue("reminder", "2026-03-02T11:00:00Z")
      .When(RemindOfActivityRequest())
      .ThenRefused(ACTIVITY_REMINDER_NOT_DUE)
      .At("2026-03-02T11:00:00Z")
      .When(RemindOfActivityRequest())
      .Then<ActivityReminded>(kReminder)
      .ThenState("state: PLANNED reminder_due: true")
      .ThenNotDue("reminder")
      .When(RemindOfActivityRequest())
      .ThenRefused(ACTIVITY_REMINDER_NOT_DUE);
}

TEST(AReminder, IsOverOnceItIsDoneOrPutOff) {
  Story story = Activities();
  story.At("2026-03-02T11:00:00Z")
      .Given(Plan(kReminder))
      .Given(RemindOfActivityRequest())
      .When(Update("remind_time { seconds: 1772452800 }", "remind_time"))
      .ThenDue("reminder", "2026-03-02T12:00:00Z");
  EXPECT_FALSE(story.state<Activity>().reminder_due());
  story.At("2026-03-02T12:00:00Z")
      .Given(RemindOfActivityRequest())
      .When(Of<CompleteActivityRequest>(""))
      .ThenNotDue("reminder")
      .When(RemindOfActivityRequest())
      .ThenRefused(ACTIVITY_NOT_PLANNED);
  EXPECT_FALSE(story.state<Activity>().reminder_due());
  Activities().Given(Plan()).ThenNotDue("reminder");
}

TEST(AnActivity, ThatWasDoneIsKeptAsDone) {
  Activities()
      .When(Plan("done_time { seconds: 1772440000 } outcome: 'no answer'"))
      .ThenState("state: DONE done_time { seconds: 1772440000 } outcome: 'no answer'")
      .When(Of<CompleteActivityRequest>(""))
      .ThenRefused(ACTIVITY_NOT_PLANNED);
}

TEST(AnActivity, IsCanceledForGood) {
  Activities()
      .Given(Plan())
      .When(Of<CancelActivityRequest>("note: 'she called herself'"))
      .Then<ActivityCanceled>()
      .ThenState("state: CANCELED cancel_note: 'she called herself'")
      .When(Of<CancelActivityRequest>(""))
      .ThenRefused(ACTIVITY_NOT_PLANNED)
      .When(Update("subject: 'Call Anna again'"))
      .ThenRefused(ACTIVITY_CANCELED);
}

TEST(ANote, IsDoneAsItIsWritten) {
  Activities()
      .When(Of<CreateActivityRequest>(
          "activity { type: NOTE regarding: 'invoices/1' subject: 'Pays late' }"))
      .ThenState("state: DONE done_time { seconds: 1772445600 }");
  Story story = Activities();
  story
      .When(Of<CreateActivityRequest>("activity { type: NOTE regarding: 'invoices/1' subject: 's' "
                                      "due_time {} remind_time {} }"))
      .ThenRefused(ACTIVITY_NOTE_PLANNED);
  EXPECT_EQ(story.bad_fields(), "activity.due_time,activity.remind_time");
}

TEST(AnActivity, HasItsTimesInOrder) {
  Story story = Activities();
  story
      .When(Plan("start_time { seconds: 20 } end_time { seconds: 10 } due_time { seconds: 10 } "
                 "remind_time { seconds: 20 } done_time { seconds: 9999999999 }"))
      .ThenRefused(ACTIVITY_TIMES_OUT_OF_ORDER);
  EXPECT_EQ(story.bad_fields(), "activity.end_time,activity.remind_time,activity.done_time");
  Activities()
      .Given(Plan("due_time { seconds: 10 }"))
      .When(Update("remind_time { seconds: 20 }"))
      .ThenRefused(ACTIVITY_TIMES_OUT_OF_ORDER)
      .When(Of<CompleteActivityRequest>("done_time { seconds: 9999999999 }"))
      .ThenRefused(ACTIVITY_TIMES_OUT_OF_ORDER);
}

TEST(AnUpdate, ChangesWhatIsKnownButNotWhetherItIsDone) {
  Story story = Activities();
  story.Given(Plan())
      .When(Update("body: 'about the seats' owner: 'cili'"))
      .Then<ActivityUpdated>("update_mask { paths: 'body' paths: 'owner' }")
      .ThenState("body: 'about the seats' owner: 'cili' state: PLANNED")
      .When(Update("done_time { seconds: 10 }"))
      .ThenRefused(ACTIVITY_DONE_TIME_FIXED);
  EXPECT_EQ(story.bad_fields(), "activity.done_time");
  Activities()
      .Given(Plan("done_time { seconds: 10 }"))
      .When(Update("", "done_time"))
      .ThenRefused(ACTIVITY_DONE_TIME_FIXED)
      .When(Update("done_time { seconds: 20 }"))
      .ThenState("state: DONE done_time { seconds: 20 }")
      .When(Update("type: EMAIL"))
      .ThenRefused(common::v1::INVALID_FIELD);
}

TEST(SomebodyWhoAskedNotToBeCalled, IsNotCalled) {
  Activities().When(Plan("regarding: 'leads/silent'")).ThenRefused(ACTIVITY_DO_NOT_CALL);
  Activities()
      .When(Plan("regarding: 'leads/silent' direction: OUTGOING"))
      .ThenRefused(ACTIVITY_DO_NOT_CALL);
  Activities().When(Plan("regarding: 'leads/silent' direction: INCOMING")).Then<ActivityCreated>();
  Activities().When(Plan("regarding: 'leads/silent' type: EMAIL")).Then<ActivityCreated>();
  Activities()
      .Given(Plan())
      .When(Update("regarding: 'leads/silent'"))
      .ThenRefused(ACTIVITY_DO_NOT_CALL);
}

TEST(SomebodyWhoAskedForNoMail, IsNotWrittenToWhateverItIsAbout) {
  Activities()
      .When(Plan("type: EMAIL regarding: 'quotes/q' contacts: 'contacts/peter'"))
      .ThenRefused(ACTIVITY_DO_NOT_EMAIL);
  Activities()
      .Given(Plan("type: EMAIL"))
      .When(Update("contacts: 'contacts/peter'"))
      .ThenRefused(ACTIVITY_DO_NOT_EMAIL);
}

// Otherwise a call that took place could not be recorded.
TEST(SomebodyWhoAsksMeanwhile, DoesNotUndoWhatWasPlannedBefore) {
  Activities()
      .Given(Plan("contacts: 'contacts/anna'"))
      .Knows("leads/anna", Of<Lead>("consents { do_not_call: true }"))
      .When(Update("regarding: 'leads/anna' outcome: 'called before she asked'"))
      .Then<ActivityUpdated>()
      .When(Of<CompleteActivityRequest>(""))
      .Then<ActivityCompleted>();
}

TEST(AnActivity, NeedsWhatItConcernsInThisService) {
  EXPECT_EQ(absl::StrJoin(Needs(Plan("contacts: 'contacts/a' contacts: 'contacts/b'")), " "),
            "contacts/a contacts/b leads/anna");
  EXPECT_EQ(absl::StrJoin(Needs(Plan("regarding: 'quotes/q'")), " "), "");
}

TEST(AMovedActivity, IsAboutWhatLivesOn) {
  Activities()
      .Given(Plan("contacts: 'contacts/anna' contacts: 'contacts/peter'"))
      .When(Of<MoveActivityRequest>("from: 'leads/anna' to: 'leads/b'"))
      .Then<ActivityMoved>()
      .ThenState("regarding: 'leads/b' contacts: 'contacts/anna' contacts: 'contacts/peter'")
      .When(Of<MoveActivityRequest>("from: 'contacts/anna' to: 'contacts/c'"))
      .ThenState("contacts: 'contacts/c' contacts: 'contacts/peter'")
      .When(Of<MoveActivityRequest>("from: 'contacts/peter' to: 'contacts/c'"))
      .ThenState("contacts: 'contacts/c'")
      .When(Of<MoveActivityRequest>("from: 'contacts/peter' to: 'contacts/d'"))
      .ThenState("regarding: 'leads/b' contacts: 'contacts/c'");
}

}  // namespace
}  // namespace leadstream::lead
