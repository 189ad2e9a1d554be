#include "lib/transport/settings.hpp"

#include "lib/crypto/key_algorithm.hpp"
#include "lib/kex/method.hpp"
#include "lib/packet/identification.hpp"
#include "lib/packet/packet_reader.hpp"
#include "lib/transport/negotiation.hpp"
#include "lib/wire/name_list.hpp"

namespace sshauth {
namespace {

constexpr const char* kDefaultIdentification = "SSH-2.0-ipworksauth_0.1";
constexpr std::size_t kMaxText = 4096;  // of one text of the configuration

// What read_list asks about each name: a view of a lambda, so that there is one read_list for all.
class Known {
 public:
  template <class Ask>
  explicit Known(const Ask& ask) noexcept
      : ask_(&ask), call_([](const void* at, std::string_view name) noexcept -> bool {
          return (*static_cast<const Ask*>(at))(name);
        }) {}
  bool operator()(std::string_view name) const noexcept { return call_(ask_, name); }

 private:
  const void* ask_;
  bool (*call_)(const void* at, std::string_view name) noexcept;
};

class Settler {
 public:
  Settler(const ipworksauth_engine_config& config, Arena& arena, Settings& out,
          const char*& why) noexcept
      : in_(config), arena_(arena), out_(out), why_(why) {}

  Errc run() noexcept {
    SSHAUTH_TRY(read_basics());
    SSHAUTH_TRY(read_gss());
    SSHAUTH_TRY(read_lists());
    SSHAUTH_TRY(read_limits());
    SSHAUTH_TRY(read_identities());
    SSHAUTH_TRY(out_.client ? read_client() : read_server());
    return check_room();
  }

 private:
  Errc refuse(const char* why) noexcept {
    why_ = why;
    return Errc::bad_argument;
  }

  // A copy of `text`, or of `fallback` for null. Measuring, the view points to the original.
  Errc keep_text(std::string_view& out, const char* text, std::string_view fallback) noexcept {
    std::string_view from = text != nullptr ? std::string_view(text) : fallback;
    if (from.size() > kMaxText)
      return refuse("a text of the configuration is longer than 4096 octets");
    return keep_view(out, from);
  }
  Errc keep_view(std::string_view& out, std::string_view from) noexcept {
    const Bytes copy = arena_.keep(as_bytes(from));
    out = copy.size() == from.size() && !from.empty() ? as_text(copy) : from;
    return Errc::ok;
  }

  Errc read_basics() noexcept;
  Errc read_lists() noexcept;
  Errc check_room() noexcept;
  Errc read_limits() noexcept;
  Errc read_gss() noexcept;
  Errc read_identities() noexcept;
  Errc read_identity(const ipworksauth_identity& in, IdentityRow& row) noexcept;
  Errc read_client() noexcept;
  Errc read_server() noexcept;
  // Those of GSSAPI need a mechanism.
  bool method_known(std::string_view name) const noexcept {
    return list_contains("none,password,publickey,keyboard-interactive", name) ||
           (in_.gss != nullptr && list_contains("gssapi-with-mic,gssapi-keyex", name));
  }
  // Those by GSSAPI need the mechanism that they name.
  bool kex_known(std::string_view name) const noexcept {
    const KexMethod* method = find_method(*out_.provider, name);
    return method != nullptr &&
           (!is_by_gss(*method) || (in_.gss != nullptr && is_kerberos(*in_.gss)));
  }
  Errc keep_host_key_algorithms() noexcept;
  bool have_host_key(const KeyAlgorithm& alg) const noexcept;
  bool open_as(std::string_view type, Bytes blob, OpenedKey& key) const noexcept;

  // A list of names each of which `known` accepts, or `fallback`, which needs no check, for null.
  template <class Ask>
  Errc read_list(std::string_view& out, const char* list, std::string_view fallback,
                 const Ask& known, const char* unknown) noexcept {
    return read_names(out, list, fallback, Known(known), unknown);
  }
  Errc read_names(std::string_view& out, const char* list, std::string_view fallback,
                  const Known& known, const char* unknown) noexcept {
    if (list == nullptr) return keep_view(out, fallback);
    const std::string_view names(list);
    if (names.size() > kMaxText) return refuse("a list of names is longer than 4096 octets");
    if (!is_name_list(names)) return refuse("a name-list is malformed");
    for (std::string_view rest = names, name; next_name(rest, name);)
      if (!known(name))
        return refuse(in_.gss == nullptr && name.starts_with("gss") ? why_not_by_gss() : unknown);
    return keep_view(out, names);
  }

  const ipworksauth_engine_config& in_;
  Arena& arena_;
  Settings& out_;
  const char*& why_;
};

Errc Settler::read_basics() noexcept {
  if (in_.struct_size != sizeof in_) return refuse("struct_size is not that of this version");
  if (in_.role != IPWORKSAUTH_CLIENT && in_.role != IPWORKSAUTH_SERVER)
    return refuse("role must be IPWORKSAUTH_CLIENT or IPWORKSAUTH_SERVER");
  out_.client = in_.role == IPWORKSAUTH_CLIENT;
  if (!out_.client && !kBothRoles) return refuse("this build has the client half only");
  const Provider* provider = in_.provider;
  if (provider == nullptr || provider->struct_size != sizeof *provider ||
      provider->rng.fill == nullptr)
    return refuse("provider is missing, of another version, or has no random source");
  out_.provider = provider;
  SSHAUTH_TRY(keep_text(out_.identification, in_.identification, kDefaultIdentification));
  if (!is_identification(out_.identification))
    return refuse(
        "identification must be SSH-2.0-software in printable US-ASCII, 253 octets at most");
  if (in_.strict_kex > 4) return refuse("strict_kex is 0 to 4");
  out_.strict = in_.strict_kex == 0 ? Strict::offered : static_cast<Strict>(in_.strict_kex - 1);
  if (in_.kex_guess > 3) return refuse("kex_guess is 0 to 3");
  out_.guess = in_.kex_guess < 2    ? Guess::when_known
               : in_.kex_guess == 2 ? Guess::never
                                    : Guess::eager;
  if (in_.pipelining > 2) return refuse("pipelining is 0, 1 or 2");
  out_.pipelining = in_.pipelining != 2;
  return keep_text(out_.guess_hint, in_.guess_hint, "");
}

Errc Settler::read_lists() noexcept {
  const Provider& p = *out_.provider;
  std::uint8_t names[kMaxText];
  bool fits = true;
  // What the provider serves, in its order and but for what is weak: what a list is that the
  // configuration leaves out.
  const auto unless = [&](const char* given, const auto& rows, bool for_hosts = false) {
    NameList all{MutBytes(names)};
    if (given == nullptr)
      for (const auto* row : rows)
        if (row->weak == 0 && !(for_hosts && is_for_users_only(row->name))) all.add(row->name);
    fits = fits && all.fits();
    return all.view();
  };
  // A server's own keys may be certificates, too: whatever it has keys for is meant.
  const auto own_keys = [&](const char* given) {
    NameList all{MutBytes(names)};
    if (given == nullptr)
      each_key_algorithm(p, [&](const KeyAlgorithm& alg) {
        if (!alg.weak() && have_host_key(alg)) all.add(alg.name);
      });
    return all.view();
  };
  // Those by GSSAPI prove the host in place of its key: they are meant where a list names them, and
  // where a method of authentication cannot do without them, before all others then.
  const char* auth = out_.client ? in_.methods : in_.auth_methods;
  const bool by_gss = auth != nullptr && list_contains(auth, "gssapi-keyex");
  NameList methods{MutBytes(names)};
  for (const bool gss : {true, false})
    for (const KexMethod& method : kex_methods())
      if (is_by_gss(method) == gss && (by_gss || !gss) && method.mark != Mark::weak &&
          kex_known(method.name))
        methods.add(method.name);
  fits = methods.fits();
  // The defaults are views of this frame: while measuring only their lengths are looked at again.
  SSHAUTH_TRY(read_list(
      out_.kex, in_.kex_algorithms, methods.view(),
      [&](std::string_view n) { return kex_known(n); },
      "kex_algorithms names a method that is not available"));
  out_.kex_by_gss = any_by_gss(p, out_.kex);
  SSHAUTH_TRY(read_list(
      out_.host_key_algorithms, in_.host_key_algorithms,
      out_.client ? unless(in_.host_key_algorithms, sigs(p), true)
                  : own_keys(in_.host_key_algorithms),
      [&](std::string_view n) { return find_key_algorithm(p, n) && !is_for_users_only(n); },
      "host_key_algorithms names an algorithm that is not available"));
  SSHAUTH_TRY(read_list(
      out_.ciphers, in_.ciphers, unless(in_.ciphers, ciphers(p)),
      [&](std::string_view n) { return find(ciphers(p), n) != nullptr; },
      "ciphers names a cipher that is not available"));
  SSHAUTH_TRY(read_list(
      out_.macs, in_.macs, unless(in_.macs, macs(p)),
      [&](std::string_view n) { return find(macs(p), n) != nullptr; },
      "macs names a MAC that is not available"));
  SSHAUTH_TRY(read_list(
      out_.compressions, in_.compressions, "none",
      [&](std::string_view n) { return n == "none" || find(compressions(p), n) != nullptr; },
      "compressions names a method that is not available"));
  SSHAUTH_TRY(read_list(
      out_.sig_algorithms, in_.sig_algorithms, unless(in_.sig_algorithms, sigs(p)),
      [&](std::string_view n) { return bool{find_key_algorithm(p, n)}; },
      "sig_algorithms names an algorithm that is not available"));
  if (!fits) return refuse("the provider has more rows of a kind than fit a list of 4096 octets");
  if (out_.kex.empty() || (out_.client && out_.host_key_algorithms.empty()) ||
      out_.ciphers.empty() || out_.compressions.empty())
    return refuse("a list of algorithms is empty");
  // Names that the lists leave out are those of rows that are weak.
  const auto named = [](const char* list, const auto& row) {
    return list == nullptr ? row.weak == 0 : list_contains(list, row.name);
  };
  for (const CipherAlg* cipher : ciphers(p))
    for (const MacAlg* mac : macs(p))
      if (!can_protect({cipher, mac}) && named(in_.ciphers, *cipher) && named(in_.macs, *mac))
        return refuse("a MAC row without begin, update and finish goes with no cipher in CBC mode");
  return Errc::ok;
}

Errc Settler::read_limits() noexcept {
  const auto or_default = [](auto value, auto fallback) { return value != 0 ? value : fallback; };
  out_.max_packet = or_default(in_.max_packet, out_.max_packet);
  if (out_.max_packet < 2048 || out_.max_packet > PacketReader::kMaxLength)
    return refuse("max_packet is 2048 to 35000");
  out_.rekey_octets = or_default(in_.rekey_octets, out_.rekey_octets);
  out_.rekey_packets = or_default(in_.rekey_packets, out_.rekey_packets);
  // RFC 4344 §3.1: past 2^32 packets under one key the MAC's sequence number repeats.
  if (out_.rekey_packets > std::uint64_t{1} << 31) return refuse("rekey_packets is 2^31 at most");
  out_.rekey_time = or_default(in_.rekey_time, out_.rekey_time);
  out_.login_timeout = in_.login_timeout;
  out_.keepalive_interval = in_.keepalive_interval;
  out_.keepalive_count = or_default(in_.keepalive_count, out_.keepalive_count);
  out_.max_rekeys = or_default(in_.max_rekeys, out_.max_rekeys);
  GroupWishes& groups = out_.groups;
  groups.preferred = or_default(in_.group_bits, groups.preferred);
  groups.least = or_default(in_.group_bits_least, groups.least);
  groups.most = or_default(in_.group_bits_most, groups.most);
  if (groups.least < kMinGroupBits || groups.preferred < groups.least ||
      groups.most < groups.preferred || groups.most > kMaxGroupBits)
    return refuse(
        "group_bits_least, group_bits and group_bits_most are 1024 to 8192, in this order");
  if (in_.trace_len > std::size_t{1} << 24) return refuse("trace_len is 16 MiB at most");
  out_.trace_len = in_.trace_len;
  out_.trace_octets = in_.trace_octets != 0;
  out_.min_rsa_bits = or_default(in_.min_rsa_bits, out_.min_rsa_bits);
  if (out_.min_rsa_bits < 8 * kMinRsaLen || out_.min_rsa_bits > 8 * kMaxRsaLen)
    return refuse("min_rsa_bits is 1024 to 16384");
  return Errc::ok;
}

Errc Settler::read_gss() noexcept {
  const auto role = out_.client ? GssContext::Role::initiator : GssContext::Role::acceptor;
  if (const char* why = in_.gss != nullptr ? why_unusable(*in_.gss, role) : nullptr)
    return refuse(why);
  out_.gss = in_.gss;
  out_.gss_delegate = in_.gss_delegate != 0;
  return Errc::ok;
}

// Whether the blob is a key of that type, by any algorithm that there is for it.
bool Settler::open_as(std::string_view type, Bytes blob, OpenedKey& key) const noexcept {
  bool opened = false;
  each_key_algorithm(*out_.provider, [&](const KeyAlgorithm& alg) {
    if (!opened && alg.blob_type == type)
      opened = open_key(alg, *out_.provider, blob, key) == Errc::ok;
  });
  // A type without an algorithm is still a key: whatever would use it finds nothing that fits.
  return opened || (!is_blob_type(*out_.provider, type) &&
                    decode_public_key(blob, type, key.numbers) == Errc::ok);
}

Errc Settler::read_identity(const ipworksauth_identity& in, IdentityRow& row) noexcept {
  if (in.public_blob == nullptr || in.public_blob_len > kMaxKeyBlob)
    return refuse("a key is missing or longer than 8192 octets");
  const Bytes blob(in.public_blob, in.public_blob_len);
  const std::string_view type = key_type_of(blob);
  OpenedKey key;
  if (!open_as(type, blob, key))
    return refuse("a key is not a public key in the SSH encoding, or of a type not available");
  row.weak = key.rsa_bits != 0 && key.rsa_bits < out_.min_rsa_bits;
  if (row.weak && !out_.client) return refuse("a host key is RSA of fewer than min_rsa_bits");
  const Bytes copy = arena_.keep(blob);
  row.key = copy.size() == blob.size() ? copy : blob;
  row.type = key_type_of(row.key);
  row.flags = in.flags;
  const char* named = out_.client ? in_.sig_algorithms : in_.host_key_algorithms;
  bool dropped = false;
  SSHAUTH_TRY(read_list(
      row.algorithms, in.algorithms, "",
      [&](std::string_view n) {
        const KeyAlgorithm alg = find_key_algorithm(*out_.provider, n);
        dropped = dropped || (named == nullptr && alg && alg.weak());
        return alg && type == alg.blob_type;
      },
      "an identity's algorithms do not fit its key"));
  return dropped ? refuse(
                       "an identity's algorithms name a weak one, which the list of signature or "
                       "host key algorithms has to name too")
                 : Errc::ok;
}

Errc Settler::read_identities() noexcept {
  const auto* list = out_.client ? in_.identities : in_.host_keys;
  const std::size_t num = out_.client ? in_.num_identities : in_.num_host_keys;
  if (num > kMaxIdentities || (num != 0 && list == nullptr))
    return refuse("more than 64 keys, or none where some are announced");
  const MutBytes memory = arena_.take(num * sizeof(IdentityRow));
  const bool placing = memory.size() == num * sizeof(IdentityRow);
  auto* rows = reinterpret_cast<IdentityRow*>(memory.data());
  for (std::size_t i = 0; i < num; ++i) {
    IdentityRow row;
    SSHAUTH_TRY(read_identity(list[i], row));
    if (placing) std::memcpy(static_cast<void*>(rows + i), &row, sizeof row);
  }
  if (placing) out_.identities = {rows, num};
  return Errc::ok;
}

Errc Settler::read_client() noexcept {
  SSHAUTH_TRY(keep_text(out_.user, in_.user, ""));
  SSHAUTH_TRY(keep_text(out_.service, in_.service, "ssh-connection"));
  SSHAUTH_TRY(keep_text(out_.submethods, in_.submethods, ""));
  SSHAUTH_TRY(read_list(
      out_.methods, in_.methods, "none",
      [&](std::string_view n) { return method_known(n) || n == "custom"; },
      "methods names an authentication method that is not available"));
  if (out_.methods.empty()) return refuse("methods is empty");
  if (list_contains(out_.methods, "publickey") && in_.num_identities == 0 &&
      count_names(out_.methods) == 1)
    return refuse("methods is publickey alone, and there is no identity");
  out_.try_all = in_.try_all != 0;
  out_.password_tries = in_.password_tries != 0 ? in_.password_tries : 1;
  if (out_.password_tries > 16) return refuse("password_tries is 16 at most");
  return Errc::ok;
}

bool Settler::have_host_key(const KeyAlgorithm& alg) const noexcept {
  const bool listed = in_.host_keys != nullptr && in_.num_host_keys <= kMaxIdentities;
  for (std::size_t i = 0; listed && i < in_.num_host_keys; ++i) {
    const ipworksauth_identity& key = in_.host_keys[i];
    if (key.public_blob == nullptr) continue;
    const std::string_view its = key.algorithms != nullptr ? key.algorithms : "";
    if (key_type_of({key.public_blob, key.public_blob_len}) == alg.blob_type &&
        (its.empty() || list_contains(its, alg.name)))
      return true;
  }
  return false;
}

// RFC 4253 §7.1: a server lists only algorithms that it has a host key for.
Errc Settler::keep_host_key_algorithms() noexcept {
  const std::string_view wanted = out_.host_key_algorithms;
  const MutBytes room = arena_.take(wanted.size());
  const bool placing = room.size() == wanted.size();
  NameList names(room);
  bool any = false;
  each_key_algorithm(*out_.provider, [&](const KeyAlgorithm& alg) {
    any = any || ((in_.host_key_algorithms == nullptr
                       ? !alg.weak()
                       : list_contains(in_.host_key_algorithms, alg.name)) &&
                  have_host_key(alg));
  });
  for (std::string_view rest = wanted, name; placing && next_name(rest, name);)
    if (have_host_key(find_key_algorithm(*out_.provider, name))) names.add(name);
  if (placing) out_.host_key_algorithms = names.view();
  return any ? Errc::ok : refuse("no host key fits host_key_algorithms");
}

Errc Settler::read_server() noexcept {
  // RFC 4462 §5: with key exchange by GSSAPI alone it does without.
  const bool none = in_.num_host_keys == 0 && out_.kex_by_gss;
  if (in_.num_host_keys == 0 && !none) return refuse("a server needs a host key");
  if (none)
    out_.host_key_algorithms = {};
  else
    SSHAUTH_TRY(keep_host_key_algorithms());
  SSHAUTH_TRY(keep_text(out_.banner, in_.banner, ""));
  SSHAUTH_TRY(read_list(
      out_.auth_methods, in_.auth_methods, "publickey,password,keyboard-interactive",
      [&](std::string_view n) { return method_known(n); },
      "auth_methods names an authentication method that is not available"));
  out_.service = "ssh-connection";
  if (in_.max_attempts != 0) out_.max_attempts = in_.max_attempts;
  return Errc::ok;
}

// What cannot be sent is refused here and not when its time has come: every message made of this
// configuration fits a packet.
Errc Settler::check_room() noexcept {
  const std::size_t room = out_.max_packet - kPacketRest;
  if (kexinit_len(out_) > room)
    return refuse("the lists of algorithms are together longer than a packet of max_packet octets");
  const std::size_t request = out_.user.size() + out_.service.size() + out_.submethods.size();
  for (const std::size_t len :
       {request, out_.banner.size(), out_.auth_methods.size(), out_.sig_algorithms.size()})
    if (len > room)
      return refuse("a text of the configuration is longer than a packet of max_packet octets");
  // A signature is about as long as its key, or shorter.
  const auto* keys = out_.client ? in_.identities : in_.host_keys;
  const std::size_t num = out_.client ? in_.num_identities : in_.num_host_keys;
  for (std::size_t i = 0; i < num; ++i)
    if (2 * keys[i].public_blob_len + request > room)
      return refuse("a key is too long for packets of max_packet octets");
  return Errc::ok;
}

}  // namespace

Errc read_settings(const ipworksauth_engine_config& config, Arena& arena, Settings& out,
                   const char*& why) noexcept {
  return Settler(config, arena, out, why).run();
}

}  // namespace sshauth
