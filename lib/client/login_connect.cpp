// From the configuration to a connection that carries SSH.
#include "lib/client/engine_config.hpp"
#include "lib/client/login.hpp"
#include "lib/keys/key_error.hpp"
#include "lib/net/proxy_bypass.hpp"
#include "lib/net/proxy_environment.hpp"

namespace sshauth {

constexpr int kNoLibrary = 270;  // a security library cannot be used

bool Client::Login::check_config() {
  const auto refuse = [&](int code, const char* text) {
    decide(code, text);
    close();
    return false;
  };
  if (config.provider == nullptr) return refuse(kNoLibrary, "no crypto provider is set");
  if (config.host.empty()) return refuse(102, "no host is set");
  if (config.port == 0) return refuse(116, "the port must be 1 to 65535");
  return true;
}

// The library is loaded here; tickets are asked for when the server's turn comes. Without it the
// methods that need none have their turn.
bool Client::Login::prepare_gss() {
  if (!uses_gssapi(config)) return true;
  std::string why;
  plan_.gss = make_kerberos(config.kerberos, config.host, config.user, why);
  if (plan_.gss != nullptr) return true;
  if (methods_of(config, false).empty()) {
    decide(kNoLibrary, std::move(why));
    close();
    return false;
  }
  tell_step("Kerberos is not used: " + why);
  // A host may fork in an event, and the login is the parent's.
  return !calls_.stopped() && busy();
}

// Once a login. False when the host ended it meanwhile, or forked: then it is the parent's.
bool Client::Login::tell_remarks() {
  if (result.connections > 1) return true;
  for (const std::string& remark : config.remarks) {
    tell_step(remark);
    if (calls_.stopped() || !busy()) return false;
  }
  return true;
}

void Client::Login::begin_connection() {
  in_at_ = in_end_ = 0;
  write_blocked_ = rate_blocked_ = no_more_in_ = no_more_out_ = more_to_do_ = false;
  linger_until_.reset();
  linger_at_.reset();
  io_error_ = 0;
  handshake_.reset();
  talk_ = std::make_unique<Conversation>(config, calls_, result);
  int code = 0;
  std::string why;
  // Before the network is troubled: a setting that is wrong is wrong everywhere.
  if (!talk_->start(plan_, code, why)) {
    decide(code, std::move(why));
    return close();
  }
  ++result.connections;
  phase_ = Phase::connecting;
  limits_.connecting(now_);
  enter(ClientStage::resolve);
  if (const NetError error = WaitSet::open(waiting_); !error.ok()) return fail_connecting(error);
  if (!choose_proxy()) return;
  proxy_target_ = config.host;
  if (!tell_remarks()) return;
  if (proxy_ != nullptr)
    tell_step("Connecting through " + proxy_name(*proxy_) +
              (proxy_ == &detected_ ? ", which the environment names" : ""));
  if (proxy_ == nullptr || !proxy_needs_address(proxy_->type)) return dial();
  phase_ = Phase::resolving;
  server_lookup_ =
      std::make_unique<Lookup>(waiting_, config.host, config.port, IpMode::v4_only, config.lookup);
}

// The one that is set goes before the environment's, which lends what the settings have besides.
NetError Client::Login::detect_proxy() {
  detected_.headers = SecretBytes(config.proxy.headers.reveal());
  NetError error = proxy_from_environment(system_environment, config.host, config.port, detected_);
  if (!error.ok() || detected_.type == ProxyType::none) return error;
  if (detected_.user.empty() && detected_.password.size() == 0) {
    detected_.user = config.proxy.user;
    detected_.password = SecretBytes(config.proxy.password.reveal());
  }
  proxy_ = &detected_;
  return {};
}

// False when it failed.
bool Client::Login::choose_proxy() {
  proxy_ = nullptr;
  if (proxy_bypassed(config.proxy_exceptions, BypassList::exceptions, config.host, config.port))
    return true;
  NetError error;
  if (config.proxy.type != ProxyType::none)
    proxy_ = &config.proxy;
  else if (config.proxy_auto_detect)
    error = detect_proxy();
  if (error.ok() && proxy_ == nullptr) return true;
  if (error.ok() && proxy_->host.empty())
    error = {kNetProxy, 0,
             "a proxy is asked for (FirewallType), but its host (FirewallHost) is not set"};
  if (error.ok()) return true;
  fail_connecting(error);
  return false;
}

bool Client::Login::do_resolving() {
  server_lookup_->step();
  if (!server_lookup_->over()) return false;
  if (NetError error = server_lookup_->error(); !error.ok()) {
    error.text += " (a SOCKS4 proxy is told an IPv4 address; SOCKS4a and SOCKS5 look names up)";
    fail_connecting(error);
    return true;
  }
  proxy_target_ = server_lookup_->addresses().front().text();
  server_lookup_.reset();
  dial();
  return true;
}

void Client::Login::dial() {
  if (proxy_ != nullptr) return dial(proxy_->host, proxy_port(*proxy_));
  dial(config.host, config.port);
}

void Client::Login::dial(std::string_view host, std::uint16_t port) {
  phase_ = Phase::connecting;
  dialer_ = std::make_unique<Dialer>(waiting_, host, port, config.socket, config.lookup);
}

bool Client::Login::do_connecting() {
  const Dialer::State dialed = dialer_->step(now_);
  enter(dialer_->looking_up() ? ClientStage::resolve : ClientStage::connect);
  switch (dialed) {
    case Dialer::State::working: return false;
    case Dialer::State::failed: {
      NetError error = dialer_->error();
      if (proxy_ != nullptr) error.text = proxy_name(*proxy_) + ": " + error.text;
      fail_connecting(error);
      return true;
    }
    case Dialer::State::connected: break;
  }
  socket_ = dialer_->take();
  dialer_.reset();
  limits_.progress(now_);
  rate_.start(config.max_transfer_rate, now_);
  note_endpoints();
  return proxy_ != nullptr ? begin_proxy() : established();
}

void Client::Login::note_endpoints() {
  const Address remote = socket_.remote(), local = socket_.local();
  connected_to_ = remote;
  result.remote_address = remote.text();
  result.remote_port = remote.port();
  result.local_address = local.text();
  result.local_port = local.port();
}

bool Client::Login::begin_proxy() {
  enter(ClientStage::proxy);
  phase_ = Phase::proxying;
  if (handshake_ != nullptr) {
    handshake_->reconnected();
    return true;
  }
  NetError why;
  handshake_ = make_proxy_handshake(*proxy_, proxy_target_, config.port, *config.provider, why);
  if (handshake_ == nullptr) fail_connecting(why);
  return true;
}

// The same address, so that the proxy's answer meets the one that gave the challenge.
bool Client::Login::reconnect_proxy() {
  socket_.close();
  in_at_ = in_end_ = 0;
  dial(connected_to_.text(), connected_to_.port());
  return true;
}

bool Client::Login::do_proxying() {
  if (handshake_->wants_connection()) return reconnect_proxy();
  if (!handshake_->pending().empty()) return send_proxy();
  if (handshake_->failed()) {
    fail_connecting(handshake_->error());
    return true;
  }
  if (handshake_->done()) {
    if (!handshake_->remark().empty()) tell_step(std::string(handshake_->remark()));
    return established();
  }
  if (in_at_ == in_end_) {
    const IoResult io = socket_.receive(in_);
    if (io.kind == IoKind::would_block) return false;
    if (io.kind != IoKind::some) {
      handshake_->closed();
      return true;
    }
    limits_.progress(now_);
    in_at_ = 0;
    in_end_ = io.len;
  }
  // What the handshake leaves is the server's, and stays for the conversation.
  in_at_ += handshake_->receive(Bytes(in_).subspan(in_at_, in_end_ - in_at_));
  return true;
}

bool Client::Login::send_proxy() {
  const Bytes pending = handshake_->pending();
  const std::size_t len = rate_.allowed(pending.size(), now_);
  rate_blocked_ = len == 0;
  if (rate_blocked_) return false;
  const IoResult io = socket_.send(pending.first(len));
  if (io.kind == IoKind::would_block) return false;
  if (io.kind != IoKind::some) {
    handshake_->closed();
    return true;
  }
  handshake_->sent(io.len);
  rate_.count(io.len);
  limits_.progress(now_);
  return true;
}

bool Client::Login::established() {
  handshake_.reset();
  phase_ = Phase::talking;
  enter(ClientStage::identification);
  limits_.connected(now_);
  if (proxy_ != nullptr) tell_status("Firewall connection complete.");
  tell_status("Remote host connection complete.");
  told_connected_ = true;
  calls_.tell([](ClientObserver& o) { o.connected(0, "OK"); });
  return true;
}

}  // namespace sshauth
