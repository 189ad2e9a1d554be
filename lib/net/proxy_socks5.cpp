// SOCKS5, RFC 1928, with user name and password, RFC 1929.
#include "lib/net/proxy_rows.hpp"

namespace sshauth {
namespace {

constexpr std::uint8_t kNoAuthentication = 0;
constexpr std::uint8_t kUserPassword = 2;
constexpr std::uint8_t kNoMethod = 0xff;

std::string_view reply_text(unsigned code) noexcept {
  // RFC 1928 §6, in its order.
  static constexpr std::array<std::string_view, 9> kTexts{
      "",
      "reports a general failure",
      "does not allow this connection by its rules",
      "finds the network unreachable",
      "finds the host unreachable",
      "was refused the connection by the server",
      "saw the connection time out",
      "does not support CONNECT",
      "does not support this type of address"};
  return code < kTexts.size() ? kTexts[code] : "answered with an unknown code";
}

class Socks5 final : public ProxyHandshake {
 public:
  // `login` is empty where there is no user name with a password.
  Socks5(std::string name, SecretBytes greeting, SecretBytes login, SecretBytes request)
      : ProxyHandshake(std::move(name)), login_(std::move(login)), request_(std::move(request)) {
    send(std::move(greeting));
  }

 private:
  enum class State : std::uint8_t { method, login, reply };

  void take(std::uint8_t octet) override {
    switch (state_) {
      case State::method: return take_method(octet);
      case State::login: return take_login(octet);
      case State::reply: return take_reply(octet);
    }
  }

  // RFC 1928 §3: version 5, the method chosen.
  void take_method(std::uint8_t octet) {
    if (have_++ == 0) return expect(octet, 5);
    if (octet == kNoAuthentication) return ask();
    if (octet == kUserPassword && login_.size() != 0) {
      next(State::login);
      remark_password_in_clear();
      return send(std::move(login_));
    }
    if (octet == kNoMethod)
      return fail(login_.size() != 0
                      ? "accepts neither a user name with password nor none"
                      : "accepts nobody without a login, and FirewallUser or FirewallPassword is "
                        "not set");
    fail("chose the authentication method " + std::to_string(octet) + ", which was not offered");
  }

  // RFC 1929 §2: version 1, 0 for success.
  void take_login(std::uint8_t octet) {
    if (have_++ == 0) return expect(octet, 1);
    if (octet != 0)
      return fail("refused the user name or the password (RFC 1929 status " +
                  std::to_string(octet) + ")");
    ask();
  }

  // RFC 1928 §6: 5, code, 0, type of the bound address, the address, its port.
  void take_reply(std::uint8_t octet) {
    switch (have_++) {
      case 0: return expect(octet, 5);
      case 1:
        if (octet != 0)
          fail(std::string(reply_text(octet)) + " (SOCKS5 code " + std::to_string(octet) + ")");
        return;
      case 2: return expect(octet, 0);
      case 3:
        if (octet == 1) left_ = 4 + 2;
        if (octet == 4) left_ = 16 + 2;
        if (octet != 1 && octet != 3 && octet != 4)
          fail("answered with the unknown address type " + std::to_string(octet));
        return;
      case 4:
        if (left_ == 0) {  // a name: its length comes first
          left_ = std::size_t{octet} + 2;
          return;
        }
        [[fallthrough]];
      default:
        if (--left_ == 0) finish();
    }
  }

  void expect(std::uint8_t octet, std::uint8_t wanted) {
    if (octet != wanted)
      fail("does not speak SOCKS5: " + wrong_octet(octet, wanted) + " in " + what());
  }

  void take_close() override {
    if (state_ == State::login && have_ == 0)
      return fail("closed the connection on the user name and the password");  // RFC 1929 §2
    fail("closed the connection " +
         (have_ == 0 ? "before " + what()
                     : "after " + std::to_string(have_) + " octets of " + what()));
  }

  std::string what() const {
    switch (state_) {
      case State::method: return "its choice of an authentication method";
      case State::login: return "its answer to the login";
      case State::reply: break;
    }
    return "its reply to the request";
  }

  void next(State state) noexcept {
    state_ = state;
    have_ = 0;
  }

  void ask() {
    next(State::reply);
    login_ = SecretBytes();
    send(std::move(request_));
  }

  State state_ = State::method;
  std::size_t have_ = 0;  // octets of this answer
  std::size_t left_ = 0;  // octets of the bound address that are still to come
  SecretBytes login_, request_;
};

// RFC 1928 §5: an address as its octets, anything else as a name.
void add_destination(SecretMessage& out, const ProxyTarget& target) noexcept {
  constexpr unsigned kV4 = 1, kName = 3, kV6 = 4;
  if (target.family == AF_UNSPEC)
    out.octet(kName).octet(static_cast<unsigned>(target.name.size())).add(target.name);
  else
    out.octet(target.family == AF_INET ? kV4 : kV6).add(target.address());
}

}  // namespace

std::unique_ptr<ProxyHandshake> make_socks5_proxy(const ProxySettings& settings,
                                                  const ProxyTarget& target, NetError& why) {
  const Bytes password = settings.password.reveal();
  if (settings.user.size() > 255 || password.size() > 255) {
    why = proxy_error(
        "SOCKS5 user names and passwords (FirewallUser, FirewallPassword) have at most 255 octets");
    return nullptr;
  }
  // RFC 1929 §2: neither can be empty.
  const bool with_login = !settings.user.empty() && !password.empty();
  SecretMessage greeting(4);
  greeting.octet(5).octet(with_login ? 2 : 1).octet(kNoAuthentication);
  if (with_login) greeting.octet(kUserPassword);
  SecretMessage login(3 + settings.user.size() + password.size());
  if (with_login) {
    login.octet(1).octet(static_cast<unsigned>(settings.user.size())).add(settings.user);
    login.octet(static_cast<unsigned>(password.size())).add(password);
  }
  SecretMessage request(4 + 1 + 255 + 2);
  request.octet(5).octet(1).octet(0);
  add_destination(request, target);
  request.u16(target.port);
  return std::make_unique<Socks5>(proxy_name(settings), greeting.take(), login.take(),
                                  request.take());
}

}  // namespace sshauth
