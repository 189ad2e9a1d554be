// Writes seeds for the engine targets from real conversations: a client engine and a server engine
// under the null provider talk to each other, and what each of them hears and answers becomes a
// control stream (engine_driver.hpp).
//
//     record_engine FOLDER      FOLDER/engine_client/recorded_* and FOLDER/engine_server/recorded_*
//
// Fails when a conversation does not end as it should, so it is a test as well.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <utility>

#include "fuzz/engine_driver.hpp"

namespace sshauth {
namespace {

// Operations of EngineDriver::step: any octet from 0x40 on of that rest by 12.
enum Op : std::uint8_t {
  op_raw = 72,
  op_payload = 73,
  op_answer = 74,
  op_send = 76,
  op_act = 79,
  op_events = 83
};
constexpr std::uint8_t kRekey = 0;  // of op_act

// The variants of answers in EngineDriver::answer_server.
constexpr std::uint8_t kRefuse = 0, kAccept = 1, kPartial = 2, kChange = 3;
constexpr std::uint8_t kAskNone = 4, kAskOne = 10, kAskTwo = 16;  // prompts

struct Scenario {
  const char* name;
  std::uint8_t config, more;       // of the driver
  std::vector<std::uint8_t> says;  // the server's verdicts in turn
  bool open;                       // both sides come to success
  int rekey_at = -1;               // the turn in which the server asks for new keys
};

const Scenario kScenarios[] = {
    {"password", 0, 0, {kAccept}, true},
    {"password_refused_then_right", 0, 0x80, {kRefuse, kAccept}, true},
    {"password_changed", 0, 0, {kChange, kAccept}, true},
    {"publickey", 1, 0, {kAccept, kAccept}, true},
    {"publickey_probed", 1, 1, {kRefuse, kRefuse, kAccept, kAccept}, true},
    {"publickey_second_round", 1, 0, {kRefuse, kRefuse, kRefuse}, false},
    {"prompts", 2, 0, {kAskTwo, kAskNone, kAskOne, kAccept}, true},
    {"prompts_rekey", 2, 0, {kAskTwo, kAskOne, kAccept}, true, 4},
    {"chain_stepwise", 0x83, 2, {kAccept, kPartial, kAccept}, true},
    {"guess", 0x60, 0, {kAccept}, true},
    {"gssapi", 6, 0, {kAccept}, true},
    {"gssapi_partial", 6, 0, {kPartial, kAccept}, true},
    {"none_refused", 4, 0, {kRefuse}, false},
};

class Recorder {
 public:
  explicit Recorder(const Scenario& scenario)
      : scenario_(scenario),
        client_(IPWORKSAUTH_CLIENT, scenario.config, scenario.more),
        server_(IPWORKSAUTH_SERVER, scenario.config, scenario.more) {}

  bool run() {
    for (int turn = 0; turn < 40; ++turn) {
      if (turn == scenario_.rekey_at) server_.act({op_act, kRekey});
      speak(client_, server_);
      speak(server_, client_);
    }
    return client_.driver.authenticated() == scenario_.open &&
           server_.driver.authenticated() == scenario_.open && at_ == scenario_.says.size();
  }
  std::string why() const { return client_.driver.why() + "\n" + server_.driver.why() + "\n"; }
  const Octets& client() const { return client_.control; }
  const Octets& server() const { return server_.control; }

 private:
  struct Side {
    Side(std::uint32_t role, std::uint8_t config, std::uint8_t more)
        : driver(role, config, more), control{config, more} {
      driver.on_sent = [this](Bytes payload) { said.emplace_back(payload.begin(), payload.end()); };
    }
    void act(const Octets& op) {
      control.insert(control.end(), op.begin(), op.end());
      for (Reader ops(op); ops.more(); driver.check()) driver.step(ops);
    }
    EngineDriver driver;
    Octets control;
    std::vector<Octets> said;
    bool introduced = false;
  };

  void speak(Side& from, Side& to) {
    from.act({op_events});
    while (from.driver.question() != 0) from.act({op_answer, answer_to(from.driver.question())});
    from.act({op_send});
    if (!from.introduced) {
      const std::string line = from.driver.identification();
      Octets op = {op_raw, static_cast<std::uint8_t>(line.size())};
      op.insert(op.end(), line.begin(), line.end());
      to.act(op);
      from.introduced = true;
    }
    for (const Octets& payload : std::exchange(from.said, {})) {
      Octets op = {op_payload, static_cast<std::uint8_t>(payload.size() >> 8),
                   static_cast<std::uint8_t>(payload.size())};
      op.insert(op.end(), payload.begin(), payload.end());
      op.push_back(op_events);  // how packets look behind NEWKEYS is known once KEXINIT was read
      to.act(op);
    }
  }
  std::uint8_t answer_to(std::uint32_t question) {
    if (question != IPWORKSAUTH_EVENT_REQUEST && question != IPWORKSAUTH_EVENT_RESPONSES) return 1;
    return at_ < scenario_.says.size() ? scenario_.says[at_++] : kRefuse;
  }

  const Scenario& scenario_;
  Side client_, server_;
  std::size_t at_ = 0;
};

bool write(const std::filesystem::path& path, const Octets& octets) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(octets.data()),
             static_cast<std::streamsize>(octets.size()));
  return file.good();
}

}  // namespace
}  // namespace sshauth

int main(int argc, char** argv) {
  if (argc != 2) return std::fprintf(stderr, "usage: record_engine FOLDER\n"), 2;
  const std::filesystem::path folder(argv[1]);
  for (const sshauth::Scenario& scenario : sshauth::kScenarios) {
    sshauth::Recorder recorder(scenario);
    const std::string name = std::string("recorded_") + scenario.name;
    if (!recorder.run() || !sshauth::write(folder / "engine_client" / name, recorder.client()) ||
        !sshauth::write(folder / "engine_server" / name, recorder.server()))
      return std::fprintf(stderr, "%s did not end as it should\n%s", scenario.name,
                          recorder.why().c_str()),
             1;
  }
  return 0;
}
