// Connector: one TCP connection to the first of several addresses that answers (RFC 8305 §5).
//
// Attempts start one after the other in the order given: the next when one has failed, or after
// kAttemptDelay without an answer. The first connection that is made wins, the others are closed.
// It never blocks and reads no clock.
#pragma once

#include <optional>
#include <vector>

#include "lib/net/socket.hpp"

namespace sshauth {

constexpr std::uint64_t kAttemptDelay = 250;  // milliseconds, RFC 8305 §8

class Connector {
 public:
  enum class State : std::uint8_t { working, connected, failed };

  // `targets` as resolve gave them. `local` are the addresses to bind to, by family; empty: the
  // system's choice.
  Connector(std::vector<Address> targets, std::vector<Address> local, const SocketOptions& options);

  // Does what can be done at the time `now` (milliseconds).
  State step(std::uint64_t now);

  // Wait for it to be readable or writable, as wants_read says; or until next_attempt.
  int fd() const noexcept;
  bool wants_read() const noexcept { return static_cast<bool>(epoll_); }
  std::optional<std::uint64_t> next_attempt() const noexcept;

  // After connected.
  Socket take() noexcept { return std::move(winner_); }
  // After failed: of the attempt that says most.
  const NetError& error() const noexcept { return error_; }

 private:
  struct Attempt {
    Socket socket;
    Address target;
  };

  bool start(const Address& target);
  bool watch(int fd) noexcept;
  bool harvest();
  void note(NetError error);
  NetError bind_local(Socket& socket, const Address& target) const;

  std::vector<Address> targets_;
  std::size_t next_ = 0;
  std::vector<Address> local_;
  SocketOptions options_;
  std::vector<Attempt> attempts_;
  Descriptor epoll_;  // when there is more than one target: it stands for all attempts
  std::uint64_t next_at_ = 0;
  Socket winner_;
  NetError error_;
};

}  // namespace sshauth
