#include "lib/net/connector.hpp"

#include <poll.h>

#include <algorithm>
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

void Connector::add(const std::vector<Address>& targets) {
  for (const Address& target : targets) {
    const auto of_family = std::count_if(known_.begin(), known_.end(), [&](const Address& known) {
      return known.family() == target.family();
    });
    // Many addresses of one family leave room for the other: its hosts may be all that answer.
    if (static_cast<std::size_t>(of_family) >= kMaxAddresses) continue;
    if (std::find(known_.begin(), known_.end(), target) != known_.end()) continue;
    known_.push_back(target);
    (target.family() == AF_INET6 ? v6_ : v4_).push_back(target);
  }
}

Connector::State Connector::step(std::uint64_t now) {
  harvest(now);
  while (!winner_ && (attempts_.empty() || now >= next_at_)) {
    const std::optional<Address> target = next_target();
    if (!target) break;
    next_at_ = now + kAttemptDelay;
    const std::size_t before = attempts_.size();
    start(*target);
    if (attempts_.size() == before) next_at_ = now;  // over already
  }
  if (winner_) return State::connected;
  const bool all_tried = complete_ && v6_.empty() && v4_.empty();
  return attempts_.empty() && all_tried ? State::failed : State::working;
}

std::optional<std::uint64_t> Connector::next_attempt() const noexcept {
  if (v6_.empty() && v4_.empty()) return std::nullopt;
  return next_at_;
}

// RFC 8305 §4: the families take turns.
std::optional<Address> Connector::next_target() {
  auto& turn = last_family_ == AF_INET6 ? v4_ : v6_;
  auto& other = last_family_ == AF_INET6 ? v6_ : v4_;
  auto& from = turn.empty() ? other : turn;
  if (from.empty()) return std::nullopt;
  const Address target = from.front();
  from.pop_front();
  last_family_ = target.family();
  return target;
}

void Connector::start(const Address& target) {
  ++started_;
  Socket socket;
  NetError error = connect(socket, target);
  if (error.ok()) return win(socket);
  if (error.os_error == EINPROGRESS) {
    if (set_.watch(socket.fd(), false, true))
      return attempts_.push_back({std::move(socket), target});
    error = net_error_of_errno(ENOBUFS, "");
  }
  failures_.push_back({target, std::move(error)});
}

NetError Connector::connect(Socket& socket, const Address& target) {
  NetError error = Socket::open(target.family(), socket);
  if (error.ok()) error = socket.apply(options_);
  if (error.ok()) error = local_.bind(socket, target);
  if (!error.ok() || ::connect(socket.fd(), target.data(), target.len()) == 0) return error;
  // POSIX: a connect that a signal interrupts goes on by itself.
  return net_error_of_errno(errno == EINTR ? EINPROGRESS : errno, "");
}

// Looks at every attempt. Where the newest has failed, the next need not wait.
void Connector::harvest(std::uint64_t now) {
  for (std::size_t i = 0; i < attempts_.size() && !winner_;) {
    Attempt& attempt = attempts_[i];
    if (!is_over(attempt.socket.fd())) {
      ++i;
      continue;
    }
    const int why = attempt.socket.connect_error();
    if (why == 0) return win(attempt.socket);
    failures_.push_back({attempt.target, net_error_of_errno(why, "")});
    if (i + 1 == attempts_.size()) next_at_ = now;
    attempts_.erase(attempts_.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

void Connector::win(Socket& socket) {
  winner_ = std::move(socket);
  set_.watch(winner_.fd(), false, false);
  attempts_.clear();
  v6_.clear();
  v4_.clear();
}

const Connector::Failure* Connector::most_telling() const noexcept {
  const auto tells = std::find_if(failures_.begin(), failures_.end(),
                                  [](const Failure& f) { return !says_little(f.why); });
  if (tells != failures_.end()) return &*tells;
  return failures_.empty() ? nullptr : &failures_.front();
}

NetError Connector::error() const {
  const Failure* most = most_telling();
  if (most == nullptr) return net_error_of_errno(EADDRNOTAVAIL, "cannot connect");
  return {most->why.code, most->why.os_error, "cannot connect to " + progress()};
}

std::string Connector::progress() const {
  std::string out;
  const auto next = [&out]() -> std::string& { return out += out.empty() ? "" : "; "; };
  for (const Failure& f : failures_) next() += f.target.text_with_port() + ": " + f.why.text;
  for (const Attempt& a : attempts_) next() += a.target.text_with_port() + ": no answer yet";
  return out;
}

}  // namespace sshauth
