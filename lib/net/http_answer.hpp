// One answer of an HTTP proxy, octet by octet: its head (RFC 9112 §4, §5) and, where the connection
// is to be used again, its body (§6, §7).
//
// The proxy is hostile until proven otherwise: lines, fields and octets are counted; a lone LF, a
// folded line, a control character or a status that is none ends the reading with a sentence. Both
// readers take nothing after they are done or broken.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sshauth {

constexpr std::size_t kMaxHttpLine = 8'192;     // octets
constexpr std::size_t kMaxHttpHead = 65'536;    // octets of all lines of a head
constexpr std::size_t kMaxHttpFields = 128;     // lines of a head
constexpr std::uint64_t kMaxHttpBody = 65'536;  // more is not worth reading: a new connection is

// How the body ends, RFC 9112 §6.3.
enum class HttpBodyKind : std::uint8_t { length, chunked, until_close };

// Once a login was sent nothing of the proxy's text is shown: a proxy that says it back must not
// get it into a log.
enum class PeerText : std::uint8_t { shown, hidden };

class HttpHead {
 public:
  explicit HttpHead(PeerText text = PeerText::shown) noexcept : text_(text) {}

  void take(std::uint8_t octet);

  bool done() const noexcept { return done_; }
  // Ends a sentence that began with the proxy: "answered with ...". Empty: nothing is wrong.
  const std::string& problem() const noexcept { return problem_; }
  // What came of a head that is not complete, for the sentence about one that never will be.
  std::string so_far() const;

  unsigned status() const noexcept { return status_; }
  // Fit to show; empty when they are hidden.
  const std::string& reason() const noexcept { return reason_; }
  const std::string& location() const noexcept { return location_; }
  // Each the value of one Proxy-Authenticate field.
  const std::vector<std::string>& challenges() const noexcept { return challenges_; }

  HttpBodyKind body_kind() const noexcept;
  std::uint64_t body_len() const noexcept { return length_; }
  // The proxy means to take another request on this connection (RFC 9112 §9.3).
  bool keeps_connection() const noexcept { return keep_ && !close_; }

 private:
  void take_line(std::string_view line);
  void take_status(std::string_view line);
  void take_field(std::string_view name, std::string_view value);
  void take_length(std::string_view value);
  void take_connection(std::string_view list);
  void broken(std::string what) { problem_ = std::move(what); }
  std::string quoted(std::string_view came, std::size_t most = 60) const;
  std::string shown(std::string_view text, std::size_t most) const;

  PeerText text_;
  std::string line_;
  std::size_t octets_ = 0, fields_ = 0;
  bool begun_ = false;  // the status line is there
  bool done_ = false;
  unsigned status_ = 0;
  std::string reason_, location_, problem_;
  std::vector<std::string> challenges_;
  bool keep_ = false, close_ = false;
  bool has_length_ = false, has_encoding_ = false, chunked_ = false;
  std::uint64_t length_ = 0;
};

// Passes over a body of kind `length` or `chunked`.
class HttpBody {
 public:
  explicit HttpBody(const HttpHead& head) noexcept;

  void take(std::uint8_t octet);

  bool done() const noexcept { return state_ == State::done; }
  // More than kMaxHttpBody, its framing included.
  bool too_long() const noexcept { return octets_ > kMaxHttpBody; }
  const std::string& problem() const noexcept { return problem_; }

 private:
  // data: of a length, or of a chunk; end: CR LF behind a chunk; trailer: lines behind the last
  // one.
  enum class State : std::uint8_t { size, data, end, trailer, done };

  void take_line(std::string_view line);
  void take_size(std::string_view line);

  State state_;
  bool chunked_;
  std::uint64_t left_;
  std::uint64_t octets_ = 0;
  std::string line_, problem_;
};

}  // namespace sshauth
