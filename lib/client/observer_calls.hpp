// ObserverCalls: every call of an observer goes through here. Nothing an observer throws gets past,
// the time it takes is counted, and its wish to end the login is kept for whoever called: an answer
// given along with that wish is no answer.
//
// Once stopped() is true the login is ending: whoever calls an observer looks at it afterwards,
// answers nothing to the peer any more, and tells no more than how the login ends. In a process
// that an observer forked it is true too, and nothing more is told: the login is the parent's.
#pragma once

#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "lib/client/observer.hpp"
#include "lib/net/error.hpp"
#include "lib/net/interrupt.hpp"
#include "lib/net/own_process.hpp"

namespace sshauth {

inline constexpr const char* kInterruptedText = "the login was interrupted";
inline constexpr const char* kNoMemoryText = "the system has no memory left";

class ObserverCalls {
 public:
  struct Abort {
    int code = 0;
    std::string text;
  };
  using Clock = std::function<std::uint64_t()>;

  // `stop` raised inside the observer counts as its wish.
  ObserverCalls(ClientObserver& observer, Interrupter& stop) : observer_(observer), stop_(stop) {}

  void set_clock(Clock clock) { clock_ = std::move(clock); }
  // The first abort counts.
  void abort(int code, std::string text) {
    if (!abort_) abort_ = Abort{code, std::move(text)};
  }
  const std::optional<Abort>& aborted() const noexcept { return abort_; }
  bool stopped() const noexcept { return abort_.has_value() || stop_.raised() || !process_.here(); }
  // For another login, which is this process's.
  void reset() noexcept {
    process_.take();
    abort_.reset();
    spent_ms_ = 0;
  }
  bool inside() const noexcept { return depth_ != 0; }
  std::uint64_t spent_ms() const noexcept { return spent_ms_; }

  template <class F>
  void tell(F call) {
    if (!process_.here()) return;
    guard(0, [&](ClientObserver& o) {
      call(o);
      return 0;
    });
  }
  // `otherwise` is the answer of an observer that throws, or that stopped the login before.
  template <class T, class F>
  T ask(T otherwise, F call) {
    return stopped() ? otherwise : guard(otherwise, call);
  }

 private:
  struct Inside {
    explicit Inside(unsigned& depth) noexcept : depth_(depth) { ++depth_; }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;
    ~Inside() { --depth_; }
    unsigned& depth_;
  };

  template <class T, class F>
  T guard(T otherwise, F call) {
    const std::uint64_t before = clock_();
    const Inside inside(depth_);
    T answer = otherwise;
    try {
      answer = call(observer_);
    } catch (const std::bad_alloc&) {
      abort(kNetNoMemory, kNoMemoryText);
      answer = otherwise;
    } catch (const std::exception& e) {
      abort(-1, std::string("an event handler failed: ") + e.what());
      answer = otherwise;
    } catch (...) {
      abort(-1, "an event handler failed");
      answer = otherwise;
    }
    spent_ms_ += clock_() - before;
    if (stop_.consume()) abort(kNetInterrupted, kInterruptedText);
    return abort_ || !process_.here() ? otherwise : answer;
  }

  ClientObserver& observer_;
  Interrupter& stop_;
  OwnProcess process_;
  Clock clock_;
  std::optional<Abort> abort_;
  unsigned depth_ = 0;
  std::uint64_t spent_ms_ = 0;
};

}  // namespace sshauth
