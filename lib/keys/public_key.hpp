// Public keys: the SSH blob (RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709 §4) and the text line around
// it ("ssh-ed25519 AAAA... comment").
//
// Supported types: ssh-ed25519, ssh-ed448, ecdsa-sha2-nistp256/384/521, ssh-rsa of 1024 to 16384
// bits, ssh-dss of 1024 to 3072. The upper bounds keep a hostile modulus from costing minutes of
// computing.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipworksauth/provider.h"
#include "lib/base/bytes.hpp"
#include "lib/keys/key_error.hpp"
#include "lib/keys/signer.hpp"

namespace sshauth {

constexpr std::size_t kMaxPublicBlob = 8192;  // as in the core
constexpr unsigned kMinRsaBits = 1024;
constexpr unsigned kMaxRsaBits = 16384;

// A decoded blob. All views point into the blob it was decoded from.
struct PublicKeyView {
  std::string_view type;   // "ecdsa-sha2-nistp256"
  std::string_view curve;  // "nistp256"; empty for other types
  unsigned bits = 0;       // of the modulus or the curve
  ipworksauth_public_key numbers{};
};

// Sizes are checked here; that a point lies on its curve is checked where it is computed with.
KeyError decode_public_blob(Bytes blob, PublicKeyView& out);

// The name at the head of a blob, supported or not; empty when there is none.
std::string_view public_blob_type(Bytes blob) noexcept;

bool is_supported_key_type(std::string_view type) noexcept;

// The blob of these numbers.
Blob encode_public_blob(std::string_view type, const ipworksauth_public_key& numbers);

struct PublicKeyLine {
  std::string type;
  Blob blob;
  std::string comment;
  std::string options;  // what an authorized_keys line has before the type, as it stands there
};

// One line: "type base64 [comment]", or with options before the type as in authorized_keys. The
// type must be the one in the blob. `unsupported_type` still fills in `out`, without the numbers
// having been looked at.
KeyError parse_public_line(std::string_view line, PublicKeyLine& out);

// "type base64 comment" without a line end. Control characters in the comment are replaced.
std::string format_public_line(Bytes blob, std::string_view comment);

// Strict base64 (RFC 4648 §4): no white space, padding where it belongs, no stray bits.
std::optional<Blob> base64_decode(std::string_view text);
std::string base64_encode(Bytes octets);

}  // namespace sshauth
