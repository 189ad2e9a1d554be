#include "tools/settings.hpp"

#include "abi/object.hpp"

namespace sshauth::tool {

std::string apply_settings(const std::vector<std::string>& settings, ClientConfig& out) {
  abi::Object object(nullptr, nullptr);
  for (const std::string& setting : settings) {
    // Without a value it would be a question, not an order.
    if (setting.find('=') == std::string::npos) return "\"" + setting + "\" is not NAME=VALUE";
    abi::TextPtr ignored;
    if (const abi::Refusal refusal = object.config(setting, ignored); !refusal.ok())
      return refusal.text;
  }
  object.put_text(abi::Slot::SSHHost, out.host);
  if (const abi::Refusal refusal = object.prepare(out); !refusal.ok()) return refusal.text;
  out.password.reset();
  out.methods.clear();
  return {};
}

}  // namespace sshauth::tool
