// The elements of an XML text, flat and in their order, each with its parent.
//
// Read by expat, which is loaded when it is first needed, without entities of any kind: a document
// type declaration, which keys never have, ends the reading, so that there is nothing to expand and
// nothing to fetch. Depth and number of elements are bounded, and all memory that expat uses is
// wiped when it gives it back.
#pragma once

#include <string_view>
#include <vector>

#include "lib/keys/key_error.hpp"
#include "lib/keys/secret_bytes.hpp"

namespace sshauth {

struct XmlElement {
  std::string_view name;  // without its prefix; attributes are elements with '@' before their name
  std::size_t parent;     // its place in the document's elements; its own where it has none
  std::string_view text;  // of an element without children
};

struct XmlDocument {
  SecretBytes storage;  // which all views point into
  std::vector<XmlElement> elements;

  // The first child of this name, or null.
  const XmlElement* child(const XmlElement& parent, std::string_view name) const noexcept;
  const XmlElement& parent(const XmlElement& element) const noexcept {
    return elements[element.parent];
  }
};

// The byte order mark that a text in UTF-16 begins with, in either order (XML 1.0 §4.3.3).
constexpr bool has_utf16_mark(std::string_view text) noexcept {
  return text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff");
}

// In UTF-8 whatever it declares, in UTF-16 with a byte order mark, else in what it declares.
// `malformed` says where; `unsupported_type`: expat is not there.
KeyError read_xml(std::string_view text, XmlDocument& out);

}  // namespace sshauth
