// X.500 distinguished names as people write them: "CN=www.example.com, OU=test, C=US", in the order
// of the certificate. A value that holds a comma or another mark of this notation stands in double
// quotes, a quote in it doubled.
#pragma once

#include <openssl/types.h>

#include <string>
#include <string_view>

namespace sshauth {

std::string distinguished_name(const X509_NAME* name);

// Whether two names have the same fields, in the same order or in the opposite one, which is how
// RFC 4514 §2.1 writes them. Blanks around fields and the case of their names do not count.
bool same_distinguished_name(std::string_view a, std::string_view b);

// Whether `name` has all fields of `part`, which is at least one.
bool has_fields(std::string_view name, std::string_view part);

}  // namespace sshauth
