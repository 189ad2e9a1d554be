// What an engine knows, for those who ask.
#include "lib/engine/engine.hpp"

namespace sshauth {

void Engine::facts(ipworksauth_engine_facts& out) const noexcept {
  out = {};
  out.stage = static_cast<std::uint32_t>(ctx_.stage);
  out.flights = flights_;
  out.rekeys = transport_.rekeys();
  out.strict_kex = transport_.strict() ? 1 : 0;
  out.partial = client_.partial() ? 1 : 0;
  out.can_start_rekey = transport_.layer() != p_never && !transport_.exchanging() ? 1 : 0;
  out.octets_in = octets_in_;
  out.octets_out = octets_out_;
  out.packets_in = transport_.packets_in();
  out.packets_out = transport_.packets_out();
  out.question = ctx_.asking() ? ctx_.asked() : 0;
  out.attempts = ctx_.settings.is_client() ? client_.attempts() : server_.attempts();
  out.trace_lost = transport_.trace().lost();
}

std::string_view Engine::suite_name(std::uint32_t which) const noexcept {
  const Negotiated& n = transport_.negotiated();
  const auto name = [](const auto* row) {
    return row != nullptr ? std::string_view(row->name) : std::string_view{};
  };
  const auto compression = [&](const Suite& suite) {
    return suite.cipher != nullptr && suite.compression == nullptr ? std::string_view("none")
                                                                   : name(suite.compression);
  };
  switch (which) {
    case IPWORKSAUTH_TEXT_KEX: return n.kex != nullptr ? n.kex->name : std::string_view{};
    case IPWORKSAUTH_TEXT_HOST_KEY_ALGORITHM:
      return n.kex != nullptr && !n.host_key ? "null" : n.host_key.name;
    case IPWORKSAUTH_TEXT_CIPHER_C2S: return name(n.c2s.cipher);
    case IPWORKSAUTH_TEXT_CIPHER_S2C: return name(n.s2c.cipher);
    case IPWORKSAUTH_TEXT_MAC_C2S: return name(n.c2s.mac);
    case IPWORKSAUTH_TEXT_MAC_S2C: return name(n.s2c.mac);
    case IPWORKSAUTH_TEXT_COMPRESSION_C2S: return compression(n.c2s);
    case IPWORKSAUTH_TEXT_COMPRESSION_S2C: return compression(n.s2c);
    default: return {};
  }
}

bool Engine::text(std::uint32_t which, ipworksauth_octets& out) const noexcept {
  const bool client = ctx_.settings.is_client();
  switch (which) {
    case IPWORKSAUTH_TEXT_PEER_IDENTIFICATION: out = view(transport_.peer_identification()); break;
    case IPWORKSAUTH_TEXT_OUR_IDENTIFICATION: out = view(ctx_.settings.identification); break;
    case IPWORKSAUTH_TEXT_SESSION_ID: out = view(transport_.session_id()); break;
    case IPWORKSAUTH_TEXT_HOST_KEY: out = view(transport_.host_key()); break;
    case IPWORKSAUTH_TEXT_SERVER_SIG_ALGS: out = view(transport_.server_sig_algs()); break;
    case IPWORKSAUTH_TEXT_CAN_CONTINUE: out = view(client_.can_continue()); break;
    case IPWORKSAUTH_TEXT_USER: out = view(client ? ctx_.settings.user : server_.user()); break;
    case IPWORKSAUTH_TEXT_METHOD: out = view(client ? client_.method() : server_.method()); break;
    case IPWORKSAUTH_TEXT_GUESS_HINT: out = view(transport_.guess_hint()); break;
    default:
      if (which < IPWORKSAUTH_TEXT_KEX || which > IPWORKSAUTH_TEXT_COMPRESSION_S2C) return false;
      out = view(suite_name(which));
  }
  return true;
}

}  // namespace sshauth
