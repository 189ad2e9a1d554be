#include "lib/transport/negotiation.hpp"

#include "lib/wire/name_list.hpp"

namespace sshauth {
namespace {

constexpr std::string_view kExtInfoC = "ext-info-c";
constexpr std::string_view kExtInfoS = "ext-info-s";
constexpr std::string_view kStrictC = "kex-strict-c-v00@openssh.com";
constexpr std::string_view kStrictS = "kex-strict-s-v00@openssh.com";
constexpr std::string_view kNoHostKey = "null";

// RFC 4253 §7.1: the first name on the client's list that is also on the server's.
std::string_view choose(std::string_view client, std::string_view server) noexcept {
  for (std::string_view name; next_name(client, name);)
    if (list_contains(server, name)) return name;
  return {};
}

class Chooser {
 public:
  Chooser(Context& context, std::string_view kex, const KexInit& theirs) noexcept
      : context_(context), kex_(kex), theirs_(theirs) {}

  Errc run(Negotiated& out) noexcept {
    const Provider& p = *context_.settings.provider;
    std::string_view name;
    const std::string_view host_keys = context_.settings.host_key_algorithms;
    SSHAUTH_TRY(pick_method(name));
    out.kex = find_method(p, name);
    const bool no_host_key = !keys_in_common() && out.kex != nullptr && is_by_gss(*out.kex);
    if (!no_host_key) {
      SSHAUTH_TRY(pick(name, "host key algorithm", host_keys, KexInit::host_key));
      out.host_key = find_key_algorithm(p, name);
    }
    SSHAUTH_TRY(pick_suite(out.c2s, KexInit::cipher_c2s, KexInit::mac_c2s, KexInit::compression_c2s,
                           "client to server"));
    SSHAUTH_TRY(pick_suite(out.s2c, KexInit::cipher_s2c, KexInit::mac_s2c, KexInit::compression_s2c,
                           "server to client"));
    // Only rows can be chosen: a marker both sides sent (kex-strict) has none and ends here.
    if (out.kex == nullptr || (!out.host_key && !no_host_key))
      return context_.fail(Errc::no_common_algorithm);
    out.guess_right = first_name(kex_) == first_name(theirs_.list[KexInit::kex]) &&
                      first_host_key() == first_name(theirs_.list[KexInit::host_key]);
    return Errc::ok;
  }

 private:
  // Of those that our KEXINIT has: "null" where there is no other (RFC 4462 §5).
  std::string_view first_host_key() const noexcept {
    const std::string_view ours = context_.settings.host_key_algorithms;
    return ours.empty() ? kNoHostKey : first_name(ours);
  }
  bool keys_in_common() const noexcept {
    return !choose(context_.settings.host_key_algorithms, theirs_.list[KexInit::host_key]).empty();
  }

  // RFC 4253 §7.1: a method counts only with a host key algorithm that it can work with, and for
  // one by GSSAPI that may be "null" (RFC 4462 §5).
  Errc pick_method(std::string_view& name) noexcept {
    const bool null_too = list_contains(theirs_.list[KexInit::host_key], kNoHostKey);
    if (keys_in_common() || !null_too) return pick(name, "key exchange method", kex_, KexInit::kex);
    const bool client = context_.settings.is_client();
    std::string_view first = client ? kex_ : theirs_.list[KexInit::kex];
    const std::string_view second = client ? theirs_.list[KexInit::kex] : kex_;
    for (; next_name(first, name);)
      if (list_contains(second, name) && any_by_gss(*context_.settings.provider, name))
        return Errc::ok;
    return pick(name, "key exchange method", kex_, KexInit::kex);
  }

  Errc pick(std::string_view& name, std::string_view what, std::string_view ours,
            KexInit::List which) noexcept {
    const std::string_view theirs = theirs_.list[which];
    const bool client = context_.settings.is_client();
    name = client ? choose(ours, theirs) : choose(theirs, ours);
    if (!name.empty()) return Errc::ok;
    Sentence text;
    text << (client ? "server" : "client") << " offers no " << what << " in common: ours ";
    text.peer(ours, 600) << "; theirs ";
    text.peer(theirs, 600);
    return context_.fail(Errc::no_common_algorithm, text.view());
  }

  Errc pick_suite(Suite& out, KexInit::List cipher, KexInit::List mac, KexInit::List compression,
                  std::string_view way) noexcept {
    const Settings& s = context_.settings;
    const Provider& p = *s.provider;
    std::string_view name;
    FixedText<64> what;
    what << "cipher (" << way << ")";
    SSHAUTH_TRY(pick(name, what.view(), s.ciphers, cipher));
    out.cipher = find(ciphers(p), name);
    if (out.cipher == nullptr) return context_.fail(Errc::internal);
    out.mac = nullptr;
    if (needs_mac(*out.cipher)) {  // an AEAD needs no MAC: not negotiated
      what.clear();
      what << "MAC (" << way << ")";
      SSHAUTH_TRY(pick(name, what.view(), s.macs, mac));
      out.mac = find(macs(p), name);
      if (out.mac == nullptr) return context_.fail(Errc::internal);
    }
    what.clear();
    what << "compression method (" << way << ")";
    SSHAUTH_TRY(pick(name, what.view(), s.compressions, compression));
    out.compression = find(compressions(p), name);
    return Errc::ok;
  }

  Context& context_;
  std::string_view kex_;  // the methods we offer
  const KexInit& theirs_;
};

void write_names(Writer& w, std::string_view names, std::string_view marker1,
                 std::string_view marker2) noexcept {
  const std::size_t mark = w.begin_string();
  for (const std::string_view each : {names, marker1, marker2}) {
    if (each.empty()) continue;
    if (w.len() != mark) w.u8(',');  // RFC 4251 §5: a name-list has no empty names
    w.raw(as_bytes(each));
  }
  w.end_string(mark);
}

}  // namespace

std::size_t kexinit_len(const Settings& s) noexcept {
  return 1 + 16 + 10 * 4 + 5 + s.kex.size() + s.host_key_algorithms.size() + 2 * s.ciphers.size() +
         2 * s.macs.size() + 2 * s.compressions.size() + kStrictC.size() + kExtInfoC.size() + 2 +
         kNoHostKey.size() + 1;
}

Errc write_kexinit(Writer& w, const Settings& s, std::string_view kex, bool first,
                   bool guess_follows) noexcept {
  std::uint8_t cookie[16];
  if (!fill_random(s.provider->rng, cookie)) return Errc::rng_failed;
  w.u8(number(Msg::kexinit)).raw(cookie);
  // Markers go into the first KEXINIT only: peers took them for methods in later ones.
  const std::string_view strict = s.is_client() ? kStrictC : kStrictS;
  const std::string_view ext_info = s.is_client() ? kExtInfoC : kExtInfoS;
  write_names(w, kex, first ? ext_info : std::string_view{},
              first && s.strict != Strict::off ? strict : std::string_view{});
  // RFC 4462 §5: with such a method the host can do without a host key.
  write_names(w, s.host_key_algorithms, any_by_gss(*s.provider, kex) ? kNoHostKey : "", {});
  w.string(s.ciphers).string(s.ciphers).string(s.macs).string(s.macs);
  w.string(s.compressions).string(s.compressions);
  w.string(std::string_view{}).string(std::string_view{});  // languages
  w.boolean(guess_follows).u32(0);
  return w.ok() ? Errc::ok : Errc::internal;
}

Errc negotiate(Context& context, std::string_view kex, const KexInit& theirs,
               Negotiated& out) noexcept {
  out = {};
  return Chooser(context, kex, theirs).run(out);
}

bool offers_strict(const KexInit& theirs, bool peer_is_client) noexcept {
  return list_contains(theirs.list[KexInit::kex], peer_is_client ? kStrictC : kStrictS);
}

bool offers_ext_info(const KexInit& theirs, bool peer_is_client) noexcept {
  return list_contains(theirs.list[KexInit::kex], peer_is_client ? kExtInfoC : kExtInfoS);
}

bool open_to_terrapin(const Suite& suite) noexcept {
  if (suite.cipher->kind == IPWORKSAUTH_CIPHER_CHACHAPOLY) return true;
  return suite.cipher->kind == IPWORKSAUTH_CIPHER_CBC && suite.mac->etm != 0;
}

}  // namespace sshauth
