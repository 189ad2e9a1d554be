#include "lib/client/engine_config.hpp"

#include "lib/wire/name_list.hpp"

namespace sshauth {
namespace {

// Traces are drained after every event. Message numbers alone tell the steps; a record of level 3
// holds the whole payload.
constexpr std::size_t kTraceSteps = 4'096;
constexpr std::size_t kTracePackets = 16'384;
constexpr std::size_t kTraceOctets = 262'144;

// NULL stands for the default.
const char* or_default(const std::string& text) noexcept {
  return text.empty() ? nullptr : text.c_str();
}

// KexGuess counts 0 never, 1 known, 2 eager; the engine 1 known, 2 never, 3 eager.
std::uint32_t engine_kex_guess(unsigned guess) noexcept {
  if (guess == 0) return 2;
  return guess == 1 ? 1 : 3;
}

std::string_view key_type_of(std::string_view algorithm) noexcept {
  return algorithm.starts_with("rsa-sha2-") ? std::string_view("ssh-rsa") : algorithm;
}

void append_name(std::string& list, std::string_view name) {
  if (!list.empty()) list += ',';
  list += name;
}

// What the engine takes where no list is named (engine.h).
std::string default_signatures(const ipworksauth_provider& provider) {
  std::string out;
  for (const SigAlg* row : sigs(provider))
    if (row->weak == 0) append_name(out, row->name);
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
    for (const std::string& type : preferred) known = known || type == key_type_of(name);
    append_name(known ? first : last, name);
  }
  if (!last.empty()) append_name(first, last);
  return first.starts_with(',') ? first.substr(1) : first;
}

bool uses_gssapi(const ClientConfig& config) noexcept {
  for (const std::string& method : config.methods)
    if (method.starts_with("gssapi-")) return true;
  return false;
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
  out_.identification = or_default(config.identification);
  out_.kex_algorithms = or_default(config.kex_algorithms);
  out_.host_key_algorithms = or_default(host_key_algorithms_);
  out_.ciphers = or_default(config.ciphers);
  out_.macs = or_default(config.macs);
  out_.compressions = or_default(config.compressions);
  out_.strict_kex = engine_strict_kex(config.strict_kex);
  out_.kex_guess = engine_kex_guess(plan.kex_guess);
  out_.guess_hint = or_default(plan.guess_hint);
  out_.pipelining = plan.pipelining ? 1 : 2;
  out_.max_packet = config.max_packet;
  out_.rekey_octets = config.rekey_octets;
  out_.keepalive_interval = config.keepalive_interval * 1000;
  out_.keepalive_count = config.keepalive_count;
  out_.trace_len = config.log_level >= 2 ? kTracePackets : kTraceSteps;
  if (config.log_level >= 3) out_.trace_len = kTraceOctets;
  out_.trace_octets = config.log_level >= 3 ? 1 : 0;
  out_.user = config.user.c_str();
  for (const std::string& method : config.methods) append_name(methods_, method);
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
  for (const auto& identity : plan.identities) {
    const Signer* signer = identity->signer();
    const bool probe = config.probe_identities || (signer != nullptr && signer->is_dear());
    const std::uint32_t flags = probe ? std::uint32_t{IPWORKSAUTH_IDENTITY_PROBE} : 0;
    const Bytes blob = identity->public_blob();
    identities_.push_back({blob.data(), blob.size(), nullptr, flags});
  }
  out_.identities = identities_.empty() ? nullptr : identities_.data();
  out_.num_identities = identities_.size();
}

}  // namespace sshauth
