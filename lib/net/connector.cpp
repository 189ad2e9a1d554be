#include "lib/net/connector.hpp"

#include <poll.h>
#include <sys/epoll.h>

#include <cerrno>

namespace sshauth {
namespace {

// A connect in progress is over when the socket is writable or broken.
bool is_over(int fd) noexcept {
  pollfd one{fd, POLLOUT, 0};
  return ::poll(&one, 1, 0) > 0;
}

// Errors that only say that this machine lacks the address family or a route: any other error
// tells more about the server.
bool says_little(const NetError& error) noexcept {
  return error.os_error == ENETUNREACH || error.os_error == EAFNOSUPPORT ||
         error.os_error == EADDRNOTAVAIL || error.os_error == EHOSTUNREACH;
}

}  // namespace

Connector::Connector(std::vector<Address> targets, std::vector<Address> local,
                     const SocketOptions& options)
    : targets_(std::move(targets)), local_(std::move(local)), options_(options) {
  if (targets_.size() > 1) epoll_ = Descriptor(::epoll_create1(EPOLL_CLOEXEC));
}

Connector::State Connector::step(std::uint64_t now) {
  if (winner_ || harvest()) return State::connected;
  while (next_ < targets_.size() && (attempts_.empty() || now >= next_at_)) {
    next_at_ = now + kAttemptDelay;
    if (start(targets_[next_++])) return State::connected;
    // Without the epoll descriptor several attempts could not be waited for: one at a time then.
    if (!epoll_ && !attempts_.empty()) break;
  }
  if (!attempts_.empty()) return State::working;
  if (error_.ok()) error_ = net_error_of_errno(EADDRNOTAVAIL, "cannot connect");
  return State::failed;
}

int Connector::fd() const noexcept {
  if (epoll_) return epoll_.get();
  return attempts_.empty() ? -1 : attempts_.front().socket.fd();
}

std::optional<std::uint64_t> Connector::next_attempt() const noexcept {
  if (!epoll_ || next_ >= targets_.size()) return std::nullopt;
  return next_at_;
}

// True when the connection was made at once.
bool Connector::start(const Address& target) {
  Socket socket;
  NetError error = Socket::open(target.family(), socket);
  if (error.ok()) error = socket.apply(options_);
  if (error.ok()) error = bind_local(socket, target);
  if (!error.ok()) {
    note(std::move(error));
    return false;
  }
  if (::connect(socket.fd(), target.data(), target.len()) == 0) {
    winner_ = std::move(socket);
    attempts_.clear();
    return true;
  }
  const int why = errno;
  if ((why != EINPROGRESS && why != EINTR) || !watch(socket.fd()))
    note(net_error_of_errno(why, "cannot connect to " + target.text_with_port()));
  else
    attempts_.push_back({std::move(socket), target});
  return false;
}

bool Connector::watch(int fd) noexcept {
  if (!epoll_) return true;
  epoll_event event{};
  event.events = EPOLLOUT;
  return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

// Looks at every attempt; true when one is connected.
bool Connector::harvest() {
  for (std::size_t i = 0; i < attempts_.size();) {
    Attempt& attempt = attempts_[i];
    if (!is_over(attempt.socket.fd())) {
      ++i;
      continue;
    }
    const int why = attempt.socket.connect_error();
    if (why == 0) {
      winner_ = std::move(attempt.socket);
      attempts_.clear();
      return true;
    }
    note(net_error_of_errno(why, "cannot connect to " + attempt.target.text_with_port()));
    attempts_.erase(attempts_.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return false;
}

void Connector::note(NetError error) {
  if (error_.ok() || (says_little(error_) && !says_little(error))) error_ = std::move(error);
}

NetError Connector::bind_local(Socket& socket, const Address& target) const {
  if (local_.empty()) return {};
  for (const Address& local : local_)
    if (local.family() == target.family()) return socket.bind(local);
  return net_error_of_errno(EADDRNOTAVAIL, "the local host " + local_.front().text() +
                                               " cannot be used to connect to " +
                                               target.text_with_port());
}

}  // namespace sshauth
