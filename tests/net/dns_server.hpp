// A name server of the tests' own on a loopback port, UDP and TCP: it answers what it is told to,
// when it is told to, and writes down what it was asked. It has no thread: the test gives it turns.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "lib/net/listener.hpp"
#include "lib/net/wait_set.hpp"

namespace sshauth::test {

struct DnsAnswer {
  int rcode = 0;
  std::vector<std::string> addresses;  // those of the family asked for are told
  std::vector<std::string> aliases;    // CNAMEs from the name asked for to the one with addresses
  unsigned copies = 1;                 // of each address; beyond the first with other last octets
  enum class How : std::uint8_t {
    answer,
    silence,
    hold,          // until release
    cut,           // the answer ends in the middle of a record
    noise,         // octets without a meaning under the right number
    wrong_number,  // a good answer to another question, never a right one
    wrong_question
  } how = How::answer;
};

class DnsServer {
 public:
  DnsServer();

  // What to answer to "A host.test", "AAAA host.test".
  std::function<DnsAnswer(const std::string& question)> script;
  std::vector<std::string> asked;  // "A host.test", "tcp A host.test"

  // "127.0.0.1:4711", for LookupOptions.
  std::string address() const;
  int fd() const noexcept { return set_.fd(); }
  // Answers what is there.
  void step();
  // Sends what was held.
  void release();

 private:
  struct Held {
    sockaddr_storage to;
    socklen_t len;
    std::string reply;
  };
  struct Stream {
    Socket socket;
    std::string in;
  };

  bool open();
  std::string reply_to(const std::string& query, bool tcp, DnsAnswer::How& how);
  void step_udp();
  bool step_tcp(Stream& stream);

  WaitSet set_;
  Descriptor udp_;
  Listener tcp_;
  std::deque<Stream> streams_;
  std::vector<Held> held_;
};

}  // namespace sshauth::test
