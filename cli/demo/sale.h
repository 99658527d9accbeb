// A sale that takes days, as straight code that stops wherever it would wait.
//
//   Sale sale(&world, [&](Office* sales, Office* manager) {
//     return Desk(sales, manager, &catalogue).Work(lead);
//   });
//   while (sale.GoOn() == Sale::kWaits) { /* let time pass until sale.wakes(), */ }
//
// Each runs on a stack of its own, on the thread that calls GoOn, and all calls are carried out on
// that thread's. One that is destroyed before its end is unwound.
#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <boost/context/fiber.hpp>
#include <functional>
#include <string>

#include "cli/demo/office.h"
#include "cli/demo/stack_switches.h"
#include "cli/world/world.h"

namespace leadstream::demo {

class Sale {
 public:
  using Work = std::function<absl::Status(Office* sales, Office* manager)>;
  enum State { kWaits, kOver };

  Sale(world::World* world, Work work);
  Sale(const Sale&) = delete;
  Sale& operator=(const Sale&) = delete;
  ~Sale();

  // Until it waits, or is over; not again then.
  State GoOn();
  absl::Time wakes() const { return wakes_; }
  // Of one that is over.
  const absl::Status& status() const { return status_; }

 private:
  class Desk : public Office {
   public:
    Desk(Sale* sale, std::string actor) : sale_(sale), actor_(std::move(actor)) {}
    absl::Status CallInto(const google::protobuf::Message& request,
                          google::protobuf::Message* reply) override;
    absl::Time Now() const override { return sale_->world_->now(); }
    void Wait(absl::Duration moment) override { Pass(moment); }
    void Pass(absl::Duration days) override;

   private:
    Sale* const sale_;
    const std::string actor_;
  };
  struct Call {
    const std::string* actor = nullptr;  // null: none is wanted
    const google::protobuf::Message* request = nullptr;
    google::protobuf::Message* reply = nullptr;
    absl::Status answer;
  };
  void Begin();
  void Yield();

  world::World* const world_;
  const Work work_;
  Desk sales_{this, "sales"}, manager_{this, "sales-manager"};
  Call call_;
  absl::Time wakes_;
  absl::Status status_;
  StackSwitches switches_;
  boost::context::fiber caller_, sale_;  // the latter is none before it begins and after its end
};

}  // namespace leadstream::demo
