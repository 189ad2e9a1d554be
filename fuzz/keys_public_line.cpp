// Fuzz target: public key lines, RFC 4716 keys, and bare blobs. What is read must come through
// writing and reading again unchanged.
#include "fuzz/require.hpp"
#include "lib/keys/load.hpp"
#include "lib/keys/public_key.hpp"

using namespace sshauth;

namespace {

void check_line(std::string_view text) {
  PublicKeyLine line;
  if (!parse_public_line(text, line).ok()) return;
  PublicKeyLine again;
  require(parse_public_line(format_public_line(line.blob, line.comment), again).ok());
  require(again.blob == line.blob && again.type == line.type && again.options.empty());
}

void check_blob(Bytes blob) {
  PublicKeyView view;
  if (!decode_public_blob(blob, view).ok()) return;
  require(view.bits != 0 && is_supported_key_type(view.type));
  require(same_bytes(encode_public_blob(view.type, view.numbers), blob));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes in(data, size);
  check_line(as_text(in));
  check_blob(in);
  if (const std::optional<Blob> octets = base64_decode(as_text(in)); octets.has_value())
    require(base64_encode(*octets) == as_text(in));
  KeyResult result = load_identity(in);
  require(result.ok() || !result.error().text.empty());
  return 0;
}
