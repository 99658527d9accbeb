// Where a log may end so that no event is there without its cause.
#include "cli/backup/cut.h"

#include <gtest/gtest.h>

namespace leadstream::backup {
namespace {

using Ends = std::map<PartitionName, int64_t>;

const PartitionName kQuotes{"quoting", 0}, kOrders{"ordering", 0}, kInvoices{"billing", 0};

TEST(Cut, StaysWhereEveryCauseIsBeforeIt) {
  Ends ends{{kQuotes, 2}, {kOrders, 1}};
  MakeConsistent({{kQuotes, 1, "accepted", ""}, {kOrders, 0, "placed", "accepted"}}, &ends);
  EXPECT_EQ(ends, (Ends{{kQuotes, 2}, {kOrders, 1}}));
}

TEST(Cut, LeavesOutAnEffectWhoseCauseIsBehindIt) {
  Ends ends{{kQuotes, 1}, {kOrders, 5}};
  MakeConsistent(
      {{kQuotes, 1, "accepted", ""}, {kOrders, 3, "other", ""}, {kOrders, 4, "placed", "accepted"}},
      &ends);
  EXPECT_EQ(ends, (Ends{{kQuotes, 1}, {kOrders, 4}}));
}

TEST(Cut, LeavesOutWhatFollowsFromWhatWasLeftOut) {
  Ends ends{{kQuotes, 0}, {kOrders, 3}, {kInvoices, 2}};
  MakeConsistent({{kInvoices, 0, "earlier", ""},
                  {kInvoices, 1, "issued", "fulfilled"},
                  {kOrders, 1, "placed", "accepted"},
                  {kOrders, 2, "fulfilled", ""},
                  {kQuotes, 0, "accepted", ""}},
                 &ends);
  EXPECT_EQ(ends, (Ends{{kQuotes, 0}, {kOrders, 1}, {kInvoices, 1}}));
}

}  // namespace
}  // namespace leadstream::backup
