#include "lib/client/views.hpp"

namespace sshauth {

ClientStage client_stage(std::uint32_t engine_stage) noexcept {
  switch (engine_stage) {
    case IPWORKSAUTH_STAGE_IDENTIFICATION: return ClientStage::identification;
    case IPWORKSAUTH_STAGE_KEX: return ClientStage::key_exchange;
    case IPWORKSAUTH_STAGE_SERVICE: return ClientStage::service;
    case IPWORKSAUTH_STAGE_AUTH: return ClientStage::authentication;
    case IPWORKSAUTH_STAGE_OPEN: return ClientStage::disconnect;
    default: return ClientStage::none;
  }
}

const char* stage_name(ClientStage stage) noexcept {
  switch (stage) {
    case ClientStage::none: return "none";
    case ClientStage::resolve: return "resolve";
    case ClientStage::connect: return "connect";
    case ClientStage::proxy: return "proxy";
    case ClientStage::identification: return "identification";
    case ClientStage::key_exchange: return "key-exchange";
    case ClientStage::host_key: return "host-key";
    case ClientStage::service: return "service";
    case ClientStage::authentication: return "authentication";
    case ClientStage::disconnect: return "disconnect";
    case ClientStage::done: return "done";
  }
  return "none";
}

std::string describe_packet(const ipworksauth_trace_record& record) {
  std::string out = record.outgoing == 1 ? "sent " : "received ";
  out += record.name != nullptr ? record.name : "unknown";
  out += " (" + std::to_string(record.message) + "), packet " + std::to_string(record.seq) + ", " +
         std::to_string(record.len) + " octets";
  return out;
}

std::string hex_of(Bytes octets) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(octets.size() * 2);
  for (const std::uint8_t octet : octets) {
    out.push_back(kDigits[octet >> 4]);
    out.push_back(kDigits[octet & 15]);
  }
  return out;
}

}  // namespace sshauth
