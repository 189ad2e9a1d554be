#include "lib/net/http_digest.hpp"

#include <array>
#include <initializer_list>
#include <vector>

#include "lib/net/http_text.hpp"
#include "lib/net/secret_message.hpp"

namespace sshauth {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

struct AlgorithmRow {
  std::string_view name;  // RFC 7616 §6.1
  std::string_view hash;  // our row
  bool session;
};
constexpr std::array<AlgorithmRow, 4> kAlgorithms{{{"MD5", "md5", false},
                                                   {"MD5-sess", "md5", true},
                                                   {"SHA-256", "sha256", false},
                                                   {"SHA-256-sess", "sha256", true}}};

struct alignas(16) Chunk {
  std::uint8_t octets[16];
};

// Hexadecimal digits of a hash; those of A1 stand for the password and are wiped.
class Hex {
 public:
  Hex() noexcept = default;
  Hex(const Hex&) = delete;
  Hex& operator=(const Hex&) = delete;
  ~Hex() { secure_wipe(digits_.data(), digits_.size()); }

  // Of the parts with colons between them: H(a ":" b ":" c).
  bool hash(const HashAlg& alg, std::initializer_list<std::string_view> parts) {
    std::vector<Chunk> ctx(alg.ctx_len / sizeof(Chunk) + 1);
    Hash h;
    if (alg.hash_len * 2 > digits_.size() ||
        !h.start(alg, {ctx.data()->octets, ctx.size() * sizeof(Chunk)}))
      return false;
    std::string_view colon;
    for (const std::string_view part : parts) {
      h.add(as_bytes(colon)).add(as_bytes(part));
      colon = ":";
    }
    SecretBytes octets(alg.hash_len);
    const bool ok = h.finish(octets.write());
    for (const std::uint8_t octet : octets.write()) {
      digits_[len_++] = kHexDigits[octet >> 4];
      digits_[len_++] = kHexDigits[octet & 15];
    }
    return ok;
  }
  std::string_view view() const noexcept { return {digits_.data(), len_}; }

 private:
  std::array<char, 64> digits_{};
  std::size_t len_ = 0;
};

bool says_true(const std::string* value) noexcept {
  return value != nullptr && same_ascii(*value, "true");
}

bool has_word(std::string_view list, std::string_view word) noexcept {
  while (!list.empty()) {
    const std::size_t end = list.find(',');
    if (same_ascii(trim_blanks(list.substr(0, end)), word)) return true;
    list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
  }
  return false;
}

bool is_ascii(std::string_view text) noexcept {
  for (const char c : text)
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  return true;
}

std::string choose_algorithm(const std::string* name, const Provider& provider,
                             DigestChallenge& out) {
  if (name != nullptr) out.algorithm = *name;
  // RFC 7616 §3.3: without the parameter it is MD5.
  const std::string_view asked = name != nullptr ? std::string_view(*name) : "MD5";
  for (const AlgorithmRow& row : kAlgorithms) {
    if (!same_ascii(row.name, asked)) continue;
    out.hash = find(hashes(provider), row.hash);
    out.session = row.session;
    if (out.hash != nullptr) return {};
    return "wants " + std::string(row.name) + ", which the crypto provider here does not offer";
  }
  return "wants the hash " + shown_peer(asked, 20) + "; ours are MD5 and SHA-256";
}

// RFC 9110 §5.6.4
void add_quoted(SecretMessage& out, std::string_view name, std::string_view value) noexcept {
  out.add(", ").add(name).add("=\"");
  for (const char c : value) {
    if (c == '"' || c == '\\') out.add("\\");
    out.add({&c, 1});
  }
  out.add("\"");
}

// RFC 8187 §3.2.1: what stands for itself, the rest as %XX.
void add_extended(SecretMessage& out, std::string_view value) noexcept {
  constexpr std::string_view kMarks = "!#$&+-.^_`|~";
  constexpr std::string_view kUpper = "0123456789ABCDEF";
  out.add("username*=UTF-8''");
  for (const char c : value) {
    const auto u = static_cast<unsigned char>(c);
    if (is_alnum(c) || kMarks.find(c) != std::string_view::npos)
      out.add({&c, 1});
    else
      out.add("%").add(kUpper.substr(u >> 4, 1)).add(kUpper.substr(u & 15U, 1));
  }
}

bool add_user(SecretMessage& out, const DigestChallenge& challenge, std::string_view user) {
  out.add("Digest ");
  if (challenge.userhash) {
    Hex name;
    if (!name.hash(*challenge.hash, {user, challenge.realm})) return false;
    out.add("username=\"").add(name.view()).add("\", userhash=true");
  } else if (challenge.utf8 && !is_ascii(user)) {
    add_extended(out, user);
  } else {
    out.add("username=\"");
    for (const char c : user) {
      if (c == '"' || c == '\\') out.add("\\");
      out.add({&c, 1});
    }
    out.add("\"");
  }
  return true;
}

std::string count_text(unsigned count) {
  std::string out;
  for (unsigned shift = 32; shift != 0; shift -= 4) out += kHexDigits[count >> (shift - 4) & 15U];
  return out;
}

// RFC 7616 §3.4.1 to §3.4.3
bool respond(const DigestChallenge& c, std::string_view user, Bytes password,
             const DigestRequest& request, std::string_view count, Hex& out) {
  Hex a1, session, a2;
  bool ok = a1.hash(*c.hash, {user, c.realm, as_text(password)}) &&
            a2.hash(*c.hash, {request.method, request.uri});
  if (ok && c.session) ok = session.hash(*c.hash, {a1.view(), c.nonce, request.cnonce});
  const std::string_view key = c.session ? session.view() : a1.view();
  if (!ok) return false;
  return c.qop_auth ? out.hash(*c.hash, {key, c.nonce, count, request.cnonce, "auth", a2.view()})
                    : out.hash(*c.hash, {key, c.nonce, a2.view()});
}

}  // namespace

std::string read_digest(const HttpChallenge& challenge, const Provider& provider,
                        DigestChallenge& out) {
  const std::string* realm = challenge.find("realm");
  const std::string* nonce = challenge.find("nonce");
  if (realm == nullptr || nonce == nullptr || nonce->empty()) return "lacks its realm or its nonce";
  if (std::string why = choose_algorithm(challenge.find("algorithm"), provider, out); !why.empty())
    return why;
  if (const std::string* qop = challenge.find("qop"); qop != nullptr) {
    out.qop_auth = has_word(*qop, "auth");
    if (!out.qop_auth)
      return has_word(*qop, "auth-int")
                 ? "wants integrity protection (qop auth-int) alone, which is not supported"
                 : "wants the unknown qop " + shown_peer(*qop, 20);
  }
  out.realm = *realm;
  out.nonce = *nonce;
  out.stale = says_true(challenge.find("stale"));
  out.userhash = says_true(challenge.find("userhash"));
  const std::string* charset = challenge.find("charset");
  out.utf8 = charset != nullptr && same_ascii(*charset, "UTF-8");
  const std::string* opaque = challenge.find("opaque");
  out.has_opaque = opaque != nullptr;
  if (opaque != nullptr) out.opaque = *opaque;
  return {};
}

SecretBytes digest_answer(const DigestChallenge& c, std::string_view user, Bytes password,
                          const DigestRequest& request) {
  const std::string count = count_text(request.count);
  Hex response;
  if (!respond(c, user, password, request, count, response)) return {};
  // Escapes double an octet at most, %XX triples it; the names take less than 256.
  SecretMessage out(256 + 3 * user.size() + response.view().size() + c.algorithm.size() +
                    2 * (c.realm.size() + c.nonce.size() + c.opaque.size() + request.uri.size() +
                         request.cnonce.size()));
  if (!add_user(out, c, user)) return {};
  add_quoted(out, "realm", c.realm);
  add_quoted(out, "nonce", c.nonce);
  add_quoted(out, "uri", request.uri);
  add_quoted(out, "response", response.view());
  if (!c.algorithm.empty()) out.add(", algorithm=").add(c.algorithm);
  if (c.has_opaque) add_quoted(out, "opaque", c.opaque);
  if (c.qop_auth) out.add(", qop=auth, nc=").add(count);
  // Without qop there is no place for it (RFC 7616 §3.4), but a session's key is made from it.
  if (c.qop_auth || c.session) add_quoted(out, "cnonce", request.cnonce);
  return out.take();
}

}  // namespace sshauth
