#include "lib/keys/pem_block.hpp"

#include "lib/keys/secret_text.hpp"

namespace sshauth {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";

bool begins_block(std::string_view line, std::string_view& label) noexcept {
  if (line.size() < kBegin.size() + kDashes.size() || !line.starts_with(kBegin) ||
      !line.ends_with(kDashes))
    return false;
  label = line.substr(kBegin.size(), line.size() - kBegin.size() - kDashes.size());
  return true;
}

// Takes everything before the line `end`, and that line, off `rest`. A block that the next one
// begins in has no end, and harms that one no more than itself.
bool take_until(std::string_view& rest, std::string_view end, std::string_view& out) noexcept {
  std::string_view after = rest;
  std::string_view label;
  while (!after.empty()) {
    const std::size_t at = rest.size() - after.size();
    const std::string_view line = next_line(after);
    if (begins_block(line, label)) return false;
    if (line != end) continue;
    out = rest.substr(0, at);
    rest = after;
    return true;
  }
  return false;
}

// "Name: value" lines, then an empty one.
std::string take_headers(std::string_view& body) {
  std::string headers;
  std::string_view rest = body;
  if (next_line(rest).find(':') == std::string_view::npos) return headers;
  while (!body.empty()) {
    const std::string_view line = next_line(body);
    if (line.empty()) break;
    headers += std::string(line) + "\n";
  }
  return headers;
}

}  // namespace

std::string_view next_line(std::string_view& rest) noexcept {
  const std::size_t end = rest.find('\n');
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  while (line.ends_with('\r') || line.ends_with(' ') || line.ends_with('\t')) line.remove_suffix(1);
  return line;
}

PemFound next_pem_block(std::string_view& rest, PemBlock& out) {
  while (!rest.empty()) {
    if (!begins_block(next_line(rest), out.label)) continue;
    std::string_view body;
    if (!take_until(rest, std::string(kEnd) + std::string(out.label) + std::string(kDashes), body))
      return PemFound::damaged;
    out.headers = take_headers(body);
    return decode_base64(body, out.contents) ? PemFound::block : PemFound::damaged;
  }
  return PemFound::none;
}

}  // namespace sshauth
