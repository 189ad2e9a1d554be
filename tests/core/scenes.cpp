#include "tests/core/scenes.hpp"

namespace sshauth::test {
namespace {

template <class Fields>
Octets request(std::string_view user, std::string_view method, const Fields& fields) {
  Octets rest(4096);
  Writer w(rest);
  encode(w, fields);
  rest.resize(w.len());
  return payload_of(UserauthRequest{user, "ssh-connection", method, rest});
}

InfoRequest one_prompt() {
  InfoRequest m;
  m.name = "name";
  m.num_prompts = 1;
  m.prompt[0] = {"Password: ", false};
  return m;
}

// The host of a server: prompts for keyboard-interactive, one right password, refusals else.
bool answer_as_server(ipworksauth_engine* e, const ipworksauth_event& ev) {
  const std::string_view method = as_text(Bytes(ev.method.data, ev.method.len));
  if (ev.kind == IPWORKSAUTH_EVENT_REQUEST && method == "keyboard-interactive") {
    const ipworksauth_prompt prompt{"Password: ", 0};
    return ipworksauth_engine_answer_ask(e, "name", "", &prompt, 1) == 0;
  }
  if (ev.kind == IPWORKSAUTH_EVENT_REQUEST && method == "password" &&
      as_text(Bytes(ev.data.data, ev.data.len)) == "secret")
    return ipworksauth_engine_answer_request(e, IPWORKSAUTH_ACCEPT, nullptr) == 0;
  return answer_plainly(e, ev);
}

// The host of a custom method: it asks once, then leaves its question open.
bool answer_custom_once(ipworksauth_engine* e, const ipworksauth_event& ev) {
  if (ev.kind != IPWORKSAUTH_EVENT_CUSTOM) return answer_plainly(e, ev);
  if (ev.data.len != 0) return false;
  const Octets first =
      payload_of(UserauthRequest{"alice", "ssh-connection", "mine@example.com", {}});
  return ipworksauth_engine_answer_custom(e, first.data(), first.size()) == 0;
}

Octets sixty(std::string_view methods) {
  const Octets key = false_ed25519(9);
  if (methods == "publickey") return payload_of(PkOk{"ssh-ed25519", key});
  if (methods == "password") return payload_of(PasswdChangereq{"choose another", ""});
  return payload_of(one_prompt());
}

// The messages that have a shape; any other is its number and four octets.
Octets specimen(std::uint8_t n, const Scene& scene) {
  const Octets blob(32, 9);
  switch (n) {
    case 1: return payload_of(Disconnect{11, "bye", ""});
    case 2: return payload_of(Ignore{as_bytes("chaff")});
    case 3: return payload_of(Unimplemented{77'777});
    case 4: return payload_of(Debug{false, "note", ""});
    case 5: return payload_of(ServiceRequest{"ssh-userauth"});
    case 6: return payload_of(ServiceAccept{"ssh-userauth"});
    case 7: return payload_of(ExtInfo{true, "ssh-ed25519", false});
    case 21: return payload_of(NewKeys{});
    case 30: return payload_of(KexInitValue{blob}, ValueForm::string, Msg::kex_30);
    case 31:
      return payload_of(KexReply{false_ed25519(7), blob, false_signature("ssh-ed25519")},
                        ValueForm::string, Msg::kex_31);
    case 50: return password_request("wrong");
    case 51: return payload_of(UserauthFailure{"password,publickey,keyboard-interactive", false});
    case 52: return payload_of(UserauthSuccess{});
    case 53: return payload_of(UserauthBanner{"hello", ""});
    case 60: return sixty(scene.methods);
    case 61: {
      InfoResponse m;
      m.num_responses = 1;
      m.response[0] = blob;
      return payload_of(m);
    }
    case 80: return payload_of(GlobalRequest{"hostkeys-00@openssh.com", true, {}});
    case 81: return payload_of(RequestSuccess{});
    case 82: return payload_of(RequestFailure{});
    case 192: return payload_of(Ping{as_bytes("ping")});
    case 193: return payload_of(Pong{as_bytes("pong")});
    default: return {n, 0, 0, 0, 0};
  }
}

}  // namespace

Octets password_request(std::string_view password, std::string_view user) {
  return request(user, "password", PasswordFields{false, password, {}});
}
std::size_t times_heard(const Duel& d, std::uint8_t n) {
  std::size_t times = 0;
  for (const Octets& payload : d.peer.heard) times += payload[0] == n ? 1 : 0;
  return times;
}
bool has_heard(const Duel& d, std::uint8_t n) { return times_heard(d, n) != 0; }
Octets kbdint_request() { return request("alice", "keyboard-interactive", KbdintFields{}); }

// ---- steps -----------------------------------------------------------------------------------

void meet(Duel& d) {
  d.peer.identify();
  d.carry();
}
void say_kexinit(Duel& d) {
  d.peer.kexinit();
  d.carry();
}
void say_init(Duel& d) {
  d.peer.kex_init();
  d.carry();
}
void say_reply(Duel& d) {
  d.peer.kex_reply();
  d.carry();
}
void say_newkeys(Duel& d) {
  d.peer.newkeys();
  d.carry();
}
void grant(Duel& d) {
  d.peer.say(ServiceAccept{"ssh-userauth"});
  d.carry();
}
void succeed(Duel& d) {
  d.peer.say(UserauthSuccess{});
  d.carry();
}
void fail(Duel& d) {
  d.peer.say(UserauthFailure{"none,password,publickey,keyboard-interactive", false});
  d.carry();
}
void ask_prompts(Duel& d) {
  d.peer.say(one_prompt());
  d.carry();
}
void ask_service(Duel& d) {
  d.peer.say(ServiceRequest{"ssh-userauth"});
  d.carry();
}
void ask_kbdint(Duel& d) {
  d.peer.say(kbdint_request());
  d.carry();
}
void log_in(Duel& d) {
  d.peer.say(password_request("secret"));
  d.carry();
}
void we_rekey(Duel& d) {
  ipworksauth_engine_rekey(d.subject.engine());
  d.carry();
}

// ---- scenes ----------------------------------------------------------------------------------

Scene client_at(std::string name, Layer layer, bool strict, std::vector<Step> steps) {
  Scene s;
  s.name = "client, " + std::move(name);
  s.layer = layer;
  s.strict = strict;
  s.steps = std::move(steps);
  return s;
}
Scene server_at(std::string name, Layer layer, bool strict, std::vector<Step> steps) {
  Scene s = client_at("", layer, strict, std::move(steps));
  s.name = "server, " + std::move(name);
  s.client = false;
  return s;
}

std::vector<Scene> client_scenes(bool strict) {
  const std::vector<Step> kex = {meet, say_kexinit, say_reply};
  const std::vector<Step> service = {meet, say_kexinit, say_reply, say_newkeys};
  std::vector<Step> auth = service, open = service;
  auth.push_back(grant);
  open.insert(open.end(), {grant, succeed});
  std::vector<Scene> all = {
      client_at("identification", Layer::identification, strict, {}),
      client_at("awaiting KEXINIT", Layer::awaiting_kexinit, strict, {meet}),
      client_at("awaiting the reply", Layer::first_exchange, strict, {meet, say_kexinit}),
      client_at("awaiting NEWKEYS", Layer::first_exchange, strict, kex),
  };
  for (const auto& layer : {std::pair{"service", service}, {"auth", auth}, {"open", open}}) {
    const auto add = [&](const char* where, std::vector<Step> more) {
      std::vector<Step> path = layer.second;
      path.insert(path.end(), more.begin(), more.end());
      all.push_back(client_at(std::string(layer.first) + where, Layer::later, strict, path));
    };
    add("", {});
    add(", our KEXINIT out", {we_rekey});
    add(", re-exchange awaiting the reply", {we_rekey, say_kexinit});
    add(", re-exchange awaiting NEWKEYS", {say_kexinit, say_reply});
  }
  return all;
}

std::vector<Scene> server_scenes(bool strict) {
  const std::vector<Step> service = {meet, say_kexinit, say_init, say_newkeys};
  std::vector<Step> auth = service, prompts = service, open = service;
  auth.push_back(ask_service);
  prompts.insert(prompts.end(), {ask_service, ask_kbdint});
  open.insert(open.end(), {ask_service, log_in});
  std::vector<Scene> all = {
      server_at("identification", Layer::identification, strict, {}),
      server_at("awaiting KEXINIT", Layer::awaiting_kexinit, strict, {meet}),
      server_at("awaiting the init", Layer::first_exchange, strict, {meet, say_kexinit}),
      server_at("awaiting NEWKEYS", Layer::first_exchange, strict, {meet, say_kexinit, say_init}),
  };
  for (const auto& layer : {std::pair{"service", service},
                            {"auth", auth},
                            {"auth, prompts out", prompts},
                            {"open", open}}) {
    const auto add = [&](const char* where, std::vector<Step> more) {
      std::vector<Step> path = layer.second;
      path.insert(path.end(), more.begin(), more.end());
      all.push_back(server_at(std::string(layer.first) + where, Layer::later, strict, path));
    };
    add("", {});
    add(", our KEXINIT out", {we_rekey});
    add(", re-exchange awaiting the init", {we_rekey, say_kexinit});
    add(", re-exchange awaiting NEWKEYS", {say_kexinit, say_init});
  }
  return all;
}

Scene::Set::Set(const Scene& scene)
    : provider(null_provider(rng)),
      setup(provider, scene.client ? IPWORKSAUTH_CLIENT : IPWORKSAUTH_SERVER) {
  ipworksauth_engine_config& c = setup.config;
  c.methods = scene.methods;
  c.pipelining = scene.pipelining;
  identity = {user_key.data(), user_key.size(), nullptr,
              scene.probe ? std::uint32_t{IPWORKSAUTH_IDENTITY_PROBE} : 0U};
  if (scene.client) {
    c.identities = &identity;
    c.num_identities = 1;
  }
  Ways ways;
  ways.server = scene.client;
  ways.strict = scene.strict;
  if (scene.tweak) scene.tweak(c, ways);
  duel = std::make_unique<Duel>(c, provider, std::move(ways));
  duel->subject.answer = !scene.client                                 ? answer_as_server
                         : std::string_view(scene.methods) == "custom" ? answer_custom_once
                                                                       : answer_plainly;
}

std::unique_ptr<Scene::Set> Scene::set() const {
  auto out = std::make_unique<Set>(*this);
  out->duel->carry();
  for (const Step step : steps) step(*out->duel);
  return out;
}

void Scene::say(Duel& d, std::uint8_t n) const {
  // The exchange's own messages have to be made, so that the exchange can go on.
  const Step last = steps.empty() ? nullptr : steps.back();
  if (n == 20) return d.peer.kexinit();
  if (n == 21 && (last == say_reply || last == say_init)) return d.peer.newkeys();
  if (n == 30 && !client && last == say_kexinit) return d.peer.kex_init();
  if (n == 31 && client && last == say_kexinit) return d.peer.kex_reply();
  d.peer.say(specimen(n, *this));
}

}  // namespace sshauth::test
