#include "lib/net/http_challenge.hpp"

#include "lib/net/http_text.hpp"

namespace sshauth {
namespace {

// Reads one field from the front. Nothing is read twice but a token's first look, so time is
// linear.
class ChallengeReader {
 public:
  ChallengeReader(std::string_view field, std::vector<HttpChallenge>& out)
      : rest_(field), out_(out) {}

  bool read() {
    for (;;) {
      skip(" \t,");  // RFC 9110 §5.6.1: a list may have empty elements
      if (rest_.empty()) return true;
      const std::string_view word = token();
      if (word.empty()) return false;
      // RFC 9110 §11.2: a name with "=" belongs to the challenge before it, any other word begins
      // one.
      if (!at_parameter()) {
        if (!begin(word)) return false;
      } else if (!parameter(word)) {
        return false;
      }
      if (!at_end_of_element()) return false;
    }
  }

 private:
  void skip(std::string_view octets) noexcept {
    const std::size_t at = rest_.find_first_not_of(octets);
    rest_.remove_prefix(at == std::string_view::npos ? rest_.size() : at);
  }

  std::string_view token() noexcept {
    std::size_t len = 0;
    while (len < rest_.size() && is_token_char(rest_[len])) ++len;
    const std::string_view word = rest_.substr(0, len);
    rest_.remove_prefix(len);
    return word;
  }

  // Behind a token: blanks and "=".
  bool at_parameter() const noexcept {
    const std::size_t at = rest_.find_first_not_of(" \t");
    return at != std::string_view::npos && rest_[at] == '=';
  }

  bool at_end_of_element() noexcept {
    skip(" \t");
    return rest_.empty() || rest_.front() == ',';
  }

  bool begin(std::string_view scheme) {
    if (out_.size() >= kMaxChallenges) return false;
    out_.push_back({std::string(scheme), {}, {}});
    begun_ = true;
    if (rest_.empty() || rest_.front() == ',') return true;
    if (rest_.front() != ' ' && rest_.front() != '\t') return false;
    skip(" \t");
    if (rest_.empty() || rest_.front() == ',') return true;
    if (const std::size_t len = token68_len(); len != 0) {
      out_.back().token = rest_.substr(0, len);
      rest_.remove_prefix(len);
      return true;
    }
    const std::string_view word = token();
    return !word.empty() && at_parameter() && parameter(word);
  }

  // RFC 9110 §11.2: token68 is letters, digits and -._~+/ with "=" at its end; it fills the
  // element.
  std::size_t token68_len() const noexcept {
    constexpr std::string_view kMarks = "-._~+/";
    std::size_t len = 0;
    while (len < rest_.size() &&
           (is_alnum(rest_[len]) || kMarks.find(rest_[len]) != std::string_view::npos))
      ++len;
    if (len == 0) return 0;
    while (len < rest_.size() && rest_[len] == '=') ++len;
    const std::size_t next = rest_.find_first_not_of(" \t", len);
    return next == std::string_view::npos || rest_[next] == ',' ? len : 0;
  }

  bool parameter(std::string_view name) {
    skip(" \t");
    rest_.remove_prefix(1);  // "="
    skip(" \t");
    std::string value;
    if (!begun_ || !read_value(value)) return false;
    HttpChallenge& challenge = out_.back();
    std::string key = lowered_ascii(name);
    if (challenge.parameters.size() >= kMaxChallengeParameters || challenge.find(key) != nullptr)
      return false;
    challenge.parameters.push_back({std::move(key), std::move(value)});
    return true;
  }

  bool read_value(std::string& out) {
    if (rest_.empty() || rest_.front() != '"') {
      out = token();
      return !out.empty();
    }
    // RFC 9110 §5.6.4
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == '"') {
        rest_.remove_prefix(i + 1);
        return true;
      }
      if (rest_[i] == '\\' && ++i == rest_.size()) break;
      out.push_back(rest_[i]);
    }
    return false;
  }

  std::string_view rest_;
  std::vector<HttpChallenge>& out_;
  bool begun_ = false;  // a challenge of this field, which parameters may belong to
};

}  // namespace

const std::string* HttpChallenge::find(std::string_view name) const noexcept {
  for (const Parameter& parameter : parameters)
    if (parameter.name == name) return &parameter.value;
  return nullptr;
}

bool parse_challenges(std::string_view field, std::vector<HttpChallenge>& out) {
  return ChallengeReader(field, out).read();
}

}  // namespace sshauth
