#include "lib/keys/xml_elements.hpp"

namespace sshauth {

const XmlElement* XmlDocument::child(const XmlElement& parent,
                                     std::string_view name) const noexcept {
  const auto place = static_cast<std::size_t>(&parent - elements.data());
  for (std::size_t at = place + 1; at < elements.size(); ++at)
    if (elements[at].parent == place && elements[at].name == name) return &elements[at];
  return nullptr;
}

}  // namespace sshauth
