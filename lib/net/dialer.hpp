// Dialer: from a host's name to a TCP connection: look-up and connector side by side (RFC 8305).
//
// IPv6 addresses are tried as soon as they are known. IPv4 addresses that come first wait
// kResolutionDelay for the others, no longer. It never blocks (but see Lookup) and reads no clock.
#pragma once

#include "lib/net/connector.hpp"
#include "lib/net/lookup.hpp"

namespace sshauth {

constexpr std::uint64_t kResolutionDelay = 50;  // milliseconds, RFC 8305 §8

class Dialer {
 public:
  using State = Connector::State;

  // The set outlives the dialer: it is readable when step has something to do.
  Dialer(WaitSet& set, std::string_view host, std::uint16_t port, const SocketOptions& options,
         const LookupOptions& lookup);

  // Does what can be done at the time `now` (milliseconds).
  State step(std::uint64_t now);
  // When step is due although nothing is ready.
  std::optional<std::uint64_t> wake_at(std::uint64_t now) const;
  // No connection was tried yet.
  bool looking_up() const noexcept { return !connector_.started(); }
  // What was tried so far, for the error of a limit.
  std::string progress() const { return connector_.progress(); }

  // After connected.
  Socket take() noexcept { return connector_.take(); }
  // After failed.
  const NetError& error() const noexcept { return error_; }

 private:
  bool local_ready();
  void feed(std::uint64_t now);
  void add(const std::vector<Address>& found);

  std::string local_host_;
  std::uint16_t local_port_;
  Lookup lookup_;
  std::optional<Lookup> local_lookup_;
  Connector connector_;
  bool fed_v6_ = false, fed_v4_ = false;
  std::optional<std::uint64_t> v4_at_;  // known since, and waiting for IPv6
  bool any_address_ = false;            // 0.0.0.0 or :: was passed over
  NetError error_;
};

}  // namespace sshauth
