#include "tools/login_report.hpp"

#include <cstdio>

#include "ipworksauth/engine.h"
#include "lib/crypto/providers.hpp"
#include "lib/keys/fingerprint.hpp"
#include "lib/net/error.hpp"
#include "tools/terminal.hpp"

namespace sshauth::tool {
namespace {

// RFC 4253 §11.1: what says that the connection, not the user, was unwelcome.
constexpr unsigned kTooManyConnections = 12;

Exit exit_of_disconnect(const ClientResult& result) {
  // Servers end a login they are tired of refusing with a disconnect instead of a last failure.
  if (result.stage == ClientStage::authentication) return exit_refused;
  return result.peer_reason == kTooManyConnections ? exit_connection : exit_protocol;
}

Exit exit_of_engine(int engine_code, bool lacked_credential) {
  if (engine_code == IPWORKSAUTH_E_TRIVIAL_SUCCESS) return exit_protocol;
  return lacked_credential ? exit_credential : exit_refused;
}

Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json names(std::string_view list) {
  Json out = Json::array();
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    if (end != 0) out.push_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return out;
}

std::string host_key_fingerprint(const ClientResult& result) {
  if (result.host_key.empty()) return {};
  return fingerprint(result.host_key, FingerprintKind::sha256_base64, default_provider());
}

Json host_key_json(const ClientResult& result, const std::string& stored_in) {
  if (result.host_key.empty()) return nullptr;
  return {{"type", result.host_key_type},
          {"fingerprint", host_key_fingerprint(result)},
          {"known", verdict_name(result.trust.verdict)},
          {"accepted", result.host_key_accepted},
          {"reason", result.trust.reason},
          {"stored_in", or_null(stored_in)}};
}

Json negotiated_json(const ClientResult& result) {
  const NegotiatedNames& n = result.negotiated;
  if (n.kex.empty()) return nullptr;
  return {{"kex", n.kex},
          {"host_key", n.host_key},
          {"cipher_c2s", n.cipher_c2s},
          {"cipher_s2c", n.cipher_s2c},
          {"mac_c2s", or_null(n.mac_c2s)},
          {"mac_s2c", or_null(n.mac_s2c)},
          {"compression_c2s", n.compression_c2s},
          {"compression_s2c", n.compression_s2c},
          {"strict_kex", result.strict_kex}};
}

Json milliseconds_json(const ClientResult& result) {
  Json out = Json::object();
  for (std::size_t i = 1; i + 1 < kNumClientStages; ++i)
    out[stage_name(static_cast<ClientStage>(i))] = result.stage_ms[i];
  out["questions"] = result.callback_ms;
  out["total"] = result.total_ms;
  return out;
}

void show_failure(const ClientResult& result) {
  std::string where = std::to_string(result.code);
  if (result.stage != ClientStage::none)
    where += std::string(", while in stage ") + stage_name(result.stage);
  tell("sshauth: " + result.text + " [" + where + "]");
  if (result.partial_success) tell("Partial success; still wanted: " + result.can_continue);
}

}  // namespace

Exit exit_of(const ClientResult& result, bool lacked_credential) {
  switch (result.code) {
    case 0: return exit_authenticated;
    case 1001: return exit_of_disconnect(result);
    case 1032: {
      // Where the ticket is what is missing the server was not even asked.
      const bool failed = result.gss_failed || result.engine_code == IPWORKSAUTH_E_GSS_FAILED;
      const bool no_ticket = failed && result.attempts == 0;
      return exit_of_engine(result.engine_code, lacked_credential || no_ticket);
    }
    case 1030:
    case 1031: return exit_host_key;
    case 270:
    case 1013:
    case 302: return exit_credential;
    case 116:
    case 1005: return exit_usage;
    case 102:
    case 1039:
    case kNetProxy:
    case kNetTimeout:
    case kNetInterrupted:
    case kNetConnectionLost: return exit_connection;
    default: break;
  }
  if (result.code >= 270 && result.code <= 278) return exit_credential;
  if (result.code >= 10000) return exit_connection;
  return exit_protocol;
}

const char* result_word(Exit status) {
  switch (status) {
    case exit_authenticated: return "authenticated";
    case exit_refused: return "refused";
    case exit_usage: return "usage";
    case exit_host_key: return "host-key";
    case exit_connection: return "connection";
    case exit_protocol: return "protocol";
    case exit_credential: return "credential";
  }
  return "protocol";
}

Json login_json(const ClientConfig& config, const ClientResult& result, Exit status,
                const LoginExtras& extras) {
  return {{"result", result_word(status)},
          {"exit", int{status}},
          {"code", result.code},
          {"message", result.code == 0 ? "" : result.text},
          {"stage", stage_name(result.stage)},
          {"key_error", or_null(extras.key_error)},
          {"user", config.user},
          {"host", config.host},
          {"port", config.port},
          {"address", or_null(result.remote_address)},
          {"server_identification", or_null(result.server_identification)},
          {"host_key", host_key_json(result, extras.stored_in)},
          {"negotiated", negotiated_json(result)},
          {"method", or_null(result.method)},
          {"key_algorithm", or_null(result.key_algorithm)},
          {"methods_can_continue", names(result.can_continue)},
          {"partial_success", result.partial_success},
          {"disconnect_reason", result.peer_reason},
          {"attempts", result.attempts},
          {"flights", result.flights},
          {"connections", result.connections},
          {"rekeys", result.rekeys},
          {"octets", {{"in", result.octets_in}, {"out", result.octets_out}}},
          {"packets", {{"in", result.packets_in}, {"out", result.packets_out}}},
          {"milliseconds", milliseconds_json(result)}};
}

void show_login(const ClientConfig& config, const ClientResult& result, Exit status) {
  if (status != exit_authenticated) return show_failure(result);
  const NegotiatedNames& n = result.negotiated;
  const auto line = [](const char* name, const std::string& value) {
    std::printf("%-12s %s\n", name, readable(value).c_str());
  };
  std::printf("authenticated %s at %s port %u\n", readable(config.user).c_str(),
              readable(config.host).c_str(), unsigned{config.port});
  line("server", result.server_identification);
  line("host key", result.host_key_type + " " + host_key_fingerprint(result) + " (" +
                       verdict_name(result.trust.verdict) + ")");
  line("algorithms", n.kex + ", " + n.host_key + ", " + n.cipher_c2s +
                         (n.mac_c2s.empty() ? "" : ", " + n.mac_c2s));
  line("method",
       result.method + (result.key_algorithm.empty() ? "" : " with " + result.key_algorithm));
  std::printf("%-12s %u flights, %llu octets out, %llu in, %llu ms\n", "cost", result.flights,
              static_cast<unsigned long long>(result.octets_out),
              static_cast<unsigned long long>(result.octets_in),
              static_cast<unsigned long long>(result.total_ms));
}

}  // namespace sshauth::tool
