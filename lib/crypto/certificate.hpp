// OpenSSH certificates, PROTOCOL.certkeys: a public key with a name, a time and rights, signed by
// an authority. Bounds are checked here; whether a certificate may be used where it is shown is for
// who trusts its authority.
#pragma once

#include "lib/crypto/public_key.hpp"

namespace sshauth {

inline constexpr std::string_view kCertificateSuffix = "-cert-v01@openssh.com";
inline constexpr std::size_t kMaxPrincipals = 256;

struct Certificate {
  enum Kind : std::uint32_t { user = 1, host = 2 };

  std::string_view type;      // "ssh-rsa-cert-v01@openssh.com"
  std::string_view key_type;  // "ssh-rsa"
  Bytes key_fields;           // the key, as in its plain blob behind the type
  ipworksauth_public_key key{};
  std::uint64_t serial = 0;
  std::uint32_t kind = 0;
  std::string_view key_id;
  Bytes principals;  // strings, one after the other
  std::uint64_t valid_after = 0;
  std::uint64_t valid_before = 0;  // seconds since 1970, this one no longer
  Bytes critical_options;          // pairs of strings: name, data
  Bytes extensions;                // likewise
  Bytes ca_key;                    // SSH public key blob, of a plain type
  Bytes signature;
  Bytes signed_part;
};

// Whether that is the type of a certificate's blob.
bool is_certificate_type(std::string_view type) noexcept;

// Takes `blob`, which must end exactly, apart. Views point into `blob`.
Errc decode_certificate(Bytes blob, Certificate& out) noexcept;

// Whether the authority's signature holds: by any plain algorithm of the provider that fits its
// key.
Errc verify_certificate(const Provider& p, const Certificate& certificate) noexcept;

// Writes the SSH public key blob of the key that is certified.
void write_certified_key(Writer& w, const Certificate& certificate) noexcept;

// Calls `take` with each name, and its data, of a list of options.
template <class Take>
void each_option(Bytes options, Take take) noexcept {
  for (Reader r(options); r.more();) {
    const std::string_view name = r.text();
    const Bytes data = r.string();
    if (r.ok()) take(name, data);
  }
}

// Calls `take` with each principal.
template <class Take>
void each_principal(Bytes principals, Take take) noexcept {
  for (Reader r(principals); r.more();) {
    const std::string_view name = r.text();
    if (r.ok()) take(name);
  }
}

}  // namespace sshauth
