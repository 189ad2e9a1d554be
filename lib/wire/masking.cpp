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

// RFC 4250 §4.1.2: 60-79 belong to the method. Of a method that the host speaks itself nothing is
// known, so whatever it sends may be a credential.
bool is_answer(std::uint8_t msg) noexcept { return msg >= 60 && msg <= 79; }

// Blanks the contents of the strings that follow, keeping their lengths, and whatever cannot be
// read as a string.
void mask_strings(MutBytes rest) noexcept {
  while (rest.size() >= 4) {
    const std::uint32_t len = load_u32(rest.data());
    if (len > rest.size() - 4) break;
    blank(rest.subspan(4, len));
    rest = rest.subspan(4 + std::size_t{len});
  }
  blank(rest);
}

void mask_request(MutBytes payload) noexcept {
  UserauthRequest request;
  if (decode(payload, request) != Errc::ok) return blank(payload.subspan(1));
  // Signatures and key names are no secrets; what an unknown method sends may be one, and so may
  // what the host adds where nothing belongs.
  if (request.method == "publickey" || request.method == "keyboard-interactive") return;
  const MutBytes rest = payload.last(request.rest.size());
  if (request.method == "password" && !rest.empty()) return mask_strings(rest.subspan(1));
  blank(rest);
}

}  // namespace

void blank(MutBytes octets) noexcept {
  if (!octets.empty()) std::memset(octets.data(), '*', octets.size());
}

void mask_secrets(MutBytes payload, bool outgoing) noexcept {
  if (payload.empty()) return;
  switch (secret_of(payload[0])) {
    case secret_none:
      if (outgoing && is_answer(payload[0])) blank(payload.subspan(1));
      return;
    case secret_responses:  // behind the number and the count
      if (payload.size() > 5) mask_strings(payload.subspan(5));
      return;
    case secret_request: return mask_request(payload);
  }
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
