// Assignment rules, and who gets a new lead by them.
#include "services/lead/assignment_rules.h"

#include <map>

#include "tests/domain/lead_reacting.h"

namespace leadstream::lead {
namespace {

using testing::Known;

AssignmentRule Rule(const std::string& method, const std::string& more = "") {
  return Of<AssignmentRule>("method: " + method +
                            " enabled: true assignees { owner: 'anna' capacity: 2 } "
                            "assignees { owner: 'bela' capacity: 2 } assignees { owner: 'cili' } " +
                            more);
}

// Who gets the leads of these turns.
std::string Turns(const AssignmentRule& rule, std::initializer_list<int> turns,
                  std::map<std::string, int64_t> load = {}) {
  std::string got;
  for (int turn : turns)
    absl::StrAppend(
        &got, AssigneeOf(rule, turn, [&](const std::string& owner) { return load[owner]; }), " ");
  return got;
}

TEST(RoundRobin, TakesOneAfterTheOtherAndPassesOverWhoIsFull) {
  EXPECT_EQ(Turns(Rule("ROUND_ROBIN"), {0, 1, 2, 3, 4}), "anna bela cili anna bela ");
  EXPECT_EQ(Turns(Rule("ROUND_ROBIN"), {0, 1, 2}, {{"anna", 2}, {"bela", 1}}), "bela bela cili ");
  EXPECT_EQ(Turns(Rule("ROUND_ROBIN"), {0}, {{"anna", 9}, {"bela", 9}, {"cili", 9}}), "cili ")
      << "without a capacity there is no end";
}

TEST(LeastLoaded, TakesWhoHasFewest) {
  EXPECT_EQ(Turns(Rule("LEAST_LOADED"), {0, 1}), "anna anna ") << "the first among equals";
  EXPECT_EQ(Turns(Rule("LEAST_LOADED"), {0}, {{"anna", 1}, {"bela", 0}, {"cili", 5}}), "bela ");
  EXPECT_EQ(Turns(Rule("LEAST_LOADED"), {0}, {{"anna", 2}, {"bela", 3}, {"cili", 5}}), "cili ");
}

TEST(ALead, StaysWithoutAnOwnerIfAllAreFull) {
  const auto rule = Of<AssignmentRule>("assignees { owner: 'anna' capacity: 2 }");
  EXPECT_EQ(Turns(rule, {0}, {{"anna", 2}}), " ");
}

TEST(ALead, IsForTheFirstRuleByRank) {
  const auto rule = [](const std::string& name, int rank, const std::string& filter) {
    AssignmentRule made;
    made.set_name(name);
    made.set_rank(rank);
    made.set_filter(filter);
    return made;
  };
  const auto last = rule("assignmentRules/a", 9, ""),
             b = rule("assignmentRules/b", 1, "source = WEB"),
             c = rule("assignmentRules/c", 1, "source = WEB");
  EXPECT_EQ(FirstFor(Of<Lead>("source: WEB"), {&last, &c, &b}), &b);
  EXPECT_EQ(FirstFor(Lead(), {&last, &c, &b}), &last);
  EXPECT_EQ(FirstFor(Lead(), {&c, &b}), nullptr);
}

CreateAssignmentRuleRequest Create(const std::string& rule) {
  return Of<CreateAssignmentRuleRequest>("assignment_rule { " + rule + " }");
}

TEST(AnAssignmentRule, NamesWhoGetsTheLeadsEachOnce) {
  Story story(AssignmentRuleAggregate());
  story.When(Create("")).ThenRefused(ASSIGNMENT_RULE_INVALID);
  EXPECT_EQ(story.bad_fields(), "assignment_rule.assignees");
  story.When(Create("assignees { owner: 'anna' } assignees { owner: 'anna' capacity: -1 }"))
      .ThenRefused(ASSIGNMENT_RULE_INVALID);
  EXPECT_EQ(story.bad_fields(),
            "assignment_rule.assignees[1].owner,assignment_rule.assignees[1].capacity");
  story.When(Create("assignees { owner: 'anna' } filter: 'sauce = WEB'"))
      .ThenRefused(RULE_FILTER_INVALID);
}

TEST(AnAssignmentRule, CountsItsTurns) {
  const auto offer = Of<OfferLeadRequest>("lead: 'leads/x'");
  Story(AssignmentRuleAggregate())
      .Given(Create("assignees { owner: 'anna' } enabled: true"))
      .When(offer)
      .Then<LeadOffered>("lead: 'leads/x'")
      .When(offer)
      .Then<LeadOffered>("turn: 1")
      .ThenState("turns: 2")
      .When(Of<UpdateAssignmentRuleRequest>("assignment_rule { rank: 4 }"))
      .Then<AssignmentRuleUpdated>("update_mask { paths: 'rank' }")
      .ThenState("turns: 2 rank: 4");
}

TEST(AnAssignmentRule, IsDisabledBeforeItIsDeleted) {
  Story story(AssignmentRuleAggregate());
  story.Given(Create("assignees { owner: 'anna' } enabled: true"))
      .When(DeleteAssignmentRuleRequest())
      .ThenRefused(ASSIGNMENT_RULE_IN_USE)
      .Given(Of<UpdateAssignmentRuleRequest>("assignment_rule {} update_mask { paths: 'enabled' }"))
      .When(DeleteAssignmentRuleRequest())
      .Then<AssignmentRuleDeleted>();
}

TEST(ALeadThatIsAssignedByARule, SaysWhichAndKeepsTheOwnerItHas) {
  const auto assign = Of<AssignLeadRequest>(
      "owner: 'anna' assignment_rule: 'assignmentRules/r' only_if_unowned: true");
  OpenLead()
      .When(assign)
      .Then<LeadAssigned>("owner: 'anna' assignment_rule: 'assignmentRules/r'")
      .ThenState("owner: 'anna'");
  OpenLead("owner: 'bela'")
      .When(assign)
      .Then<LeadAssigned>("owner: 'bela'")
      .ThenState("owner: 'bela'");
  DisqualifiedLead().When(assign).Then<LeadAssigned>().ThenState("state: DISQUALIFIED owner: ''");
}

Known Office() {
  Known known;
  known.Add(AssignmentRuleAggregate(), "assignmentRules/r", Rule("ROUND_ROBIN"))
      .Add(LeadAggregate(), "leads/new", Of<Lead>("state: OPEN"))
      .Add(LeadAggregate(), "leads/hers", Of<Lead>("state: OPEN owner: 'cili'"))
      .Add(LeadAggregate(), "leads/1", Of<Lead>("state: OPEN owner: 'anna'"))
      .Add(LeadAggregate(), "leads/2", Of<Lead>("state: OPEN owner: 'anna'"))
      .Add(LeadAggregate(), "leads/3", Of<Lead>("state: DISQUALIFIED owner: 'bela'"))
      .Add(LeadAggregate(), "leads/4", Of<Lead>("state: OPEN owner: 'bela'"));
  return known;
}

TEST(ANewLead, IsOfferedIfNobodyHasIt) {
  const auto issued = ReactionsTo(LeadCreated(), "subject: 'leads/new'", Office());
  ASSERT_EQ(Names(issued), "offer-created-lead");
  EXPECT_EQ(issued[0].request->ShortDebugString(),
            "name: \"assignmentRules/r\" lead: \"leads/new\"");
  EXPECT_EQ(Names(ReactionsTo(LeadCreated(), "subject: 'leads/hers'", Office())), "");
  EXPECT_EQ(Names(ReactionsTo(LeadCreated(), "subject: 'leads/new'")), "") << "there is no rule";
}

TEST(AnOfferedLead, IsAssignedToWhoseTurnItIsAndHasCapacity) {
  const auto to = [](const std::string& offered) {
    const auto issued =
        ReactionsTo(Of<LeadOffered>(offered), "subject: 'assignmentRules/r'", Office());
    if (issued.empty()) return std::string();
    const auto& assign = dynamic_cast<const AssignLeadRequest&>(*issued[0].request);
    EXPECT_TRUE(assign.only_if_unowned());
    return assign.name() + " " + assign.owner();
  };
  EXPECT_EQ(to("lead: 'leads/new'"), "leads/new bela") << "anna has two, bela one that is open";
  EXPECT_EQ(to("lead: 'leads/new' turn: 2"), "leads/new cili");
  EXPECT_EQ(to("lead: 'leads/hers'"), "") << "assigned meanwhile";
}

}  // namespace
}  // namespace leadstream::lead
