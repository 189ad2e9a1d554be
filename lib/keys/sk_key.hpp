// Keys of security keys: sk-ssh-ed25519@openssh.com and sk-ecdsa-sha2-nistp256@openssh.com (OpenSSH
// PROTOCOL.u2f). A file of theirs holds no private key but the handle by which the authenticator
// knows its own; it is of use to nobody without that.
#pragma once

#include <memory>
#include <string>

#include "lib/keys/identity.hpp"
#include "lib/keys/secret_bytes.hpp"
#include "lib/wire/reader.hpp"

namespace sshauth {

struct SkKey {
  std::string type;
  std::string application;
  std::uint8_t flags = 0;
  Blob handle;
};

bool is_sk_type(std::string_view type) noexcept;

// The fields of the private section of an OpenSSH file behind the type, up to the comment. The
// reader is poisoned where the public half in them is not the one of `public_blob`.
SkKey read_sk_key(Reader& r, std::string_view type, Bytes public_blob);

// Asks the provider (sk_provider.hpp) when it is to sign. `pin` may be empty.
std::unique_ptr<Signer> make_sk_signer(SkKey key, std::string provider, SecretBytes pin);

}  // namespace sshauth
