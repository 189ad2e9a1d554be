// Limits: how long a login may take. It reads no clock: times are milliseconds that it is given.
//
// The sentence of each names it, as the SSHAuth object does.
//
// timeout             without progress, or with absolute_timeout from start to end, to the letter
// connection_timeout  from start until the connection through the proxy is made
// login_timeout       from start to end, but for the time spent in the observer and waiting for
//                     its answers; what a peer that drips octets cannot stretch
#pragma once

#include <cstdint>
#include <optional>

#include "lib/client/config.hpp"
#include "lib/net/error.hpp"

namespace sshauth {

class Limits {
 public:
  void start(const ClientConfig& config, std::uint64_t now);
  void connecting(std::uint64_t now) noexcept;
  void connected(std::uint64_t now) noexcept;
  // Octets moved.
  void progress(std::uint64_t now) noexcept { last_ = now > last_ ? now : last_; }
  // All the milliseconds spent in the observer so far.
  void callbacks(std::uint64_t total) noexcept;
  // A question is open from here to there: nothing but the absolute timeout counts.
  void question(std::uint64_t now) noexcept;
  void answered(std::uint64_t now) noexcept;

  // Which limit is reached at `now`: code 201 and a sentence; ok when none is.
  NetError check(std::uint64_t now) const;
  // When the next limit will be reached.
  std::optional<std::uint64_t> next() const noexcept;

 private:
  struct One {
    std::uint64_t at = 0;
    const char* text = nullptr;
    unsigned seconds = 0;
  };
  template <class F>
  void each(F visit) const;

  unsigned timeout_ = 0, connection_timeout_ = 0, login_timeout_ = 0;
  bool absolute_ = false;
  bool connecting_ = true;
  bool question_ = false;
  std::uint64_t start_ = 0;
  std::uint64_t last_ = 0;  // of progress
  std::uint64_t connect_from_ = 0;
  std::uint64_t not_counted_ = 0;  // in callbacks and questions
  std::uint64_t callbacks_ = 0;
  std::uint64_t asked_at_ = 0;
};

}  // namespace sshauth
