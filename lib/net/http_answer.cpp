#include "lib/net/http_answer.hpp"

#include <algorithm>
#include <utility>

#include "lib/net/http_text.hpp"

namespace sshauth {
namespace {

constexpr std::string_view kProtocol = "HTTP/1.";

// What else listens where a proxy was looked for.
std::string_view guess_of(std::string_view came) noexcept {
  if (came.starts_with("SSH-")) return "; that is an SSH server, not a proxy";
  if (came.starts_with("\x15\x03") || came.starts_with("\x16\x03"))
    return "; that looks like TLS, which is not spoken to proxies here";
  if (came.starts_with('\x05') || came.starts_with('\x00') || came.starts_with('\x04'))
    return "; that looks like a SOCKS proxy";
  return "";
}

// RFC 9112 §6.3: digits alone, and no number that would not fit.
bool parse_length(std::string_view text, std::uint64_t& out) noexcept {
  if (text.empty() || text.size() > 18) return false;
  out = 0;
  for (const char c : text) {
    if (!is_digit(c)) return false;
    out = out * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return true;
}

int hex_value(char c) noexcept {
  if (is_digit(c)) return c - '0';
  const char l = lower_ascii(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

}  // namespace

std::string HttpHead::quoted(std::string_view came, std::size_t most) const {
  if (text_ == PeerText::hidden) return "(not shown, since a login was sent before)";
  return "\"" + shown_peer(came, most) + "\"";
}

std::string HttpHead::shown(std::string_view text, std::size_t most) const {
  return text_ == PeerText::hidden ? std::string() : shown_peer(text, most);
}

void HttpHead::take(std::uint8_t octet) {
  if (done_ || !problem_.empty()) return;
  if (++octets_ > kMaxHttpHead) return broken("answered with an endless header");
  if (octet == '\n') {
    // RFC 9112 §2.2 lets a reader take a lone LF for a line's end; two readers that differ there
    // are how answers get smuggled, and no proxy needs it.
    if (line_.empty() || line_.back() != '\r')
      return broken("ended a header line with a lone LF instead of CR LF after " + quoted(line_));
    line_.pop_back();
    const std::string line = std::exchange(line_, {});
    return take_line(line);
  }
  if (line_.size() >= kMaxHttpLine) return broken("answered with an endless header line");
  line_.push_back(static_cast<char>(octet));
  // At once: what is no HTTP may have no line either.
  if (!begun_ && line_.size() == kProtocol.size() && line_ != kProtocol)
    broken("does not speak HTTP/1: its answer begins with " + quoted(line_) +
           std::string(guess_of(line_)));
}

std::string HttpHead::so_far() const {
  if (begun_)
    return "within the header of its answer (HTTP status " + std::to_string(status_) + ")";
  return octets_ == 0 ? "before it had answered"
                      : "after " + quoted(line_) + std::string(guess_of(line_));
}

void HttpHead::take_line(std::string_view line) {
  if (!is_field_text(line))
    return broken("answered with control characters in its header: " + quoted(line));
  if (!begun_) return take_status(line);
  if (line.empty()) {
    done_ = true;
    return;
  }
  if (++fields_ > kMaxHttpFields) return broken("answered with an endless header");
  if (line.front() == ' ' || line.front() == '\t')  // RFC 9112 §5.2
    return broken("answered with a folded header line, which HTTP/1.1 forbids: " + quoted(line));
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
    return broken("answered with the malformed header line " + quoted(line));
  take_field(line.substr(0, colon), trim_blanks(line.substr(colon + 1)));
}

// RFC 9112 §4: "HTTP/1.1 200 Connection established"
void HttpHead::take_status(std::string_view line) {
  begun_ = true;
  if (!line.starts_with(kProtocol))
    return broken("does not speak HTTP/1: its answer begins with " + quoted(line) +
                  std::string(guess_of(line)));
  const bool fits = line.size() >= 12 && is_digit(line[7]) && line[8] == ' ' && line[9] >= '1' &&
                    line[9] <= '5' && is_digit(line[10]) && is_digit(line[11]) &&
                    (line.size() == 12 || line[12] == ' ');
  if (!fits)
    return broken("answered with the status line " + quoted(line) +
                  ", which has no status of 100 to 599 in its place");
  status_ = static_cast<unsigned>((line[9] - '0') * 100 + (line[10] - '0') * 10 + line[11] - '0');
  reason_ = shown(trim_blanks(line.substr(12)), 80);
  keep_ = line[7] != '0';
}

void HttpHead::take_field(std::string_view name, std::string_view value) {
  if (same_ascii(name, "Proxy-Authenticate")) challenges_.emplace_back(value);
  if (same_ascii(name, "Location")) location_ = shown(value, 100);
  if (same_ascii(name, "Content-Length")) take_length(value);
  // Proxy-Connection was never a standard, and is what many proxies send.
  if (same_ascii(name, "Connection") || same_ascii(name, "Proxy-Connection"))
    take_connection(value);
  if (!same_ascii(name, "Transfer-Encoding")) return;
  chunked_ = !has_encoding_ && same_ascii(value, "chunked");
  has_encoding_ = true;
}

void HttpHead::take_length(std::string_view value) {
  if (status_ / 100 == 2) return;  // RFC 9110 §9.3.6: to be ignored there
  std::uint64_t length = 0;
  if (!parse_length(value, length) || (has_length_ && length != length_))
    return broken("answered with the impossible Content-Length " + quoted(value, 30));
  length_ = length;
  has_length_ = true;
}

void HttpHead::take_connection(std::string_view list) {
  while (!list.empty()) {
    const std::size_t end = list.find(',');
    const std::string_view word = trim_blanks(list.substr(0, end));
    if (same_ascii(word, "close")) close_ = true;
    if (same_ascii(word, "keep-alive")) keep_ = true;
    list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
  }
}

HttpBodyKind HttpHead::body_kind() const noexcept {
  // RFC 9112 §6.1, §6.3: both a length and an encoding may be an attack; the connection is not used
  // again.
  if (has_encoding_ && has_length_) return HttpBodyKind::until_close;
  if (has_encoding_) return chunked_ ? HttpBodyKind::chunked : HttpBodyKind::until_close;
  return has_length_ ? HttpBodyKind::length : HttpBodyKind::until_close;
}

HttpBody::HttpBody(const HttpHead& head) noexcept
    : state_(State::data),
      chunked_(head.body_kind() == HttpBodyKind::chunked),
      left_(head.body_len()) {
  if (chunked_) state_ = State::size;
  if (!chunked_ && left_ == 0) state_ = State::done;
  if (!chunked_ && left_ > kMaxHttpBody) octets_ = left_;
}

void HttpBody::take(std::uint8_t octet) {
  if (done() || too_long() || !problem_.empty()) return;
  ++octets_;
  if (state_ == State::data) {
    if (--left_ == 0) state_ = chunked_ ? State::end : State::done;
    return;
  }
  if (octet != '\n') {
    line_.push_back(static_cast<char>(octet));
    return;
  }
  if (line_.empty() || line_.back() != '\r') {
    problem_ = "ended a line of its chunked answer with a lone LF";
    return;
  }
  line_.pop_back();
  const std::string line = std::exchange(line_, {});
  take_line(line);
}

void HttpBody::take_line(std::string_view line) {
  switch (state_) {
    case State::size: return take_size(line);
    case State::end:
      state_ = State::size;
      if (!line.empty()) problem_ = "sent a chunk longer than it had said";
      return;
    case State::trailer:
      if (line.empty()) state_ = State::done;
      return;
    case State::data:
    case State::done: return;
  }
}

// RFC 9112 §7.1: hexadecimal digits, then perhaps an extension.
void HttpBody::take_size(std::string_view line) {
  const std::string_view digits = trim_blanks(line.substr(0, line.find(';')));
  left_ = 0;
  bool fits = !digits.empty() && digits.size() <= 8;
  for (const char c : digits) {
    fits = fits && hex_value(c) >= 0;
    if (fits) left_ = left_ * 16 + static_cast<std::uint64_t>(hex_value(c));
  }
  if (!fits)
    problem_ = "answered with an impossible chunk size";
  else
    state_ = left_ == 0 ? State::trailer : State::data;
}

}  // namespace sshauth
