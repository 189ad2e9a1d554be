// A serialized Java object (Java Object Serialization Specification, version 6, chapter 6): nothing
// is made of it; where it ends is all that is asked, as nothing says so in front.
#pragma once

#include "lib/wire/reader.hpp"

namespace sshauth {

// Takes one object with the head of its stream off `in`. False, and `in` is poisoned, where it is
// malformed, nested deeper than any key is, or of a class that writes itself in a way of its own.
bool pass_java_object(Reader& in);

}  // namespace sshauth
