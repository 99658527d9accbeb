// Tells sanitizers which stack a thread is about to run on, where code has one of its own. Without
// a sanitizer nothing is told.
//
//   the thread's stack                  the one of its own
//
//   WillEnter(); resume  ------------>  DidEnter();
//                                       ...
//   DidLeave();  <--------------------  WillLeave(); resume
//   WillEnter(); resume  ------------>  DidEnter();
//                                       ...
//   DidLeave();  <--------------------  WillLeaveForGood(); return
#pragma once

#ifdef LEADSTREAM_SANITIZED
#include <sanitizer/common_interface_defs.h>
#ifndef __SANITIZE_ADDRESS__
#include <sanitizer/tsan_interface.h>
#endif
#endif

#include <boost/context/fixedsize_stack.hpp>
#include <cstddef>

namespace leadstream::demo {

#ifdef __SANITIZE_ADDRESS__
constexpr size_t kRoomForSanitizers = 4;  // around each variable
#else
constexpr size_t kRoomForSanitizers = 1;
#endif

#if !defined(LEADSTREAM_SANITIZED)

class StackSwitches {
 public:
  void IsAt(const boost::context::stack_context&) {}
  void WillEnter() {}
  void DidEnter() {}
  void WillLeave() {}
  void WillLeaveForGood() {}
  void DidLeave() {}
};

#elif defined(__SANITIZE_ADDRESS__)

class StackSwitches {
 public:
  void IsAt(const boost::context::stack_context& stack) {
    own_.size = stack.size;
    own_.bottom = static_cast<const char*>(stack.sp) - stack.size;
  }
  void WillEnter() { __sanitizer_start_switch_fiber(&thread_.fake, own_.bottom, own_.size); }
  void DidEnter() { __sanitizer_finish_switch_fiber(own_.fake, &thread_.bottom, &thread_.size); }
  void WillLeave() { __sanitizer_start_switch_fiber(&own_.fake, thread_.bottom, thread_.size); }
  void WillLeaveForGood() { __sanitizer_start_switch_fiber(nullptr, thread_.bottom, thread_.size); }
  void DidLeave() { __sanitizer_finish_switch_fiber(thread_.fake, nullptr, nullptr); }

 private:
  struct Stack {
    const void* bottom = nullptr;
    size_t size = 0;
    void* fake = nullptr;  // where AddressSanitizer keeps what returned functions had
  };
  Stack own_, thread_;
};

#else

// ThreadSanitizer counts the calls of each stack: what returns after the switch is told returns
// where it was called.
class StackSwitches {
 public:
  StackSwitches() : own_(__tsan_create_fiber(0)) {}
  StackSwitches(const StackSwitches&) = delete;
  StackSwitches& operator=(const StackSwitches&) = delete;
  ~StackSwitches() { __tsan_destroy_fiber(own_); }

  void IsAt(const boost::context::stack_context&) {}
  [[gnu::always_inline]] void WillEnter() {
    thread_ = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(own_, 0);
  }
  void DidEnter() {}
  void WillLeave() {}
  void WillLeaveForGood() {}
  [[gnu::always_inline]] void DidLeave() { __tsan_switch_to_fiber(thread_, 0); }

 private:
  void* const own_;
  void* thread_ = nullptr;
};

#endif

}  // namespace leadstream::demo
