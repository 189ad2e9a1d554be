#include "support.hpp"

#include <algorithm>
#include <map>

namespace sshauth::test {

const std::shared_ptr<const Identity>& key_of(const std::string& type) {
  static std::map<std::string, std::shared_ptr<const Identity>> keys;
  auto& key = keys[type];
  if (key == nullptr) {
    KeyResult made = generate_identity(type.substr(0, type.find('#')));
    REQUIRE(made.ok());
    key = std::make_shared<Identity>(std::move(*made));
  }
  return key;
}

std::shared_ptr<const Identity> public_half(const Identity& key) {
  return std::make_shared<Identity>(blob_of(key), "", "test");
}

Blob blob_of(const Identity& key) { return {key.public_blob().begin(), key.public_blob().end()}; }

void Recorder::connected(int code, std::string_view) {
  events.push_back("connected " + std::to_string(code));
  if (on_connected) on_connected(code);
}
void Recorder::disconnected(int code, std::string_view) {
  events.push_back("disconnected " + std::to_string(code));
}
void Recorder::connection_status(std::string_view event, int code, std::string_view) {
  events.push_back("status " + std::string(event) + " " + std::to_string(code));
}
void Recorder::error(int code, std::string_view) {
  events.push_back("error " + std::to_string(code));
}
void Recorder::status(std::string_view sentence) {
  sentences.emplace_back(sentence);
  if (on_status) on_status(sentences.back());
}
void Recorder::log(int level, std::string_view message) {
  logs.push_back(std::to_string(level) + " " + std::string(message));
}
HostKeyAnswer Recorder::host_key(const HostKeyQuestion& q) {
  if (on_host_key) return on_host_key(q);
  return accept ? HostKeyAnswer::accept : ClientObserver::host_key(q);
}
Answer Recorder::password(const PasswordQuestion& q, SecretBytes& out) {
  return on_password ? on_password(q, out) : Answer::none;
}
Answer Recorder::new_password(const NewPasswordQuestion& q, SecretBytes& o, SecretBytes& n) {
  return on_new_password ? on_new_password(q, o, n) : Answer::none;
}
Answer Recorder::prompts(const PromptRound& round, std::vector<SecretBytes>& out) {
  return on_prompts ? on_prompts(round, out) : ClientObserver::prompts(round, out);
}
Answer Recorder::sign(const SignQuestion& q, Blob& out) {
  return on_sign ? on_sign(q, out) : Answer::none;
}

std::size_t Recorder::count(const std::string& event) const {
  return static_cast<std::size_t>(std::count(events.begin(), events.end(), event));
}
bool Recorder::said(const std::string& part) const {
  return std::any_of(sentences.begin(), sentences.end(),
                     [&](const std::string& s) { return s.find(part) != std::string::npos; });
}
bool Recorder::balanced() const {
  bool up = false;
  for (const std::string& event : events) {
    const bool on = event == "connected 0", off = event.starts_with("disconnected ");
    if ((on && up) || (off && !up)) return false;
    up = on || (up && !off);
  }
  return !up;
}

AuthServerConfig server_config(const std::string& host_key_type) {
  AuthServerConfig config;
  config.provider = &default_provider();
  config.host_keys.push_back(key_of(host_key_type + "#host"));
  return config;
}

ServerUser user_with_password(const std::string& password) {
  ServerUser user;
  user.name = "me";
  user.password = password;
  return user;
}

RunningServer::RunningServer(AuthServerConfig config) : server_(std::move(config)) {
  const NetError error = server_.listen();
  INFO(error.text);
  REQUIRE(error.ok());
  thread_ = std::thread([this] { server_.run(); });
}

RunningServer::~RunningServer() { stop(); }

AuthServer& RunningServer::stop() {
  server_.stop();
  if (thread_.joinable()) thread_.join();
  return server_;
}

ScriptedServer::ScriptedServer(AuthServerConfig config, std::vector<Script> scripts)
    : config_(std::move(config)), scripts_(std::move(scripts)) {
  REQUIRE(Listener::open(false, 0, listener_).ok());
  thread_ = std::thread([this] { run(); });
}

ScriptedServer::~ScriptedServer() { stop(); }

void ScriptedServer::stop() {
  stop_.raise();
  if (thread_.joinable()) thread_.join();
}

// False when the server is to stop.
bool ScriptedServer::wait(int fd, bool write) {
  wait_for({fd, !write, write, -1}, &stop_);
  return !stop_.raised();
}

void ScriptedServer::run() {
  while (wait(listener_.fd(), false)) {
    Socket socket = listener_.accept();
    if (!socket) continue;
    serve(std::move(socket), scripts_[std::min<std::size_t>(served, scripts_.size() - 1)]);
    ++served;
  }
}

bool ScriptedServer::say_all(Socket& socket, Bytes octets) {
  while (!octets.empty()) {
    const IoResult io = socket.send(octets);
    if (io.kind == IoKind::some) octets = octets.subspan(io.len);
    if (io.kind == IoKind::closed || io.kind == IoKind::failed) return false;
    if (io.kind == IoKind::would_block && !wait(socket.fd(), true)) return false;
  }
  return true;
}

void ScriptedServer::serve(Socket socket, const Script& script) {
  if (script.reset) {
    SocketOptions options;
    options.linger = false;
    static_cast<void>(socket.apply(options));
  }
  ServerSession session(config_, nullptr, 1);
  std::string why, first = script.say;
  if (!session.start(why)) return;
  heard.clear();
  int flights = 0;
  bool speaking = script.hear.empty(), heard_client = !speaking;
  for (;;) {
    // Like a server that waits for the client's identification: so flights can be counted.
    if (speaking && heard_client) {
      session.work(0);
      const Bytes out = session.pending();
      first.append(as_text(out));
      session.sent(out.size());
      if (!first.empty()) ++flights;
      if (!say_all(socket, as_bytes(first))) return;
      first.clear();
      if (session.ended()) return;
    }
    std::uint8_t in[4096];
    const IoResult io = socket.receive(in);
    if (io.kind == IoKind::would_block && !wait(socket.fd(), false)) return;
    if (io.kind == IoKind::closed || io.kind == IoKind::failed) return;
    if (io.kind != IoKind::some) continue;
    if (script.drop_after_flights >= 0 && flights >= script.drop_after_flights) return;
    heard_client = true;
    if (script.silent_after_flights >= 0 && flights >= script.silent_after_flights) continue;
    if (speaking) {
      session.receive(Bytes(in, io.len));
    } else {
      heard.append(as_text(Bytes(in, io.len)));
      speaking = heard.ends_with(script.hear);
    }
  }
}

ServerByHand::ServerByHand(AuthServerConfig config)
    : config_(std::move(config)), session_(config_, nullptr, 1) {
  std::string why;
  REQUIRE(Listener::open(false, 0, listener_).ok());
  REQUIRE(session_.start(why));
}

void ServerByHand::step() {
  if (!socket_) socket_ = listener_.accept();
  if (!socket_) return;
  std::uint8_t in[4096];
  const IoResult io = socket_.receive(in);
  if (io.kind == IoKind::some) session_.receive(Bytes(in, io.len));
  session_.work(0);
  while (!session_.pending().empty()) {
    const IoResult out = socket_.send(session_.pending());
    if (out.kind != IoKind::some) return;
    session_.sent(out.len);
  }
}

void ServerByHand::disconnect(const char* text) {
  session_.disconnect(text);
  step();
}

TestClient::TestClient(std::uint16_t port) {
  config().provider = &default_provider();
  config().host = "127.0.0.1";
  config().port = port;
  config().user = "me";
}

void wait_ready(const Client& client) {
  const ClientWants wants = client.wants();
  wait_for({wants.fd, wants.read, wants.write, -1}, nullptr);
}

}  // namespace sshauth::test
