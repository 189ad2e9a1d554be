#include "lib/net/agent.hpp"

#include <cerrno>
#include <cstdlib>

#include "lib/net/local_socket.hpp"

namespace sshauth {
namespace {

class AgentSigning final : public Signing {
 public:
  AgentSigning(const std::string& path, const Blob& key, const SignRequest& request)
      : line_(path), sign_(agent_sign_request(key, request)) {
    binding_ = !request.host_key.empty();
    line_.send(binding_ ? agent_bind_request(request) : std::move(sign_));
  }

  State step() override {
    for (;;) {
      switch (line_.step()) {
        case AgentLine::State::working: return State::working;
        case AgentLine::State::failed: return fail(line_.error());
        case AgentLine::State::replied: break;
      }
      if (!binding_) return take_signature();
      // Whatever it says: agents that do not know the binding refuse it, and sign all the same.
      binding_ = false;
      line_.send(std::move(sign_));
    }
  }
  SignWait wait() const override { return line_.wait(); }

 private:
  State take_signature() {
    Blob signature;
    KeyError error = read_agent_signature(line_.reply(), signature);
    return error.ok() ? finish(std::move(signature)) : fail(line_.blame(std::move(error)));
  }

  AgentLine line_;
  Blob sign_;
  bool binding_ = false;
};

class AgentSigner final : public Signer {
 public:
  AgentSigner(std::string path, Blob key) : path_(std::move(path)), key_(std::move(key)) {}
  std::unique_ptr<Signing> start(const SignRequest& request) override {
    return std::make_unique<AgentSigning>(path_, key_, request);
  }
  bool is_dear() const override { return public_blob_type(key_).starts_with("sk-"); }
  std::string notice() const override {
    return is_dear() ? "The key agent may wait for a touch of the security key" : "";
  }

 private:
  std::string path_;
  Blob key_;
};

}  // namespace

// ---- AgentLine -------------------------------------------------------------------------------

AgentLine::AgentLine(std::string path) : path_(std::move(path)) {
  if (path_.empty()) {
    error_ = {KeyErrc::io,
              "no key agent is known: SSH_AUTH_SOCK is not set, nor the setting AgentSocket",
              ENOENT};
    return;
  }
  const NetError error = connect_local_socket(path_, socket_);
  if (!error.ok()) fail(KeyErrc::io, "cannot be reached: " + error.text, error.os_error);
}

KeyError AgentLine::blame(KeyError error) const {
  error.text = "key agent " + printable(path_, 200) + ": " + error.text;
  return error;
}

AgentLine::State AgentLine::fail(KeyErrc code, const std::string& what, int os_error) {
  socket_.close();
  error_ = blame({code, what, os_error});
  return State::failed;
}

void AgentLine::send(Blob message) {
  out_.resize(4);
  store_u32(out_.data(), static_cast<std::uint32_t>(message.size()));
  out_.insert(out_.end(), message.begin(), message.end());
  sent_ = got_ = 0;
  in_.clear();
}

SignWait AgentLine::wait() const noexcept {
  const bool write = sent_ < out_.size();
  return {socket_.fd(), !write, write};
}

bool AgentLine::lost(const IoResult& io) {
  if (io.kind == IoKind::would_block) return false;
  const NetError why = net_error_of_errno(io.os_error, "");
  fail(KeyErrc::io,
       io.kind == IoKind::closed ? std::string("it hung up without an answer")
                                 : "the connection broke: " + why.text,
       io.os_error);
  return false;
}

// Both are true when nothing is left to do.
bool AgentLine::put() {
  while (sent_ < out_.size()) {
    const IoResult io = socket_.send(Bytes(out_).subspan(sent_));
    if (io.kind != IoKind::some) return lost(io);
    sent_ += io.len;
  }
  return true;
}

bool AgentLine::take(MutBytes into) {
  while (!into.empty()) {
    const IoResult io = socket_.receive(into);
    if (io.kind != IoKind::some) return lost(io);
    got_ += io.len;
    into = into.subspan(io.len);
  }
  return true;
}

AgentLine::State AgentLine::step() {
  if (!error_.ok()) return State::failed;
  const auto rest = [this] { return error_.ok() ? State::working : State::failed; };
  if (!put()) return rest();
  if (got_ < sizeof head_) {
    if (!take(MutBytes(head_).subspan(got_))) return rest();
    const std::size_t len = load_u32(head_);
    // Before there is memory for it.
    if (len == 0 || len > kMaxAgentReply)
      return fail(KeyErrc::malformed, "its answer announces " + std::to_string(len) +
                                          " octets; 1 to " + std::to_string(kMaxAgentReply) +
                                          " are read");
    in_.resize(len);
  }
  if (!take(MutBytes(in_).subspan(got_ - sizeof head_))) return rest();
  return State::replied;
}

// ---- AgentListing ----------------------------------------------------------------------------

AgentListing::AgentListing(std::string path) : path_(std::move(path)), line_(path_) {
  line_.send(agent_list_request());
}

AgentLine::State AgentListing::step() {
  const AgentLine::State state = line_.step();
  if (state == AgentLine::State::failed) error_ = line_.error();
  if (state != AgentLine::State::replied) return state;
  std::vector<AgentKey> keys;
  if (KeyError bad = read_agent_list(line_.reply(), keys); !bad.ok()) {
    error_ = line_.blame(std::move(bad));
    return AgentLine::State::failed;
  }
  identities_.clear();
  for (AgentKey& key : keys) {
    auto signer = std::make_unique<AgentSigner>(path_, key.blob);
    identities_.push_back(std::make_shared<const Identity>(
        std::move(key.blob), std::move(key.comment), "key agent", std::move(signer)));
  }
  return state;
}

std::string agent_of_environment() {
  const char* path = std::getenv("SSH_AUTH_SOCK");
  return path != nullptr ? path : "";
}

}  // namespace sshauth
