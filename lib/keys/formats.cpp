#include "lib/keys/formats.hpp"

#include "lib/keys/bcfks.hpp"
#include "lib/keys/der.hpp"
#include "lib/keys/foreign.hpp"
#include "lib/keys/java_store.hpp"
#include "lib/keys/jwk.hpp"
#include "lib/keys/openssh_private.hpp"
#include "lib/keys/pem.hpp"
#include "lib/keys/pkcs12.hpp"
#include "lib/keys/pkcs7.hpp"
#include "lib/keys/ppk.hpp"
#include "lib/keys/public_text.hpp"
#include "lib/keys/ssh2_public.hpp"
#include "lib/keys/xml_key.hpp"

namespace sshauth {
namespace {

template <KeyResult (*Load)(Bytes, LoadOptions&)>
KeyError one(Bytes data, LoadOptions& options, KeyList& keys) {
  return keys.take(Load(data, options));
}

constexpr KeyFormat kFormats[] = {
#define X(family, name, looks_like, read) {KeyFamily::family, name, looks_like, read},
#include "lib/keys/key_formats.def"
#undef X
};

}  // namespace

std::span<const KeyFormat> key_formats() noexcept { return kFormats; }

}  // namespace sshauth
