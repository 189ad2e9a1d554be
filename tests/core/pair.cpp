#include "tests/core/pair.hpp"

#include <algorithm>
#include <stdexcept>

namespace sshauth::test {
namespace {

std::string str(const ipworksauth_octets& o) {
  return {reinterpret_cast<const char*>(o.data), o.len};
}

std::string describe(const ipworksauth_event& ev) {
  switch (ev.kind) {
    case IPWORKSAUTH_EVENT_IDENTIFIED: return "identified";
    case IPWORKSAUTH_EVENT_NEGOTIATED: return ev.flags != 0 ? "renegotiated" : "negotiated";
    case IPWORKSAUTH_EVENT_KEYS_ACTIVE: return ev.flags != 0 ? "rekeyed" : "keys";
    case IPWORKSAUTH_EVENT_EXT_INFO: return "ext-info " + str(ev.text);
    case IPWORKSAUTH_EVENT_BANNER: return "banner " + str(ev.text);
    case IPWORKSAUTH_EVENT_ATTEMPT:
      return "attempt " + str(ev.method) + (ev.algorithm.len != 0 ? " " + str(ev.algorithm) : "") +
             ((ev.flags & IPWORKSAUTH_FLAG_PROBE) != 0 ? " probe" : "");
    case IPWORKSAUTH_EVENT_REFUSED:
      return "refused " + str(ev.method) +
             ((ev.flags & IPWORKSAUTH_FLAG_PARTIAL) != 0 ? " partial" : "");
    case IPWORKSAUTH_EVENT_AUTHENTICATED: return "authenticated " + str(ev.method);
    case IPWORKSAUTH_EVENT_HOST_PROVED: return "host-proved";
    case IPWORKSAUTH_EVENT_GSS_ERROR:
      return ((ev.flags & IPWORKSAUTH_FLAG_FROM_PEER) != 0 ? "gss-error from-peer "
                                                           : "gss-error ") +
             str(ev.text);
    case IPWORKSAUTH_EVENT_ENDED: return "ended " + std::to_string(ev.code);
    case IPWORKSAUTH_EVENT_HOST_KEY: return "host-key";
    case IPWORKSAUTH_EVENT_SIGN: return "sign " + str(ev.algorithm);
    case IPWORKSAUTH_EVENT_PASSWORD:
      return (ev.flags & IPWORKSAUTH_FLAG_AGAIN) != 0 ? "password again" : "password";
    case IPWORKSAUTH_EVENT_NEW_PASSWORD: return "new-password";
    case IPWORKSAUTH_EVENT_PROMPTS: return "prompts " + std::to_string(ev.num);
    case IPWORKSAUTH_EVENT_REQUEST: return "request " + str(ev.method);
    case IPWORKSAUTH_EVENT_RESPONSES: return "responses " + std::to_string(ev.num);
    default: return "event " + std::to_string(ev.kind);
  }
}

}  // namespace

Side::Side(const ipworksauth_engine_config& config, Host& host) : host_(host) {
  const std::size_t need = ipworksauth_engine_size(&config);
  block_.resize(need / sizeof(std::max_align_t) + 1);
  const char* why = nullptr;
  if (ipworksauth_engine_create(&engine_, block_.data(), block_.size() * sizeof(std::max_align_t),
                                &config, &why) != 0)
    throw std::runtime_error(why);
}

Side::~Side() { ipworksauth_engine_destroy(engine_); }

void Side::work() {
  ipworksauth_event ev;
  while (ipworksauth_engine_next_event(engine_, &ev) == 1) {
    host_.events.push_back(describe(ev));
    const bool question = ev.kind >= IPWORKSAUTH_EVENT_HOST_KEY;
    if (host_.hook && host_.hook(engine_, ev)) {
      if (facts().question != 0) return;  // left open on purpose; asked again next time
      continue;
    }
    if (question) answer(ev);
  }
}

void Side::answer(const ipworksauth_event& ev) {
  switch (ev.kind) {
    case IPWORKSAUTH_EVENT_HOST_KEY:
      ipworksauth_engine_answer_host_key(engine_, host_.verdict);
      return;
    case IPWORKSAUTH_EVENT_SIGN: {
      const Identity* key = ev.index < host_.keys.size() ? host_.keys[ev.index] : nullptr;
      if (key == nullptr || !key->has_private() ||
          ipworksauth_engine_answer_private_key(engine_, key->private_key()) != 0)
        ipworksauth_engine_answer_signature(engine_, nullptr, 0);
      return;
    }
    case IPWORKSAUTH_EVENT_PASSWORD: {
      if (host_.password_at >= host_.passwords.size()) {
        ipworksauth_engine_answer_password(engine_, nullptr, 0);
        return;
      }
      const std::string& password = host_.passwords[host_.password_at++];
      ipworksauth_engine_answer_password(engine_, password.data(), password.size());
      return;
    }
    case IPWORKSAUTH_EVENT_NEW_PASSWORD:
      ipworksauth_engine_answer_new_password(engine_, host_.passwords[0].data(),
                                             host_.passwords[0].size(), host_.new_password.data(),
                                             host_.new_password.size());
      return;
    case IPWORKSAUTH_EVENT_PROMPTS: {
      if (host_.round >= host_.responses.size()) {
        ipworksauth_engine_answer_prompts(engine_, nullptr, 0);
        return;
      }
      std::vector<ipworksauth_octets> octets;
      for (const std::string& r : host_.responses[host_.round])
        octets.push_back({reinterpret_cast<const std::uint8_t*>(r.data()), r.size()});
      ++host_.round;
      ipworksauth_engine_answer_prompts(engine_, octets.data(), octets.size());
      return;
    }
    case IPWORKSAUTH_EVENT_CUSTOM: ipworksauth_engine_answer_custom(engine_, nullptr, 0); return;
    case IPWORKSAUTH_EVENT_REQUEST:
    case IPWORKSAUTH_EVENT_RESPONSES: answer_request(ev); return;
    default: throw std::runtime_error("a question nobody answers");
  }
}

void Side::answer_request(const ipworksauth_event& ev) {
  const std::string method = str(ev.method);
  const auto ask_round = [&] {
    const auto& prompts = host_.rounds[host_.round];
    ipworksauth_engine_answer_ask(engine_, "name", "instruction", prompts.data(), prompts.size());
  };
  const auto verdict = [&](bool right) {
    if (!right) {
      ipworksauth_engine_answer_request(engine_, IPWORKSAUTH_REFUSE, nullptr);
      return;
    }
    const bool probe = (ev.flags & IPWORKSAUTH_FLAG_PROBE) != 0;
    if (probe || host_.steps.empty()) {
      ipworksauth_engine_answer_request(engine_, IPWORKSAUTH_ACCEPT, nullptr);
      return;
    }
    if (host_.step >= host_.steps.size() || host_.steps[host_.step] != method) {
      ipworksauth_engine_answer_request(engine_, IPWORKSAUTH_REFUSE, nullptr);
      return;
    }
    ++host_.step;
    if (host_.step == host_.steps.size())
      ipworksauth_engine_answer_request(engine_, IPWORKSAUTH_ACCEPT, nullptr);
    else
      ipworksauth_engine_answer_request(engine_, IPWORKSAUTH_PARTIAL,
                                        host_.steps[host_.step].c_str());
  };
  if (ev.kind == IPWORKSAUTH_EVENT_RESPONSES) {
    bool right = ev.num == host_.right_responses[host_.round].size();
    for (std::uint32_t i = 0; right && i < ev.num; ++i) {
      ipworksauth_octets response{};
      ipworksauth_engine_prompt(engine_, i, &response, nullptr);
      right = str(response) == host_.right_responses[host_.round][i];
    }
    if (!right) return verdict(false);
    if (++host_.round < host_.rounds.size()) return ask_round();
    return verdict(true);
  }
  if (method == "none") return verdict(host_.accept_none);
  if (method.rfind("gssapi-", 0) == 0) return verdict(str(ev.name) == host_.right_principal);
  if (method == "password") {
    if ((ev.flags & IPWORKSAUTH_FLAG_CHANGE) != 0) {
      host_.changed = str(ev.data) == host_.right_password && ev.new_data.len != 0;
      return verdict(host_.changed);
    }
    const bool right = str(ev.data) == host_.right_password;
    if (right && host_.change_password && !host_.changed) {
      ipworksauth_engine_answer_change(engine_, "choose a new one");
      return;
    }
    return verdict(right);
  }
  if (method == "publickey") {
    const Bytes key(ev.key.data, ev.key.len);
    return verdict(std::any_of(host_.authorized.begin(), host_.authorized.end(),
                               [&](const Blob& b) { return same_bytes(b, key); }));
  }
  if (method == "keyboard-interactive" && !host_.rounds.empty()) {
    host_.round = 0;
    return ask_round();
  }
  verdict(false);
}

std::vector<std::uint8_t> Side::speak() {
  std::vector<std::uint8_t> out;
  work();
  const std::uint8_t* at = nullptr;
  std::size_t len = 0;
  while (ipworksauth_engine_pending(engine_, &at, &len) == 1) {
    out.insert(out.end(), at, at + len);
    ipworksauth_engine_sent(engine_, len);
    work();
  }
  return out;
}

void Side::hear(Bytes octets, Feed feed, std::uint32_t& chance) {
  while (!octets.empty()) {
    std::size_t piece = octets.size();
    if (feed == Feed::one_octet) piece = 1;
    if (feed == Feed::random_cuts) {
      chance = chance * 1664525U + 1013904223U;
      piece = std::min<std::size_t>(piece, 1 + (chance >> 16) % 97);
    }
    std::size_t used = 0;
    ipworksauth_engine_receive(engine_, octets.data(), piece, &used);
    octets = octets.subspan(used);
    if (feed != Feed::whole || used < piece) work();
  }
}

ipworksauth_engine_error_info Side::error() const {
  ipworksauth_engine_error_info info{};
  ipworksauth_engine_error(engine_, &info);
  return info;
}

ipworksauth_engine_facts Side::facts() const {
  ipworksauth_engine_facts facts{};
  ipworksauth_engine_get_facts(engine_, &facts);
  return facts;
}

std::string Side::text(std::uint32_t which) const {
  ipworksauth_octets o{};
  ipworksauth_engine_text(engine_, which, &o);
  return str(o);
}

PairResult Pair::run(Feed feed, std::uint32_t seed, int most) {
  bool client_turn = true;
  int silent = 0;
  for (int i = 0; i < most && silent < 2; ++i, client_turn = !client_turn) {
    std::vector<std::uint8_t> flight = client_turn ? client.speak() : server.speak();
    if (flight.empty()) {
      ++silent;
      continue;
    }
    silent = 0;
    if (tamper) tamper(client_turn, flight);
    (client_turn ? server : client).hear(flight, feed, seed);
  }
  return {client.authenticated() && server.authenticated(), client.facts().flights};
}

ipworksauth_engine_config client_config(const ipworksauth_provider& provider) {
  ipworksauth_engine_config c{};
  c.struct_size = sizeof c;
  c.role = IPWORKSAUTH_CLIENT;
  c.provider = &provider;
  c.user = "alice";
  return c;
}

ipworksauth_engine_config server_config(const ipworksauth_provider& provider,
                                        const std::vector<ipworksauth_identity>& host_keys) {
  ipworksauth_engine_config c{};
  c.struct_size = sizeof c;
  c.role = IPWORKSAUTH_SERVER;
  c.provider = &provider;
  c.host_keys = host_keys.data();
  c.num_host_keys = host_keys.size();
  return c;
}

ipworksauth_identity as_row(const Identity& key) {
  return {key.public_blob().data(), key.public_blob().size(), nullptr, 0};
}

}  // namespace sshauth::test
