#include "lib/client/server_session.hpp"

#include <memory>

#include "lib/client/engine_config.hpp"
#include "lib/client/views.hpp"
#include "lib/keys/key_error.hpp"

namespace sshauth {
namespace {

constexpr std::uint32_t kByApplication = 11;  // RFC 4253 §11.1

const char* or_default(const std::string& text) noexcept {
  return text.empty() ? nullptr : text.c_str();
}

}  // namespace

void ServerSession::Free::operator()(ipworksauth_engine* e) const noexcept {
  ipworksauth_engine_destroy(e);
}

ServerSession::ServerSession(AuthServerConfig& config, AuthServerObserver* observer,
                             unsigned number)
    : config_(config), observer_(observer), number_(number) {}

ServerSession::~ServerSession() = default;

bool ServerSession::start(std::string& why) {
  const std::string methods = every_method(config_);
  std::vector<ipworksauth_identity> host_keys;
  for (const auto& key : config_.host_keys)
    host_keys.push_back({key->public_blob().data(), key->public_blob().size(), nullptr, 0});
  ipworksauth_engine_config c{};
  c.struct_size = sizeof c;
  c.role = IPWORKSAUTH_SERVER;
  c.provider = config_.provider;
  c.identification = or_default(config_.identification);
  c.kex_algorithms = or_default(config_.kex_algorithms);
  c.ciphers = or_default(config_.ciphers);
  c.macs = or_default(config_.macs);
  c.compressions = or_default(config_.compressions);
  c.strict_kex = engine_strict_kex(config_.strict_kex);
  c.rekey_octets = config_.rekey_octets;
  c.host_keys = host_keys.data();
  c.num_host_keys = host_keys.size();
  c.banner = or_default(config_.banner);
  c.auth_methods = methods.c_str();
  c.max_attempts = config_.max_attempts;

  ipworksauth_engine* engine = nullptr;
  const char* reason = "a setting is not allowed";
  constexpr std::size_t kAlign = 16;
  const std::size_t size = ipworksauth_engine_size(&c);
  std::size_t room = size + kAlign;
  block_ = std::make_unique<std::uint8_t[]>(room);
  void* at = block_.get();
  if (ipworksauth_engine_create(&engine, std::align(kAlign, size, at, room), size, &c, &reason) !=
      IPWORKSAUTH_OK) {
    why = reason;
    return false;
  }
  engine_.reset(engine);
  return true;
}

void ServerSession::work(std::uint64_t now) {
  ipworksauth_engine_tick(engine_.get(), now);
  Event event{};
  while (!ended_ && ipworksauth_engine_next_event(engine_.get(), &event) == 1) {
    handle(event);
    event = {};
  }
}

std::size_t ServerSession::receive(Bytes octets) {
  std::size_t used = 0;
  const int result = ipworksauth_engine_receive(engine_.get(), octets.data(), octets.size(), &used);
  return result == IPWORKSAUTH_OK || result == IPWORKSAUTH_E_CLOSED ? used : octets.size();
}

void ServerSession::receive_end() { ipworksauth_engine_receive_end(engine_.get()); }

Bytes ServerSession::pending() const {
  const std::uint8_t* out = nullptr;
  std::size_t len = 0;
  if (ipworksauth_engine_pending(engine_.get(), &out, &len) != 1) return {};
  return {out, len};
}

void ServerSession::sent(std::size_t len) { ipworksauth_engine_sent(engine_.get(), len); }

void ServerSession::disconnect(const char* text) {
  ipworksauth_engine_disconnect(engine_.get(), kByApplication, text);
}

void ServerSession::handle(const Event& event) {
  switch (event.kind) {
    case IPWORKSAUTH_EVENT_IDENTIFIED:
      return log("The client's identification: " + printable(text_of(event.text), 300));
    case IPWORKSAUTH_EVENT_SIGN: return do_sign(event);
    case IPWORKSAUTH_EVENT_REQUEST: return do_request(event);
    case IPWORKSAUTH_EVENT_RESPONSES: return do_responses(event);
    case IPWORKSAUTH_EVENT_AUTHENTICATED:
      authenticated_ = true;
      if (observer_ != nullptr)
        observer_->authenticated(number_, user_name_, text_of(event.method));
      return;
    case IPWORKSAUTH_EVENT_ENDED: {
      ipworksauth_engine_error_info info{};
      ipworksauth_engine_error(engine_.get(), &info);
      ended_ = true;
      code_ = authenticated_ ? 0 : info.object_code;
      text_ = info.text != nullptr ? info.text : "";
      return;
    }
    default: return;
  }
}

void ServerSession::do_sign(const Event& event) {
  const bool known = event.index < config_.host_keys.size();
  const Identity* key = known ? config_.host_keys[event.index].get() : nullptr;
  Blob signature;
  if (key != nullptr && key->private_key() != nullptr &&
      ipworksauth_engine_answer_private_key(engine_.get(), key->private_key()) == IPWORKSAUTH_OK)
    return;
  if (key != nullptr &&
      key->sign(text_of(event.algorithm), bytes_of(event.data), *config_.provider, signature)
          .ok()) {
    ipworksauth_engine_answer_signature(engine_.get(), signature.data(), signature.size());
    return;
  }
  ipworksauth_engine_answer_signature(engine_.get(), nullptr, 0);
}

void ServerSession::note(std::string_view method, std::string_view outcome) {
  if (observer_ != nullptr) observer_->request(number_, user_name_, method, outcome);
}

void ServerSession::log(const std::string& sentence) {
  if (observer_ != nullptr) observer_->log(number_, sentence);
}

}  // namespace sshauth
