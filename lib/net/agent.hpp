// A key agent behind a socket in the file system: OpenSSH's ssh-agent, gpg-agent's socket for ssh,
// Pageant for Unix. What is said is in lib/keys/agent_messages.hpp.
//
// Nothing here blocks, and nothing waits for ever that is stepped under a deadline: each question
// is a connection of its own, which ends with the object, so an agent that answers late answers
// nobody.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lib/keys/agent_messages.hpp"
#include "lib/keys/identity.hpp"
#include "lib/net/socket.hpp"

namespace sshauth {

// One connection: messages go out and replies come in, in turn.
class AgentLine {
 public:
  enum class State : std::uint8_t { working, replied, failed };

  explicit AgentLine(std::string path);

  // The next message, when nothing is under way.
  void send(Blob message);
  State step();
  SignWait wait() const noexcept;
  // Replied: what came, until the next send.
  Bytes reply() const noexcept { return in_; }
  // Failed: with the agent's path in front.
  const KeyError& error() const noexcept { return error_; }
  // An error about this agent.
  KeyError blame(KeyError error) const;

 private:
  State fail(KeyErrc code, const std::string& what, int os_error = 0);
  bool put();
  bool take(MutBytes into);
  bool lost(const IoResult& io);

  std::string path_;
  Socket socket_;
  KeyError error_;
  Blob out_;
  std::size_t sent_ = 0;
  std::uint8_t head_[4] = {};
  std::size_t got_ = 0;  // of the head and the reply
  Blob in_;
};

// What keys an agent has.
class AgentListing {
 public:
  explicit AgentListing(std::string path);

  AgentLine::State step();
  SignWait wait() const noexcept { return line_.wait(); }
  // Replied: in the agent's order, each with its Signer. Keys of types that are not known here are
  // among them.
  std::vector<std::shared_ptr<const Identity>>& identities() noexcept { return identities_; }
  // Failed.
  const KeyError& error() const noexcept { return error_; }

 private:
  std::string path_;
  AgentLine line_;
  KeyError error_;
  std::vector<std::shared_ptr<const Identity>> identities_;
};

// The socket that SSH_AUTH_SOCK names; empty: none.
std::string agent_of_environment();

}  // namespace sshauth
