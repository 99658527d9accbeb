#include "cli/demo/sale.h"

#include <absl/strings/str_cat.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/log/local_log.h"
#include "leadstream/lead/v1/lead_service.pb.h"
#include "tests/message_of.h"
#include "tests/temporary_directory.h"

namespace leadstream::testing {
namespace {

using demo::Office;
using demo::Sale;
using ::testing::ElementsAre;

const absl::Time kBegins = absl::FromUnixSeconds(1'700'000'000);

class DemoSale : public ::testing::Test {
 protected:
  DemoSale()
      : log_(log::LocalLog::Open({.directory = directory_.path() + "/log"}).value()),
        world_(world::World::Begin(
                   log_.get(),
                   {.scratch = directory_.path() + "/scratch", .partitions = 2, .begins = kBegins})
                   .value()) {}

  // The name of a lead that was created, or the error's message.
  static std::string Create(Office* sales, const std::string& topic) {
    const auto lead = sales->Call<lead::v1::Lead>(Of<lead::v1::CreateLeadRequest>(
        absl::StrCat("lead { topic: '", topic, "' emails: 'a@example.com' }")));
    return lead.ok() ? lead->name() : std::string(lead.status().message());
  }

  TemporaryDirectory directory_;
  std::unique_ptr<log::EventLog> log_;
  std::unique_ptr<world::World> world_;
};

TEST_F(DemoSale, IsCarriedOutAtOnceWhereItDoesNotWait) {
  std::string lead;
  Sale sale(world_.get(), [&](Office* sales, Office*) {
    lead = Create(sales, "40 seats");
    return absl::NotFoundError("a buyer");
  });
  EXPECT_EQ(sale.GoOn(), Sale::kOver);
  EXPECT_EQ(sale.status(), absl::NotFoundError("a buyer"));
  EXPECT_THAT(lead, ::testing::StartsWith("leads/"));
}

TEST_F(DemoSale, StopsWhereItWouldWaitAndGoesOnThere) {
  std::vector<std::string> done;
  Sale sale(world_.get(), [&](Office* sales, Office* manager) {
    done.push_back("asked");
    sales->Pass(absl::Hours(48));
    done.push_back(absl::FormatDuration(manager->Now() - kBegins));
    manager->Pass(absl::Hours(24));
    done.push_back(absl::FormatDuration(sales->Now() - kBegins));
    return absl::OkStatus();
  });
  EXPECT_THAT(done, ElementsAre());
  ASSERT_EQ(sale.GoOn(), Sale::kWaits);
  EXPECT_THAT(done, ElementsAre("asked"));
  EXPECT_EQ(sale.wakes(), kBegins + absl::Hours(48));
  ASSERT_TRUE(world_->PassUntil(sale.wakes()).ok());
  ASSERT_EQ(sale.GoOn(), Sale::kWaits);
  EXPECT_EQ(sale.wakes(), kBegins + absl::Hours(72));
  ASSERT_TRUE(world_->PassUntil(sale.wakes()).ok());
  ASSERT_EQ(sale.GoOn(), Sale::kOver);
  EXPECT_THAT(done, ElementsAre("asked", "48h", "72h"));
}

TEST_F(DemoSale, GoesOnBesideOthers) {
  std::vector<std::string> done;
  const auto work = [&](const std::string& name) {
    return [&done, name](Office* sales, Office*) {
      for (int day = 1; day <= 2; ++day) {
        sales->Pass(absl::Hours(24));
        done.push_back(absl::StrCat(name, day));
      }
      return absl::OkStatus();
    };
  };
  Sale first(world_.get(), work("first")), second(world_.get(), work("second"));
  while (first.GoOn() == Sale::kWaits) second.GoOn();
  EXPECT_THAT(done, ElementsAre("first1", "second1", "first2"));
}

TEST_F(DemoSale, ThatIsDroppedIsUnwoundBegunOrNot) {
  struct Witness {
    ~Witness() { done->push_back("unwound"); }
    std::vector<std::string>* done;
  };
  std::vector<std::string> done;
  const auto work = [&](Office* sales, Office*) {
    const Witness witness{&done};
    done.push_back("begun");
    sales->Pass(absl::Hours(24));
    done.push_back("went on");
    return absl::OkStatus();
  };
  { Sale never_begun(world_.get(), work); }
  EXPECT_THAT(done, ElementsAre());
  {
    Sale waiting(world_.get(), work);
    ASSERT_EQ(waiting.GoOn(), Sale::kWaits);
  }
  EXPECT_THAT(done, ElementsAre("begun", "unwound"));
}

}  // namespace
}  // namespace leadstream::testing
