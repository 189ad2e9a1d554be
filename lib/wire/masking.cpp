// What a log may show of a message. The table of messages says which have secret fields.
#include "lib/wire/messages.hpp"

namespace sshauth {
namespace {

enum Secret : std::uint8_t { secret_none, secret_request, secret_responses };

Secret secret_of(std::uint8_t msg) noexcept {
  switch (msg) {
#define X(name, number, title, rfc, process, skip, senders, secret) \
  case number:                                                      \
    return secret;
#include "lib/wire/messages.def"
#undef X
    default: return secret_none;
  }
}

// Blanks the contents of the strings that follow, keeping their lengths, and whatever cannot be
// read as a string.
void mask_strings(MutBytes rest) noexcept {
  while (rest.size() >= 4) {
    const std::uint32_t len = load_u32(rest.data());
    if (len > rest.size() - 4) break;
    std::memset(rest.data() + 4, '*', len);
    rest = rest.subspan(4 + std::size_t{len});
  }
  if (!rest.empty()) std::memset(rest.data(), '*', rest.size());
}

}  // namespace

void mask_secrets(MutBytes payload) noexcept {
  if (payload.empty()) return;
  const Secret secret = secret_of(payload[0]);
  if (secret == secret_none) return;
  std::size_t at = 5;  // behind the number and the count of responses
  if (secret == secret_request) {
    UserauthRequest request;
    const bool readable = decode(payload, request) == Errc::ok;
    // Signatures and key names are no secrets; what an unknown method sends may be one.
    if (readable && (request.method == "none" || request.method == "publickey" ||
                     request.method == "keyboard-interactive"))
      return;
    const bool password = readable && request.method == "password" && !request.rest.empty();
    at = readable ? payload.size() - request.rest.size() + (password ? 1 : 0) : 1;
  }
  if (at < payload.size()) mask_strings(payload.subspan(at));
}

const char* message_name(std::uint8_t number) noexcept {
  switch (number) {
#define X(name, no, title, rfc, process, skip, senders, secret) \
  case no:                                                      \
    return title;
#include "lib/wire/messages.def"
#undef X
    default: return "unknown";
  }
}

}  // namespace sshauth
