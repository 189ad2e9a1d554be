#include "fuzz/null_gss.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "fuzz/require.hpp"

namespace sshauth {
namespace {

constexpr std::uint8_t kKerberos[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                      0xf7, 0x12, 0x01, 0x02, 0x02};
constexpr std::uint32_t kAll =
    IPWORKSAUTH_GSS_DELEGATE | IPWORKSAUTH_GSS_MUTUAL | IPWORKSAUTH_GSS_INTEGRITY;

// What an engine gives to a context: zeroed at first, marked while it is in use.
struct Slot {
  std::uint64_t used;
};
void use(void* ctx) {
  auto* slot = static_cast<Slot*>(ctx);
  require(slot->used == 0 || slot->used == 1);
  slot->used = 1;
}

std::size_t put(const char* text, void* out, std::size_t room) {
  const std::size_t len = std::min(std::strlen(text), room);
  if (len != 0) std::memcpy(out, text, len);
  return len;
}

int step(void*, void* ctx, std::uint32_t* flags, const std::uint8_t* in, std::size_t in_len,
         std::uint8_t* out, std::size_t* out_len) {
  use(ctx);
  const std::size_t room = *out_len;
  *out_len = 0;
  *flags = kAll;
  switch (in_len != 0 ? in[0] : '\0') {
    case '\0':  // an initiator's first
      *out_len = put("d", out, room);
      return IPWORKSAUTH_GSS_CONTINUE;
    case 'c': *out_len = put("c", out, room); return IPWORKSAUTH_GSS_CONTINUE;
    case 'd': return IPWORKSAUTH_GSS_DONE;
    case 'e': *out_len = put("e", out, room); return IPWORKSAUTH_GSS_FAILED;
    default: return IPWORKSAUTH_GSS_FAILED;
  }
}

int accept(void* self, void* ctx, std::uint32_t* flags, const std::uint8_t* in, std::size_t in_len,
           std::uint8_t* out, std::size_t* out_len) {
  const std::size_t room = *out_len;
  const int came = step(self, ctx, flags, in, in_len, out, out_len);
  if (came == IPWORKSAUTH_GSS_DONE) *out_len = put("d", out, room);
  return came;
}

int get_mic(void*, void* ctx, const std::uint8_t* message, std::size_t message_len,
            std::uint8_t* mic, std::size_t* mic_len) {
  use(ctx);
  require(message != nullptr && message_len != 0);
  *mic_len = put("mic", mic, *mic_len);
  return 1;
}

int verify_mic(void*, void* ctx, const std::uint8_t*, std::size_t, const std::uint8_t* mic,
               std::size_t mic_len) {
  use(ctx);
  return mic_len >= 3 && std::memcmp(mic, "mic", 3) == 0 ? 1 : 0;
}

int initiator_name(void*, void* ctx, char* name, std::size_t* name_len) {
  use(ctx);
  *name_len = put("alice@NULL", name, *name_len);
  return 1;
}

std::size_t error_text(void*, void* ctx, char* text, std::size_t room) {
  use(ctx);
  return put("no use for that token", text, room);
}

void wipe(void*, void* ctx) { static_cast<Slot*>(ctx)->used = 0; }

}  // namespace

const ipworksauth_gss kNullGss = {sizeof kNullGss, kKerberos,      sizeof kKerberos, nullptr,
                                  sizeof(Slot),    step,           accept,           get_mic,
                                  verify_mic,      initiator_name, error_text,       wipe};

}  // namespace sshauth
