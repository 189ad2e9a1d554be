#include "lib/client/engine_config.hpp"

#include "lib/crypto/key_algorithm.hpp"
#include "lib/keys/ssh_certificate.hpp"
#include "lib/transport/settings.hpp"
#include "lib/wire/name_list.hpp"

namespace sshauth {
namespace {

// Traces are drained after every event. Message numbers alone tell the steps; a record of level 3
// holds the whole payload.
constexpr std::size_t kTraceSteps = 4'096;
constexpr std::size_t kTracePackets = 16'384;
constexpr std::size_t kTraceOctets = 262'144;

// In group exchange: what the engine asks for at least unless told (engine.h).
constexpr unsigned kSafeGroupBits = 2048;

// NULL stands for the default.
const char* or_default(const std::string& text) noexcept {
  return text.empty() ? nullptr : text.c_str();
}

// KexGuess counts 0 never, 1 known, 2 eager; the engine 1 known, 2 never, 3 eager.
std::uint32_t engine_kex_guess(unsigned guess) noexcept {
  if (guess == 0) return 2;
  return guess == 1 ? 1 : 3;
}

std::string_view key_type_of(std::string_view algorithm, const Provider& p) noexcept {
  const KeyAlgorithm alg = find_key_algorithm(p, algorithm);
  return alg ? std::string_view(alg.sig->key_type) : algorithm;
}

void append_name(std::string& list, std::string_view name) {
  if (!list.empty()) list += ',';
  list += name;
}

// What the engine takes where no list is named (engine.h).
std::string default_signatures(const ipworksauth_provider& provider) {
  std::string out;
  for (const SigAlg* row : sigs(provider))
    if (row->weak == 0 && !is_for_users_only(row->name)) append_name(out, row->name);
  return out;
}

}  // namespace

std::string order_host_key_algorithms(const std::string& algorithms,
                                      const std::vector<std::string>& preferred,
                                      const ipworksauth_provider& provider) {
  if (preferred.empty()) return algorithms;
  const std::string all = algorithms.empty() ? default_signatures(provider) : algorithms;
  std::string first, last;
  for (std::string_view rest = all, name; next_name(rest, name);) {
    bool known = false;
    for (const std::string& type : preferred) known = known || type == key_type_of(name, provider);
    append_name(known ? first : last, name);
  }
  if (!last.empty()) append_name(first, last);
  return first.starts_with(',') ? first.substr(1) : first;
}

namespace {

// The methods by Kerberos that are not weak.
constexpr std::string_view kByKerberos =
    "gss-curve25519-sha256-toWM5Slw5Ew8Mqkay+al2g==,gss-nistp256-sha256-toWM5Slw5Ew8Mqkay+al2g==,"
    "gss-group16-sha512-toWM5Slw5Ew8Mqkay+al2g==,gss-group14-sha256-toWM5Slw5Ew8Mqkay+al2g==";

bool is_by_gssapi(std::string_view method) noexcept { return method.starts_with("gssapi-"); }

bool has_method(const ClientConfig& config, std::string_view name) noexcept {
  for (const std::string& method : config.methods)
    if (method == name) return true;
  return false;
}

}  // namespace

// Key exchange by Kerberos is for who authenticates with it; gssapi-keyex cannot do without. It
// proves the host in place of a host key: where the user named one, it is that key that counts.
std::string kex_algorithms_of(const ClientConfig& config, bool gss) {
  const bool keyex = gss && has_method(config, "gssapi-keyex");
  const bool pinned = config.trust != nullptr && !config.trust->pinned().empty();
  if (!keyex && !pinned && gss && uses_gssapi(config)) return config.kex_algorithms;
  std::string kept;
  for (std::string_view rest = config.kex_algorithms, name; next_name(rest, name);)
    if (name.starts_with("gss-") == keyex) append_name(kept, name);
  if (keyex && kept.empty()) return std::string(kByKerberos);
  // "" would stand for everything there is; a list that has nothing else is refused as it is.
  return kept.empty() ? config.kex_algorithms : kept;
}

bool uses_gssapi(const ClientConfig& config) noexcept {
  for (const std::string& method : config.methods)
    if (is_by_gssapi(method)) return true;
  return false;
}

std::string methods_of(const ClientConfig& config, bool gss) {
  std::string out;
  for (const std::string& method : config.methods)
    if (gss || !is_by_gssapi(method)) append_name(out, method);
  return out;
}

std::string with_certificate_algorithms(const std::string& algorithms, bool certificates, bool x509,
                                        const ipworksauth_provider& provider) {
  if (!certificates && !x509) return algorithms;
  const std::string plain = algorithms.empty() ? default_signatures(provider) : algorithms;
  std::string out;
  for (std::string_view rest = plain, name; next_name(rest, name);)
    for (const KeyFormRow& row : key_forms()) {
      const bool wanted = row.form == KeyForm::certificate ? certificates : x509;
      if (wanted && row.signature == name && key_algorithm(provider, row) &&
          !list_contains(plain, row.name))
        append_name(out, row.name);
    }
  append_name(out, plain);
  return out;
}

EngineConfig::EngineConfig(const ClientConfig& config, const ConnectionPlan& plan) {
  out_.struct_size = sizeof out_;
  out_.role = IPWORKSAUTH_CLIENT;
  out_.provider = config.provider;
  host_key_algorithms_ = config.host_key_algorithms;
  if (config.order_host_keys && config.trust != nullptr && config.provider != nullptr)
    host_key_algorithms_ = order_host_key_algorithms(
        host_key_algorithms_, config.trust->preferred_key_types(config.host, config.port),
        *config.provider);
  if (config.trust != nullptr && config.provider != nullptr)
    host_key_algorithms_ = with_certificate_algorithms(
        host_key_algorithms_, config.trust->has_authority(config.host, config.port),
        config.trust->has_x509_authority(), *config.provider);
  out_.identification = or_default(config.identification);
  kex_algorithms_ = kex_algorithms_of(config, plan.gss != nullptr);
  out_.kex_algorithms = or_default(kex_algorithms_);
  out_.host_key_algorithms = or_default(host_key_algorithms_);
  out_.ciphers = or_default(config.ciphers);
  out_.macs = or_default(config.macs);
  out_.compressions = or_default(config.compressions);
  out_.strict_kex = engine_strict_kex(config.strict_kex);
  out_.kex_guess = engine_kex_guess(plan.kex_guess);
  out_.guess_hint = or_default(plan.guess_hint);
  out_.group_bits = config.group_bits;
  // Who prefers less than the engine's least takes less.
  if (config.group_bits < kSafeGroupBits) out_.group_bits_least = config.group_bits;
  out_.pipelining = plan.pipelining ? 1 : 2;
  out_.min_rsa_bits = config.min_rsa_bits;
  out_.max_packet = config.max_packet;
  out_.rekey_octets = config.rekey_octets;
  out_.keepalive_interval = config.keepalive_interval * 1000;
  out_.keepalive_count = config.keepalive_count;
  out_.trace_len = config.log_level >= 2 ? kTracePackets : kTraceSteps;
  if (config.log_level >= 3) out_.trace_len = kTraceOctets;
  out_.trace_octets = config.log_level >= 3 ? 1 : 0;
  out_.user = config.user.c_str();
  methods_ = methods_of(config, plan.gss != nullptr);
  out_.methods = methods_.c_str();
  out_.try_all = config.try_all ? 1 : 0;
  add_identities(config, plan);
  out_.sig_algorithms = or_default(config.sig_algorithms);
  out_.password_tries = config.password_tries;
  out_.submethods = or_default(config.submethods);
  out_.gss = plan.gss.get();
  out_.gss_delegate = config.delegate ? 1 : 0;
}

void EngineConfig::add_identities(const ClientConfig& config, const ConnectionPlan& plan) {
  for (std::size_t i = 0; i < plan.identities.size(); ++i) {
    const Identity& identity = *plan.identities[i];
    const Signer* signer = identity.signer();
    const bool probe = config.probe_identities || (signer != nullptr && signer->is_dear());
    flags_ = probe ? std::uint32_t{IPWORKSAUTH_IDENTITY_PROBE} : 0;
    keys_left_ = plan.identities.size() - i;
    add_identity(i, identity, config);
  }
  out_.identities = identities_.empty() ? nullptr : identities_.data();
  out_.num_identities = identities_.size();
}

// The most specific first: a certificate that was asked for replaces the key; one that came with
// it, of either kind, goes before it.
void EngineConfig::add_identity(std::size_t index, const Identity& identity,
                                const ClientConfig& config) {
  const Bytes asked = config.user_certificate;
  if (!asked.empty() && certifies(asked, identity.public_blob()))
    return offer(index, asked, or_default(config.user_certificate_algorithms));
  // Never at the cost of another key: the engine takes kMaxIdentities.
  if (!identity.certificate().empty() && identities_.size() + keys_left_ < kMaxIdentities)
    offer(index, identity.certificate(), nullptr);
  add_x509(index, identity, config);
  offer(index, identity.public_blob(), nullptr);
}

// By every X.509 algorithm that is named and fits, as each has a blob of its own.
void EngineConfig::add_x509(std::size_t index, const Identity& identity,
                            const ClientConfig& config) {
  const std::vector<Blob>& chain = identity.x509_chain();
  if (chain.empty() || config.provider == nullptr) return;
  for (std::string_view rest = config.sig_algorithms, name; next_name(rest, name);) {
    const KeyAlgorithm alg = find_key_algorithm(*config.provider, name);
    const bool x509 = alg.form == KeyForm::x509 || alg.form == KeyForm::x509_draft;
    if (!alg || !x509 || alg.sig->key_type != identity.type()) continue;
    if (identities_.size() + keys_left_ >= kMaxIdentities) return;
    Blob blob(kMaxKeyBlob);
    Writer w(blob);
    w.string(alg.blob_type);
    if (alg.form == KeyForm::x509) w.u32(static_cast<std::uint32_t>(chain.size()));
    for (const Blob& each : chain) {
      w.string(each);
      if (alg.form == KeyForm::x509_draft) break;
    }
    if (alg.form == KeyForm::x509) w.u32(0);  // RFC 6187 §2.1: no OCSP responses
    blob.resize(w.ok() ? w.len() : 0);
    if (!w.ok()) continue;  // longer than a key blob may be
    offer(index, blobs_.emplace_back(std::move(blob)), nullptr);
  }
}

void EngineConfig::offer(std::size_t index, Bytes blob, const char* algorithms) {
  identities_.push_back({blob.data(), blob.size(), algorithms, flags_});
  offers_.push_back(index);
}

}  // namespace sshauth
