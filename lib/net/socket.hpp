// Socket: one TCP connection, never blocking, closed when it ends.
#pragma once

#include "lib/base/bytes.hpp"
#include "lib/net/address.hpp"
#include "lib/net/descriptor.hpp"
#include "lib/net/error.hpp"
#include "lib/net/options.hpp"

namespace sshauth {

enum class IoKind : std::uint8_t { some, would_block, closed, failed };

struct IoResult {
  IoKind kind = IoKind::failed;
  std::size_t len = 0;  // some
  int os_error = 0;     // failed
};

class Socket {
 public:
  Socket() noexcept = default;
  explicit Socket(Descriptor fd) noexcept : fd_(std::move(fd)) {}

  int fd() const noexcept { return fd_.get(); }
  explicit operator bool() const noexcept { return static_cast<bool>(fd_); }

  // Neither raises SIGPIPE. `closed`: the peer sends no more.
  IoResult send(Bytes octets) noexcept;
  IoResult receive(MutBytes into) noexcept;

  // Acknowledges at once what was received, for the moment (tcp(7), TCP_QUICKACK): the system goes
  // back to delaying by itself, so this is called after each receive. Older sshd holds back its
  // answer until the acknowledgement is there.
  void quick_ack() noexcept;
  // The peer reads to the end of what we sent, and we may still receive.
  void finish_sending() noexcept;
  // Closes, without waiting: what is unsent goes out in the background, or not (linger option).
  void close() noexcept { fd_ = Descriptor(); }
  // Octets that the peer has not acknowledged.
  std::size_t unacknowledged() const noexcept;
  // Closing drops what is unsent and resets the connection.
  void reset_on_close() noexcept;

  Address local() const noexcept;
  Address remote() const noexcept;
  // errno of a connect in progress that is over, 0 when it succeeded.
  int connect_error() const noexcept;

  // Those options that are not defaults; an option that the system refuses is an error.
  NetError apply(const SocketOptions& options);
  NetError bind(const Address& local);

  // A new socket of that family, non-blocking and closed on exec.
  static NetError open(int family, Socket& out);

 private:
  Descriptor fd_;
};

}  // namespace sshauth
