#include "lib/keys/fingerprint.hpp"

#include <vector>

#include "lib/keys/public_key.hpp"

namespace sshauth {
namespace {

struct alignas(16) Chunk {
  std::uint8_t octets[16];
};

}  // namespace

std::string fingerprint_octets(Bytes public_blob, std::string_view hash, const Provider& provider) {
  const HashAlg* alg = find(hashes(provider), hash);
  if (alg == nullptr) return {};
  std::vector<Chunk> ctx(alg->ctx_len / sizeof(Chunk) + 1);
  std::vector<std::uint8_t> out(alg->hash_len);
  Hash h;
  if (!h.start(*alg, {ctx.data()->octets, ctx.size() * sizeof(Chunk)})) return {};
  if (!h.add(public_blob).finish(out)) return {};
  return std::string(as_text(out));
}

std::string hex_with_colons(Bytes octets) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const std::uint8_t octet : octets) {
    if (!out.empty()) out += ':';
    out += kDigits[octet >> 4];
    out += kDigits[octet & 15];
  }
  return out;
}

std::string fingerprint(Bytes public_blob, FingerprintKind kind, const Provider& provider) {
  const auto hash = [&](std::string_view name) {
    return fingerprint_octets(public_blob, name, provider);
  };
  switch (kind) {
    case FingerprintKind::sha256_hex: return hex_with_colons(as_bytes(hash("sha256")));
    case FingerprintKind::sha1_hex: return hex_with_colons(as_bytes(hash("sha1")));
    case FingerprintKind::md5_hex: return hex_with_colons(as_bytes(hash("md5")));
    case FingerprintKind::sha256_base64: break;
  }
  const std::string octets = hash("sha256");
  if (octets.empty()) return {};
  std::string text = base64_encode(as_bytes(octets));
  text.erase(text.find_last_not_of('=') + 1);
  return "SHA256:" + text;
}

}  // namespace sshauth
