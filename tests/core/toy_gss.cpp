#include "tests/core/toy_gss.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <cstring>

namespace sshauth::test {
namespace {

// 1.2.840.113554.1.2.2
constexpr std::uint8_t kKerberos[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                      0xf7, 0x12, 0x01, 0x02, 0x02};
constexpr std::size_t kTag = 32;

// One side of one context.
struct Conversation {
  std::string said;  // all tokens, without their tags
  unsigned step = 0;
  std::uint32_t flags = 0;
  std::string name;
  std::string error;
};

struct Slot {
  Conversation* talk;
};

std::string text(const std::uint8_t* at, std::size_t len) {
  return {reinterpret_cast<const char*>(at), len};
}

std::string tag(const std::string& secret, const std::string& over) {
  std::uint8_t out[EVP_MAX_MD_SIZE];
  unsigned len = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const std::uint8_t*>(over.data()), over.size(), out, &len);
  return text(out, len);
}

Conversation& conversation(ToyGss& toy, void* ctx) {
  auto* slot = static_cast<Slot*>(ctx);
  if (slot->talk == nullptr) {
    slot->talk = new Conversation;
    ++toy.live;
  }
  return *slot->talk;
}

int fail(Conversation& talk, const char* why, std::size_t* out_len) {
  talk.error = why;
  if (out_len != nullptr) *out_len = 0;
  return IPWORKSAUTH_GSS_FAILED;
}

// Takes a token into the conversation; false when its tag is wrong.
bool hear(const ToyGss& toy, Conversation& talk, const std::string& token) {
  if (token.size() < kTag) return false;
  const std::string line = token.substr(0, token.size() - kTag);
  talk.said += line;
  return token.substr(line.size()) == tag(toy.secret, talk.said);
}

bool say(const ToyGss& toy, Conversation& talk, std::string line, std::uint8_t* out,
         std::size_t* out_len) {
  line.resize(std::max(line.size() + kTag, toy.token_len) - kTag, '.');
  talk.said += line;
  const std::string token = line + tag(toy.secret, talk.said);
  if (token.size() > *out_len) return false;
  std::memcpy(out, token.data(), token.size());
  *out_len = token.size();
  return true;
}

int fail_here(const ToyGss& toy, Conversation& talk, std::uint8_t* out, std::size_t* out_len) {
  const bool fits = toy.error_token && *out_len >= 5;
  if (fits) std::memcpy(out, "error", 5);
  fail(talk, "the toy was told to fail", nullptr);
  *out_len = fits ? 5 : 0;
  return IPWORKSAUTH_GSS_FAILED;
}

int initiate(void* self, void* ctx, std::uint32_t* flags, const std::uint8_t* in,
             std::size_t in_len, std::uint8_t* out, std::size_t* out_len) {
  auto& toy = *static_cast<ToyGss*>(self);
  Conversation& talk = conversation(toy, ctx);
  ++toy.steps;
  toy.wanted = *flags;
  const std::string heard = text(in, in_len);
  if (heard == "error") return fail(talk, "the acceptor has no use for this token", out_len);
  if (talk.step != 0 && !hear(toy, talk, heard))
    return fail(talk, "the acceptor's token is forged", out_len);
  if (++talk.step == toy.fail_at) return fail_here(toy, talk, out, out_len);
  talk.flags = *flags & toy.grants;
  const bool mutual = (talk.flags & IPWORKSAUTH_GSS_MUTUAL) != 0;
  *flags = talk.flags;
  if (talk.step > toy.rounds) {  // that was the acceptor's last
    *out_len = 0;
    return IPWORKSAUTH_GSS_DONE;
  }
  const std::string line = std::to_string(talk.step) + (talk.step == toy.rounds ? "!" : "?") +
                           std::to_string(talk.flags) + " " + toy.name + " ";
  if (!say(toy, talk, line, out, out_len))
    return fail(talk, "the toy's token is longer than may be", out_len);
  return talk.step == toy.rounds && !mutual ? IPWORKSAUTH_GSS_DONE : IPWORKSAUTH_GSS_CONTINUE;
}

int accept(void* self, void* ctx, std::uint32_t* flags, const std::uint8_t* in, std::size_t in_len,
           std::uint8_t* out, std::size_t* out_len) {
  auto& toy = *static_cast<ToyGss*>(self);
  Conversation& talk = conversation(toy, ctx);
  ++toy.steps;
  const std::string heard = text(in, in_len);
  if (!hear(toy, talk, heard)) return fail(talk, "the initiator's token is forged", out_len);
  if (++talk.step == toy.fail_at) return fail_here(toy, talk, out, out_len);
  const std::size_t mark = heard.find_first_of("!?");
  if (mark == heard.npos) return fail(talk, "the initiator's token makes no sense", out_len);
  const bool last = heard[mark] == '!';
  talk.flags = static_cast<std::uint32_t>(std::atoi(heard.c_str() + mark + 1));
  const std::size_t name_at = heard.find(' ', mark) + 1;
  talk.name = heard.substr(name_at, heard.find(' ', name_at) - name_at);
  *flags = talk.flags;
  const bool mutual = (talk.flags & IPWORKSAUTH_GSS_MUTUAL) != 0;
  if (last && !mutual) {
    *out_len = 0;
    return IPWORKSAUTH_GSS_DONE;
  }
  if (!say(toy, talk, "ok" + std::to_string(talk.step), out, out_len))
    return fail(talk, "the toy's token is longer than may be", out_len);
  return last ? IPWORKSAUTH_GSS_DONE : IPWORKSAUTH_GSS_CONTINUE;
}

std::string mic_of(const ToyGss& toy, const Conversation& talk, const std::string& message) {
  return tag(tag(toy.secret, talk.said + "key"), message);
}

int get_mic(void* self, void* ctx, const std::uint8_t* message, std::size_t message_len,
            std::uint8_t* mic, std::size_t* mic_len) {
  auto& toy = *static_cast<ToyGss*>(self);
  Conversation& talk = conversation(toy, ctx);
  std::string out = mic_of(toy, talk, text(message, message_len));
  if (toy.wrong_mic) out[0] = static_cast<char>(out[0] ^ 1);
  if (toy.fail_mic || out.size() > *mic_len) return fail(talk, "the toy makes no MIC", mic_len);
  std::memcpy(mic, out.data(), out.size());
  *mic_len = out.size();
  return 1;
}

int verify_mic(void* self, void* ctx, const std::uint8_t* message, std::size_t message_len,
               const std::uint8_t* mic, std::size_t mic_len) {
  auto& toy = *static_cast<ToyGss*>(self);
  Conversation& talk = conversation(toy, ctx);
  if (text(mic, mic_len) == mic_of(toy, talk, text(message, message_len))) return 1;
  talk.error = "the MIC does not verify";
  return 0;
}

int initiator_name(void* self, void* ctx, char* name, std::size_t* name_len) {
  const std::string& its = conversation(*static_cast<ToyGss*>(self), ctx).name;
  if (its.size() > *name_len) return 0;
  std::memcpy(name, its.data(), its.size());
  *name_len = its.size();
  return 1;
}

std::size_t error_text(void* self, void* ctx, char* out, std::size_t room) {
  const std::string& error = conversation(*static_cast<ToyGss*>(self), ctx).error;
  const std::size_t len = std::min(error.size(), room);
  std::memcpy(out, error.data(), len);
  return len;
}

void wipe(void* self, void* ctx) {
  auto* slot = static_cast<Slot*>(ctx);
  if (slot->talk != nullptr) --static_cast<ToyGss*>(self)->live;
  delete slot->talk;
  slot->talk = nullptr;
}

}  // namespace

ToyGss::ToyGss() : oid_(std::begin(kKerberos), std::end(kKerberos)) {
  row_ = {sizeof row_, oid_.data(), oid_.size(), this,           sizeof(Slot), initiate,
          accept,      get_mic,     verify_mic,  initiator_name, error_text,   wipe};
}

}  // namespace sshauth::test
