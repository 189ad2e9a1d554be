#include "lib/keys/ssh_certificate.hpp"

#include <cerrno>

#include "lib/crypto/certificate.hpp"
#include "lib/crypto/key_algorithm.hpp"

namespace sshauth {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kBlank = " \t\r\n";
constexpr std::size_t kMaxFile = std::size_t{64} * 1024;

std::string_view next_word(std::string_view& rest) noexcept {
  const std::size_t first = rest.find_first_not_of(kBlank);
  rest.remove_prefix(first == std::string_view::npos ? rest.size() : first);
  const std::string_view word = rest.substr(0, rest.find_first_of(kBlank));
  rest.remove_prefix(word.size());
  return word;
}

const KeyFormRow* certificate_form(std::string_view name) noexcept {
  for (const KeyFormRow& row : key_forms())
    if (row.form == KeyForm::certificate && row.name == name) return &row;
  return nullptr;
}

KeyError check_users(const Certificate& certificate) {
  if (certificate.kind == Certificate::user) return {};
  return {KeyErrc::bad_argument,
          "it is a host's certificate, and authenticates no user; ssh-keygen -s without -h makes "
          "a user's"};
}

}  // namespace

KeyError take_certified_key(Bytes certificate, Blob& plain) {
  Certificate parts;
  plain.assign(kMaxPlainKey, 0);
  Writer w(plain);
  if (decode_certificate(certificate, parts) != Errc::ok)
    return {KeyErrc::malformed, "the certificate in place of its public key is malformed"};
  write_certified_key(w, parts);
  plain.resize(w.ok() ? w.len() : 0);
  return check_users(parts);
}

KeyError parse_certificate_line(std::string_view line, CertificateLine& out) {
  if (line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  const std::string_view name = next_word(line);
  const KeyFormRow* form = certificate_form(name);
  if (form == nullptr)
    return {KeyErrc::unknown_format, "\"" + printable(name.substr(0, 60)) +
                                         "\" is no algorithm of certificates, such as "
                                         "ssh-ed25519-cert-v01@openssh.com"};
  std::optional<Blob> blob = base64_decode(next_word(line));
  Certificate certificate;
  if (!blob.has_value() || decode_certificate(*blob, certificate) != Errc::ok)
    return {KeyErrc::malformed, "what follows " + std::string(name) + " is no certificate"};
  if (certificate.type != form->blob_type)
    return {KeyErrc::malformed, "the certificate is of type " + printable(certificate.type) +
                                    ", which " + std::string(name) + " does not fit"};
  if (KeyError bad = check_users(certificate); !bad.ok()) return bad;
  out.algorithm = name;
  out.blob = std::move(*blob);
  return {};
}

bool certifies(Bytes certificate, Bytes public_blob) {
  Certificate parts;
  Blob plain(kMaxPlainKey);
  Writer w(plain);
  if (decode_certificate(certificate, parts) != Errc::ok) return false;
  write_certified_key(w, parts);
  return w.ok() && same_bytes(w.written(), public_blob);
}

void attach_certificate(const std::string& path, Identity& identity, PassedOver& passed_over) {
  SecretBytes contents;
  const std::string file = path + "-cert.pub";
  if (KeyError bad = read_file(file, kMaxFile, contents); !bad.ok()) {
    if (bad.os_error != ENOENT) passed_over.add(std::move(bad));
    return;
  }
  CertificateLine line;
  KeyError bad = parse_certificate_line(as_text(contents.reveal()), line);
  if (bad.ok() && !certifies(line.blob, identity.public_blob()))
    bad = {KeyErrc::not_found, "it is the certificate of another key"};
  if (bad.ok())
    identity.set_certificate(std::move(line.blob));
  else
    passed_over.add({bad.code, printable(file, file.size()) + ": " + bad.text});
}

}  // namespace sshauth
