#include "lib/trust/host_pattern.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "lib/trust/known_hosts.hpp"
#include "lib/trust/wildcard.hpp"
#include "lib/wire/name_list.hpp"

namespace sshauth {
namespace {

constexpr std::string_view kHashMagic = "|1|";

struct HashedName {
  Blob salt, hash;
};

// |1|salt|hash, both of SHA-1's length.
bool parse_hashed(std::string_view hosts, HashedName& out) {
  hosts.remove_prefix(kHashMagic.size());
  const std::size_t bar = hosts.find('|');
  if (bar == std::string_view::npos) return false;
  std::optional<Blob> salt = base64_decode(hosts.substr(0, bar));
  std::optional<Blob> hash = base64_decode(hosts.substr(bar + 1));
  if (!salt.has_value() || !hash.has_value() || salt->size() != kHostSaltLen || hash->size() != 20)
    return false;
  out = {std::move(*salt), std::move(*hash)};
  return true;
}

bool hmac_sha1(Bytes key, std::string_view name, std::uint8_t (&out)[20]) {
  unsigned len = 0;
  const Bytes text = as_bytes(name);
  return HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), text.data(), text.size(), out,
              &len) != nullptr &&
         len == sizeof out;
}

bool hashed_match(std::string_view hosts, std::string_view name) {
  HashedName hashed;
  std::uint8_t hash[20];
  return parse_hashed(hosts, hashed) && hmac_sha1(hashed.salt, name, hash) &&
         same_bytes(hash, hashed.hash);
}

}  // namespace

std::string_view without_brackets(std::string_view host) noexcept {
  if (host.size() < 2 || host.front() != '[' || host.back() != ']') return host;
  return host.substr(1, host.size() - 2);
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return out;
}

std::string known_hosts_name(std::string_view host, std::uint16_t port) {
  const std::string name = lower_case(without_brackets(host));
  return port == kSshPort ? name : "[" + name + "]:" + std::to_string(port);
}

bool is_hosts_field(std::string_view hosts) {
  HashedName hashed;
  if (hosts.starts_with('|')) return hosts.starts_with(kHashMagic) && parse_hashed(hosts, hashed);
  return !first_name(hosts).empty();
}

bool known_hosts_match(std::string_view hosts, std::string_view name) {
  if (name.empty() || name.size() > kMaxHostName + 8) return false;
  if (hosts.starts_with(kHashMagic)) return hashed_match(hosts, name);
  const std::string patterns = lower_case(hosts);
  std::string_view rest = patterns;
  bool matched = false;
  for (std::string_view pattern; next_name(rest, pattern);) {
    const bool negated = pattern.starts_with('!');
    if (negated) pattern.remove_prefix(1);
    if (!wildcard_match(pattern, name)) continue;
    if (negated) return false;
    matched = true;
  }
  return matched;
}

std::string hash_host_name(std::string_view name, Bytes salt) {
  std::uint8_t hash[20];
  if (!hmac_sha1(salt, name, hash)) return {};
  return std::string(kHashMagic) + base64_encode(salt) + "|" + base64_encode(hash);
}

}  // namespace sshauth
