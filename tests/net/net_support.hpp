// What the tests of the network share: listeners on any loopback address, also such that never
// answer, and waits without a clock.
#pragma once

#include <string>
#include <vector>

#include "lib/net/connector.hpp"
#include "lib/net/interrupt.hpp"
#include "lib/net/listener.hpp"

namespace sshauth::test {

constexpr int kLong = 30'000;  // milliseconds; only a broken test waits so long

Address address_of(const char* text, std::uint16_t port);
// A test cannot be made here, and why. In CI, where everything it needs is installed, that is a
// failure.
void skipped(const std::string& why);
// False, with a word about it, where there is no IPv6 loopback.
bool has_v6();
// False, with a word about it, where names are looked up by the C library.
bool asynchronous();
// A port that was free a moment ago.
std::uint16_t closed_port();

// A socket that listens on an address of loopback.
Socket listen_at(const char* text, std::uint16_t port);
// One that answers nobody: on Linux a listener whose queue is full lets connects hang.
class Silent {
 public:
  Silent(const char* text, std::uint16_t port);
  std::uint16_t port() const { return listener_.local().port(); }

 private:
  Socket listener_;
  Socket in_queue_;
};

WaitSet wait_set();
// Steps a Connector or Dialer at the time `now` until it is over.
template <class T>
Connector::State finish(T& what, const WaitSet& set, std::uint64_t now) {
  for (;;) {
    const Connector::State state = what.step(now);
    if (state != Connector::State::working) return state;
    wait_for({set.fd(), true, false, kLong}, nullptr);
  }
}

// What getsockopt says.
int option_of(int fd, int level, int option);
// How many descriptors this process has open.
std::size_t open_descriptors();

}  // namespace sshauth::test
