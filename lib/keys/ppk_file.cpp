#include "lib/keys/ppk_file.hpp"

#include <charconv>

#include "lib/keys/ppk.hpp"
#include "lib/keys/secret_text.hpp"

namespace sshauth {
namespace {

constexpr std::size_t kCipherBlock = 16;
constexpr std::size_t kMaxSalt = 64;

KeyError malformed(const std::string& why) {
  return {KeyErrc::malformed, "the PuTTY key is malformed: " + why};
}

Blob public_octets(const SecretBytes& from) {
  const Bytes octets = from.reveal();
  return {octets.begin(), octets.end()};
}

// Fields are read as if each was the right one; the first that was not is told of at the end.
class Fields {
 public:
  explicit Fields(std::string_view text) noexcept : rest_(text) {}

  // The value of the line "name: value".
  std::string_view value(std::string_view name) {
    if (!wrong_.empty()) return {};
    const std::string_view line = next();
    if (line.size() < name.size() + 2 || !line.starts_with(name) ||
        line.substr(name.size(), 2) != ": ") {
      wrong_ = "a line \"" + std::string(name) + ": ...\" was expected";
      return {};
    }
    return line.substr(name.size() + 2);
  }

  std::uint32_t number(std::string_view name) {
    const std::string_view text = value(name);
    std::uint32_t out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error != std::errc{} || end != text.data() + text.size())
      fail("\"" + std::string(name) + "\" is not a number");
    return out;
  }

  void octets(std::string_view name, Blob& out) {
    SecretBytes decoded;
    if (!decode_hex(value(name), decoded)) fail("\"" + std::string(name) + "\" is not hexadecimal");
    out = public_octets(decoded);
  }

  // "name: lines", and that many of base64.
  void body(std::string_view name, SecretBytes& out) {
    std::uint32_t lines = number(name);
    const std::string_view before = rest_;
    for (; lines != 0 && !rest_.empty(); --lines) next();
    if (lines != 0) fail("it ends early");
    if (!decode_base64(before.substr(0, before.size() - rest_.size()), out))
      fail("\"" + std::string(name) + "\" is not base64");
  }

  void fail(std::string why) {
    if (wrong_.empty()) wrong_ = std::move(why);
  }
  const std::string& wrong() const noexcept { return wrong_; }
  std::string_view rest() const noexcept { return rest_; }

 private:
  std::string_view next() noexcept {
    const std::size_t end = rest_.find_first_of("\r\n");
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(line.size());
    if (rest_.starts_with("\r\n"))
      rest_.remove_prefix(2);
    else if (!rest_.empty())
      rest_.remove_prefix(1);
    return line;
  }

  std::string_view rest_;
  std::string wrong_;
};

struct KdfName {
  std::string_view name;
  Argon2::Kind kind;
};
constexpr KdfName kKdfs[] = {
    {"Argon2id", Argon2::Kind::id}, {"Argon2i", Argon2::Kind::i}, {"Argon2d", Argon2::Kind::d}};

KeyError read_kdf(Fields& fields, PpkFile& out) {
  const std::string_view name = fields.value("Key-Derivation");
  const KdfName* found = nullptr;
  for (const KdfName& row : kKdfs)
    if (row.name == name) found = &row;
  if (found == nullptr && fields.wrong().empty())
    return {KeyErrc::unsupported_type,
            "the key derivation \"" + printable(name) + "\" is not supported; Argon2 is"};
  if (found != nullptr) out.kdf.kind = found->kind;
  out.kdf.memory_kib = fields.number("Argon2-Memory");
  out.kdf.passes = fields.number("Argon2-Passes");
  out.kdf.lanes = fields.number("Argon2-Parallelism");
  fields.octets("Argon2-Salt", out.salt);
  if (out.salt.size() > kMaxSalt) fields.fail("its salt is too long");
  return {};
}

// The version is the one digit that ends the name of the first line.
KeyError read_version(std::string_view text, PpkFile& out) {
  const std::string_view rest = text.substr(std::min(kPpkBegin.size(), text.size()));
  if (rest.starts_with("2: ")) out.version = 2;
  if (rest.starts_with("3: ")) out.version = 3;
  if (out.version != 0) return {};
  return {KeyErrc::unsupported_type,
          "PuTTY keys of version " + printable(rest.substr(0, rest.find(':')), 8) +
              " are not supported; 2 and 3 are, and a newer puttygen writes them"};
}

}  // namespace

KeyError read_ppk_file(std::string_view text, PpkFile& out) {
  if (KeyError bad = read_version(text, out); !bad.ok()) return bad;
  Fields fields(text);
  out.type = fields.value(std::string(kPpkBegin) + std::to_string(out.version));
  out.encryption = fields.value("Encryption");
  if (fields.wrong().empty() && out.encrypted() && out.encryption != "aes256-cbc")
    return {KeyErrc::unsupported_type, "the key is encrypted with \"" + printable(out.encryption) +
                                           "\", which is not supported"};
  out.comment = fields.value("Comment");
  SecretBytes public_blob;
  fields.body("Public-Lines", public_blob);
  out.public_blob = public_octets(public_blob);
  if (out.version == 3 && out.encrypted())
    if (KeyError bad = read_kdf(fields, out); !bad.ok()) return bad;
  fields.body("Private-Lines", out.private_blob);
  fields.octets("Private-MAC", out.mac);
  if (out.encrypted() && out.private_blob.size() % kCipherBlock != 0)
    fields.fail("the length of its private part does not fit aes256-cbc");
  if (fields.rest().find_first_not_of(" \t\r\n") != std::string_view::npos)
    fields.fail("something follows its MAC");
  if (!fields.wrong().empty()) return malformed(fields.wrong());
  return {};
}

}  // namespace sshauth
