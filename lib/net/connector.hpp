// Connector: one TCP connection to the first of several addresses that answers (RFC 8305 §5).
//
// Attempts start one after the other, the families taking turns, IPv6 first: the next when the
// newest has failed, or after kAttemptDelay without an answer. The first connection that is made
// wins, the others are closed. Addresses may be added while attempts run. It never blocks and reads
// no clock.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "lib/net/local.hpp"
#include "lib/net/socket.hpp"
#include "lib/net/wait_set.hpp"

namespace sshauth {

constexpr std::uint64_t kAttemptDelay = 250;  // milliseconds, RFC 8305 §8

class Connector {
 public:
  enum class State : std::uint8_t { working, connected, failed };

  // The set outlives the connector: it is readable when step has something to do.
  Connector(WaitSet& set, const SocketOptions& options) : set_(set), options_(options) {}

  // Where to connect from; before the first step.
  void set_local(LocalAddresses local) { local_ = std::move(local); }
  // More addresses, best first within each family. Those there already are passed over, and those
  // beyond kMaxAddresses of a family, so that many of one leave room for the other.
  void add(const std::vector<Address>& targets);
  void no_more() noexcept { complete_ = true; }

  // Does what can be done at the time `now` (milliseconds).
  State step(std::uint64_t now);
  // When step is due although nothing is ready.
  std::optional<std::uint64_t> next_attempt() const noexcept;
  bool started() const noexcept { return started_ != 0; }

  // After connected.
  Socket take() noexcept { return std::move(winner_); }
  // After failed: the code of the attempt that says most, and what became of each.
  NetError error() const;
  // "no answer from 192.0.2.1 port 22; 127.0.0.1 port 22: ...": of the attempts so far; empty when
  // there was none.
  std::string progress() const;

 private:
  struct Attempt {
    Socket socket;
    Address target;
  };
  struct Failure {
    Address target;
    NetError why;
  };

  std::optional<Address> next_target();
  void start(const Address& target);
  NetError connect(Socket& socket, const Address& target);
  void harvest(std::uint64_t now);
  void win(Socket& socket);
  const Failure* most_telling() const noexcept;

  WaitSet& set_;
  SocketOptions options_;
  LocalAddresses local_;
  std::vector<Address> known_;
  std::deque<Address> v6_, v4_;  // not tried yet
  int last_family_ = 0;
  bool complete_ = false;
  unsigned started_ = 0;
  std::vector<Attempt> attempts_;
  std::vector<Failure> failures_;
  std::uint64_t next_at_ = 0;
  Socket winner_;
};

}  // namespace sshauth
