// HTTP CONNECT, RFC 9110 §9.3.6, over HTTP/1.1, RFC 9112.
#include <optional>

#include "lib/net/http_answer.hpp"
#include "lib/net/http_login.hpp"
#include "lib/net/http_text.hpp"
#include "lib/net/proxy_rows.hpp"

namespace sshauth {
namespace {

constexpr unsigned kMaxInterim = 4;     // 1xx answers, all requests together
constexpr unsigned kMaxReconnects = 4;  // of one handshake; the challenges allow for three requests

// What of a request stays the same.
struct ConnectRequest {
  std::string target;      // "host:22", "[2001:db8::1]:22"
  SecretBytes extra;       // header lines, each with its CR LF; they may hold a login
  bool own_login = false;  // there is a Proxy-Authorization among them

  SecretBytes text(Bytes authorization) const {
    SecretMessage out(96 + 2 * target.size() + extra.size() + authorization.size());
    out.add("CONNECT ").add(target).add(" HTTP/1.1\r\nHost: ").add(target).add("\r\n");
    if (!authorization.empty()) out.add("Proxy-Authorization: ").add(authorization).add("\r\n");
    return out.add(extra.reveal()).add("\r\n").take();
  }
};

// Asks; and where the proxy wants a login, asks again with it, over the same connection when the
// proxy leaves it open.
//
//   head    an answer's head is read; nothing of it has come when head_ is new
//   body    a challenge's body is passed over, the next request waits
class HttpConnect final : public ProxyHandshake {
 public:
  HttpConnect(std::string name, ConnectRequest request, HttpLogin login)
      : ProxyHandshake(std::move(name)), request_(std::move(request)), login_(std::move(login)) {
    head_ = new_head();
    send(request_.text({}));
  }

 private:
  void take(std::uint8_t octet) override { body_ ? take_body(octet) : take_head(octet); }

  void take_head(std::uint8_t octet) {
    heard_ = true;
    head_.take(octet);
    if (!head_.problem().empty()) return fail(head_.problem());
    if (head_.done()) judge();
  }

  void take_body(std::uint8_t octet) {
    body_->take(octet);
    if (!body_->problem().empty()) return fail(body_->problem());
    if (body_->too_long()) return ask_anew();
    if (body_->done()) ask_here();
  }

  // RFC 9112 §9.5: a connection that was used before may end at any time; the request is repeated
  // over a new one when nothing of its answer has come.
  void take_close() override {
    if (body_ || (reused_ && !heard_)) return ask_anew();
    fail("closed the connection " + head_.so_far());
  }

  // The head is complete.
  void judge() {
    const unsigned status = head_.status();
    if (status / 100 == 2) return finish();  // RFC 9110 §9.3.6: such an answer has no body
    if (status / 100 == 1 && status != 101) {
      if (++interim_ > kMaxInterim) return fail("sends nothing but interim answers " + told());
      head_ = new_head();
      return;
    }
    if (status == 407) return challenged();
    // tinyproxy says 401 where it means 407.
    if (status == 401 && answered_) return login_refused();
    if (status / 100 == 3)
      return fail("redirects elsewhere" +
                  (head_.location().empty() ? std::string() : " (to " + head_.location() + ")") +
                  ", which is not followed for a connection to a server " + told());
    fail("refused the connection to " + request_.target + " or could not make it " + told());
  }

  // RFC 9110 §15.5.8
  void challenged() {
    std::vector<HttpChallenge> challenges;
    for (const std::string& field : head_.challenges())
      if (!parse_challenges(field, challenges))
        return fail("asks for a login with a Proxy-Authenticate that cannot be read" +
                    (told_secrets() ? std::string() : ": \"" + shown_peer(field, 100) + "\""));
    if (challenges.empty())
      return fail("asks for a login without saying which kind (no Proxy-Authenticate) " + told());
    if (request_.own_login)
      return fail("refused the Proxy-Authorization among the extra headers " + told());
    if (login_.empty())
      return fail("asks for a user name and a password for " + schemes_of(challenges) +
                  " authentication, and FirewallUser is not set " + told());
    if (answered_ && !login_.may_repeat(challenges)) return login_refused();
    std::string why;
    authorization_ = login_.answer(challenges, request_.target, why);
    if (!why.empty() && answered_) return login_refused();
    if (!why.empty()) return fail(why + " " + told());
    answered_ = true;
    if (as_text(authorization_.reveal()).starts_with("Basic ")) remark_password_in_clear();
    pass_over_body();
  }

  void login_refused() { fail("refused the user name or the password " + told()); }

  void pass_over_body() {
    if (!head_.keeps_connection() || head_.body_kind() == HttpBodyKind::until_close)
      return ask_anew();
    body_.emplace(head_);
    if (body_->too_long()) return ask_anew();
    if (body_->done()) ask_here();
  }

  void ask_here() {
    next(true);
    send(request_.text(authorization_.reveal()));
  }

  void ask_anew() {
    if (++reconnects_ > kMaxReconnects) return fail("closes every connection before it answers");
    next(false);
    send_anew(request_.text(authorization_.reveal()));
  }

  // A login was sent: an answer to a challenge, or what the extra headers hold.
  bool told_secrets() const noexcept { return answered_ || request_.extra.size() != 0; }
  HttpHead new_head() const {
    return HttpHead(told_secrets() ? PeerText::hidden : PeerText::shown);
  }

  void next(bool reused) {
    head_ = new_head();
    body_.reset();
    heard_ = false;
    reused_ = reused;
  }

  std::string told() const {
    return "(HTTP status " + std::to_string(head_.status()) +
           (head_.reason().empty() ? "" : ": " + head_.reason()) + ")";
  }

  ConnectRequest request_;
  HttpLogin login_;
  SecretBytes authorization_;
  HttpHead head_;
  std::optional<HttpBody> body_;
  bool heard_ = false;     // something of the answer to this request
  bool reused_ = false;    // this connection has carried an answer
  bool answered_ = false;  // a challenge
  unsigned interim_ = 0, reconnects_ = 0;
};

bool is_ours(std::string_view name) noexcept {
  for (const std::string_view own : {"Host", "Content-Length", "Transfer-Encoding"})
    if (same_ascii(name, own)) return true;
  return false;
}

NetError check_header(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon)) || !is_field_text(line))
    return proxy_error(
        "each extra proxy header (FirewallData) must read \"Name: value\", without control "
        "characters, and CR LF must separate them");
  if (is_ours(line.substr(0, colon)))
    return proxy_error("the proxy header " + std::string(line.substr(0, colon)) +
                       " cannot be set (FirewallData): it is the request's own");
  return {};
}

// What could end the header early, or stand for one of our own lines, is refused.
NetError read_headers(std::string_view headers, ConnectRequest& out) {
  SecretMessage extra(headers.size() + 2);
  while (!headers.empty()) {
    const std::size_t end = headers.find("\r\n");
    const std::string_view line = headers.substr(0, end);
    if (NetError error = check_header(line); !error.ok()) return error;
    out.own_login =
        out.own_login || same_ascii(line.substr(0, line.find(':')), "Proxy-Authorization");
    extra.add(line).add("\r\n");
    headers.remove_prefix(end == std::string_view::npos ? headers.size() : end + 2);
  }
  out.extra = extra.take();
  return {};
}

}  // namespace

NetError check_proxy_headers(std::string_view headers) {
  ConnectRequest ignored;
  return read_headers(headers, ignored);
}

std::unique_ptr<ProxyHandshake> make_http_proxy(const ProxySettings& settings,
                                                const ProxyTarget& target, const Provider& provider,
                                                NetError& why) {
  ConnectRequest request;
  why = read_headers(as_text(settings.headers.reveal()), request);
  if (why.ok() && !is_field_text(settings.user))
    why = proxy_error("the proxy's user name (FirewallUser) has control characters");
  if (!why.ok()) return nullptr;
  // RFC 9110 §7.2, RFC 3986 §3.2.2
  request.target =
      target.family == AF_INET6 ? "[" + std::string(target.name) + "]" : std::string(target.name);
  request.target += ":" + std::to_string(target.port);
  return std::make_unique<HttpConnect>(
      proxy_name(settings), std::move(request),
      HttpLogin(settings.user, settings.password.reveal(), provider));
}

}  // namespace sshauth
