// Lets ThreadSanitizer see absl::Mutex and absl::Notification. The system's Abseil is not compiled
// for it, and makes its locks of atomics and futexes, so that each access they guard would look
// like a race. Every executable of the tsan preset has these in Abseil's place, for itself and for
// the system's gRPC: what is called here is told to the sanitizer and passed on.
//
// Conditions that a thread waits for are evaluated by others, inside Unlock, where the lock is held
// but was already given back as far as the sanitizer knows: what is read there is not checked.
#include <absl/synchronization/mutex.h>
#include <absl/synchronization/notification.h>
#include <dlfcn.h>
#include <sanitizer/tsan_interface.h>

#include <cstdlib>
#include <cstring>

extern "C" {
void AnnotateIgnoreReadsBegin(const char* file, int line);
void AnnotateIgnoreReadsEnd(const char* file, int line);
}

namespace {

// The same function further on: Abseil's.
template <typename Method>
Method FurtherOn(Method method) {
  void* address = nullptr;
  std::memcpy(&address, &method, sizeof(address));
  Dl_info info;
  if (dladdr(address, &info) == 0 || info.dli_sname == nullptr) std::abort();
  address = dlsym(RTLD_NEXT, info.dli_sname);
  if (address == nullptr) std::abort();
  std::memcpy(&method, &address, sizeof(address));
  return method;
}

class ReadsUnchecked {
 public:
  ReadsUnchecked() { AnnotateIgnoreReadsBegin(__FILE__, __LINE__); }
  ~ReadsUnchecked() { AnnotateIgnoreReadsEnd(__FILE__, __LINE__); }
};

}  // namespace

namespace absl {
ABSL_NAMESPACE_BEGIN

void Mutex::Lock() {
  static const auto next = FurtherOn(&Mutex::Lock);
  (this->*next)();
  __tsan_acquire(this);
}
void Mutex::Unlock() {
  static const auto next = FurtherOn(&Mutex::Unlock);
  __tsan_release(this);
  const ReadsUnchecked unchecked;
  (this->*next)();
}
bool Mutex::TryLock() {
  static const auto next = FurtherOn(&Mutex::TryLock);
  const bool locked = (this->*next)();
  if (locked) __tsan_acquire(this);
  return locked;
}
void Mutex::ReaderLock() {
  static const auto next = FurtherOn(&Mutex::ReaderLock);
  (this->*next)();
  __tsan_acquire(this);
}
void Mutex::ReaderUnlock() {
  static const auto next = FurtherOn(&Mutex::ReaderUnlock);
  __tsan_release(this);
  const ReadsUnchecked unchecked;
  (this->*next)();
}
void Mutex::LockWhen(const Condition& condition) {
  static const auto next = FurtherOn(&Mutex::LockWhen);
  {
    const ReadsUnchecked unchecked;
    (this->*next)(condition);
  }
  __tsan_acquire(this);
}
void Mutex::Await(const Condition& condition) {
  static const auto next = FurtherOn(&Mutex::Await);
  __tsan_release(this);
  {
    const ReadsUnchecked unchecked;
    (this->*next)(condition);
  }
  __tsan_acquire(this);
}
bool Mutex::AwaitWithTimeout(const Condition& condition, Duration timeout) {
  static const auto next = FurtherOn(&Mutex::AwaitWithTimeout);
  __tsan_release(this);
  bool met = false;
  {
    const ReadsUnchecked unchecked;
    met = (this->*next)(condition, timeout);
  }
  __tsan_acquire(this);
  return met;
}
bool Mutex::AwaitWithDeadline(const Condition& condition, Time deadline) {
  static const auto next = FurtherOn(&Mutex::AwaitWithDeadline);
  __tsan_release(this);
  bool met = false;
  {
    const ReadsUnchecked unchecked;
    met = (this->*next)(condition, deadline);
  }
  __tsan_acquire(this);
  return met;
}

void CondVar::Wait(Mutex* mutex) {
  static const auto next = FurtherOn(&CondVar::Wait);
  __tsan_release(mutex);
  (this->*next)(mutex);
  __tsan_acquire(mutex);
}
bool CondVar::WaitWithTimeout(Mutex* mutex, Duration timeout) {
  static const auto next = FurtherOn(&CondVar::WaitWithTimeout);
  __tsan_release(mutex);
  const bool timed_out = (this->*next)(mutex, timeout);
  __tsan_acquire(mutex);
  return timed_out;
}
bool CondVar::WaitWithDeadline(Mutex* mutex, Time deadline) {
  static const auto next = FurtherOn(&CondVar::WaitWithDeadline);
  __tsan_release(mutex);
  const bool timed_out = (this->*next)(mutex, deadline);
  __tsan_acquire(mutex);
  return timed_out;
}

void Notification::Notify() {
  static const auto next = FurtherOn(&Notification::Notify);
  __tsan_release(this);
  (this->*next)();
}
void Notification::WaitForNotification() const {
  static const auto next = FurtherOn(&Notification::WaitForNotification);
  (this->*next)();
  __tsan_acquire(const_cast<Notification*>(this));
}
bool Notification::WaitForNotificationWithTimeout(Duration timeout) const {
  static const auto next = FurtherOn(&Notification::WaitForNotificationWithTimeout);
  const bool notified = (this->*next)(timeout);
  __tsan_acquire(const_cast<Notification*>(this));
  return notified;
}

ABSL_NAMESPACE_END
}  // namespace absl
