// Drives one engine over the C functions of engine.h by a control stream, as application and as
// peer at once, and holds up what must always be true of it.
//
// The control stream: two octets choose the configuration, then operations, an octet each with its
// arguments behind it (see `step`).
#pragma once

#include <memory>

#include "fuzz/engine_peer.hpp"
#include "fuzz/null_provider.hpp"
#include "ipworksauth/engine.h"
#include "lib/wire/reader.hpp"

namespace sshauth {

class EngineDriver {
 public:
  EngineDriver(std::uint32_t role, std::uint8_t config, std::uint8_t more);
  ~EngineDriver();
  EngineDriver(const EngineDriver&) = delete;
  EngineDriver& operator=(const EngineDriver&) = delete;

  void step(Reader& ops);
  void check();

  // For record_engine.cpp, which lets two drivers talk to each other.
  std::uint32_t question() const noexcept { return question_; }
  bool authenticated() const noexcept { return authenticated_; }
  std::string identification() const { return text(IPWORKSAUTH_TEXT_OUR_IDENTIFICATION) + "\r\n"; }
  std::string why() const;             // the sentence of the engine's error, "" while there is none
  std::function<void(Bytes)> on_sent;  // every payload the engine sends

 private:
  void say(std::uint8_t which, std::uint8_t variant);
  void say_payload(const Octets& payload);
  void feed(Bytes octets);
  void take_events();
  Bytes credentials(const ipworksauth_trace_record& record) const;
  bool told_aside(std::uint32_t kind) const;
  void look_at(const ipworksauth_event& event);
  void look_at_prompts(std::uint32_t num);
  void answer(std::uint8_t variant);
  int answer_client(std::uint8_t variant);
  int answer_server(std::uint8_t variant);
  int answer_prompts(std::uint8_t variant);
  int answer_wrongly(std::uint8_t which);
  void act(std::uint8_t which);
  void send(std::size_t len);
  void look_at_output();
  void look_at_sent(Bytes payload);
  PeerView view() const;
  bool host_proved() const;
  std::string text(std::uint32_t which) const;
  Frame negotiated(bool to_engine) const;

  NullRng rng_;
  Provider provider_;
  std::unique_ptr<std::uint8_t[]> memory_;
  ipworksauth_engine* engine_ = nullptr;
  bool client_, gss_;

  // as application
  std::uint32_t question_ = 0, num_ = 0;
  std::string algorithm_;
  std::uint64_t now_ = 0;
  bool ended_ = false, authenticated_ = false;
  Octets session_id_;

  // as peer
  Frame frame_;  // of what we send
  std::size_t piece_ = 0;
  std::uint8_t xor_at_ = 0, xor_with_ = 0;
  Unframer output_;
  std::size_t seen_ = 0;  // octets of what is pending that output_ has read
  Octets last_;
  bool host_key_accepted_ = false, in_exchange_ = false, disconnected_ = false;
  unsigned kexinits_ = 0, newkeys_ = 0;
};

}  // namespace sshauth
