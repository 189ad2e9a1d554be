#include "fake_agent.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>

#include "lib/crypto/public_key.hpp"
#include "lib/wire/reader.hpp"
#include "lib/wire/writer.hpp"

namespace sshauth::test {
namespace {

Blob written(std::size_t room, const std::function<void(Writer&)>& write) {
  Blob out(room);
  Writer w(out);
  write(w);
  out.resize(w.len());
  return out;
}

}  // namespace

AgentReply framed(const Blob& message) {
  return {written(message.size() + 4, [&](Writer& w) { w.string(message); }), false};
}

AgentReply agent_refuses() { return framed({5}); }

FakeAgent::FakeAgent(std::vector<std::shared_ptr<const Identity>> keys) : keys_(std::move(keys)) {
  char folder[] = "/tmp/fake-agent-XXXXXX";
  REQUIRE(::mkdtemp(folder) != nullptr);
  folder_ = folder;
  path_ = folder_ + "/agent";
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  path_.copy(at.sun_path, sizeof at.sun_path - 1);
  listener_ = Descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const auto* name = static_cast<const sockaddr*>(static_cast<const void*>(&at));
  REQUIRE(::bind(listener_.get(), name, sizeof at) == 0);
  REQUIRE(::listen(listener_.get(), 16) == 0);
  thread_ = std::thread([this] { run(); });
}

FakeAgent::~FakeAgent() {
  stop_.raise();
  thread_.join();
  ::unlink(path_.c_str());
  ::rmdir(folder_.c_str());
}

void FakeAgent::set(Answer& which, Answer instead) {
  const std::lock_guard lock(mutex_);
  which = std::move(instead);
}

FakeAgent::Answer FakeAgent::get(const Answer& which) {
  const std::lock_guard lock(mutex_);
  return which;
}

std::vector<std::uint32_t> FakeAgent::flags() {
  const std::lock_guard lock(mutex_);
  return flags_;
}

unsigned FakeAgent::bound() {
  const std::lock_guard lock(mutex_);
  return bound_;
}

AgentReply FakeAgent::list() const {
  return framed(written(65'536, [&](Writer& w) {
    w.u8(12).u32(static_cast<std::uint32_t>(keys_.size()));
    for (const auto& key : keys_) w.string(key->public_blob()).string(std::string_view("a key"));
  }));
}

AgentReply FakeAgent::sign(Bytes message) const {
  Reader r(message.subspan(1));
  const Bytes blob = r.string(), data = r.string();
  const std::uint32_t flags = r.u32();
  for (const auto& key : keys_) {
    if (!same_bytes(key->public_blob(), blob)) continue;
    std::string algorithm = key->type();
    if (algorithm == "ssh-rsa" && flags != 0)
      algorithm = flags == 4 ? "rsa-sha2-512" : "rsa-sha2-256";
    Blob signature;
    if (!key->sign(algorithm, data, default_provider(), signature).ok()) return agent_refuses();
    return framed(written(8192, [&](Writer& w) { w.u8(14).string(signature); }));
  }
  return agent_refuses();
}

// As OpenSSH's agent: the signature must be the host key's over the session identifier, and what
// is signed afterwards must begin with that identifier.
AgentReply FakeAgent::bind(Bytes message) {
  Reader r(message.subspan(1));
  const std::string_view name = r.text();
  const Bytes host = r.string(), session = r.string(), signature = r.string();
  const bool forwarding = r.boolean();
  const SigAlg* alg = find(sigs(default_provider()), signature_algorithm(signature));
  const bool good = r.finish() == Errc::ok && name == "session-bind@openssh.com" && !forwarding &&
                    alg != nullptr && verify_signature(*alg, host, session, signature) == Errc::ok;
  if (!good) return agent_refuses();
  const std::lock_guard lock(mutex_);
  ++bound_;
  session_.assign(session.begin(), session.end());
  return framed({6});
}

AgentReply FakeAgent::answer(Bytes message) {
  if (message.empty()) return agent_refuses();
  switch (message[0]) {
    case 11: {
      const Answer instead = get(on_list_);
      return instead ? instead(message) : list();
    }
    case 13: {
      Reader r(message.subspan(1));
      r.string();
      Reader data(r.string());
      const Bytes session = data.string();
      {
        const std::lock_guard lock(mutex_);
        flags_.push_back(r.u32());
        if (!session_.empty() && !same_bytes(session, session_)) return agent_refuses();
      }
      const Answer instead = get(on_sign_);
      return instead ? instead(message) : sign(message);
    }
    case 27: {
      const Answer instead = get(on_bind_);
      return instead ? instead(message) : bind(message);
    }
    default: return agent_refuses();
  }
}

// False when the agent is to end.
bool FakeAgent::wait(int fd, bool write) {
  wait_for({fd, !write, write, -1}, &stop_);
  return !stop_.raised();
}

void FakeAgent::run() {
  while (wait(listener_.get(), false)) {
    Descriptor fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd) continue;
    ++connections_;
    serve(Socket(std::move(fd)));
  }
}

void FakeAgent::serve(Socket socket) {
  Blob in;
  bool silent = false;
  while (wait(socket.fd(), false)) {
    std::uint8_t some[4096];
    const IoResult io = socket.receive(some);
    if (io.kind == IoKind::would_block) continue;
    if (io.kind != IoKind::some) return;
    in.insert(in.end(), some, some + io.len);
    Reader r(in);
    const Bytes message = r.string();
    if (!r.ok() || silent) continue;
    const AgentReply reply = answer(message);
    in.clear();
    silent = reply.silent;
    if (silent && reply.octets.empty()) continue;
    for (std::size_t sent = 0; sent < reply.octets.size();) {
      const IoResult out = socket.send(Bytes(reply.octets).subspan(sent));
      if (out.kind == IoKind::would_block && wait(socket.fd(), true)) continue;
      if (out.kind != IoKind::some) return;
      sent += out.len;
    }
    if (reply.octets.size() < 4 || load_u32(reply.octets.data()) + 4 != reply.octets.size()) {
      if (!silent) return;  // hangs up in the middle
    }
  }
}

}  // namespace sshauth::test
