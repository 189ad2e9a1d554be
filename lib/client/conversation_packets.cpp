// The packets that go by: each is a log line, and some are steps of the protocol.
#include "lib/client/conversation.hpp"
#include "lib/client/views.hpp"
#include "lib/wire/messages.hpp"

namespace sshauth {
namespace {

struct StepRow {
  Msg message;
  bool outgoing;
  const char* sentence;
};

constexpr StepRow kSteps[] = {
    {Msg::disconnect, true, "Disconnecting"},
    {Msg::service_request, true, "The service ssh-userauth is asked for"},
    {Msg::service_accept, false, "The service ssh-userauth is granted"},
    {Msg::kexinit, true, "Our lists of algorithms are sent"},
    {Msg::kexinit, false, "The server's lists of algorithms are read"},
    {Msg::newkeys, true, "What we send is under new keys from here on"},
    {Msg::newkeys, false, "What the server sends is under new keys from here on"},
};

// RFC 4250 §4.1.2: 30-49 are the numbers of the key exchange method.
bool is_of_method(std::uint32_t message) noexcept { return message >= 30 && message <= 49; }

}  // namespace

void Conversation::status(const std::string& sentence) {
  if (calls_.stopped()) return;
  calls_.tell([&](ClientObserver& o) { o.status(sentence); });
  log(1, sentence);
}

void Conversation::log(int level, const std::string& message) {
  if (level > config_.log_level || calls_.stopped()) return;
  calls_.tell([&](ClientObserver& o) { o.log(level, message); });
}

void Conversation::tell_step(const ipworksauth_trace_record& record) {
  const bool outgoing = record.outgoing == 1;
  if (record.message == number(Msg::kexinit) && !exchanging_) {
    exchanging_ = true;
    status(exchange_name() + " has begun");
  }
  for (const StepRow& row : kSteps)
    if (number(row.message) == record.message && row.outgoing == outgoing) status(row.sentence);
  if (is_of_method(record.message))
    status(std::string(record.name) + (outgoing ? " is sent to" : " is read from") + " the server");
}

void Conversation::take_trace() {
  ipworksauth_trace_record record{};
  while (ipworksauth_engine_trace(engine_.get(), &record) == 1) {
    const Bytes payload = bytes_of(record.payload);
    packets_.push_back({record, Blob(payload.begin(), payload.end())});
    record = {};
  }
}

void Conversation::tell_packet(const ipworksauth_trace_record& record, Bytes payload) {
  tell_step(record);
  log(2, describe_packet(record));
  if (!payload.empty()) log(3, hex_dump(payload));
}

void Conversation::tell_packets(Packets which) {
  take_trace();
  std::size_t end = packets_.size();
  if (which == Packets::heard)
    while (end != 0 && packets_[end - 1].record.outgoing == 1) --end;
  for (std::size_t i = 0; i < end; ++i) tell_packet(packets_[i].record, packets_[i].payload);
  packets_.erase(packets_.begin(), packets_.begin() + static_cast<std::ptrdiff_t>(end));

  ipworksauth_engine_facts facts{};
  ipworksauth_engine_get_facts(engine_.get(), &facts);
  if (facts.trace_lost == lost_) return;
  log(2, std::to_string(facts.trace_lost - lost_) + " packets went by too fast to be logged");
  lost_ = facts.trace_lost;
}

}  // namespace sshauth
