// HTTP CONNECT, RFC 9110 §9.3.6, with Basic authentication, RFC 7617. HTTP/1.1, RFC 9112.
#include <algorithm>

#include "lib/base/text.hpp"
#include "lib/net/address.hpp"
#include "lib/net/proxy_rows.hpp"

namespace sshauth {
namespace {

// The proxy is hostile until proven otherwise: no answer is longer than this, in lines, octets of a
// line, and interim (1xx) answers.
constexpr std::size_t kMaxLine = 8'192;
constexpr std::size_t kMaxLines = 128;
constexpr std::size_t kMaxInterim = 4;

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool same_name(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// RFC 9110 §5.6.2
bool is_token(std::string_view text) noexcept {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

// RFC 9110 §5.5: no control character but the tab. CR and LF would begin a line of their own.
bool is_field_text(std::string_view text) noexcept {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
}

std::string shown_text(std::string_view text, std::size_t most) {
  FixedText<128> out;
  out.peer(text, most);
  return std::string(out.view());
}

class HttpConnect final : public ProxyHandshake {
 public:
  HttpConnect(SecretBytes request, bool with_login) : with_login_(with_login) {
    send(std::move(request));
  }

 private:
  void take(std::uint8_t octet) override {
    if (octet == '\n') {
      // RFC 9112 §2.2: a lone LF may end a line.
      if (!line_.empty() && line_.back() == '\r') line_.pop_back();
      const std::string line = std::exchange(line_, {});
      return take_line(line);
    }
    if (line_.size() >= kMaxLine) return fail("answered with an endless header line");
    line_.push_back(static_cast<char>(octet));
  }

  void take_line(std::string_view line) {
    if (!is_field_text(line)) return fail("answered with control characters in its header");
    if (++lines_ > kMaxLines) return fail("answered with an endless header");
    if (status_ == 0) return take_status(line);
    if (line.empty()) return judge();
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
      return fail("answered with a malformed header line");
    if (same_name(line.substr(0, colon), "Proxy-Authenticate"))
      note_scheme(trim(line.substr(colon + 1)));
  }

  // RFC 9112 §4: "HTTP/1.1 200 Connection established"
  void take_status(std::string_view line) {
    const bool fits = line.size() >= 12 && line.starts_with("HTTP/1.") && is_digit(line[7]) &&
                      line[8] == ' ' && line[9] >= '1' && line[9] <= '5' && is_digit(line[10]) &&
                      is_digit(line[11]) && (line.size() == 12 || line[12] == ' ');
    if (!fits) return fail("does not speak HTTP/1.1: its answer begins with no status line");
    status_ = static_cast<unsigned>((line[9] - '0') * 100 + (line[10] - '0') * 10 + line[11] - '0');
    reason_ = shown_text(trim(line.substr(12)), 80);
  }

  void note_scheme(std::string_view challenge) {
    if (schemes_.size() > 100) return;
    if (!schemes_.empty()) schemes_ += ", ";
    schemes_ += shown_text(challenge.substr(0, challenge.find(' ')), 20);
  }

  // The header is complete. The body of a refusal is not read: the connection ends there.
  void judge() {
    if (status_ / 100 == 2) return finish();  // RFC 9110 §9.3.6: a 2xx answer has no body
    if (status_ / 100 == 1 && status_ != 101) {
      if (++interim_ > kMaxInterim) return fail("sends nothing but interim answers");
      status_ = 0;
      return;
    }
    const std::string told =
        "(HTTP status " + std::to_string(status_) + (reason_.empty() ? "" : ": " + reason_) + ")";
    if (status_ == 407) return fail(authentication_wanted() + told);
    if (status_ / 100 == 3) return fail("redirects elsewhere, which is not followed " + told);
    fail("refused the connection or could not make it " + told);
  }

  std::string authentication_wanted() const {
    if (with_login_) return "refused the user name or the password " + offered();
    return "asks for a user name and a password " + offered();
  }
  std::string offered() const {
    return schemes_.empty() ? "" : "for " + schemes_ + " authentication; ours is Basic ";
  }

  bool with_login_;
  std::string line_;
  std::size_t lines_ = 0;
  std::size_t interim_ = 0;
  unsigned status_ = 0;
  std::string reason_, schemes_;
};

// "Name: value" lines separated by CR LF (or LF), as they may be added to the request; what could
// end the header early, or stand for one of our own lines, is refused.
NetError check_headers(std::string_view headers, std::string& out) {
  while (!headers.empty()) {
    const std::size_t end = headers.find('\n');
    std::string_view line = headers.substr(0, end);
    headers.remove_prefix(end == std::string_view::npos ? headers.size() : end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty() && headers.empty()) break;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon)) || !is_field_text(line))
      return proxy_error("an extra proxy header must read \"Name: value\", each on its line");
    if (same_name(line.substr(0, colon), "Host") ||
        same_name(line.substr(0, colon), "Content-Length") ||
        same_name(line.substr(0, colon), "Transfer-Encoding"))
      return proxy_error("the proxy header " + std::string(line.substr(0, colon)) +
                         " cannot be set");
    out.append(line).append("\r\n");
  }
  return {};
}

// RFC 4648 §4, into memory that is wiped.
void add_base64(SecretMessage& out, Bytes in) noexcept {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < in.size(); i += 3) {
    const std::size_t n = std::min<std::size_t>(3, in.size() - i);
    const unsigned group = static_cast<unsigned>(in[i]) << 16 |
                           (n > 1 ? static_cast<unsigned>(in[i + 1]) << 8 : 0U) |
                           (n > 2 ? static_cast<unsigned>(in[i + 2]) : 0U);
    for (std::size_t k = 0; k < 4; ++k)
      out.octet(k <= n ? static_cast<unsigned char>(kDigits[group >> (18 - 6 * k) & 63U]) : '=');
  }
}

// RFC 7617 §2: the user name cannot hold a colon, neither may hold control characters.
NetError check_login(const ProxySettings& settings) {
  if (settings.user.find(':') != std::string::npos || !is_field_text(settings.user) ||
      !is_field_text(as_text(settings.password.reveal())))
    return proxy_error(
        "a proxy user name or password has control characters, or the user name a colon");
  return {};
}

}  // namespace

std::unique_ptr<ProxyHandshake> make_http_proxy(const ProxySettings& settings,
                                                std::string_view host, std::uint16_t port,
                                                NetError& why) {
  std::string extra;
  why = check_login(settings);
  if (why.ok()) why = check_headers(settings.headers, extra);
  if (!why.ok()) return nullptr;
  Address address;
  const bool v6 = parse_address(host, address) && address.family() == AF_INET6;
  std::string target(host);
  if (v6 && host.front() != '[') target = "[" + target + "]";
  target += ":" + std::to_string(port);

  const bool with_login = !settings.user.empty() || settings.password.size() != 0;
  const std::size_t login_len = settings.user.size() + 1 + settings.password.size();
  SecretMessage request(128 + 2 * target.size() + extra.size() + 2 * login_len);
  request.add("CONNECT ").add(target).add(" HTTP/1.1\r\nHost: ").add(target).add("\r\n");
  if (with_login) {
    SecretMessage login(login_len);
    login.add(settings.user).add(":").add(settings.password.reveal());
    const SecretBytes pair = login.take();
    request.add("Proxy-Authorization: Basic ");
    add_base64(request, pair.reveal());
    request.add("\r\n");
  }
  request.add(extra).add("\r\n");
  return std::make_unique<HttpConnect>(request.take(), with_login);
}

}  // namespace sshauth
