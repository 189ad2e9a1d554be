#include "lib/keys/xml_elements.hpp"

namespace sshauth {

KeyError read_xml(std::string_view, XmlDocument&) {
  return {KeyErrc::unsupported_type,
          "this build of the library has no support for keys in XML (meson option xml)"};
}

}  // namespace sshauth
