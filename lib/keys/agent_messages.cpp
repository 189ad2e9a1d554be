#include "lib/keys/agent_messages.hpp"

#include "lib/crypto/public_key.hpp"
#include "lib/wire/reader.hpp"
#include "lib/wire/writer.hpp"

namespace sshauth {
namespace {

// draft-ietf-sshm-ssh-agent-05 §6.1
enum : std::uint8_t {
  kFailure = 5,
  kRequestIdentities = 11,
  kIdentitiesAnswer = 12,
  kSignRequest = 13,
  kSignResponse = 14,
  kExtension = 27,
  kExtensionFailure = 28,
};

constexpr std::size_t kFixed = 128;  // of a request, beside what is copied into it
constexpr std::size_t kMaxComment = 1024;

// §3.6.1: which hash an RSA key signs with; ssh-rsa's SHA-1 is no flag.
std::uint32_t flags_of(std::string_view algorithm) noexcept {
  if (algorithm.starts_with("rsa-sha2-256")) return 2;
  return algorithm.starts_with("rsa-sha2-512") ? 4 : 0;
}

KeyError malformed(const std::string& what) {
  return {KeyErrc::malformed, "the key agent's answer " + what};
}

KeyError unexpected(Bytes reply, std::string_view wanted) {
  return malformed("is of type " + std::to_string(unsigned{reply[0]}) + "; expected " +
                   std::string(wanted));
}

bool is_refusal(std::uint8_t type) noexcept {
  return type == kFailure || type == kExtensionFailure;
}

}  // namespace

Blob agent_list_request() { return {kRequestIdentities}; }

Blob agent_sign_request(Bytes key, const SignRequest& request) {
  Blob out(kFixed + key.size() + request.data.size());
  Writer w(out);
  w.u8(kSignRequest).string(key).string(request.data).u32(flags_of(request.algorithm));
  out.resize(w.len());
  return out;
}

Blob agent_bind_request(const SignRequest& request) {
  Blob out(kFixed + request.host_key.size() + request.session_id.size() +
           request.host_signature.size());
  Writer w(out);
  w.u8(kExtension).string(std::string_view("session-bind@openssh.com")).string(request.host_key);
  w.string(request.session_id).string(request.host_signature);
  w.boolean(false);  // the agent is used here, and not forwarded
  out.resize(w.len());
  return out;
}

KeyError read_agent_list(Bytes reply, std::vector<AgentKey>& out) {
  out.clear();
  if (reply.empty()) return malformed("is empty");
  if (is_refusal(reply[0]))
    return {KeyErrc::unsupported_type, "the key agent refuses to list its keys"};
  if (reply[0] != kIdentitiesAnswer) return unexpected(reply, "12, a list of keys");
  Reader r(reply.subspan(1));
  std::vector<AgentKey> keys;
  const std::uint32_t num = r.u32();
  if (num > kMaxAgentKeys)
    return malformed("announces " + std::to_string(num) + " keys; at most " +
                     std::to_string(kMaxAgentKeys) + " are read");
  for (std::uint32_t i = 0; i < num && r.ok(); ++i) {
    const Bytes blob = r.string();
    const std::string_view comment = r.text();
    if (!r.ok()) break;
    if (key_type_of(blob).empty()) return malformed("has a key without a type");
    keys.push_back({Blob(blob.begin(), blob.end()), printable(comment, kMaxComment)});
  }
  if (r.finish() != Errc::ok) return malformed("is a damaged list of keys");
  out = std::move(keys);
  return {};
}

KeyError read_agent_signature(Bytes reply, Blob& out) {
  out.clear();
  if (reply.empty()) return malformed("is empty");
  if (is_refusal(reply[0]))
    return {KeyErrc::cannot_sign,
            "the key agent refuses to sign: it is locked (ssh-add -X unlocks), was told not to in "
            "a confirmation, no longer has the key, or keeps it to other hosts"};
  if (reply[0] != kSignResponse) return unexpected(reply, "14, a signature");
  Reader r(reply.subspan(1));
  const Bytes signature = r.string();
  if (r.finish() != Errc::ok) return malformed("is a damaged signature");
  out.assign(signature.begin(), signature.end());
  return {};
}

}  // namespace sshauth
