#include "lib/client/auth_server.hpp"

#include <poll.h>

#include <array>
#include <cerrno>
#include <chrono>

#include "lib/client/server_session.hpp"
#include "lib/net/interrupt.hpp"
#include "lib/net/listener.hpp"

namespace sshauth {
namespace {

std::uint64_t steady_ms() {
  using namespace std::chrono;
  return static_cast<std::uint64_t>(
      duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count());
}

constexpr int kAcceptAgain = 100;  // milliseconds, when the system has no descriptor left

}  // namespace

class AuthServer::Impl {
 public:
  Impl(AuthServerConfig config, AuthServerObserver* observer)
      : config_(std::move(config)), observer_(observer) {}

  NetError listen();
  void run(std::size_t num_connections);
  void stop() noexcept { stop_.raise(); }

  std::uint16_t port() const noexcept { return listener_.port(); }
  std::size_t num_served() const noexcept { return served_; }
  std::size_t num_authenticated() const noexcept { return authenticated_; }

 private:
  struct Connection {
    Connection(AuthServerConfig& config, AuthServerObserver* observer, unsigned number_,
               Socket socket_, std::uint64_t until_)
        : number(number_),
          socket(std::move(socket_)),
          session(config, observer, number_),
          until(until_) {}

    unsigned number;
    Socket socket;
    ServerSession session;
    std::uint64_t until;  // 0: no limit
    std::array<std::uint8_t, 8'192> in{};
    std::size_t in_at = 0, in_end = 0;
    bool write_blocked = false;
    bool out_lost = false;
    bool over = false;
  };

  void accept_all();
  void wait();
  int timeout() const;
  void serve(Connection& c);
  bool send(Connection& c);
  bool receive(Connection& c);
  void drop_closed();
  bool accepting() const noexcept {
    return !accept_failed_ && connections_.size() < config_.max_connections;
  }

  AuthServerConfig config_;
  AuthServerObserver* observer_;
  Interrupter stop_;
  Listener listener_;
  std::vector<std::unique_ptr<Connection>> connections_;
  bool accept_failed_ = false;
  unsigned opened_ = 0;
  std::size_t served_ = 0, authenticated_ = 0;
};

NetError AuthServer::Impl::listen() {
  if (config_.provider == nullptr) return {270, 0, "no crypto provider is set"};
  if (config_.host_keys.empty()) return {270, 0, "the server has no host key"};
  std::string why;
  ServerSession trial(config_, nullptr, 0);
  if (!trial.start(why)) return {1005, 0, why};
  return Listener::open(config_.v6, config_.port, listener_);
}

void AuthServer::Impl::run(std::size_t num_connections) {
  const std::size_t until = served_ + num_connections;
  while (!stop_.consume() && (num_connections == 0 || served_ < until)) {
    wait();
    accept_all();
    for (const auto& connection : connections_) serve(*connection);
    drop_closed();
  }
  for (const auto& connection : connections_) connection->over = true;
  drop_closed();
}

void AuthServer::Impl::wait() {
  std::vector<pollfd> set;
  set.push_back({stop_.fd(), POLLIN, 0});
  set.push_back({accepting() ? listener_.fd() : -1, POLLIN, 0});
  for (const auto& c : connections_) {
    const int events = c->write_blocked ? POLLOUT : POLLIN;
    set.push_back({c->socket.fd(), static_cast<short>(events), 0});
  }
  if (::poll(set.data(), set.size(), timeout()) > 0 && set[0].revents != 0) stop_.drain();
}

int AuthServer::Impl::timeout() const {
  std::uint64_t next = 0;
  for (const auto& c : connections_)
    if (c->until != 0 && (next == 0 || c->until < next)) next = c->until;
  int out = -1;
  if (next != 0) {
    const std::uint64_t now = steady_ms();
    const std::uint64_t left = next > now ? next - now : 0;
    out = static_cast<int>(left < 1'000'000 ? left : 1'000'000);
  }
  return accept_failed_ && (out < 0 || out > kAcceptAgain) ? kAcceptAgain : out;
}

void AuthServer::Impl::accept_all() {
  accept_failed_ = false;
  while (accepting()) {
    Socket socket = listener_.accept();
    if (!socket) {
      accept_failed_ = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
      return;
    }
    SocketOptions options;
    options.no_delay = true;
    if (!socket.apply(options).ok()) continue;
    const std::uint64_t until =
        config_.login_timeout != 0 ? steady_ms() + std::uint64_t{config_.login_timeout} * 1000 : 0;
    const std::string from = socket.remote().text_with_port();
    auto c = std::make_unique<Connection>(config_, observer_, ++opened_, std::move(socket), until);
    std::string why;
    if (!c->session.start(why)) continue;
    if (observer_ != nullptr) observer_->opened(c->number, from);
    connections_.push_back(std::move(c));
  }
}

void AuthServer::Impl::serve(Connection& c) {
  const std::uint64_t now = steady_ms();
  if (c.until != 0 && now >= c.until) {
    // A peer that does not read must not stay either: one try to tell it, and that is it.
    c.session.disconnect("the login took too long");
    c.session.work(now);
    send(c);
    c.over = true;
    return;
  }
  do {
    c.session.work(now);
    if (!send(c)) return;
    if (c.session.ended()) {
      c.over = true;
      return;
    }
  } while (receive(c));
}

// True when nothing is left to send.
bool AuthServer::Impl::send(Connection& c) {
  c.write_blocked = false;
  while (!c.out_lost && !c.session.pending().empty()) {
    const IoResult io = c.socket.send(c.session.pending());
    if (io.kind == IoKind::would_block) {
      c.write_blocked = true;
      return false;
    }
    c.out_lost = io.kind != IoKind::some;
    if (!c.out_lost) c.session.sent(io.len);
  }
  return true;
}

// True when there is something new to work on.
bool AuthServer::Impl::receive(Connection& c) {
  if (c.in_at == c.in_end) {
    const IoResult io = c.socket.receive(c.in);
    if (io.kind == IoKind::would_block) return false;
    if (io.kind != IoKind::some) {
      c.session.receive_end();
      return true;
    }
    c.in_at = 0;
    c.in_end = io.len;
  }
  const std::size_t used = c.session.receive(Bytes(c.in).subspan(c.in_at, c.in_end - c.in_at));
  c.in_at += used;
  return used != 0;
}

void AuthServer::Impl::drop_closed() {
  for (std::size_t i = 0; i < connections_.size();) {
    Connection& c = *connections_[i];
    if (!c.over) {
      ++i;
      continue;
    }
    ++served_;
    if (c.session.authenticated()) ++authenticated_;
    if (observer_ != nullptr) observer_->closed(c.number, c.session.code(), c.session.text());
    connections_.erase(connections_.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

AuthServer::AuthServer(AuthServerConfig config, AuthServerObserver* observer)
    : impl_(std::make_unique<Impl>(std::move(config), observer)) {}
AuthServer::~AuthServer() = default;
NetError AuthServer::listen() { return impl_->listen(); }
std::uint16_t AuthServer::port() const noexcept { return impl_->port(); }
void AuthServer::run(std::size_t num_connections) { impl_->run(num_connections); }
void AuthServer::stop() noexcept { impl_->stop(); }
std::size_t AuthServer::num_served() const noexcept { return impl_->num_served(); }
std::size_t AuthServer::num_authenticated() const noexcept { return impl_->num_authenticated(); }

}  // namespace sshauth
