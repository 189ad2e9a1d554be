// A key agent in a thread, on a socket in a folder of its own, that answers as it is told to.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <thread>

#include "support.hpp"

namespace sshauth::test {

// What the agent does with a message.
struct AgentReply {
  Blob octets;          // written as they are
  bool silent = false;  // says nothing more, and waits until the other side goes away
};

// With its length in front.
AgentReply framed(const Blob& message);
// SSH_AGENT_FAILURE.
AgentReply agent_refuses();

class FakeAgent {
 public:
  using Answer = std::function<AgentReply(Bytes message)>;

  // An honest one, with these keys.
  explicit FakeAgent(std::vector<std::shared_ptr<const Identity>> keys);
  ~FakeAgent();
  FakeAgent(const FakeAgent&) = delete;
  FakeAgent& operator=(const FakeAgent&) = delete;

  const std::string& path() const { return path_; }
  AgentReply list() const;
  // Signs as asked, RSA by the flags.
  AgentReply sign(Bytes message) const;

  // Instead of the honest answers, from the next message on.
  void on_list(Answer instead) { set(on_list_, std::move(instead)); }
  void on_sign(Answer instead) { set(on_sign_, std::move(instead)); }
  void on_bind(Answer instead) { set(on_bind_, std::move(instead)); }

  // What was asked for, read after the login.
  std::vector<std::uint32_t> flags();
  unsigned bound();  // good session-binds
  unsigned connections() const { return connections_; }

 private:
  void set(Answer& which, Answer instead);
  Answer get(const Answer& which);
  AgentReply answer(Bytes message);
  AgentReply bind(Bytes message);
  void run();
  void serve(Socket socket);
  bool wait(int fd, bool write);

  std::vector<std::shared_ptr<const Identity>> keys_;
  std::string folder_, path_;
  Descriptor listener_;
  Interrupter stop_;
  std::mutex mutex_;
  Answer on_list_, on_sign_, on_bind_;
  std::vector<std::uint32_t> flags_;
  unsigned bound_ = 0;
  Blob session_;
  std::atomic<unsigned> connections_{0};
  std::thread thread_;
};

}  // namespace sshauth::test
