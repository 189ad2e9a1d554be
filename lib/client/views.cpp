#include "lib/client/views.hpp"

#include <algorithm>

namespace sshauth {
namespace {

// The lowest octet, as two digits.
void append_hex(std::string& out, std::size_t octet) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += kDigits[octet >> 4 & 15];
  out += kDigits[octet & 15];
}

}  // namespace

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

std::string hex_dump(Bytes octets) {
  constexpr std::size_t kMost = 4096, kLine = 16;
  std::string out;
  const Bytes told = octets.first(std::min(octets.size(), kMost));
  for (std::size_t at = 0; at < told.size(); at += kLine) {
    const Bytes line = told.subspan(at, std::min(kLine, told.size() - at));
    if (at != 0) out += '\n';
    append_hex(out, at >> 8);
    append_hex(out, at);
    out += "  ";
    for (const std::uint8_t octet : line) {
      append_hex(out, octet);
      out += ' ';
    }
    out.append(3 * (kLine - line.size()) + 1, ' ');
    for (const std::uint8_t octet : line)
      out += octet >= 0x20 && octet < 0x7f ? static_cast<char>(octet) : '.';
  }
  if (told.size() < octets.size())
    out += "\n... and " + std::to_string(octets.size() - told.size()) + " octets more";
  return out;
}

}  // namespace sshauth
